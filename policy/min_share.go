package policy

import (
	"fmt"
	"slices"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
	"fairline/policy/sheet"
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
	p.over = m.positive(sheet.Get(n, "over").Val, p.field+".over")
	charge := sheet.Get(n, "charge")
	if p.minutes = sheet.Str(charge.Val) == "minutes"; p.minutes {
		m.haveHandling(charge.Val, p.field+".charge", "minutes are counted at the start")
	}
	field := sheet.Child(p.field, "min_share")
	if v, ok := sheet.ParsePercent(sheet.Plain(p.val)); ok {
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
		m.Wrong("FL0240", p.key, field, fmt.Sprintf("%d%% are promised in all", sum), "", "together at most 100%")
	}
}

// readParts reads percentages by name. Nobody stands in two parts; `others` are who stands in none.
func (m *model) readParts(g *group, p *protection, field string) {
	at, others := map[*class]*yaml.Node{}, sheet.Entry{}
	for _, e := range sheet.Entries(p.val) {
		name := sheet.Child(field, e.Key.Value)
		v, ok := sheet.ParsePercent(sheet.Plain(e.Val))
		cs, inside := m.under(g, e.Key.Value)
		twice := slices.IndexFunc(cs, func(c *class) bool { return at[c] != nil })
		switch {
		case ok && v == 0:
			m.Wrong("FL0106", e.Val, name, "0% grants nothing", "", "write a number from 1 to 100, or take it out")
		case e.Key.Value == "others":
			others = e
		case cs == nil:
			m.Wrong("FL0120", e.Key, name, "no class or group is called `"+e.Key.Value+"`", "", sheet.DidYouMean(e.Key.Value, m.memberNames()))
		case !inside && !g.unread:
			m.Wrong("FL0210", e.Key, name, "`"+e.Key.Value+"` does not stand inside `"+g.name+"`, where this protection acts", "", "take it out, or move the protection")
		case twice >= 0:
			m.Report(Fault{Severity: Error, Code: "FL0210", Span: m.SpanOf(e.Key), Field: name, Message: "`" + cs[twice].name + "` stands in two parts",
				Help: "keep one of the two", Also: &Related{Span: m.SpanOf(at[cs[twice]]), Label: "the first"}})
		case ok:
			p.parts = append(p.parts, part{e.Key.Value, cs, v})
		}
		for _, c := range cs {
			at[c] = e.Key
		}
	}
	if v, ok := sheet.ParsePercent(sheet.Plain(others.Val)); ok {
		rest := slices.DeleteFunc(g.classes(), func(c *class) bool { return at[c] != nil })
		p.parts = append(p.parts, part{"others", rest, v})
	}
}
