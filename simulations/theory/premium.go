package theory

// A premium is what a ticket gains in mean wait by complaining in public, W_quiet − W_rant, where a part p of all tickets do and the
// policy favours them. Quiet and ranting tickets are alike otherwise. With no ranters it is what the first would gain; with
// nobody quiet, what the last would lose by being so.

// split returns the ranters as the first class, and the others.
func (q Queue) split(p float64) (Pair, error) {
	return Pair{First: p * q.Arrivals, Second: (1 - p) * q.Arrivals, Service: q.Service, Agents: q.Agents}, probability("the share of ranters", p)
}

// PriorityPremium returns the premium under strict priority for ranters, W_F·ρ/(1 − pρ). It rises with p: the more rant, the more it
// pays (Hassin & Haviv 1997).
func (q Queue) PriorityPremium(p float64) (float64, error) { return q.AccumulatingPremium(p, 0) }

// AccumulatingPremium returns the premium where the priority of a ranter grows 1/ratio times as fast as that of the quiet: with β the
// ratio, from 0 (strict priority) to 1 (FCFS), W_F·ρ(1−β)/(1 − pρ(1−β)).
func (q Queue) AccumulatingPremium(p, ratio float64) (float64, error) {
	s, err := q.Steady()
	if err != nil {
		return 0, err
	}
	if err := probability("the share of ranters", p); err != nil {
		return 0, err
	}
	if err := probability("the ratio of slopes", ratio); err != nil {
		return 0, err
	}
	edge := s.Occupancy * (1 - ratio)
	return s.Mean * edge / (1 - p*edge), nil
}

// HeadStartPremium returns the premium where ranters count as arrived h earlier: ρ·E[min(W_quiet, h)], which is never above ρh. A head
// start of at most what ranting costs, over ρ, does not pay at any load.
func (q Queue) HeadStartPremium(p, h float64) (float64, error) {
	pair, err := q.split(p)
	if err != nil {
		return 0, err
	}
	f, err := pair.HeadStart(h)
	return f.Premium, err
}

// CountBoundPremium returns the premium under strict priority for ranters where the oldest ticket is served once k others have
// overtaken it: (λ/λ_1)·E[min(N, k)]/(cµ). It falls with p: the first ranter gains as under priority without a bound.
func (q Queue) CountBoundPremium(p float64, k int) (float64, error) {
	pair, err := q.split(p)
	if err != nil {
		return 0, err
	}
	s, err := pair.steady()
	if err != nil {
		return 0, err
	}
	f, err := pair.CountBound(k)
	if err == nil && p > 0 {
		f.Premium = f.Second.Slips / p / s.rate() // without the difference of two waits
	}
	return f.Premium, err
}
