package report

import (
	"fmt"
	"slices"
	"strings"

	"fairline/simulations/measure"
)

// Options say what to compare. The zero value compares all policies with the baseline of the run, in every setting.
type Options struct {
	Base, With         string // policies; empty: the baseline of the run, and all others
	Scenario, Staffing string // empty: each
	Confidence         float64
	Pareto             []measure.Key // two or more metrics of a front; nil: DefaultPareto where there are more than two policies
}

// A Comparison is what a run says on some of its policies.
type Comparison struct {
	Run        *Run
	Confidence float64
	Tables     []*Table // one for each scenario and staffing
}

// A Table compares policies with a base in one scenario under one staffing.
type Table struct {
	Scenario, Staffing string
	Base               string
	With               []string
	Replications       int     // of the base; pairs of them where they are antithetic
	Dropped            bool    // policies have unequally many
	Tickets            float64 // in a replication, under the base; 0: not measured
	Primary            []Row
	Who                []Row // the wait of each group, the largest difference first
	Context            []Row
	Rest               []Row // all other keys
	Front              *Front
	Selection          *Selection
	Notes              []string
	selected           string // what Selection's metric is called
	arms               []*Arm // the base first
}

// Compare compares policies of a run. Errors name what is not in the run, and what there is instead.
func Compare(r *Run, o Options) (*Comparison, error) {
	c := &Comparison{Run: r, Confidence: o.Confidence}
	if c.Confidence == 0 {
		c.Confidence = r.Confidence
	}
	if !(c.Confidence > 0 && c.Confidence < 1) {
		return nil, fmt.Errorf("confidence %v: give one between 0 and 100 %%, such as 95%%", c.Confidence)
	}
	settings, err := r.settings(o.Scenario, o.Staffing)
	if err != nil {
		return nil, err
	}
	for _, s := range settings {
		t, err := r.table(s, o, c.Confidence)
		if err != nil {
			return nil, err
		}
		c.Tables = append(c.Tables, t)
	}
	return c, nil
}

// table compares the policies of a setting.
func (r *Run) table(s *setting, o Options, confidence float64) (*Table, error) {
	t := &Table{Scenario: s.scenario, Staffing: s.staffing, Base: o.Base}
	if t.Base == "" {
		t.Base = r.Baseline
	}
	if _, err := s.arm(t.Base); err != nil {
		return nil, err
	}
	for _, a := range s.arms {
		if a.Policy != t.Base && (o.With == "" || o.With == a.Policy) {
			t.With = append(t.With, a.Policy)
		}
	}
	if len(t.With) == 0 && o.With != "" && o.With != t.Base {
		return nil, absent("policy", o.With, s.policies())
	}
	if len(t.With) == 0 {
		return nil, fmt.Errorf("%s: there is no other policy to compare it with", t.Base)
	}
	p := r.pairing(s, t)
	if t.Replications == 0 {
		return nil, fmt.Errorf("%s: there is no replication of both %s and %s: let the run go on", r.Name, t.Base,
			strings.Join(t.With, ", "))
	}
	if err := p.rows(confidence); err != nil {
		return nil, err
	}
	t.describe(r, p)
	return t, r.front(t, p, o, confidence)
}

// rows fills the blocks of the table. Every key is in exactly one.
func (p *pairing) rows(confidence float64) error {
	keys := p.run.Keys
	placed := make([]bool, len(keys))
	take := func(i int) Row {
		placed[i] = true
		return p.row(i, confidence)
	}
	for _, k := range p.run.Primary {
		i, err := p.run.key(k)
		if err != nil {
			return fmt.Errorf("primary: %w", err)
		}
		p.table.Primary = append(p.table.Primary, take(i))
	}
	p.family(confidence)
	for _, i := range p.whose(placed) {
		w := take(i)
		w.Label = whoLabel(w.Key)
		p.table.Who = append(p.table.Who, w)
	}
	bySize(p.table.Who, Row.largest)
	p.watchServed(p.table.Who, confidence)
	for _, i := range p.contextKeys(placed) {
		p.table.Context = append(p.table.Context, take(i))
	}
	for i := range keys {
		if !placed[i] {
			p.table.Rest = append(p.table.Rest, p.row(i, confidence))
		}
	}
	return nil
}

// describe sets what is said of the table as a whole.
func (t *Table) describe(r *Run, p *pairing) {
	if i := slices.Index(r.Keys, measure.Key{Metric: ticketsMetric}); i >= 0 {
		if v := p.value(0, i, r.metric(ticketsMetric), 0.5); v.Known {
			t.Tickets = v.Value
		}
	}
	t.Notes = append(t.Notes, r.Notes...)
	for _, a := range t.arms {
		for _, n := range a.Notes {
			t.Notes = append(t.Notes, a.Policy+": "+n)
		}
	}
	for i := range r.Selection {
		if x := &r.Selection[i]; x.Scenario == t.Scenario && x.Staffing == t.Staffing {
			t.Selection, t.selected = x, p.label(x.Metric)
		}
	}
}
