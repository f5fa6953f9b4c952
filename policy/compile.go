package policy

import (
	"crypto/sha256"
	"slices"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
	"fairline/policy/rule"
	"fairline/policy/sheet"
)

// compiler turns a model without errors into an engine.Policy. It is run for every model, as some faults (a number
// too many, a missing target) are found on the way; then what it made is thrown away.
type compiler struct {
	*model
	slots []slot
	over  bool // more slots than the engine has
}

// readRules compiles the `when` of each class.
func (m *model) readRules() {
	env, err := rule.NewEnv(m.fields(), m.channelNames())
	if err != nil {
		m.Wrong("FL0105", sheet.Get(m.root, "attributes").Key, "attributes", "no rule can be read: "+err.Error(), "", "rename the attribute that is named here")
		return
	}
	for i, c := range m.classes {
		n := c.when
		if n == nil || n.Kind != yaml.ScalarNode || n.Style&yaml.TaggedStyle != 0 || sheet.IsNull(n) || n.ShortTag() != "!!str" && n.ShortTag() != "!!bool" {
			continue
		}
		field := sheet.Element("classes", i) + ".when"
		r, reads, faults := env.Compile(n.Value)
		for _, f := range faults {
			m.Report(Fault{Severity: Error, Code: f.Code, Span: m.Part(n, f.Start, f.End), Field: field, Message: f.Message, Label: f.Label, Help: f.Help})
		}
		for _, rd := range reads {
			m.refuse("FL0202", m.Part(n, rd.Start, rd.End), field, rd.Field.Name, "rule uses a signal this policy forbids")
		}
		c.rule = r
	}
}

// compile makes the engine's policy.
func (m *model) compile(src []byte) *engine.Policy {
	c := &compiler{model: m}
	p := &engine.Policy{Name: m.name, Hash: sha256.Sum256(src), BreakAfter: m.breaks, LineLen: m.full.At}
	for _, ch := range m.channels {
		p.Channels = append(p.Channels, engine.Channel{Name: ch.name, Takes: ch.takes, Offer: ch.offer, Late: ch.late, Live: ch.live,
			Handling: ch.work, Closed: ch.closed, Grace: ch.grace, LeaveAfter: ch.leaveAfter, Interrupts: ch.interrupts})
	}
	for _, cl := range m.classes {
		p.Classes = append(p.Classes, engine.Class{Name: cl.name, Reason: cl.reason, Line: cl.node.Line, Hours: m.hours(cl.hours, nil),
			Limit: cl.limit, Per: cl.per, Beyond: cl.beyond, Expire: cl.expire, ExpireReason: engine.WordOf(cl.expireReason)})
		m.says(cl.expireReason)
	}
	p.Root = c.node(m.groups[0], m.groups[0].reason, 1)
	p.Classify = m.classify()
	p.Values = c.valuesFunc(p.Classify)
	m.put(p)
	if n := len(m.slots); n > engine.AttrsMax {
		m.Wrong("FL0106", sheet.Get(m.root, "attributes").Key, "attributes", "rules and orders read more than 16 attributes", "", "leave some out of the rules")
	}
	if c.over {
		m.Wrong("FL0106", m.groups[0].node, "order", "the order reads more than 4 different numbers of a ticket", "", "share tables: equal ones count once")
	}
	p.Attrs = slices.Clone(m.slots)
	return p
}

// classify is the first class whose `when` is true; the last has none.
func (m *model) classify() func(*engine.Facts) engine.ClassID {
	var matches []func(*engine.Facts) bool
	for _, c := range m.classes {
		if c.rule != nil {
			matches = append(matches, c.rule.Match)
		}
	}
	return func(f *engine.Facts) engine.ClassID {
		for i, match := range matches {
			if match(f) {
				return engine.ClassID(i)
			}
		}
		return engine.ClassID(len(matches))
	}
}

// slot returns the number, from 1, of a slot; equal keys share one.
func (c *compiler) slotOf(key string, fill func(*engine.Facts, engine.ClassID) int64) int {
	if fill == nil {
		return 1 // a fault was reported
	}
	for i, s := range c.slots {
		if s.key == key {
			return i + 1
		}
	}
	if len(c.slots) == engine.ValuesMax {
		c.over = true
		return 1
	}
	c.slots = append(c.slots, slot{key, fill})
	return len(c.slots)
}

func (c *compiler) valuesFunc(classify func(*engine.Facts) engine.ClassID) func(*engine.Facts, *[engine.ValuesMax]int64) {
	if len(c.slots) == 0 {
		return nil
	}
	var fills []func(*engine.Facts, engine.ClassID) int64
	for _, s := range c.slots {
		fills = append(fills, s.fill)
	}
	return func(f *engine.Facts, out *[engine.ValuesMax]int64) {
		class := classify(f)
		for i, fill := range fills {
			out[i] = fill(f, class)
		}
	}
}

// node builds a group and all below it. A group without a reason of its own gives its members that of the group
// around it.
func (c *compiler) node(g *group, reason string, depth int) *engine.Node {
	if g.reason != "" {
		reason = g.reason
	}
	line := g.node.Line
	if g.order != nil {
		line = g.order.Line
	}
	n := &engine.Node{Name: g.name, Reason: reason, Line: line}
	if depth > engine.DepthMax {
		return n
	}
	for _, mb := range g.members {
		switch {
		case mb.class != nil:
			n.Members = append(n.Members, engine.Member{Class: c.id(mb.class)})
		case mb.group != nil:
			n.Members = append(n.Members, engine.Member{Group: c.node(mb.group, reason, depth+1)})
		}
	}
	n.Order = c.order(g)
	for _, p := range g.protects {
		n.Protect = append(n.Protect, c.protection(p))
	}
	return n
}

func (m *model) id(c *class) engine.ClassID { return engine.ClassID(slices.Index(m.classes, c)) }

// ids are the numbers of classes, in the order of the list.
func (m *model) ids(cs []*class) (ids []engine.ClassID) {
	for _, c := range cs {
		ids = append(ids, m.id(c))
	}
	return ids
}

func (c *compiler) order(g *group) engine.Order {
	switch g.discipline {
	case "head_start":
		return c.headStart(g)
	case "due":
		return c.due(g)
	case "strict":
		return engine.Strict{}
	case "greatest":
		return engine.Greatest{By: c.slotOf("greatest "+sheet.Str(g.attr), c.greatestOf(g))}
	case "arrival":
		return engine.Arrival{}
	}
	return c.moving(g)
}

func (c *compiler) protection(p *protection) engine.Protection {
	out := engine.Protection{Kind: p.kind, Line: p.key.Line, Except: c.ids(p.except), Every: p.every, Over: p.over, Minutes: p.minutes}
	for _, pt := range p.parts {
		out.Parts = append(out.Parts, engine.Part{Name: pt.name, Classes: c.ids(pt.classes), Percent: pt.percent})
	}
	if !p.limits() {
		return out
	}
	for _, cl := range c.classes {
		v, ok := p.limit[cl]
		if !ok {
			v = engine.None
		}
		out.Limit = append(out.Limit, v)
	}
	if p.grid != nil {
		out.By, out.ByChannel = c.slotOf(gridKey(p.grid), c.fill(p.grid)), p.by.name == "channel"
	}
	return out
}
