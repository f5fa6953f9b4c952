package lab

import (
	"encoding/json"
	"os"
	"regexp"
	"testing"

	"fairline/policy"
	"fairline/simulations/scenario"
	"fairline/simulations/theory"
)

const document = "../../docs/simulation.md"

// TestDocumentNamesEveryKey: docs/simulation.md names every key of scenario and experiment files.
func TestDocumentNamesEveryKey(t *testing.T) {
	doc, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]bool{}
	var down func(v any)
	down = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				down(e)
			}
		case map[string]any:
			properties, _ := v["properties"].(map[string]any)
			for name := range properties {
				keys[name] = true
			}
			for _, e := range v {
				down(e)
			}
		}
	}
	for _, schema := range [][]byte{scenario.Schema(), scenario.ExperimentSchema()} {
		var v any
		if err := json.Unmarshal(schema, &v); err != nil {
			t.Fatal(err)
		}
		down(v)
	}
	for name := range keys {
		if !regexp.MustCompile("[`{ ]" + name + "[`:]").Match(doc) {
			t.Errorf("docs/simulation.md does not name the key %s", name)
		}
	}
	if len(keys) < 100 {
		t.Errorf("%d keys, want at least 100", len(keys))
	}
}

// TestDocumentExamples: each example of the tables of arrivals is one that the program takes.
func TestDocumentExamples(t *testing.T) {
	doc, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	examples := regexp.MustCompile("(?m)^\\| `((?:poisson|points|wave|counts|every): [^`]*)`").FindAllStringSubmatch(string(doc), -1)
	for _, m := range examples {
		src := "fairline: 1\nscenario: example\nstarts: 2026-04-13 08:00\nlength: 10h\ncustomers:\n  calls:\n    channel: phone\n" +
			"    handling: {exponential: 5m}\n    arrivals: {" + m[1] + "}\nagents: {desk: {agents: 6}}\n"
		s, faults := scenario.Parse("example.yaml", []byte(src), scenario.Beside("example.yaml"))
		if s == nil || len(faults) > 0 {
			t.Errorf("%s: %v", m[1], faults)
		}
	}
	if len(examples) < 5 {
		t.Errorf("%d examples of arrivals, want five", len(examples))
	}
}

// TestDocumentPremiums: the formulas' column of the table of premiums is what the formulas give, and each interval contains it.
func TestDocumentPremiums(t *testing.T) {
	doc, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	formulas := []theory.Premium{line.PriorityPremium, func(p float64) (float64, error) { return line.AccumulatingPremium(p, 0.5) },
		func(p float64) (float64, error) { return line.HeadStartPremium(p, 0.25) }, func(p float64) (float64, error) { return line.CountBoundPremium(p, 1) }}
	cell := regexp.MustCompile(`([\d.]+) ±([\d.]+), ([\d.]+) \|`)
	rows := regexp.MustCompile(`(?m)^\| (\d+) % \|.*$`).FindAllStringSubmatch(string(doc), -1)
	for _, row := range rows {
		cells := cell.FindAllStringSubmatch(row[0], -1)
		if len(cells) != len(formulas) {
			t.Fatalf("%s: %d cells", row[0], len(cells))
		}
		for i, c := range cells {
			want, err := formulas[i](number(t, row[1]) / 100)
			if err != nil {
				t.Fatal(err)
			}
			value, half, said := number(t, c[1]), number(t, c[2]), number(t, c[3])
			if d := 60*want - said; d > 0.051 || d < -0.051 || said > value+half || said < value-half {
				t.Errorf("%s %%, column %d: %s, the formula gives %.2f", row[1], i, c[0], 60*want)
			}
		}
	}
	if len(rows) != 4 {
		t.Errorf("%d rows, want 4", len(rows))
	}
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	var v float64
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// TestPoliciesAreFaultless: what `policy check` says of each policy of the simulations is nothing.
func TestPoliciesAreFaultless(t *testing.T) {
	entries, err := os.ReadDir("../policies")
	if err != nil || len(entries) < 20 {
		t.Fatalf("%d policies: %v", len(entries), err)
	}
	for _, e := range entries {
		p, faults, err := policy.Load("../policies/" + e.Name())
		if err != nil || p == nil {
			t.Errorf("%s: %v %v", e.Name(), err, faults)
			continue
		}
		for _, f := range faults {
			if f.Severity != policy.Note {
				t.Errorf("%s: %v", e.Name(), f)
			}
		}
		if p.Engine.Name+".yaml" != e.Name() {
			t.Errorf("%s is called %s", e.Name(), p.Engine.Name)
		}
	}
}
