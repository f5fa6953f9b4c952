package report

import (
	"fmt"
	"slices"
	"strings"

	"fairline/simulations/measure"
	"fairline/simulations/statistics"
)

// A Run is what an experiment yielded, as far as comparisons need it. It is read only.
type Run struct {
	Name       string           // of the experiment
	Coupling   string           // what policies have in common, in words: "common random numbers, by ticket"
	Confidence float64          // of intervals, unless Options say otherwise; 0.95, say
	Variant    string           // the service level's formula, by name and in symbols
	Baseline   string           // the policy to compare with, unless Options say otherwise
	Days       bool             // a replication is a day, not a long run
	Antithetic bool             // replications 2i and 2i+1 are a pair, one on u and one on 1-u
	Metrics    []measure.Metric // the dictionary of Keys
	Primary    []measure.Key    // named before the run, in their order
	Keys       []measure.Key
	Arms       []Arm
	Notes      []string    // what a reader should know of all of it
	Selection  []Selection // at most one for a scenario and staffing
}

// keyText returns k as it stands in experiment files: "wait channel=social".
func keyText(k measure.Key) string {
	if k.By == "" {
		return k.Metric
	}
	return k.Metric + " " + k.By + "=" + k.Group
}

// KeyOf reads a key as it stands in experiment files: "wait", or "wait channel=social".
func KeyOf(text string) (measure.Key, error) {
	name, rest, some := strings.Cut(strings.TrimSpace(text), " ")
	by, group, equal := strings.Cut(strings.TrimSpace(rest), "=")
	if name == "" || strings.Contains(name, "=") || some && (!equal || by == "" || group == "") {
		return measure.Key{}, fmt.Errorf("metric %q: write a name, or a name and a group: %q", text, "wait channel=social")
	}
	return measure.Key{Metric: name, By: strings.TrimSpace(by), Group: strings.TrimSpace(group)}, nil
}

// An Arm is what one policy yielded in one scenario under one staffing.
type Arm struct {
	Scenario, Staffing, Policy string
	Hash                       string              // of the policy's bytes
	Warmup                     float64             // seconds at the beginning that were left out
	Notes                      []string            // what a reader should know: "warm-up: run too short"
	Targets                    map[string]float64  // seconds that count as in time: of "phone", and of "class gold" with its own
	Samples                    []statistics.Sample // by key; a key the arm does not have is of zeros
}

// A Selection is the result of a search for the best policy (Kim & Nelson 2001).
type Selection struct {
	Scenario, Staffing string
	Metric             measure.Key
	Delta              float64 // a difference that matters, in the metric's unit
	Error              float64 // the chance of a wrong choice
	Best               string
	Left               []string // those not told apart; Best alone once it is decided
	Observations       int
}

// A setting is the arms that may be compared: those of one scenario and staffing, in the order of the run.
type setting struct {
	scenario, staffing string
	arms               []*Arm
}

// settings returns those that the names leave; empty names leave all.
func (r *Run) settings(scenario, staffing string) ([]*setting, error) {
	var list []*setting
	scenarios, staffings := []string{}, []string{}
	for i := range r.Arms {
		a := &r.Arms[i]
		scenarios, staffings = append(scenarios, a.Scenario), append(staffings, a.Staffing)
		if scenario != "" && a.Scenario != scenario || staffing != "" && a.Staffing != staffing {
			continue
		}
		at := slices.IndexFunc(list, func(s *setting) bool { return s.scenario == a.Scenario && s.staffing == a.Staffing })
		if at < 0 {
			at, list = len(list), append(list, &setting{scenario: a.Scenario, staffing: a.Staffing})
		}
		list[at].arms = append(list[at].arms, a)
	}
	switch {
	case scenario != "" && !slices.Contains(scenarios, scenario):
		return nil, absent("scenario", scenario, scenarios)
	case staffing != "" && !slices.Contains(staffings, staffing):
		return nil, absent("staffing", staffing, staffings)
	case len(list) == 0:
		return nil, fmt.Errorf("scenario %q under staffing %q: not in this run", scenario, staffing)
	}
	return list, nil
}

// policies returns the names of the arms' policies.
func (s *setting) policies() (names []string) {
	for _, a := range s.arms {
		names = append(names, a.Policy)
	}
	return names
}

// arm returns the arm of a policy.
func (s *setting) arm(policy string) (*Arm, error) {
	at := slices.IndexFunc(s.arms, func(a *Arm) bool { return a.Policy == policy })
	if at < 0 {
		return nil, absent("policy", policy, s.policies())
	}
	return s.arms[at], nil
}

func absent(what, name string, there []string) error {
	slices.Sort(there)
	return fmt.Errorf("%s %q: not in this run, which has %s", what, name, strings.Join(slices.Compact(there), ", "))
}

// metric returns the dictionary's entry; a name that is not in it is a bare number that is neither better nor worse.
func (r *Run) metric(name string) measure.Metric {
	if at := slices.IndexFunc(r.Metrics, func(m measure.Metric) bool { return m.Name == name }); at >= 0 {
		return r.Metrics[at]
	}
	return measure.Metric{Name: name, Better: measure.Neither, Pool: measure.Ratio}
}

// key returns the position of k among the keys of the run.
func (r *Run) key(k measure.Key) (int, error) {
	at := slices.Index(r.Keys, k)
	if at >= 0 {
		return at, nil
	}
	var there []string
	for _, other := range r.Keys {
		if other.Metric == k.Metric {
			there = append(there, keyText(other))
		}
	}
	if len(there) == 0 {
		for _, other := range r.Keys {
			if other.By == "" {
				there = append(there, other.Metric)
			}
		}
	}
	return 0, absent("metric", keyText(k), there)
}
