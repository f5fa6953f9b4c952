package report

import (
	"bytes"
	"encoding/json"
	"math"
	"regexp"
	"strings"
	"testing"

	"fairline/simulations/measure"
	"fairline/simulations/statistics"
)

func TestATradeNamesBothSides(t *testing.T) {
	r := monday(t)
	s := compare(t, r, Options{With: "phone-first"}).Tables[0].Sentences(0)
	first, second := loose(s[0]), loose(s[1])
	want := "less waiting for channel phone (−24.40 s) is paid with more waiting for channel email (+158.3 s);"
	if !strings.Contains(first, want) {
		t.Errorf("%q, want %q", first, want)
	}
	if !strings.HasPrefix(second, "A trade. Better: SL phone in 1 min (+9.44 pt)") ||
		!strings.Contains(second, "Worse: overtakings without reason /100 (+83.25), SL email (−15.0 pt)") {
		t.Errorf("%q, want a trade with both sides", second)
	}
	back := loose(compare(t, r, Options{Base: "phone-first", With: "loudest-first"}).Tables[0].Sentences(0)[0])
	if !strings.Contains(back, "less waiting for channel email (−158.3 s)") ||
		!strings.Contains(back, "paid with more waiting for channel phone (+24.40 s)") {
		t.Errorf("the other way round: %q", back)
	}
}

func TestSentencesOfOneSide(t *testing.T) {
	of := func(figures ...figure) string {
		c := compare(t, synthetic(t, 40, []string{"a", "b"}, figures), Options{})
		return loose(strings.Join(c.Tables[0].Sentences(0), " "))
	}
	less := figure{"wait-all cohort=x", 9, []float64{30, 20}, 3, .1}
	more := figure{"wait-all cohort=y", 9, []float64{30, 40}, 3, .1}
	same := figure{"wait-all cohort=z", 9, []float64{30, 30}, 3, 0}
	tiny := figure{"wait-all cohort=t", 9, []float64{30, 30.01}, 3, .001}
	asa := figure{"asa channel=c", 9, []float64{30, 40}, 3, .1}
	level := figure{"service-level channel=c", 9, []float64{.5, .6}, .1, .01}
	for _, c := range []struct{ got, want string }{
		{of(less, same), "less waiting for x (−10.01 s); no group is shown to wait longer by enough to act on. " +
			"No difference is shown for z."},
		{of(more, tiny), "b instead of a: more waiting for y (+9.99 s); no group is shown to wait less by enough to act on. None"},
		{of(same), "no group is shown to wait less or longer by enough to act on. None of the other figures"},
		{of(asa), "In words: b instead of a. Worse: ASA c (+9.99 s). " +
			"None of these figures is shown to be better by enough to act on."},
		{of(level), "In words: b instead of a. Better: SL c (+9.9 pt). " +
			"None of these figures is shown to be worse by enough to act on."},
	} {
		if !strings.Contains(c.got, c.want) {
			t.Errorf("%q\nwant %q", c.got, c.want)
		}
	}
}

func TestFrontSaysWhoIsBeatenByWhom(t *testing.T) {
	keys := []measure.Key{{Metric: "wait-all"}, {Metric: "served"}}
	front := func(waits, served []float64) string {
		r := synthetic(t, 60, []string{"a", "b", "c"}, []figure{{"wait-all", 10, waits, 3, .001},
			{"served", 10, served, .01, .0001}})
		return compare(t, r, Options{Pareto: keys}).Tables[0].Front.Sentence()
	}
	for _, c := range []struct {
		waits, served []float64
		want          string
	}{
		{[]float64{30, 20, 25}, []float64{.8, .7, .6}, "not beaten by any: a, b; beaten: c by b."},
		{[]float64{30, 20, 10}, []float64{.8, .7, .6}, "not beaten by any: a, b, c; beaten: none."},
		{[]float64{30, 30.05, 40}, []float64{.9, .9003, .8}, "beaten: c by a and b; a and b are as good as each other."},
	} {
		if got := front(c.waits, c.served); got != "By wait (all) against served: "+c.want && !strings.HasSuffix(got, c.want) {
			t.Errorf("%v %v: %s\nwant %s", c.waits, c.served, got, c.want)
		}
	}
	if f := compare(t, monday(t), Options{With: "weekday"}).Tables[0].Front; f != nil {
		t.Errorf("two policies that nobody asked a front of have one: %+v", f)
	}
}

func TestForestShowsBetterOnTheLeft(t *testing.T) {
	r := monday(t)
	got := text(t, compare(t, r, Options{With: "phone-first"}), Style{Forest: true})
	_, picture, _ := strings.Cut(got, "better ◄")
	lines := strings.Split(picture, "\n")
	axis := strings.Index(got, "┼")
	zero := columns(got[strings.LastIndex(got[:axis], "\n")+1 : axis])
	for _, line := range lines[1:9] {
		at := strings.IndexAny(line, "●○")
		left := at >= 0 && columns(line[:at]) < zero
		better := strings.HasPrefix(line, "SL phone") || strings.HasPrefix(line, "channel phone")
		if at < 0 || left != better {
			t.Errorf("%q: to the left %v, better %v", line, left, better)
		}
	}
	x := interval{worse: 5, half: 10, shown: false}
	if got := x.draw(10, 20); got != "       ├─────○────┤  " {
		t.Errorf("drawn %q", got)
	}
	if got := (interval{worse: -20, half: 5, shown: true}).draw(10, 25); got != "├─●─┤     │          " {
		t.Errorf("drawn %q", got)
	}
	if got := (interval{}).draw(3, 0); got != "   ○   " {
		t.Errorf("drawn %q", got)
	}
}

func TestColoursAreBesideWords(t *testing.T) {
	c := compare(t, monday(t), Options{With: "phone-first"})
	plain, painted := text(t, c, Style{}), text(t, c, Style{Color: true})
	if strings.Contains(plain, "\x1b") {
		t.Error("colours that nobody asked for")
	}
	if regexp.MustCompile("\x1b\\[[0-9]*m").ReplaceAllString(painted, "") != plain {
		t.Error("colours change the text")
	}
	for line := range strings.Lines(painted) {
		green, red := strings.Contains(line, "\x1b[32m"), strings.Contains(line, "\x1b[31m")
		better, worse := strings.Contains(line, "better\x1b"), strings.Contains(line, "worse\x1b")
		if green != better || red != worse {
			t.Errorf("%q: green %v, red %v", line, green, red)
		}
	}
}

func TestJSONHasAllDigitsAndKeys(t *testing.T) {
	r := monday(t)
	r.Arms[1].Samples[4] = statistics.Sample{Num: make([]float64, 200), Den: make([]float64, 200)}
	c := compare(t, r, Options{})
	var b bytes.Buffer
	if err := c.WriteJSON(&b, true); err != nil {
		t.Fatal(err)
	}
	var got comparisonJSON
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	j := got.Comparisons[0]
	rows := len(j.Primary) + len(j.Who) + len(j.Context) + len(j.Others)
	if got.Schema != "fairline.compare/1" || rows != len(r.Keys) || j.Front == nil || len(j.Words) != 2 {
		t.Errorf("%s", b.String())
	}
	want := c.Tables[0].Primary[1]
	o := j.Primary[1].With[0]
	if p := j.Policies; len(p) != 3 || p[0].Policy != "loudest-first" || p[1].Policy != "weekday" {
		t.Errorf("policies %+v", p)
	}
	if *j.Primary[1].Base.Value != want.Base.Value || *o.Difference.Half != want.With[0].Difference.Half ||
		o.P != want.With[0].P || o.Gain != 1 {
		t.Errorf("got %+v, want all digits of %+v", o, want)
	}
	for _, w := range j.Context {
		b, c := w.With[0], w.With[1]
		if w.Metric == whoMetric && (b.Value.Value != nil || b.Difference.Half != nil || c.Value.Value == nil) {
			t.Errorf("%+v, want null for what is not known", w)
		}
	}
	if w := j.Context[len(j.Context)-3]; w.Metric != "max-slips" || w.Base.Value == nil || w.Base.Half != nil {
		t.Errorf("%+v, want a value, and null for the interval it does not have", w)
	}
	if strings.Contains(b.String(), nbsp) || math.IsNaN(o.P) {
		t.Error("blanks of the page in the words")
	}
}
