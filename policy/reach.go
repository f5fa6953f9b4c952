package policy

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"fairline/engine"
	"fairline/policy/rule"
	"fairline/policy/sheet"
)

// CellsMax bounds how many kinds of tickets are tried when classes are checked against one another. With more, the
// checks say "undecided" by saying nothing.
const CellsMax = 65_536

// A reach is what enumeration found out about the classes: one ticket for each combination of values that the rules can
// tell apart. It is exact when decided.
type reach struct {
	decided bool
	byClass [][]engine.Facts // tickets of each class
	fields  []*axis
	m       *model
}

// An axis is one field that rules read, with the values to try.
type axis struct {
	field *rule.Field
	name  string
	tries []try
}

// A try is one value: how to put it into a ticket, and how to show it.
type try struct {
	put  func(*engine.Facts)
	show string
	bare bool // what a ticket has that carries nothing
}

// anyArrival is when the enumerated tickets arrive, unless a rule compares the arrival.
const anyArrival = engine.Instant(1_800_000_000 * int64(engine.Second))

// reach enumerates once. It is asked for only when rulesRead.
func (m *model) reach() *reach {
	if m.reached != nil {
		return m.reached
	}
	if !m.rulesRead() {
		panic("policy: classes enumerated before their rules could be read")
	}
	r := &reach{decided: true, m: m, byClass: make([][]engine.Facts, len(m.classes))}
	m.reached = r
	cuts, needs := r.gather()
	r.axes(cuts, needs)
	size := 1
	for _, a := range r.fields {
		if size *= len(a.tries); size > CellsMax || size == 0 {
			r.decided, r.fields = false, nil
			return r
		}
	}
	classify := m.classify()
	r.each(func(f *engine.Facts, _ []int) {
		c := classify(f)
		r.byClass[c] = append(r.byClass[c], *f)
	})
	return r
}

func (r *reach) tickets(c *class) []engine.Facts { return r.byClass[r.m.id(c)] }

// gather collects the constants that the rules compare with.
func (r *reach) gather() (cuts map[string][]rule.Cut, needs []string) {
	cuts = map[string][]rule.Cut{}
	for _, c := range r.m.classes[:len(r.m.classes)-1] {
		r.decided = r.decided && c.rule.Exact
		needs = append(needs, c.rule.Needs...)
		for _, rd := range c.rule.Reads {
			name := rd.Field.Name
			cuts[name] = append(cuts[name], c.rule.Cuts[name]...)
		}
		if d := c.rule.Cuts[rule.DueIn]; d != nil {
			cuts[rule.DueIn] = append(cuts[rule.DueIn], d...)
		}
	}
	slices.Sort(needs)
	return cuts, slices.Compact(needs)
}

func (r *reach) axes(cuts map[string][]rule.Cut, needs []string) {
	if cuts[rule.DueIn] != nil && (len(cuts["due"]) > 0 || len(cuts["arrived"]) > 0) {
		r.decided = false
	}
	r.channelAxis()
	for _, f := range r.m.fields() {
		used, read := cuts[f.Name]
		switch {
		case f.Name == "origin" && read:
			r.fields = append(r.fields, &axis{f, f.Name, []try{
				{func(*engine.Facts) {}, "", true}, {func(t *engine.Facts) { t.Overheard = true }, "origin: overheard", false}}})
		case f.Name == "arrived" && len(used) > 0:
			a := &axis{field: f, name: f.Name}
			for _, v := range points(f, used, nil) {
				a.tries = append(a.tries, try{func(t *engine.Facts) { t.Arrived = engine.Instant(v) }, "arrived: " + show(f, v, used), true})
			}
			r.fields = append(r.fields, a)
		case f.Name == "due" && read:
			r.dueAxis(f, used, cuts[rule.DueIn])
		case f.Slot != nil && read:
			r.attrAxis(f, used)
		}
	}
	for _, n := range needs {
		word := engine.WordOf(n)
		r.fields = append(r.fields, &axis{name: "needs", tries: []try{{func(*engine.Facts) {}, "", true}, {func(t *engine.Facts) {
			if t.NeedsLen < engine.NeedsMax {
				t.Needs[t.NeedsLen] = word
				t.NeedsLen++
			}
		}, "needs: [" + n + "]", false}}})
	}
	r.decided = r.decided && len(needs) <= engine.NeedsMax
}

func (r *reach) channelAxis() {
	a := &axis{name: "channel"}
	for i, c := range r.m.channels {
		a.tries = append(a.tries, try{func(t *engine.Facts) { t.Channel = engine.ChannelID(i) }, "channel: " + c.name, true})
	}
	r.fields = append(r.fields, a)
}

func (r *reach) dueAxis(f *rule.Field, dates, spans []rule.Cut) {
	a := &axis{field: f, name: f.Name, tries: []try{{func(*engine.Facts) {}, "", true}}}
	if len(spans) > 0 {
		for _, v := range points(&rule.Field{Min: -int64(DurationMax), Max: int64(DurationMax)}, spans, nil) {
			a.tries = append(a.tries, try{func(t *engine.Facts) { t.Due = t.Arrived.Add(engine.Duration(v)) }, "due: " + signed(v) + " after it arrived", false})
		}
	} else {
		for _, v := range points(f, dates, nil) {
			a.tries = append(a.tries, try{func(t *engine.Facts) { t.Due = max(engine.Instant(v), 1) }, "due: " + show(f, v, dates), false})
		}
	}
	r.fields = append(r.fields, a)
}

func signed(v int64) string {
	if v < 0 {
		return "-" + sheet.ShowDuration(engine.Duration(-v))
	}
	return sheet.ShowDuration(engine.Duration(v))
}

func (r *reach) attrAxis(f *rule.Field, cuts []rule.Cut) {
	i := f.Slot()
	if i < 0 {
		r.decided = false
		return
	}
	at := r.m.attr(f.Name)
	a := &axis{field: f, name: f.Name}
	put := func(v int64) func(*engine.Facts) {
		return func(t *engine.Facts) { t.Attrs[i], t.Has = v, t.Has|1<<i }
	}
	if f.Optional {
		a.tries = append(a.tries, try{func(*engine.Facts) {}, "", true})
	}
	for _, v := range points(f, cuts, at.or) {
		bare := at.or != nil && v == at.or.num
		text := f.Name + ": " + show(f, v, cuts)
		if bare {
			text = ""
		}
		a.tries = append(a.tries, try{put(v), text, bare})
	}
	slices.SortStableFunc(a.tries, func(x, y try) int { return cmp.Compare(rank(x.bare), rank(y.bare)) })
	r.fields = append(r.fields, a)
}

func rank(bare bool) int {
	if bare {
		return 0
	}
	return 1
}

// points are values on every side of every cut, and what a ticket has by default.
func points(f *rule.Field, cuts []rule.Cut, or *value) []int64 {
	var vs []int64
	switch {
	case f.Values != nil:
		for _, v := range f.Values {
			vs = append(vs, int64(engine.WordOf(v)))
		}
		return vs
	case f.Type == rule.Bool:
		return []int64{0, 1}
	case f.Type == rule.Text:
		for _, c := range cuts {
			vs = append(vs, c.Num)
		}
		vs = append(vs, int64(engine.WordOf("something else")))
	default:
		vs = append(vs, f.Min, f.Max)
		for _, c := range cuts {
			for _, d := range []int64{-1, 0, 1} {
				if v := c.Num + d; (d == 0 || (v > c.Num) == (d > 0)) && v >= f.Min && v <= f.Max {
					vs = append(vs, v)
				}
			}
		}
	}
	if or != nil {
		vs = append(vs, or.num)
	}
	slices.Sort(vs)
	return slices.Compact(vs)
}

// show writes a value as it would stand on a ticket.
func show(f *rule.Field, v int64, cuts []rule.Cut) string {
	switch f.Type {
	case rule.Bool:
		return fmt.Sprint(v != 0)
	case rule.Duration:
		return signed(v)
	case rule.Timestamp:
		return time.Unix(0, v).UTC().Format(time.RFC3339)
	case rule.Text:
		for _, t := range f.Values {
			if int64(engine.WordOf(t)) == v {
				return t
			}
		}
		for _, c := range cuts {
			if c.Num == v {
				return c.Text
			}
		}
		return "something else"
	}
	if v == math.MinInt64+1 {
		return "very little"
	}
	return fmt.Sprint(v)
}

// each calls yield for every combination, with the index of each axis's value.
func (r *reach) each(yield func(*engine.Facts, []int)) {
	at := make([]int, len(r.fields))
	for {
		f := engine.Facts{Arrived: anyArrival}
		// The arrival first: a due date may count from it.
		for _, arrivals := range []bool{true, false} {
			for i, a := range r.fields {
				if (a.name == "arrived") == arrivals {
					a.tries[at[i]].put(&f)
				}
			}
		}
		yield(&f, at)
		i := 0
		for ; i < len(at); i++ {
			if at[i]++; at[i] < len(r.fields[i].tries) {
				break
			}
			at[i] = 0
		}
		if i == len(at) {
			return
		}
	}
}

// witness writes the combination as a ticket: {channel: phone, plan: gold}.
func (r *reach) witness(at []int) string {
	var parts []string
	for i, a := range r.fields {
		if s := a.tries[at[i]].show; s != "" {
			parts = append(parts, s)
		}
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
