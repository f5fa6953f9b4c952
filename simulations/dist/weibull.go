package dist

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mathext"
)

// Limits of the shape of a Weibull law.
const (
	weibullLeast = 0.1
	weibullMost  = 1e5
)

// Weibull returns the Weibull law with the mean and the standard deviation, both positive, the latter from a ten-thousandth of the
// mean to four hundred times the mean.
func Weibull(mean, sd float64) (Law, error) {
	if err := moments("a Weibull law", mean, sd); err != nil {
		return nil, err
	}
	if err := spread("a Weibull law", sd/mean, 1e-4, 400); err != nil {
		return nil, err
	}
	want := math.Log1p(sd / mean * sd / mean)
	shape := math.Exp(root(func(y float64) float64 {
		return math.Log(want / weibullSpread(math.Exp(y)))
	}, math.Log(weibullLeast), math.Log(weibullMost)))
	return weibull{shape, mean / math.Gamma(1+1/shape), mean, sd,
		fmt.Sprintf("weibull, mean %s, sd %s", number(mean), number(sd))}, nil
}

// WeibullShape returns the Weibull law with the shape, from 0.1 to 100,000, and the scale: its survival function is
// exp(-(x/scale)^shape).
func WeibullShape(shape, scale float64) (Law, error) {
	if !(shape >= weibullLeast && shape <= weibullMost) {
		return nil, fmt.Errorf("the shape of a Weibull law must be from %s to %s, not %s",
			number(weibullLeast), number(weibullMost), number(shape))
	}
	if err := positive("the scale of a Weibull law", scale); err != nil {
		return nil, err
	}
	mean := scale * math.Gamma(1+1/shape)
	return weibull{shape, scale, mean, mean * math.Sqrt(math.Expm1(weibullSpread(shape))),
		fmt.Sprintf("weibull, shape %s, scale %s", number(shape), number(scale))}, nil
}

// weibullSpread returns the logarithm of 1 + cv^2 of the shape, that is ln Γ(1+2e) - 2 ln Γ(1+e) with e = 1/shape. For small e
// the two are nearly alike: there it sums the series ln Γ(1+e) = -γe + Σ ζ(n) (-e)^n / n from n = 2.
func weibullSpread(shape float64) float64 {
	e := 1 / shape
	if e > 0.02 {
		two, _ := math.Lgamma(1 + 2*e)
		one, _ := math.Lgamma(1 + e)
		return two - 2*one
	}
	sum, power := 0.0, -e
	for n := 2.0; n <= 14; n++ {
		power *= -e
		sum += mathext.Zeta(n, 1) * power * (math.Pow(2, n) - 2) / n
	}
	return sum
}

type weibull struct {
	shape, scale, mean, sd float64
	text                   string
}

func (w weibull) Quantile(u float64) float64 {
	return w.scale * math.Exp(math.Log(-math.Log1p(-u))/w.shape) // twice as fast as math.Pow
}

func (w weibull) Mean() float64              { return w.mean }
func (w weibull) SD() float64                { return w.sd }
func (w weibull) String() string             { return w.text }
func (w weibull) CDF(x float64) float64      { return -math.Expm1(w.logSurvival(x)) }
func (w weibull) survival(x float64) float64 { return math.Exp(w.logSurvival(x)) }

func (w weibull) logSurvival(x float64) float64 { return -math.Pow(max(x, 0)/w.scale, w.shape) }
