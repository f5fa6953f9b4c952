package statistics

import (
	"math/rand/v2"
	"testing"
)

// BenchmarkHistogramAdd is in the simulator's hot loop. Limit: 5 ns.
func BenchmarkHistogramAdd(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 1))
	values := make([]int64, 1<<16)
	for i := range values {
		values[i] = int64(60e9 * random.ExpFloat64())
	}
	var h Histogram
	for b.Loop() {
		for _, v := range values {
			h.Add(v)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(values)), "ns/value")
}
