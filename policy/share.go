package policy

import (
	"math"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
	"fairline/policy/rule"
	"fairline/policy/sheet"
)

// A flow is the field of a `share` each value of which is served in turn. It may be any field: only what the values are
// is counted, not how many.
type flow struct {
	name    string
	attr    *attribute // nil for channel, origin and customer
	unknown engine.UnknownRule
}

var unknownRules = map[string]engine.UnknownRule{"alone": engine.UnknownAlone, "together": engine.UnknownTogether, "average": engine.UnknownAverage}

// readShare reads what a `share` is divided among: its members, or the values of a field, all alike or with weights.
func (m *model) readShare(g *group, n, of *yaml.Node) {
	field := sheet.Child(g.field, "order")
	share, by, unknown := sheet.Get(n, "share"), sheet.Get(n, "by"), sheet.Get(n, "unknown")
	m.readTurn(n, field)
	if by.Key == nil {
		if unknown.Key != nil {
			m.Wrong("FL0104", unknown.Key, field+".unknown", "`unknown` has no meaning without `by`: the class of a ticket is known", "", "take it out, or write `by: customer`")
		}
		m.readMembers(g, share.Val, of)
		return
	}
	if share.Val.Kind == yaml.MappingNode {
		if g.by = m.readBy(by.Val, field+".by"); g.by != nil {
			g.flow = &flow{name: g.by.name, attr: g.by.attr}
		}
		g.values = sheet.Entries(share.Val)
	} else {
		g.flow = m.readFlow(by.Val, field+".by")
	}
	if g.flow != nil {
		m.readUnknown(g.flow, share.Key, unknown, field+".unknown")
	}
}

// readTurn reads `at`: a turn that is fixed when the ticket comes knows neither its work nor what time has forgotten.
func (m *model) readTurn(n *yaml.Node, field string) {
	at, charge, half := sheet.Get(n, "at"), sheet.Get(n, "charge"), sheet.Get(n, "half_life")
	if sheet.Str(half.Val) != "" {
		m.positive(half.Val, field+".half_life")
	}
	for _, e := range []sheet.Entry{charge, half} {
		if sheet.Str(at.Val) == "arrival" && e.Key != nil && sheet.Str(e.Val) != "tickets" {
			m.Report(Fault{Severity: Error, Code: "FL0104", Span: m.SpanOf(e.Val), Field: sheet.Child(field, e.Key.Value), Message: "a turn `at: arrival` is fixed before the work is known, and for good",
				Help: "take `at` out; or charge tickets, without `half_life`", Also: &Related{Span: m.SpanOf(at.Val), Label: "fixed here"}})
		}
	}
}

// readFlow reads `by` of `share: equal`.
func (m *model) readFlow(n *yaml.Node, field string) *flow {
	f := &flow{name: sheet.Str(n), attr: m.attr(sheet.Str(n))}
	known := append([]string{"channel", "customer", "origin"}, m.attrNames()...)
	switch f.name {
	case "":
		return nil
	case "channel", "customer", "origin":
	default:
		if f.attr == nil {
			m.Wrong("FL0120", n, field, "no attribute is called `"+f.name+"`", "", sheet.DidYouMean(f.name, known))
			return nil
		}
		if f.attr.later {
			return nil
		}
	}
	if m.refuse("FL0203", m.SpanOf(n), field, f.name, "the order uses a signal this policy forbids") {
		return nil
	}
	return f
}

// readUnknown reads what tickets count as of which the value is not known. It is asked for where that can be, and where
// the file does not say it with `else`: then those without a value have that one, together. See ADR 41.
func (m *model) readUnknown(f *flow, share *yaml.Node, unknown sheet.Entry, field string) {
	absent := f.name == "customer" || f.attr != nil && f.attr.or == nil
	empty := f.attr != nil && f.attr.field.Type == rule.Text && f.attr.field.Values == nil
	f.unknown = engine.UnknownTogether
	if v := unknownRules[sheet.Str(unknown.Val)]; v != 0 {
		f.unknown = v
	}
	switch {
	case absent && unknown.Key == nil:
		m.Wrong("FL0240", share, field, "a ticket need not have `"+f.name+"`, and `unknown` is missing: what does it count as then?", "",
			"write `unknown: together`: all of them are one; `average`: they begin like the others; `alone`: each is one of its own, and hiding pays")
	case !absent && !empty && unknown.Key != nil:
		m.Wrong("FL0104", unknown.Key, field, "`unknown` has no meaning here: every ticket has `"+f.name+"`", "", "take it out")
	}
}

// share compiles a `share`.
func (c *compiler) share(g *group) engine.Order {
	half, _ := spanNumber(sheet.Get(g.order, "half_life").Val)
	o := engine.Share{Minutes: sheet.Str(sheet.Get(g.order, "charge").Val) == "minutes", HalfLife: engine.Duration(half), AtArrival: sheet.Str(sheet.Get(g.order, "at").Val) == "arrival"}
	if sheet.Get(g.order, "by").Key == nil {
		o.Weight = g.each(func(s string) (int64, bool) {
			if s == "" {
				return 1, true // equal
			}
			return sheet.ParseWhole(s)
		})
		return o
	}
	c.wantClasses(g, "a `share` by a field is among classes", "name classes, or share among members without `by`")
	if g.flow == nil {
		return engine.Arrival{} // a fault was reported
	}
	o.Field, o.Unknown, o.Customer = g.flow.name, g.flow.unknown, g.flow.name == "customer"
	if !o.Customer {
		o.By = c.slotOf("flow "+g.flow.name, c.flowOf(g.flow))
	}
	if g.by != nil {
		t := c.byValues(g.by, g.values, true, 1, sheet.Child(g.field, "order.share"), func(n *yaml.Node) (int64, bool) { return sheet.ParseWhole(sheet.Plain(n)) })
		o.WeightBy = c.slotOf(gridKey(t), c.fill(t))
	}
	return o
}

// flowOf is a number for each value of a field, and 0 where the value is not known.
func (m *model) flowOf(f *flow) func(*engine.Facts, engine.ClassID) int64 {
	switch f.name {
	case "channel":
		return func(t *engine.Facts, _ engine.ClassID) int64 { return int64(t.Channel) + 1 }
	case "origin":
		return func(t *engine.Facts, _ engine.ClassID) int64 {
			if t.Overheard {
				return 2
			}
			return 1
		}
	}
	i, text := m.slot(f.name), f.attr.field.Type == rule.Text
	if i < 0 {
		return nil
	}
	return func(t *engine.Facts, _ engine.ClassID) int64 {
		switch v := t.Attrs[i]; {
		case t.Has&(1<<i) == 0:
			return 0
		case text || v < 0: // an empty text is 0
			return v
		case v == math.MaxInt64:
			return math.MinInt64
		default:
			return v + 1
		}
	}
}
