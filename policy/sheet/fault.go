package sheet

import (
	"cmp"
	"fmt"
	"slices"
)

// A Severity says what a Fault costs.
type Severity uint8

// The severities. A file with an Error cannot be used; with a Warning or a Note it can.
const (
	Error Severity = iota + 1
	Warning
	Note
)

// String is the severity's name in lower case.
func (s Severity) String() string {
	return [...]string{"", "error", "warning", "note"}[s]
}

// A Span is a piece of one line of a file, in code points counted from 1.
// Invariant of every span in a Fault: 1 <= Line, 1 <= Column < EndColumn, and Column is at most one
// past the last code point of the line.
type Span struct {
	Line      int
	Column    int
	EndColumn int
}

// A Fault is one mistake in a file, at the place where it can be mended.
type Fault struct {
	Severity Severity
	Code     string // such as FL0103
	File     string
	Span
	Field   string   // such as channels.phone.offer
	Message string   // what is wrong, without the place
	Label   string   // the same about the words underlined; may be empty
	Help    string   // a way to mend it; may be empty
	Also    *Related // a second place that has to do with it, or nil
}

// A Related is a second place in the file that has to do with a Fault.
type Related struct {
	Span
	Label string
}

// Error is the fault on one line: file:line:column: field: message.
func (f Fault) Error() string {
	at := fmt.Sprintf("%s:%d:%d", f.File, f.Line, f.Column)
	if f.Field != "" {
		at += ": " + f.Field
	}
	return fmt.Sprintf("%s: %s[%s]: %s", at, f.Severity, f.Code, f.Message)
}

// Faults are all that is wrong with a file, in file order.
type Faults []Fault

// Count returns how many of the faults have the severity.
func (fs Faults) Count(s Severity) int {
	n := 0
	for _, f := range fs {
		if f.Severity == s {
			n++
		}
	}
	return n
}

// Err is nil when no fault is an Error, and otherwise an error with the text of the first of them.
func (fs Faults) Err() error {
	for _, f := range fs {
		if f.Severity == Error {
			return f
		}
	}
	return nil
}

// Sorted puts the faults into file order and drops repeats of the same code at the same place.
func (fs Faults) Sorted() Faults {
	slices.SortStableFunc(fs, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Code, b.Code))
	})
	return slices.CompactFunc(fs, func(a, b Fault) bool {
		return a.Line == b.Line && a.Column == b.Column && a.Code == b.Code && a.Message == b.Message
	})
}
