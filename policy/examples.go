package policy

import (
	"encoding/json"
	"strings"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
	"fairline/policy/rule"
)

// runExamples puts the file's own tickets through the policy.
func (m *model) runExamples(p *Policy) {
	had := map[string]bool{}
	for i, n := range items(get(m.root, "examples").val) {
		field := element("examples", i)
		t := m.exampleTicket(get(n, "ticket").val, field+".ticket")
		want := get(n, "class")
		if t == nil || want.val == nil {
			continue
		}
		r := p.Ticket(*t)
		for _, pr := range r.Problems {
			name := pr.Field[strings.LastIndex(pr.Field, ".")+1:]
			at := get(get(n, "ticket").val, name).val
			if at == nil {
				at = n
			}
			m.wrong("FL0121", at, field+".ticket."+name, "`"+name+"`: "+pr.Message, "", "")
		}
		if r.Err() != nil || len(r.Problems) > 0 {
			continue
		}
		m.exampleClass(p.Engine.Classes[p.Engine.Classify(&r.Facts)].Name, want.val, field)
		had[want.val.Value] = true
	}
	for _, c := range m.classes {
		if !had[c.name] {
			m.warn("FL0310", c.node, "examples", "class `"+c.name+"` has no example", "", "add one: - {ticket: {channel: "+m.channels[0].name+"}, class: "+c.name+"}")
		}
	}
}

func (m *model) exampleClass(got string, want *yaml.Node, field string) {
	switch c := m.class(want.Value); {
	case c == nil:
		m.wrong("FL0120", want, field+".class", "no class is called `"+want.Value+"`", "", didYouMean(want.Value, m.classNames()))
	case got != want.Value:
		m.report(Fault{Severity: Error, Code: "FL0310", Span: m.spanOf(want), Field: field + ".class", Message: "this example gets another class",
			Label: "it gets `" + got + "`", Help: "mend the rules, or the example", Also: &Related{m.spanOf(m.class(got).node), "the first that takes it"}})
	}
}

// exampleTicket reads a ticket as it stands in `examples`: built-in fields and attributes side by side.
func (m *model) exampleTicket(n *yaml.Node, field string) *Ticket {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	before := len(m.faults)
	t := &Ticket{Attributes: map[string]any{}, Arrived: anyArrival}
	for _, e := range entries(n) {
		name := child(field, e.key.Value)
		switch e.key.Value {
		case "channel":
			t.Channel = str(e.val)
		case "origin":
			t.Origin = str(e.val)
		case "arrived":
			t.Arrived = m.exampleInstant(e.val, name)
		case "due":
			t.Due = m.exampleInstant(e.val, name)
		case "not_before":
			t.NotBefore = m.exampleInstant(e.val, name)
		case "matter":
			t.Matter = str(e.val)
		case "customer":
			t.Customer = str(e.val)
		case "needs":
			for _, skill := range items(e.val) {
				t.Needs = append(t.Needs, str(skill))
			}
		case "id", "line":
		default:
			m.exampleAttribute(t, e, name)
		}
	}
	if len(m.faults) > before {
		return nil
	}
	return t
}

func (m *model) exampleInstant(n *yaml.Node, field string) engine.Instant {
	v, ok := parseInstant(n.Value)
	if !ok {
		m.wrong("FL0104", n, field, "no date", "", "write it as 2026-12-31T08:00:00Z")
	}
	return v
}

func (m *model) exampleAttribute(t *Ticket, e entry, field string) {
	a := m.attr(e.key.Value)
	switch {
	case a == nil:
		m.wrong("FL0120", e.key, field, "no attribute is called `"+e.key.Value+"`", "", didYouMean(e.key.Value, append(m.attrNames(), builtinNames...)))
	case a.field.Type == rule.Int:
		t.Attributes[a.name] = json.Number(e.val.Value)
	case a.field.Type == rule.Bool && (e.val.Value == "true" || e.val.Value == "false"):
		t.Attributes[a.name] = e.val.Value == "true"
	default:
		t.Attributes[a.name] = e.val.Value
	}
}
