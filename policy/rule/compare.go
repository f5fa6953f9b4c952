package rule

import (
	"fmt"
	"slices"

	"cel.dev/cel-go/common/operators"

	"fairline/engine"
	"fairline/policy/spelling"
)

var signs = map[string]string{
	operators.Equals: "==", operators.NotEquals: "!=", operators.Less: "<", operators.LessEquals: "<=",
	operators.Greater: ">", operators.GreaterEquals: ">=",
}

// compare is == != < <= > >=.
func (c *checker) compare(name string, at int, a, b part) part {
	if a.typ == 0 || b.typ == 0 {
		return part{}
	}
	sign := signs[name]
	equal := name == operators.Equals || name == operators.NotEquals
	if a.typ != b.typ || a.typ == Texts || a.items != nil || b.items != nil {
		c.mismatch(at, sign, a, b)
		return part{}
	}
	if !equal && (a.typ == Text || a.typ == Bool) {
		c.fault("FL0131", at, at+len(sign), fmt.Sprintf("`%s` has no meaning for %v", sign, a.typ), "", "use == != or in")
		return part{}
	}
	if !c.possible(a, b) || !c.possible(b, a) || !c.decided(name, at, sign, a, b) {
		return part{}
	}
	c.cut(a, b)
	p := part{typ: Bool, start: at, end: at + len(sign)}
	if a.typ == Bool {
		x, y, want := a.truth, b.truth, name == operators.Equals
		p.truth = func(t *engine.Facts) bool { return (x(t) == y(t)) == want }
		return p
	}
	p.truth = comparison(name, a, b)
	return p
}

// mismatch says that two types cannot be compared, and knows the two words that differ by one letter.
func (c *checker) mismatch(at int, sign string, a, b part) {
	help := ""
	for _, p := range []part{a, b} {
		if p.field != nil && p.field.Type == Texts {
			help = "`needs` holds the skills that the ticket needs; ask `\"nurse\" in ticket.needs`"
			if near, ok := spelling.Nearest("needs", c.scalars()); ok {
				help = "did you mean `ticket." + near + "`? " + help
			}
		}
	}
	c.fault("FL0131", at, at+len([]rune(sign)), fmt.Sprintf("`%s` between %v and %v", sign, typeName(a), typeName(b)), "", help)
}

func (c *checker) scalars() []string {
	var names []string
	for _, f := range c.env.fields {
		if f.Type == Text && f.Refused == "" {
			names = append(names, f.Name)
		}
	}
	return names
}

func typeName(p part) string {
	if p.items != nil {
		return "a list"
	}
	return p.typ.String()
}

// possible reports a text that a field with a closed list never has.
func (c *checker) possible(f, v part) bool {
	if f.field == nil || f.field.Values == nil || !v.lit || slices.Contains(f.field.Values, v.cut.Text) {
		return true
	}
	help := spelling.DidYouMean(v.cut.Text, f.field.Values)
	if help == "" {
		help = "it is " + spelling.List(f.field.Values)
	}
	c.fault("FL0121", v.start, v.end, fmt.Sprintf("`%s` is never %q", f.field.Name, v.cut.Text), "", help)
	return false
}

// decided reports a comparison of numbers whose answer their ranges give already.
func (c *checker) decided(name string, at int, sign string, a, b part) bool {
	if a.typ == Bool || a.typ == Text {
		return true
	}
	var always, never bool
	switch name {
	case operators.Equals:
		never = a.hi < b.lo || b.hi < a.lo
	case operators.NotEquals:
		always = a.hi < b.lo || b.hi < a.lo
	case operators.Less:
		always, never = a.hi < b.lo, a.lo >= b.hi
	case operators.LessEquals:
		always, never = a.hi <= b.lo, a.lo > b.hi
	case operators.Greater:
		always, never = a.lo > b.hi, a.hi <= b.lo
	case operators.GreaterEquals:
		always, never = a.lo >= b.hi, a.hi < b.lo
	}
	if !always && !never {
		return true
	}
	word := map[bool]string{true: "always", false: "never"}[always]
	help := ""
	for _, p := range []part{a, b} {
		if p.field != nil && p.typ == Int {
			help = fmt.Sprintf("`%s` lies between %d and %d", p.field.Name, p.lo, p.hi)
		}
	}
	c.fault("FL0121", at, at+len(sign), "this is "+word+" true", "", help)
	return false
}

// cut notes what is compared with what, for those who enumerate tickets.
func (c *checker) cut(a, b part) {
	for _, p := range [][2]part{{a, b}, {b, a}} {
		f, v := p[0], p[1]
		switch {
		case f.field != nil && v.lit:
			c.rule.Cuts[f.field.Name] = append(c.rule.Cuts[f.field.Name], v.cut)
			return
		case f.dueIn && v.lit:
			c.rule.Cuts[DueIn] = append(c.rule.Cuts[DueIn], v.cut)
			return
		}
	}
	if a.typ != Bool {
		c.rule.Exact = false
	}
}

func comparison(name string, a, b part) func(*engine.Facts) bool {
	x, y := a.num, b.num
	if b.lit {
		v := b.cut.Num
		switch name {
		case operators.Equals:
			return func(t *engine.Facts) bool { return x(t) == v }
		case operators.NotEquals:
			return func(t *engine.Facts) bool { return x(t) != v }
		}
	}
	switch name {
	case operators.Equals:
		return func(t *engine.Facts) bool { return x(t) == y(t) }
	case operators.NotEquals:
		return func(t *engine.Facts) bool { return x(t) != y(t) }
	case operators.Less:
		return func(t *engine.Facts) bool { return x(t) < y(t) }
	case operators.LessEquals:
		return func(t *engine.Facts) bool { return x(t) <= y(t) }
	case operators.Greater:
		return func(t *engine.Facts) bool { return x(t) > y(t) }
	}
	return func(t *engine.Facts) bool { return x(t) >= y(t) }
}

// in is `field in [values]` and `"skill" in ticket.needs`.
func (c *checker) in(at int, a, list part) part {
	if a.typ == 0 || list.typ == 0 {
		return part{}
	}
	switch {
	case list.field != nil && list.typ == Texts && a.typ == Text:
		return c.inNeeds(at, a)
	case list.items == nil || a.items != nil || a.typ == Texts || a.typ == Bool:
		c.mismatch(at, "in", a, list)
		return part{}
	}
	var values []int64
	ok := true
	for _, v := range list.items {
		if v.typ != a.typ {
			c.fault("FL0131", v.start, v.end, fmt.Sprintf("this is %v, the left side of `in` is %v", v.typ, a.typ), "", "")
			ok = false
			continue
		}
		ok = c.possible(a, v) && c.decided(operators.Equals, v.start, "x", a, v) && ok
		c.cut(a, v)
		values = append(values, v.cut.Num)
	}
	if !ok {
		return part{}
	}
	x := a.num
	return part{typ: Bool, start: at, end: at + 2, truth: func(t *engine.Facts) bool { return slices.Contains(values, x(t)) }}
}

func (c *checker) inNeeds(at int, skill part) part {
	if skill.lit {
		c.rule.Needs = append(c.rule.Needs, skill.cut.Text)
	} else {
		c.rule.Exact = false
	}
	x := skill.num
	return part{typ: Bool, start: at, end: at + 2, truth: func(t *engine.Facts) bool {
		return slices.Contains(t.Needs[:t.NeedsLen], engine.Word(x(t)))
	}}
}
