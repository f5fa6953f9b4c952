package statistics

import (
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
)

// waits are drawn over all sizes, from none to centuries.
func waits(seed uint64, n int) []int64 {
	random := rand.New(rand.NewPCG(seed, 9))
	values := make([]int64, n)
	for i := range values {
		values[i] = random.Int64() >> random.IntN(64)
	}
	return values
}

func histogramOf(values []int64) *Histogram {
	h := new(Histogram)
	for _, v := range values {
		h.Add(v)
	}
	return h
}

func TestEachValueIsInItsBucket(t *testing.T) {
	values := waits(1, 3000)
	for shift := range 63 { // and about the ends of buckets
		values = append(values, 1<<shift, 1<<shift-1, 1<<shift+1, math.MaxInt64>>shift)
	}
	for _, v := range values {
		h := histogramOf([]int64{v})
		for b := range h.whole() {
			if v < b.Low || v > b.High || b.Count != 1 || math.Abs(b.Middle()-float64(v)) > HistogramError*float64(v) {
				t.Fatalf("%d in %+v", v, b)
			}
		}
		for b := range h.Buckets() {
			if b.Low != v || b.High != v {
				t.Fatalf("%d alone in %+v", v, b)
			}
		}
	}
}

func TestBucketsRiseAndHoldAll(t *testing.T) {
	h, last, count := histogramOf(waits(2, 5000)), int64(-1), int64(0)
	for b := range h.Buckets() {
		if b.Low <= last || b.High < b.Low {
			t.Fatalf("%+v after %d", b, last)
		}
		last, count = b.High, count+b.Count
	}
	if count != 5000 || h.Count() != 5000 || last != h.Max() {
		t.Errorf("%d in buckets of %d, last %d, max %d", count, h.Count(), last, h.Max())
	}
	for range h.Buckets() {
		break // a walk may end early
	}
}

func TestHistogramKeepsExactSums(t *testing.T) {
	values := waits(3, 2000)
	h, total, squares := histogramOf(values), new(big.Int), new(big.Int)
	for _, v := range values {
		x := big.NewInt(v)
		total.Add(total, x)
		squares.Add(squares, new(big.Int).Mul(x, x))
	}
	if integer(h.sum[:]).Cmp(total) != 0 || integer(h.squares[:]).Cmp(squares) != 0 {
		t.Errorf("sum %v, squares %v", integer(h.sum[:]), integer(h.squares[:]))
	}
	if h.Min() != slices.Min(values) || h.Max() != slices.Max(values) {
		t.Errorf("from %d to %d", h.Min(), h.Max())
	}
	small := histogramOf([]int64{1e15 + 1, 1e15 + 2, 1e15 + 3, 1e15 + 6}) // a spread of units in a week and a half
	near(t, "mean", small.Mean(), 1e15+3, 0)
	near(t, "variance", small.Variance(), 3.5, 0)
	if !math.IsNaN(new(Histogram).Mean()) || !math.IsNaN(new(Histogram).Variance()) || !math.IsNaN(new(Histogram).Jain()) {
		t.Error("an empty histogram has a mean")
	}
}

func TestMergedIsAddedInAnyOrder(t *testing.T) {
	a, b, c := waits(4, 300), waits(5, 200), []int64{0, 0, 7}
	huge := []int64{math.MaxInt64, math.MaxInt64, math.MaxInt64, 1, 1, 1} // two of these carry into the next word
	for _, order := range [][][]int64{{a, b, c}, {c, a, b}, {b, nil, c, a}, {huge, huge}, {{5, 9}, {6}}} {
		h, want := new(Histogram), histogramOf(slices.Concat(order...))
		for _, part := range order {
			from := histogramOf(part)
			h.Merge(from)
			if from.Count() != int64(len(part)) {
				t.Error("merging changed the other")
			}
		}
		same(t, h, want)
	}
}

func TestResetForgetsAndKeepsMemory(t *testing.T) {
	values := waits(6, 500)
	h := histogramOf(values)
	h.Reset()
	same(t, h, new(Histogram))
	if n := testing.AllocsPerRun(10, func() {
		h.Reset()
		for _, v := range values {
			h.Add(v)
		}
	}); n != 0 {
		t.Errorf("%v allocations after a reset", n)
	}
	same(t, h, histogramOf(values))
}

func same(t *testing.T, got, want *Histogram) {
	t.Helper()
	if got.count != want.count || got.sum != want.sum || got.squares != want.squares || got.min != want.min || got.max != want.max ||
		!slices.Equal(slices.Collect(got.Buckets()), slices.Collect(want.Buckets())) {
		t.Errorf("%d from %d to %d, want %d from %d to %d", got.count, got.min, got.max, want.count, want.min, want.max)
	}
}

func TestNegativeValuesAreMistakes(t *testing.T) {
	for _, v := range []int64{-1, math.MinInt64} {
		panics(t, "a negative value", func() { new(Histogram).Add(v) })
	}
}

func TestEndsAreExact(t *testing.T) {
	if HistogramError > 0.001 {
		t.Errorf("an error of %g, want 0.1 %% at most", HistogramError)
	}
	h := histogramOf([]int64{2_000_001, 2_000_003, 2_000_005}) // all in one bucket
	near(t, "least", h.Quantile(0), 2_000_001, 0)
	near(t, "largest", h.Quantile(1), 2_000_005, 0)
}

func TestHistogramIsCloseToWhatIsExact(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 9))
	values, exact := make([]int64, 4001), make([]float64, 4001)
	for i := range values {
		if random.Float64() < 0.7 {
			values[i] = int64(60e9 * random.ExpFloat64())
		}
		exact[i] = float64(values[i])
	}
	slices.Sort(exact)
	h := histogramOf(values)
	for _, q := range []float64{0, 0.01, 0.3, 0.31, 0.5, 0.77, 0.9, 0.95, 0.999, 1} {
		want := Quantile(exact, q)
		near(t, "quantile", h.Quantile(q), want, HistogramError*want)
	}
	near(t, "gini", h.Gini(), Gini(exact), 2*HistogramError)
	near(t, "jain", h.Jain(), Jain(exact), 1e-14)
	near(t, "mean", h.Mean(), mean(exact), 1e-15*h.Mean())
	near(t, "variance", h.Variance(), variance(exact)*4000/4001, 1e-13*h.Variance())
}
