package sheet

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"fairline/policy/spelling"
)

// An Entry is one key of a mapping with its value.
type Entry struct {
	Key, Val *yaml.Node
}

// Entries are the keys of a mapping in file order, each once. Of another node there are none.
func Entries(n *yaml.Node) []Entry {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	var es []Entry
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		if k.Kind == yaml.ScalarNode && !seen[k.Value] {
			seen[k.Value] = true
			es = append(es, Entry{k, n.Content[i+1]})
		}
	}
	return es
}

// Get returns the entry of a key, with nil nodes when there is none.
func Get(n *yaml.Node, name string) Entry {
	for _, e := range Entries(n) {
		if e.Key.Value == name {
			return e
		}
	}
	return Entry{}
}

// Items are the elements of a list; of another node there are none.
func Items(n *yaml.Node) []*yaml.Node {
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	return n.Content
}

// Str is the text of a scalar, "" for everything else.
func Str(n *yaml.Node) string {
	if !IsText(n) {
		return ""
	}
	return n.Value
}

// Plain is what stands in a scalar of any type, "" for everything else.
func Plain(n *yaml.Node) string {
	if n == nil || n.Kind != yaml.ScalarNode {
		return ""
	}
	return n.Value
}

// IsText reports whether a node is a text.
func IsText(n *yaml.Node) bool {
	return n != nil && n.Kind == yaml.ScalarNode && n.ShortTag() == "!!str" && n.Style&yaml.TaggedStyle == 0
}

// IsNull reports whether nothing stands at a node.
func IsNull(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" && n.Style&yaml.TaggedStyle == 0
}

// IsBare reports whether a scalar stands without quotes.
func IsBare(n *yaml.Node) bool {
	return n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0
}

// Child is the path of a key below a path.
func Child(field, name string) string {
	if field == "" {
		return name
	}
	return field + "." + name
}

// Element is the path of a list's element.
func Element(field string, i int) string { return field + "[" + strconv.Itoa(i) + "]" }

// Check reports what YAML reads differently from how it looks, and where a file differs from its shape.
func (s *Sheet) Check(root *yaml.Node, sh *Shape) {
	s.traps(root, "", 0)
	s.form(root, sh, "", 0)
}

// form compares a node with its shape.
func (s *Sheet) form(n *yaml.Node, sh *Shape, field string, depth int) {
	if IsNull(n) || n.Style&yaml.TaggedStyle != 0 || n.Kind == yaml.AliasNode || depth > FileDepthMax {
		return // traps has said it
	}
	switch sh.Kind {
	case Record:
		s.record(n, sh, field, depth)
	case Table:
		s.table(n, sh, field, depth)
	case List:
		if n.Kind != yaml.SequenceNode {
			s.unlike(n, sh, field)
			return
		}
		s.atMost(n, len(n.Content), sh, field)
		for i, c := range n.Content {
			s.form(c, sh.Elem, Element(field, i), depth+1)
		}
	case Choice:
		s.choice(n, sh, field, depth)
	default:
		if n.Kind != yaml.ScalarNode {
			s.unlike(n, sh, field)
			return
		}
		s.scalar(n, sh, field)
	}
}

func (s *Sheet) unlike(n *yaml.Node, sh *Shape, field string) {
	is := map[yaml.Kind]string{yaml.MappingNode: "a mapping", yaml.SequenceNode: "a list", yaml.ScalarNode: "a single value"}[n.Kind]
	s.Wrong("FL0104", n, field, "this is "+is, "", "write "+sh.Wanted)
}

func (s *Sheet) atMost(n *yaml.Node, count int, sh *Shape, field string) {
	if sh.Max > 0 && count > sh.Max {
		s.Wrong("FL0106", n, field, fmt.Sprintf("%d entries, at most %d can stand here", count, sh.Max), "", "")
	}
}

// choice takes the alternative that has the node's form.
func (s *Sheet) choice(n *yaml.Node, sh *Shape, field string, depth int) {
	for _, alt := range sh.Alts {
		form := yaml.ScalarNode
		switch alt.Kind {
		case Record, Table:
			form = yaml.MappingNode
		case List:
			form = yaml.SequenceNode
		}
		if form == n.Kind {
			s.form(n, alt, field, depth)
			return
		}
	}
	s.unlike(n, sh, field)
}

func (s *Sheet) table(n *yaml.Node, sh *Shape, field string, depth int) {
	if n.Kind != yaml.MappingNode {
		s.unlike(n, sh, field)
		return
	}
	es := Entries(n)
	s.atMost(n, len(es), sh, field)
	for _, e := range es {
		if sh.Names != nil && !sh.Names.Form.MatchString(e.Key.Value) {
			s.badName(e.Key, sh.Names, Child(field, e.Key.Value))
		}
		s.form(e.Val, sh.Elem, Child(field, e.Key.Value), depth+1)
	}
}

func (s *Sheet) badName(n *yaml.Node, names *Naming, field string) {
	s.Wrong("FL0105", n, field, "`"+n.Value+"` "+names.Not, "", names.Help)
}

func (s *Sheet) record(n *yaml.Node, sh *Shape, field string, depth int) {
	if n.Kind != yaml.MappingNode {
		s.unlike(n, sh, field)
		return
	}
	var known []string
	for _, k := range sh.Keys {
		known = append(known, k.Name)
	}
	strange := false
	for _, e := range Entries(n) {
		if e.Key.Value != "<<" && !sh.Knows(e.Key.Value) {
			strange = true
			s.Wrong("FL0120", e.Key, Child(field, e.Key.Value), "unknown key `"+e.Key.Value+"`", "", DidYouMean(e.Key.Value, known))
		}
	}
	for _, k := range sh.Keys {
		name, e, owner := Child(field, k.Name), Get(n, k.Name), k.owner(n)
		switch {
		case e.Key == nil && k.must && k.beside == nil:
			s.Wrong("FL0102", n, field, "`"+k.Name+"` is missing", "", "write `"+k.Name+": ...`; "+k.Doc)
		case e.Key == nil && k.must && owner != nil:
			s.Wrong("FL0240", owner, name, "`"+owner.Value+"` needs `"+k.Name+"`", "", "write `"+k.Name+": "+k.Is.sample()+"` beside it; "+k.Doc)
		case e.Key == nil:
		case k.beside != nil && owner == nil && !strange:
			s.Wrong("FL0104", e.Key, name, "`"+k.Name+"` has no meaning here", "it belongs to "+spelling.List(k.beside), "take it out, or write what it belongs to")
		default:
			s.form(e.Val, k.Is, name, depth+1)
		}
	}
}

// owner is what gives the key its meaning in a record: the node of a key, or of a value; nil where nothing does.
func (k *Key) owner(in *yaml.Node) *yaml.Node {
	for _, b := range k.beside {
		name, value, valued := strings.Cut(b, ": ")
		switch e := Get(in, name); {
		case e.Key == nil:
		case !valued:
			return e.Key
		case Str(e.Val) == value:
			return e.Val
		}
	}
	return nil
}

// scalar checks a single value.
func (s *Sheet) scalar(n *yaml.Node, sh *Shape, field string) {
	switch sh.Kind {
	case Text:
		s.text(n, sh, field)
	case Whole:
		if v, ok := ParseWhole(n.Value); (!ok || n.ShortTag() != "!!int") && !leadingZero.MatchString(n.Value) {
			s.Wrong("FL0104", n, field, "a whole number is wanted", "", "write it in digits, without quotes, point or exponent")
		} else if ok && sh.Hi > 0 {
			s.Within(n, field, v, sh.Lo, sh.Hi, "")
		}
	case Percent:
		v, ok := ParsePercent(n.Value)
		if !ok {
			s.Wrong("FL0104", n, field, "a percentage is wanted", "", "write it as 30%")
			return
		}
		s.Within(n, field, v, 0, 100, "%")
	case Truth:
		if n.ShortTag() != "!!bool" || !strings.Contains("true false", n.Value) {
			s.Wrong("FL0104", n, field, "true or false is wanted", "", "write true or false")
		}
	case Own:
		sh.Check(s, n, field)
	case Duration:
		if slices.Contains(sh.Words, n.Value) {
			return
		}
		s.Duration(n, n.Value, 0, sh, field)
	}
}

// Within reports a number that lies outside its range.
func (s *Sheet) Within(n *yaml.Node, field string, v, lo, hi int64, unit string) {
	if v < lo || v > hi {
		s.Wrong("FL0106", n, field, fmt.Sprintf("%d%s is out of range", v, unit), "", fmt.Sprintf("write a number from %d to %d", lo, hi))
	}
}

// Duration checks a duration that stands in a scalar's text from a rune on, behind other words where that is not the first.
func (s *Sheet) Duration(n *yaml.Node, value string, from int, sh *Shape, field string) {
	d, help, ok := ParseDuration(value)
	switch {
	case ok && sh.Wait && s.OpenTime && strings.ContainsAny(value, "dw"):
		s.Report(Fault{Severity: Error, Code: "FL0113", Span: s.Part(n, from, -1), Field: field,
			Message: "with `clock: open` a day is ambiguous: 24 hours, or one day's opening hours?", Label: "a wait, in open time", Help: "write it in hours; or `clock: wall` counts all time"})
		return
	case ok && from > 0 && d == 0:
		s.Report(Fault{Severity: Error, Code: "FL0103", Span: s.Part(n, from, -1), Field: field, Message: "no duration: `" + value + "`", Label: "more than 0s"})
		return
	case ok:
		return
	}
	message := "no duration: `" + value + "`"
	switch {
	case Digits.MatchString(value):
		message = "duration needs a unit"
	case len(sh.Words) > 0:
		message += ", `" + strings.Join(sh.Words, "` or `") + "`"
		if near, ok := spelling.Nearest(value, sh.Words); ok {
			help = "did you mean `" + near + "`?"
		}
	}
	s.Report(Fault{Severity: Error, Code: "FL0103", Span: s.Part(n, from, -1), Field: field, Message: message, Label: help, Help: ""})
}

func (s *Sheet) text(n *yaml.Node, sh *Shape, field string) {
	switch {
	case n.ShortTag() != "!!str":
		s.Wrong("FL0104", n, field, "`"+n.Value+"` is read as "+kindOf(n)+", not as a text", "", "put it in quotes: \""+n.Value+"\"")
	case sh.Names != nil && !sh.Names.Form.MatchString(n.Value):
		s.badName(n, sh.Names, field)
	case len(sh.Words) > 0 && !slices.Contains(sh.Words, n.Value):
		s.Wrong("FL0120", n, field, "unknown value `"+n.Value+"`", "", DidYouMean(n.Value, sh.Words))
	case n.Value == "":
		s.Wrong("FL0111", n, field, "nothing stands here", "", "write a text, or take the key out")
	}
}

func kindOf(n *yaml.Node) string {
	switch n.ShortTag() {
	case "!!int", "!!float":
		return "a number"
	case "!!bool":
		return "true or false"
	case "!!timestamp":
		return "a date"
	}
	return "something else"
}
