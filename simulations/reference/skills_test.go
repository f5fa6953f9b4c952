package reference

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"fairline/simulations/measure"
	"fairline/simulations/statistics"
)

// skilled is the line of testdata/skills.json: groups 0 and 1 of agents, of whom customers of type 1 may have either, the first
// if they can choose.
func skilled(order string) line {
	work, patience := exponential(1/0.5), exponential(1/0.3)
	l := desk(0, order)
	l.classes, l.within = 3, 1.0/3
	for i, rate := range []float64{4.2, 5.1, 6.3} {
		k := kind{class: i + 1, rate: rate, handling: work, patience: &patience}
		k.need = []string{"first", "", "second"}[i]
		l.kinds = append(l.kinds, k)
	}
	l.crews = []crew{{"0", 12, []string{"first"}}, {"1", 15, []string{"other", "second"}}}
	l.more = "agents: {choose: fewest_skills}\n"
	return l
}

// TestSkills compares both policies of testdata/skills.json with what another simulator found, which has an interval of its own.
func TestSkills(t *testing.T) {
	text, err := os.ReadFile("testdata/skills.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Rows []map[string]json.RawMessage }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	orders := map[string]string{`"queue-priority"`: "{strict: [c3, c2, c1]}", `"single-fifo"`: "{arrival: [c1, c2, c3]}"}
	if len(file.Rows) != len(orders) {
		t.Fatalf("%d rows, want %d", len(file.Rows), len(orders))
	}
	effort := brief
	effort.Least, effort.Most = 5*brief.Least, 5*brief.Least
	if *long {
		effort = Effort{Replications: 40, Least: 8_000_000, Most: 8_000_000, Seed: 2}
	}
	for _, row := range file.Rows {
		t.Run(string(row["policy"]), func(t *testing.T) {
			t.Parallel()
			order, ok := orders[string(row["policy"])]
			if !ok {
				t.Fatalf("no order for %s", row["policy"])
			}
			w := &World{Model: "skills", line: skilled(order)}
			rec, err := w.Play(effort)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, rec, row)
		})
	}
}

// compare holds a row to what was played: 14 values of each policy.
func compare(t *testing.T, rec *Record, row map[string]json.RawMessage) {
	confidence := statistics.Bonferroni(FamilyAlpha, 28)
	metrics := map[string]string{"mean_wait_min": "wait", "p_abandon": "abandoned", "p_served_within_20s": "service-level-offered"}
	n := 0
	found := func(what string, theirs [2]float64, factor float64, key measure.Key) {
		n++
		e := rec.estimate(as(factor, key), confidence)
		se := math.Hypot(e.SE, theirs[1]/1.96)
		if !e.Defined || math.Abs(e.Value-theirs[0]) > e.Half/e.SE*se {
			t.Errorf("%s: %.6g with standard error %.2g, want %.6g with %.2g", what, e.Value, e.SE, theirs[0], theirs[1]/1.96)
		}
		t.Logf("%s: %.6f +- %.6f, theirs %.6f +- %.6f at 95 %%", what, e.Value, e.At(0.95).Half, theirs[0], theirs[1])
	}
	for class, name := range []string{"type_all", "type_0", "type_1", "type_2"} {
		var values map[string]json.RawMessage
		if err := json.Unmarshal(row[name], &values); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for theirs, ours := range metrics {
			key, factor := all(ours), 1.0
			if class > 0 {
				key = of(ours, class)
			}
			if ours == "wait" {
				factor = 1.0 / 60
			}
			found(name+" "+theirs, pair(t, values[theirs]), factor, key)
		}
	}
	for _, group := range []string{"0", "1"} {
		found("occupancy of group "+group, pair(t, row["occupancy_"+group]), 1, crewed("occupancy", group))
	}
	if n != 14 {
		t.Errorf("%d values, want 14", n)
	}
}

func pair(t *testing.T, text json.RawMessage) (p [2]float64) {
	t.Helper()
	if err := json.Unmarshal(text, &p); err != nil {
		t.Fatalf("a value with its half width: %v", err)
	}
	return p
}
