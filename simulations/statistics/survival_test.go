package statistics

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestKaplanMeierByHand(t *testing.T) {
	// At 0 one of six is served; at 2 one of five is served and one hangs up; at 5 one hangs up; at 6 one of two is served;
	// at 9 the last hangs up: 5/6, 5/6·4/5, and half of that, and nothing is known beyond.
	served, abandoned := []int64{6, 0, 2}, []int64{2, 9, 5}
	floats := func(x []int64) (f []float64) {
		for _, v := range x {
			f = append(f, float64(v))
		}
		return f
	}
	for name, s := range map[string]Survival{
		"values":     KaplanMeier(floats(served), floats(abandoned)),
		"histograms": KaplanMeierOf(histogramOf(served), histogramOf(abandoned)),
	} {
		for at, want := range map[float64]float64{-1: 1, 0: 5. / 6, 1.9: 5. / 6, 2: 2. / 3, 5: 2. / 3, 6: 1. / 3, 99: 1. / 3} {
			near(t, name, s.After(at), want, 1e-15)
		}
		for q, want := range map[float64]float64{0.1: 0, 1. / 6: 0, 0.2: 2, 1. / 3: 2, 0.5: 6, 2. / 3: 6} {
			if wait, ok := s.Quantile(q); wait != want || !ok {
				t.Errorf("%s: quantile %v: %v %v, want %v", name, q, wait, ok, want)
			}
		}
		if wait, ok := s.Quantile(0.7); ok {
			t.Errorf("%s: quantile 0.7 is known to be %v", name, wait)
		}
		near(t, name+": mean up to 10", s.Mean(10), 2*5./6+4*2./3+4*1./3, 1e-14)
		near(t, name+": mean up to 1", s.Mean(1), 5./6, 1e-15)
	}
	if s := KaplanMeier(nil, nil); s.After(3) != 1 || s.Mean(3) != 3 {
		t.Error("none were served: all wait on")
	}
}

func TestWithoutAbandonmentQuantilesAreRanks(t *testing.T) {
	var served []float64
	for n := 1; n <= 60; n++ {
		served = append(served, float64(n))
		s := KaplanMeier(served, nil)
		for rank := 1; rank <= n; rank++ {
			if wait, ok := s.Quantile(float64(rank) / float64(n)); !ok || wait != float64(rank) {
				t.Errorf("%d of %d: %v %v", rank, n, wait, ok)
			}
		}
	}
}

func TestServiceCountsAsFirstInABucket(t *testing.T) {
	s := KaplanMeierOf(histogramOf([]int64{2_000_001}), histogramOf([]int64{2_000_000}))
	near(t, "left", s.After(2_010_000), 0.5, 0)
}

// TestSurvivorsAreBiased shows what the method is for: patience as short as waits, of which the served show only the short
// ones.
func TestSurvivorsAreBiased(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 11))
	var served, abandoned Histogram
	for range 40_000 {
		offered, patience := int64(60e9*random.ExpFloat64()), int64(60e9*random.ExpFloat64())
		if offered < patience {
			served.Add(offered)
		} else {
			abandoned.Add(patience)
		}
	}
	median, ok := KaplanMeierOf(&served, &abandoned).Quantile(0.5)
	near(t, "median", median/1e9, 60*math.Ln2, 1.2) // the standard error is about 0.4
	if naive := served.Quantile(0.5) / 1e9; !ok || naive > 22 {
		t.Errorf("the median of the served is %v", naive)
	}
}
