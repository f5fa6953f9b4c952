package statistics

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// golden is testdata/theory.json: values computed elsewhere, by other code.
type golden struct {
	Metrics struct {
		Waits                   []float64
		Mean, Jain, Gini, Theil float64
		VarPop                  float64 `json:"var_pop"`
		P95                     float64 `json:"p95_type7"`
	}
	MSER5 struct {
		Y          []float64
		Statistic  []float64 `json:"statistic_by_d"`
		BatchMeans []float64 `json:"batch_means"`
		Truncate   int       `json:"truncate_observations"`
	}
	Entries []goldenEntry
}

type goldenEntry struct {
	ID, Model, Quantity string
	Params              struct {
		DF, K, N0 int
		P, Alpha  float64
	}
	Value  float64
	AbsAcc float64 `json:"abs_acc"`
}

func theory(t *testing.T) (g golden) {
	t.Helper()
	text, err := os.ReadFile("testdata/theory.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &g); err != nil {
		t.Fatal(err)
	}
	if len(g.Entries) != 17 || len(g.Metrics.Waits) != 8 || len(g.MSER5.Y) != 120 {
		t.Fatalf("%d entries, %d waits, %d observations", len(g.Entries), len(g.Metrics.Waits), len(g.MSER5.Y))
	}
	return g
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s: %.15g, want %.15g within %g", what, got, want, within)
	}
}

func TestStudentQuantilesAreThoseOfTables(t *testing.T) {
	seen := 0
	for _, e := range theory(t).Entries {
		switch e.Model {
		case "Student t":
			near(t, e.ID, tQuantile(e.Params.DF, 2*e.Params.P-1), e.Value, e.AbsAcc)
			near(t, e.ID+" back", tTail(e.Params.DF, e.Value), 2-2*e.Params.P, 1e-11)
			seen++
		case "normal": // of which t differs by (z³+z)/4df and less than 30/df² where there are many degrees of freedom
			const df = 20_000
			z := e.Value
			near(t, e.ID, tQuantile(df, 2*e.Params.P-1), z+(z*z*z+z)/(4*df), 30./df/df)
			seen++
		}
	}
	if seen != 12 {
		t.Errorf("%d quantiles checked, want 12", seen)
	}
}
