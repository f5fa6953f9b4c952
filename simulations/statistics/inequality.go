package statistics

import (
	"math"
	"slices"
)

// Jain returns Jain's index of fairness, (Σx)²/(n·Σx²): from 1/n, where one has all, to 1, where all are equal (Jain, Chiu &
// Hawe 1984). Values that are all 0 are equal. Not a number of none.
//
// Of single waits it measures mostly how many do not wait at all. Of means by class it says more.
func Jain(x []float64) float64 {
	total, squares := sum(x), 0.0
	for _, v := range x {
		squares += v * v
	}
	if squares == 0 && len(x) > 0 {
		return 1
	}
	return total * total / (float64(len(x)) * squares)
}

// Gini returns the Gini coefficient of values that are not negative, Σ(2i − n − 1)x₍ᵢ₎/(nΣx): 0 where all are equal, (n-1)/n
// where one has all. Values that are all 0 are equal. Not a number of none. Cost: a sort of a copy.
func Gini(x []float64) float64 {
	sorted := slices.Sorted(slices.Values(x))
	n, total := float64(len(sorted)), sum(sorted)
	if total == 0 && n > 0 {
		return 0
	}
	above := 0.0
	for i, v := range sorted {
		above += (float64(2*i+1) - n) * v
	}
	return above / (n * total)
}

// Gini returns the Gini coefficient of the values, those of a bucket taken as equal: within 2·HistogramError, absolutely.
func (h *Histogram) Gini() float64 {
	n, before, above, total := float64(h.count), 0.0, 0.0, 0.0
	for b := range h.Buckets() {
		count := float64(b.Count)
		above += (2*before + count - n) * count * b.Middle()
		total += count * b.Middle()
		before += count
	}
	if total == 0 && n > 0 {
		return 0
	}
	return above / (n * total)
}

// Theil returns Theil's index of values that are not negative, the mean of (x/x̄)·ln(x/x̄): from 0, where all are equal, to
// ln n, where one has all (Theil 1967). Values that are all 0 are equal. Not a number of none.
func Theil(x []float64) float64 {
	m := mean(x)
	if m == 0 {
		return 0
	}
	total := 0.0
	for _, v := range x {
		if share := v / m; share != 0 {
			total += share * math.Log(share)
		}
	}
	return total / float64(len(x))
}

// KendallTau returns Kendall's rank correlation of two orders of n things without ties, from the number of pairs that stand
// the other way round: 1 where none do, -1 where all do (Kendall 1938). Not a number for fewer than two.
func KendallTau(n int, inversions int64) float64 {
	return 1 - 4*float64(inversions)/(float64(n)*float64(n-1))
}
