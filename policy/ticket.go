package policy

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"fairline/engine"
	"fairline/policy/rule"
	"fairline/policy/sheet"
	"fairline/policy/spelling"
)

// A Ticket is what arrives at the door, decoded from JSON: the fields of DESIGN.md 6 that a policy may read.
type Ticket struct {
	Channel    string
	Origin     string // direct (also when empty) or overheard
	Arrived    engine.Instant
	Due        engine.Instant // 0: none
	NotBefore  engine.Instant // the customer asked not to be served earlier; 0: none
	Customer   string         // a verified customer; empty: unknown, or not verified
	Matter     string         // what it is about, where that is known
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
	r := Reading{Facts: engine.Facts{Arrived: t.Arrived, Due: t.Due, NotBefore: t.NotBefore,
		Customer: engine.WordOf(t.Customer), Matter: engine.WordOf(t.Matter)}}
	p.readChannel(t, &r)
	switch t.Origin {
	case "", "direct":
	case "overheard":
		r.Facts.Overheard = true
	default:
		r.refuse("origin", fmt.Sprintf("%q is neither direct nor overheard", t.Origin))
	}
	r.inTime("due", t.Due)
	r.inTime("arrived", t.Arrived)
	r.inTime("not_before", t.NotBefore)
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

func (r *Reading) inTime(field string, t engine.Instant) {
	if t < 0 || int64(t) > rule.InstantMax {
		r.refuse(field, fmt.Sprintf("a date between 1970 and %d is wanted", rule.YearMax))
	}
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
	if len(words)+p.asks > engine.NeedsMax {
		r.refuse("needs", fmt.Sprintf("%d skills, and the policy may add %d: a ticket may need %d", len(words), p.asks, engine.NeedsMax))
		return
	}
	r.Facts.NeedsLen = uint8(copy(r.Facts.Needs[:], words))
}

func (p *Policy) readAttribute(a *attribute, t Ticket, r *Reading) {
	if a.later {
		return
	}
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
		d, _, ok := sheet.ParseDuration(s)
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
