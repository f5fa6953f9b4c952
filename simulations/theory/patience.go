package theory

import (
	"fmt"
	"math"
	"slices"
)

// A Patience is M/M/n+G: callers hang up after a patience of any law.
type Patience struct {
	Queue
	Law Law
}

// A PatienceSteady is an M/M/n+G queue in its steady state. The offered wait V is that of a caller who never hangs up.
type PatienceSteady struct {
	Patience
	OfferedDelay float64 // P(V > 0)
	OfferedMean  float64 // E[V]
	Abandoned    float64 // part of callers who hang up
	Mean         float64 // E[W] of all
	MeanServed   float64 // E[W] of those served
	Occupancy    float64 // part of their time that agents serve
	scale        float64 // density of V at x is scale·e^{exponent(x) − peak}
	peak         float64
	ends         []float64 // the stretch where the density counts, cut where it is not smooth
}

// Steady solves the queue by the density of the offered wait, proportional to e^{λH(x) − nµx} with H(x) = ∫₀ˣ P(X > u)du
// (Baccelli & Hébuterne 1981; Zeltyn & Mandelbaum 2005). The integrals are scaled by the peak of the density, which has one.
// A law under which some never hang up would need λ·P(never) < nµ; those of this package always do.
func (q Patience) Steady() (PatienceSteady, error) {
	s := PatienceSteady{Patience: q}
	if err := q.check(); err != nil {
		return s, err
	}
	if err := q.Law.Check(); err != nil {
		return s, err
	}
	if err := s.reach(); err != nil {
		return s, err
	}
	mass := s.over(s.ends, func(float64) float64 { return 1 })
	free := math.Exp(-s.peak) / erlangB(q.Agents-1, q.Load()) // ε of Zeltyn & Mandelbaum, scaled like the mass
	total := free + q.Arrivals*mass
	if math.IsInf(free, 1) {
		s.scale = 0
	} else {
		s.scale = q.Arrivals / total
	}
	s.OfferedDelay = min(1, s.scale*mass)
	s.OfferedMean = s.scale * s.over(s.ends, func(x float64) float64 { return x })
	s.Abandoned = s.scale * s.over(s.ends, func(x float64) float64 { return 1 - q.Law.Tail(x) })
	s.Mean = s.scale * s.over(s.ends, q.Law.Upto)
	s.MeanServed = s.scale * s.over(s.ends, func(x float64) float64 { return x * q.Law.Tail(x) }) / (1 - s.Abandoned)
	s.Occupancy = q.Arrivals * (1 - s.Abandoned) / q.rate()
	return s, nil
}

// ServedWithin returns the part of all callers who are served after a wait of at most t.
func (s PatienceSteady) ServedWithin(t float64) float64 {
	if t < 0 {
		return 0
	}
	ends := slices.DeleteFunc(slices.Clone(s.ends), func(x float64) bool { return x >= t })
	ends = append(ends, min(t, s.ends[len(s.ends)-1]))
	return 1 - s.OfferedDelay + s.scale*s.over(ends, s.Law.Tail)
}

// exponent is λH(x) − nµx, which is concave.
func (s *PatienceSteady) exponent(x float64) float64 {
	return s.Arrivals*s.Law.Upto(x) - s.rate()*x
}

// over integrates f times the density of V, unscaled.
func (s *PatienceSteady) over(ends []float64, f func(float64) float64) float64 {
	return integral(ends, func(x float64) float64 { return f(x) * math.Exp(s.exponent(x)-s.peak) })
}

// negligible is how far below its peak the exponent of a density can be left out.
const negligible = 45

// reach finds the peak of the density and the stretch around it that counts.
func (s *PatienceSteady) reach() error {
	slope := func(x float64) float64 { return s.Arrivals*s.Law.Tail(x) - s.rate() }
	at, step := 0.0, 1/s.rate()
	if slope(0) > 0 {
		high := step
		for slope(high) > 0 {
			if high *= 2; math.IsInf(high, 1) {
				return fmt.Errorf("patience without end: %w", ErrUnstable)
			}
		}
		at = bisect(0, high, slope)
	}
	s.peak = s.exponent(at)
	below := func(x float64) float64 { return s.exponent(x) - s.peak + negligible }
	high := at + step
	for below(high) > 0 {
		step *= 2
		high = at + step
	}
	high = bisect(at, high, below)
	low := 0.0
	if at > 0 && below(0) < 0 {
		low = bisect(0, at, below)
	}
	// Patience can be far shorter than what is waited for: the cuts come closer towards 0, so that no stretch hides it.
	cuts := append(s.Law.kinks(), s.Law.Moment(1))
	for x := high / 8; x > s.Law.Moment(1)/1000; x /= 8 {
		cuts = append(cuts, x)
	}
	s.ends = []float64{low, at, high}
	for _, x := range cuts {
		if x > low && x < high {
			s.ends = append(s.ends, x)
		}
	}
	slices.Sort(s.ends)
	s.ends = slices.Compact(s.ends)
	return nil
}
