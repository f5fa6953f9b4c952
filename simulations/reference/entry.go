package reference

import (
	"encoding/json"
	"fmt"
)

// An Entry is a value of a model. Times are in the entry's own unit.
type Entry struct {
	ID, Model, Quantity string
	Params              map[string]any
	Value               float64
	Accuracy            float64 `json:"abs_acc"` // of Value
}

// Read reads a file of entries.
func Read(text []byte) ([]Entry, error) {
	var file struct{ Entries []Entry }
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("entries: %w", err)
	}
	return file.Entries, nil
}

// A form is an entry that is being read; it notes the first fault.
type form struct {
	Entry
	err error
}

func (f *form) wrong(format string, args ...any) {
	if f.err == nil {
		f.err = fmt.Errorf(format, args...)
	}
}

// has reports whether the entry has a parameter.
func (f *form) has(name string) bool {
	_, ok := f.Params[name]
	return ok
}

// n is a parameter that is a number.
func (f *form) n(name string) float64 {
	v, ok := f.Params[name].(float64)
	if !ok {
		f.wrong("no number %q among the parameters %v", name, f.Params)
	}
	return v
}

// or is a parameter that is a number, or what it is when it is not said.
func (f *form) or(name string, otherwise float64) float64 {
	if f.has(name) {
		return f.n(name)
	}
	return otherwise
}

// i is a parameter that counts.
func (f *form) i(name string) int { return int(f.n(name)) }

// servers is the number of agents: c, or n; one where it is not said.
func (f *form) servers() int { return int(f.or("c", f.or("n", 1))) }

// text is a parameter that is a text.
func (f *form) text(name string) string {
	v, ok := f.Params[name].(string)
	if !ok {
		f.wrong("no text %q among the parameters %v", name, f.Params)
	}
	return v
}

// list is a parameter that is a list of numbers.
func (f *form) list(name string) (list []float64) {
	all, ok := f.Params[name].([]any)
	for _, v := range all {
		x, is := v.(float64)
		list, ok = append(list, x), ok && is
	}
	if !ok || len(list) == 0 {
		f.wrong("no numbers %q among the parameters %v", name, f.Params)
	}
	return list
}
