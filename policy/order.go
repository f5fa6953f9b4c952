package policy

import (
	"slices"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
	"fairline/policy/sheet"
	"fairline/policy/spelling"
)

// disciplines are the keys of `order` that rank; the others say how.
var disciplines = []string{"arrival", "head_start", "due", "strict", "accumulate", "cost", "share", "waiting_mix", "draw", "last_in", "greatest"}

// readGroups reads the line's own order and the groups.
func (m *model) readGroups() {
	m.groups = []*group{m.readGroup("line", m.lineNode(), m.root, "")}
	for _, e := range sheet.Entries(sheet.Get(m.root, "groups").Val) {
		field := "groups." + e.Key.Value
		m.oneName(e.Key.Value, e.Key, field)
		if len(m.groups) < GroupsMax {
			m.groups = append(m.groups, m.readGroup(e.Key.Value, e.Key, e.Val, field))
		}
	}
}

func (m *model) lineNode() *yaml.Node {
	for _, name := range []string{"order", "policy"} {
		if e := sheet.Get(m.root, name); e.Key != nil {
			return e.Key
		}
	}
	return m.root
}

func (m *model) readGroup(name string, node, body *yaml.Node, field string) *group {
	g := &group{name: name, node: node, field: field, discipline: "arrival", reason: sheet.Str(sheet.Get(body, "reason").Val)}
	of := sheet.Get(body, "of")
	for _, n := range sheet.Items(of.Val) {
		g.refs = append(g.refs, ref{name: sheet.Str(n), node: n})
	}
	g.named = of.Key != nil
	if e := sheet.Get(body, "order"); e.Val != nil && !sheet.IsNull(e.Val) {
		g.order = e.Val
		m.readOrder(g, e.Val, of.Key)
	}
	return g
}

// readOrder takes the one discipline of an `order`.
func (m *model) readOrder(g *group, n, of *yaml.Node) {
	var found []sheet.Entry
	for _, e := range sheet.Entries(n) {
		if slices.Contains(disciplines, e.Key.Value) {
			found = append(found, e)
		}
	}
	field := sheet.Child(g.field, "order")
	switch {
	case slices.Contains(nameless, sheet.Str(n)):
		g.key, g.discipline = n, n.Value
		return
	case n.Kind != yaml.MappingNode:
		return
	case len(found) == 0:
		g.unread = true
		if slices.ContainsFunc(sheet.Entries(n), func(e sheet.Entry) bool { return !orderShape.Alts[1].Knows(e.Key.Value) }) {
			return // the fault about the unknown key says it
		}
		m.Wrong("FL0102", n, field, "an order has one discipline", "", "write one of "+spelling.List(disciplines)+": order: {strict: [urgent, others]}")
		return
	case len(found) > 1:
		m.Report(Fault{Severity: Error, Code: "FL0104", Span: m.SpanOf(found[1].Key), Field: field, Message: "an order has one discipline, here is a second",
			Help: "give the second to a group", Also: &Related{Span: m.SpanOf(found[0].Key), Label: "first here"}})
	}
	e := found[0]
	g.key, g.discipline = e.Key, e.Key.Value
	by := sheet.Get(n, "by")
	switch {
	case g.discipline == "greatest":
		g.attr = e.Val
	case g.discipline == "share":
		m.readShare(g, n, of)
	case by.Key != nil && (g.discipline == "due" || g.discipline == "head_start"):
		g.by = m.readBy(by.Val, field+".by")
		g.values = sheet.Entries(e.Val)
	default:
		m.readMembers(g, e.Val, of)
	}
}

// readMembers takes the names that a discipline gives its members.
func (m *model) readMembers(g *group, n, of *yaml.Node) {
	var refs []ref
	for _, e := range sheet.Entries(n) {
		refs = append(refs, ref{e.Key.Value, e.Key, e.Val})
	}
	for _, c := range sheet.Items(n) {
		refs = append(refs, ref{sheet.Str(c), c, nil})
	}
	if slices.Contains(nameless, g.discipline) && sheet.IsText(n) {
		refs = append(refs, ref{n.Value, n, nil})
	}
	if len(refs) == 0 {
		if n.Kind == yaml.SequenceNode || n.Kind == yaml.MappingNode {
			m.Wrong("FL0210", n, sheet.Child(g.field, "order"), "nobody stands in this order", "", "name the classes or groups")
		}
		return
	}
	if g.named {
		m.Wrong("FL0104", of, sheet.Child(g.field, "of"), "`of` and the order both name the members", "", "take `of` out")
	}
	g.refs, g.named = refs, true
}

// resolve gives every class its place. Names that nothing has, names with two places and groups that nobody named
// are faults.
func (m *model) resolve() {
	p := places{m: m, class: map[*class]*yaml.Node{}, group: map[*group]*yaml.Node{}, spoilt: map[string]bool{}}
	for _, g := range m.groups {
		for _, r := range g.refs {
			if mb, ok := p.place(g, r); ok {
				g.members = append(g.members, mb)
			}
		}
	}
	p.unused()
	p.others()
}

// places notes where each class and group stands in the order.
type places struct {
	m      *model
	class  map[*class]*yaml.Node
	group  map[*group]*yaml.Node
	rest   *group // the group that takes the classes that are not named
	restAt *yaml.Node
	spoilt map[string]bool // names that a misspelt name probably meant
}

func (p *places) place(g *group, r ref) (member, bool) {
	m, field := p.m, sheet.Child(g.field, "order")
	if r.name == "" {
		return member{}, false
	}
	if r.name == "others" {
		if p.restAt != nil {
			p.twice("others", r.node, p.restAt, field)
			return member{}, false
		}
		p.rest, p.restAt = g, r.node
		return member{ref: r}, true
	}
	if c := m.class(r.name); c != nil {
		if at := p.class[c]; at != nil {
			p.twice(r.name, r.node, at, field)
			return member{}, false
		}
		p.class[c] = r.node
		return member{ref: r, class: c}, true
	}
	sub := m.group(r.name)
	if sub == nil {
		help := sheet.DidYouMean(r.name, m.memberNames())
		for _, name := range m.memberNames() {
			p.spoilt[name] = p.spoilt[name] || help == "did you mean `"+name+"`?"
		}
		m.Wrong("FL0120", r.node, field, "no class or group is called `"+r.name+"`", "", help)
		return member{}, false
	}
	if at := p.group[sub]; at != nil {
		p.twice(r.name, r.node, at, field)
		return member{}, false
	}
	for up := g; up != nil; up = up.parent {
		if up == sub {
			m.Wrong("FL0210", r.node, field, "`"+r.name+"` stands inside itself", "", "a group cannot be a member of its own members")
			return member{}, false
		}
	}
	p.group[sub], sub.parent = r.node, g
	return member{ref: r, group: sub}, true
}

func (p *places) twice(name string, n, first *yaml.Node, field string) {
	p.m.Report(Fault{Severity: Error, Code: "FL0210", Span: p.m.SpanOf(n), Field: field, Message: "`" + name + "` has two places in the order",
		Help: "keep one of the two", Also: &Related{Span: p.m.SpanOf(first), Label: "its first place"}})
}

func (p *places) unused() {
	for _, g := range p.m.groups[1:] {
		if p.group[g] == nil && !p.spoilt[g.name] {
			p.m.Wrong("FL0210", g.node, g.field, "group `"+g.name+"` has no place in the order", "", "name it in `order`, or take it out")
		}
	}
}

// others puts the classes that are not named where they belong: under `others`, else into the group whose order names
// no members, else as 0s into a head_start.
func (p *places) others() {
	m := p.m
	var rest []*class
	for _, c := range m.classes {
		if p.class[c] == nil && c.name != "" {
			rest = append(rest, c)
		}
	}
	nameless := slices.DeleteFunc(slices.Clone(m.groups), func(g *group) bool { return g.named })
	credits := slices.DeleteFunc(slices.Clone(m.groups), func(g *group) bool { return g.discipline != "head_start" || !g.named || g.by != nil })
	switch {
	case p.rest != nil:
		p.underOthers(rest)
		rest = nil
	case len(nameless) > 0:
		nameless[0].members = direct(rest)
		rest, nameless = nil, nameless[1:]
	case len(credits) > 0 && len(rest) > 0:
		credits[0].members = append(credits[0].members, direct(rest)...)
		rest = nil
	}
	for _, c := range rest {
		if !p.spoilt[c.name] && !p.spoilt["others"] {
			m.Wrong("FL0210", c.node, "classes", "class `"+c.name+"` has no place in the order", "it would never be served", "name it in `order`, or write `others` there")
		}
	}
	for _, g := range nameless {
		if g.members == nil {
			m.Wrong("FL0210", g.node, sheet.Child(g.field, "of"), "`"+g.name+"` has no members: all classes stand elsewhere", "", "write `of: [...]`")
		}
	}
	for _, g := range m.groups {
		if len(g.members) == 0 && g.named && len(g.refs) == 0 && len(m.classes) > 0 {
			m.Wrong("FL0210", g.node, sheet.Child(g.field, "of"), "`"+g.name+"` has no members", "", "name the classes or groups")
		}
	}
}

func direct(cs []*class) []member {
	var ms []member
	for _, c := range cs {
		ms = append(ms, member{ref: ref{name: c.name, node: c.node}, class: c})
	}
	return ms
}

// underOthers puts the classes that are not named behind `others`: one as itself, more as a group by arrival.
func (p *places) underOthers(rest []*class) {
	for i, mb := range p.rest.members {
		if mb.name != "others" || mb.class != nil || mb.group != nil {
			continue
		}
		switch len(rest) {
		case 0:
			p.m.Warn("FL0210", mb.node, sheet.Child(p.rest.field, "order"), "`others` stands for nobody: every class is named", "", "take it out")
			p.rest.members = slices.Delete(slices.Clone(p.rest.members), i, i+1)
		case 1:
			p.rest.members[i].class = rest[0]
		default:
			p.rest.members[i].group = &group{name: "others", node: mb.node, discipline: "arrival", named: true, parent: p.rest,
				members: direct(rest), field: sheet.Child(p.rest.field, "order")}
		}
		return
	}
}

// limits checks the size of the tree, and how many protections count, and shares are charged, above one class.
func (m *model) limits() {
	nodes := 0
	var down func(g *group, depth, counters, shares int)
	down = func(g *group, depth, counters, shares int) {
		nodes++
		if g.discipline == "share" && g.key != nil {
			if shares++; shares == engine.SharesMax+1 {
				m.Wrong("FL0106", g.key, sheet.Child(g.field, "order"), "more than 4 `share` above one class", "", "leave one out: what a class gets is charged in each of them")
			}
		}
		for _, p := range g.protects {
			if !p.counts() {
				continue
			}
			if counters++; counters == engine.CountersMax+1 {
				m.Wrong("FL0106", p.key, p.field, "more than 4 `overtaken_at_most` and `passed_by_capacity_at_most` count above one class", "", "leave one out: those of a group and of all groups around it count together")
			}
		}
		if depth == engine.DepthMax {
			m.Wrong("FL0106", g.node, g.field, "groups nest too deep: at most 16 from the line to a class", "", "")
			return
		}
		for _, mb := range g.members {
			if mb.group != nil {
				down(mb.group, depth+1, counters, shares)
			}
		}
	}
	down(m.groups[0], 1, 0, 0)
	if nodes > engine.NodesMax {
		m.Wrong("FL0106", m.groups[0].node, "groups", "too many groups in the order: at most 256", "", "")
	}
}
