package statistics

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestMetricsOfTheory(t *testing.T) {
	g := theory(t).Metrics
	near(t, "mean", mean(g.Waits), g.Mean, 0)
	near(t, "jain", Jain(g.Waits), g.Jain, 1e-15)
	near(t, "gini", Gini(g.Waits), g.Gini, 1e-15)
	near(t, "theil", Theil(g.Waits), g.Theil, 1e-15)
	near(t, "p95", Quantile(slices.Sorted(slices.Values(g.Waits)), 0.95), g.P95, 1e-14)
	var h Histogram
	var m Moments
	for _, w := range g.Waits {
		h.Add(int64(w))
		m.Add(w)
	}
	near(t, "histogram: mean", h.Mean(), g.Mean, 0)
	near(t, "histogram: variance", h.Variance(), g.VarPop, 0)
	near(t, "histogram: jain", h.Jain(), g.Jain, 1e-15)
	near(t, "histogram: gini", h.Gini(), g.Gini, 1e-15)
	near(t, "histogram: p95", h.Quantile(0.95), g.P95, 1e-14)
	near(t, "moments: mean", m.Mean(), g.Mean, 1e-15)
	near(t, "moments: variance", m.Variance()*7/8, g.VarPop, 1e-14)
}

func TestEqualAndUnequal(t *testing.T) {
	one, even, none := []float64{0, 0, 0, 5}, []float64{2, 2, 2}, []float64{0, 0}
	for _, c := range []struct {
		name      string
		of        func([]float64) float64
		one, even float64
	}{
		{"jain", Jain, 0.25, 1},
		{"gini", Gini, 0.75, 0},
		{"theil", Theil, math.Log(4), 0},
	} {
		near(t, c.name+": one has all", c.of(one), c.one, 1e-15)
		near(t, c.name+": all equal", c.of(even), c.even, 1e-15)
		near(t, c.name+": all none", c.of(none), c.even, 0)
		if v := c.of(nil); !math.IsNaN(v) {
			t.Errorf("%s of none: %v", c.name, v)
		}
	}
	zeros := histogramOf([]int64{0, 0})
	near(t, "histogram of none: jain", zeros.Jain(), 1, 0)
	near(t, "histogram of none: gini", zeros.Gini(), 0, 0)
	shuffled := []float64{5, 0, 3, 1}
	if Gini(shuffled) != Gini([]float64{0, 1, 3, 5}) || shuffled[0] != 5 {
		t.Error("gini depends on order, or changes it")
	}
}

func TestQuantilesBetweenValues(t *testing.T) {
	x := []float64{10, 20, 40}
	for _, c := range []struct{ q, want float64 }{{0, 10}, {0.25, 15}, {0.5, 20}, {0.75, 30}, {1, 40}} {
		near(t, "quantile", Quantile(x, c.q), c.want, 1e-14)
	}
	near(t, "of one", Quantile([]float64{7}, 0.3), 7, 0)
	if !math.IsNaN(Quantile(nil, 0.5)) || !math.IsNaN(new(Histogram).Quantile(0.5)) {
		t.Error("a quantile of none")
	}
	panics(t, "from 0 to 1", func() { Quantile(x, 95) })
	panics(t, "from 0 to 1", func() { new(Histogram).Quantile(math.NaN()) })
}

func TestKendallTau(t *testing.T) {
	near(t, "same order", KendallTau(5, 0), 1, 0)
	near(t, "reversed", KendallTau(5, 10), -1, 0)
	near(t, "one of six", KendallTau(4, 1), 2./3, 1e-15)
}

func TestMomentsMerge(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 10))
	x := make([]float64, 100)
	for i := range x {
		x[i] = 1e9 + random.NormFloat64()
	}
	for _, cut := range []int{0, 1, 37, 100} {
		var a, b Moments
		for i, v := range x {
			if i < cut {
				a.Add(v)
			} else {
				b.Add(v)
			}
		}
		a.Merge(b)
		near(t, "mean", a.Mean(), mean(x), 1e-6)
		near(t, "sd", a.SD(), math.Sqrt(variance(x)), 1e-7)
		if a.N() != 100 {
			t.Errorf("%d values", a.N())
		}
	}
	var none, one Moments
	one.Add(3)
	if !math.IsNaN(none.Mean()) || !math.IsNaN(one.Variance()) || one.Mean() != 3 {
		t.Errorf("%+v %+v", none, one)
	}
}
