package reference

import (
	"math"

	"fairline/simulations/statistics"
)

// quantile is that of the waits of all replications, with the interval of Woodruff (1952): of the waits, those which the part of
// customers who wait longer may exceed that is asked for. The interval of that part is one of its logarithm, as it is small.
func (rec *Record) quantile(r reading, confidence float64) statistics.Estimate {
	var all statistics.Histogram
	for _, w := range rec.waits {
		all.Merge(&w.Histogram)
	}
	// beyond is an end of the interval of the part that waits longer.
	beyond := func(at, side float64) float64 {
		e := rec.longer(at).Estimate(confidence)
		if e.Value == 0 {
			return 0
		}
		return e.Value * math.Exp(side*e.Half/e.Value)
	}
	low := least(&all, func(at float64) bool { return beyond(at, -1) <= 1-r.part })
	high := least(&all, func(at float64) bool { return beyond(at, 1) <= 1-r.part })
	to := r.value([]float64{1}) / 1e9 // the unit of the entry
	e := rec.longer(all.Quantile(r.part)).Estimate(confidence)
	half := (high - low) / 2 * to * (1 + statistics.HistogramError)
	e.SE *= half / e.Half
	e.Value, e.Half = (low+high)/2*to, half
	return e
}

// longer is the part of customers of each replication who waited longer.
func (rec *Record) longer(than float64) (s statistics.Sample) {
	for _, w := range rec.waits {
		n := 0.0
		for b := range w.Buckets() {
			if b.Middle() > than {
				n += float64(b.Count)
			}
		}
		s.Add(n, float64(w.Count()))
	}
	return s
}

// least finds the least wait that has a property which all greater waits have, by bisection.
func least(all *statistics.Histogram, has func(at float64) bool) float64 {
	var middles []float64
	for b := range all.Buckets() {
		middles = append(middles, b.Middle())
	}
	low, high := 0, len(middles)-1
	for low < high {
		if mid := (low + high) / 2; has(middles[mid]) {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return middles[low]
}
