package reference

import (
	"fmt"
	"math"
	"strings"

	"fairline/simulations/dist"
	"fairline/simulations/measure"
)

// A reading is how a quantity is read from what replications came to: a function of ratios of sums, in the unit of the entry.
type reading struct {
	keys  []measure.Key
	value func(r []float64) float64
	part  float64               // not 0: the quantile of waits at it, instead
	ends  func(float64) float64 // not nil: the interval is that of value, its ends carried through this rising function
	loose bool                  // a variance, or what is rare: its interval may be twice as wide
}

// reader reads quantities of a line.
type reader struct {
	*form
	*line
}

// all is a metric of all customers.
func all(metric string) measure.Key { return measure.Key{Metric: metric} }

// of is a metric of a class.
func of(metric string, class int) measure.Key {
	return measure.Key{Metric: metric, By: measure.ByClass, Group: fmt.Sprintf("c%d", class)}
}

// crewed is a metric of a crew.
func crewed(metric, crew string) measure.Key {
	return measure.Key{Metric: metric, By: measure.ByGroup, Group: crew}
}

// as reads one metric, times a factor.
func as(factor float64, key measure.Key) reading {
	return reading{keys: []measure.Key{key}, value: func(r []float64) float64 { return factor * r[0] }}
}

// but is 1 less a metric, times a factor.
func but(factor float64, key measure.Key) reading {
	return reading{keys: []measure.Key{key}, value: func(r []float64) float64 { return factor * (1 - r[0]) }}
}

// two reads two metrics.
func two(a, b measure.Key, value func(a, b float64) float64) reading {
	return reading{keys: []measure.Key{a, b}, value: func(r []float64) float64 { return value(r[0], r[1]) }}
}

// broadly allows for a wider interval.
func broadly(r reading) reading {
	r.loose = true
	return r
}

// class is of which class the quantity is, 0: of all.
func (r reader) class() int {
	q := r.Quantity
	switch {
	case r.has("cls"):
		return r.i("cls")
	case strings.Contains(q, "lowest"):
		return r.classes
	case strings.Contains(q, "class 1"), strings.HasSuffix(q, "1") && r.classes == 2:
		return 1
	case strings.Contains(q, "class 2"), strings.HasSuffix(q, "2") && r.classes == 2:
		return 2
	}
	return 0
}

// reading finds how the quantity of an entry is read.
func (r reader) reading() (reading, error) {
	class := r.class()
	key := func(metric string) measure.Key {
		if class > 0 {
			return of(metric, class)
		}
		return all(metric)
	}
	for _, find := range []func(func(string) measure.Key) (reading, bool){r.special, r.spread, r.share, r.plain} {
		if found, ok := find(key); ok {
			return found, r.err
		}
	}
	return reading{}, fmt.Errorf("%s: no metric is known for %q", r.ID, r.Quantity)
}

// begins reports whether the quantity begins with one of some words.
func (r reader) begins(words ...string) bool {
	for _, w := range words {
		if strings.HasPrefix(r.Quantity, w) {
			return true
		}
	}
	return false
}

// is reports whether the quantity is one of some words.
func (r reader) is(words ...string) bool {
	for _, w := range words {
		if r.Quantity == w {
			return true
		}
	}
	return false
}

// special reads what is a function of several metrics.
func (r reader) special(func(string) measure.Key) (reading, bool) {
	unit := r.unit()
	delta := func(quiet, rant float64) float64 { return (quiet - rant) / unit }
	switch {
	case r.begins("Delta(p)"), r.is("premium"):
		return two(of("wait", 2), of("wait", 1), delta), true
	case r.begins("fixed point"):
		mean := r.n("kbar")
		found := two(of("wait", 2), of("wait", 1), delta)
		found.ends = func(premium float64) float64 { return -math.Expm1(-max(0, premium) / mean) } // who rants at such a premium
		return found, true
	case r.is("Emin"):
		return two(of("wait", 2), of("lateness", 2), delta), true
	case r.is("PW2gth"):
		return but(1, of("service-level-credit", 2)), true
	case r.begins("P_wait_gt_T"):
		return broadly(but(1, all("service-level-credit"))), true
	case r.begins("P_offeredwait_gt_T"): // who is patient enough is as likely to wait longer as anybody would
		stay, err := r.stays(r.within)
		if err != nil {
			r.wrong("%w", err)
		}
		return broadly(but(1/stay, all("service-level-credit"))), true
	case r.is("E_offered_wait"):
		return as(1/unit, all(offeredWait)), true
	case r.begins("m(t)"):
		return as(1, measure.Key{Metric: busyAt, Group: fmt.Sprint(r.n("t"))}), true
	case r.is("busy"):
		return as(float64(r.agents()), all("occupancy")), true
	case r.begins("util"):
		return as(1, crewed("occupancy", strings.TrimPrefix(r.Quantity, "util"))), true
	}
	return reading{}, false
}

// stays is the part of customers who are ready to wait for longer than t.
func (r reader) stays(t float64) (float64, error) {
	if r.kinds[0].patience == nil {
		return 1, nil
	}
	law, err := r.kinds[0].patience.make(r.unit())
	if err != nil {
		return 0, err
	}
	return 1 - dist.CDF(law, t*r.unit()), nil
}

// spread reads how waits differ.
func (r reader) spread(key func(string) measure.Key) (reading, bool) {
	unit := r.unit()
	switch {
	case r.begins("E[wait^2]"):
		return broadly(as(1/unit/unit, key("wait-square"))), true
	case r.begins("Var[wait"):
		return broadly(two(key("wait-square"), key("wait"),
			func(square, mean float64) float64 { return (square - mean*mean) / unit / unit })), true
	case r.begins("Jain index"):
		return broadly(two(key("wait-square"), key("wait"), func(square, mean float64) float64 { return mean * mean / square })), true
	case r.begins("Gini"):
		return as(1, key("gini")), true
	case r.begins("SQF"):
		return broadly(as(1/unit/unit, key("sqf"))), true
	case r.begins("RAQFM system unfairness"):
		return broadly(as(1/unit/unit, key("raqfm-square"))), true
	case r.begins("RAQFM class discrimination"):
		return as(1/unit, key("raqfm")), true
	case r.begins("p-quantile"):
		found := as(1/unit, key("wait"))
		found.part, found.loose = r.n("p"), true
		return found, true
	}
	return reading{}, false
}

// share reads parts of the customers.
func (r reader) share(key func(string) measure.Key) (reading, bool) {
	switch {
	case r.begins("P(slips>=1)", "pslip"):
		return as(1, key("overtaken")), true
	case r.begins("P(wait<=T)", "service level", "achieved SL", "P_served_within_T"):
		return as(1, key("service-level-offered")), true
	case r.begins("Erlang C", "P(wait>0)", "P_offered_wait_pos", "pw"), r.is("P_wait"):
		return as(1, key("delayed")), true
	case r.begins("Erlang B", "P_ab", "P(abandon"):
		return as(1, key("abandoned")), true
	}
	return reading{}, false
}

// plain reads means.
func (r reader) plain(key func(string) measure.Key) (reading, bool) {
	unit := r.unit()
	switch {
	case r.begins("E[slips", "slips"):
		return as(1, key("slips")), true
	case r.begins("E[skips", "skips"):
		return as(1, key("skips")), true
	case r.begins("E[overtakes in DEPARTURE"):
		return as(1, key("departure-overtakes")), true
	case r.begins("E[number in system]"):
		return as(1, key("in-system")), true
	case r.begins("E[queue length]"), r.is("Lq"):
		return as(1, key("queue-length")), true
	case r.begins("E[sojourn]"):
		return as(1/unit, key("sojourn")), true
	case r.begins("E[wait"), r.is("W1", "W2", "WF", "E_wait_all"):
		return as(1/unit, key("wait")), true
	case r.is("E_wait_served"):
		return as(1/unit, key("asa")), true
	case r.is("E_wait_abandoned"):
		return as(1/unit, key("wait-abandoned")), true
	case r.is("occupancy"):
		return as(1, key("occupancy")), true
	}
	return reading{}, false
}
