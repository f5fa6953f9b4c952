package experiment

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"fairline/engine"
	"fairline/simulations/measure"
	"fairline/simulations/run"
	"fairline/simulations/scenario"
	"fairline/simulations/statistics"
)

func played(t testing.TB, text string) *Results {
	t.Helper()
	x, _ := load(t, text)
	r, err := Play(context.Background(), x, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// value is the estimate of a metric under an arm.
func value(t testing.TB, r *Results, arm int, metric string) statistics.Estimate {
	t.Helper()
	k, ok := r.Key(scenario.Metric{Name: metric})
	if !ok {
		t.Fatalf("no %s", metric)
	}
	return r.Estimate(arm, k)
}

// TestPrecision: replications are added on the grid until the interval is narrow enough, and no more.
func TestPrecision(t *testing.T) {
	text := steady + "steady: {warmup: 1h}\nuntil: {metric: wait, relative: %d%%, at_most: %d}\n"
	r := played(t, fmt.Sprintf(text, 12, 500))
	e, n := value(t, r, 0, "wait"), len(r.Arms[0].Facts)
	if !statistics.Enough(e, 0.12, 0) || n <= statistics.ReplicationsMin || len(r.Arms[0].Notes) > 0 {
		t.Errorf("stopped at %v after %d; %v", e, n, r.Arms[0].Notes)
	}
	on, before := statistics.NextCheck(0), 0
	for ; on < n; on = statistics.NextCheck(on) {
		before = on
	}
	facts := r.Arms[0].Facts
	r.Arms[0].Facts = facts[:before]
	if on != n || statistics.Enough(value(t, r, 0, "wait"), 0.12, 0) {
		t.Errorf("%d replications: not the first of the grid at which it is precise (%d was: %v)", n, before, value(t, r, 0, "wait"))
	}
	r = played(t, fmt.Sprintf(text, 1, 17))
	if n := len(r.Arms[0].Facts); n != 17 || len(r.Arms[0].Notes) != 1 || !strings.Contains(r.Arms[0].Notes[0], "not as precise as asked for after 17") {
		t.Errorf("%d replications, notes %q", n, r.Arms[0].Notes)
	}
	if n := len(played(t, fmt.Sprintf(text, 90, 500)+"replications: 14\n").Arms[0].Facts); n != 14 {
		t.Errorf("%d replications, want the 14 that there are at least", n)
	}
}

// TestAntithetic: replications come in pairs, a pair is one observation, and the pairs of M/M/1 vary less than single runs.
func TestAntithetic(t *testing.T) {
	r := played(t, steady+"steady: {warmup: 1h}\nantithetic: true\nreplications: 39\n")
	e := value(t, r, 0, "wait")
	if len(r.Arms[0].Facts) != 40 || e.N != 20 {
		t.Fatalf("%d replications, %d observations; want 40 and 20", len(r.Arms[0].Facts), e.N)
	}
	r.Experiment.Antithetic = false
	if single := value(t, r, 0, "wait"); single.N != 40 || math.Abs(single.Value-e.Value) > 1e-9 || single.Half <= e.Half {
		t.Errorf("pairs %v, singly %v", e, single)
	}
	r.Experiment.Antithetic = true
	k, _ := r.Key(scenario.Metric{Name: "max-wait"})
	most := 0.0
	for _, f := range r.Arms[0].Facts {
		most = max(most, f[k].Num)
	}
	if got := r.Estimate(0, k); got.Value != most || got.Defined {
		t.Errorf("the longest wait %v, want %v", got, most)
	}
	r = played(t, steady+"steady: {warmup: 1h}\nantithetic: true\nuntil: {metric: wait, relative: 30%, at_most: 99}\n")
	if n := len(r.Arms[0].Facts); n%2 != 0 || n < 20 || value(t, r, 0, "wait").N != n/2 {
		t.Errorf("%d replications until precise", n)
	}
}

// TestWarmup: a line that begins with a crowd has a longer warm-up than an empty one; both are told, and what is left out
// is not measured.
func TestWarmup(t *testing.T) {
	const auto = "steady: {warmup: auto, pilot: 4}\nreplications: 2\n"
	x, _ := load(t, steady+auto)
	crowd := *x.Scenarios[0]
	crowd.Name, crowd.Waiting = "crowd", []scenario.Start{{Source: 0, Number: 60}}
	x.Scenarios = append(x.Scenarios, &crowd)
	r, err := Play(context.Background(), x, Options{})
	if err != nil {
		t.Fatal(err)
	}
	empty, full := r.Arms[0], r.Arms[1]
	if full.Warmup < engine.Hour || full.Warmup > 10*engine.Hour || empty.Warmup >= full.Warmup {
		t.Errorf("left out %d of an empty line, %d after a crowd", empty.Warmup, full.Warmup)
	}
	for _, a := range r.Arms {
		if len(a.Notes) == 0 || !strings.HasPrefix(a.Notes[len(a.Notes)-1], "warm-up: ") || !strings.Contains(a.Notes[len(a.Notes)-1], "MSER-5 over 4 pilot runs") {
			t.Errorf("notes %q", a.Notes)
		}
	}
	if w := value(t, r, 1, "wait").Value; w > 1500 {
		t.Errorf("a wait of %v s: the crowd was measured", w)
	}
	for _, i := range r.Intervals {
		if want := engine.Duration(i.Period)*10*engine.Hour + r.Arms[i.Arm].Warmup; i.Begins != want {
			t.Fatalf("period %d begins at %d, want %d", i.Period, i.Begins, want)
		}
	}
	x.Scenarios = x.Scenarios[1:]
	crowd.Length = 90 * engine.Minute
	if r, err = Play(context.Background(), x, Options{}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(strings.Join(r.Arms[0].Notes, "\n"), "warm-up: run too short to tell for class") {
		t.Errorf("notes of a short run %q", r.Arms[0].Notes)
	}
}

// TestSameWarmup: arms that meet the same customers leave out the same, the most that a class under any of them asks for.
func TestSameWarmup(t *testing.T) {
	text := strings.Replace(days, "replications: 3", "replications: 1\nsteady: {warmup: auto, pilot: 2}", 1)
	text = strings.Replace(text, "rows: [tickets, overtakings, decisions, agents]\n", "", 1)
	for range 2 {
		x, _ := load(t, text)
		sameWarmup(t, x)
		text = strings.Replace(text, "[../policies/line.yaml, ../policies/urgent.yaml, {other way: ../policies/plain.yaml}]",
			"[{other way: ../policies/plain.yaml}, ../policies/urgent.yaml, ../policies/line.yaml]", 1)
	}
}

func sameWarmup(t *testing.T, x *scenario.Experiment) {
	t.Helper()
	s, err := newStudy(x, Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := Play(context.Background(), x, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for first := 0; first < len(s.arms); first += 3 {
		var most engine.Duration
		for _, a := range s.arms[first : first+3] {
			sum := newPilot(a.model)
			for n := range 2 {
				if err := a.model.Player().Play(run.Play{Replication: uint64(pilotFirst + n), Watch: run.Watch{Ended: sum.ended}}); err != nil {
					t.Fatal(err)
				}
			}
			for class := range a.model.Shape.Classes {
				after, ok := sum.settled(class)
				most = max(most, after)
				note := fmt.Sprintf("warm-up: run too short to tell for class %s; make `length` longer", a.model.Shape.Classes[class])
				if slices.Contains(r.Arms[a.number].Notes, note) == ok {
					t.Errorf("class %d under %s: ok is %v, notes %q", class, a.Policy, ok, r.Arms[a.number].Notes)
				}
			}
		}
		for _, a := range r.Arms[first : first+3] {
			if a.Warmup != most || most == 0 {
				t.Errorf("%s leaves out %d, want %d", a.Policy, a.Warmup, most)
			}
		}
	}
}

// TestTheSlowestDecides: one class of one policy that takes its time holds back all arms of the cell, wherever it stands.
func TestTheSlowestDecides(t *testing.T) {
	x, _ := load(t, days+"steady: {warmup: auto}\n")
	s, err := newStudy(x, Options{})
	if err != nil {
		t.Fatal(err)
	}
	sums := make([]*pilot, len(s.arms))
	for i, a := range s.arms {
		sums[i] = newPilot(a.model)
		for class := range sums[i].count {
			for b := range pilotBins {
				sums[i].count[class][b], sums[i].waits[class][b] = 1, engine.Minute
			}
		}
	}
	for b := range 100 {
		sums[1].waits[0][b] = engine.Hour
	}
	s.settle(s.cells[0], sums, 1)
	s.settle(s.cells[1], sums, 1)
	for i, a := range s.arms {
		if want := 100 * sums[0].width * engine.Duration(1-i/3); a.Warmup != want {
			t.Errorf("arm %d leaves out %d, want %d", i, a.Warmup, want)
		}
	}
}

// TestSelect: the policy that serves urgent customers first is selected by their wait; one that is far behind is not played to
// the end.
func TestSelect(t *testing.T) {
	const ask = "select: {metric: wait cohort=urgent, delta: 4s, initial: 6}\n"
	text := strings.Replace(days, "primary: [wait, wait cohort=urgent]\n", ask, 1)
	r := played(t, strings.Replace(text, "replications: 3", "replications: 300", 1))
	if len(r.Selections) != 2 {
		t.Fatalf("%d selections, want one for each staffing", len(r.Selections))
	}
	for _, s := range r.Selections {
		if !s.Decided || s.Ahead != "urgent" || len(s.Left) != 1 || s.Observations > 300 {
			t.Errorf("%+v", s)
		}
	}
	if line, urgent := len(r.Arms[3].Facts), len(r.Arms[4].Facts); line >= urgent || urgent >= 300 {
		t.Errorf("one that is behind was played %d times, the best %d times", line, urgent)
	}
	x, y := r.Paired(3, 4, 0)
	if x.N() != y.N() || x.N() != len(r.Arms[3].Facts) {
		t.Errorf("paired %d with %d", x.N(), y.N())
	}
	r = played(t, strings.Replace(strings.Replace(text, "delta: 4s", "delta: 0.01s", 1), "replications: 3", "replications: 9", 1))
	if s := r.Selections[0]; s.Decided || len(s.Left) < 2 || s.Observations != 9 {
		t.Errorf("after 9: %+v", s)
	}
}

// TestVerdicts: thresholds hold or do not, under each policy or the one they name.
func TestVerdicts(t *testing.T) {
	r := played(t, strings.Replace(days, "primary: [wait, wait cohort=urgent]\n", "thresholds: [wait < 1h, wait cohort=urgent <= 0s policy=urgent, occupancy agent=desk-5 >= 0%]\n", 1))
	got := ""
	for _, v := range r.Verdicts() {
		got += fmt.Sprintf("%s|%s %v %v\n", r.Arms[v.Arm].Staffing, r.Arms[v.Arm].Policy, v.Threshold.Op, v.Passed)
	}
	want := "as planned|line < true\nas planned|urgent < true\nas planned|other way < true\none more|line < true\none more|urgent < true\none more|other way < true\n" +
		"as planned|urgent <= false\none more|urgent <= false\n" +
		"as planned|line >= false\nas planned|urgent >= false\nas planned|other way >= false\none more|line >= true\none more|urgent >= true\none more|other way >= true\n"
	if got != want {
		t.Errorf("verdicts\n%s", got)
	}
	for op, want := range map[string]string{"<": "100", "<=": "110", "==": "010", ">=": "011", ">": "001", "?": "000"} {
		got := ""
		for _, x := range []float64{1, 2, 3} {
			got += map[bool]string{true: "1", false: "0"}[holds(x, op, 2)]
		}
		if got != want || holds(math.NaN(), op, 2) {
			t.Errorf("%s: %s, want %s", op, got, want)
		}
	}
}

// TestObservations: what is pooled how.
func TestObservations(t *testing.T) {
	x := &scenario.Experiment{}
	facts := []measure.Fact{{Num: 1, Den: 1}, {Num: 9, Den: 2}, {}, {Num: 7, Den: 1}}
	at := func(i int) measure.Fact { return facts[i] }
	if e := estimate(x, measure.Ratio, 4, at); e.Value != 17.0/4 || e.Confidence != 0.95 {
		t.Errorf("ratio %v", e)
	}
	if e := estimate(x, measure.Maximum, 4, at); e.Value != 9 || !e.Known || e.Defined {
		t.Errorf("maximum %v", e)
	}
	if e := estimate(x, measure.Maximum, 0, at); e.Known {
		t.Errorf("maximum of nothing %v", e)
	}
	s := observations(4, true, at)
	if s.N() != 2 || s.Num[0] != 5 || s.Den[1] != 0.5 {
		t.Errorf("pairs %v", s)
	}
}

// TestWhatIsSelectedIsBestInTheTable: one policy is better on quiet days, the other on busy ones, which have 50 times the tickets.
func TestWhatIsSelectedIsBestInTheTable(t *testing.T) {
	x := scenario.Experiment{Replications: 2000, Select: &scenario.Selection{Metric: scenario.Metric{Name: "wait"}, Delta: 1, Error: 0.05, Initial: 20}}
	s := &study{experiment: x, metrics: measure.Metrics()}
	c, key := &cell{most: 2000}, measure.Key{Metric: "wait"}
	for i, name := range []string{"a", "b"} {
		a := &arm{number: i, index: map[measure.Key]int{key: 0}, keys: []measure.Key{key}}
		a.Policy = name
		for r := range 2000 {
			n, wait := 20.0, [2]float64{0, 30}[i]
			if r%2 == 1 {
				n, wait = 1000, [2]float64{100, 80}[i]
			}
			a.facts = append(a.facts, []measure.Fact{{Num: n * (wait + float64(r%7) - 3), Den: n}})
		}
		c.arms, s.arms = append(c.arms, a), append(s.arms, a)
	}
	s.cells = []*cell{c}
	for s.grow(c) {
	}
	a, _ := s.current(c.arms[0], key)
	b, _ := s.current(c.arms[1], key)
	if sel := c.selection(&x); sel.Ahead != "b" || !sel.Decided || b.Value >= a.Value {
		t.Errorf("selected %s, decided %v; a is %v, b %v in the table", sel.Ahead, sel.Decided, a.Value, b.Value)
	}
}
