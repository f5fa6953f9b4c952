package dist

import (
	"math"

	"gonum.org/v1/gonum/integrate/quad"
)

// expect returns the expectation of f of a number of the law. f is bounded and, but for a few kinks, smooth. A law made of others
// is taken apart, as theirs may have atoms; what is left is integrated.
func expect(law Law, f func(float64) float64) float64 {
	switch l := law.(type) {
	case constant:
		return f(float64(l))
	case *empirical:
		sum := 0.0
		for _, v := range l.values {
			sum += f(v)
		}
		return sum / float64(len(l.values))
	case *mixture:
		sum := 0.0
		for _, p := range l.parts {
			sum += p.weight * expect(p.law, f)
		}
		return sum
	case shifted:
		return expect(l.law, func(x float64) float64 { return f(l.by + x) })
	case scaled:
		return expect(l.law, func(x float64) float64 { return f(l.factor * x) })
	case atMost:
		return expect(l.law, func(x float64) float64 { return f(min(l.limit, x)) })
	}
	of := func(u float64) float64 { return f(law.Quantile(u)) }
	return newLegendre().integral(of, 0, 1, math.NaN(), 40)
}

// A legendre is Gauss-Legendre quadrature with ten points: their places and weights in (0, 1).
type legendre struct{ at, weight [10]float64 }

func newLegendre() *legendre {
	var g legendre
	quad.Legendre{}.FixedLocations(g.at[:], g.weight[:], 0, 1)
	return &g
}

func (g *legendre) sum(f func(float64) float64, a, b float64) (sum float64) {
	for i, at := range g.at {
		sum += g.weight[i] * f(a+at*(b-a))
	}
	return sum * (b - a)
}

// integral returns the integral of f from a to b; whole is what ten points say, or no number. An interval is halved until its
// halves say the same as the whole: so the points gather at a kink, and at an end where f is steep.
func (g *legendre) integral(f func(float64) float64, a, b, whole float64, depth int) float64 {
	middle := a + (b-a)/2
	left, right := g.sum(f, a, middle), g.sum(f, middle, b)
	if depth == 0 || math.Abs(left+right-whole) <= 1e-12*math.Abs(left+right) {
		return left + right
	}
	return g.integral(f, a, middle, left, depth-1) + g.integral(f, middle, b, right, depth-1)
}
