package main

import (
	"fmt"
	"strings"
	"time"

	"fairline/engine"
	"fairline/policy"
	"fairline/simulations/experiment"
	"fairline/simulations/measure"
	"fairline/simulations/report"
	"fairline/simulations/scenario"
	"fairline/simulations/statistics"
)

// couplings are what policies have in common, in words.
var couplings = map[scenario.Coupling]string{
	scenario.ByTicket: "common random numbers, by ticket",
	scenario.BySlot:   "common random numbers, by slot",
}

// reported turns the results of an experiment into what comparisons need.
func reported(r *experiment.Results) (*report.Run, error) {
	x := r.Experiment
	variant, err := measure.VariantOf(x.Variant)
	if err != nil {
		return nil, err
	}
	run := &report.Run{Name: x.Name, Coupling: couplings[x.Random], Confidence: x.Confidence, Baseline: x.Baseline, Days: x.Steady == nil,
		Antithetic: x.Antithetic, Variant: variant.String() + ", " + variant.Formula(), Metrics: r.Metrics, Keys: r.Keys}
	if run.Confidence == 0 {
		run.Confidence = 0.95
	}
	if run.Baseline == "" && len(x.Policies) > 0 {
		run.Baseline = x.Policies[0].Name
	}
	for _, m := range x.Primary {
		if i, ok := r.Key(m); ok {
			run.Primary = append(run.Primary, r.Keys[i])
		} else {
			run.Notes = append(run.Notes, fmt.Sprintf("primary: %s %s=%s is by period and not compared: see intervals.csv", m.Name, m.By, m.Group))
		}
	}
	if run.Arms, err = reportedArms(r); err != nil {
		return nil, err
	}
	run.Selection, err = reportedSelections(r)
	return run, err
}

func reportedArms(r *experiment.Results) (list []report.Arm, err error) {
	targets, err := targetsOf(r.Experiment)
	if err != nil {
		return nil, err
	}
	for _, a := range r.Arms {
		arm := report.Arm{Scenario: a.Scenario, Staffing: a.Staffing, Policy: a.Policy, Hash: a.Hash, Notes: a.Notes,
			Warmup: time.Duration(a.Warmup).Seconds(), Targets: targets[[2]string{a.Scenario, a.Policy}],
			Samples: make([]statistics.Sample, len(r.Keys))}
		for _, facts := range a.Facts {
			for k, f := range facts {
				arm.Samples[k].Add(f.Num, f.Den)
			}
		}
		list = append(list, arm)
	}
	return list, nil
}

// targetsOf returns, by scenario and policy, the waits in seconds that count as in time: by channel, and by class where one has
// its own.
func targetsOf(x *scenario.Experiment) (map[[2]string]map[string]float64, error) {
	all := map[[2]string]map[string]float64{}
	for _, ref := range x.Policies {
		p, faults := policy.Parse(ref.Path, ref.Source)
		if p == nil {
			return nil, fmt.Errorf("policy %s of the run has %s", ref.Name, plural(faults.Count(policy.Error), "error", "errors"))
		}
		for _, s := range x.Scenarios {
			targets := map[string]float64{}
			set := func(name string, within engine.Duration) {
				if within > 0 {
					targets[name] = time.Duration(within).Seconds()
				}
			}
			for _, c := range p.Channels {
				set(c.Name, c.Target.Within)
			}
			for channel, within := range s.Targets {
				set(channel, within)
			}
			for i, c := range p.Classes {
				set("class "+p.Engine.Classes[i].Name, c.Target.Within)
			}
			all[[2]string{s.Name, ref.Name}] = targets
		}
	}
	return all, nil
}

// reportedSelections are those of the run, with what the experiment asked for.
func reportedSelections(r *experiment.Results) (list []report.Selection, err error) {
	for _, s := range r.Selections {
		k, err := report.KeyOf(strings.TrimSpace(s.Metric))
		if err != nil {
			return nil, fmt.Errorf("selection: %w", err)
		}
		x := report.Selection{Scenario: s.Scenario, Staffing: s.Staffing, Metric: k, Best: s.Ahead, Left: s.Left, Observations: s.Observations}
		if want := r.Experiment.Select; want != nil {
			x.Delta, x.Error = want.Delta, want.Error
		}
		list = append(list, x)
	}
	return list, nil
}
