package statistics

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
)

// A Survival is the law of the offered wait: how long somebody with boundless patience would wait. Who abandoned waited at
// least so long, and is censored there. To look at the served alone would leave out those who were made to wait longest.
//
// The estimate is that of Kaplan & Meier 1958. It assumes that patience says nothing about the offered wait. It gives no
// interval: customers of a day are not independent. Take a quantile of each replication as an observation instead.
type Survival struct {
	times []float64 // at which somebody was served, rising
	left  []float64 // the chance of a longer wait than that
}

// KaplanMeier returns the law of the offered wait from the waits of the served and those of the abandoned. At equal waits
// service counts as first. Cost: a sort of copies.
func KaplanMeier(served, abandoned []float64) Survival {
	groups := make([]atRisk, 0, len(served)+len(abandoned))
	for _, t := range served {
		groups = append(groups, atRisk{at: t, served: 1})
	}
	for _, t := range abandoned {
		groups = append(groups, atRisk{at: t, abandoned: 1})
	}
	return survival(groups)
}

// KaplanMeierOf is KaplanMeier from histograms of waits; times are within HistogramError.
func KaplanMeierOf(served, abandoned *Histogram) Survival {
	var groups []atRisk
	for b := range served.whole() {
		groups = append(groups, atRisk{at: b.Middle(), served: b.Count})
	}
	for b := range abandoned.whole() {
		groups = append(groups, atRisk{at: b.Middle(), abandoned: b.Count})
	}
	return survival(groups)
}

// atRisk says how many waits ended at an instant, and how.
type atRisk struct {
	at                float64
	served, abandoned int64
}

func survival(groups []atRisk) (s Survival) {
	slices.SortFunc(groups, func(a, b atRisk) int { return cmp.Compare(a.at, b.at) })
	waiting := int64(0)
	for _, g := range groups {
		waiting += g.served + g.abandoned
	}
	left := 1.0
	for i := 0; i < len(groups); {
		at, served, ended := groups[i].at, int64(0), int64(0)
		for ; i < len(groups) && groups[i].at == at; i++ {
			served += groups[i].served
			ended += groups[i].served + groups[i].abandoned
		}
		if served > 0 {
			left *= float64(waiting-served) / float64(waiting)
			s.times, s.left = append(s.times, at), append(s.left, left)
		}
		waiting -= ended
	}
	return s
}

// After returns the chance of an offered wait longer than t.
func (s Survival) After(t float64) float64 {
	i := sort.Search(len(s.times), func(i int) bool { return s.times[i] > t })
	if i == 0 {
		return 1
	}
	return s.left[i-1]
}

// Quantile returns the least wait that is not exceeded with chance q or more. It is not ok where so many abandoned before
// that nothing is known of it.
func (s Survival) Quantile(q float64) (wait float64, ok bool) {
	if !(q >= 0 && q <= 1) {
		panic(fmt.Sprintf("statistics: a quantile at %v: give one from 0 to 1, such as 0.95", q))
	}
	i := sort.Search(len(s.left), func(i int) bool { return s.left[i] <= 1-q+1e-12 }) // but for rounding
	if i == len(s.left) {
		return 0, false
	}
	return s.times[i], true
}

// Mean returns the mean of the offered wait, each counted up to until: the area under the curve. Beyond the longest wait seen
// the curve stays level.
func (s Survival) Mean(until float64) (area float64) {
	from, left := 0.0, 1.0
	for i, t := range s.times {
		if t >= until {
			break
		}
		area += left * (t - from)
		from, left = t, s.left[i]
	}
	return area + left*(until-from)
}
