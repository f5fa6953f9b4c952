package policy

import (
	"fmt"
	"slices"
	"strings"

	"fairline/engine"
	"fairline/policy/sheet"
	"fairline/policy/spelling"
)

// lint reports what is well formed and probably not meant. What needs the rules is asked only when all could be read:
// a wrong answer would be worse than none.
func (m *model) lint() {
	if m.rulesRead() {
		m.lintClasses()
		m.lintChannels()
	}
	m.lintReasons()
	m.lintRelax()
	m.lintOffers()
	m.lintNext()
	for _, g := range m.groups {
		m.lintWeighed(g)
		m.lintBaseline(g)
		m.lintTogether(g)
		m.lintTargets(g)
		for _, p := range g.protects {
			m.lintHeldBack(g, p)
			m.lintFirstAfter(g, p)
			m.lintBeaten(g, p)
		}
	}
	m.lintDates()
}

// lintClasses looks for classes that no ticket gets, rules that are always or never true, and classes that a ticket
// gets which carries nothing. Each finding has a witness.
func (m *model) lintClasses() {
	r := m.reach()
	if r.fields == nil {
		return
	}
	last := len(m.classes) - 1
	trues, cells := make([]int, last), 0
	stolen := make([]string, last)
	classify := m.classify()
	r.each(func(f *engine.Facts, at []int) {
		cells++
		got := classify(f)
		for i, c := range m.classes[:last] {
			if !c.rule.Match(f) {
				continue
			}
			trues[i]++
			if int(got) != i && stolen[i] == "" {
				stolen[i] = r.witness(at) + " gets `" + m.classes[got].name + "`"
			}
		}
	})
	for i, c := range m.classes[:last] {
		field := sheet.Element("classes", i) + ".when"
		switch {
		case !r.decided:
		case trues[i] == 0:
			m.Wrong("FL0212", c.when, field, "this is never true", "", "no ticket that can come makes it true")
		case len(r.byClass[i]) == 0:
			m.Wrong("FL0211", c.node, sheet.Element("classes", i), "class `"+c.name+"` can never be chosen: classes above take all its tickets", stolen[i], "put it above them, or narrow their `when`")
		case trues[i] == cells:
			m.Warn("FL0212", c.when, field, "this is always true: the classes below get nobody", "", "put the class last, without `when`")
		}
	}
	if r.decided && len(r.byClass[last]) == 0 && !slices.Contains(trues, cells) {
		m.Warn("FL0211", m.classes[last].node, sheet.Element("classes", last), "class `"+m.classes[last].name+"` can never be chosen: the classes above take everything", "", "take a `when` away from the class above it")
	}
	m.lintBare(r)
}

// lintBare looks for a class that takes a ticket which carries nothing, because of what its absent attributes are read as.
func (m *model) lintBare(r *reach) {
	type key struct{ class, builtin string }
	var witness = map[key]string{}
	differs := map[key]bool{}
	builtin := func(at []int) (string, bool) {
		var parts []string
		bare := true
		for i, a := range r.fields {
			if a.field != nil && a.field.Slot != nil {
				bare = bare && a.tries[at[i]].bare
			} else {
				parts = append(parts, a.tries[at[i]].show)
			}
		}
		return strings.Join(parts, ", "), bare
	}
	r.each(func(f *engine.Facts, at []int) {
		where, bare := builtin(at)
		for _, c := range m.classes[:len(m.classes)-1] {
			k, match := key{c.name, where}, c.rule.Match(f)
			if match && bare {
				witness[k] = r.witness(at)
			}
			differs[k] = differs[k] || !match
		}
	})
	for i, c := range m.classes[:len(m.classes)-1] {
		var found []string
		for k, w := range witness {
			if k.class == c.name && differs[k] {
				found = append(found, w)
			}
		}
		if len(found) > 0 {
			slices.Sort(found)
			m.Warn("FL0123", c.node, sheet.Element("classes", i), "class `"+c.name+"` takes a ticket that carries nothing", found[0]+" gets it",
				"mostly an `else` that reads as something: leave the `else` out and ask has() in the rule")
		}
	}
}

// lintChannels warns where somebody who holds a receiver stands behind a mail by arrival.
func (m *model) lintChannels() {
	r := m.reach()
	if r.fields == nil || strings.Contains(strings.ToLower(m.description), "by arrival") {
		return
	}
	for _, g := range m.tree() {
		if g.discipline != "arrival" || g.unread {
			continue
		}
		var held, deferred []string
		for i, ch := range m.channels {
			if !r.reaches(g, engine.ChannelID(i)) {
				continue
			}
			if ch.live {
				held = append(held, ch.name)
			} else {
				deferred = append(deferred, ch.name)
			}
		}
		if len(held) > 0 && len(deferred) > 0 {
			at := g.node
			if g.key != nil {
				at = g.key
			} else if g.order != nil {
				at = g.order
			}
			m.Warn("FL0228", at, sheet.Child(g.field, "order"), "somebody on "+spelling.List(held)+" waits behind all of "+spelling.List(deferred)+" that came before", "by arrival",
				"take `due` with a time for each channel; if this is meant, say \"by arrival\" in `description`")
		}
	}
}

// reaches reports whether a ticket of the channel can stand under the group.
func (r *reach) reaches(g *group, ch engine.ChannelID) bool {
	for _, c := range g.classes() {
		if slices.ContainsFunc(r.tickets(c), func(f engine.Facts) bool { return f.Channel == ch }) {
			return true
		}
	}
	return false
}

// tree are the groups that stand in the order, from the line down.
func (m *model) tree() []*group {
	var all []*group
	var down func(*group)
	down = func(g *group) {
		all = append(all, g)
		for _, mb := range g.members {
			if mb.group != nil {
				down(mb.group)
			}
		}
	}
	down(m.groups[0])
	return all
}

// lintHeldBack reports a protection that can hold back a class which is strictly first.
func (m *model) lintHeldBack(g *group, p *protection) {
	if p.said {
		return
	}
	all := g.classes()
	for _, first := range m.strictlyFirst() {
		c := first.class
		if !slices.Contains(all, c) || p.kind == engine.MinShare && !p.grantsOthers(c) {
			continue
		}
		m.Report(Fault{Severity: Error, Code: "FL0220", Span: m.SpanOf(p.key), Field: p.field,
			Message: "`" + c.name + "` is strictly first, and this protection can hold it back",
			Help:    "write `except: [" + c.name + "]`, or `except: []` if it may be held back", Also: &Related{Span: m.SpanOf(first.node), Label: "strictly first"}})
		return
	}
}

// strictlyFirst are the classes that stand first in a strict order: classes of danger.
func (m *model) strictlyFirst() []member {
	var all []member
	for _, g := range m.tree() {
		if g.discipline == "strict" && len(g.members) > 1 && g.members[0].class != nil {
			all = append(all, g.members[0])
		}
	}
	return all
}

// lintBeaten reports a protection that one around it always beats: no less strict, for every class of the inner one.
func (m *model) lintBeaten(g *group, p *protection) {
	inside := g.classes()
	if p.grid != nil || !p.limits() || len(inside) == 0 {
		return
	}
	for up := g.parent; up != nil; up = up.parent {
		for _, o := range up.protects {
			beaten := o.kind == p.kind && o.grid == nil
			for _, c := range inside {
				outer, has := o.limit[c]
				inner, want := p.limit[c]
				beaten = beaten && (!want || has && outer <= inner && !slices.Contains(o.except, c))
			}
			if beaten {
				m.Report(Fault{Severity: Warning, Code: "FL0250", Span: m.SpanOf(p.key), Field: p.field, Message: "this protection never decides: the same one of `" + up.name + "` is as strict and is asked before",
					Help: "take it out, or make it stricter than the outer one", Also: &Related{Span: m.SpanOf(o.key), Label: "asked first"}})
				return
			}
		}
	}
}

// lintTargets compares what a class or channel promises with what its order goes by.
func (m *model) lintTargets(g *group) {
	if g.discipline != "due" {
		return
	}
	warn := func(e sheet.Entry, who string, target Target) {
		d, ok := spanNumber(e.Val)
		if ok && target.Within > 0 && target.Within != engine.Duration(d) {
			m.Warn("FL0227", e.Val, sheet.Child(g.field, "order.due."+e.Key.Value), fmt.Sprintf("%s has the target %s, and goes by %s here", who, sheet.ShowDuration(target.Within), sheet.ShowDuration(engine.Duration(d))), "",
				"make them equal, or write `target` here")
		}
	}
	if g.by != nil && g.by.name == "channel" {
		for _, e := range g.values {
			for _, ch := range m.channels {
				if ch.name == e.Key.Value {
					warn(e, "channel `"+ch.name+"`", ch.target)
				}
			}
		}
	}
	for _, mb := range g.members {
		if mb.class != nil && mb.val != nil {
			warn(sheet.Entry{Key: mb.node, Val: mb.val}, "class `"+mb.class.name+"`", mb.class.target)
		}
	}
}

// lintDates warns of a class whose rule looks at the due date once, while nothing in the order moves as it comes near.
func (m *model) lintDates() {
	own := map[*class]bool{}
	unknown := false
	for _, g := range m.tree() {
		unknown = unknown || g.unread
		for _, mb := range g.members {
			if sheet.Str(mb.val) == "own" {
				for _, c := range mb.classesUnder() {
					own[c] = true
				}
			}
		}
	}
	for i, c := range m.classes {
		if c.rule == nil || own[c] || unknown {
			continue
		}
		for _, rd := range c.rule.Reads {
			if rd.Field.Name == "due" {
				m.Report(Fault{Severity: Warning, Code: "FL0226", Span: m.Part(c.when, rd.Start, rd.End), Field: sheet.Element("classes", i) + ".when",
					Message: "a rule is asked once: nothing moves as the date of `" + c.name + "` comes near", Help: "order the class by its date: order: {due: {" + c.name + ": own, ...}}"})
				break
			}
		}
	}
}
