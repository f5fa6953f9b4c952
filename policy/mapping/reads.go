package mapping

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// native is a value of CEL as JSON would have it; a time stays one, and what is neither is nil.
func native(v any) any {
	switch v := v.(type) {
	case string, bool, int64, float64, time.Time:
		return v
	case uint64:
		return int64(v)
	case *types.Optional:
		if v.HasValue() {
			return native(v.GetValue().Value())
		}
	case ref.Val:
		return native(v.Value())
	}
	return nil
}

// A walker collects the places that an expression reads. It may find more than are read, and never less.
type walker struct {
	variables []variable
	bound     map[string][]path // what a loop goes over
	reads     []path
	key       bool // inside brackets: what is read there finds another place
}

// readsOf are the places that an expression reads, each once; and the places whose value it may be, where it is nothing else.
func (r *reader) readsOf(e ast.Expr) (reads, is []path) {
	w := &walker{variables: r.m.variables, bound: map[string][]path{}}
	is, ok := w.places(e)
	if !ok {
		w.walk(e)
		return w.reads, nil
	}
	return w.reads, is
}

func (w *walker) read(ps ...path) {
	for _, p := range ps {
		p.key = p.key || w.key
		if !slices.ContainsFunc(w.reads, p.same) {
			w.reads = append(w.reads, p)
		}
	}
}

// walk reads an expression as a whole.
func (w *walker) walk(e ast.Expr) {
	if ps, ok := w.places(e); ok {
		w.read(ps...)
		return
	}
	switch e.Kind() {
	case ast.IdentKind:
		if v := w.variable(e.AsIdent()); v != nil {
			w.read(v.reads...)
		}
	case ast.SelectKind:
		w.walk(e.AsSelect().Operand())
	case ast.CallKind:
		w.call(e.AsCall())
	case ast.ListKind:
		for _, element := range e.AsList().Elements() {
			w.walk(element)
		}
	case ast.MapKind:
		for _, entry := range e.AsMap().Entries() {
			w.walk(entry.AsMapEntry().Key())
			w.walk(entry.AsMapEntry().Value())
		}
	case ast.ComprehensionKind:
		w.loop(e.AsComprehension())
	}
}

// call reads the arguments; of a list whose size is asked how many there are.
func (w *walker) call(c ast.CallExpr) {
	of := c.Args()
	if c.IsMemberFunction() {
		of = append([]ast.Expr{c.Target()}, of...)
	}
	if c.FunctionName() == "size" && len(of) == 1 {
		if ps, ok := w.places(of[0]); ok {
			w.read(below(ps, "#")...)
			return
		}
	}
	for _, arg := range of {
		w.walk(arg)
	}
}

// loop reads what a loop over a list does: of a list that stands in the body only what is asked of its elements.
func (w *walker) loop(c ast.ComprehensionExpr) {
	inner := &walker{variables: w.variables, bound: maps.Clone(w.bound), key: w.key}
	over, ok := w.places(c.IterRange())
	if ok {
		w.read(below(over, "#")...)
	} else {
		w.walk(c.IterRange())
	}
	for _, name := range []string{c.IterVar(), c.IterVar2(), c.AccuVar()} {
		inner.bound[name] = nil // it is no variable of the file, whatever it is called
	}
	for _, name := range []string{c.IterVar(), c.IterVar2()} {
		if ok {
			inner.bound[name] = below(over, "*")
		}
	}
	for _, part := range []ast.Expr{c.AccuInit(), c.LoopCondition(), c.LoopStep(), c.Result()} {
		inner.walk(part)
	}
	w.read(inner.reads...)
}

func (w *walker) variable(name string) *variable {
	if _, hidden := w.bound[name]; hidden {
		return nil
	}
	i := slices.IndexFunc(w.variables, func(v variable) bool { return v.name == name })
	if i < 0 {
		return nil
	}
	return &w.variables[i]
}

// below are the places one step below others.
func below(ps []path, step string) []path {
	var list []path
	for _, p := range ps {
		list = append(list, path{inEvent: p.inEvent, steps: append(slices.Clone(p.steps), step)})
	}
	return list
}

// places are the places whose value an expression is: a chain of selections, one of two of them, or a variable that is such;
// false for other expressions. What decides which, and what stands in brackets, is read.
func (w *walker) places(e ast.Expr) ([]path, bool) {
	switch e.Kind() {
	case ast.IdentKind:
		return w.named(e.AsIdent())
	case ast.SelectKind:
		ps, ok := w.places(e.AsSelect().Operand())
		return below(ps, e.AsSelect().FieldName()), ok
	case ast.CallKind:
		c := e.AsCall()
		switch c.FunctionName() {
		case operators.Index, operators.OptIndex, operators.OptSelect:
			ps, ok := w.places(c.Args()[0])
			if !ok {
				return nil, false
			}
			return below(ps, w.step(c.Args()[1])), true
		case operators.Conditional:
			a, okA := w.places(c.Args()[1])
			b, okB := w.places(c.Args()[2])
			if okA && okB {
				w.walk(c.Args()[0])
			}
			return slices.Concat(a, b), okA && okB
		case "orValue":
			ps, ok := w.places(c.Target())
			or, isPlace := w.places(c.Args()[0])
			if ok && !isPlace {
				w.walk(c.Args()[0])
			}
			return slices.Concat(ps, or), ok
		}
	}
	return nil, false
}

// named are the places that a name stands for.
func (w *walker) named(name string) ([]path, bool) {
	if ps, ok := w.bound[name]; ok {
		return ps, len(ps) > 0
	}
	switch name {
	case "event":
		return []path{{inEvent: true}}, true
	case "body":
		return []path{{}}, true
	}
	v := w.variable(name)
	if v == nil || len(v.is) == 0 {
		return nil, false
	}
	w.read(v.reads...)
	return v.is, true
}

// step is what stands in brackets: a name, or where that is computed every element.
func (w *walker) step(e ast.Expr) string {
	if e.Kind() == ast.LiteralKind {
		switch v := e.AsLiteral().Value().(type) {
		case string:
			return v
		case int64:
			return strconv.FormatInt(v, 10)
		}
	}
	inner := &walker{variables: w.variables, bound: w.bound, key: true}
	inner.walk(e)
	w.read(inner.reads...)
	return "*"
}
