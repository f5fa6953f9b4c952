package scenario

import (
	"fmt"
	"os"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"fairline/policy"
	"fairline/policy/sheet"
	"fairline/simulations/measure"
)

// LoadExperiment reads an experiment file and all that it names, relative to its folder: scenarios, policies (or shipped ones
// by their names), traces. The error is about reading that one file; whatever is wrong with what stands there, or with a
// file that it names, comes as Faults of the experiment's file, and the Experiment is nil when one of them is an Error.
func LoadExperiment(path string) (*Experiment, policy.Faults, error) {
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, fmt.Errorf("read experiment %s: %w", path, err)
	}
	x, faults := ParseExperiment(path, src, Beside(path))
	return x, faults, nil
}

// ParseExperiment reads an experiment file as Parse reads a scenario. Open reads the files that it names. Metrics and the
// formulas of the service level are those of package measure; a group that a metric is about has to be in one of the
// scenarios, or a class of one of the policies. Each policy is compiled and held against each scenario, see Scenario.Fits.
func ParseExperiment(name string, src []byte, open Open) (*Experiment, policy.Faults) {
	r := &trialReader{reader: &reader{Sheet: sheet.New(name, src, "an experiment", "one file is one experiment"), open: open,
		s: &Scenario{}},
		x: &Experiment{File: name, Source: slices.Clone(src), Seed: 1, Confidence: 0.95}}
	if !r.begin(src, experimentShape) {
		return nil, r.Faults.Sorted()
	}
	r.readScenarios()
	r.readPolicies()
	r.readStaffing()
	r.readRuns()
	r.readMetrics()
	r.readStrategic()
	if faults := r.Faults.Sorted(); faults.Count(sheet.Error) > 0 {
		return nil, faults
	}
	return r.x, r.Faults.Sorted()
}

// A trialReader reads an experiment file into x.
type trialReader struct {
	*reader
	x       *Experiment
	lost    bool     // a scenario or policy could not be read: groups are not looked for
	classes []string // of all policies
}

func (r *trialReader) readScenarios() {
	r.x.Name, r.x.Description = sheet.Str(r.val("experiment")), strings.TrimSpace(sheet.Str(r.val("description")))
	list := r.val("scenarios")
	if list != nil && list.Kind == yaml.SequenceNode && len(list.Content) == 0 {
		r.Wrong("FL0102", list, "scenarios", "an experiment has at least one scenario", "", "write `scenarios: [busy-day.yaml]`")
	}
	for i, n := range sheet.Items(list) {
		field := sheet.Element("scenarios", i)
		file := sheet.Str(n)
		if file == "" {
			continue
		}
		src, ok := r.file(n, file, field)
		if !ok {
			r.lost = true
			continue
		}
		s, faults := Parse(file, src, r.open.within(file))
		if s == nil {
			r.faulty(n, file, faults, field)
			continue
		}
		if slices.ContainsFunc(r.x.Scenarios, func(o *Scenario) bool { return o.Name == s.Name }) {
			r.Wrong("FL0105", n, field, "two scenarios are called `"+s.Name+"`", "", "give one of them another name")
		}
		r.x.Scenarios = append(r.x.Scenarios, s)
	}
}

// faulty reports a file that this one names, and that has faults of its own.
func (r *trialReader) faulty(n *yaml.Node, file string, faults policy.Faults, field string) {
	r.lost = true
	i := slices.IndexFunc(faults, func(f policy.Fault) bool { return f.Severity == policy.Error })
	if i < 0 {
		return
	}
	f := faults[i]
	count := fmt.Sprintf("%d faults, the first", faults.Count(policy.Error))
	if faults.Count(policy.Error) == 1 {
		count = "a fault"
	}
	r.Wrong("FL0507", n, field, fmt.Sprintf("`%s` has %s in line %d: %s", file, count, f.Line, f.Message), "",
		"check that file by itself, which shows them all")
}

func (r *trialReader) readPolicies() {
	list := r.val("policies")
	if list != nil && list.Kind == yaml.SequenceNode && len(list.Content) == 0 {
		r.Wrong("FL0102", list, "policies", "an experiment has at least one policy", "", "write `policies: [weekday]`")
	}
	for i, n := range sheet.Items(list) {
		field, name := sheet.Element("policies", i), ""
		if es := sheet.Entries(n); len(es) == 1 {
			name, n = es[0].Key.Value, es[0].Val
		}
		if sheet.Str(n) == "" {
			continue
		}
		if ref, ok := r.readPolicy(n, name, field); ok {
			r.x.Policies = append(r.x.Policies, ref)
		}
	}
	if len(r.x.Policies) > 0 {
		r.x.Baseline = r.x.Policies[0].Name
	}
	if n := r.val("baseline"); sheet.Str(n) != "" {
		r.x.Baseline = n.Value
		if names := r.policyNames(); !r.lost && !slices.Contains(names, n.Value) {
			r.Wrong("FL0120", n, "baseline", "no policy is called `"+n.Value+"`", "", sheet.DidYouMean(n.Value, names))
		}
	}
}

func (r *trialReader) policyNames() (names []string) {
	for _, p := range r.x.Policies {
		names = append(names, p.Name)
	}
	return names
}

func (r *trialReader) readPolicy(n *yaml.Node, name, field string) (ref PolicyRef, ok bool) {
	ref = PolicyRef{Name: name, Path: n.Value}
	if name == "" {
		ref.Name = strings.TrimSuffix(path.Base(n.Value), ".yaml")
	}
	if slices.Contains(r.policyNames(), ref.Name) {
		r.Wrong("FL0105", n, field, "two policies are called `"+ref.Name+"`", "", "name one of them: {NAME: FILE}")
		return ref, false
	}
	src, ok := policy.Shipped(n.Value)
	if !ok {
		if src, ok = r.policyFile(n, field); !ok {
			r.lost = true
			return ref, false
		}
	}
	ref.Source = src
	p, faults := policy.Parse(n.Value, src)
	if p == nil {
		r.faulty(n, n.Value, faults, field)
		return ref, true
	}
	if err := p.Serveable(); err != nil {
		r.Wrong("FL0507", n, field, err.Error(), "", "take it out of the policy, or use a later version")
	}
	for _, c := range p.Classes {
		r.classes = append(r.classes, c.Name)
	}
	r.fits(n, p, field)
	return ref, true
}

// policyFile reads a policy that is not shipped.
func (r *trialReader) policyFile(n *yaml.Node, field string) ([]byte, bool) {
	if r.open != nil && !strings.ContainsAny(n.Value, `./\`) { // it looks like the name of a shipped one
		if src, err := r.open(n.Value); err == nil {
			return src, true
		}
		r.Wrong("FL0500", n, field, "no policy `"+n.Value+"` is shipped", "", sheet.DidYouMean(n.Value, policy.Names()))
		return nil, false
	}
	return r.file(n, n.Value, field)
}

// fits holds a policy against each scenario. Where they do not fit the first fault is told.
func (r *trialReader) fits(n *yaml.Node, p *policy.Policy, field string) {
	for _, s := range r.x.Scenarios {
		faults := s.Fits(p)
		if faults.Err() != nil {
			f := faults[slices.IndexFunc(faults, func(f policy.Fault) bool { return f.Severity == policy.Error })]
			r.Wrong("FL0506", n, field, fmt.Sprintf("%s:%d: %s", s.File, f.Line, f.Message), "", f.Help)
		}
	}
}

func (r *trialReader) readStaffing() {
	for _, e := range sheet.Entries(r.val("staffing")) {
		st := Staffing{Name: e.Key.Value, Agents: map[string]int{}}
		for _, g := range sheet.Entries(e.Val) {
			st.Agents[g.Key.Value] = whole(g.Val, 0)
			r.staffable(g.Key, "staffing."+e.Key.Value+"."+g.Key.Value)
		}
		r.x.Staffing = append(r.x.Staffing, st)
	}
}

// staffable reports a group that no scenario has, or of which nobody could say in which shift how many are.
func (r *trialReader) staffable(n *yaml.Node, field string) {
	var all []string
	for _, s := range r.x.Scenarios {
		for _, g := range s.Groups {
			all = append(all, g.Name)
			if g.Name == n.Value && overlap(g.Shifts) {
				r.Wrong("FL0503", n, field, "shifts of `"+g.Name+"` in "+s.File+" overlap: one number for each would mean more agents than it says", "",
					"staff groups whose shifts follow one another, or make a group of each shift")
			}
		}
	}
	if !r.lost && !slices.Contains(all, n.Value) {
		r.Wrong("FL0120", n, field, "no group of agents is called `"+n.Value+"`", "", sheet.DidYouMean(n.Value, all))
	}
}

func overlap(shifts []Shift) bool {
	for i, a := range shifts {
		for _, b := range shifts[i+1:] {
			if (b.To == 0 || a.From < b.To) && (a.To == 0 || b.From < a.To) {
				return true
			}
		}
	}
	return false
}

func (r *trialReader) readRuns() {
	x := r.x
	if v, ok := sheet.ParseWhole(sheet.Plain(r.val("seed"))); ok {
		x.Seed = uint64(v)
	}
	x.Replications = whole(r.val("replications"), 0)
	if r.val("until") == nil && r.val("replications") == nil {
		x.Replications = 100
	}
	if sheet.Str(r.val("coupling")) == "slot" {
		x.Random = BySlot
	}
	x.Antithetic = sheet.TruthOf(r.val("antithetic"), false)
	x.StrictLine = sheet.TruthOf(r.val("strict_line"), false)
	if n := r.val("confidence"); sheet.Plain(n) != "" {
		if x.Confidence = share(n); x.Confidence < 0.5 || x.Confidence > 0.9999 {
			r.Wrong("FL0106", n, "confidence", n.Value+" is out of range", "", "write a percentage from 50% to 99.99%")
		}
	}
	if steady := r.val("steady"); steady != nil && steady.Kind == yaml.MappingNode {
		warmup := sheet.Get(steady, "warmup").Val
		x.Steady = &Steady{Warmup: span(warmup), Auto: sheet.Str(warmup) == "auto",
			Pilot: whole(sheet.Get(steady, "pilot").Val, 10)}
	}
	for _, n := range sheet.Items(r.val("rows")) {
		for i, to := range []*bool{&x.Rows.Tickets, &x.Rows.Overtakings, &x.Rows.Decisions, &x.Rows.Agents} {
			*to = *to || sheet.Str(n) == rowNames[i]
		}
	}
}

func (r *trialReader) readMetrics() {
	x := r.x
	for i, n := range sheet.Items(r.val("primary")) {
		field := sheet.Element("primary", i)
		m, ok := r.metric(n, field)
		switch {
		case ok && slices.Contains(x.Primary, m):
			r.Wrong("FL0112", n, field, "`"+n.Value+"` stands here twice", "", "keep one of the two")
		case ok:
			x.Primary = append(x.Primary, m)
		}
	}
	for i, n := range sheet.Items(r.val("thresholds")) {
		r.threshold(n, sheet.Element("thresholds", i))
	}
	x.Variant = measure.OfferedMinusShort.String()
	if n := r.val("service_level"); sheet.Str(n) != "" {
		x.Variant = n.Value
		if _, err := measure.VariantOf(n.Value); err != nil {
			var all []string
			for v := range measure.Live + 1 {
				all = append(all, v.String())
			}
			r.Wrong("FL0120", n, "service_level", "no formula is called `"+n.Value+"`", "", sheet.DidYouMean(n.Value, all))
		}
	}
	r.readUntil(r.val("until"))
	r.readSelect(r.val("select"))
}

func (r *trialReader) readUntil(n *yaml.Node) {
	if n == nil || n.Kind != yaml.MappingNode {
		return
	}
	m, ok := r.metric(sheet.Get(n, "metric").Val, "until.metric")
	p := Precision{Metric: m, Relative: share(sheet.Get(n, "relative").Val), AtMost: whole(sheet.Get(n, "at_most").Val, 0)}
	absolute := sheet.Get(n, "absolute").Val
	if ok {
		p.Absolute, _ = r.numberOf(absolute, m, "until.absolute")
	}
	switch least := whole(r.val("replications"), 0); {
	case p.Relative == 0 && absolute == nil:
		r.Wrong("FL0102", n, "until", "nothing says how precise", "",
			"write `relative: 1%`, `absolute: ...` in the unit of the metric, or both")
	case p.AtMost > 0 && p.AtMost < least:
		r.Wrong("FL0106", sheet.Get(n, "at_most").Val, "until.at_most",
			fmt.Sprintf("%d is less than the %d replications that there are at least", p.AtMost, least), "",
			"write a greater number")
	}
	r.x.Until = &p
}

func (r *trialReader) readSelect(n *yaml.Node) {
	if n == nil || n.Kind != yaml.MappingNode {
		return
	}
	m, ok := r.metric(sheet.Get(n, "metric").Val, "select.metric")
	s := Selection{Metric: m, Error: 0.05, Initial: whole(sheet.Get(n, "initial").Val, 20)}
	if e := sheet.Get(n, "error").Val; sheet.Plain(e) != "" {
		if s.Error = share(e); s.Error <= 0 || s.Error >= 1 {
			r.Wrong("FL0106", e, "select.error", e.Value+" is out of range", "",
				"write a percentage between 0% and 100%, such as 5%")
		}
	}
	if delta := sheet.Get(n, "delta").Val; ok {
		if s.Delta, ok = r.numberOf(delta, m, "select.delta"); ok && s.Delta <= 0 {
			r.Wrong("FL0106", delta, "select.delta", "a difference of 0 takes for ever to see", "",
				"write a difference that matters")
		}
	}
	known, _, there := r.metricOf(m.Name)
	switch better := sheet.Get(n, "better").Val; {
	case better != nil:
		s.Larger = sheet.Str(better) == "larger"
	case there && known.Better == measure.Neither:
		r.Wrong("FL0102", sheet.Get(n, "metric").Val, "select.metric",
			"`"+m.Name+"` describes: nothing says which values are better", "", "write `better: larger` or `better: smaller`")
	default:
		s.Larger = known.Better == measure.More
	}
	r.x.Select = &s
}

// readStrategic reads what is asked about customers who choose.
func (r *trialReader) readStrategic() {
	if n := r.val("game"); n != nil && n.Kind == yaml.MappingNode {
		g := Game{Rounds: whole(sheet.Get(n, "rounds").Val, 20), Days: whole(sheet.Get(n, "days").Val, 20)}
		g.Source, g.Action = r.choice(n, "game")
		r.x.Game = &g
	}
	if n := r.val("premium"); n != nil && n.Kind == yaml.MappingNode {
		p := Premium{Sample: whole(sheet.Get(n, "sample").Val, 5)}
		p.Source, p.Action = r.choice(n, "premium")
		for _, s := range sheet.Items(sheet.Get(n, "shares").Val) {
			p.Shares = append(p.Shares, share(s))
		}
		if p.Shares == nil {
			p.Shares = []float64{0}
		}
		r.x.Premium = &p
	}
}

// choice reads customers and what they may do instead of the truthful action, which each scenario must have.
func (r *trialReader) choice(n *yaml.Node, field string) (source, action string) {
	customers, act := sheet.Get(n, "customers").Val, sheet.Get(n, "action").Val
	source, action = sheet.Str(customers), sheet.Str(act)
	if source == "" || action == "" || r.lost {
		return source, action
	}
	for _, s := range r.x.Scenarios {
		var names, actions []string
		for _, src := range s.Sources {
			names = append(names, src.Name)
			for _, a := range src.Actions {
				if src.Name == source {
					actions = append(actions, a.Name)
				}
			}
		}
		switch {
		case !slices.Contains(names, source):
			r.Wrong("FL0120", customers, field+".customers", "no kind of customers is called `"+source+"` in "+s.File, "",
				sheet.DidYouMean(source, names))
		case !slices.Contains(actions, action):
			r.Wrong("FL0120", act, field+".action", "`"+source+"` have no action `"+action+"` in "+s.File, "",
				sheet.DidYouMean(action, actions))
		case actions[0] == action:
			r.Wrong("FL0104", act, field+".action", "`"+action+"` is the truthful action: the first of the list", "",
				"write another one")
		}
	}
	return source, action
}
