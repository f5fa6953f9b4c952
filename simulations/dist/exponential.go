package dist

import "math"

// Exponential returns the exponential law with the mean, which is positive. A draw costs one logarithm.
func Exponential(mean float64) (Law, error) {
	if err := positive("the mean of an exponential law", mean); err != nil {
		return nil, err
	}
	return exponential(mean), nil
}

type exponential float64

// Quantile takes the logarithm of 1-u, which is exact for all numbers of package stream: that of Log1p costs three times as much.
func (e exponential) Quantile(u float64) float64 { return -float64(e) * math.Log(1-u) }
func (e exponential) Mean() float64              { return float64(e) }
func (e exponential) SD() float64                { return float64(e) }
func (e exponential) String() string             { return "exponential, mean " + number(float64(e)) }

func (e exponential) CDF(x float64) float64 {
	if x <= 0 {
		return 0
	}
	return -math.Expm1(-x / float64(e))
}

func (e exponential) survival(x float64) float64 { return math.Exp(-max(x, 0) / float64(e)) }
