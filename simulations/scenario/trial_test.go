package scenario_test

import (
	"math"
	"os"
	"testing"

	"fairline/engine"
	"fairline/policy"
	"fairline/policy/codes"
	"fairline/simulations/scenario"
)

// experiment is the one with every key.
func experiment(t *testing.T) *scenario.Experiment {
	t.Helper()
	src, err := os.ReadFile("testdata/experiment.yaml")
	if err != nil {
		t.Fatal(err)
	}
	x, faults := scenario.ParseExperiment("experiment.yaml", src, scenario.Beside("testdata/experiment.yaml"))
	if x == nil || len(faults) > 0 {
		t.Fatal(faults)
	}
	return x
}

func TestExperimentFiles(t *testing.T) {
	x := experiment(t)
	if x.Name != "busy-monday" || x.Description != "Every key of an experiment file stands here once." || x.File != "experiment.yaml" || len(x.Source) == 0 {
		t.Errorf("got %+v", x)
	}
	if len(x.Scenarios) != 1 || x.Scenarios[0].Name != "all" {
		t.Fatalf("scenarios %+v", x.Scenarios)
	}
	if len(x.Policies) != 3 {
		t.Fatalf("policies %+v", x.Policies)
	}
	for i, want := range []scenario.PolicyRef{{Name: "loudest-first", Path: "loudest-first"}, {Name: "by the clock", Path: "weekday"}, {Name: "centre", Path: "centre.yaml"}} {
		got := x.Policies[i]
		if p, _ := policy.Parse("", got.Source); p == nil || got.Name != want.Name || got.Path != want.Path {
			t.Errorf("policy %d: got %s at %s", i, got.Name, got.Path)
		}
	}
	if x.Baseline != "by the clock" {
		t.Errorf("baseline %s", x.Baseline)
	}
	equal(t, "staffing", x.Staffing, []scenario.Staffing{{Name: "as planned", Agents: map[string]int{}}, {Name: "one less", Agents: map[string]int{"seniors": 1}}})
}

func TestExperimentRuns(t *testing.T) {
	x := experiment(t)
	phone := scenario.Metric{Name: "service-level", By: "channel", Group: "phone"}
	wait := scenario.Metric{Name: "wait"}
	if x.Seed != 20260401 || x.Replications != 50 || x.Random != scenario.BySlot || !x.Antithetic || math.Abs(x.Confidence-0.99) > 1e-12 || x.Variant != "offered" || !x.StrictLine {
		t.Errorf("got %+v", x)
	}
	equal(t, "until", x.Until, &scenario.Precision{Metric: phone, Relative: 0.01, Absolute: 0.005, AtMost: 2000})
	equal(t, "steady", x.Steady, &scenario.Steady{Auto: true, Pilot: 5})
	equal(t, "primary", x.Primary, []scenario.Metric{{Name: "unjustified"}, phone, {Name: "wait", By: "cohort", Group: "loud public posts"}, {Name: "wait", By: "class", Group: "everyone"}})
	equal(t, "thresholds", x.Thresholds, []scenario.Threshold{
		{Metric: scenario.Metric{Name: "unjustified"}, Policy: "by the clock", Op: "==", Text: "unjustified == 0 policy=by the clock"},
		{Metric: scenario.Metric{Name: "wait", By: "channel", Group: "phone"}, Op: "<=", Bound: 90, Text: "wait channel=phone <= 1.5m"},
		{Metric: scenario.Metric{Name: "service-level"}, Op: ">=", Bound: 0.8, Text: "service-level >= 80%"}})
	equal(t, "game", x.Game, &scenario.Game{Source: "calls", Action: "post", Rounds: 7, Days: 8})
	equal(t, "premium", x.Premium, &scenario.Premium{Source: "calls", Action: "post", Sample: 3, Shares: []float64{0, 0.1, 0.5}})
	equal(t, "select", x.Select, &scenario.Selection{Metric: wait, Delta: 5, Error: 0.025, Initial: 30})
	equal(t, "rows", x.Rows, scenario.Rows{Tickets: true, Overtakings: true, Decisions: true, Agents: true})
}

// What is not said has the value that the table of keys says.
func TestExperimentDefaults(t *testing.T) {
	parse := func(part string) *scenario.Experiment {
		t.Helper()
		x, faults := scenario.ParseExperiment("test.yaml", []byte(codes.Whole(codes.Experiment, part)), open)
		if x == nil || len(faults) > 0 {
			t.Fatal(faults)
		}
		return x
	}
	x := parse("")
	if x.Seed != 1 || x.Replications != 100 || x.Random != scenario.ByTicket || x.Antithetic || x.Confidence != 0.95 || x.Variant != "offered-minus-short" ||
		x.Baseline != "weekday" || x.Steady != nil || x.Until != nil || x.Game != nil || x.Premium != nil || x.Select != nil || x.Rows != (scenario.Rows{}) {
		t.Errorf("got %+v", x)
	}
	x = parse("steady: {warmup: 2h}\nuntil: {metric: wait, relative: 1%, at_most: 9}\nselect: {metric: service-level, delta: 1%}\nthresholds: [wait > 0, overtake-minutes < 90s]\n")
	if x.Replications != 0 || x.Steady.Warmup != 2*engine.Hour || x.Steady.Auto || !x.Select.Larger || x.Select.Error != 0.05 || x.Select.Initial != 20 {
		t.Errorf("got %+v %+v", x.Steady, x.Select)
	}
	if x.Thresholds[1].Bound != 1.5 {
		t.Errorf("90s are %g minutes", x.Thresholds[1].Bound)
	}
}

// The experiments that the project ships are without a fault.
func TestShippedExperiments(t *testing.T) {
	x, faults, err := scenario.LoadExperiment("../experiments/w1.yaml")
	if err != nil || len(faults) > 0 || x == nil || x.Scenarios[0].Name != "mm10" || x.Policies[0].Name != "one-line" {
		t.Error(err, faults)
	}
}
