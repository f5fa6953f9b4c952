package policy

import (
	"encoding/json"
	"strings"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
	"fairline/policy/rule"
	"fairline/policy/sheet"
)

// runExamples puts the file's own tickets through the policy.
func (m *model) runExamples(p *Policy) {
	had := map[string]bool{}
	for i, n := range sheet.Items(sheet.Get(m.root, "examples").Val) {
		field := sheet.Element("examples", i)
		t := m.exampleTicket(sheet.Get(n, "ticket").Val, field+".ticket")
		want := sheet.Get(n, "class")
		if t == nil || want.Val == nil {
			continue
		}
		r := p.Ticket(*t)
		for _, pr := range r.Problems {
			name := pr.Field[strings.LastIndex(pr.Field, ".")+1:]
			at := sheet.Get(sheet.Get(n, "ticket").Val, name).Val
			if at == nil {
				at = n
			}
			m.Wrong("FL0121", at, field+".ticket."+name, "`"+name+"`: "+pr.Message, "", "")
		}
		if r.Err() != nil || len(r.Problems) > 0 {
			continue
		}
		m.exampleClass(p.Engine.Classes[p.Engine.Classify(&r.Facts)].Name, want.Val, field)
		had[want.Val.Value] = true
	}
	for _, c := range m.classes {
		if !had[c.name] {
			m.Warn("FL0310", c.node, "examples", "class `"+c.name+"` has no example", "", "add one: - {ticket: {channel: "+m.channels[0].name+"}, class: "+c.name+"}")
		}
	}
}

func (m *model) exampleClass(got string, want *yaml.Node, field string) {
	switch c := m.class(want.Value); {
	case c == nil:
		m.Wrong("FL0120", want, field+".class", "no class is called `"+want.Value+"`", "", sheet.DidYouMean(want.Value, m.classNames()))
	case got != want.Value:
		m.Report(Fault{Severity: Error, Code: "FL0310", Span: m.SpanOf(want), Field: field + ".class", Message: "this example gets another class",
			Label: "it gets `" + got + "`", Help: "mend the rules, or the example", Also: &Related{Span: m.SpanOf(m.class(got).node), Label: "the first that takes it"}})
	}
}

// exampleTicket reads a ticket as it stands in `examples`: built-in fields and attributes side by side.
func (m *model) exampleTicket(n *yaml.Node, field string) *Ticket {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	before := len(m.Faults)
	t := &Ticket{Attributes: map[string]any{}, Arrived: anyArrival}
	for _, e := range sheet.Entries(n) {
		name := sheet.Child(field, e.Key.Value)
		switch e.Key.Value {
		case "channel":
			t.Channel = sheet.Str(e.Val)
		case "origin":
			t.Origin = sheet.Str(e.Val)
		case "arrived":
			t.Arrived = m.exampleInstant(e.Val, name)
		case "due":
			t.Due = m.exampleInstant(e.Val, name)
		case "not_before":
			t.NotBefore = m.exampleInstant(e.Val, name)
		case "matter":
			t.Matter = sheet.Str(e.Val)
		case "customer":
			t.Customer = sheet.Str(e.Val)
		case "needs":
			for _, skill := range sheet.Items(e.Val) {
				t.Needs = append(t.Needs, sheet.Str(skill))
			}
		case "id", "line":
		default:
			m.exampleAttribute(t, e, name)
		}
	}
	if len(m.Faults) > before {
		return nil
	}
	return t
}

func (m *model) exampleInstant(n *yaml.Node, field string) engine.Instant {
	v, ok := parseInstant(n.Value)
	if !ok {
		m.Wrong("FL0104", n, field, "no date", "", "write it as 2026-12-31T08:00:00Z")
	}
	return v
}

func (m *model) exampleAttribute(t *Ticket, e sheet.Entry, field string) {
	a := m.attr(e.Key.Value)
	switch {
	case a == nil:
		m.Wrong("FL0120", e.Key, field, "no attribute is called `"+e.Key.Value+"`", "", sheet.DidYouMean(e.Key.Value, append(m.attrNames(), builtinNames...)))
	case a.field.Type == rule.Int:
		t.Attributes[a.name] = json.Number(e.Val.Value)
	case a.field.Type == rule.Bool && (e.Val.Value == "true" || e.Val.Value == "false"):
		t.Attributes[a.name] = e.Val.Value == "true"
	default:
		t.Attributes[a.name] = e.Val.Value
	}
}
