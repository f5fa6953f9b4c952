package reference

import (
	"math"

	"fairline/simulations/measure"
	"fairline/simulations/statistics"
)

// A Verdict is what the replications say of an entry.
type Verdict struct {
	Entry    Entry
	Estimate statistics.Estimate
	Loose    bool
}

// Holds reports whether the interval contains the value.
func (v Verdict) Holds() bool {
	slack := v.Entry.Accuracy
	return v.Estimate.Defined && math.Abs(v.Estimate.Value-v.Entry.Value) <= v.Estimate.Half+slack
}

// Width is the half width of the interval in proportion to the value; where that is 0, the half width.
func (v Verdict) Width() float64 {
	if v.Entry.Value == 0 {
		return v.Estimate.Half
	}
	return v.Estimate.Half / math.Abs(v.Entry.Value)
}

// Try makes an interval for each entry of the world.
func (rec *Record) Try(confidence float64) (list []Verdict) {
	for i, e := range rec.World.Entries {
		r := rec.World.readings[i]
		v := Verdict{Entry: e, Loose: r.loose}
		if r.part > 0 {
			v.Estimate = rec.quantile(r, confidence)
		} else {
			v.Estimate = rec.estimate(r, confidence)
		}
		list = append(list, v)
	}
	return list
}

// estimate is a function of ratios of sums, with the interval of the jackknife's pseudo-values over replications.
func (rec *Record) estimate(r reading, confidence float64) statistics.Estimate {
	n := len(rec.facts)
	sums := make([]measure.Fact, len(r.keys))
	ratios := make([]float64, len(r.keys))
	for k, key := range r.keys {
		at, ok := rec.index[key]
		if !ok {
			return statistics.Estimate{N: n, Confidence: confidence}
		}
		for _, facts := range rec.facts {
			sums[k].Num, sums[k].Den = sums[k].Num+facts[at].Num, sums[k].Den+facts[at].Den
		}
		ratios[k] = sums[k].Num / sums[k].Den
	}
	whole := r.value(ratios)
	pseudo := make([]float64, n)
	for i, facts := range rec.facts {
		for k, key := range r.keys {
			f := facts[rec.index[key]]
			ratios[k] = (sums[k].Num - f.Num) / (sums[k].Den - f.Den)
		}
		pseudo[i] = float64(n)*whole - float64(n-1)*r.value(ratios)
	}
	e := statistics.MeanOf(pseudo).Estimate(confidence)
	if r.ends != nil && e.Defined {
		low, high := r.ends(e.Low()), r.ends(e.High())
		e.SE *= (high - low) / 2 / e.Half
		e.Value, e.Half = (low+high)/2, (high-low)/2
	}
	return e
}
