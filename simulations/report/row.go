package report

import (
	"cmp"
	"math"
	"slices"

	"fairline/simulations/measure"
	"fairline/simulations/statistics"
)

// SmallPart is the part of its value under the baseline, of a percentage also of what lacks to 100 %, below which a difference is
// too small to act on: its whole interval must lie below it.
const SmallPart = 0.01

// A Row is one figure under each policy of a table.
type Row struct {
	Key    measure.Key
	Metric measure.Metric
	Label  string
	Base   statistics.Estimate
	With   []Outcome // by Table.With
}

// An Outcome is a figure under another policy than the base, and how far apart they are.
type Outcome struct {
	Value      statistics.Estimate
	Difference statistics.Estimate // Value less that of the base, paired; of primary metrics with a simultaneous interval
	P          float64             // of the test that there is none
	Adjusted   float64             // the same by Holm's method, for primary metrics; else P
	Shown      bool                // there is a difference, at the confidence
	Touches    bool                // shown by Holm's method, though the simultaneous interval has 0 in it
	Small      bool                // shown, and too small to act on, see SmallPart
	Fewer      bool                // a wait that is shown to be shorter, of a group of which fewer are shown to be served
	Gain       int                 // 1: shown, and for the better; -1: for the worse
}

// row estimates a key by itself.
func (p *pairing) row(i int, confidence float64) Row {
	k := p.run.Keys[i]
	m := p.run.metric(k.Metric)
	w := Row{Key: k, Metric: m, Label: p.label(k)}
	w.Base = p.value(0, i, m, confidence)
	for a := range p.table.With {
		o := Outcome{Value: p.value(a+1, i, m, confidence)}
		if m.Pool == measure.Maximum {
			o.Difference = largestApart(w.Base, o.Value)
		} else {
			base, other := p.pair(a, i)
			o.Difference = statistics.Difference(base, other, confidence)
		}
		test := o.Difference.Test()
		o.P, o.Adjusted = test.P, test.P
		w.With = append(w.With, o.judged(w, test.Defined && test.P < 1-confidence))
	}
	return w
}

// value estimates a figure of a policy.
func (p *pairing) value(policy, i int, m measure.Metric, confidence float64) statistics.Estimate {
	s := p.samples[policy][i]
	if m.Pool != measure.Maximum {
		return s.Estimate(confidence)
	}
	e := statistics.Estimate{N: s.N(), Confidence: confidence}
	for r, x := range s.Num {
		if s.Den[r] > 0 {
			e.Value, e.Known = max(e.Value, x), true
		}
	}
	return e
}

// largestApart is the difference of two maxima, of which there is one each: it has no interval.
func largestApart(a, b statistics.Estimate) statistics.Estimate {
	e := statistics.Estimate{N: b.N, Confidence: b.Confidence, Known: a.Known && b.Known}
	if e.Known {
		e.Value = b.Value - a.Value
	}
	return e
}

// family tests the primary metrics of all policies together.
func (p *pairing) family(confidence float64) {
	var a, b []statistics.Sample
	var of []*Outcome
	var rows []*Row
	for i := range p.table.Primary {
		w := &p.table.Primary[i]
		if w.Metric.Pool == measure.Maximum {
			continue
		}
		key, _ := p.run.key(w.Key)
		for j := range w.With {
			base, other := p.pair(j, key)
			a, b = append(a, base), append(b, other)
			of, rows = append(of, &w.With[j]), append(rows, w)
		}
	}
	for i, v := range statistics.Primary(a, b, 1-confidence) {
		of[i].Difference, of[i].P, of[i].Adjusted = v.Difference, v.Test.P, v.Adjusted
		*of[i] = of[i].judged(*rows[i], v.Shown)
	}
}

// judged sets what follows from whether a difference is shown.
func (o Outcome) judged(w Row, shown bool) Outcome {
	d := o.Difference
	o.Shown, o.Touches, o.Small, o.Gain = shown, false, false, 0
	if !shown {
		return o
	}
	o.Touches = d.Low() <= 0 && d.High() >= 0 && d.Value != 0
	o.Small = math.Abs(d.Value)+d.Half < trifle(w.Metric, w.Base)
	if way, ok := w.Metric.Better.Direction(); ok {
		o.Gain = 1
		if d.Value > 0 != (way == statistics.Larger) {
			o.Gain = -1
		}
	}
	return o
}

// trifle returns the size below which a difference from a value is too small to act on.
func trifle(m measure.Metric, base statistics.Estimate) float64 {
	if m.Unit == "%" {
		return SmallPart * math.Max(0, math.Min(base.Value, 1-base.Value))
	}
	return SmallPart * math.Abs(base.Value)
}

// bySize sorts rows by a size, the largest first; of equals the first stays first.
func bySize(rows []Row, size func(Row) float64) {
	slices.SortStableFunc(rows, func(a, b Row) int { return cmp.Compare(size(b), size(a)) })
}

// size is how large a difference is; -1 where it is not defined.
func (o Outcome) size() float64 {
	if !o.Difference.Known {
		return -1
	}
	return math.Abs(o.Difference.Value)
}

// largest is the size of the largest difference of a row.
func (w Row) largest() float64 {
	most := -1.0
	for _, o := range w.With {
		most = max(most, o.size())
	}
	return most
}
