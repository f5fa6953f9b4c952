package measure

import (
	"math"

	"fairline/engine"
	"fairline/simulations/statistics"
)

// A spread is a distribution of waits: all of them, in seconds, where that was asked for, else a histogram. Once the replication
// is closed the list is in order.
type spread struct {
	exact bool
	list  []float64
	spare []float64 // used again
	hist  statistics.Histogram
}

func (s *spread) add(wait engine.Duration) {
	if s.exact {
		s.list = append(s.list, seconds(wait))
	} else {
		s.hist.Add(int64(wait))
	}
}

// merge adds the waits of o. Both lists are in order, and so is what becomes of them.
func (s *spread) merge(o *spread) {
	if !s.exact {
		s.hist.Merge(&o.hist)
		return
	}
	a, b, all := s.list, o.list, s.spare[:0]
	for len(a) > 0 && len(b) > 0 {
		if a[0] <= b[0] {
			all, a = append(all, a[0]), a[1:]
		} else {
			all, b = append(all, b[0]), b[1:]
		}
	}
	s.spare, s.list = s.list, append(append(all, a...), b...)
}

func (s *spread) reset() {
	s.list = s.list[:0]
	s.hist.Reset()
}

func (s *spread) count() int {
	if s.exact {
		return len(s.list)
	}
	return int(s.hist.Count())
}

// quantile returns the wait in seconds that a part p of all does not exceed; not a number of none.
func (s *spread) quantile(p float64) float64 {
	switch {
	case s.count() == 0:
		return math.NaN()
	case s.exact:
		return statistics.Quantile(s.list, p)
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

// theil returns Theil's index of the waits; not a number of none. From a histogram the waits of a bucket are taken as equal.
func (s *spread) theil() float64 {
	if s.exact {
		return statistics.Theil(s.list)
	}
	n, sum, logs := 0.0, 0.0, 0.0
	for b := range s.hist.Buckets() {
		x, count := b.Middle(), float64(b.Count)
		n += count
		if x > 0 {
			sum += count * x
			logs += count * x * math.Log(x)
		}
	}
	if n > 0 && sum == 0 {
		return 0
	}
	return logs/sum - math.Log(sum/n)
}

func seconds(d engine.Duration) float64 { return float64(d) / float64(engine.Second) }

// value makes a fact of a value that may not be defined.
func value(v float64) Fact {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return Fact{}
	}
	return Fact{v, 1}
}
