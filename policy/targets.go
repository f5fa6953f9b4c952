package policy

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
	"fairline/policy/sheet"
)

// gridKey is equal for grids that give every ticket the same number.
func gridKey(t *grid) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %d", t.by.name, t.rest)
	for _, v := range t.by.values {
		if n, ok := t.cells[v]; ok {
			fmt.Fprintf(&b, " %s=%d", v, n)
		}
	}
	var own []string
	for c, v := range t.own {
		own = append(own, fmt.Sprintf(" %s:%d", c.name, v))
	}
	slices.Sort(own)
	return b.String() + strings.Join(own, "")
}

func spanNumber(n *yaml.Node) (int64, bool) {
	d, _, ok := sheet.ParseDuration(sheet.Str(n))
	return int64(d), ok
}

func (c *compiler) headStart(g *group) engine.Order {
	if g.by != nil {
		t := c.byValues(g.by, g.values, false, 0, sheet.Child(g.field, "order.head_start"), spanNumber)
		g.grid = t
		return engine.HeadStart{By: c.slotOf(gridKey(t), c.fill(t)), ByChannel: g.by.name == "channel"}
	}
	var o engine.HeadStart
	for _, mb := range g.members {
		v, _ := spanNumber(mb.val)
		o.Credit = append(o.Credit, engine.Duration(v))
	}
	return o
}

func (c *compiler) due(g *group) engine.Order {
	field := sheet.Child(g.field, "order.due")
	if g.by != nil {
		t := c.byValues(g.by, g.values, true, 0, field, spanNumber)
		for _, e := range g.values {
			if v := sheet.Str(e.Val); v == "own" || v == "target" {
				t.cells[e.Key.Value] = c.dueWord(g, e, field)
			}
		}
		g.grid = t
		return engine.Due{By: c.slotOf(gridKey(t), c.fill(t)), ByChannel: g.by.name == "channel"}
	}
	o := engine.Due{}
	for _, mb := range g.members {
		v, _ := spanNumber(mb.val)
		o.Target = append(o.Target, engine.Duration(v))
		o.Own = append(o.Own, sheet.Str(mb.val) == "own")
	}
	if !slices.Contains(o.Own, true) {
		o.Own = nil
	}
	return c.promised(g, o, field)
}

// dueWord reads a word beside `by`: `target` stands for the channel's.
func (c *compiler) dueWord(g *group, e sheet.Entry, field string) int64 {
	field = sheet.Child(field, e.Key.Value)
	if e.Val.Value == "target" && g.by.name == "channel" {
		for _, ch := range c.channels {
			if ch.name == e.Key.Value && ch.target.Within > 0 {
				return int64(ch.target.Within)
			}
		}
		c.Wrong("FL0240", e.Val, field, "`"+e.Key.Value+"` has no target", "", "give the channel a target, or write a duration")
		return 0
	}
	c.Wrong("FL0104", e.Val, field, "`"+e.Val.Value+"` has no meaning beside `by: "+g.by.name+"`", "", "write a duration")
	return 0
}

// promised works out `target`, and what an `own` member goes by whose ticket has no date: the target of the class, else
// that of the ticket's channel.
func (c *compiler) promised(g *group, o engine.Due, field string) engine.Order {
	t := &grid{by: &byField{name: "channel", values: c.channelNames()}, cells: map[string]int64{}, own: map[*class]int64{}}
	for _, ch := range c.channels {
		t.cells[ch.name] = int64(ch.target.Within)
	}
	byChannel := false
	for i, mb := range g.members {
		word := sheet.Str(mb.val)
		if word != "own" && word != "target" {
			for _, cl := range mb.classesUnder() {
				t.own[cl] = int64(o.Target[i])
			}
			continue
		}
		for _, cl := range mb.classesUnder() {
			if cl.target.Within > 0 {
				t.own[cl] = int64(cl.target.Within)
				o.Target[i] = cl.target.Within
				continue
			}
			byChannel = true
			c.haveTargets(mb, cl, word, field)
		}
		if mb.group != nil {
			byChannel = true // each class under it has its own
		}
	}
	if !byChannel {
		return o
	}
	g.grid = t
	o.By, o.ByChannel = c.slotOf(gridKey(t), c.fill(t)), true
	return o
}

// haveTargets reports a channel without a target that a class's tickets may need. An `own` class whose rule asks
// has(ticket.due) needs none.
func (c *compiler) haveTargets(mb member, cl *class, word, field string) {
	if word == "own" && c.alwaysDue(cl) {
		return
	}
	for _, ch := range c.channels {
		if ch.target.Within > 0 {
			continue
		}
		what := "`" + mb.name + "` goes by its target"
		if word == "own" {
			what = "`" + mb.name + "` goes by its target where a ticket has no `due`"
		}
		c.Report(Fault{Severity: Error, Code: "FL0240", Span: c.SpanOf(mb.val), Field: sheet.Child(field, mb.name),
			Message: what + ", and there is none", Help: "give the class a target, or channel `" + ch.name + "`", Also: &Related{Span: c.SpanOf(ch.node), Label: "no target here"}})
		return
	}
}

// alwaysDue reports whether no ticket without a date can be of the class, as far as enumeration can tell. Where a rule
// could not be read it says yes: the fault about the rule comes first.
func (c *compiler) alwaysDue(cl *class) bool {
	if !c.rulesRead() {
		return true
	}
	for _, t := range c.reach().tickets(cl) {
		if t.Due == 0 {
			return false
		}
	}
	return c.reach().decided
}
