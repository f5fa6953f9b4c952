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
		return sortedGini(s.list)
	}
	return s.hist.Gini()
}

// sortedGini is statistics.Gini without a copy.
func sortedGini(sorted []float64) float64 {
	n, above, total := float64(len(sorted)), 0.0, 0.0
	for i, v := range sorted {
		above += (float64(2*i+1) - n) * v
		total += v
	}
	if n > 0 && total == 0 {
		return 0
	}
	return above / (n * total)
}

// offeredWaits returns the quantiles of the offered wait, that of somebody with boundless patience: who was not answered waited
// at least as long, and is censored there (Kaplan & Meier 1958). What nothing is known of is not a number.
func (g *group) offeredWaits() *[len(quantiles)]float64 {
	if g.hasBare {
		return &g.bare
	}
	g.hasBare = true
	if g.answered.exact {
		g.bare = bareQuantiles(g.answered.list, g.rest.list)
		return &g.bare
	}
	law := statistics.KaplanMeierOf(&g.answered.hist, &g.rest.hist)
	for i, q := range quantiles {
		wait, ok := law.Quantile(q.p)
		if g.bare[i] = wait / float64(engine.Second); !ok {
			g.bare[i] = math.NaN()
		}
	}
	return &g.bare
}

// bareQuantiles is statistics.KaplanMeier for lists in order, without a sort.
func bareQuantiles(answered, rest []float64) (waits [len(quantiles)]float64) {
	for i := range waits {
		waits[i] = math.NaN()
	}
	for left, k := 1.0, 0; len(answered) > 0; {
		x, same := answered[0], 0
		for same < len(answered) && answered[same] == x {
			same++
		}
		for len(rest) > 0 && rest[0] < x {
			rest = rest[1:]
		}
		left *= 1 - float64(same)/float64(len(answered)+len(rest))
		answered = answered[same:]
		for ; k < len(waits) && left <= 1-quantiles[k].p+1e-12; k++ { // but for rounding
			waits[k] = x
		}
	}
	return waits
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
