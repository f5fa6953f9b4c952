package dist

import (
	"fmt"
	"math"
)

// Lognormal returns the lognormal law with the mean and the standard deviation, both positive. They are those of the number
// itself, not of its logarithm.
func Lognormal(mean, sd float64) (Law, error) {
	if err := moments("a lognormal law", mean, sd); err != nil {
		return nil, err
	}
	cv := sd / mean
	return lognormal{
		median: mean / math.Sqrt(1+cv*cv),
		sigma:  math.Sqrt(math.Log1p(cv * cv)),
		mean:   mean,
		sd:     sd,
	}, nil
}

// A lognormal is median * exp(sigma*Z), Z standard normal.
type lognormal struct{ median, sigma, mean, sd float64 }

func (l lognormal) Quantile(u float64) float64 { return l.median * math.Exp(l.sigma*Normal01(u)) }
func (l lognormal) Mean() float64              { return l.mean }
func (l lognormal) SD() float64                { return l.sd }

func (l lognormal) String() string {
	return fmt.Sprintf("lognormal, mean %s, sd %s", number(l.mean), number(l.sd))
}

func (l lognormal) CDF(x float64) float64 {
	if x <= 0 {
		return 0
	}
	return Phi(math.Log(x/l.median) / l.sigma)
}

func (l lognormal) survival(x float64) float64 {
	if x <= 0 {
		return 1
	}
	return Phi(-math.Log(x/l.median) / l.sigma)
}
