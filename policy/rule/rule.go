// Package rule compiles the expressions of a policy file, written in a subset of CEL, to closures over engine.Facts.
//
// A rule is total: every expression that compiles gives true or false for every ticket, never an error. CEL treats
// the field that a ticket does not carry, the sum that is too large and the division by zero as errors, and an error
// in a rule would silently mean "no match". So a field that may be absent is refused where has() was not asked first,
// and the range of every sum is worked out from the `min` and `max` of its fields and refused where it may overflow.
// What is left agrees with cel-go's own evaluation on every ticket, which a test checks on random tickets.
//
// The subset: == != < <= > >= in has() && || ! ?: + - * / %, whole numbers, texts, true and false,
// duration("24h"), timestamp("2026-01-31T08:00:00Z"). Texts stand in Facts as Words, so they can be equal or not, and
// have no order, parts or length.
package rule

import (
	"fairline/engine"
)

// Limits of an expression.
const (
	RunesMax = 2000 // length of an expression
	NodesMax = 500  // operators, fields and literals in it
	DepthMax = 50   // how deep they nest
)

// A Type is what a field or a part of an expression is.
type Type uint8

// The types. Bool is 0 or 1 as a number, Text a Word, Duration and Timestamp nanoseconds. Texts is the type of needs.
const (
	Bool Type = iota + 1
	Int
	Text
	Duration
	Timestamp
	Texts
)

// String is the type's name as a supervisor would say it.
func (t Type) String() string {
	return [...]string{"nothing", "true or false", "a whole number", "a text", "a duration", "a date", "a list of texts"}[t]
}

// A Field is something that a rule may read as ticket.NAME.
type Field struct {
	Name     string
	Type     Type
	Values   []string // of a Text that is from a closed list; nil: any text
	Min, Max int64    // the range of an Int, a Duration or a Timestamp, inclusive
	Optional bool     // a ticket may not have it, so a rule asks has() first
	Refused  string   // not empty: no rule may read it, and this says why
	// Slot returns the field's place in Facts.Attrs. It is called when the first rule reads the field. Nil for a
	// built-in field.
	Slot func() int
}

// A Read is a mention of a field in an expression, at the runes [Start, End).
type Read struct {
	Field      *Field
	Start, End int
}

// A Cut is a constant that a rule compares a field with.
type Cut struct {
	Num  int64
	Text string // of a Text
}

// DueIn is the name under which Rule.Cuts holds the constants that ticket.due - ticket.arrived is compared with.
const DueIn = "due - arrived"

// A Rule is a compiled expression.
type Rule struct {
	Match func(*engine.Facts) bool // pure and total
	Reads []Read                   // every mention, in the order of the text
	// Cuts holds the constants by field name. When Exact, two tickets that stand on the same side of all cuts of
	// all fields get the same answer.
	Cuts  map[string][]Cut
	Needs []string // skills that the rule asks `in ticket.needs` for
	Exact bool
}

// A Fault is a mistake in an expression, at the runes [Start, End) of its text; -1 for the whole.
type Fault struct {
	Code       string
	Start, End int
	Message    string
	Label      string
	Help       string
}
