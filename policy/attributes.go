package policy

import (
	"fmt"
	"math"
	"slices"
	"time"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
	"fairline/policy/rule"
	"fairline/policy/spelling"
)

// builtinNames are the fields that every ticket has.
var builtinNames = []string{"id", "line", "channel", "customer", "origin", "arrived", "due", "needs", "matter", "not_before"}

var origins = []string{"direct", "overheard"}

var fieldTypes = map[string]rule.Type{
	"string": rule.Text, "int": rule.Int, "bool": rule.Bool, "duration": rule.Duration, "timestamp": rule.Timestamp, "list": rule.Texts,
}

func (m *model) readAttributes() {
	for _, e := range entries(get(m.root, "attributes").val) {
		name := e.key.Value
		a := &attribute{name: name, node: e.key, from: items(get(e.val, "from").val)}
		field := "attributes." + name
		m.likeBuiltin(a, e, field)
		a.field.Name, a.field.Slot = name, func() int { return m.slot(name) }
		a.field.Type = m.typeOf(a, e, field)
		m.rangeOf(a, e, field)
		if or := get(e.val, "else"); or.val != nil && !a.later {
			a.or = m.valueOf(&a.field, or.val, field+".else")
		}
		a.field.Optional = get(e.val, "else").key == nil
		m.attrs = append(m.attrs, a)
	}
}

// likeBuiltin refuses a name that is taken, or that a slip of the finger turns into a built-in field of the same
// type. A slip between types is a fault wherever it happens, see ADR 10.
func (m *model) likeBuiltin(a *attribute, e entry, field string) {
	kinds := map[string]string{"id": "string", "line": "string", "channel": "string", "customer": "string", "origin": "string",
		"arrived": "timestamp", "due": "timestamp", "needs": "list", "matter": "string", "not_before": "timestamp"}
	is := str(get(e.val, "type").val)
	if get(e.val, "one_of").key != nil {
		is = "string"
	}
	for _, b := range builtinNames {
		switch {
		case b == a.name:
			m.wrong("FL0105", e.key, field, "`"+b+"` is a built-in field of every ticket", "", "choose another name")
		case kinds[b] == is && spelling.Distance(a.name, b) == 1 && len(b) > 2:
			m.wrong("FL0124", e.key, field, "`"+a.name+"` and the built-in `"+b+"` differ by one letter", "", "choose a name that nobody can mistake for it")
		}
	}
}

func (m *model) typeOf(a *attribute, e entry, field string) rule.Type {
	typ, oneOf := get(e.val, "type"), get(e.val, "one_of")
	switch {
	case e.val.Kind != yaml.MappingNode:
		return rule.Text
	case typ.key == nil && oneOf.key == nil:
		m.wrong("FL0102", e.key, field, "`"+a.name+"` has no type", "", "write {type: int} or {one_of: [a, b]}")
		return rule.Text
	case typ.key != nil && oneOf.key != nil && str(typ.val) != "string":
		m.wrong("FL0104", typ.key, field+".type", "`one_of` is a list of texts already", "", "take `type` out")
	}
	if oneOf.key != nil {
		m.oneOf(a, oneOf.val, field+".one_of")
		return rule.Text
	}
	t := fieldTypes[str(typ.val)]
	if t == rule.Texts {
		m.comesLater(typ.val, field+".type", "type: list")
		a.later = true
	}
	if t == 0 || t == rule.Texts {
		return rule.Text
	}
	return t
}

func (m *model) oneOf(a *attribute, n *yaml.Node, field string) {
	for i, v := range items(n) {
		if slices.Contains(a.field.Values, str(v)) {
			m.wrong("FL0112", v, element(field, i), "`"+v.Value+"` stands here twice", "", "keep one of the two")
		} else if isText(v) {
			a.field.Values = append(a.field.Values, v.Value)
		}
	}
	if n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
		m.wrong("FL0102", n, field, "a list without values", "", "write the values that a ticket may carry")
	}
}

// rangeOf reads min and max, and gives numbers without them the widest range that can be counted with.
func (m *model) rangeOf(a *attribute, e entry, field string) {
	f := &a.field
	switch f.Type {
	case rule.Int:
		f.Min, f.Max = math.MinInt64+1, math.MaxInt64
	case rule.Duration:
		f.Min, f.Max = 0, int64(DurationMax)
	case rule.Timestamp:
		f.Min, f.Max = 0, rule.InstantMax
	}
	lo, hi := get(e.val, "min"), get(e.val, "max")
	for _, k := range []entry{lo, hi} {
		if k.key != nil && (f.Type == rule.Text || f.Type == rule.Bool) && !a.later {
			m.wrong("FL0104", k.key, child(field, k.key.Value), "`"+k.key.Value+"` has no meaning for "+f.Type.String(), "", "take it out")
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
		m.wrong("FL0106", hi.val, field+".max", "`max` is less than `min`", "", "exchange the two")
		f.Min, f.Max = wide.Min, wide.Max
	}
}

func (m *model) bound(f *rule.Field, e entry, field string) *value {
	if e.val == nil {
		return nil
	}
	return m.valueOf(f, e.val, field)
}

// valueOf reads a value of a field as it stands in the file, nil where it cannot be one.
func (m *model) valueOf(f *rule.Field, n *yaml.Node, field string) *value {
	if n.Kind != yaml.ScalarNode || isNull(n) || n.Style&yaml.TaggedStyle != 0 {
		return nil
	}
	v, want := scan(f, n)
	switch {
	case v == nil:
		code := "FL0104"
		if f.Type == rule.Duration {
			code = "FL0103"
		}
		m.wrong(code, n, field, "`"+n.Value+"` is not "+f.Type.String(), "", want)
		return nil
	case f.Values != nil && !slices.Contains(f.Values, v.text):
		m.wrong("FL0121", n, field, "`"+f.Name+"` is never `"+n.Value+"`", "", didYouMean(v.text, f.Values))
		return nil
	case f.Type != rule.Text && f.Type != rule.Bool && (v.num < f.Min || v.num > f.Max):
		m.wrong("FL0121", n, field, "`"+f.Name+"` is never "+n.Value, "", "it lies outside `min` and `max`")
		return nil
	}
	return v
}

// scan reads a scalar as a value of the field's type.
func scan(f *rule.Field, n *yaml.Node) (*value, string) {
	switch f.Type {
	case rule.Int:
		if v, ok := parseWhole(n.Value); ok && n.ShortTag() == "!!int" {
			return &value{num: v}, ""
		}
		return nil, "write it in digits"
	case rule.Bool:
		if n.Value == "true" || n.Value == "false" {
			return &value{num: int64(len("false") - len(n.Value))}, ""
		}
		return nil, "write true or false"
	case rule.Duration:
		d, help, ok := parseSpan(n.Value)
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
	if !isText(n) {
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
