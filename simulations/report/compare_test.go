package report

import (
	"math"
	"slices"
	"strings"
	"testing"

	"fairline/simulations/measure"
	"fairline/simulations/statistics"
)

func TestPairedDifferenceIsFoundWhereIntervalsOverlap(t *testing.T) {
	c := compare(t, synthetic(t, 100, []string{"a", "b"}, []figure{{"gini", 0, []float64{50, 49}, 10, 1}}), Options{})
	w := row(t, c.Tables[0], "gini")
	a, b, d := w.Base, w.With[0].Value, w.With[0].Difference
	if a.Low() > b.High() || b.Low() > a.High() {
		t.Fatalf("intervals [%v, %v] and [%v, %v] do not overlap", a.Low(), a.High(), b.Low(), b.High())
	}
	if !w.With[0].Shown || w.With[0].Gain != 1 || d.Low() > -1 || d.High() < -1 {
		t.Errorf("difference %v ± %v, shown %v, want -1 within, shown to be better", d.Value, d.Half, w.With[0].Shown)
	}
}

func TestNoDifferenceIsShownOfPoliciesThatAreAlike(t *testing.T) {
	figures := []figure{}
	for _, name := range []string{"asa", "p50", "p90", "p95", "gini", "aht", "sojourn", "overtakings", "overtaken", "abandoned"} {
		figures = append(figures, figure{name, 100, []float64{5, 5}, 1, .2})
	}
	r := synthetic(t, 400, []string{"a", "b"}, figures)
	r.Arms[1].Samples[0] = r.Arms[0].Samples[0] // to the last digit
	c := compare(t, r, Options{Confidence: .999})
	for _, f := range figures {
		if w := row(t, c.Tables[0], f.key); w.With[0].Shown || w.With[0].Gain != 0 {
			t.Errorf("%s: a difference of %v ± %v is shown", f.key, w.With[0].Difference.Value, w.With[0].Difference.Half)
		}
	}
	got := text(t, c, Style{All: true})
	if strings.Count(got, "  ~\n") != len(figures) || !strings.Contains(got, "~ no difference is shown at 99.9 %.") ||
		!strings.Contains(got, "None of the other figures is shown") {
		t.Errorf("got\n%s\nwant tildes and their meaning", got)
	}
}

// TestHolmChangesAVerdict has three metrics of which each differs at 0.05 by itself.
func TestHolmChangesAVerdict(t *testing.T) {
	r := &Run{Name: "x", Confidence: .95, Baseline: "a", Metrics: measure.Metrics(), Arms: []Arm{{Policy: "a"}, {Policy: "b"}}}
	for i, mean := range []float64{.68, .50, .48} { // p 0.004, 0.027, 0.033 of 20 replications with a spread of about 0.95
		r.Keys = append(r.Keys, measure.Key{Metric: []string{"asa", "gini", "sojourn"}[i]})
		a, b := make([]float64, 20), make([]float64, 20)
		for n := range b {
			b[n] = mean + .93*float64(1-2*(n%2))
		}
		r.Arms[0].Samples = append(r.Arms[0].Samples, statistics.MeanOf(a))
		r.Arms[1].Samples = append(r.Arms[1].Samples, statistics.MeanOf(b))
	}
	single := compare(t, r, Options{}).Tables[0]
	r.Primary = r.Keys
	family := compare(t, r, Options{}).Tables[0]
	for i, want := range []bool{true, false, false} {
		alone, of := row(t, single, r.Keys[i].Metric).With[0], family.Primary[i].With[0]
		if !alone.Shown || of.Shown != want || of.P != alone.P || of.Adjusted <= of.P ||
			of.Difference.Half <= alone.Difference.Half {
			t.Errorf("%s: by itself %+v\nin the family %+v, want shown %v", r.Keys[i].Metric, alone, of, want)
		}
	}
	r.Arms[1].Samples[1] = r.Arms[1].Samples[0] // 0.004 twice: then 0.033 stands by itself against 0.05
	if o := compare(t, r, Options{}).Tables[0].Primary[2].With[0]; !o.Shown || !o.Touches {
		t.Errorf("%+v, want it shown, with 0 in its interval", o)
	}
	if got := text(t, compare(t, r, Options{}), Style{}); strings.Count(got, "²") < 2 || !strings.Contains(got, "² shown by Holm") {
		t.Errorf("got\n%s\nwant the mark of such an interval, and what it means", got)
	}
}

func TestRatiosAreRatiosOfMeans(t *testing.T) {
	r := &Run{Name: "x", Confidence: .95, Baseline: "a", Metrics: measure.Metrics(), Keys: []measure.Key{{Metric: "served"}}}
	r.Arms = []Arm{
		{Policy: "a", Samples: []statistics.Sample{{Num: []float64{10, 500}, Den: []float64{10, 1000}}}},
		{Policy: "b", Samples: []statistics.Sample{{Num: []float64{0, 600}, Den: []float64{10, 1000}}}}}
	w := row(t, compare(t, r, Options{}).Tables[0], "served")
	if a, d := w.Base.Value, w.With[0].Difference.Value; a != 510./1010 || math.Abs(d-90./1010) > 1e-15 {
		t.Errorf("value %v, difference %v; want 510/1010 and 90/1010: a quiet day does not weigh as much as a busy one", a, d)
	}
}

func TestSmallMeansTheWholeInterval(t *testing.T) {
	of := func(unit string, base, d, half float64) bool {
		w := Row{Metric: measure.Metric{Unit: unit, Better: measure.Less}, Base: statistics.Estimate{Value: base, Known: true}}
		o := Outcome{Difference: statistics.Estimate{Value: d, Half: half, Known: true, Defined: true}}
		return o.judged(w, true).Small
	}
	for _, c := range []struct {
		unit          string
		base, d, half float64
		small         bool
	}{
		{"s", 100, -.5, .4, true},
		{"s", 100, .5, .6, false},      // it may be more than 1 s
		{"s", 100, 2, .1, false},       // 2 %
		{"s", 0, 1e-9, 0, false},       // of nothing
		{"%", .5, .004, .0005, true},   // 0.8 % of either side
		{"%", .99, -.005, .001, false}, // half of what lacks to 100 %
		{"%", .01, .005, .001, false},
		{"1", .731, -.005, .001, true},
	} {
		if got := of(c.unit, c.base, c.d, c.half); got != c.small {
			t.Errorf("%v ± %v of %v %s: small %v, want %v", c.d, c.half, c.base, c.unit, got, c.small)
		}
	}
}

func TestWhoPaysIsToldOnceForTheSameTickets(t *testing.T) {
	r := synthetic(t, 50, []string{"a", "b"}, []figure{
		{"wait-all", 100, []float64{30, 20}, 3, 1}, {"wait-all class=everyone", 100, []float64{1, 1}, 0, 0},
		{"wait-all source=calls", 50, []float64{30, 10}, 3, 1}, {"wait-all channel=phone", 1, []float64{1, 1}, 0, 0},
		{"wait-all source=mails", 50, []float64{30, 38}, 3, 1}, {"served channel=phone", 50, []float64{.9, .7}, .01, .01},
		{"wait-all source=nobody", 1, []float64{0, 0}, 0, 0},
	})
	for i := range r.Arms {
		s := r.Arms[i].Samples
		s[1], s[3] = s[0], s[2]
	}
	table := compare(t, r, Options{}).Tables[0]
	var labels []string
	for _, w := range table.Who {
		labels = append(labels, w.Label)
	}
	if want := []string{"channel phone", "source mails"}; !slices.Equal(labels, want) {
		t.Errorf("who: %q, want %q: the larger difference first, nothing twice", labels, want)
	}
	if o := table.Who[0].With[0]; !o.Fewer || table.Who[1].With[0].Fewer {
		t.Errorf("%+v: fewer of the calls are served, of the mails nothing is known", o)
	}
	got := text(t, compare(t, r, Options{}), Style{})
	for _, want := range []string{"³   better", "³ waits less, and fewer of them are served",
		"but fewer of them are served) is paid with more waiting"} {
		if !strings.Contains(strings.ReplaceAll(got, "\n", " "), want) {
			t.Errorf("got\n%s\nwant %q", got, want)
		}
	}
}

func TestEveryKeyHasOneRow(t *testing.T) {
	r := monday(t)
	table := compare(t, r, Options{}).Tables[0]
	count := map[measure.Key]int{}
	for _, rows := range [][]Row{table.Primary, table.Who, table.Context, table.Rest} {
		for _, w := range rows {
			count[w.Key]++
		}
	}
	for _, k := range r.Keys {
		if count[k] != 1 {
			t.Errorf("%s has %d rows", keyText(k), count[k])
		}
	}
}

// TestMetricsOfBlocksAreMeasured holds the names here to those of the dictionary; the strict line is measured elsewhere.
func TestMetricsOfBlocksAreMeasured(t *testing.T) {
	list := []string{ticketsMetric, whoMetric, servedMetric, DefaultPareto[0].Metric, DefaultPareto[1].Metric}
	for _, c := range context {
		list = append(list, c.metric)
	}
	for name := range names {
		list = append(list, name)
	}
	for _, name := range list {
		if _, ok := measure.MetricOf(name); !ok && !strings.HasPrefix(name, "strict-") {
			t.Errorf("%s: not in the dictionary", name)
		}
	}
}

// TestClassesOfOtherTicketsAreNotCompared has a class of the same name that is larger under b: its mean wait says nothing on b.
func TestClassesOfOtherTicketsAreNotCompared(t *testing.T) {
	r := synthetic(t, 30, []string{"a", "b"}, []figure{{"wait-all class=everyone", 50, []float64{30, 10}, 3, 1},
		{"wait-all class=gold", 50, []float64{30, 10}, 3, 1}})
	r.Arms[1].Samples[0].Den[7]++
	table := compare(t, r, Options{}).Tables[0]
	if len(table.Who) != 1 || table.Who[0].Key.Group != "gold" {
		t.Errorf("%d rows, want gold alone", len(table.Who))
	}
	if got := strings.Join(table.Notes, "; "); got != "classes of other tickets under another policy are not compared: everyone" {
		t.Errorf("notes %q", got)
	}
	r.Primary = r.Keys[:1]
	if got := strings.Join(compare(t, r, Options{}).Tables[0].Notes, "; "); !strings.HasPrefix(got, "primary, yet of other tickets") {
		t.Errorf("notes %q", got)
	}
}
