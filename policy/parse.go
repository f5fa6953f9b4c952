package policy

import (
	"slices"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
	"fairline/policy/rule"
	"fairline/policy/yamlpos"
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

	attrs []attribute
	slots map[string]int // of attributes that rules and the order read
}

// A Channel is what the file says of a channel beside what the engine needs.
type Channel struct {
	Name     string
	Live     bool            // somebody holds the line: phone and chat
	Handling engine.Duration // expected work on a ticket, 0 when it is not given
	Target   Target
}

// A Class is what the file says of a class beside what the engine needs.
type Class struct {
	Name   string
	Target Target // Within is 0 where the channel's holds
}

// live are the channels on which somebody waits and hears it.
var live = []string{"phone", "chat"}

// Parse reads a policy file. It returns every fault of the file at once, in file order, each at the place where it can
// be mended; name is what they call the file. The Policy is nil when one of the faults is an Error. Parse is pure.
func Parse(name string, src []byte) (*Policy, Faults) {
	s := &source{name: name, file: yamlpos.NewFile(src)}
	root := s.load(src)
	if root == nil {
		return nil, s.faults.sorted()
	}
	s.traps(root, "", 0)
	s.form(root, fileShape, "", 0)
	if root.Kind != yaml.MappingNode {
		return nil, s.faults.sorted()
	}
	m := &model{source: s, root: root}
	m.read()
	eng := m.compile(src)
	m.lint()
	if s.faults.Count(Error) > 0 {
		return nil, s.faults.sorted()
	}
	p := m.policy(eng, src)
	m.runExamples(p)
	faults := s.faults.sorted()
	if faults.Count(Error) > 0 {
		return nil, faults
	}
	return p, faults
}

func (m *model) read() {
	m.readHead()
	m.readAttributes()
	m.readChannels()
	m.readClasses()
	m.readNever()
	m.readGroups()
	m.resolve()
	m.readProtections()
	m.limits()
	m.readRules()
}

// policy collects what the rest of the program needs from a model without errors.
func (m *model) policy(eng *engine.Policy, src []byte) *Policy {
	p := &Policy{Engine: eng, Source: slices.Clone(src), File: m.source.name, Description: m.description, Full: m.full, slots: map[string]int{}}
	for _, c := range m.channels {
		p.Channels = append(p.Channels, Channel{c.name, slices.Contains(live, c.name), c.work, c.target})
	}
	for _, c := range m.classes {
		p.Classes = append(p.Classes, Class{c.name, c.target})
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
		return "one of " + listOf(f.Values)
	}
	switch f.Type {
	case rule.Duration:
		return "a duration such as \"20m\""
	case rule.Timestamp:
		return "a date such as \"2026-12-31T08:00:00Z\""
	}
	return f.Type.String()
}
