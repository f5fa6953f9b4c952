package scenario_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
	"go.yaml.in/yaml/v4"

	"fairline/policy/codes"
	"fairline/simulations/scenario"
)

func resolved(t *testing.T, schema []byte) *jsonschema.Resolved {
	t.Helper()
	var s jsonschema.Schema
	if err := json.Unmarshal(schema, &s); err != nil {
		t.Fatal(err)
	}
	r, err := s.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// jsonOf is what an editor makes of a YAML text: keys are texts.
func jsonOf(t *testing.T, src []byte) any {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Load(src, &doc); err != nil {
		t.Fatal(err)
	}
	var value func(n *yaml.Node) any
	value = func(n *yaml.Node) any {
		switch n.Kind {
		case yaml.MappingNode:
			m := map[string]any{}
			for i := 0; i+1 < len(n.Content); i += 2 {
				m[n.Content[i].Value] = value(n.Content[i+1])
			}
			return m
		case yaml.SequenceNode:
			list := []any{}
			for _, e := range n.Content {
				list = append(list, value(e))
			}
			return list
		}
		var v any
		if err := n.Decode(&v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	out, err := json.Marshal(value(doc.Content[0]))
	if err != nil {
		t.Fatal(err)
	}
	var back any
	if err := json.Unmarshal(out, &back); err != nil {
		t.Fatal(err)
	}
	return back
}

// The schema takes the files that can be read.
func TestSchemaTakesGoodFiles(t *testing.T) {
	s, x := resolved(t, scenario.Schema()), resolved(t, scenario.ExperimentSchema())
	for name, schema := range map[string]*jsonschema.Resolved{"testdata/all.yaml": s, "../scenarios/mm10.yaml": s, "../scenarios/w2.yaml": s,
		"testdata/experiment.yaml": x, "../experiments/w1.yaml": x} {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(jsonOf(t, src)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for of, schema := range map[codes.File]*jsonschema.Resolved{codes.Scenario: s, codes.Experiment: x} {
		if err := schema.Validate(jsonOf(t, []byte(codes.Whole(of, "")))); err != nil {
			t.Error(of, err)
		}
	}
}

// The schema refuses what has another form.
func TestSchemaRefusesOtherForms(t *testing.T) {
	refuses := func(of codes.File, schema *jsonschema.Resolved, parts ...string) {
		t.Helper()
		for _, part := range parts {
			src := codes.Whole(of, part+"\n")
			if ok, faults := read(of, src); ok {
				t.Errorf("%s can be read: %v", part, faults)
			}
			if schema.Validate(jsonOf(t, []byte(src))) == nil {
				t.Errorf("the schema takes %s", part)
			}
		}
	}
	calls := func(what string) string { return "customers: {calls: {channel: phone, handling: 5m, " + what + "}}" }
	refuses(codes.Scenario, resolved(t, scenario.Schema()), "colour: red", "fairline: 2", "scenario: Day", "length: 10", "length: 4.5h", "starts: tomorrow", "need: medical",
		"targets: {phone: 60}", "busyness: {day: {gama: {mean: 1, sd: 1}}}", "busyness: {day: {gamma: {mean: 1}}}", "customers: [calls]", "customers: {calls: {channel: phone}}",
		calls("patience: 5"), calls("patience: {exponential: soon}"), calls("patience: {exponential: 4m, at_once: 0.05}"), calls("patience: {exponential: 4m, retry: [{as: calls}]}"),
		calls("arrivals: {poisson: 31}"), calls("arrivals: {poisson: {noon: 3 per hour}}"), calls("arrivals: {often: 5m}"), calls("arrivals: {counts: {0h: 2.5}}"),
		calls("balk: {ten: 5%}"), calls("attributes: {Need: other}"), calls("attributes: {need: {one_of: {medical: 0.02}}}"), calls("skills: {german: often}"),
		calls("wrap_up: {erlang: {phases: 0, mean: 1m}}"), calls("wrap_up: {mixture: [{share: 100%, law: {often: 1m}}]}"), calls("wrap_up: {fit: {law: poisson, mean: 1m}}"),
		calls("actions: [{name: call}]"), calls("known: 70%"), "agents: {desk: 3}", "agents: {desk: {agents: three}}", "agents: {desk: {shifts: [{from: 0h}]}}",
		"agents: {desk: {agents: 3, leaving: early}}", "agents: {desk: {agents: 3, takes: {phone: 0}}}", "cohorts: {a: {where: {need: {more_than: 5}}}}", "waiting: [{customers: calls}]")
	refuses(codes.Experiment, resolved(t, scenario.ExperimentSchema()), "colour: red", "scenarios: day.yaml", "policies: weekday", "staffing: {less: {desk: few}}", "seed: one", "seed: -1",
		"replications: 0", "until: {metric: wait, relative: 1%}", "coupling: slots", "antithetic: maybe", "steady: {warmup: 10}", "confidence: 0.95", "primary: wait",
		"rows: [ticket]", "game: {customers: calls}", "premium: {customers: calls, action: post, shares: [10]}", "select: {metric: wait}")
}
