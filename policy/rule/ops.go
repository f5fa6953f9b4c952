package rule

import (
	"fmt"
	"math"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"

	"fairline/engine"
)

func (c *checker) wantBool(p part, what string) bool {
	if p.typ != 0 && p.typ != Bool {
		c.fault("FL0131", p.start, p.end, what+" takes true or false, this is "+p.typ.String(), "", "compare it with something: == != < <= > >= in")
	}
	return p.typ == Bool
}

// logical is && and ||. The right side may rely on what the left side asked.
func (c *checker) logical(e ast.Expr, name string, args []ast.Expr, known uint64, depth int) part {
	and := name == operators.LogicalAnd
	sign := map[bool]string{true: "`&&`", false: "`||`"}[and]
	a := c.walk(args[0], known, depth+1)
	after := a.whenTrue
	if !and {
		after = a.whenFalse
	}
	b := c.walk(args[1], known|after, depth+1)
	okA, okB := c.wantBool(a, sign), c.wantBool(b, sign)
	if !okA || !okB {
		return part{}
	}
	at := c.start(e)
	p := part{typ: Bool, start: at, end: at + 2}
	x, y := a.truth, b.truth
	if and {
		p.truth = func(t *engine.Facts) bool { return x(t) && y(t) }
		p.whenTrue, p.whenFalse = a.whenTrue|b.whenTrue, a.whenFalse&(a.whenTrue|b.whenFalse)
	} else {
		p.truth = func(t *engine.Facts) bool { return x(t) || y(t) }
		p.whenFalse, p.whenTrue = a.whenFalse|b.whenFalse, a.whenTrue&(a.whenFalse|b.whenTrue)
	}
	return p
}

func (c *checker) not(a part) part {
	if !c.wantBool(a, "`!`") {
		return part{}
	}
	x := a.truth
	return part{typ: Bool, start: a.start, end: a.end, truth: func(t *engine.Facts) bool { return !x(t) },
		whenTrue: a.whenFalse, whenFalse: a.whenTrue}
}

// conditional is if ? then : otherwise.
func (c *checker) conditional(e ast.Expr, args []ast.Expr, known uint64, depth int) part {
	if0 := c.walk(args[0], known, depth+1)
	a := c.walk(args[1], known|if0.whenTrue, depth+1)
	b := c.walk(args[2], known|if0.whenFalse, depth+1)
	ok := c.wantBool(if0, "`?`")
	if !ok || a.typ == 0 || b.typ == 0 {
		return part{}
	}
	at := c.start(e)
	if a.typ != b.typ || a.typ == Texts {
		c.fault("FL0131", at, at+1, fmt.Sprintf("both sides of `:` must be the same, these are %v and %v", a.typ, b.typ), "", "")
		return part{}
	}
	test := if0.truth
	p := part{typ: a.typ, start: at, end: at + 1, lo: min(a.lo, b.lo), hi: max(a.hi, b.hi)}
	if a.typ == Bool {
		x, y := a.truth, b.truth
		p.truth = func(t *engine.Facts) bool {
			if test(t) {
				return x(t)
			}
			return y(t)
		}
		p.whenTrue = (if0.whenTrue | a.whenTrue) & (if0.whenFalse | b.whenTrue)
		p.whenFalse = (if0.whenTrue | a.whenFalse) & (if0.whenFalse | b.whenFalse)
		return p
	}
	x, y := a.num, b.num
	p.num = func(t *engine.Facts) int64 {
		if test(t) {
			return x(t)
		}
		return y(t)
	}
	return p
}

// arithmetic works out the range of a result and refuses one that may not fit.
func (c *checker) arithmetic(name string, at int, a, b part) part {
	if a.typ == 0 || b.typ == 0 {
		return part{}
	}
	sign := name[1:2]
	t, ok := resultType(name, a.typ, b.typ)
	if !ok {
		c.fault("FL0131", at, at+1, fmt.Sprintf("`%s` between %v and %v", sign, a.typ, b.typ), "", "")
		return part{}
	}
	p := part{typ: t, start: at, end: at + 1}
	if name == operators.Divide || name == operators.Modulo {
		return c.division(name, p, a, b)
	}
	var fits bool
	p.lo, p.hi, fits = span(name, a, b)
	if !fits || t == Timestamp && (p.lo < 0 || p.hi > InstantMax) {
		c.fault("FL0126", at, at+1, "the result may be too large to count with", "", "give the attributes in it a `min` and a `max`")
		return part{}
	}
	x, y := a.num, b.num
	switch name {
	case operators.Add:
		p.num = func(t *engine.Facts) int64 { return x(t) + y(t) }
	case operators.Subtract:
		p.num = func(t *engine.Facts) int64 { return x(t) - y(t) }
		p.dueIn = a.field != nil && b.field != nil && a.field.Name == "due" && b.field.Name == "arrived"
	default:
		p.num = func(t *engine.Facts) int64 { return x(t) * y(t) }
	}
	return p
}

func resultType(name string, a, b Type) (Type, bool) {
	sum := name == operators.Add || name == operators.Subtract
	switch {
	case a == Int && b == Int:
		return Int, true
	case sum && a == Duration && b == Duration:
		return Duration, true
	case sum && a == Timestamp && b == Duration, name == operators.Add && a == Duration && b == Timestamp:
		return Timestamp, true
	case name == operators.Subtract && a == Timestamp && b == Timestamp:
		return Duration, true
	}
	return 0, false
}

func (c *checker) division(name string, p, a, b part) part {
	if !b.lit || b.cut.Num <= 0 {
		c.fault("FL0126", b.start, b.end, "a rule divides by a whole number greater than 0 that stands in it", "", "")
		return part{}
	}
	x, d := a.num, b.cut.Num
	if name == operators.Divide {
		p.lo, p.hi = a.lo/d, a.hi/d
		p.num = func(t *engine.Facts) int64 { return x(t) / d }
		return p
	}
	p.lo, p.hi = max(1-d, min(a.lo, 0)), min(d-1, max(a.hi, 0))
	p.num = func(t *engine.Facts) int64 { return x(t) % d }
	return p
}

// span is the range of a sum, a difference or a product.
func span(name string, a, b part) (lo, hi int64, ok bool) {
	op := map[string]func(x, y int64) (int64, bool){operators.Add: add, operators.Subtract: sub, operators.Multiply: mul}[name]
	lo, hi = math.MaxInt64, math.MinInt64
	for _, x := range []int64{a.lo, a.hi} {
		for _, y := range []int64{b.lo, b.hi} {
			v, fits := op(x, y)
			if !fits {
				return 0, 0, false
			}
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	return lo, hi, true
}

func add(x, y int64) (int64, bool) {
	s := x + y
	return s, (s > x) == (y > 0)
}

func sub(x, y int64) (int64, bool) {
	d := x - y
	return d, (d < x) == (y > 0)
}

func mul(x, y int64) (int64, bool) {
	if x == 0 || y == 0 {
		return 0, true
	}
	p := x * y
	return p, p/y == x && !(x == -1 && y == math.MinInt64) && !(y == -1 && x == math.MinInt64)
}
