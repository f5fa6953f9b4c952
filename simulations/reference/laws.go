package reference

import (
	"fmt"
	"math"

	"fairline/simulations/measure"
	"fairline/simulations/statistics"
	"fairline/simulations/theory"
)

// A check is what must be found of a world beside its entries. Checks of one name, before the colon, are pooled over worlds.
type check struct {
	name string
	want float64
	reading
}

// checks are, of every line, that as many customers come as are said to and take as long, and that Little's law joins the
// queue to the waits; of lines in which work is alike and nobody leaves, that the mean wait of all does not depend on the order
// (Kleinrock 1965), and that the wait of a class is joined to its overtakings: W_k - W = (slips_k - skips_k) E[S]/c.
func (w *World) checks(span float64) (list []check) {
	l := &w.line
	if l.kinds[0].wave != nil {
		return nil
	}
	unit, sources := l.unit(), func(metric string, i int) measure.Key {
		return measure.Key{Metric: metric, By: measure.BySource, Group: fmt.Sprintf("s%d", i+1)}
	}
	for i, k := range l.kinds {
		if k.rate*span > 20 { // too few to be about normal
			list = append(list, check{fmt.Sprintf("rate: source %d", i+1), k.rate, as(1/span, sources("offered", i))},
				check{fmt.Sprintf("mean handling: source %d", i+1), k.handling.mean, as(1/unit, sources("handling", i))})
		}
	}
	if l.kinds[0].patience == nil || l.kinds[0].patience.mean > 0 {
		list = append(list, check{"rate by Little's law: all", l.rate(),
			two(all("queue-length"), all("wait"), func(queue, wait float64) float64 { return queue / wait * unit })})
	}
	work, alike := l.alike()
	if !alike {
		return list
	}
	if s, err := (theory.Queue{Arrivals: l.rate(), Service: 1 / work, Agents: l.agents()}).Steady(); err == nil {
		list = append(list, check{"mean wait whatever the order: all", s.Mean, as(1/unit, all("wait"))})
	}
	for c := 1; c <= l.classes && l.classes > 1; c++ {
		join := reading{keys: []measure.Key{of("wait", c), all("wait"), of("slips", c), of("skips", c)},
			value: func(r []float64) float64 { return (r[0]-r[1])/unit - (r[2]-r[3])*work/float64(l.agents()) }}
		list = append(list, check{fmt.Sprintf("wait less that of its overtakings: class %d", c), 0, join})
	}
	return list
}

// alike reports whether work is exponential with one mean for all, every agent serves everybody at any time, and nobody leaves.
func (l *line) alike() (work float64, ok bool) {
	work = l.kinds[0].handling.mean
	for _, k := range l.kinds {
		if k.handling.name != exponential(work).name || k.patience != nil || k.need != "" {
			return 0, false
		}
	}
	return work, len(l.crews) == 1 && len(l.crews[0].skills) == 0
}

// Laws makes an interval for each check of the world.
func (rec *Record) Laws(confidence float64) (list []Verdict) {
	for _, c := range rec.World.checks(rec.span) {
		list = append(list, Verdict{Entry: Entry{ID: rec.World.Entries[0].ID, Model: rec.World.Model, Quantity: c.name, Value: c.want},
			Estimate: rec.estimate(c.reading, confidence)})
	}
	return list
}

// agree holds the metrics of a replication that say the same in two ways to each other.
func (rec *Record) agree(facts []measure.Fact, quantiles *waits) error {
	get := func(metric string) float64 {
		f := facts[rec.index[all(metric)]]
		return f.Num / f.Den
	}
	wait, square := get("wait"), get("wait-square")
	same := map[string][2]float64{
		"variance of wait":      {get("wait-variance"), square - wait*wait},
		"Jain's index of waits": {get("jain"), wait * wait / square},
	}
	if quantiles != nil {
		same["95 % quantile of waits"] = [2]float64{get("p95"), quantiles.Quantile(0.95) / 1e9}
	}
	for what, v := range same {
		if off := math.Abs(v[0] - v[1]); off > 1e-6*(square+1) && off > 2*statistics.HistogramError*math.Abs(v[1]) {
			return fmt.Errorf("%s is %g by its metric, and %g by what it is made of", what, v[0], v[1])
		}
	}
	return nil
}
