package report

import (
	"bytes"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"fairline/simulations/measure"
	"fairline/simulations/statistics"
)

var rewrite = flag.Bool("rewrite", false, "write the expected outputs anew")

// A figure is what the synthetic run has for a key: under each policy a true value, the noise of a day that all policies share,
// and that of its own.
type figure struct {
	key         string
	size        float64 // denominator of a day, which varies by a quarter; 0: always 1
	values      []float64
	shared, own float64
}

// synthetic returns a run whose true differences are known.
func synthetic(t *testing.T, n int, policies []string, figures []figure) *Run {
	t.Helper()
	chance := rand.New(rand.NewPCG(7, 1))
	r := &Run{Name: "busy-monday", Coupling: "common random numbers, by ticket", Confidence: 0.95, Days: true,
		Baseline: policies[0], Variant: "late-abandons, A_T/(A+B_>T)", Metrics: measure.Metrics()}
	for _, p := range policies {
		r.Arms = append(r.Arms, Arm{Scenario: "busy-monday", Policy: p, Targets: map[string]float64{"phone": 60},
			Samples: make([]statistics.Sample, len(figures))})
	}
	for k, f := range figures {
		key, err := KeyOf(f.key)
		if err != nil {
			t.Fatal(err)
		}
		r.Keys = append(r.Keys, key)
		for range n {
			den := 1.0
			if f.size > 0 {
				den = f.size * (1 + chance.Float64()/2)
			}
			day := f.shared * chance.NormFloat64()
			for p := range policies {
				r.Arms[p].Samples[k].Add(den*(f.values[p]+day+f.own*chance.NormFloat64()), den)
			}
		}
	}
	return r
}

// monday is a run like that of the demo: whoever was loud loses his lead, and who is in danger gains.
func monday(t *testing.T) *Run {
	r := synthetic(t, 200, []string{"loudest-first", "weekday", "phone-first"}, []figure{
		{"offered", 0, []float64{715, 715, 715}, 20, 0},
		{"unjustified", 700, []float64{4.74, 0, 88}, 0, 0.5},
		{"service-level channel=phone", 480, []float64{.685, .689, .779}, .05, .004},
		{"service-level channel=email", 100, []float64{.95, .95, .80}, .02, .02},
		{"wait-all", 700, []float64{50, 50.02, 71}, 9, .1},
		{"wait-all cohort=loud public posts", 20, []float64{19.3, 56.7, 60}, 5, 14},
		{"wait-all cohort=quiet social", 120, []float64{57, 56.1, 60}, 15, 2},
		{"wait-all cohort=need: medical, safety", 15, []float64{46.9, 17.1, 47}, 10, 16},
		{"wait-all cohort=常連客", 15, []float64{40, 40, 40}, 10, 1},
		{"wait-all channel=phone", 480, []float64{45.6, 45.0, 21}, 9, 2},
		{"wait-all channel=email", 100, []float64{62, 62, 220}, 19, 4},
		{"wait-all channel=social", 140, []float64{50.1, 56.3, 90}, 15, 2},
		{"asa channel=phone", 450, []float64{45.6, 45.0, 21}, 9, 2},
		{"p95 channel=email", 0, []float64{252, 252, 949}, 60, 12},
		{"abandoned channel=phone", 480, []float64{.103, .102, .067}, .02, .003},
		{"served channel=phone", 480, []float64{.897, .898, .933}, .02, .003},
		{"overtakings", 700, []float64{4.82, 1.75, 88}, 1, 1},
		{"overtaken", 715, []float64{.10, .06, .55}, .02, .02},
		{"max-slips", 0, []float64{9, 6, 70}, 0, 0},
		{"gini", 0, []float64{.731, .726, .80}, .01, .004},
		{"occupancy", 0, []float64{.93, .93, .93}, .01, .0002},
	})
	for _, text := range []string{"unjustified", "service-level channel=phone", "wait-all channel=social"} {
		k, _ := KeyOf(text)
		r.Primary = append(r.Primary, k)
	}
	for i := range r.Arms[1].Samples[1].Num {
		r.Arms[1].Samples[1].Num[i] = 0 // weekday gives a reason for each
	}
	return r
}

func compare(t *testing.T, r *Run, o Options) *Comparison {
	t.Helper()
	c, err := Compare(r, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func text(t *testing.T, c *Comparison, s Style) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.WriteText(&b, s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *rewrite {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
	}
}

// row finds a row of a table.
func row(t *testing.T, table *Table, key string) Row {
	t.Helper()
	for _, rows := range [][]Row{table.Primary, table.Who, table.Context, table.Rest} {
		for _, w := range rows {
			if keyText(w.Key) == key {
				return w
			}
		}
	}
	t.Fatalf("no row %s", key)
	return Row{}
}
