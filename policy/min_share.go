package policy

import (
	"fmt"
	"slices"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
)

// limits reports whether the protection gives each ticket a limit.
func (p *protection) limits() bool { return p.kind != engine.Budget && p.kind != engine.MinShare }

// grantsOthers reports whether a min_share can put somebody else before tickets of the class.
func (p *protection) grantsOthers(c *class) bool {
	return slices.ContainsFunc(p.parts, func(pt part) bool {
		return slices.ContainsFunc(pt.classes, func(o *class) bool { return o != c })
	})
}

// readMinShare reads who is granted how much: each member of the group the same, or names their own.
func (m *model) readMinShare(g *group, p *protection, n *yaml.Node) {
	p.over = m.positive(get(n, "over").val, p.field+".over")
	charge := get(n, "charge")
	if p.minutes = str(charge.val) == "minutes"; p.minutes {
		m.haveHandling(charge.val, p.field+".charge", "minutes are counted at the start")
	}
	field := child(p.field, "min_share")
	if v, ok := parsePercent(plain(p.val)); ok {
		for _, mb := range g.members {
			p.parts = append(p.parts, part{mb.name, mb.classesUnder(), v})
		}
	}
	m.readParts(g, p, field)
	sum := int64(0)
	for _, pt := range p.parts {
		sum += pt.percent
	}
	if sum > 100 {
		m.wrong("FL0240", p.key, field, fmt.Sprintf("%d%% are promised in all", sum), "", "together at most 100%")
	}
}

// readParts reads percentages by name. Nobody stands in two parts; `others` are who stands in none.
func (m *model) readParts(g *group, p *protection, field string) {
	at, others := map[*class]*yaml.Node{}, entry{}
	for _, e := range entries(p.val) {
		name := child(field, e.key.Value)
		v, ok := parsePercent(plain(e.val))
		cs, inside := m.under(g, e.key.Value)
		twice := slices.IndexFunc(cs, func(c *class) bool { return at[c] != nil })
		switch {
		case ok && v == 0:
			m.wrong("FL0106", e.val, name, "0% grants nothing", "", "write a number from 1 to 100, or take it out")
		case e.key.Value == "others":
			others = e
		case cs == nil:
			m.wrong("FL0120", e.key, name, "no class or group is called `"+e.key.Value+"`", "", didYouMean(e.key.Value, m.memberNames()))
		case !inside && !g.unread:
			m.wrong("FL0210", e.key, name, "`"+e.key.Value+"` does not stand inside `"+g.name+"`, where this protection acts", "", "take it out, or move the protection")
		case twice >= 0:
			m.report(Fault{Severity: Error, Code: "FL0210", Span: m.spanOf(e.key), Field: name, Message: "`" + cs[twice].name + "` stands in two parts",
				Help: "keep one of the two", Also: &Related{m.spanOf(at[cs[twice]]), "the first"}})
		case ok:
			p.parts = append(p.parts, part{e.key.Value, cs, v})
		}
		for _, c := range cs {
			at[c] = e.key
		}
	}
	if v, ok := parsePercent(plain(others.val)); ok {
		rest := slices.DeleteFunc(g.classes(), func(c *class) bool { return at[c] != nil })
		p.parts = append(p.parts, part{"others", rest, v})
	}
}
