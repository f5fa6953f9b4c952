package policy

import (
	"fmt"
	"math"
	"slices"
	"time"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
	"fairline/policy/rule"
	"fairline/policy/sheet"
	"fairline/policy/spelling"
)

// builtinNames are the fields that every ticket has.
var builtinNames = []string{"id", "line", "channel", "customer", "origin", "arrived", "due", "needs", "matter", "not_before"}

var origins = []string{"direct", "overheard"}

var fieldTypes = map[string]rule.Type{
	"string": rule.Text, "int": rule.Int, "bool": rule.Bool, "duration": rule.Duration, "timestamp": rule.Timestamp, "list": rule.Texts,
}

func (m *model) readAttributes() {
	for _, e := range sheet.Entries(sheet.Get(m.root, "attributes").Val) {
		name := e.Key.Value
		a := &attribute{name: name, node: e.Key, from: sheet.Items(sheet.Get(e.Val, "from").Val)}
		field := "attributes." + name
		m.likeBuiltin(a, e, field)
		a.field.Name, a.field.Slot = name, func() int { return m.slot(name) }
		a.field.Type = m.typeOf(a, e, field)
		m.rangeOf(a, e, field)
		if or := sheet.Get(e.Val, "else"); or.Val != nil && !a.later {
			a.or = m.valueOf(&a.field, or.Val, field+".else")
		}
		a.field.Optional = sheet.Get(e.Val, "else").Key == nil
		m.attrs = append(m.attrs, a)
	}
}

// likeBuiltin refuses a name that is taken, or that a slip of the finger turns into a built-in field of the same
// type. A slip between types is a fault wherever it happens, see ADR 10.
func (m *model) likeBuiltin(a *attribute, e sheet.Entry, field string) {
	kinds := map[string]string{"id": "string", "line": "string", "channel": "string", "customer": "string", "origin": "string",
		"arrived": "timestamp", "due": "timestamp", "needs": "list", "matter": "string", "not_before": "timestamp"}
	is := sheet.Str(sheet.Get(e.Val, "type").Val)
	if sheet.Get(e.Val, "one_of").Key != nil {
		is = "string"
	}
	for _, b := range builtinNames {
		switch {
		case b == a.name:
			m.Wrong("FL0105", e.Key, field, "`"+b+"` is a built-in field of every ticket", "", "choose another name")
		case kinds[b] == is && spelling.Distance(a.name, b) == 1 && len(b) > 2:
			m.Wrong("FL0124", e.Key, field, "`"+a.name+"` and the built-in `"+b+"` differ by one letter", "", "choose a name that nobody can mistake for it")
		}
	}
}

func (m *model) typeOf(a *attribute, e sheet.Entry, field string) rule.Type {
	typ, oneOf := sheet.Get(e.Val, "type"), sheet.Get(e.Val, "one_of")
	switch {
	case e.Val.Kind != yaml.MappingNode:
		return rule.Text
	case typ.Key == nil && oneOf.Key == nil:
		m.Wrong("FL0102", e.Key, field, "`"+a.name+"` has no type", "", "write {type: int} or {one_of: [a, b]}")
		return rule.Text
	case typ.Key != nil && oneOf.Key != nil && sheet.Str(typ.Val) != "string":
		m.Wrong("FL0104", typ.Key, field+".type", "`one_of` is a list of texts already", "", "take `type` out")
	}
	if oneOf.Key != nil {
		m.oneOf(a, oneOf.Val, field+".one_of")
		return rule.Text
	}
	t := fieldTypes[sheet.Str(typ.Val)]
	if t == rule.Texts {
		m.comesLater(typ.Val, field+".type", "type: list")
		a.later = true
	}
	if t == 0 || t == rule.Texts {
		return rule.Text
	}
	return t
}

func (m *model) oneOf(a *attribute, n *yaml.Node, field string) {
	for i, v := range sheet.Items(n) {
		if slices.Contains(a.field.Values, sheet.Str(v)) {
			m.Wrong("FL0112", v, sheet.Element(field, i), "`"+v.Value+"` stands here twice", "", "keep one of the two")
		} else if sheet.IsText(v) {
			a.field.Values = append(a.field.Values, v.Value)
		}
	}
	if n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
		m.Wrong("FL0102", n, field, "a list without values", "", "write the values that a ticket may carry")
	}
}

// rangeOf reads min and max, and gives numbers without them the widest range that can be counted with.
func (m *model) rangeOf(a *attribute, e sheet.Entry, field string) {
	f := &a.field
	switch f.Type {
	case rule.Int:
		f.Min, f.Max = math.MinInt64+1, math.MaxInt64
	case rule.Duration:
		f.Min, f.Max = 0, int64(DurationMax)
	case rule.Timestamp:
		f.Min, f.Max = 0, rule.InstantMax
	}
	lo, hi := sheet.Get(e.Val, "min"), sheet.Get(e.Val, "max")
	for _, k := range []sheet.Entry{lo, hi} {
		if k.Key != nil && (f.Type == rule.Text || f.Type == rule.Bool) && !a.later {
			m.Wrong("FL0104", k.Key, sheet.Child(field, k.Key.Value), "`"+k.Key.Value+"` has no meaning for "+f.Type.String(), "", "take it out")
			return
		}
	}
	if a.later {
		return
	}
	wide := *f
	vlo, vhi := m.bound(&wide, lo, field+".min"), m.bound(&wide, hi, field+".max")
	if vlo != nil {
		f.Min = vlo.num
	}
	if vhi != nil {
		f.Max = vhi.num
	}
	if f.Min > f.Max {
		m.Wrong("FL0106", hi.Val, field+".max", "`max` is less than `min`", "", "exchange the two")
		f.Min, f.Max = wide.Min, wide.Max
	}
}

func (m *model) bound(f *rule.Field, e sheet.Entry, field string) *value {
	if e.Val == nil {
		return nil
	}
	return m.valueOf(f, e.Val, field)
}

// valueOf reads a value of a field as it stands in the file, nil where it cannot be one.
func (m *model) valueOf(f *rule.Field, n *yaml.Node, field string) *value {
	if n.Kind != yaml.ScalarNode || sheet.IsNull(n) || n.Style&yaml.TaggedStyle != 0 {
		return nil
	}
	v, want := scan(f, n)
	switch {
	case v == nil:
		code := "FL0104"
		if f.Type == rule.Duration {
			code = "FL0103"
		}
		m.Wrong(code, n, field, "`"+n.Value+"` is not "+f.Type.String(), "", want)
		return nil
	case f.Values != nil && !slices.Contains(f.Values, v.text):
		m.Wrong("FL0121", n, field, "`"+f.Name+"` is never `"+n.Value+"`", "", sheet.DidYouMean(v.text, f.Values))
		return nil
	case f.Type != rule.Text && f.Type != rule.Bool && (v.num < f.Min || v.num > f.Max):
		m.Wrong("FL0121", n, field, "`"+f.Name+"` is never "+n.Value, "", "it lies outside `min` and `max`")
		return nil
	}
	return v
}

// scan reads a scalar as a value of the field's type.
func scan(f *rule.Field, n *yaml.Node) (*value, string) {
	switch f.Type {
	case rule.Int:
		if v, ok := sheet.ParseWhole(n.Value); ok && n.ShortTag() == "!!int" {
			return &value{num: v}, ""
		}
		return nil, "write it in digits"
	case rule.Bool:
		if n.Value == "true" || n.Value == "false" {
			return &value{num: int64(len("false") - len(n.Value))}, ""
		}
		return nil, "write true or false"
	case rule.Duration:
		d, help, ok := sheet.ParseDuration(n.Value)
		if ok {
			return &value{num: int64(d)}, ""
		}
		return nil, help
	case rule.Timestamp:
		if v, ok := parseInstant(n.Value); ok {
			return &value{num: int64(v)}, ""
		}
		return nil, fmt.Sprintf("write it as 2026-12-31T08:00:00Z, between 1970 and %d", rule.YearMax)
	}
	if !sheet.IsText(n) {
		return nil, "put it in quotes: \"" + n.Value + "\""
	}
	return &value{num: int64(engine.WordOf(n.Value)), text: n.Value}, ""
}

// parseInstant reads a date of RFC 3339, with its zone, after 1970 and before rule.YearMax ends.
func parseInstant(s string) (engine.Instant, bool) {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil || t.Unix() <= 0 || t.UTC().Year() > rule.YearMax {
		return 0, false
	}
	return engine.Instant(t.UnixNano()), true
}

// slot is where Facts.Attrs hold an attribute that a rule or an order reads.
func (m *model) slot(name string) int {
	if i := slices.Index(m.slots, name); i >= 0 {
		return i
	}
	m.slots = append(m.slots, name)
	if len(m.slots) > engine.AttrsMax {
		return -1
	}
	return len(m.slots) - 1
}

// fields are what rules may read.
func (m *model) fields() []*rule.Field {
	fs := []*rule.Field{
		{Name: "channel", Type: rule.Text, Values: m.channelNames()},
		{Name: "origin", Type: rule.Text, Values: origins},
		{Name: "arrived", Type: rule.Timestamp, Max: rule.InstantMax},
		{Name: "due", Type: rule.Timestamp, Max: rule.InstantMax, Optional: true},
		{Name: "needs", Type: rule.Texts},
		{Name: "id", Type: rule.Text, Refused: "it says nothing but which ticket it is"},
		{Name: "customer", Type: rule.Text, Refused: "a rule must not know who somebody is; what it may know is an attribute"},
		{Name: "matter", Type: rule.Text, Refused: "it says what contacts have in common; what a rule may know of it is an attribute"},
		{Name: "not_before", Type: rule.Timestamp, Refused: "it says when a callback is wanted, and buys no place"},
		{Name: "line", Type: rule.Text, Refused: "one file is for one line: it is the same for all tickets"},
	}
	for _, a := range m.attrs {
		if !slices.Contains(builtinNames, a.name) {
			if a.later {
				a.field.Refused = "lists come with a later version"
			}
			fs = append(fs, &a.field)
		}
	}
	return fs
}
