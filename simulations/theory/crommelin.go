package theory

import (
	"fmt"
	"math/cmplx"
)

// A FixedHandling is M/D/c: all handling times are the same.
type FixedHandling struct {
	Arrivals float64 // λ
	Handling float64 // D
	Agents   int
}

// A FixedSteady is an M/D/c queue in its steady state.
type FixedSteady struct {
	Occupancy float64 // ρ
	Delay     float64 // P(W > 0)
	Mean      float64 // E[W] of any order that never idles
	Length    float64 // mean number waiting
}

// Steady solves the chain N' = (N − c)⁺ + Poisson(λD) of Crommelin (1932) by the roots z_k of z^c = e^{a(z−1)} in the unit
// disk: P(N < c) = (c − a)/Π(1 − z_k) and Lq = Σ 1/(1 − z_k) − (c(c−1) − a²)/(2(c − a)) over k = 1..c−1. It costs O(c).
func (q FixedHandling) Steady() (FixedSteady, error) {
	if err := positive([]string{"the arrival rate", "the handling time"}, q.Arrivals, q.Handling); err != nil {
		return FixedSteady{}, err
	}
	if err := countAgents(q.Agents); err != nil {
		return FixedSteady{}, err
	}
	a, c := q.Arrivals*q.Handling, float64(q.Agents)
	if a >= c {
		return FixedSteady{}, fmt.Errorf("%d agents for a load of %.4g: %w", q.Agents, a, ErrUnstable)
	}
	product, sum := complex(c-a, 0), 0.0
	for k := 1; k < q.Agents; k++ {
		z := crommelinRoot(a/c, cmplx.Rect(1, 2*pi*float64(k)/c))
		product /= 1 - z
		sum += real(1 / (1 - z))
	}
	length := max(0, sum-(c*(c-1)-a*a)/(2*(c-a)))
	return FixedSteady{
		Occupancy: a / c, Delay: min(1, max(0, 1-real(product))), Mean: length / q.Arrivals, Length: length,
	}, nil
}

// crommelinRoot returns the root in the unit disk of z = ω·e^{ρ(z−1)}, a contraction there, by steps of Newton.
func crommelinRoot(rho float64, omega complex128) complex128 {
	r, z := complex(rho, 0), complex128(0)
	for range 100 {
		e := omega * cmplx.Exp(r*(z-1))
		step := (z - e) / (1 - r*e)
		z -= step
		if cmplx.Abs(step) < 1e-16 {
			break
		}
	}
	return z
}
