package measure

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The metrics by their definitions, from the full list of what happened: slow, and apart from the collector.

func (w *world) seen(m *matter) bool {
	return at(float64(m.comes)) >= w.shape.Begins && at(float64(m.comes)) < w.shape.Ends
}

// window is the window in seconds, as far as the replication went.
func (w *world) window() (from, to int) {
	return int((w.shape.Begins - epoch) / 1e9), min(w.length, int((w.shape.Ends-epoch)/1e9))
}

func (w *world) periodOf(m *matter) int {
	from, _ := w.window()
	return (m.comes - from) / max(1, int(w.shape.Period/1e9))
}

// in reports whether a ticket is of the group of a key.
func (w *world) in(k Key, m *matter) bool {
	s := &w.shape
	switch k.By {
	case ByChannel:
		return s.Channels[m.Channel] == k.Group
	case ByClass:
		return s.Classes[m.Class] == k.Group
	case BySource:
		return s.Sources[m.Source] == k.Group
	case ByCohort:
		return m.Cohorts>>slices.Index(s.Cohorts, k.Group)&1 != 0
	case ByPeriod:
		return strconv.Itoa(w.periodOf(m)) == k.Group
	case ByChannelPeriod:
		return s.Channels[m.Channel]+"+"+strconv.Itoa(w.periodOf(m)) == k.Group
	}
	return k.By == ""
}

// A crowd is the tickets of a group that arrived in the window.
type crowd struct {
	w    *world
	key  Key
	all  []*matter // entered
	came []*matter // refused ones too
}

func (w *world) crowd(k Key) crowd {
	g := crowd{w: w, key: k}
	for _, m := range w.list {
		if w.seen(m) && w.in(k, m) {
			g.all = append(g.all, m)
		}
	}
	g.came = slices.Clone(g.all)
	for _, m := range w.refused {
		if w.seen(m) && w.in(k, m) {
			g.came = append(g.came, m)
		}
	}
	return g
}

func answeredOne(m *matter) bool { return m.firstStart >= 0 }
func leftOne(m *matter) bool     { return m.firstStart < 0 && m.how == Abandoned }
func shutOne(m *matter) bool     { return m.firstStart < 0 && m.how == Closed }
func remains(m *matter) bool     { return m.firstStart < 0 && m.how == Open }
func servedOne(m *matter) bool   { return m.how == Served && m.Outcome == Served }
func finishedOne(m *matter) bool { return answeredOne(m) || leftOne(m) }
func anyone(*matter) bool        { return true }

func waitOf(m *matter) float64 {
	if answeredOne(m) {
		return float64(m.firstStart - m.comes)
	}
	return float64(m.gone - m.comes)
}

func stayOf(m *matter) float64 { return float64(m.gone - m.comes) }

func workOf(m *matter) (n float64) {
	for _, s := range m.inService {
		if s {
			n++
		}
	}
	return n
}

func (g crowd) sum(which func(*matter) bool, of func(*matter) float64) (sum float64) {
	for _, m := range g.all {
		if which(m) {
			sum += of(m)
		}
	}
	return sum
}

func (g crowd) number(which func(*matter) bool) float64 {
	return g.sum(which, func(*matter) float64 { return 1 })
}

func (g crowd) mean(which func(*matter) bool, of func(*matter) float64) float64 {
	return g.sum(which, of) / g.number(which)
}

// part is how many of some are also others.
func (g crowd) part(some, of func(*matter) bool) float64 {
	return g.number(func(m *matter) bool { return some(m) && of(m) }) / g.number(of)
}

func (g crowd) values(which func(*matter) bool, of func(*matter) float64) (list []float64) {
	for _, m := range g.all {
		if which(m) {
			list = append(list, of(m))
		}
	}
	slices.Sort(list)
	return list
}

func (g crowd) most(of func(*matter) float64) float64 {
	if len(g.all) == 0 {
		return math.NaN()
	}
	return slices.Max(append(g.values(anyone, of), 0))
}

func (w *world) targetOf(m *matter) float64 {
	if m.Class == 1 {
		return 7
	}
	return []float64{4, 0}[m.Channel]
}

func (g crowd) short(m *matter) bool {
	return g.w.shape.Short > 0 && waitOf(m) <= seconds(g.w.shape.Short)
}

func (g crowd) level(v Variant) float64 {
	n := map[string]float64{}
	for _, m := range g.all {
		target, late := g.w.targetOf(m), waitOf(m) > g.w.targetOf(m)
		switch {
		case target == 0:
		case answeredOne(m):
			n["A"]++
			n["A_T"] += 1 - float64(truth(late))
		case leftOne(m):
			n["B"]++
			n["B_T"] += 1 - float64(truth(late))
			n["B_s"] += float64(truth(g.short(m)))
		case remains(m):
			n["W_T"] += float64(truth(late))
		}
	}
	switch v {
	case Answered:
		return n["A_T"] / n["A"]
	case Offered:
		return n["A_T"] / (n["A"] + n["B"])
	case Credit:
		return (n["A_T"] + n["B_T"]) / (n["A"] + n["B"])
	case LateAbandons:
		return n["A_T"] / (n["A"] + n["B"] - n["B_T"])
	case ShortCredit:
		return (n["A_T"] + n["B_s"]) / (n["A"] + n["B"])
	case Live:
		return n["A_T"] / (n["A"] + n["B"] - n["B_s"] + n["W_T"])
	}
	return n["A_T"] / (n["A"] + n["B"] - n["B_s"])
}

// unfairness is D of RAQFM, second by second.
func (w *world) unfairness(m *matter) (d float64) {
	if w.due == nil {
		for t := range w.length {
			n, serving := 0.0, 0.0
			for _, x := range w.list {
				n += float64(truth(x.here[t]))
				serving += float64(truth(x.inService[t]))
			}
			w.due = append(w.due, serving/n)
		}
	}
	for t := range w.length {
		if m.here[t] {
			d += float64(truth(m.inService[t])) - w.due[t]
		}
	}
	return d
}

// kaplanMeier is a quantile of the product-limit estimate; not a number where it is not reached.
func (g crowd) kaplanMeier(q float64) float64 {
	left := 1.0
	for _, x := range g.values(answeredOne, waitOf) {
		risk, served := 0.0, 0.0
		for _, m := range g.all {
			risk += float64(truth(waitOf(m) >= x))
			served += float64(truth(answeredOne(m) && waitOf(m) == x))
		}
		left *= math.Pow(1-served/risk, 1/served) // x comes once for each of them
		if left <= 1-q+1e-9 {
			return x
		}
	}
	return math.NaN()
}

func order(list []float64, q float64) float64 {
	if len(list) == 0 {
		return math.NaN()
	}
	at := q * float64(len(list)-1)
	low, high := list[int(math.Floor(at))], list[int(math.Ceil(at))]
	return low + (at-math.Floor(at))*(high-low)
}

func giniOf(list []float64) float64 {
	differ, sum := 0.0, 0.0
	for _, x := range list {
		for _, y := range list {
			differ += math.Abs(x - y)
		}
		sum += x
	}
	if sum == 0 && len(list) > 0 {
		return 0
	}
	return differ / (2 * float64(len(list)) * sum)
}

func theilOf(list []float64) (sum float64) {
	mean := 0.0
	for _, x := range list {
		mean += x / float64(len(list))
	}
	for _, x := range list {
		if x > 0 {
			sum += x / mean * math.Log(x/mean)
		}
	}
	return sum / float64(len(list))
}

func jainOf(list []float64) float64 {
	sum, squares := 0.0, 0.0
	for _, x := range list {
		sum, squares = sum+x, squares+x*x
	}
	if squares == 0 && len(list) > 0 {
		return 1
	}
	return sum * sum / float64(len(list)) / squares
}

// TestMetricsAgainstTheirDefinitions plays small worlds and compares every figure of every group with its definition.
func TestMetricsAgainstTheirDefinitions(t *testing.T) {
	compared, defined := map[string]int{}, map[string]int{}
	for seed := range uint64(80) {
		w := newWorld(seed, seed%4 != 0)
		w.run()
		if err := w.c.Check(); err != nil {
			t.Fatalf("world %d: %v", seed, err)
		}
		facts := w.c.Facts(nil)
		for i, k := range w.c.Keys() {
			value, ok := w.define(k)
			if !ok {
				continue
			}
			compared[k.Metric]++
			if !math.IsNaN(value) {
				defined[k.Metric]++
			}
			if got := facts[i].Num / facts[i].Den; !near(got, value) && !(w.rounded(k.Metric) && math.Abs(got/value-1) < 0.002) {
				t.Fatalf("world %d: %v: %g/%g = %g, by the definition %g", seed, k, facts[i].Num, facts[i].Den, got, value)
			}
		}
	}
	for _, m := range Metrics() {
		if compared[m.Name] == 0 || defined[m.Name] == 0 {
			t.Errorf("%s: compared %d times, defined %d times", m.Name, compared[m.Name], defined[m.Name])
		}
	}
}

// rounded reports whether a metric comes from a histogram.
func (w *world) rounded(metric string) bool {
	return !w.shape.Exact && (metric == "gini" || metric == "theil" || metric[0] == 'p' && metric[1] >= '0' && metric[1] <= '9' ||
		strings.HasSuffix(metric, "-ratio-p95"))
}

// define returns the value of a figure by its definition. Discrimination is defined here for handling in one piece alone.
func (w *world) define(k Key) (float64, bool) {
	where := Key{By: k.By, Group: k.Group}
	if w.defined[where] == nil {
		w.defined[where] = map[string]func() float64{}
		for _, part := range []func(crowd) map[string]func() float64{ticketCounts, ticketWaits, ticketWork, ticketPasses, ticketFairness,
			groupFairness} {
			maps.Copy(w.defined[where], part(w.crowd(k)))
		}
	}
	if f, ok := w.defined[where][k.Metric]; ok && !special(k) {
		return f(), true
	}
	if v, ok := strings.CutPrefix(k.Metric, "service-level-"); ok {
		variant, err := VariantOf(v)
		return w.crowd(k).level(variant), err == nil
	}
	if f, ok := w.specials()[k.Metric]; ok {
		return f(k), true
	}
	return 0, false
}

// special reports whether a key is no group of tickets, or one of few metrics.
func special(k Key) bool {
	return slices.Contains([]string{ByReason, ByCause, ByService, ByClasses, ByChannels, ByAgent, ByGroup}, k.By)
}
