package measure

import (
	"math"
	"slices"

	"fairline/engine"
	"fairline/simulations/statistics"
)

// A spread is a distribution of waits: all of them, in seconds, where that was asked for, else a histogram.
type spread struct {
	exact  bool
	sorted bool
	list   []float64
	hist   statistics.Histogram
}

func (s *spread) add(wait engine.Duration) {
	if s.exact {
		s.list, s.sorted = append(s.list, seconds(wait)), false
	} else {
		s.hist.Add(int64(wait))
	}
}

func (s *spread) merge(o *spread) {
	s.list, s.sorted = append(s.list, o.list...), false
	s.hist.Merge(&o.hist)
}

func (s *spread) reset() {
	s.list, s.sorted = s.list[:0], false
	s.hist.Reset()
}

func (s *spread) sort() []float64 {
	if !s.sorted {
		slices.Sort(s.list)
		s.sorted = true
	}
	return s.list
}

// quantile returns the wait in seconds that a part p of all does not exceed; not a number of none.
func (s *spread) quantile(p float64) float64 {
	switch {
	case s.exact:
		return statistics.Quantile(s.sort(), p)
	case s.hist.Count() == 0:
		return math.NaN()
	}
	return s.hist.Quantile(p) / float64(engine.Second)
}

// gini returns Gini's coefficient of the waits; not a number of none.
func (s *spread) gini() float64 {
	if s.exact {
		return statistics.Gini(s.list)
	}
	return s.hist.Gini()
}

func seconds(d engine.Duration) float64 { return float64(d) / float64(engine.Second) }

// value makes a fact of a value that may not be defined.
func value(v float64) Fact {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return Fact{}
	}
	return Fact{v, 1}
}
