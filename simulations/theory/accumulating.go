package theory

import (
	"cmp"
	"slices"
)

// Accumulating returns the fates where the priority of a waiting ticket grows with its age, slopes[k] for each unit of time, and
// the highest is next (Kleinrock 1964). Slopes are 0 or more; equal slopes are FCFS among their classes. With b the slopes,
//
//	W_p = (W_F − Σ_{b_i<b_p} ρ_i W_i (1 − b_i/b_p)) / (1 − Σ_{b_i>b_p} ρ_i (1 − b_p/b_i)),
//
// from the lowest slope up. A ticket of k is passed by the part 1 − b_k/b_l of the arrivals of a class l with a higher slope.
func (c Classes) Accumulating(slopes []float64) ([]Fate, error) {
	if err := c.fit("slope", slopes, true); err != nil {
		return nil, err
	}
	passed := func(k, l int) float64 {
		if slopes[l] > slopes[k] {
			return 1 - slopes[k]/slopes[l]
		}
		return 0
	}
	order := make([]int, len(slopes))
	for k := range order {
		order[k] = k
	}
	slices.SortStableFunc(order, func(k, l int) int { return cmp.Compare(slopes[k], slopes[l]) })
	waits := make([]float64, len(slopes))
	for _, p := range order {
		top, bottom := c.FCFS(), 1.0
		for i, load := range c.loads {
			top -= load * waits[i] * passed(i, p)
			bottom -= load * passed(p, i)
		}
		waits[p] = top / bottom
	}
	return c.fates(waits, passed), nil
}

// AccumulatingOvertaken returns P(slips ≥ 1) of the class with the lowest slope: C·L/(δ + L) with L = Σ λ_i (1 − b_low/b_i). It
// needs exponential handling times that are alike; ok is false otherwise, or where the slopes do not fit.
func (c Classes) AccumulatingOvertaken(slopes []float64) (part float64, ok bool) {
	if c.together == nil || c.fit("slope", slopes, true) != nil {
		return 0, false
	}
	low, passing := slices.Min(slopes), 0.0
	for i, rate := range c.arrivals {
		if slopes[i] > low {
			passing += rate * (1 - low/slopes[i])
		}
	}
	return c.together.overtaken(passing), true
}
