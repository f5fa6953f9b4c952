package policy

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
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
			body = get(get(m.root, "groups").val, g.name).val
		}
		for j, n := range items(get(body, "protect").val) {
			if p := m.readProtection(g, n, element(child(g.field, "protect"), j)); p != nil {
				g.protects = append(g.protects, p)
			}
		}
	}
}

func (m *model) readProtection(g *group, n *yaml.Node, field string) *protection {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	var first, second *entry
	for _, e := range entries(n) {
		if protections[e.key.Value] == 0 {
			continue
		}
		if first == nil {
			first = &e
		} else if second == nil {
			second = &e
		}
	}
	switch {
	case first == nil && slices.ContainsFunc(entries(n), func(e entry) bool { return !knownKey(protectShape.elem, e.key.Value) }):
		return nil // the fault about the unknown key says it
	case first == nil:
		m.wrong("FL0102", n, field, "an entry of `protect` has one protection", "", "write one of "+listOf(slices.Sorted(maps.Keys(protections))))
		return nil
	case second != nil:
		m.report(Fault{Severity: Error, Code: "FL0250", Span: m.spanOf(second.key), Field: field, Message: "two protections in one entry: which is asked first?",
			Help: "make it an entry of its own: the list is asked from above", Also: &Related{m.spanOf(first.key), "the first"}})
	}
	p := &protection{kind: protections[first.key.Value], key: first.key, val: first.val, field: field, limit: map[*class]int64{}}
	p.except, p.said = m.readExcept(g, get(n, "except"), field+".except")
	by := get(n, "by")
	switch {
	case p.kind == engine.Budget:
		p.every, _ = parseOneIn(plain(p.val))
	case p.kind == engine.MinShare:
		m.readMinShare(g, p, n)
	case by.key != nil:
		m.limitsBy(p, by, field)
	default:
		m.limitsOf(g, p, field)
	}
	return p
}

func (m *model) readExcept(g *group, e entry, field string) ([]*class, bool) {
	var cs []*class
	for i, n := range items(e.val) {
		switch at, inside := m.under(g, str(n)); {
		case str(n) == "":
		case at == nil:
			m.wrong("FL0120", n, element(field, i), "no class or group is called `"+n.Value+"`", "", didYouMean(n.Value, m.memberNames()))
		case !inside:
			m.wrong("FL0210", n, element(field, i), "`"+n.Value+"` does not stand inside `"+g.name+"`, where this protection acts", "", "take it out")
		default:
			cs = append(cs, at...)
		}
	}
	return cs, e.key != nil
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
		v, ok := parseWhole(n.Value)
		return v, ok && v >= 0
	}
	d, _, ok := parseSpan(n.Value)
	return int64(d), ok
}

func (m *model) limitsBy(p *protection, by entry, field string) {
	b := m.readBy(by.val, field+".by")
	name := child(field, p.key.Value)
	if p.val.Kind != yaml.MappingNode {
		if p.val.Kind == yaml.ScalarNode && !isNull(p.val) {
			m.wrong("FL0104", by.key, field+".by", "`by` needs a value for each name", "", "write {"+p.key.Value+": {phone: ...}, by: channel}, or take `by` out")
		}
		return
	}
	m.negatives(p, name)
	if b == nil {
		return
	}
	p.by = b
	p.grid = m.byValues(b, entries(p.val), false, engine.None, name, p.number)
}

func (m *model) negatives(p *protection, field string) {
	nodes := []*yaml.Node{p.val}
	for _, e := range entries(p.val) {
		nodes = append(nodes, e.val)
	}
	for _, n := range nodes {
		if v, ok := parseWhole(n.Value); ok && p.counts() && (v < 0 || v > math.MaxInt32) {
			m.wrong("FL0106", n, field, fmt.Sprintf("%d is out of range", v), "", "write a number from 0 to 2147483647")
		}
	}
}

// limitsOf works out the limit of each class inside the group. A class by its own name wins over its group, an inner
// group over an outer one, and all of them over `others`.
func (m *model) limitsOf(g *group, p *protection, field string) {
	name := child(field, p.key.Value)
	m.negatives(p, name)
	all := g.classes()
	if v, ok := p.number(p.val); ok {
		for _, c := range all {
			p.limit[c] = v
		}
		return
	}
	depth := map[*class]int{}
	for _, e := range entries(p.val) {
		v, ok := p.number(e.val)
		if e.key.Value == "others" {
			for _, c := range all {
				if ok && depth[c] == 0 {
					p.limit[c] = v
				}
			}
			continue
		}
		cs, inside := m.under(g, e.key.Value)
		switch {
		case cs == nil:
			m.wrong("FL0120", e.key, child(name, e.key.Value), "no class or group is called `"+e.key.Value+"`", "", didYouMean(e.key.Value, m.memberNames()))
		case !inside && !g.unread:
			m.wrong("FL0210", e.key, child(name, e.key.Value), "`"+e.key.Value+"` does not stand inside `"+g.name+"`, where this protection acts", "", "take it out, or move the protection")
		}
		d := m.depth(e.key.Value)
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
