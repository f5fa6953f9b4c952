package experiment

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"fairline/engine"
	"fairline/policy"
	"fairline/simulations/measure"
	"fairline/simulations/run"
	"fairline/simulations/scenario"
)

// Options say how an experiment is run. None of them changes a table.
type Options struct {
	Workers  int            // replications at once; 0: as many as there are processors
	Progress func(Progress) // told from time to time, by one caller at a time; nil: nobody is
	Extras   []MakeExtra    // in the order of their keys
	Game     PlayGame       // of an experiment whose customers weigh
}

// A Progress is how far a run is.
type Progress struct {
	Pilot       bool // of the pilot runs, by which the warm-up is found
	Done, Total int  // replications of all arms; Total grows where more turn out to be needed
	Resumed     int  // of Done, those that an earlier run had finished
}

// A study is an experiment at work.
type study struct {
	experiment scenario.Experiment
	options    Options
	folder     string // where rows and the journal are; empty: nowhere
	arms       []*arm
	cells      []*cell
	before     map[[2]int]record // by arm and replication: what an earlier run had finished
	metrics    []measure.Metric
	stop       atomic.Bool

	mutex    sync.Mutex // guards what follows, and the facts of arms
	journal  *journal
	progress Progress
	workers  []map[int]*player // by arm
}

// An arm is an Arm with what it takes to play it.
type arm struct {
	Arm
	number   int
	scenario *scenario.Scenario
	staffing map[string]int
	policy   *policy.Policy
	model    *run.Model
	keys     []measure.Key
	index    map[measure.Key]int
	facts    [][]measure.Fact // by replication; nil: not done
	out      bool             // a selection plays it no more
}

func (a *arm) armName() ArmName { return ArmName{a.Scenario, a.Staffing, a.Policy} }

func (a *arm) name() string {
	if a.Staffing == "" {
		return fmt.Sprintf("%s under %s", a.Scenario, a.Policy)
	}
	return fmt.Sprintf("%s with %s under %s", a.Scenario, a.Staffing, a.Policy)
}

// newStudy makes an experiment ready. It fails where a policy does not fit a scenario, and where a metric that the experiment
// names is not of it.
func newStudy(x *scenario.Experiment, o Options) (*study, error) {
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	s := &study{experiment: *x, options: o, workers: make([]map[int]*player, o.Workers)}
	policies, err := parsePolicies(x)
	if err != nil {
		return nil, err
	}
	staffings := x.Staffing
	if len(staffings) == 0 {
		staffings = []scenario.Staffing{{}}
	}
	for _, sc := range x.Scenarios {
		for _, st := range staffings {
			c := &cell{most: atMost(x)}
			for i, p := range policies {
				a := &arm{number: len(s.arms), scenario: sc, staffing: st.Agents, policy: p}
				a.Scenario, a.Staffing, a.Policy = sc.Name, st.Name, x.Policies[i].Name
				a.Hash = hashOf(x.Policies[i].Source)
				if x.Steady != nil {
					a.Warmup = x.Steady.Warmup
				}
				s.arms, c.arms = append(s.arms, a), append(c.arms, a)
			}
			s.cells = append(s.cells, c)
		}
	}
	if len(s.arms) == 0 {
		return nil, fmt.Errorf("experiment %s: nothing to run: give it a scenario and a policy", x.Name)
	}
	return s, s.build()
}

func hashOf(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// parsePolicies reads the policies of an experiment.
func parsePolicies(x *scenario.Experiment) (list []*policy.Policy, err error) {
	for _, ref := range x.Policies {
		p, faults := policy.Parse(ref.Path, ref.Source)
		if p == nil {
			return nil, &FaultyPolicy{ref.Path, ref.Source, faults}
		}
		if err := p.Serveable(); err != nil {
			return nil, fmt.Errorf("policy %s: %w", ref.Name, err)
		}
		list = append(list, p)
	}
	return list, nil
}

// A FaultyPolicy is a policy of an experiment that has errors.
type FaultyPolicy struct {
	Path   string
	Source []byte
	Faults policy.Faults
}

// Error is the first of the faults.
func (f *FaultyPolicy) Error() string { return f.Faults.Err().Error() }

// build makes the models, and asks them for their keys.
func (s *study) build() (err error) {
	for _, a := range s.arms {
		if err := s.model(a); err != nil {
			return err
		}
	}
	s.metrics = measure.Metrics()
	for _, a := range s.arms {
		p, err := s.player(0, a)
		if err != nil {
			return err
		}
		a.keys = p.Measure().Keys()
		for _, e := range p.extras {
			a.keys = append(a.keys, e.Keys()...)
			for _, m := range e.Metrics() {
				if _, ok := measure.MetricOf(m.Name); !ok && metricOf(s.metrics, m.Name).Formula == "" {
					s.metrics = append(s.metrics, m)
				}
			}
		}
		a.index = make(map[measure.Key]int, len(a.keys))
		for i, k := range a.keys {
			if _, twice := a.index[k]; twice {
				return fmt.Errorf("%s: %s %s %s is measured twice", a.name(), k.Metric, k.By, k.Group)
			}
			a.index[k] = i
		}
	}
	return s.checkMetrics()
}

// model makes the model of an arm, for its warm-up.
func (s *study) model(a *arm) (err error) {
	x := &s.experiment
	variant, err := measure.VariantOf(x.Variant)
	if err != nil {
		return err
	}
	o := run.Options{Seed: x.Seed, BySlot: x.Random == scenario.BySlot, Antithetic: x.Antithetic, Warmup: a.Warmup,
		Steady: x.Steady != nil, Exact: x.Steady == nil, Pairs: x.Steady == nil || x.Rows.Overtakings, Variant: variant,
		Agents: a.staffing}
	if a.model, err = run.New(a.scenario, a.policy, o); err == nil {
		a.Targets = targets(&a.model.Shape)
	}
	return err
}

// targets are the targets of a shape, see Arm; nil: none.
func targets(sh *measure.Shape) (byName map[string]float64) {
	put := func(name string, d engine.Duration) {
		if d == 0 {
			return
		}
		if byName == nil {
			byName = map[string]float64{}
		}
		byName[name] = float64(d) / float64(engine.Second)
	}
	for i, d := range sh.Targets {
		put(sh.Channels[i], d)
	}
	for i, d := range sh.ByClass {
		put("class "+sh.Classes[i], d)
	}
	return byName
}

// checkMetrics holds the metrics that the experiment names to those that there are.
func (s *study) checkMetrics() error {
	x := &s.experiment
	named := slices.Clone(x.Primary)
	for _, t := range x.Thresholds {
		named = append(named, t.Metric)
		if t.Policy != "" && !slices.ContainsFunc(s.arms, func(a *arm) bool { return a.Policy == t.Policy }) {
			return fmt.Errorf("threshold %s: no policy of the experiment is called %q", t.Text, t.Policy)
		}
	}
	if x.Until != nil {
		named = append(named, x.Until.Metric)
	}
	for _, m := range named {
		if byPeriod(keyOf(m)) {
			return fmt.Errorf("metric %q: what is by period has no place here; take it over the whole day", NameOf(m))
		}
		if !slices.ContainsFunc(s.arms, func(a *arm) bool { _, ok := a.index[keyOf(m)]; return ok }) {
			return fmt.Errorf("metric %q: no arm of the experiment has it; dictionary.csv of any run has the names", NameOf(m))
		}
	}
	if x.Select == nil {
		return nil
	}
	for _, a := range s.arms {
		if _, ok := a.index[keyOf(x.Select.Metric)]; !ok {
			return fmt.Errorf("select: %s does not have the metric %q", a.name(), NameOf(x.Select.Metric))
		}
	}
	if e := x.Select.Error; !(e > 0 && e < 1-1/float64(max(2, len(x.Policies)))) || !(x.Select.Delta > 0) {
		return fmt.Errorf("select: an error of %v and a difference of %v: give a probability such as 0.05, and a difference above 0",
			e, x.Select.Delta)
	}
	return nil
}

// warm finds the warm-up of each arm, unless it was written down or found before.
func (s *study) warm(ctx context.Context, known []armRecord) error {
	switch {
	case s.experiment.Steady == nil || !s.experiment.Steady.Auto:
		return nil
	case known != nil:
		for i, a := range s.arms {
			a.Warmup, a.Notes = engine.Duration(known[i].WarmupNS), slices.Clone(known[i].Notes)
		}
	default:
		for _, a := range s.arms {
			a.Warmup = 0
		}
		if err := s.warmups(ctx); err != nil {
			return err
		}
	}
	clear(s.workers)
	for _, a := range s.arms {
		if err := s.model(a); err != nil {
			return err
		}
	}
	return nil
}

// identity is a hash of all that a table depends on but for the program.
func (s *study) identity(program Program) [32]byte {
	type part struct {
		Arm      ArmName
		Hash     string
		Scenario string
		Staffing map[string]int
		Warmup   int64
		Keys     []measure.Key
	}
	x := s.experiment
	about := struct {
		Program    Program
		Source     string
		Seed       uint64
		Antithetic bool
		Random     scenario.Coupling
		Steady     bool
		Variant    string
		Rows       scenario.Rows
		Parts      []part
	}{program, hashOf(x.Source), x.Seed, x.Antithetic, x.Random, x.Steady != nil, x.Variant, x.Rows, nil}
	for _, a := range s.arms {
		about.Parts = append(about.Parts, part{a.armName(), a.Hash, hashOf(a.scenario.Source), a.staffing, int64(a.Warmup), a.keys})
	}
	b, err := json.Marshal(about)
	if err != nil {
		panic(err) // of plain values only
	}
	return sha256.Sum256(b)
}
