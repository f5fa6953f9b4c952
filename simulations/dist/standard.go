package dist

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// Normal01 returns the quantile u of the standard normal law; u is strictly between 0 and 1. Its relative error is about 1e-16
// (Wichura 1988, algorithm AS 241).
func Normal01(u float64) float64 { return mathext.NormalQuantile(u) }

// Phi returns the probability that a standard normal number is not above x. It keeps its relative accuracy far out on the left;
// on the right use 1-Phi(x) = Phi(-x).
func Phi(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }
