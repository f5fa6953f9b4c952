package statistics

import (
	"fmt"
	"math"
)

// Quantile returns the q-quantile of sorted values, linear between order statistics: type 7 of Hyndman & Fan 1996, the
// default of R and NumPy. q lies from 0 to 1. Not a number of none.
func Quantile(sorted []float64, q float64) float64 {
	return between(int64(len(sorted)), q, func(rank int64) float64 { return sorted[rank] })
}

// Quantile returns the q-quantile of the values, as the function Quantile does, within HistogramError. Min and Max are exact,
// and so are all below 1024. Cost: a walk through the buckets.
func (h *Histogram) Quantile(q float64) float64 {
	return between(h.Count(), q, h.ranked)
}

// ranked returns the value of a rank, counted from 0, or what stands for it.
func (h *Histogram) ranked(rank int64) float64 {
	switch rank {
	case 0:
		return float64(h.min)
	case h.Count() - 1:
		return float64(h.max)
	}
	for b := range h.Buckets() {
		if rank -= b.Count; rank < 0 {
			return b.Middle()
		}
	}
	panic(fmt.Sprintf("statistics: rank %d beyond the end of a histogram of %d", rank, h.Count()))
}

func between(n int64, q float64, ranked func(rank int64) float64) float64 {
	if !(q >= 0 && q <= 1) {
		panic(fmt.Sprintf("statistics: a quantile at %v: give one from 0 to 1, such as 0.95", q))
	}
	if n == 0 {
		return math.NaN()
	}
	position := q * float64(n-1)
	rank := min(int64(position), n-1)
	low := ranked(rank)
	if part := position - float64(rank); part > 0 && rank+1 < n {
		return low + part*(ranked(rank+1)-low)
	}
	return low
}
