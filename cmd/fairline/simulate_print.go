package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"fairline/engine"
	"fairline/simulations/experiment"
	"fairline/simulations/scenario"
	"fairline/simulations/statistics"
)

// A simulated is what --json prints.
type simulated struct {
	Schema       string                 `json:"schema"`
	Experiment   string                 `json:"experiment"`
	Folder       string                 `json:"folder"`
	Seed         uint64                 `json:"seed"`
	Steady       bool                   `json:"steady"`
	Replications int                    `json:"replications"` // of all arms
	Tickets      float64                `json:"tickets"`      // likewise
	Seconds      float64                `json:"duration_s"`
	PerSecond    float64                `json:"tickets_per_s"`
	Confidence   float64                `json:"confidence"`
	Arms         []simulatedArm         `json:"arms"`
	Thresholds   []simulatedThreshold   `json:"thresholds"`
	Selections   []experiment.Selection `json:"selections,omitempty"`
	Passed       bool                   `json:"passed"` // all thresholds

	metrics []string
	units   []string
	tables  int
	most    int // replications of an arm
	random  string
}

type simulatedArm struct {
	Scenario     string            `json:"scenario"`
	Staffing     string            `json:"staffing"`
	Policy       string            `json:"policy"`
	Replications int               `json:"replications"`
	TicketsADay  float64           `json:"tickets_per_replication"`
	Warmup       float64           `json:"warmup_s"`
	Notes        []string          `json:"notes"`
	Primary      []simulatedMetric `json:"primary"`
	Ends         *simulatedEnds    `json:"game,omitempty"`
}

// simulatedEnds are the shares at which customers end up who weigh an action.
type simulatedEnds struct {
	FromNobody    float64 `json:"from_nobody"`
	FromEverybody float64 `json:"from_everybody"`
}

// A simulatedMetric is a metric of an arm. Null: there is no value, or no interval.
type simulatedMetric struct {
	Metric string   `json:"metric"`
	Unit   string   `json:"unit"`
	Value  *float64 `json:"value"`
	Half   *float64 `json:"half_width"`
}

type simulatedThreshold struct {
	Text     string   `json:"threshold"`
	Scenario string   `json:"scenario"`
	Staffing string   `json:"staffing"`
	Policy   string   `json:"policy"`
	Value    *float64 `json:"value"`
	Passed   bool     `json:"passed"`
	unit     string
}

// shownByDefault are the metrics shown of an experiment that has no primary ones.
var shownByDefault = []scenario.Metric{{Name: "wait"}, {Name: "service-level"}, {Name: "abandoned"}}

func newSimulated(r *experiment.Results, m *experiment.Manifest, folder string) *simulated {
	x := r.Experiment
	s := &simulated{Schema: "fairline.simulate/1", Experiment: x.Name, Folder: folder, Seed: x.Seed, Steady: x.Steady != nil,
		Replications: m.Replications, Tickets: m.Tickets, Seconds: m.Seconds, Confidence: x.Confidence, Selections: r.Selections,
		Passed: true, Thresholds: []simulatedThreshold{}, tables: len(m.Outputs), random: "work belongs to the ticket"}
	if x.Random == scenario.BySlot {
		s.random = "work belongs to the slot"
	}
	if m.Seconds > 0 {
		s.PerSecond = m.Tickets / m.Seconds
	}
	metrics := x.Primary
	if len(metrics) == 0 {
		metrics = shownByDefault
	}
	for _, metric := range metrics {
		s.metrics, s.units = append(s.metrics, experiment.NameOf(metric)), append(s.units, r.Metric(metric.Name).Unit)
	}
	offered, _ := r.Key(scenario.Metric{Name: "offered"})
	for i, a := range r.Arms {
		arm := simulatedArm{Scenario: a.Scenario, Staffing: a.Staffing, Policy: a.Policy, Replications: len(a.Facts),
			Notes: append([]string{}, a.Notes...), Warmup: float64(a.Warmup) / 1e9, TicketsADay: r.Estimate(i, offered).Value}
		if none, all, ok := r.Ends(i); ok {
			arm.Ends = &simulatedEnds{none, all}
		}
		for j, metric := range metrics {
			var e statistics.Estimate
			if k, ok := r.Key(metric); ok {
				e = r.Estimate(i, k)
			}
			arm.Primary = append(arm.Primary, simulatedMetric{s.metrics[j], s.units[j], orNull(e.Value, e.Known), orNull(e.Half, e.Defined)})
		}
		s.Arms, s.most = append(s.Arms, arm), max(s.most, len(a.Facts))
	}
	for _, v := range r.Verdicts() {
		a := r.Arms[v.Arm]
		s.Thresholds = append(s.Thresholds, simulatedThreshold{v.Threshold.Text, a.Scenario, a.Staffing, a.Policy,
			orNull(v.Value, v.Known), v.Passed, r.Metric(v.Threshold.Metric.Name).Unit})
		s.Passed = s.Passed && v.Passed
	}
	return s
}

func orNull(x float64, known bool) *float64 {
	if !known {
		return nil
	}
	return &x
}

// print writes what was run, a table for each scenario and staffing, and what is to be known about it.
func (s *simulated) print(w io.Writer) error {
	what := "tickets a day"
	if s.Steady {
		what = "tickets a run"
	}
	p := &explainPrinter{w: w}
	p.line("%s · %s %s · %s x %s · common random numbers, %s · %g %% intervals", s.Experiment,
		grouped(int64(math.Round(s.Arms[0].TicketsADay))), what, plural(len(s.Arms), "arm", "arms"), plural(s.most, "replication", "replications"), s.random, 100*s.Confidence)
	for from := 0; from < len(s.Arms); {
		to := from
		for to < len(s.Arms) && s.Arms[to].Scenario == s.Arms[from].Scenario && s.Arms[to].Staffing == s.Arms[from].Staffing {
			to++
		}
		p.line("")
		if p.err == nil {
			p.err = s.printCell(w, s.Arms[from:to])
		}
		from = to
	}
	s.printVerdicts(p)
	p.line("")
	p.line("%s tickets in %.1f s, %s a second     %s (%s, %s)", grouped(int64(s.Tickets)), s.Seconds,
		grouped(int64(s.PerSecond)), s.Folder, experiment.ManifestFile, plural(s.tables, "table", "tables"))
	return p.err
}

// printCell writes the arms that meet the same customers beside one another.
func (s *simulated) printCell(w io.Writer, arms []simulatedArm) error {
	t := newTable(w)
	fmt.Fprintf(t, "%s\t", settingOf(arms[0].Scenario, arms[0].Staffing))
	for _, a := range arms {
		fmt.Fprintf(t, "%s\t", a.Policy)
	}
	fmt.Fprintln(t)
	for j, m := range s.metrics {
		fmt.Fprintf(t, "  %s\t", m)
		for _, a := range arms {
			fmt.Fprintf(t, "%s\t", figure(a.Primary[j].Value, a.Primary[j].Half, s.units[j]))
		}
		fmt.Fprintln(t)
	}
	if arms[0].Ends != nil {
		fmt.Fprintf(t, "  game from nobody, everybody\t")
		for _, a := range arms {
			fmt.Fprintf(t, "%.0f %%, %.0f %%\t", 100*a.Ends.FromNobody, 100*a.Ends.FromEverybody)
		}
		fmt.Fprintln(t)
	}
	if slices.ContainsFunc(arms, func(a simulatedArm) bool { return a.Replications != arms[0].Replications }) {
		fmt.Fprint(t, "  replications\t")
		for _, a := range arms {
			fmt.Fprintf(t, "%s\t", grouped(int64(a.Replications)))
		}
		fmt.Fprintln(t)
	}
	if arms[0].Warmup > 0 {
		fmt.Fprintf(t, "  left out at first\t%s\t\n", minutes(engine.Duration(arms[0].Warmup*1e9)))
	}
	return t.Flush()
}

// settingOf names a scenario with a staffing.
func settingOf(scenario, staffing string) string {
	if staffing == "" {
		return scenario
	}
	return scenario + ", " + staffing
}

func (s *simulated) printVerdicts(p *explainPrinter) {
	said := map[string]bool{}
	for _, a := range s.Arms {
		for _, n := range a.Notes {
			if line := a.Policy + ": " + n; !said[line] {
				said[line] = true
				p.line("note: %s", line)
			}
		}
	}
	for _, sel := range s.Selections {
		if sel.Decided {
			p.line("%s: %s is selected by %s after %d observations", settingOf(sel.Scenario, sel.Staffing), sel.Ahead, sel.Metric, sel.Observations)
		} else {
			p.line("%s: none is selected by %s after %d observations; %s leads of %s", settingOf(sel.Scenario, sel.Staffing), sel.Metric,
				sel.Observations, sel.Ahead, strings.Join(sel.Left, ", "))
		}
	}
	for _, t := range s.Thresholds {
		sign := "✗"
		if t.Passed {
			sign = "✓"
		}
		p.line("%s %s     %s, %s: %s", sign, t.Text, settingOf(t.Scenario, t.Staffing), t.Policy, figure(t.Value, nil, t.unit))
	}
}

// figure writes a value in its unit, with as many digits as the interval has two of.
func figure(value, half *float64, unit string) string {
	if value == nil {
		return "—"
	}
	by, suffix := 1.0, " "+unit
	switch unit {
	case "%":
		by = 100
	case "1", "":
		suffix = ""
	}
	v, digits := by**value, 3-int(math.Floor(math.Log10(math.Max(by*math.Abs(*value), 0.1)))) // four digits
	text := ""
	if half != nil && *half > 0 {
		h := by * *half
		digits = min(max(1-int(math.Floor(math.Log10(h))), 0), 9)
		text = fmt.Sprintf(" ±%.*f", digits, h)
	}
	return fmt.Sprintf("%.*f%s%s", min(max(digits, 0), 9), v, suffix, text)
}
