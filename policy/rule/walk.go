package rule

import (
	"fmt"
	"math"
	"strings"
	"time"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"fairline/engine"
	"fairline/policy/spelling"
)

// A part is a checked part of an expression: what it is, where it stands, and how to evaluate it.
type part struct {
	typ        Type // 0: a fault was reported, ask nothing more of it
	start, end int
	truth      func(*engine.Facts) bool  // of a Bool
	num        func(*engine.Facts) int64 // of another scalar
	lit        bool                      // a constant: cut holds it
	cut        Cut
	lo, hi     int64  // the range of an Int, Duration or Timestamp
	field      *Field // when it is a field and nothing else
	dueIn      bool   // when it is ticket.due - ticket.arrived
	items      []part // of a list
	// Which optional fields (by bit) are certainly there when the part is true, and when it is false.
	whenTrue, whenFalse uint64
}

type checker struct {
	env    *Env
	src    []rune
	info   *ast.SourceInfo
	rule   *Rule
	reads  []Read
	faults []Fault
	nodes  int
}

func (c *checker) fault(code string, start, end int, message, label, help string) {
	c.faults = append(c.faults, Fault{code, start, end, message, label, help})
}

func (c *checker) start(e ast.Expr) int {
	r, _ := c.info.GetOffsetRange(e.ID())
	return min(max(int(r.Start), 0), len(c.src))
}

// walk checks an expression. Known are the optional fields that are certainly there.
func (c *checker) walk(e ast.Expr, known uint64, depth int) part {
	if c.nodes++; c.nodes > NodesMax || depth > DepthMax {
		if c.nodes <= NodesMax+1 {
			c.fault("FL0106", -1, -1, fmt.Sprintf("expression with more than %d parts or nested deeper than %d", NodesMax, DepthMax), "", "")
			c.nodes = NodesMax + 1
		}
		return part{}
	}
	switch e.Kind() {
	case ast.LiteralKind:
		return c.literal(e)
	case ast.IdentKind:
		return c.ident(e)
	case ast.SelectKind:
		return c.selection(e, known)
	case ast.ListKind:
		return c.list(e, known, depth)
	case ast.CallKind:
		return c.call(e, known, depth)
	}
	at := c.start(e)
	c.fault("FL0127", at, at+1, "a rule has no maps, messages or loops", "", "compare fields with values: ticket.topic in [\"a\", \"b\"]")
	return part{}
}

func (c *checker) literal(e ast.Expr) part {
	at := c.start(e)
	p := part{start: at, end: c.literalEnd(at), lit: true}
	switch v := e.AsLiteral().(type) {
	case types.Bool:
		b := bool(v)
		p.typ, p.truth = Bool, func(*engine.Facts) bool { return b }
		if b {
			p.whenFalse = math.MaxUint64 // never false
		} else {
			p.whenTrue = math.MaxUint64
		}
	case types.Int:
		return p.constant(Int, int64(v))
	case types.String:
		p.cut.Text = string(v)
		return p.constant(Text, int64(engine.WordOf(string(v))))
	default:
		c.fault("FL0131", p.start, p.end, "a rule knows whole numbers, texts, true and false; this is "+literalName(v), "", "")
		return part{}
	}
	return p
}

func literalName(v ref.Val) string {
	switch v.(type) {
	case types.Double:
		return "a fraction"
	case types.Null:
		return "null; ask has(ticket.name) instead"
	case types.Uint:
		return "a number with `u`"
	}
	return "something else"
}

func (p part) constant(t Type, v int64) part {
	p.typ, p.lit, p.cut.Num, p.lo, p.hi = t, true, v, v, v
	p.num = func(*engine.Facts) int64 { return v }
	return p
}

// literalEnd finds where a literal ends, from its first rune.
func (c *checker) literalEnd(at int) int {
	if at >= len(c.src) {
		return at
	}
	quote := c.src[at]
	if quote != '"' && quote != '\'' {
		end := at + 1
		for end < len(c.src) && (isWord(c.src[end]) || c.src[end] == '.') {
			end++
		}
		return end
	}
	for i := at + 1; i < len(c.src); i++ {
		switch c.src[i] {
		case '\\':
			i++
		case quote:
			return i + 1
		}
	}
	return len(c.src)
}

func isWord(r rune) bool {
	return r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r > 127
}

func (c *checker) ident(e ast.Expr) part {
	name, at := e.AsIdent(), c.start(e)
	if rest, ok := strings.CutPrefix(name, hasPrefix); ok {
		return c.presence(rest, at)
	}
	end := at + len([]rune(name))
	switch {
	case name == "ticket":
		c.fault("FL0131", at, end, "`ticket` alone has no value", "", "read one of its fields: ticket.channel")
	case name == "now":
		c.clock(at, end)
	default:
		help := "a text stands in quotes: \"" + name + "\""
		if c.env.byName[name] != nil {
			help = "write `ticket." + name + "`"
		}
		c.fault("FL0120", at, end, "nothing is called `"+name+"` in a rule", "", help)
	}
	return part{}
}

func (c *checker) clock(start, end int) {
	c.fault("FL0125", start, end, "a rule has no clock: it is asked when the ticket arrives or changes", "",
		"a wait belongs into `order` or `protect`, a time of day into `hours`")
}

// presence is has(ticket.name). CEL puts it at the bracket.
func (c *checker) presence(name string, at int) part {
	field, ok := strings.CutPrefix(name, "ticket.")
	start, end := c.inside(at, field)
	if !ok {
		c.fault("FL0120", start, end, "has() asks for a field of the ticket", "", "write has(ticket."+field+")")
		return part{}
	}
	f := c.lookup(field, start, end)
	if f == nil {
		return part{}
	}
	p := part{typ: Bool, start: start, end: end}
	if !f.Optional {
		c.fault("FL0212", start, end, "`"+f.Name+"` is always there, so has() is always true", "", "leave has(ticket."+f.Name+") out, or take `else` from the attribute")
		return part{}
	}
	p.truth, p.whenTrue = c.env.has(f), c.bit(f)
	return p
}

// inside finds the name of a field behind the bracket of has(.
func (c *checker) inside(at int, field string) (start, end int) {
	want := []rune(field)
	for i := at; i+len(want) <= len(c.src); i++ {
		if string(c.src[i:i+len(want)]) == field && i > 0 && (c.src[i-1] == '.' || c.src[i-1] == ' ') {
			return i, i + len(want)
		}
	}
	return at, min(at+1, len(c.src))
}

func (c *checker) bit(f *Field) uint64 {
	for i, g := range c.env.fields {
		if f == g && i < 64 {
			return 1 << i
		}
	}
	return 0
}

// lookup finds a field, notes that it is read, and reports one that is not there or that no rule may read.
func (c *checker) lookup(name string, start, end int) *Field {
	f := c.env.byName[name]
	switch {
	case f == nil:
		help := spelling.DidYouMean(name, c.env.names)
		if help == "" {
			help = "declare it under `attributes`; a rule may read " + spelling.List(c.env.names)
		}
		c.fault("FL0120", start, end, "no attribute is called `"+name+"`", "", help)
		return nil
	case f.Refused != "":
		c.fault("FL0128", start, end, "no rule may read `"+name+"`", f.Refused, "")
		return nil
	}
	c.reads = append(c.reads, Read{f, start, end})
	return f
}

// selection is ticket.name. CEL puts it at the dot.
func (c *checker) selection(e ast.Expr, known uint64) part {
	s, at := e.AsSelect(), c.start(e)
	start := at
	for start < len(c.src) && !isWord(c.src[start]) {
		start++
	}
	end := min(start+len([]rune(s.FieldName())), len(c.src))
	if s.Operand().Kind() != ast.IdentKind || s.Operand().AsIdent() != "ticket" {
		c.fault("FL0120", start, end, "only fields of the ticket can be read, as ticket.name", "", "")
		return part{}
	}
	f := c.lookup(s.FieldName(), start, end)
	if f == nil {
		return part{}
	}
	if f.Optional && known&c.bit(f) == 0 {
		help := "write `has(ticket." + f.Name + ") && ...` before it, or give the attribute an `else`"
		if f.Slot == nil {
			help = "write `has(ticket." + f.Name + ") && ...` before it"
		}
		c.fault("FL0122", start, end, "`"+f.Name+"` may be absent", "a ticket need not carry it", help)
		return part{}
	}
	p := part{typ: f.Type, start: start, end: end, field: f, lo: f.Min, hi: f.Max}
	if f.Type == Texts {
		return p
	}
	p.num = c.env.value(f)
	if f.Type == Bool {
		num := p.num
		p.truth = func(t *engine.Facts) bool { return num(t) != 0 }
	}
	return p
}

func (c *checker) list(e ast.Expr, known uint64, depth int) part {
	at := c.start(e)
	p := part{start: at, end: at + 1, typ: Texts}
	for _, el := range e.AsList().Elements() {
		item := c.walk(el, known, depth+1)
		if item.typ == 0 {
			p.typ = 0
			continue
		}
		if !item.lit {
			c.fault("FL0127", item.start, item.end, "a list in a rule holds values only", "", "compare the fields one by one")
			p.typ = 0
		}
		p.items = append(p.items, item)
	}
	if len(e.AsList().Elements()) == 0 {
		c.fault("FL0121", at, at+2, "nothing is in an empty list", "never true", "")
		p.typ = 0
	}
	return p
}

// made folds duration("...") and timestamp("...").
func (c *checker) made(name string, arg part) part {
	p := part{start: arg.start, end: arg.end}
	if arg.typ != Text || !arg.lit {
		if arg.typ != 0 {
			c.fault("FL0127", arg.start, arg.end, "`"+name+"` takes a text that stands here, not a field", "", "")
		}
		return part{}
	}
	if name == "duration" {
		d, err := time.ParseDuration(arg.cut.Text)
		if err != nil {
			c.fault("FL0103", arg.start, arg.end, "no duration: "+arg.cut.Text, "", "write duration(\"90s\"), duration(\"20m\") or duration(\"48h\")")
			return part{}
		}
		return p.constant(Duration, int64(d))
	}
	t, err := time.Parse(time.RFC3339Nano, arg.cut.Text)
	if err != nil || t.UnixNano() < 0 || t.Year() > YearMax {
		c.fault("FL0131", arg.start, arg.end, "no date between 1970 and "+fmt.Sprint(YearMax), "", "write timestamp(\"2026-12-31T08:00:00Z\")")
		return part{}
	}
	return p.constant(Timestamp, t.UnixNano())
}

// YearMax is the last year of a date that a ticket or a rule may have. Up to there the difference of any two dates
// fits into nanoseconds.
const YearMax = 2199

// InstantMax is the last nanosecond of YearMax.
var InstantMax = time.Date(YearMax+1, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano() - 1

func (c *checker) call(e ast.Expr, known uint64, depth int) part {
	call := e.AsCall()
	name, args := call.FunctionName(), call.Args()
	if call.IsMemberFunction() {
		c.walk(call.Target(), known, depth+1)
		c.unavailable(e, name)
		return part{}
	}
	switch name {
	case operators.LogicalAnd, operators.LogicalOr:
		return c.logical(e, name, args, known, depth)
	case operators.LogicalNot:
		return c.not(c.walk(args[0], known, depth+1))
	case operators.Conditional:
		return c.conditional(e, args, known, depth)
	}
	parts := make([]part, len(args))
	for i, a := range args {
		parts[i] = c.walk(a, known, depth+1)
	}
	at := c.start(e)
	switch name {
	case operators.Equals, operators.NotEquals, operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals:
		return c.compare(name, at, parts[0], parts[1])
	case operators.In:
		return c.in(at, parts[0], parts[1])
	case operators.Add, operators.Subtract, operators.Multiply, operators.Divide, operators.Modulo:
		return c.arithmetic(name, at, parts[0], parts[1])
	case operators.Negate:
		return c.arithmetic(operators.Subtract, at, part{}.constant(Int, 0), parts[0])
	case "duration", "timestamp":
		if len(parts) == 1 {
			return c.made(name, parts[0])
		}
	}
	c.unavailable(e, name)
	return part{}
}

var clockFunctions = "getFullYear getMonth getDate getDayOfMonth getDayOfWeek getDayOfYear getHours getMinutes getSeconds getMilliseconds now"

func (c *checker) unavailable(e ast.Expr, name string) {
	at := c.start(e)
	start, end := max(at-len([]rune(name)), 0), at
	if string(c.src[start:end]) != name {
		start, end = at, min(at+1, len(c.src))
	}
	for _, f := range strings.Fields(clockFunctions) {
		if f == name {
			c.clock(start, end)
			return
		}
	}
	c.fault("FL0127", start, end, "`"+strings.Trim(name, "_@")+"` is not available in a rule", "",
		"rules have == != < <= > >= in has() && || ! ?: + - * / %; texts can only be compared with == != in")
}
