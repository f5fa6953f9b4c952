package run

import (
	"fmt"
	"slices"

	"fairline/engine"
	"fairline/policy"
	"fairline/simulations/measure"
	"fairline/simulations/scenario"
)

// A Model is a scenario under a policy, made ready. It is read-only and may be shared by players.
type Model struct {
	Scenario *scenario.Scenario
	Policy   *policy.Policy
	Shape    measure.Shape

	options  Options
	sources  []source
	agents   []agent
	channels map[string]uint8
	retries  bool
}

// Options say how a model is played.
type Options struct {
	Seed       uint64
	BySlot     bool // the n-th ticket that is started takes the n-th time
	Antithetic bool // odd replications are played with 1-u for each number u of the even one before
	// Warmup is the time before the measurement. Steady: customers who come in the Length after it are followed to their
	// ends, while others go on coming. Otherwise: nobody comes after Length, and After ends it.
	Warmup  engine.Duration
	Steady  bool
	Exact   bool // see measure.Shape
	Pairs   bool // likewise
	Variant measure.Variant
	Agents  map[string]int // by group: how many in each shift, instead of the scenario's
}

// New makes a scenario ready to be played under a policy. It fails where the two do not fit: a channel or an attribute that the
// policy does not know, say.
func New(s *scenario.Scenario, p *policy.Policy, o Options) (*Model, error) {
	m := &Model{Scenario: s, Policy: p, options: o, channels: map[string]uint8{}}
	for i, c := range p.Engine.Channels {
		m.channels[c.Name] = uint8(i)
	}
	for i := range s.Sources {
		src, err := m.source(i)
		if err != nil {
			return nil, fmt.Errorf("scenario %s under %s: %s: %w", s.Name, p.Engine.Name, s.Sources[i].Name, err)
		}
		m.sources = append(m.sources, src)
		m.retries = m.retries || len(s.Sources[i].Patience.Retry) > 0
	}
	if err := m.believed(); err != nil {
		return nil, fmt.Errorf("scenario %s under %s: %w", s.Name, p.Engine.Name, err)
	}
	if err := m.staff(); err != nil {
		return nil, fmt.Errorf("scenario %s under %s: %w", s.Name, p.Engine.Name, err)
	}
	m.shape()
	return m, nil
}

// Options are those it was made with.
func (m *Model) Options() Options { return m.options }

// believed refuses those who wait from the beginning for longer than the policy believes: the line would cut their waits short.
func (m *Model) believed() error {
	for _, w := range m.Scenario.Waiting {
		c := &m.Policy.Engine.Channels[m.sources[w.Source].channel]
		if w.Age > c.Late {
			return fmt.Errorf("%s wait for up to %v s already, but the policy believes %s to be at most %v s late; write a greater `late` there",
				m.Scenario.Sources[w.Source].Name, w.Age/engine.Second, c.Name, c.Late/engine.Second)
		}
	}
	return nil
}

// begin is when measurement begins, and end when it ends.
func (m *Model) begin() engine.Instant { return m.Scenario.Starts.Add(m.options.Warmup) }
func (m *Model) end() engine.Instant {
	return m.Scenario.Starts.Add(m.Scenario.Length + m.options.Warmup)
}

// shape says what can be told apart.
func (m *Model) shape() {
	sh, s, p := &m.Shape, m.Scenario, m.Policy
	sh.Begins, sh.Ends, sh.Period = m.begin(), m.end(), s.Period
	if !m.options.Steady {
		sh.Ends = m.Scenario.Starts.Add(m.Scenario.Length)
	}
	sh.Short, sh.Exact, sh.Pairs, sh.Variant = s.Short, m.options.Exact, m.options.Pairs, m.options.Variant
	for _, c := range p.Channels {
		sh.Channels = append(sh.Channels, c.Name)
		target := c.Target.Within
		if own, ok := s.Targets[c.Name]; ok {
			target = own
		}
		sh.Targets = append(sh.Targets, target)
	}
	for i, c := range p.Classes {
		sh.Classes, sh.ByClass = append(sh.Classes, p.Engine.Classes[i].Name), append(sh.ByClass, c.Target.Within)
	}
	for i := range s.Sources {
		sh.Sources = append(sh.Sources, s.Sources[i].Name)
	}
	for _, c := range s.Cohorts {
		sh.Cohorts = append(sh.Cohorts, c.Name)
	}
	for _, g := range s.Groups {
		sh.Groups = append(sh.Groups, g.Name)
	}
	for _, a := range m.agents {
		sh.Agents = append(sh.Agents, measure.Agent{Name: a.name, Group: a.group, Most: most(a.profile)})
	}
	m.nodes(p.Engine.Root, nil)
}

// most is how many tickets an agent has at once at most.
func most(p *engine.Profile) (n int) {
	for _, takes := range p.Takes {
		n = max(n, int(takes))
	}
	return n
}

// nodes names what overtakings are attributed to, in preorder. Who is outside of a group overtakes those in it by a node above; where
// the group had put one of them behind another already, it is the group that the overtaking is attributed to, and the reason is
// still that from above: given, by class.
func (m *Model) nodes(n *engine.Node, above []bool) {
	node := measure.Node{Name: n.Name}
	for _, g := range n.Protect {
		node.Guards = append(node.Guards, protections[g.Kind])
	}
	given, below := m.reasons(n)
	for c := range given {
		if !below[c] {
			given[c] = above[c]
		}
	}
	node.Reasoned = given
	m.Shape.Nodes = append(m.Shape.Nodes, node)
	for _, mb := range n.Members {
		if mb.Group != nil {
			m.nodes(mb.Group, given)
		}
	}
}

// reasons returns for which classes below n a reason is given, and which classes those are.
func (m *Model) reasons(n *engine.Node) (given, below []bool) {
	given, below = make([]bool, len(m.Policy.Engine.Classes)), make([]bool, len(m.Policy.Engine.Classes))
	for _, mb := range n.Members {
		if mb.Group == nil {
			below[mb.Class] = true
			given[mb.Class] = n.Reason != "" || m.Policy.Engine.Classes[mb.Class].Reason != ""
			continue
		}
		deep, inside := m.reasons(mb.Group)
		for c := range inside {
			below[c], given[c] = below[c] || inside[c], given[c] || deep[c]
		}
	}
	return given, below
}

// protections are the names of the kinds in a policy file.
var protections = map[engine.ProtectionKind]string{engine.OvertakenAtMost: "overtaken_at_most",
	engine.OvertakenOnlyWithin: "overtaken_only_within", engine.FirstAfter: "first_after",
	engine.PassedByCapacityAtMost: "passed_by_capacity_at_most", engine.Budget: "budget", engine.MinShare: "min_share"}

// channel returns the policy's number of a channel.
func (m *Model) channel(name string) (uint8, error) {
	c, ok := m.channels[name]
	if !ok {
		return 0, fmt.Errorf("the policy has no channel %q", name)
	}
	return c, nil
}

// skills are the words of skills as an engine knows them, sorted: an agent's, with the levels below.
func skills(names []string, levels bool) (words []engine.Word) {
	for _, name := range names {
		all := []string{name}
		if base, level := splitLevel(name); levels {
			all = policy.Skills(base, level)
		}
		for _, w := range all {
			words = append(words, engine.WordOf(w))
		}
	}
	slices.Sort(words)
	return slices.Compact(words)
}

// splitLevel takes "nurse@2" apart; without a level it is 1.
func splitLevel(name string) (base string, level int) {
	for i := range name {
		if name[i] == '@' {
			level := 0
			for _, d := range name[i+1:] {
				level = 10*level + int(d-'0')
			}
			return name[:i], level
		}
	}
	return name, 1
}
