package policy

import (
	"slices"
	"strconv"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
	"fairline/policy/sheet"
)

// LevelMax is the highest level of a skill.
const LevelMax = 5

// defaultKnownFor is how long a ticket waits for the agent whom it knows, where the file does not say.
const defaultKnownFor = 5 * engine.Minute

// Skill is the name by which an engine knows a skill at a level: "nurse" at level 1, "nurse@2" at level 2. A ticket that
// needs level 3 needs the one word nurse@3.
func Skill(name string, level int) string {
	if level <= 1 {
		return name
	}
	return name + "@" + strconv.Itoa(level)
}

// Skills are the names that an agent who has a skill at a level signs in with: that of the level, and those below it.
func Skills(name string, level int) []string {
	all := []string{name}
	for l := 2; l <= min(level, LevelMax); l++ {
		all = append(all, Skill(name, l))
	}
	return all
}

// An asked is one entry of `skills`.
type asked struct {
	node    *yaml.Node // of `need`
	need    string
	from    *attribute // nil: need is the skill itself
	steps   []relaxed  // the first is at 0
	classes []*class   // nil: all
	said    bool       // `classes` stands there
	field   string
}

// A relaxed is what is asked for from a time on.
type relaxed struct {
	after engine.Duration
	level int // 0: nothing
	node  *yaml.Node
}

// asksOf reports whether tickets of a class need the skill.
func (s *asked) asksOf(c *class) bool { return !s.said || slices.Contains(s.classes, c) }

func (m *model) readSkills() {
	for i, n := range sheet.Items(sheet.Get(m.root, "skills").Val) {
		if n.Kind != yaml.MappingNode {
			continue
		}
		field := sheet.Element("skills", i)
		a := &asked{node: sheet.Get(n, "need").Val, need: sheet.Str(sheet.Get(n, "need").Val), field: field}
		if a.need == "" {
			continue
		}
		if e := sheet.Get(n, "from"); e.Val != nil {
			if a.from = m.readFrom(e.Val, field+".from"); a.from == nil {
				continue
			}
		}
		classes := sheet.Get(n, "classes")
		a.said = classes.Key != nil
		for j, name := range sheet.Items(classes.Val) {
			a.classes = append(a.classes, m.namedClasses(name, sheet.Element(field+".classes", j))...)
		}
		level := max(m.count(sheet.Get(n, "level").Val, field+".level", 1, LevelMax), 1)
		a.steps = append([]relaxed{{0, level, a.node}}, m.readSteps(sheet.Get(n, "relax").Val, level, field+".relax")...)
		m.asks = append(m.asks, a)
	}
	m.atMostNeeds()
	m.readKnown()
}

// readFrom reads the attribute whose value is a skill.
func (m *model) readFrom(n *yaml.Node, field string) *attribute {
	name := sheet.Str(n)
	a := m.attr(name)
	var known []string
	for _, x := range m.attrs {
		if x.field.Values != nil {
			known = append(known, x.name)
		}
	}
	switch {
	case name == "":
		return nil
	case a == nil:
		m.Wrong("FL0120", n, field, "no attribute is called `"+name+"`", "", sheet.DidYouMean(name, known))
		return nil
	case a.field.Values == nil:
		m.Wrong("FL0104", n, field, "`"+name+"` has no list of values that could be skills", "", "declare it with `one_of`")
		return nil
	case m.refuse("FL0203", m.SpanOf(n), field, name, "a signal this policy forbids would say who may serve the ticket"):
		return nil
	}
	return a
}

// readSteps reads `relax`: each step later than the one before it, and asking for less.
func (m *model) readSteps(n *yaml.Node, level int, field string) []relaxed {
	var steps []relaxed
	last := relaxed{level: level}
	for i, s := range sheet.Items(n) {
		at := sheet.Element(field, i)
		after, drop, to := sheet.Get(s, "after"), sheet.Get(s, "drop"), sheet.Get(s, "level")
		d, _, ok := sheet.ParseDuration(sheet.Str(after.Val))
		if s.Kind != yaml.MappingNode || !ok {
			continue
		}
		step := relaxed{d, m.count(to.Val, at+".level", 1, LevelMax), s}
		switch {
		case (drop.Key == nil) == (to.Key == nil) || drop.Key != nil && !sheet.TruthOf(drop.Val, false):
			m.Wrong("FL0104", s, at, "a step says either `level` or `drop: true`", "", "write {after: 90s, level: 2}, or {after: 90s, drop: true}")
		case d <= last.after:
			m.Wrong("FL0106", after.Val, at+".after", "this is not later than what stands above it", "", "times count from when the needs were set, not from the step before")
		case step.level >= last.level:
			m.Wrong("FL0106", s, at, "this step does not ask for less than what holds before it", "", "a step lowers the level, or drops the skill")
		default:
			steps, last = append(steps, step), step
		}
	}
	return steps
}

// atMostNeeds bounds what a class can need by the policy.
func (m *model) atMostNeeds() {
	for _, c := range m.classes {
		if m.asksOf(c) > engine.NeedsMax {
			m.Wrong("FL0106", m.asks[engine.NeedsMax].node, "skills", "class `"+c.name+"` needs more than 8 skills", "", "limit skills to `classes`")
			return
		}
	}
}

// asksOf is how many skills the policy may add to the needs of a ticket of the class.
func (m *model) asksOf(c *class) (n int) {
	for _, a := range m.asks {
		if a.asksOf(c) {
			n++
		}
	}
	return n
}

// readKnown reads the attribute with the name of the agent whom a ticket knows.
func (m *model) readKnown() {
	agents := sheet.Get(m.root, "agents").Val
	known, knownFor := sheet.Get(agents, "known"), sheet.Get(agents, "known_for")
	if known.Key == nil {
		if knownFor.Key != nil {
			m.Wrong("FL0104", knownFor.Key, "agents.known_for", "`known_for` has no meaning without `known`", "", "write `known: ATTRIBUTE`, or take it out")
		}
		return
	}
	m.knownFor = defaultKnownFor
	if d := m.positive(knownFor.Val, "agents.known_for"); d > 0 {
		m.knownFor = d
	}
	name := sheet.Str(known.Val)
	a := m.attr(name)
	switch {
	case name == "":
	case a == nil:
		m.Wrong("FL0120", known.Val, "agents.known", "no attribute is called `"+name+"`", "", sheet.DidYouMean(name, m.attrNames()))
	case a.later:
	case a.field.Type != textType:
		m.Wrong("FL0104", known.Val, "agents.known", "`"+name+"` is no text, so it cannot be an agent's name", "", "declare it with {type: string, else: \"\"}")
	case m.refuse("FL0203", m.SpanOf(known.Val), "agents.known", name, "a signal this policy forbids would say who may serve the ticket"):
	default:
		m.known = a
	}
}
