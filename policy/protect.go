package policy

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
	"fairline/policy/sheet"
	"fairline/policy/spelling"
)

var protections = map[string]engine.ProtectionKind{
	"overtaken_at_most": engine.OvertakenAtMost, "overtaken_only_within": engine.OvertakenOnlyWithin, "first_after": engine.FirstAfter,
	"passed_by_capacity_at_most": engine.PassedByCapacityAtMost, "budget": engine.Budget, "min_share": engine.MinShare,
}

// readProtections reads the `protect` of every group; the order must be resolved.
func (m *model) readProtections() {
	for i, g := range m.groups {
		body := m.root
		if i > 0 {
			body = sheet.Get(sheet.Get(m.root, "groups").Val, g.name).Val
		}
		for j, n := range sheet.Items(sheet.Get(body, "protect").Val) {
			if p := m.readProtection(g, n, sheet.Element(sheet.Child(g.field, "protect"), j)); p != nil {
				g.protects = append(g.protects, p)
			}
		}
	}
}

func (m *model) readProtection(g *group, n *yaml.Node, field string) *protection {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	var first, second *sheet.Entry
	for _, e := range sheet.Entries(n) {
		if protections[e.Key.Value] == 0 {
			continue
		}
		if first == nil {
			first = &e
		} else if second == nil {
			second = &e
		}
	}
	switch {
	case first == nil && slices.ContainsFunc(sheet.Entries(n), func(e sheet.Entry) bool { return !protectShape.Elem.Knows(e.Key.Value) }):
		return nil // the fault about the unknown key says it
	case first == nil:
		m.Wrong("FL0102", n, field, "an entry of `protect` has one protection", "", "write one of "+spelling.List(slices.Sorted(maps.Keys(protections))))
		return nil
	case second != nil:
		m.Report(Fault{Severity: Error, Code: "FL0250", Span: m.SpanOf(second.Key), Field: field, Message: "two protections in one entry: which is asked first?",
			Help: "make it an entry of its own: the list is asked from above", Also: &Related{Span: m.SpanOf(first.Key), Label: "the first"}})
	}
	p := &protection{kind: protections[first.Key.Value], key: first.Key, val: first.Val, field: field, limit: map[*class]int64{}}
	p.except, p.said = m.readExcept(g, sheet.Get(n, "except"), field+".except")
	by := sheet.Get(n, "by")
	switch {
	case p.kind == engine.Budget:
		p.every, _ = parseOneIn(sheet.Plain(p.val))
	case p.kind == engine.MinShare:
		m.readMinShare(g, p, n)
	case by.Key != nil:
		m.limitsBy(p, by, field)
	default:
		m.limitsOf(g, p, field)
	}
	return p
}

func (m *model) readExcept(g *group, e sheet.Entry, field string) ([]*class, bool) {
	var cs []*class
	for i, n := range sheet.Items(e.Val) {
		switch at, inside := m.under(g, sheet.Str(n)); {
		case sheet.Str(n) == "":
		case at == nil:
			m.Wrong("FL0120", n, sheet.Element(field, i), "no class or group is called `"+n.Value+"`", "", sheet.DidYouMean(n.Value, m.memberNames()))
		case !inside:
			m.Wrong("FL0210", n, sheet.Element(field, i), "`"+n.Value+"` does not stand inside `"+g.name+"`, where this protection acts", "", "take it out")
		default:
			cs = append(cs, at...)
		}
	}
	return cs, e.Key != nil
}

// under returns the classes of a name, and whether they stand in the group. Nil when nothing has the name.
func (m *model) under(g *group, name string) (cs []*class, inside bool) {
	if c := m.class(name); c != nil {
		cs = []*class{c}
	} else if sub := m.group(name); sub != nil {
		if cs = sub.classes(); cs == nil {
			cs = []*class{}
		}
	} else {
		return nil, false
	}
	all := g.classes()
	for _, c := range cs {
		if !slices.Contains(all, c) {
			return cs, false
		}
	}
	return cs, true
}

// counts reports whether the limit is a number of times.
func (p *protection) counts() bool {
	return p.kind == engine.OvertakenAtMost || p.kind == engine.PassedByCapacityAtMost
}

// number reads a limit: a count, or a duration in nanoseconds.
func (p *protection) number(n *yaml.Node) (int64, bool) {
	if n == nil || n.Kind != yaml.ScalarNode {
		return 0, false
	}
	if p.counts() {
		v, ok := sheet.ParseWhole(n.Value)
		return v, ok && v >= 0
	}
	d, _, ok := sheet.ParseDuration(n.Value)
	return int64(d), ok
}

func (m *model) limitsBy(p *protection, by sheet.Entry, field string) {
	b := m.readBy(by.Val, field+".by")
	name := sheet.Child(field, p.key.Value)
	if p.val.Kind != yaml.MappingNode {
		if p.val.Kind == yaml.ScalarNode && !sheet.IsNull(p.val) {
			m.Wrong("FL0104", by.Key, field+".by", "`by` needs a value for each name", "", "write {"+p.key.Value+": {phone: ...}, by: channel}, or take `by` out")
		}
		return
	}
	m.negatives(p, name)
	if b == nil {
		return
	}
	p.by = b
	p.grid = m.byValues(b, sheet.Entries(p.val), false, engine.None, name, p.number)
}

func (m *model) negatives(p *protection, field string) {
	nodes := []*yaml.Node{p.val}
	for _, e := range sheet.Entries(p.val) {
		nodes = append(nodes, e.Val)
	}
	for _, n := range nodes {
		if v, ok := sheet.ParseWhole(n.Value); ok && p.counts() && (v < 0 || v > math.MaxInt32) {
			m.Wrong("FL0106", n, field, fmt.Sprintf("%d is out of range", v), "", "write a number from 0 to 2147483647")
		}
	}
}

// limitsOf works out the limit of each class inside the group. A class by its own name wins over its group, an inner
// group over an outer one, and all of them over `others`.
func (m *model) limitsOf(g *group, p *protection, field string) {
	name := sheet.Child(field, p.key.Value)
	m.negatives(p, name)
	all := g.classes()
	if v, ok := p.number(p.val); ok {
		for _, c := range all {
			p.limit[c] = v
		}
		return
	}
	depth := map[*class]int{}
	for _, e := range sheet.Entries(p.val) {
		v, ok := p.number(e.Val)
		if e.Key.Value == "others" {
			for _, c := range all {
				if ok && depth[c] == 0 {
					p.limit[c] = v
				}
			}
			continue
		}
		cs, inside := m.under(g, e.Key.Value)
		switch {
		case cs == nil:
			m.Wrong("FL0120", e.Key, sheet.Child(name, e.Key.Value), "no class or group is called `"+e.Key.Value+"`", "", sheet.DidYouMean(e.Key.Value, m.memberNames()))
		case !inside && !g.unread:
			m.Wrong("FL0210", e.Key, sheet.Child(name, e.Key.Value), "`"+e.Key.Value+"` does not stand inside `"+g.name+"`, where this protection acts", "", "take it out, or move the protection")
		}
		d := m.depth(e.Key.Value)
		for _, c := range cs {
			if ok && d > depth[c] {
				p.limit[c], depth[c] = v, d
			}
		}
	}
}

// depth of a name: a class is deeper than all groups, a group deeper than those around it.
func (m *model) depth(name string) int {
	if m.class(name) != nil {
		return engine.NodesMax + 1
	}
	d := 1
	for g := m.group(name); g != nil && d < engine.NodesMax; g = g.parent {
		d++
	}
	return d
}
