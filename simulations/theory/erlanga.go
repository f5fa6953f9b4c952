package theory

import (
	"fmt"
	"math"
)

// An Impatient is M/M/n+M, Erlang A (Palm 1946): waiting callers hang up after an exponential patience. It has a steady state
// at any load.
type Impatient struct {
	Queue
	Patience float64 // θ, the rate at which one who waits hangs up: 1 over the mean patience
}

// An ImpatientSteady is an Erlang A queue in its steady state.
type ImpatientSteady struct {
	Impatient
	Delay         float64   // P(W > 0)
	Abandoned     float64   // part of callers who hang up
	Mean          float64   // E[W] of all, to the start of service or the end of patience
	MeanServed    float64   // E[W] of those served
	MeanAbandoned float64   // E[W] of those who hang up
	Length        float64   // mean number waiting
	Occupancy     float64   // part of their time that agents serve
	free          float64   // the probability that an agent is free
	ahead         []float64 // ahead[j] is the probability that an arrival must wait with j callers ahead in the queue
}

// lengthMax bounds the queue that is looked at.
const lengthMax = 50_000_000

// Steady solves the birth and death chain with death rates min(k, n)µ + (k − n)⁺θ, from its most likely state outward, so that
// nothing overflows. It costs O(n + the length that the queue can reach).
func (q Impatient) Steady() (ImpatientSteady, error) {
	if err := q.check(); err != nil {
		return ImpatientSteady{}, err
	}
	if err := positive([]string{"the rate of hanging up"}, q.Patience); err != nil {
		return ImpatientSteady{}, err
	}
	s := ImpatientSteady{Impatient: q}
	if s.free, s.ahead = q.distribution(); s.ahead == nil {
		return s, fmt.Errorf("the queue can be longer than %d: give callers less patience, or more agents", lengthMax)
	}
	// With j ahead, stage l of the wait, with l still ahead, takes 1/(nµ + (l+1)θ) in the mean, and each of the j + 1 stages is
	// that in which the caller hangs up with the same probability.
	time, timeAbandoned, served, abandoned := 0.0, 0.0, 0.0, 0.0
	for j, p := range s.ahead {
		exit := q.rate() + float64(j+1)*q.Patience
		time += 1 / exit
		timeAbandoned += float64(j+1) / exit
		s.Delay += p
		s.Length += float64(j) * p
		served += p * q.rate() / exit * time
		abandoned += p * q.Patience / exit * timeAbandoned
		s.Abandoned += p * float64(j+1) * q.Patience / exit
	}
	s.Mean = s.Length / q.Arrivals
	answered := min(1, s.free+s.partServed())
	s.MeanServed = served / answered
	if s.Abandoned > 0 {
		s.MeanAbandoned = abandoned / s.Abandoned
	}
	s.Occupancy = min(1, q.Arrivals*answered/q.rate())
	s.Delay, s.Abandoned = min(1, s.Delay), min(1, s.Abandoned) // a sum can pass 1 by its last digit
	return s, nil
}

// partServed is the probability that a caller waits and is served.
func (s ImpatientSteady) partServed() (served float64) {
	for j, p := range s.ahead {
		served += p * s.rate() / (s.rate() + float64(j+1)*s.Patience)
	}
	return served
}

// distribution returns the probability that an agent is free, and those of j = 0, 1, ... in the queue while all are busy; nil
// where the queue can be too long.
func (q Impatient) distribution() (free float64, ahead []float64) {
	up := func(j int) float64 { return q.Arrivals / (q.rate() + float64(j)*q.Patience) } // p(n+j)/p(n+j−1)
	top := int(min(lengthMax+1, max(0, (q.Arrivals-q.rate())/q.Patience)))               // the mode of the queue
	if top > lengthMax {
		return 0, nil
	}
	ahead = make([]float64, top+1)
	ahead[top] = 1
	for j := top; j > 0; j-- {
		ahead[j-1] = ahead[j] / up(j)
	}
	for p := 1.0; p > 1e-30; {
		p *= up(len(ahead))
		if ahead = append(ahead, p); len(ahead) > lengthMax {
			return 0, nil
		}
	}
	// Below n the sum of p(k)/p(n) is 1/B − 1; where B is too small for a number, the queue is too.
	free = ahead[0] * (1/erlangB(q.Agents, q.Load()) - 1)
	total := free
	for _, p := range ahead {
		total += p
	}
	for j := range ahead {
		ahead[j] /= total
	}
	if math.IsInf(free, 1) {
		return 1, ahead
	}
	return free / total, ahead
}

// ServedWithin returns the part of all callers who are served after a wait of at most t.
func (s ImpatientSteady) ServedWithin(t float64) float64 {
	if t < 0 {
		return 0
	}
	alpha := s.rate() / s.Patience
	longer := longWaits(alpha+1, s.Patience*t, len(s.ahead))
	served := s.free
	for j, p := range s.ahead {
		served += p * alpha / (alpha + float64(j+1)) * (1 - longer[j])
	}
	return min(1, served)
}

// OfferedBeyond returns P(V > t), where V is the wait of a caller who never hangs up.
func (s ImpatientSteady) OfferedBeyond(t float64) float64 {
	if t < 0 {
		return 1
	}
	beyond := 0.0
	for j, longer := range longWaits(s.rate()/s.Patience, s.Patience*t, len(s.ahead)) {
		beyond += s.ahead[j] * longer
	}
	return min(1, beyond)
}

// WaitBeyond returns P(W > t) of all callers: they are neither served nor gone.
func (s ImpatientSteady) WaitBeyond(t float64) float64 {
	return s.OfferedBeyond(t) * math.Exp(-s.Patience*max(0, t))
}
