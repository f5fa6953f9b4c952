package statistics

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// tQuantile returns the half width of an interval in standard errors: Student's t with df degrees of freedom leaves
// (1-confidence)/2 above it.
func tQuantile(df int, confidence float64) float64 {
	return distuv.StudentsT{Sigma: 1, Nu: float64(df)}.Quantile(0.5 + checked(confidence)/2)
}

// tTail returns how likely Student's t with df degrees of freedom is as far from 0 as t, on either side.
func tTail(df int, t float64) float64 {
	return 2 * distuv.StudentsT{Sigma: 1, Nu: float64(df)}.CDF(-math.Abs(t))
}

func checked(confidence float64) float64 {
	if !(confidence > 0 && confidence < 1) {
		panic(fmt.Sprintf("statistics: a confidence of %v: give one between 0 and 1, such as 0.95", confidence))
	}
	return confidence
}

func mismatch(what string, a int, as string, b int, bs string) string {
	return fmt.Sprintf("statistics: %s of %d %s and %d %s", what, a, as, b, bs)
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

func sum(x []float64) (total float64) {
	for _, v := range x {
		total += v
	}
	return total
}

func mean(x []float64) float64 { return sum(x) / float64(len(x)) }

// variance returns the sample variance, with n-1, in two passes.
func variance(x []float64) float64 {
	m, squares := mean(x), 0.0
	for _, v := range x {
		squares += (v - m) * (v - m)
	}
	return squares / float64(len(x)-1)
}
