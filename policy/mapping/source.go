package mapping

import (
	"fmt"
	"html"
	"slices"
	"strings"
	"unicode/utf8"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/env"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"go.yaml.in/yaml/v4"

	"fairline/policy/sheet"
)

// Limits of an expression.
const (
	RunesMax = 2000    // length
	CostMax  = 200_000 // steps of one evaluation, in CEL's own measure
)

// A source says where an output comes from: a pointer into the event, or an expression.
type source struct {
	node    *yaml.Node
	field   string
	pointer []string
	prg     cel.Program // nil: the pointer, or the text
	text    string      // where it is neither
	fixed   bool        // it is the text
	reads   []path
}

// The names that every expression may use.
var given = []string{"event", "body", "us", "kind", "words"}

// newEnv is what expressions may use, beside the variables that stand before them.
func newEnv() *cel.Env {
	without := env.NewLibrarySubset().AddExcludedFunctions(env.NewFunction("matches"))
	e, err := cel.NewCustomEnv(cel.StdLib(cel.StdLibSubset(without)), cel.OptionalTypes(cel.OptionalTypesVersion(1)),
		cel.CrossTypeNumericComparisons(true), lower, after, shown,
		cel.ParserExpressionSizeLimit(RunesMax), cel.ParserRecursionLimit(50),
		cel.Variable("event", cel.DynType), cel.Variable("body", cel.DynType), cel.Variable("us", cel.StringType),
		cel.Variable("kind", cel.StringType), cel.Variable("words", cel.ListType(cel.StringType)))
	if err != nil {
		panic(err) // it is made of constants
	}
	return e
}

// What CEL lacks: text.lower(); text.after(sign), the part behind the first such sign, empty where there is none; and
// text.shown(), what a reader sees of HTML.
var (
	shown = cel.Function("shown", cel.MemberOverload("text_shown", []*cel.Type{cel.StringType}, cel.StringType,
		cel.UnaryBinding(func(text ref.Val) ref.Val { return types.String(withoutTags(text.Value().(string))) })))
	lower = cel.Function("lower", cel.MemberOverload("text_lower", []*cel.Type{cel.StringType}, cel.StringType,
		cel.UnaryBinding(func(text ref.Val) ref.Val { return types.String(strings.ToLower(text.Value().(string))) })))
	after = cel.Function("after", cel.MemberOverload("text_after", []*cel.Type{cel.StringType, cel.StringType}, cel.StringType,
		cel.BinaryBinding(func(text, sign ref.Val) ref.Val {
			_, behind, _ := strings.Cut(text.Value().(string), sign.Value().(string))
			return types.String(behind)
		})))
)

// withoutTags is HTML without its tags, its entities resolved. Tags that end a line are a blank.
func withoutTags(text string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "<")
		b.WriteString(before)
		tag, behind, closed := strings.Cut(rest, ">")
		if !closed {
			if found {
				b.WriteString("<" + rest)
			}
			return html.UnescapeString(b.String())
		}
		if name := strings.ToLower(strings.Trim(tag, "/ ")); name == "p" || name == "li" || strings.HasPrefix(name, "br") {
			b.WriteByte(' ')
		}
		text = behind
	}
}

// source reads a scalar as a pointer or an expression of one of some types; nil where it is neither.
func (r *reader) source(n *yaml.Node, field string, wants ...*cel.Type) *source {
	text := sheet.Str(n)
	if text == "" {
		return nil
	}
	s := &source{node: n, field: field}
	if strings.HasPrefix(text, "/") {
		steps, err := parsePointer(text, false)
		if err != nil {
			r.Wrong("FL0600", n, field, "no JSON pointer: "+err.Error(), "", "write the way from the event down: /user/id")
			return nil
		}
		s.pointer, s.reads = steps, []path{{inEvent: true, steps: steps}}
		return s
	}
	c := r.compile(n, field, wants...)
	if c == nil {
		return nil
	}
	s.prg, s.reads = c.prg, slices.Concat(c.reads, c.is)
	return s
}

// A compiled is an expression that can be asked.
type compiled struct {
	prg       cel.Program
	typ       *cel.Type
	reads, is []path
}

// compile reads an expression. It is nil where a fault says why.
func (r *reader) compile(n *yaml.Node, field string, wants ...*cel.Type) *compiled {
	if utf8.RuneCountInString(n.Value) > RunesMax {
		r.Wrong("FL0106", n, field, fmt.Sprintf("an expression of more than %d characters", RunesMax), "", "put parts of it under `variables`")
		return nil
	}
	ast, iss := r.env.Compile(n.Value)
	if iss.Err() != nil {
		for _, err := range iss.Errors()[:1] { // the others are mostly about its consequences
			r.celFault(n, field, err)
		}
		return nil
	}
	if !isOneOf(ast.OutputType(), wants) {
		r.Wrong("FL0601", n, field, "this is "+said(ast.OutputType())+", and "+said(wants[0])+" is wanted", "", "")
		return nil
	}
	prg, err := r.env.Program(ast, cel.CostLimit(CostMax), cel.EvalOptions(cel.OptOptimize))
	if err != nil {
		r.Wrong("FL0601", n, field, "the expression cannot be run: "+err.Error(), "", "")
		return nil
	}
	c := &compiled{prg: prg, typ: ast.OutputType()}
	c.reads, c.is = r.readsOf(ast.NativeRep().Expr())
	return c
}

func isOneOf(t *cel.Type, wants []*cel.Type) bool {
	for _, want := range append(wants, cel.DynType) {
		if t.IsExactType(want) {
			return true
		}
	}
	return len(wants) == 0
}

func said(t *cel.Type) string {
	switch {
	case t.IsExactType(cel.BoolType):
		return "true or false"
	case t.IsExactType(cel.StringType):
		return "a text"
	case t.IsExactType(cel.TimestampType):
		return "a time"
	}
	return t.String()
}

func (r *reader) celFault(n *yaml.Node, field string, err *cel.Error) {
	lines := strings.Split(n.Value, "\n")
	from := err.Location.Column()
	for i := 0; i+1 < err.Location.Line() && i < len(lines); i++ {
		from += utf8.RuneCountInString(lines[i]) + 1
	}
	message, _, _ := strings.Cut(strings.TrimPrefix(err.Message, "Syntax error: "), " expecting")
	switch {
	case strings.Contains(message, "<EOF>"):
		message = "the expression is not complete"
	case strings.Contains(message, "undeclared reference"):
		_, name, _ := strings.Cut(message, "'")
		name, _, _ = strings.Cut(name, "'")
		r.Report(sheet.Fault{Severity: sheet.Error, Code: "FL0601", Span: r.Part(n, from, from+max(1, len(name))), Field: field,
			Message: "nothing is called `" + name + "`", Help: sheet.DidYouMean(name, r.names())})
		return
	default:
		message = "the expression cannot be read here: " + message
	}
	r.Report(sheet.Fault{Severity: sheet.Error, Code: "FL0601", Span: r.Part(n, from, from+1), Field: field, Message: message,
		Help: "write a JSON pointer such as /user/id, or an expression in CEL: event.type == \"text\""})
}

// names are what an expression may name here.
func (r *reader) names() []string {
	names := append([]string{}, given...)
	for _, v := range r.m.variables {
		names = append(names, v.name)
	}
	return names
}

// A scope is what the sources of one event are asked in: an activation of CEL. A variable is worked out when it is first asked;
// one that has no value is no name, and who asks it gets no answer.
type scope struct {
	event     any
	values    map[string]any
	variables []variable
	errors    int
}

// ResolveName is the value of a name.
func (s *scope) ResolveName(name string) (any, bool) {
	if v, ok := s.values[name]; ok {
		return v, v != missing
	}
	i := slices.IndexFunc(s.variables, func(v variable) bool { return v.name == name })
	if i < 0 {
		return nil, false
	}
	s.values[name] = missing
	out, _, err := s.variables[i].prg.Eval(s)
	if err != nil {
		return nil, false
	}
	s.values[name] = out
	return out, true
}

// Parent is none.
func (s *scope) Parent() cel.Activation { return nil }

// missing is the value of a variable that has none.
var missing any = new(int)

// value asks a source. It is nil where there is no answer; an expression that fails is counted.
func (s *source) value(in *scope) any {
	switch {
	case s == nil:
		return nil
	case s.fixed:
		return s.text
	case s.prg == nil:
		v, _ := at(in.event, s.pointer)
		return v
	}
	v, _, err := s.prg.Eval(in)
	if err != nil {
		in.errors++
		return nil
	}
	return native(v.Value())
}

// truth asks a source that is true or false; anything else is false.
func (s *source) truth(in *scope) bool {
	b, _ := s.value(in).(bool)
	return b
}
