package theory

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"
)

// NormalQuantile returns the standard normal quantile of p, strictly between 0 and 1.
func NormalQuantile(p float64) (float64, error) {
	if !(p > 0 && p < 1) {
		return 0, fmt.Errorf("the normal quantile of %v: want a number between 0 and 1", p)
	}
	return mathext.NormalQuantile(p), nil
}

// StudentQuantile returns the quantile of Student's t with df degrees of freedom (above 0) of p, strictly between 0 and 1.
func StudentQuantile(df, p float64) (float64, error) {
	if !(p > 0 && p < 1) || !(df > 0) {
		return 0, fmt.Errorf("the quantile of Student's t with %v degrees of freedom of %v: want more than 0, and between 0 and 1", df, p)
	}
	return distuv.StudentsT{Sigma: 1, Nu: df}.Quantile(p), nil
}

// IncompleteBeta returns the regularised incomplete beta function I_x(a, b) for positive a and b and x from 0 to 1.
func IncompleteBeta(a, b, x float64) (float64, error) {
	if err := positive([]string{"a", "b"}, a, b); err != nil {
		return 0, err
	}
	if err := probability("x", x); err != nil {
		return 0, err
	}
	return mathext.RegIncBeta(a, b, x), nil
}

// normalCDF is Φ(x).
func normalCDF(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }

// normalPDF is φ(x).
func normalPDF(x float64) float64 { return math.Exp(-x*x/2) / math.Sqrt(2*math.Pi) }

// hazard is φ(x)/(1 − Φ(x)), the mean of a normal above x. Far out it is a continued fraction, where both would vanish.
func hazard(x float64) float64 {
	if x < 8 {
		return normalPDF(x) / normalCDF(-x)
	}
	return x + beyond(x)
}

// beyond is hazard(x) − x, without cancellation: 1/(x + 2/(x + 3/(x + ...))) (Laplace).
func beyond(x float64) float64 {
	if x < 8 {
		return hazard(x) - x
	}
	f := x
	for k := 60; k >= 2; k-- {
		f = x + float64(k)/f
	}
	return 1 / f
}
