package theory

import (
	"math"

	"gonum.org/v1/gonum/integrate/quad"
)

const pi = math.Pi

// legendre is Gauss's rule with 20 points on −1..1.
var legendreAt, legendreWeight = func() (at, weight [20]float64) {
	quad.Legendre{}.FixedLocations(at[:], weight[:], -1, 1)
	return at, weight
}()

func gauss(low, high float64, f func(float64) float64) (sum float64) {
	for i, x := range legendreAt {
		sum += legendreWeight[i] * f(low+(high-low)*(1+x)/2)
	}
	return sum * (high - low) / 2
}

// integral returns the integral of f, which has one sign, over each stretch between neighbours of ends, halved until both halves
// agree with the whole to 1e-14 of the integral.
func integral(ends []float64, f func(float64) float64) (total float64) {
	wholes, scale := make([]float64, len(ends)), 0.0
	for i := 1; i < len(ends); i++ {
		wholes[i] = gauss(ends[i-1], ends[i], f)
		scale += math.Abs(wholes[i])
	}
	for i := 1; i < len(ends); i++ {
		total += halves(ends[i-1], ends[i], wholes[i], scale, 40, f)
	}
	return total
}

func halves(low, high, whole, scale float64, depth int, f func(float64) float64) float64 {
	mid := low + (high-low)/2
	left, right := gauss(low, mid, f), gauss(mid, high, f)
	scale = max(scale, math.Abs(left)+math.Abs(right))
	if depth == 0 || math.Abs(left+right-whole) <= 1e-14*scale {
		return left + right
	}
	return halves(low, mid, left, scale, depth-1, f) + halves(mid, high, right, scale, depth-1, f)
}
