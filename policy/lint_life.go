package policy

import (
	"fmt"
	"slices"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
	"fairline/policy/sheet"
)

// lintRelax reports where `relax` takes from a class of danger what it asks for.
func (m *model) lintRelax() {
	for _, a := range m.asks {
		for _, first := range m.strictlyFirst() {
			if len(a.steps) < 2 || !a.asksOf(first.class) || m.keeps(a, first.class) {
				continue
			}
			last := a.steps[len(a.steps)-1]
			f := Fault{Severity: Note, Code: "FL0230", Span: m.SpanOf(last.node), Field: a.field + ".relax",
				Message: "`relax` lowers the level of `" + a.need + "` for class `" + first.name + "`, which is strictly first",
				Help:    "if `" + first.name + "` must have it, write an entry without `relax` for its `classes`", Also: &Related{Span: m.SpanOf(first.node), Label: "strictly first"}}
			if last.level == 0 {
				f.Severity, f.Message = Warning, "`relax` takes `"+a.need+"` from class `"+first.name+"`, which is strictly first"
			}
			m.Report(f)
		}
	}
}

// keeps reports whether another entry asks the same of the class and never relaxes it.
func (m *model) keeps(a *asked, c *class) bool {
	return slices.ContainsFunc(m.asks, func(o *asked) bool {
		return o.need == a.need && o.from == a.from && len(o.steps) == 1 && o.steps[0].level >= a.steps[0].level && o.asksOf(c)
	})
}

// lintOffers reports where an agent may look at an offer for longer than the ticket has by its target.
func (m *model) lintOffers() {
	longer := func(n *yaml.Node, field, what string, offer engine.Duration, t Target) {
		m.Warn("FL0231", n, field, fmt.Sprintf("%s has the target %s, and an agent may look at an offer for %s", what, sheet.ShowDuration(t.Within), sheet.ShowDuration(offer)), "",
			"an offer that nobody answers misses the target: make `offer` shorter")
	}
	for _, ch := range m.channels {
		if e := sheet.Get(sheet.Get(sheet.Get(m.root, "channels").Val, ch.name).Val, "target"); e.Val != nil && ch.target.Within > 0 && ch.offer > ch.target.Within {
			longer(e.Val, "channels."+ch.name+".target", "channel `"+ch.name+"`", ch.offer, ch.target)
		}
	}
	for i, n := range sheet.Items(sheet.Get(m.root, "classes").Val) {
		if i >= len(m.classes) || len(m.channels) == 0 || n.Kind != yaml.MappingNode || m.classes[i].target.Within == 0 {
			continue
		}
		c, least := m.classes[i], engine.Duration(engine.None)
		for _, ch := range m.channels {
			if m.mayHave(c, "channel", ch.name) {
				least = min(least, ch.offer)
			}
		}
		if least > c.target.Within && least != engine.None {
			longer(sheet.Get(n, "target").Val, sheet.Element("classes", i)+".target", "class `"+c.name+"`", least, c.target)
		}
	}
}

// lintNext reports a class whose tickets beyond the limit count as a class that is strictly before it.
func (m *model) lintNext() {
	next := m.nextFunc()
	if next == nil || !m.rulesRead() || m.reach().fields == nil {
		return
	}
	for i, c := range m.classes {
		if c.beyond != engine.NextClass {
			continue
		}
		for _, f := range m.reach().tickets(c) {
			to := m.classes[next(&f, engine.ClassID(i))]
			if g := m.strictlyBefore(to, c); g != nil {
				m.Report(Fault{Severity: Warning, Code: "FL0225", Span: m.SpanOf(c.node), Field: sheet.Element("classes", i) + ".beyond",
					Message: "over its limit a ticket of `" + c.name + "` counts as `" + to.name + "`, which goes before it",
					Help:    "the next class is the next in the list whose `when` is true: put `" + to.name + "` above `" + c.name + "`", Also: &Related{Span: m.SpanOf(g.key), Label: "by this order"}})
				break
			}
		}
	}
}

// strictlyBefore returns the strict order in which a stands above b, nil when there is none.
func (m *model) strictlyBefore(a, b *class) *group {
	for _, g := range m.tree() {
		place := func(c *class) int {
			return slices.IndexFunc(g.members, func(mb member) bool { return slices.Contains(mb.classesUnder(), c) })
		}
		if i, j := place(a), place(b); g.discipline == "strict" && i >= 0 && j >= 0 && i < j {
			return g
		}
	}
	return nil
}

// lintFirstAfter reports a wait that ends the order before the order's own target does: in the group of the protection,
// and in every group below it.
func (m *model) lintFirstAfter(g *group, p *protection) {
	if p.kind != engine.FirstAfter {
		return
	}
	said := map[string]bool{}
	warn := func(who string, limit, target int64) {
		if limit <= 0 || limit >= target || said[who] {
			return
		}
		said[who] = true
		m.Warn("FL0221", p.key, p.field, fmt.Sprintf("%s goes before the order after %s, and its target there is %s", who, sheet.ShowDuration(engine.Duration(limit)), sheet.ShowDuration(engine.Duration(target))), "",
			"from that wait on every such ticket goes before those with shorter targets: make it longer than the target")
	}
	for _, d := range m.tree() {
		if d.discipline != "due" || !d.inside(g) {
			continue
		}
		if d.by != nil && d.grid != nil && p.grid != nil && d.by.name == p.by.name {
			for _, v := range d.by.values {
				if limit, ok := p.grid.cells[v]; ok {
					warn("`"+v+"`", limit, d.grid.cells[v])
				}
			}
			continue
		}
		m.firstAfterByClass(d, p, warn)
	}
}

// inside reports whether the group is the other or below it.
func (g *group) inside(other *group) bool {
	for up := g; up != nil; up = up.parent {
		if up == other {
			return true
		}
	}
	return false
}

func (m *model) firstAfterByClass(d *group, p *protection, warn func(who string, limit, target int64)) {
	for _, mb := range d.members {
		for _, c := range mb.classesUnder() {
			if slices.Contains(p.except, c) {
				continue
			}
			for _, ch := range m.channels {
				target, byChannel := d.targetOf(mb, c, ch)
				limit, has := p.limit[c]
				if p.grid != nil && p.by.name == "channel" {
					limit, has = p.grid.cells[ch.name]
					byChannel = true
				}
				if !has || !m.mayHave(c, "channel", ch.name) {
					continue
				}
				who := "`" + c.name + "`"
				if byChannel {
					who += " on " + ch.name
				}
				warn(who, limit, target)
			}
		}
	}
}

// targetOf is what a ticket of a class and channel goes by in a `due`, 0 where that is not known; byChannel says that
// the channel decides.
func (g *group) targetOf(mb member, c *class, ch *channel) (target int64, byChannel bool) {
	switch {
	case g.by != nil && g.by.name == "channel" && g.grid != nil:
		if v, ok := g.grid.cells[ch.name]; ok {
			return v, true
		}
		return g.grid.rest, true
	case g.by != nil:
		return 0, false
	case sheet.Str(mb.val) == "target" && c.target.Within == 0:
		return int64(ch.target.Within), true
	case sheet.Str(mb.val) == "target":
		return int64(c.target.Within), false
	}
	v, _ := spanNumber(mb.val)
	return v, false
}
