package reference

import (
	"strings"
	"testing"

	"fairline/simulations/statistics"
)

// unlike are models with parameters that testdata/theory.json does not have.
var unlike = []Entry{
	{Model: "M/M/1 FCFS", Quantity: "p-quantile of wait", Value: 2.1886718434,
		Params: map[string]any{"lam": 0.6, "mu": 1.0, "p": 0.75}},
	{Model: "M/M/c ROS", Quantity: "E[wait]", Params: map[string]any{"lam": 0.06, "mu": 0.1, "c": 1.0}, Value: 15},
	{Model: "M/M/c FCFS", Quantity: "service level P(wait<=T)", Value: 0.7304026215,
		Params: map[string]any{"lam": 0.6, "mu": 1.0, "c": 1.0, "T": 2.0}},
	{Model: "M/M/c/c", Quantity: "Erlang B blocking", Params: map[string]any{"lam": 2.0, "mu": 1.0, "c": 2.0}, Value: 0.4},
	{Model: "M/G/1 FCFS", Quantity: "E[wait]", Params: map[string]any{"lam": 0.6, "S": "Erlang-2", "mean": 1.0}, Value: 1.125},
	{Model: "M/G/1 LCFS-NP", Quantity: "E[wait]", Params: map[string]any{"lam": 0.3, "S": "deterministic 2"}, Value: 1.5},
	{Model: "M/G/1 ROS", Quantity: "E[wait]", Value: 2,
		Params: map[string]any{"lam": 0.5, "S": "hyperexp balanced means", "mean": 1.0, "scv": 3.0}},
	{Model: "M/M/c accumulating priority", Quantity: "E[wait class k]", Value: 3,
		Params: map[string]any{"lams": []any{0.4, 0.4}, "slopes": []any{0.5, 0.25}, "mu": 1.0, "c": 1.0, "cls": 1.0}},
	{Model: "M/M/c per-ticket lottery (relative priority)", Quantity: "E[wait class k]", Value: 8.0 / 3,
		Params: map[string]any{"lams": []any{0.4, 0.4}, "weights": []any{1.5, 0.5}, "mu": 1.0, "c": 1.0, "cls": 1.0}},
	{Model: "M/M/c V-model, fixed queue ratio", Quantity: "P(wait>0)", Value: 0.6,
		Params: map[string]any{"lam1": 0.2, "lam2": 0.4, "mu": 1.0, "c": 1.0, "r1": 0.125, "r2": 0.875}},
	{Model: "M/M/c V-model, class lottery", Quantity: "P(wait>0)", Value: 0.6,
		Params: map[string]any{"lam1": 0.2, "lam2": 0.4, "mu": 1.0, "c": 1.0, "w1": 0.35, "w2": 0.65}},
	{Model: "M/M/c head-start h for class 1", Quantity: "WF", Value: 1.5,
		Params: map[string]any{"lam1": 0.2, "lam2": 0.4, "mu": 1.0, "c": 1.0, "h": 0.37}},
	{Model: "M/M/c 2-class NP priority with count bound k", Quantity: "pslip2", Value: 0.2,
		Params: map[string]any{"lam1": 0.2, "lam2": 0.4, "mu": 1.0, "c": 1.0, "k": 3.0}},
	{Model: "switching premium, NP priority for ranters", Quantity: "Delta(p)=W_quiet-W_rant", Value: 2.25,
		Params: map[string]any{"lam": 0.6, "mu": 1.0, "c": 1.0, "p": 1.0}},
	{Model: "rant equilibrium, cost kappa~Exp(mean kbar)", Quantity: "fixed point p*", Value: 0, Accuracy: 1e-9,
		Params: map[string]any{"lam": 0.6, "mu": 1.0, "c": 1.0, "kbar": 1e12, "policy": "headstart 0.5"}},
}

// TestOtherParameters has models of other parameters found, built and right; each value is worked out by hand.
func TestOtherParameters(t *testing.T) {
	entries := make([]Entry, len(unlike))
	for i, e := range unlike {
		e.ID = e.Model
		entries[i] = e
	}
	for _, w := range worldsOf(t, entries) {
		f := newFamily()
		t.Run(w.Model, func(t *testing.T) {
			t.Parallel()
			try(t, f, w, statistics.Bonferroni(FamilyAlpha, len(entries)))
		})
	}
}

func worldsOf(t *testing.T, entries []Entry) []*World {
	t.Helper()
	worlds, left, err := Worlds(entries)
	if err != nil || len(left) > 0 {
		t.Fatalf("left are %v: %v", left, err)
	}
	return worlds
}

// TestAWrongValueIsFound holds that intervals are no wider than to tell a value from one that is 8 % greater.
func TestAWrongValueIsFound(t *testing.T) {
	e := Entry{ID: "wrong", Model: "M/M/1 FCFS", Quantity: "E[wait]", Params: map[string]any{"lam": 0.5, "mu": 1.0}, Value: 1.08}
	effort := Effort{Replications: 16, Least: 400_000, Most: 400_000, Seed: 1}
	rec, err := worldsOf(t, []Entry{e})[0].Play(effort)
	if err != nil {
		t.Fatal(err)
	}
	if v := rec.Try(statistics.Bonferroni(FamilyAlpha, 500))[0]; v.Holds() {
		t.Errorf("%.4g +- %.2g holds 1.08, where 1 is right", v.Estimate.Value, v.Estimate.Half)
	}
}

// TestWhatIsNotTried has a reason for everything that no run can try, and a fault for what is not understood.
func TestWhatIsNotTried(t *testing.T) {
	_, left, err := Worlds([]Entry{{ID: "a", Model: "M/M/1 LCFS-P"}, {ID: "b", Model: "KN"},
		{ID: "c", Model: "staffing Erlang C", Quantity: "min c"}})
	if err != nil || len(left) != 3 {
		t.Errorf("%d are left, want 3: %v", len(left), err)
	}
	lambda := map[string]any{"lam": 0.5, "mu": 1.0}
	for want, e := range map[string]Entry{
		"no model is called": {Model: "M/Q/1", Quantity: "E[wait]", Params: lambda},
		"no metric is known": {Model: "M/M/1", Quantity: "happiness", Params: lambda},
		"no number \"mu\"":   {Model: "M/M/1", Quantity: "E[wait]", Params: map[string]any{"lam": 0.5}},
		"no whole numbers up": {Model: "M/M/c accumulating priority", Quantity: "E[wait class k]",
			Params: map[string]any{"lams": []any{0.1, 0.2}, "slopes": []any{3.14159265, 1.0}, "mu": 1.0, "c": 1.0, "cls": 1.0}},
	} {
		if _, _, err := Worlds([]Entry{e}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s, %s: %v, want %q", e.Model, e.Quantity, err, want)
		}
	}
}
