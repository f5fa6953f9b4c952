package policy

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"fairline/policy/sheet"
)

// lintWeighed checks what an order counts with beside the numbers of its members.
func (m *model) lintWeighed(g *group) {
	if g.key == nil {
		return
	}
	field := sheet.Child(g.field, "order")
	switch g.discipline {
	case "share":
		if e := sheet.Get(g.order, "charge"); sheet.Str(e.Val) == "minutes" {
			m.haveHandling(e.Val, field+".charge", "minutes are charged at the start")
		}
	case "cost":
		m.haveHandling(g.key, field+".cost", "a cost is weighed against the minutes of work")
		m.lintCosts(g, field)
	case "waiting_mix":
		m.lintMix(g, field+".waiting_mix")
	}
}

// haveHandling reports a channel without expected work.
func (m *model) haveHandling(n *yaml.Node, field, why string) {
	for _, ch := range m.channels {
		if ch.work == 0 {
			m.Report(Fault{Severity: Error, Code: "FL0240", Span: m.SpanOf(n), Field: field, Message: why + ", and channel `" + ch.name + "` does not say how many",
				Help: "write `handling: 5m` there", Also: &Related{Span: m.SpanOf(ch.node), Label: "no `handling` here"}})
			return
		}
	}
}

// lintCosts reports a cost of a wait where `of` says queue, and the other way round.
func (m *model) lintCosts(g *group, field string) {
	of := sheet.Get(g.order, "of")
	if s := sheet.Str(of.Val); s != "wait" && s != "queue" {
		return
	}
	for _, r := range g.refs {
		if p, ok := parsePrice(sheet.Plain(r.val)); ok && p.of != of.Val.Value {
			m.Report(Fault{Severity: Error, Code: "FL0104", Span: m.SpanOf(r.val), Field: sheet.Child(field+".cost", r.name), Message: "this is the cost of a " + p.of + ", and `of` says `" + of.Val.Value + "`",
				Help: "say the same in both", Also: &Related{Span: m.SpanOf(of.Val), Label: "of the " + of.Val.Value}})
		}
	}
}

// lintMix adds the percentages up, and says which way they work.
func (m *model) lintMix(g *group, field string) {
	sum, read := int64(0), len(g.refs) > 0
	for _, r := range g.refs {
		v, ok := sheet.ParsePercent(sheet.Plain(r.val))
		read = read && ok
		sum += v
	}
	if read && sum != 100 {
		m.Wrong("FL0240", g.key, field, fmt.Sprintf("the percentages sum to %d%%", sum), "", "make them 100% together")
	}
	m.Report(Fault{Severity: Note, Code: "FL0241", Span: m.SpanOf(g.key), Field: field, Message: "more percent is a longer queue: `waiting_mix` shares the waiting, not the service",
		Help: "to give somebody more of the service, take `share`"})
}

// baselines are orders to compare with, and why they are not for customers.
var baselines = map[string]string{
	"greatest": "`greatest` serves whoever is loudest",
	"draw":     "`draw` serves whoever is lucky",
	"last_in":  "`last_in` lets those who have waited longest wait on",
}

func (m *model) lintBaseline(g *group) {
	what, n, is := baselines[g.discipline], g.key, g.discipline
	if at := sheet.Get(g.order, "at"); g.discipline == "share" && sheet.Str(at.Val) == "arrival" {
		what, n, is = "`at: arrival` gives turns away that nobody takes", at.Key, "at"
	}
	if what == "" || n == nil || strings.Contains(strings.ToLower(m.description), "baseline") {
		return
	}
	m.Warn("FL0229", n, sheet.Child(g.field, "order."+is), what+": a baseline for research, not an order for customers", "",
		"take another discipline, or say \"baseline\" in `description`")
}

// lintTogether reports members of a `share` whose tickets ask for different skills: their weights hold only among agents
// who have the skills of all.
func (m *model) lintTogether(g *group) {
	if g.discipline != "share" || g.key == nil {
		return
	}
	for _, a := range m.asks {
		with, without := m.differ(g, a)
		if with == nil {
			continue
		}
		m.Report(Fault{Severity: Warning, Code: "FL0242", Span: m.SpanOf(g.key), Field: sheet.Child(g.field, "order.share"),
			Message: fmt.Sprintf("`%s` asks for %s, and `%s` does not: the weights hold only among agents who have the skills of all", with.name, a.words(), without.name),
			Help:    "an agent without it serves the others beyond their part: train enough agents, or share only among those who ask for the same", Also: &Related{Span: m.SpanOf(a.node), Label: "asked here"}})
		return
	}
}

// differ returns classes of two members of which one asks for the skill and the other does not; nil when there are none.
func (m *model) differ(g *group, a *asked) (with, without *class) {
	for i, x := range g.members {
		for j, y := range g.members {
			for _, c := range x.classesUnder() {
				k := slices.IndexFunc(y.classesUnder(), func(d *class) bool { return !a.asksOf(d) && !m.asksAlike(a, d) })
				if i != j && a.asksOf(c) && k >= 0 {
					return c, y.classesUnder()[k]
				}
			}
		}
	}
	return nil, nil
}

// asksAlike reports whether another entry asks the same of the class as a does of its own.
func (m *model) asksAlike(a *asked, c *class) bool {
	return slices.ContainsFunc(m.asks, func(o *asked) bool {
		return o.need == a.need && o.from == a.from && o.steps[0].level == a.steps[0].level && o.asksOf(c)
	})
}

// words are the skill and its level, for messages.
func (s *asked) words() string {
	if level := s.steps[0].level; level > 1 {
		return fmt.Sprintf("`%s` at level %d", s.need, level)
	}
	return "`" + s.need + "`"
}
