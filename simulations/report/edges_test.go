package report

import (
	"strings"
	"testing"

	"fairline/simulations/measure"
	"fairline/simulations/statistics"
)

func TestComparisonsThatCannotBe(t *testing.T) {
	r := monday(t)
	unknown := *r
	unknown.Primary = []measure.Key{{Metric: "wait-all", By: "channel", Group: "fax"}}
	none := synthetic(t, 0, []string{"a", "b"}, []figure{{"gini", 0, []float64{1, 1}, 0, 0}})
	front := func(names ...string) (o Options) {
		for _, name := range names {
			o.Pareto = append(o.Pareto, measure.Key{Metric: name})
		}
		return o
	}
	single := synthetic(t, 3, []string{"a"}, []figure{{"gini", 0, []float64{1}, 0, 0}})
	for _, c := range []struct {
		run  *Run
		o    Options
		want string
	}{
		{r, Options{Base: "strict"}, `policy "strict": not in this run, which has loudest-first, phone-first, weekday`},
		{r, Options{With: "strict"}, `policy "strict": not in this run, which has`},
		{r, Options{Base: "weekday", With: "weekday"}, "weekday: there is no other policy to compare it with"},
		{r, Options{Scenario: "tuesday"}, `scenario "tuesday": not in this run, which has busy-monday`},
		{r, Options{Staffing: "more"}, `staffing "more": not in this run`},
		{r, Options{Confidence: 95}, "confidence 95: give one between 0 and 100 %"},
		{r, front("gini"), "a front of 1 metric: name two or more"},
		{r, front("gini", "offered"), `metric "offered": nobody can be beaten by it`},
		{r, front("gini", "max-slips"), `metric "max-slips": nobody can be beaten by it`},
		{r, front("gini", "theil"), `front: metric "theil": not in this run, which has gini`},
		{&unknown, Options{}, `primary: metric "wait-all channel=fax": not in this run, which has wait-all, `},
		{none, Options{}, "there is no replication of both a and b"},
		{single, Options{}, "a: there is no other policy"},
	} {
		if _, err := Compare(c.run, c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v\nwant %s", c.o, err, c.want)
		}
	}
}

func TestKeysAreReadAsInFiles(t *testing.T) {
	for text, want := range map[string]measure.Key{
		"wait":                                {Metric: "wait"},
		" wait  channel = social ":            {Metric: "wait", By: "channel", Group: "social"},
		"wait cohort=need: medical, a=b":      {Metric: "wait", By: "cohort", Group: "need: medical, a=b"},
		"overtake-matrix channel>channel=a>b": {Metric: "overtake-matrix", By: "channel>channel", Group: "a>b"},
	} {
		if k, err := KeyOf(text); err != nil || k != want {
			t.Errorf("%q: %+v, %v, want %+v", text, k, err, want)
		}
	}
	for _, text := range []string{"", "wait social", "channel=social", "wait channel=", "wait =social"} {
		if k, err := KeyOf(text); err == nil {
			t.Errorf("%q: %+v, want an error", text, k)
		}
	}
}

// TestUnequalReplications has three policies of which a selection left one out early.
func TestUnequalReplications(t *testing.T) {
	r := synthetic(t, 60, []string{"a", "b", "c"}, []figure{{"gini", 0, []float64{5, 4, 9}, 2, .1}})
	s := &r.Arms[2].Samples[0]
	s.Num, s.Den = s.Num[:10], s.Den[:10]
	table := compare(t, r, Options{}).Tables[0]
	o := row(t, table, "gini").With
	if table.Replications != 60 || !table.Dropped || o[0].Difference.N != 60 || o[1].Difference.N != 10 || !o[1].Shown {
		t.Errorf("%d replications, unequal: %v, of b %d, of c %d; want 60, true, 60 and 10", table.Replications, table.Dropped,
			o[0].Difference.N, o[1].Difference.N)
	}
	table = compare(t, r, Options{With: "c"}).Tables[0]
	w := row(t, table, "gini")
	if d := w.With[0].Value.Value - w.Base.Value - w.With[0].Difference.Value; table.Replications != 10 || d*d > 1e-18 {
		t.Errorf("%d replications, values and difference apart by %v; want 10 and nothing", table.Replications, d)
	}
	if got := text(t, compare(t, r, Options{}), Style{}); !strings.Contains(got, "ran unequally often") {
		t.Errorf("got\n%s\nwant a word on it", got)
	}
}

func TestAntitheticPairsAreOneObservation(t *testing.T) {
	five := []float64{5, 4}
	r := synthetic(t, 21, []string{"a", "b"}, []figure{{"gini", 0, five, 0, 0}, {"max-slips", 0, five, 0, 0}})
	r.Antithetic = true
	for n := range 20 { // what one of a pair gains the other loses
		r.Arms[1].Samples[0].Num[n] += float64(1-2*(n%2)) * float64(1+n/2)
	}
	r.Arms[1].Samples[1].Num[17] = 40
	table := compare(t, r, Options{}).Tables[0]
	o := row(t, table, "gini").With[0]
	if table.Replications != 10 || o.Difference.N != 10 || o.Difference.Value != -1 || o.Difference.SE > 1e-12 || !o.Shown {
		t.Errorf("%d pairs, difference %+v; want 10, and -1 without spread", table.Replications, o.Difference)
	}
	if v := row(t, table, "max-slips").With[0].Value.Value; v != 40 {
		t.Errorf("largest %v, want 40: that of a replication, not of a mean", v)
	}
}

func TestWhatIsNotDefinedIsADash(t *testing.T) {
	five := []float64{5, 4}
	r := synthetic(t, 5, []string{"a", "b"}, []figure{{"asa channel=phone", 9, five, 1, .1}, {"asa channel=fax", 9, five, 1, 0},
		{"abandoned channel=fax", 9, []float64{0, 0}, 0, 0}})
	none := statistics.Sample{Num: make([]float64, 5), Den: make([]float64, 5)}
	r.Arms[1].Samples[1], r.Arms[0].Samples[2], r.Arms[1].Samples[2] = none, none, none
	got := text(t, compare(t, r, Options{}), Style{})
	if !strings.Contains(got, "— not defined: no such") || strings.Count(got, "—") != 3 || strings.Contains(got, "abandoned") {
		t.Errorf("got\n%s\nwant a dash for b on fax and for the difference, and nothing of what never was", got)
	}
	r = synthetic(t, 1, []string{"a", "b"}, []figure{{"gini", 0, []float64{5, 4}, 0, 0}})
	r.Primary = r.Keys
	got = text(t, compare(t, r, Options{}), Style{})
	if !strings.Contains(got, "−1 ±?\n") || !strings.Contains(got, "fewer than two replications") {
		t.Errorf("got\n%s\nwant a difference that claims nothing", got)
	}
}

func TestTheLargestHasNoInterval(t *testing.T) {
	r := monday(t)
	r.Primary = append(r.Primary, measure.Key{Metric: "max-slips"})
	o := compare(t, r, Options{With: "weekday"}).Tables[0].Primary[3].With[0]
	if o.Value.Value != 6 || o.Difference.Value != -3 || o.Difference.Defined || o.Shown || o.Gain != 0 {
		t.Errorf("%+v, want 6, 3 less, and nothing shown", o)
	}
	if got := text(t, compare(t, r, Options{With: "weekday"}), Style{}); !strings.Contains(got, "all 3 at once") {
		t.Errorf("got\n%s\nwant a family of 3: a maximum is not tested", got)
	}
}

func TestEverySettingHasATable(t *testing.T) {
	r := monday(t)
	for i := range 3 {
		a := r.Arms[i]
		a.Warmup = 1800 * float64(1+i)
		a.Staffing, a.Notes = "six agents", []string{"warm-up: run too short to tell"}
		r.Arms = append(r.Arms, a)
	}
	r.Arms[4].Targets = map[string]float64{"phone": 80}
	r.Selection = []Selection{{Scenario: "busy-monday", Staffing: "six agents", Delta: 2, Error: .05,
		Metric: measure.Key{Metric: "wait-all"}, Best: "weekday", Left: []string{"weekday"}, Observations: 80}}
	c := compare(t, r, Options{With: "weekday"})
	if len(c.Tables) != 2 || c.Tables[1].Staffing != "six agents" {
		t.Fatalf("%d tables", len(c.Tables))
	}
	got := strings.ReplaceAll(text(t, c, Style{}), "\n", " ")
	for _, want := range []string{"staffing six agents", "warm-up of 30 min to 1 h left out", "Note: weekday: warm-up: run too short to tell.",
		"SL phone in 1 min  ", "SL phone  ",
		"SL: the policies have different targets",
		"Selected as best by wait (all) (Kim & Nelson 2001; less than 2 s does not matter, " +
			"chance of a wrong choice 5 %, 80 observations): weekday."} {
		if strings.Count(got, want) != 1 {
			t.Errorf("%d times %q in\n%s", strings.Count(got, want), want, got)
		}
	}
	if len(compare(t, r, Options{Staffing: "six agents"}).Tables) != 1 {
		t.Error("a staffing that is named is not alone")
	}
	r.Arms[4].Warmup = 1800
	if got := text(t, compare(t, r, Options{With: "weekday"}), Style{}); strings.Count(got, "warm-up of 30 min left out") != 1 {
		t.Errorf("got\n%s\nwant the warm-up that both have", got)
	}
	r.Selection[0].Left = []string{"weekday", "phone-first"}
	if got = text(t, compare(t, r, Options{}), Style{}); !strings.Contains(got, "Not selected yet by wait (all)") {
		t.Errorf("got\n%s\nwant a selection that is not decided", got)
	}
}

func TestClassesWithTargetsOfTheirOwnLeaveChannelsUnlabelled(t *testing.T) {
	r := monday(t)
	for i := range r.Arms {
		r.Arms[i].Targets = map[string]float64{"phone": 60, "class gold": 20}
	}
	if got := row(t, compare(t, r, Options{}).Tables[0], "service-level channel=phone").Label; got != "SL phone" {
		t.Errorf("label %q, want no target: gold has another", got)
	}
}
