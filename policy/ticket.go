package policy

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
	"fairline/policy/rule"
	"fairline/policy/spelling"
)

// A Ticket is what arrives at the door, decoded from JSON: the fields of DESIGN.md 6 that a policy may read.
type Ticket struct {
	Channel    string
	Origin     string // direct (also when empty) or overheard
	Arrived    engine.Instant
	Due        engine.Instant // 0: none
	Needs      []string       // skills
	Attributes map[string]any // string, bool, json.Number, int, int64, float64 without a fraction
}

// A Problem is something about a ticket's field. An error means that the ticket must be refused; a note is counted.
type Problem struct {
	Severity Severity // Error or Note
	Field    string   // such as attributes.topic
	Message  string
}

// Error is the problem in one line.
func (p Problem) Error() string { return p.Field + ": " + p.Message }

// A Reading is what the policy makes of a ticket.
type Reading struct {
	Facts    engine.Facts
	Problems []Problem // sorted by field
	NotKept  []string  // attributes that came and that the policy does not declare, sorted
}

// Err is the first problem that refuses the ticket, or nil.
func (r Reading) Err() error {
	for _, p := range r.Problems {
		if p.Severity == Error {
			return p
		}
	}
	return nil
}

// Ticket turns what a ticket carries into Facts. Only attributes that rules or the order read enter them, so an
// attribute under `never` leaves no trace. An attribute that is not declared is not kept; a value that the declaration
// does not have is noted and read as `else`, or as absent where there is none; a value of a wrong type is an error.
// When Reading.Err is not nil the Facts are not to be used. Ticket is pure and safe for concurrent use.
func (p *Policy) Ticket(t Ticket) Reading {
	r := Reading{Facts: engine.Facts{Arrived: t.Arrived, Due: t.Due}}
	p.readChannel(t, &r)
	switch t.Origin {
	case "", "direct":
	case "overheard":
		r.Facts.Overheard = true
	default:
		r.refuse("origin", fmt.Sprintf("%q is neither direct nor overheard", t.Origin))
	}
	if t.Due < 0 || int64(t.Due) > rule.InstantMax {
		r.refuse("due", fmt.Sprintf("a date between 1970 and %d is wanted", rule.YearMax))
	}
	if t.Arrived < 0 || int64(t.Arrived) > rule.InstantMax {
		r.refuse("arrived", fmt.Sprintf("a date between 1970 and %d is wanted", rule.YearMax))
	}
	p.readNeeds(t, &r)
	for i := range p.attrs {
		p.readAttribute(&p.attrs[i], t, &r)
	}
	for _, name := range slices.Sorted(maps.Keys(t.Attributes)) {
		if !slices.ContainsFunc(p.attrs, func(a attribute) bool { return a.name == name }) {
			r.NotKept = append(r.NotKept, name)
		}
	}
	slices.SortStableFunc(r.Problems, func(a, b Problem) int { return strings.Compare(a.Field, b.Field) })
	return r
}

func (r *Reading) refuse(field, message string) {
	r.Problems = append(r.Problems, Problem{Error, field, message})
}

func (p *Policy) readChannel(t Ticket, r *Reading) {
	var names []string
	for i, c := range p.Engine.Channels {
		if c.Name == t.Channel {
			r.Facts.Channel = engine.ChannelID(i)
			return
		}
		names = append(names, c.Name)
	}
	message := fmt.Sprintf("this line has no channel %q; it has %s", t.Channel, spelling.List(names))
	if t.Channel == "" {
		message = "a ticket comes by a channel; this line has " + spelling.List(names)
	}
	if near := spelling.DidYouMean(t.Channel, names); near != "" && t.Channel != "" {
		message += "; " + near
	}
	r.refuse("channel", message)
}

// readNeeds enters the skills sorted and once each, so that equal sets are equal Facts.
func (p *Policy) readNeeds(t Ticket, r *Reading) {
	var words []engine.Word
	for _, n := range t.Needs {
		if n != "" {
			words = append(words, engine.WordOf(n))
		}
	}
	slices.Sort(words)
	words = slices.Compact(words)
	if len(words) > engine.NeedsMax {
		r.refuse("needs", fmt.Sprintf("%d skills, a ticket may need %d", len(words), engine.NeedsMax))
		return
	}
	r.Facts.NeedsLen = uint8(copy(r.Facts.Needs[:], words))
}

func (p *Policy) readAttribute(a *attribute, t Ticket, r *Reading) {
	raw, there := t.Attributes[a.name]
	slot, kept := p.slots[a.name]
	v := a.or
	if there && raw != nil {
		carried, ok := decode(a.field, raw)
		switch {
		case !ok:
			r.refuse("attributes."+a.name, fmt.Sprintf("%s is wanted, this is %s", typeWanted(a.field), describe(raw)))
		case !within(a.field, carried):
			r.Problems = append(r.Problems, Problem{Note, "attributes." + a.name, outside(a, raw)})
		default:
			v = &carried
		}
	}
	if kept && v != nil {
		r.Facts.Attrs[slot] = v.num
		r.Facts.Has |= 1 << slot
	}
}

func outside(a *attribute, raw any) string {
	read := "as if it were not there"
	if a.or != nil {
		read = "as its `else`"
	}
	return fmt.Sprintf("%s is not among its values: read %s", describe(raw), read)
}

func within(f rule.Field, v value) bool {
	switch f.Type {
	case rule.Text:
		return f.Values == nil || slices.Contains(f.Values, v.text)
	case rule.Bool:
		return true
	}
	return v.num >= f.Min && v.num <= f.Max
}

// decode reads a JSON value as the field's type.
func decode(f rule.Field, raw any) (value, bool) {
	switch f.Type {
	case rule.Bool:
		b, ok := raw.(bool)
		if b {
			return value{num: 1}, ok
		}
		return value{}, ok
	case rule.Int:
		n, ok := integer(raw)
		return value{num: n}, ok
	}
	s, ok := raw.(string)
	if !ok {
		return value{}, false
	}
	switch f.Type {
	case rule.Duration:
		d, _, ok := parseSpan(s)
		return value{num: int64(d)}, ok
	case rule.Timestamp:
		i, ok := parseInstant(s)
		return value{num: int64(i)}, ok
	}
	return value{num: int64(engine.WordOf(s)), text: s}, true
}

func integer(raw any) (int64, bool) {
	switch v := raw.(type) {
	case json.Number:
		n, err := v.Int64()
		return n, err == nil
	case int:
		return int64(v), true
	case int64:
		return v, true
	case float64:
		return int64(v), v == float64(int64(v)) && v > -(1<<53) && v < 1<<53
	}
	return 0, false
}

func describe(raw any) string {
	if s, ok := raw.(string); ok {
		return fmt.Sprintf("%.40q", s)
	}
	text := fmt.Sprint(raw)
	return text[:min(len(text), 40)]
}

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
		case "needs":
			for _, skill := range items(e.val) {
				t.Needs = append(t.Needs, str(skill))
			}
		case "id", "customer", "line":
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
