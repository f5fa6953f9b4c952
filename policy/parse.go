package policy

import (
	"slices"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
	"fairline/policy/rule"
	"fairline/policy/sheet"
	"fairline/policy/spelling"
)

// A Policy is a policy file without an error, compiled. It is read-only and may be shared.
type Policy struct {
	Engine *engine.Policy
	Source []byte // the file, whole: what the journal keeps
	File   string // its name, as it was given to Parse

	Description string
	Channels    []Channel // in the order of Engine.Channels
	Classes     []Class   // in the order of Engine.Classes
	Full        Full
	Never       []string // what may not buy or cost a place, with what is computed from it, sorted

	// Zone is the table of local time by which the hours were worked out; nil without a timezone. A journal keeps it
	// beside the source, for ParseWith.
	Zone *Zone
	// Later are the names of what stands in the file and comes with a later version, such as "share" or "choose: fastest".
	// See Serveable.
	Later []string
	// Texts are the texts of the Words that the policy itself puts into a ticket's needs and into reasons.
	Texts []string

	later []postponed
	asks  int // needs that the policy may add to a ticket
	attrs []attribute
	slots map[string]int // of attributes that rules and the order read
}

// A Channel is what the file says of a channel beside what the engine needs.
type Channel struct {
	Name     string
	Live     bool            // somebody is there while waiting
	Handling engine.Duration // expected work on a ticket, 0 when it is not given
	Target   Target
}

// A Class is what the file says of a class beside what the engine needs.
type Class struct {
	Name   string
	Target Target // Within is 0 where the channel's holds
}

// live are the channels on which somebody is there while waiting, where the file does not say.
var live = []string{"phone", "chat", "video", "callback"}

// Parse reads a policy file. It returns every fault of the file at once, in file order, each at the place where it can
// be mended; name is what they call the file. The Policy is nil when one of the faults is an Error. Parse is pure.
func Parse(name string, src []byte) (*Policy, Faults) { return ParseWith(name, src, nil) }

// ParseWith is Parse with a table of local time to go by instead of the program's own: the one that a journal has kept,
// so that a replay opens and closes when the line did. A table of another timezone than the file's is a fault. A nil
// zone, and a file without a timezone, make it Parse.
func ParseWith(name string, src []byte, zone *Zone) (*Policy, Faults) {
	s := sheet.New(name, src, "a policy", "one file is for one line")
	root := s.Load(src)
	if root == nil {
		return nil, s.Faults.Sorted()
	}
	s.OpenTime = clockIsOpen(root)
	s.Check(root, fileShape)
	if root.Kind != yaml.MappingNode {
		return nil, s.Faults.Sorted()
	}
	m := &model{Sheet: s, root: root, time: timing{given: zone}}
	m.read()
	eng := m.compile(src)
	m.lint()
	if s.Faults.Count(Error) > 0 {
		return nil, s.Faults.Sorted()
	}
	p := m.policy(eng, src)
	m.runExamples(p)
	faults := s.Faults.Sorted()
	if faults.Count(Error) > 0 {
		return nil, faults
	}
	return p, faults
}

func (m *model) read() {
	m.readHead()
	m.readTime()
	m.readAttributes()
	m.readChannels()
	m.readInterrupts()
	m.readClasses()
	m.readNever()
	m.readGroups()
	m.resolve()
	m.readProtections()
	m.limits()
	m.readRules()
	m.readSkills()
	m.readAgents()
	m.readLife()
}

// policy collects what the rest of the program needs from a model without errors.
func (m *model) policy(eng *engine.Policy, src []byte) *Policy {
	p := &Policy{Engine: eng, Source: slices.Clone(src), File: m.Sheet.Name, Description: m.description, Full: m.full, slots: map[string]int{},
		Zone: m.time.zone, Texts: m.texts, later: m.later, Later: laterNames(m.later)}
	for _, c := range m.channels {
		p.Channels = append(p.Channels, Channel{c.name, c.live, c.work, c.target})
	}
	for _, c := range m.classes {
		p.Classes = append(p.Classes, Class{c.name, c.target})
		p.asks = max(p.asks, m.asksOf(c))
	}
	for _, a := range m.attrs {
		p.attrs = append(p.attrs, *a)
	}
	for i, name := range m.slots {
		p.slots[name] = i
	}
	for _, name := range append(m.attrNames(), builtinNames...) {
		if at, _ := m.forbidden(name); at != nil {
			p.Never = append(p.Never, name)
		}
	}
	slices.Sort(p.Never)
	return p
}

// rulesRead reports whether every rule could be compiled, so that it makes sense to ask what they match.
func (m *model) rulesRead() bool {
	if len(m.classes) == 0 || len(m.channels) == 0 || len(m.slots) > engine.AttrsMax {
		return false
	}
	for i, c := range m.classes {
		last := i == len(m.classes)-1
		if last != (c.when == nil) || !last && c.rule == nil || c.name == "" {
			return false
		}
	}
	return true
}

func typeWanted(f rule.Field) string {
	if f.Values != nil {
		return "one of " + spelling.List(f.Values)
	}
	switch f.Type {
	case rule.Duration:
		return "a duration such as \"20m\""
	case rule.Timestamp:
		return "a date such as \"2026-12-31T08:00:00Z\""
	}
	return f.Type.String()
}
