package theory

// A PriorityFate is what befalls a class under strict priority.
type PriorityFate struct {
	Fate
	Variance  float64 `json:"variance"`  // Var[W], FCFS within the class; M/M/c
	Overtaken float64 `json:"overtaken"` // P(slips ≥ 1); M/M/c
}

// Priority returns the fates under strict priority that does not interrupt a service, the most urgent class first (Cobham 1954).
// With s_k the load of the classes up to k: W_k = W_0/((1−s_{k−1})(1−s_k)).
func (c Classes) Priority() []Fate {
	waits, above := make([]float64, len(c.loads)), 0.0
	for k, load := range c.loads {
		waits[k] = c.residual / ((1 - above) * (1 - above - load))
		above += load
	}
	return c.fates(waits, func(k, l int) float64 {
		if l < k {
			return 1
		}
		return 0
	})
}

// PriorityMarkov returns more of Priority where handling times are exponential and alike, as SharedAgents makes them; ok is
// false otherwise. The second moment is that of Davis (1966); the chance to be overtaken follows from the queue of the
// classes up to k, which is geometric with ratio s_k: C·L/(cµ(1 − s_k) + L) with L what arrives above k.
func (c Classes) PriorityMarkov() (fates []PriorityFate, ok bool) {
	if c.together == nil {
		return nil, false
	}
	rate, above, urgent := c.together.rate(), 0.0, 0.0
	for k, f := range c.Priority() {
		a, b := 1-above, 1-above-c.loads[k]
		square := 1/(a*a*b) + (1-b)/(a*a*b*b) + (1-a)/(a*a*a*b)
		fates = append(fates, PriorityFate{
			Fate:      f,
			Variance:  2*c.residual/rate*square - f.Wait*f.Wait,
			Overtaken: c.together.Delay * urgent / (rate*b + urgent),
		})
		above += c.loads[k]
		urgent += c.arrivals[k]
	}
	return fates, true
}
