package sheet

import (
	"regexp"
	"slices"

	"go.yaml.in/yaml/v4"
)

// A Kind is the form of a value in a file.
type Kind uint8

// The kinds.
const (
	Text     Kind = iota + 1 // a text
	Whole                    // a whole number
	Percent                  // 30%
	Duration                 // 90s, 1h30m
	Truth                    // true or false
	Value                    // one value of any type
	Own                      // one value that Shape.Check looks at
	Record                   // a mapping with the keys of Shape.Keys
	Table                    // a mapping from names to Shape.Elem
	List                     // a list of Shape.Elem
	Choice                   // one of Shape.Alts, told apart by the form
)

// A Shape says what may stand at a place of a file. Sheet.Check and Schema both read shapes, so they cannot differ.
type Shape struct {
	Kind   Kind
	Keys   []Key    // of a record
	Elem   *Shape   // of a table or list
	Words  []string // words that may stand instead of a duration; the only words of a text
	Names  *Naming  // of a text, or of the names of a table; nil: any
	Alts   []*Shape // of a choice
	Wanted string   // in words, for messages
	Max    int      // most elements of a table or list; 0: no limit
	Lo, Hi int64    // the range of a whole number; 0, 0: any
	Wait   bool     // of a duration: a wait, see Sheet.OpenTime
	Def    string   // its name in the schema, where it stands once under $defs; empty: written out at each place

	Check func(s *Sheet, n *yaml.Node, field string) // of Own: reports what is wrong with a scalar
	Form  string                                     // of Own: its pattern in the schema
	JSON  []string                                   // of Own: its types in the schema; nil: string
}

// A Naming says which names can stand somewhere.
type Naming struct {
	Form *regexp.Regexp
	Not  string // what another is, after the name: "is no day"
	Help string // how to write one
}

// Name is the form of most names.
var Name = &Naming{regexp.MustCompile(`^[a-z][a-z0-9-]*$`), "cannot be a name", "a name begins with a letter a-z and goes on with a-z, 0-9 and -"}

func (sh *Shape) pattern() string {
	if sh.Names == nil {
		return ""
	}
	return sh.Names.Form.String()
}

// A Key is one key of a record.
type Key struct {
	Name string
	Is   *Shape
	Doc  string

	must   bool     // it must be there; where it stands beside another key, with that
	beside []string // keys of its record, any of which gives it a meaning; nil: it has one
}

// May is a key that need not be there.
func May(name string, is *Shape, doc string) Key { return Key{Name: name, Is: is, Doc: doc} }

// Must is a key that has to be there.
func Must(name string, is *Shape, doc string) Key {
	return Key{Name: name, Is: is, Doc: doc, must: true}
}

// Beside gives the key a meaning only where one of those stands in its record: a key, `share`, or one with a value,
// `choose: random`. A Must has to be there with each of them, and only then.
func (k Key) Beside(keys ...string) Key {
	k.beside = keys
	return k
}

// Limits of every file.
const (
	FileMax      = 1 << 20 // bytes
	FileDepthMax = 32      // mappings and lists inside one another
)

// Knows reports whether a record has a key of that name.
func (sh *Shape) Knows(name string) bool {
	return slices.ContainsFunc(sh.Keys, func(k Key) bool { return k.Name == name })
}

// sample is how a value may look.
func (sh *Shape) sample() string {
	if len(sh.Words) > 0 {
		return sh.Words[0]
	}
	switch sh.Kind {
	case Duration:
		return "1h"
	case Whole:
		return "7"
	case List:
		return "[...]"
	}
	return "..."
}
