package policy

import (
	"fmt"
	"math"
	"slices"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
	"fairline/policy/rule"
	"fairline/policy/sheet"
	"fairline/policy/spelling"
)

// A byField is what stands behind `by`: a field whose values are names.
type byField struct {
	name   string
	node   *yaml.Node
	values []string
	attr   *attribute // nil for channel and origin
}

// readBy reads `by: channel`, `by: origin` and `by: ATTRIBUTE` of a closed list. Nil when it cannot be read.
func (m *model) readBy(n *yaml.Node, field string) *byField {
	name := sheet.Str(n)
	known := []string{"channel", "origin"}
	for _, a := range m.attrs {
		if a.field.Values != nil {
			known = append(known, a.name)
		}
	}
	b := &byField{name: name, node: n, attr: m.attr(name)}
	switch {
	case name == "":
		return nil
	case name == "channel":
		b.values = m.channelNames()
	case name == "origin":
		b.values = origins
	case b.attr == nil:
		m.Wrong("FL0120", n, field, "no attribute is called `"+name+"`", "", sheet.DidYouMean(name, known))
		return nil
	case b.attr.field.Values == nil:
		m.Wrong("FL0104", n, field, "`"+name+"` has no list of values that could be names here", "", "declare it with `one_of`, or take "+spelling.List(known))
		return nil
	case b.attr.or == nil:
		m.Wrong("FL0122", n, field, "`"+name+"` may be absent", "", "give the attribute an `else`")
		return nil
	default:
		b.values = b.attr.field.Values
	}
	if m.refuse("FL0203", m.SpanOf(n), field, name, "the order uses a signal this policy forbids") {
		return nil
	}
	return b
}

// A grid is a number for each class and each value of a field: what Policy.Values fills a slot with.
type grid struct {
	by    *byField
	cells map[string]int64 // by the field's value
	rest  int64            // where a value has no cell
	own   map[*class]int64 // classes with one number for all values
}

// byValues reads numbers by the values of a field. Need says that every value must have one.
func (m *model) byValues(by *byField, values []sheet.Entry, need bool, rest int64, field string, number func(*yaml.Node) (int64, bool)) *grid {
	t := &grid{by: by, cells: map[string]int64{}, rest: rest}
	spoilt := map[string]bool{}
	others := false
	for _, e := range values {
		v, ok := number(e.Val)
		switch {
		case e.Key.Value == "others":
			others = true
			if ok {
				t.rest = v
			}
		case !slices.Contains(by.values, e.Key.Value):
			help := sheet.DidYouMean(e.Key.Value, by.values)
			for _, name := range by.values {
				spoilt[name] = spoilt[name] || help == "did you mean `"+name+"`?"
			}
			m.Wrong("FL0121", e.Key, sheet.Child(field, e.Key.Value), "`"+by.name+"` is never `"+e.Key.Value+"`", "", help)
		case ok:
			t.cells[e.Key.Value] = v
		}
	}
	for _, name := range by.values {
		if _, ok := t.cells[name]; !ok && need && !others && !spoilt[name] && !written(values, name) {
			m.Wrong("FL0210", by.node, field, fmt.Sprintf("%s `%s` has no place in the order", by.name, name), "", "write `"+name+": ...`, or `others: ...`")
		}
	}
	return t
}

func written(values []sheet.Entry, name string) bool {
	return slices.ContainsFunc(values, func(e sheet.Entry) bool { return e.Key.Value == name })
}

// slot is one number that Policy.Values works out for a ticket.
type slot struct {
	key  string // equal slots are shared
	fill func(*engine.Facts, engine.ClassID) int64
}

// fill compiles a grid. Texts are compared by their Words.
func (m *model) fill(t *grid) func(*engine.Facts, engine.ClassID) int64 {
	own := make([]int64, len(m.classes))
	has := make([]bool, len(m.classes))
	for i, c := range m.classes {
		own[i], has[i] = t.own[c], false
		if _, ok := t.own[c]; ok {
			has[i] = true
		}
	}
	byValue := m.lookup(t)
	return func(f *engine.Facts, c engine.ClassID) int64 {
		if has[c] {
			return own[c]
		}
		return byValue(f)
	}
}

func (m *model) lookup(t *grid) func(*engine.Facts) int64 {
	cell := func(name string) int64 {
		if v, ok := t.cells[name]; ok {
			return v
		}
		return t.rest
	}
	switch t.by.name {
	case "channel":
		var cells [engine.ChannelsMax]int64
		for i, c := range m.channels {
			cells[i] = cell(c.name)
		}
		return func(f *engine.Facts) int64 { return cells[f.Channel] }
	case "origin":
		direct, overheard := cell("direct"), cell("overheard")
		return func(f *engine.Facts) int64 {
			if f.Overheard {
				return overheard
			}
			return direct
		}
	}
	words := map[int64]int64{}
	for _, v := range t.by.values {
		words[int64(engine.WordOf(v))] = cell(v)
	}
	i, rest := m.slot(t.by.name), t.rest
	if i < 0 {
		return func(*engine.Facts) int64 { return rest }
	}
	return func(f *engine.Facts) int64 {
		if v, ok := words[f.Attrs[i]]; ok {
			return v
		}
		return rest
	}
}

// greatestOf reads the attribute of `greatest`. A ticket without it is behind all others.
func (m *model) greatestOf(g *group) func(*engine.Facts, engine.ClassID) int64 {
	name, field := sheet.Str(g.attr), sheet.Child(g.field, "order.greatest")
	a := m.attr(name)
	var numbers []string
	for _, x := range m.attrs {
		if x.field.Type != rule.Text {
			numbers = append(numbers, x.name)
		}
	}
	switch {
	case name == "":
		return nil
	case a == nil:
		m.Wrong("FL0120", g.attr, field, "no attribute is called `"+name+"`", "", sheet.DidYouMean(name, numbers))
		return nil
	case a.field.Type == rule.Text:
		m.Wrong("FL0104", g.attr, field, "`"+name+"` is a text: none is greater than another", "", sheet.DidYouMean(name, numbers))
		return nil
	case m.refuse("FL0203", m.SpanOf(g.attr), field, name, "the order uses a signal this policy forbids"):
		return nil
	}
	i := m.slot(name)
	if i < 0 {
		return nil
	}
	return func(f *engine.Facts, _ engine.ClassID) int64 {
		if f.Has&(1<<i) == 0 {
			return math.MinInt64 + 1 // the engine takes the negative of it
		}
		return max(f.Attrs[i], math.MinInt64+1)
	}
}
