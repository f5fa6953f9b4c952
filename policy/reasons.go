package policy

import (
	"slices"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
	"fairline/policy/sheet"
	"fairline/policy/spelling"
)

// A passing says that under a group a ticket of one class may be served before an earlier one of another.
type passing struct {
	winner, loser *class
	under         *group
}

// lintReasons reports every class that may overtake and gives no reason, with all whom it may pass. The reason may be
// the class's own or that of a group around it.
//
// Protections are left out: what they let pass carries the protection itself as its reason.
func (m *model) lintReasons() {
	var all []passing
	reason := map[*class]bool{}
	var down func(g *group, given bool)
	down = func(g *group, given bool) {
		given = given || g.reason != ""
		all = append(all, m.passings(g)...)
		for _, mb := range g.members {
			if mb.class != nil {
				reason[mb.class] = given || mb.class.reason != ""
			}
			if mb.group != nil {
				down(mb.group, given)
			}
		}
	}
	down(m.groups[0], false)
	for i, c := range m.classes {
		if reason[c] {
			continue
		}
		var losers []string
		var under *yaml.Node
		for _, p := range all {
			if p.winner != c {
				continue
			}
			name := p.loser.name
			if p.loser == c && !slices.Contains(losers, "others of "+name) {
				losers = append(losers, "others of "+name)
			} else if p.loser != c && !slices.Contains(losers, name) {
				losers = append(losers, name)
			}
			if under == nil && p.under.key != nil {
				under = p.under.key
			}
		}
		if len(losers) == 0 {
			continue
		}
		f := Fault{Severity: Error, Code: "FL0201", Span: m.SpanOf(c.node), Field: sheet.Element("classes", i), Message: "class lets tickets overtake but gives no reason",
			Label: "may pass " + spelling.List(losers), Help: "add `reason: ...` here or to its group; it is written into the ledger and read by the people who were overtaken"}
		if under != nil {
			f.Also = &Related{Span: m.SpanOf(under), Label: "by this order"}
		}
		m.Report(f)
	}
}

// passings are the pairs of classes of which one may pass the other by the order of the group itself.
func (m *model) passings(g *group) []passing {
	var all []passing
	pair := func(a, b member) {
		for _, w := range a.classesUnder() {
			for _, l := range b.classesUnder() {
				all = append(all, passing{w, l, g})
			}
		}
	}
	for i, a := range g.members {
		for j, b := range g.members {
			if m.mayPass(g, i, a, j, b) {
				pair(a, b)
			}
		}
	}
	return all
}

// mayPass reports whether a ticket shown by member a of the group may be served before an earlier one of member b.
func (m *model) mayPass(g *group, i int, a member, j int, b member) bool {
	switch {
	case g.unread:
		return false
	case g.discipline == "strict":
		return i < j
	case g.discipline == "greatest":
		return true
	case slices.Contains(movingDisciplines, g.discipline):
		return m.mayPassMoving(g, i, a, j, b)
	case g.discipline == "head_start" && g.by == nil:
		x, _ := spanNumber(a.val)
		y, _ := spanNumber(b.val)
		return x > y
	case g.grid != nil:
		return m.passesByValue(g, a, b)
	case g.discipline == "due":
		return sheet.Str(a.val) == "own" || sheet.Str(b.val) == "own" || dueOf(a) < dueOf(b)
	}
	return false
}

// dueOf is what a member of a `due` goes by: its duration, or as `target` its class's.
func dueOf(mb member) engine.Duration {
	if sheet.Str(mb.val) == "target" && mb.class != nil {
		return mb.class.target.Within
	}
	v, _ := spanNumber(mb.val)
	return engine.Duration(v)
}

// passesByValue compares what the two members' tickets can go by.
func (m *model) passesByValue(g *group, a, b member) bool {
	lo, _ := m.valueRange(g, a)
	_, hi := m.valueRange(g, b)
	if g.discipline == "head_start" { // more is sooner
		_, most := m.valueRange(g, a)
		least, _ := m.valueRange(g, b)
		return most > least
	}
	return lo < hi || sheet.Str(a.val) == "own" || sheet.Str(b.val) == "own"
}

// valueRange is the least and the greatest number that tickets of the member can have in the group's grid.
func (m *model) valueRange(g *group, mb member) (lo, hi int64) {
	lo, hi = engine.None, 0
	add := func(v int64) { lo, hi = min(lo, v), max(hi, v) }
	for _, c := range mb.classesUnder() {
		if v, ok := g.grid.own[c]; ok {
			add(v)
			continue
		}
		for _, value := range g.grid.by.values {
			if !m.mayHave(c, g.grid.by.name, value) {
				continue
			}
			if v, ok := g.grid.cells[value]; ok {
				add(v)
			} else {
				add(g.grid.rest)
			}
		}
	}
	return lo, hi
}

// mayHave reports whether a ticket of the class can have the value, as far as enumeration can tell: yes when in doubt.
func (m *model) mayHave(c *class, field, value string) bool {
	if field != "channel" || !m.rulesRead() || m.reach().fields == nil || !m.reach().decided {
		return true
	}
	id := slices.Index(m.channelNames(), value)
	return slices.ContainsFunc(m.reach().tickets(c), func(f engine.Facts) bool { return int(f.Channel) == id })
}
