package dist

import (
	"fmt"
	"math"
)

// Normal returns the normal law cut off at 0: the law of a normal number, given that it is not negative. mean and sd are those of
// the normal law before the cut, its parent; Mean and SD of what is returned are those after it, and so a larger mean and a
// smaller standard deviation. sd is positive; the mean may be negative, down to -30*sd. Fit finds the parent of the moments wanted.
func Normal(mean, sd float64) (Law, error) {
	if err := positive("the standard deviation of a normal law", sd); err != nil {
		return nil, err
	}
	if !(mean >= -cutMost*sd) || math.IsInf(mean, 1) {
		return nil, fmt.Errorf("the mean of a normal law must be -%s standard deviations or more, not %s",
			number(cutMost), number(mean/sd))
	}
	return normal{mean, sd, Phi(-mean / sd), Phi(mean / sd)}, nil
}

// cutMost is how many standard deviations above the mean of its parent a normal law may be cut off.
const cutMost = 30

// A normal is a normal law of this mean and standard deviation, cut off at 0. lost is the probability that the parent is negative.
type normal struct{ mean, sd, lost, kept float64 }

func (n normal) Quantile(u float64) float64 {
	p := n.lost + u*n.kept
	if p < 0.5 {
		return max(0, n.mean+n.sd*Normal01(p))
	}
	return max(0, n.mean-n.sd*Normal01((1-u)*n.kept))
}

func (n normal) Mean() float64 {
	mean, _ := cutMoments(-n.mean / n.sd)
	return n.mean + n.sd*mean
}

func (n normal) SD() float64 {
	_, sd := cutMoments(-n.mean / n.sd)
	return n.sd * sd
}

func (n normal) CDF(x float64) float64 {
	if x <= 0 {
		return 0
	}
	if z := (x - n.mean) / n.sd; z < 0 {
		return (Phi(z) - n.lost) / n.kept
	}
	return 1 - n.survival(x)
}

func (n normal) survival(x float64) float64 { return Phi((n.mean-max(x, 0))/n.sd) / n.kept }

func (n normal) String() string {
	return fmt.Sprintf("normal, mean %s, sd %s", number(n.mean), number(n.sd))
}

// cutMoments returns the mean and the standard deviation of a standard normal number, given that it is above a (Johnson, Kotz and
// Balakrishnan 1994, 13.10).
func cutMoments(a float64) (mean, sd float64) {
	hazard := math.Exp(-a*a/2) / math.Sqrt(2*math.Pi) / Phi(-a)
	return hazard, math.Sqrt(1 - hazard*(hazard-a))
}

// fitNormal returns the law cut off at 0 that has the mean and the standard deviation after the cut.
func fitNormal(mean, sd float64) (Law, error) {
	if err := moments("a normal law", mean, sd); err != nil {
		return nil, err
	}
	if _, most := ratioOfCut(cutMost); sd/mean >= most {
		return nil, fmt.Errorf("a normal law cut off at 0 has a standard deviation below %.4f times its mean, not %s times;"+
			" take an exponential or lognormal one", most, number(sd/mean))
	}
	if sd/mean < 1e-6 {
		return nil, fmt.Errorf("the standard deviation of a normal law must be a millionth of its mean or more, not %s", number(sd))
	}
	a := root(func(a float64) float64 {
		_, cv := ratioOfCut(a)
		return cv - sd/mean
	}, -2e6, cutMost)
	unit, _ := ratioOfCut(a)
	_, cut := cutMoments(a)
	if unit <= 0 {
		return nil, fmt.Errorf("no normal law cut off at 0 has mean %s and standard deviation %s", number(mean), number(sd))
	}
	return Normal(-a*sd/cut, sd/cut)
}

// ratioOfCut returns the mean of a standard normal number beyond a, counted from a, and its standard deviation over that mean.
func ratioOfCut(a float64) (mean, cv float64) {
	mean, sd := cutMoments(a)
	return mean - a, sd / (mean - a)
}
