package rule

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/env"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/parser"

	"fairline/engine"
)

// An Env holds the fields that rules may read.
type Env struct {
	fields []*Field
	byName map[string]*Field
	names  []string
	chans  []string
	cel    *cel.Env
}

// hasPrefix makes has(ticket.x) a variable of its own in CEL: there is no object `ticket` to hide a field in.
const hasPrefix = "has "

// NewEnv returns an Env of the fields. Channels are the names of the channels, in the order of their ids.
func NewEnv(fields []*Field, channels []string) (*Env, error) {
	e := &Env{fields: fields, byName: map[string]*Field{}, chans: channels}
	opts := []cel.EnvOption{
		cel.StdLib(cel.StdLibSubset(subset())),
		cel.Macros(parser.NewGlobalMacro("has", 1, expandHas)),
		cel.ParserExpressionSizeLimit(RunesMax),
		cel.ParserRecursionLimit(DepthMax),
		cel.Variable("ticket.needs", cel.ListType(cel.StringType)),
	}
	for _, f := range fields {
		e.byName[f.Name] = f
		if f.Refused == "" {
			e.names = append(e.names, f.Name)
		}
		if f.Type != Texts {
			opts = append(opts, cel.Variable("ticket."+f.Name, celType(f.Type)))
		}
		opts = append(opts, cel.Variable(hasPrefix+"ticket."+f.Name, cel.BoolType))
	}
	var err error
	if e.cel, err = cel.NewCustomEnv(opts...); err != nil {
		return nil, fmt.Errorf("rule environment: %w", err)
	}
	return e, nil
}

func celType(t Type) *cel.Type {
	switch t {
	case Bool:
		return cel.BoolType
	case Int:
		return cel.IntType
	case Duration:
		return cel.DurationType
	case Timestamp:
		return cel.TimestampType
	}
	return cel.StringType
}

func subset() *env.LibrarySubset {
	sub := env.NewLibrarySubset().SetDisableMacros(true)
	for _, name := range []string{
		operators.LogicalNot, operators.LogicalAnd, operators.LogicalOr, operators.Conditional,
		operators.Equals, operators.NotEquals, operators.Less, operators.LessEquals, operators.Greater,
		operators.GreaterEquals, operators.In, operators.Add, operators.Subtract, operators.Multiply,
		operators.Divide, operators.Modulo, operators.Negate, "duration", "timestamp",
	} {
		sub.AddIncludedFunctions(env.NewFunction(name))
	}
	return sub
}

func expandHas(eh parser.ExprHelper, _ ast.Expr, args []ast.Expr) (ast.Expr, *common.Error) {
	if args[0].Kind() == ast.SelectKind {
		s := args[0].AsSelect()
		if s.Operand().Kind() == ast.IdentKind {
			return eh.NewIdent(hasPrefix + s.Operand().AsIdent() + "." + s.FieldName()), nil
		}
	}
	return nil, eh.NewError(args[0].ID(), "has() asks for one field: has(ticket.name)")
}

// Compile reads an expression that is true or false. It returns every fault it can see at once, and the Rule only
// when there is none. What the rule mentions is returned in any case.
func (e *Env) Compile(text string) (*Rule, []Read, []Fault) {
	runes := []rune(text)
	if len(runes) > RunesMax {
		return nil, nil, []Fault{{Code: "FL0106", Start: -1,
			Message: fmt.Sprintf("expression of %d characters, at most %d can be read", len(runes), RunesMax)}}
	}
	parsed, iss := e.cel.Parse(text)
	if err := iss.Err(); err != nil {
		return nil, nil, syntaxFaults(runes, iss.Errors())
	}
	tree := parsed.NativeRep()
	c := &checker{env: e, src: runes, info: tree.SourceInfo(), rule: &Rule{Cuts: map[string][]Cut{}, Exact: true}}
	root := c.walk(tree.Expr(), 0, 0)
	if root.typ != 0 && root.typ != Bool {
		c.fault("FL0131", root.start, root.end, "`when` must be true or false, this is "+root.typ.String(), "", "compare it with something: == != < <= > >= in")
	}
	slices.SortStableFunc(c.reads, func(a, b Read) int { return a.Start - b.Start })
	if len(c.faults) > 0 {
		return nil, c.reads, c.faults
	}
	if _, iss := e.cel.Check(parsed); iss.Err() != nil {
		return nil, c.reads, celFaults(runes, iss.Errors(), "FL0131")
	}
	c.rule.Reads, c.rule.Match = c.reads, root.truth
	return c.rule, c.reads, nil
}

// syntaxFaults keeps the first of CEL's complaints: the others are mostly about its consequences.
func syntaxFaults(src []rune, errs []*cel.Error) []Fault {
	return celFaults(src, errs[:min(1, len(errs))], "FL0130")
}

func celFaults(src []rune, errs []*cel.Error, code string) []Fault {
	var fs []Fault
	for _, err := range errs {
		at := offset(src, err.Location.Line(), err.Location.Column())
		end := at + 1
		if at < 0 {
			end = -1
		}
		fs = append(fs, Fault{Code: code, Start: at, End: end, Message: plainWords(err.Message), Help: hint(src, at)})
	}
	return fs
}

// plainWords turns what the parser says into what a supervisor can read.
func plainWords(msg string) string {
	msg, _, _ = strings.Cut(strings.TrimPrefix(msg, "Syntax error: "), " expecting")
	switch {
	case strings.Contains(msg, "<EOF>"):
		return "the expression is not complete"
	case strings.Contains(msg, "recursion"):
		return fmt.Sprintf("the expression nests deeper than %d", DepthMax)
	case strings.Contains(msg, "token recognition error"):
		return "a character that has no meaning in an expression"
	}
	return "the expression cannot be read here: " + msg
}

// hint knows the slips that are common in other languages.
func hint(src []rune, at int) string {
	if at < 0 || at >= len(src) {
		return "both sides of an operator must be there, and every bracket closed"
	}
	rest := string(src[at:])
	for word, say := range map[string]string{"and": "&&", "or": "||", "not": "!", "is": "==", "AND": "&&", "OR": "||"} {
		if strings.HasPrefix(rest, word+" ") {
			return "write `" + say + "` instead of `" + word + "`"
		}
	}
	if src[at] == '=' {
		return "write `==` to compare"
	}
	return ""
}

// offset turns a line and column of CEL into a rune of the text, -1 when there is none.
func offset(src []rune, line, column int) int {
	if line < 1 || column < 0 {
		return -1
	}
	at := 0
	for i := 0; i < len(src) && line > 1; i++ {
		if src[i] == '\n' {
			line--
			at = i + 1
		}
	}
	return min(at+column, len(src))
}

// value returns how to read a field from Facts.
func (e *Env) value(f *Field) func(*engine.Facts) int64 {
	switch f.Name {
	case "channel":
		words := make([]int64, len(e.chans))
		for i, name := range e.chans {
			words[i] = int64(engine.WordOf(name))
		}
		return func(t *engine.Facts) int64 { return words[t.Channel] }
	case "origin":
		direct, overheard := int64(engine.WordOf("direct")), int64(engine.WordOf("overheard"))
		return func(t *engine.Facts) int64 {
			if t.Overheard {
				return overheard
			}
			return direct
		}
	case "due":
		return func(t *engine.Facts) int64 { return int64(t.Due) }
	case "arrived":
		return func(t *engine.Facts) int64 { return int64(t.Arrived) }
	}
	i := f.Slot()
	if i < 0 {
		return func(*engine.Facts) int64 { return 0 }
	}
	return func(t *engine.Facts) int64 { return t.Attrs[i] }
}

// has returns whether a ticket carries an optional field.
func (e *Env) has(f *Field) func(*engine.Facts) bool {
	if f.Name == "due" {
		return func(t *engine.Facts) bool { return t.Due != 0 }
	}
	i := f.Slot()
	if i < 0 {
		return func(*engine.Facts) bool { return false }
	}
	return func(t *engine.Facts) bool { return t.Has&(1<<i) != 0 }
}
