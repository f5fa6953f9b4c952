package report

import (
	"slices"

	"fairline/simulations/measure"
	"fairline/simulations/statistics"
)

// ticketsMetric is how many tickets a replication has.
const ticketsMetric = "offered"

// whoMetric is the wait by which groups pay and gain: that of everybody who entered the line. The wait of the served alone would
// reward a policy that makes the losers hang up.
const whoMetric = "wait-all"

// servedMetric is the share of a group that is served to the end, held against a wait that became shorter.
const servedMetric = "served"

// whoKinds are the kinds of groups that pay and gain, those that people know best first.
var whoKinds = []string{measure.ByCohort, measure.ByChannel, measure.BySource, measure.ByClass}

// context are the figures shown beside what was named before the run.
var context = []struct {
	metric string
	kinds  []string // "": of all
}{
	{"service-level", []string{measure.ByChannel}},
	{"asa", []string{measure.ByChannel}},
	{"p95", []string{measure.ByChannel}},
	{"abandoned", []string{measure.ByChannel}},
	{"still-waiting", []string{measure.ByChannel}},
	{whoMetric, []string{""}},
	{"max-wait", []string{""}},
	{"overtakings", []string{""}},
	{"unjustified", []string{""}},
	{"overtaken", []string{""}},
	{"max-slips", []string{""}},
	{"strict-later", []string{""}},
	{"strict-delay", []string{""}},
	{"strict-worst", []string{""}},
	{"gini", []string{""}},
	{"occupancy", []string{""}},
}

// whose returns the keys of the groups that may pay or gain, but for those of the same tickets as one before: a source may have a
// channel to itself, and a class may be everybody. Classes that policies cut differently are left out, with a note.
func (p *pairing) whose(placed []bool) (list []int) {
	var seen, other []int
	for i, k := range p.run.Keys {
		if k.Metric == whoMetric && (k.By == "" || placed[i]) {
			seen = append(seen, i)
		}
	}
	for _, kind := range whoKinds {
		for i, k := range p.run.Keys {
			if k.Metric != whoMetric || k.By != kind || placed[i] || p.idle(i) {
				continue
			}
			switch {
			case slices.ContainsFunc(seen, func(j int) bool { return p.same(i, j) }):
			case kind == measure.ByClass && !p.alike(i):
				other = append(other, i)
			default:
				seen, list = append(seen, i), append(list, i)
			}
		}
	}
	p.noteClasses(other)
	return list
}

// alike reports whether a key is about as many tickets under all policies, in each replication. A class is what its policy says:
// one of the same name may have other tickets under another.
func (p *pairing) alike(i int) bool {
	for j := range p.table.With {
		if a, b := p.pair(j, i); !slices.Equal(a.Den, b.Den) {
			return false
		}
	}
	return true
}

// noteClasses says which classes were not compared, and which primary ones were though their tickets differ.
func (p *pairing) noteClasses(other []int) {
	var out, primary []string
	for _, i := range other {
		out = append(out, p.run.Keys[i].Group)
	}
	if len(out) > 0 {
		p.table.Notes = append(p.table.Notes, "classes of other tickets under another policy are not compared: "+enough(out))
	}
	for _, w := range p.table.Primary {
		i := slices.Index(p.run.Keys, measure.Key{Metric: whoMetric, By: w.Key.By, Group: w.Key.Group})
		if w.Key.By == measure.ByClass && i >= 0 && !p.alike(i) {
			primary = append(primary, w.Label)
		}
	}
	if len(primary) > 0 {
		p.table.Notes = append(p.table.Notes, "primary, yet of other tickets under another policy: "+enough(primary))
	}
}

// contextKeys returns the keys of the context, in its order, but for those on which nothing ever happened.
func (p *pairing) contextKeys(placed []bool) (list []int) {
	for _, c := range context {
		for i, k := range p.run.Keys {
			if k.Metric == c.metric && slices.Contains(c.kinds, k.By) && !placed[i] && !p.idle(i) {
				list = append(list, i)
			}
		}
	}
	return list
}

// same reports whether two keys have the same samples under all policies.
func (p *pairing) same(i, j int) bool {
	for _, samples := range p.samples {
		if !slices.Equal(samples[i].Num, samples[j].Num) || !slices.Equal(samples[i].Den, samples[j].Den) {
			return false
		}
	}
	return true
}

// idle reports whether a key is 0 or not defined under all policies.
func (p *pairing) idle(i int) bool {
	for _, samples := range p.samples {
		if slices.ContainsFunc(samples[i].Num, func(x float64) bool { return x != 0 }) {
			return false
		}
	}
	return true
}

// watchServed marks the waits that became shorter while fewer of the group were served.
func (p *pairing) watchServed(rows []Row, confidence float64) {
	for i := range rows {
		w := &rows[i]
		key := slices.Index(p.run.Keys, measure.Key{Metric: servedMetric, By: w.Key.By, Group: w.Key.Group})
		if key < 0 || w.Key.Metric != whoMetric {
			continue
		}
		for j := range w.With {
			base, other := p.pair(j, key)
			d := statistics.Difference(base, other, confidence)
			w.With[j].Fewer = w.With[j].Gain > 0 && d.Defined && d.Value < 0 && d.Test().P < 1-confidence
		}
	}
}

// names are what people call metrics; others are called as in files.
var names = map[string]string{
	"service-level":   "SL",
	"asa":             "ASA",
	"aht":             "AHT",
	"wait-all":        "wait (all)",
	"wait-served":     "wait of the served",
	"max-wait":        "longest wait",
	"unjustified":     "overtakings without reason",
	"overtaken":       "overtaken once or more",
	"max-slips":       "most often overtaken",
	"still-waiting":   "still waiting at the end",
	"gini":            "Gini of waits",
	"kendall-tau":     "Kendall's tau",
	"strict-later":    "later than in the strict line",
	"strict-delay":    "delay against the strict line",
	"strict-worst":    "worst delay against the strict line",
	"overtake-matrix": "overtaken by",
}
