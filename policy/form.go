package policy

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"fairline/policy/spelling"
)

// An entry is one key of a mapping with its value.
type entry struct {
	key, val *yaml.Node
}

// entries are the keys of a mapping in file order, each once. Of another node there are none.
func entries(n *yaml.Node) []entry {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	var es []entry
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		if k.Kind == yaml.ScalarNode && !seen[k.Value] {
			seen[k.Value] = true
			es = append(es, entry{k, n.Content[i+1]})
		}
	}
	return es
}

// get returns the entry of a key, with nil nodes when there is none.
func get(n *yaml.Node, name string) entry {
	for _, e := range entries(n) {
		if e.key.Value == name {
			return e
		}
	}
	return entry{}
}

// items are the elements of a list; of another node there are none.
func items(n *yaml.Node) []*yaml.Node {
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	return n.Content
}

// str is the text of a scalar, "" for everything else.
func str(n *yaml.Node) string {
	if !isText(n) {
		return ""
	}
	return n.Value
}

// plain is what stands in a scalar of any type, "" for everything else.
func plain(n *yaml.Node) string {
	if n == nil || n.Kind != yaml.ScalarNode {
		return ""
	}
	return n.Value
}

func isText(n *yaml.Node) bool {
	return n != nil && n.Kind == yaml.ScalarNode && n.ShortTag() == "!!str" && n.Style&yaml.TaggedStyle == 0
}

func isNull(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" && n.Style&yaml.TaggedStyle == 0
}

func child(field, name string) string {
	if field == "" {
		return name
	}
	return field + "." + name
}

func element(field string, i int) string { return field + "[" + strconv.Itoa(i) + "]" }

// form compares a node with its shape. Where the two differ it reports a fault; who reads the node later takes what
// has the right form and is silent about the rest.
func (s *source) form(n *yaml.Node, sh *shape, field string, depth int) {
	if isNull(n) || n.Style&yaml.TaggedStyle != 0 || n.Kind == yaml.AliasNode || depth > FileDepthMax {
		return // traps has said it
	}
	switch sh.kind {
	case record:
		s.record(n, sh, field, depth)
	case table:
		s.table(n, sh, field, depth)
	case list:
		if n.Kind != yaml.SequenceNode {
			s.unlike(n, sh, field)
			return
		}
		s.atMost(n, len(n.Content), sh, field)
		for i, c := range n.Content {
			s.form(c, sh.elem, element(field, i), depth+1)
		}
	case choice:
		s.choice(n, sh, field, depth)
	default:
		if n.Kind != yaml.ScalarNode {
			s.unlike(n, sh, field)
			return
		}
		s.scalar(n, sh, field)
	}
}

func (s *source) unlike(n *yaml.Node, sh *shape, field string) {
	is := map[yaml.Kind]string{yaml.MappingNode: "a mapping", yaml.SequenceNode: "a list", yaml.ScalarNode: "a single value"}[n.Kind]
	s.wrong("FL0104", n, field, "this is "+is, "", "write "+sh.wanted)
}

func (s *source) atMost(n *yaml.Node, count int, sh *shape, field string) {
	if sh.max > 0 && count > sh.max {
		s.wrong("FL0106", n, field, fmt.Sprintf("%d entries, at most %d can stand here", count, sh.max), "", "")
	}
}

// choice takes the alternative that has the node's form.
func (s *source) choice(n *yaml.Node, sh *shape, field string, depth int) {
	for _, alt := range sh.alts {
		form := yaml.ScalarNode
		switch alt.kind {
		case record, table:
			form = yaml.MappingNode
		case list:
			form = yaml.SequenceNode
		}
		if form == n.Kind {
			s.form(n, alt, field, depth)
			return
		}
	}
	s.unlike(n, sh, field)
}

func (s *source) table(n *yaml.Node, sh *shape, field string, depth int) {
	if n.Kind != yaml.MappingNode {
		s.unlike(n, sh, field)
		return
	}
	es := entries(n)
	s.atMost(n, len(es), sh, field)
	for _, e := range es {
		if sh.pattern != "" && !matches(sh.pattern, e.key.Value) {
			s.badName(e.key, sh.pattern, child(field, e.key.Value))
		}
		s.form(e.val, sh.elem, child(field, e.key.Value), depth+1)
	}
}

func (s *source) badName(n *yaml.Node, pattern, field string) {
	help := "a name begins with a letter a-z and goes on with a-z, 0-9 and -"
	switch pattern {
	case attrPattern:
		help = "an attribute's name begins with a letter a-z and goes on with a-z, 0-9 and _"
	case skillForm:
		help = "a skill has no blank and no @: its level stands in `level`"
	case daysPattern:
		s.wrong("FL0105", n, field, "`"+n.Value+"` is no day", "", "write mon, tue, wed, thu, fri, sat, sun, or days from one to another: mon-fri")
		return
	}
	s.wrong("FL0105", n, field, "`"+n.Value+"` cannot be a name", "", help)
}

func (s *source) record(n *yaml.Node, sh *shape, field string, depth int) {
	if n.Kind != yaml.MappingNode {
		s.unlike(n, sh, field)
		return
	}
	var known []string
	for _, k := range sh.keys {
		known = append(known, k.name)
	}
	strange := false
	for _, e := range entries(n) {
		if e.key.Value != "<<" && !knownKey(sh, e.key.Value) {
			strange = true
			s.wrong("FL0120", e.key, child(field, e.key.Value), "unknown key `"+e.key.Value+"`", "", didYouMean(e.key.Value, known))
		}
	}
	for _, k := range sh.keys {
		name, e, owner := child(field, k.name), get(n, k.name), k.owner(n)
		switch {
		case e.key == nil && k.need.must && k.need.beside == nil:
			s.wrong("FL0102", n, field, "`"+k.name+"` is missing", "", "write `"+k.name+": ...`; "+k.doc)
		case e.key == nil && k.need.must && owner != nil:
			s.wrong("FL0240", owner, name, "`"+owner.Value+"` needs `"+k.name+"`", "", "write `"+k.name+": "+k.is.sample()+"` beside it; "+k.doc)
		case e.key == nil:
		case k.need.beside != nil && owner == nil && !strange:
			s.wrong("FL0104", e.key, name, "`"+k.name+"` has no meaning here", "it belongs to "+listOf(k.need.beside), "take it out, or write what it belongs to")
		default:
			s.form(e.val, k.is, name, depth+1)
		}
	}
}

// owner is what gives the key its meaning in a record: the node of a key, or of a value; nil where nothing does.
func (k *key) owner(in *yaml.Node) *yaml.Node {
	for _, b := range k.need.beside {
		name, value, valued := strings.Cut(b, ": ")
		switch e := get(in, name); {
		case e.key == nil:
		case !valued:
			return e.key
		case str(e.val) == value:
			return e.val
		}
	}
	return nil
}

// sample is how a value may look.
func (sh *shape) sample() string {
	if len(sh.words) > 0 {
		return sh.words[0]
	}
	switch sh.kind {
	case span:
		return "1h"
	case whole:
		return "7"
	case list:
		return "[...]"
	}
	return "..."
}

func knownKey(sh *shape, name string) bool {
	return slices.ContainsFunc(sh.keys, func(k key) bool { return k.name == name })
}

var patterns = map[string]*regexp.Regexp{
	namePattern: regexp.MustCompile(namePattern), attrPattern: regexp.MustCompile(attrPattern),
	daysPattern: regexp.MustCompile(daysPattern), skillForm: regexp.MustCompile(skillForm),
}

func matches(pattern, name string) bool { return patterns[pattern].MatchString(name) }

// scalar checks a single value.
func (s *source) scalar(n *yaml.Node, sh *shape, field string) {
	switch sh.kind {
	case text:
		s.text(n, sh, field)
	case condition:
		if n.ShortTag() == "!!str" {
			return
		}
		if n.ShortTag() != "!!bool" {
			s.wrong("FL0104", n, field, "an expression is wanted", "", "compare a field with something: ticket.channel == \"phone\"")
		}
	case whole:
		if v, ok := parseWhole(n.Value); (!ok || n.ShortTag() != "!!int") && !leadingZero.MatchString(n.Value) {
			s.wrong("FL0104", n, field, "a whole number is wanted", "", "write it in digits, without quotes, point or exponent")
		} else if ok && sh.hi > 0 {
			s.within(n, field, v, sh.lo, sh.hi, "")
		}
	case percent, price, oneIn:
		s.orderScalar(n, sh, field)
	case span:
		if slices.Contains(sh.words, n.Value) {
			return
		}
		s.duration(n, n.Value, 0, sh, field)
	case goal:
		_, at, help, ok := parseGoal(n.Value)
		if !ok && at == 0 {
			s.wrong("FL0104", n, field, "no target", "", help)
			return
		}
		if ok {
			at = strings.LastIndexByte(n.Value, ' ') + 1
		}
		s.duration(n, n.Value[at:], utf8.RuneCountInString(n.Value[:at]), aWait, field)
	case rate, dayHours, dayDate, truth:
		s.lifeScalar(n, sh, field)
	case takes:
		if _, ok := parseTakes(n.Value); !ok {
			s.wrong("FL0104", n, field, "`"+n.Value+"` is no part of an agent", "", "write `agent`, or `1 of 3` with at most 16")
		}
	}
}

func (s *source) duration(n *yaml.Node, value string, from int, sh *shape, field string) {
	d, help, ok := parseSpan(value)
	switch {
	case ok && sh.wait && s.open && strings.ContainsAny(value, "dw"):
		s.report(Fault{Severity: Error, Code: "FL0113", Span: s.part(n, from, -1), Field: field,
			Message: "with `clock: open` a day is ambiguous: 24 hours, or one day's opening hours?", Label: "a wait, in open time", Help: "write it in hours; or `clock: wall` counts all time"})
		return
	case ok && from > 0 && d == 0:
		s.report(Fault{Severity: Error, Code: "FL0103", Span: s.part(n, from, -1), Field: field, Message: "no duration: `" + value + "`", Label: "more than 0s"})
		return
	case ok:
		return
	}
	message := "no duration: `" + value + "`"
	switch {
	case digits.MatchString(value):
		message = "duration needs a unit"
	case len(sh.words) > 0:
		message += ", `" + sh.words[0] + "` or `" + sh.words[1] + "`"
		if near, ok := spelling.Nearest(value, sh.words); ok {
			help = "did you mean `" + near + "`?"
		}
	}
	s.report(Fault{Severity: Error, Code: "FL0103", Span: s.part(n, from, -1), Field: field, Message: message, Label: help, Help: ""})
}

func (s *source) text(n *yaml.Node, sh *shape, field string) {
	switch {
	case n.ShortTag() != "!!str":
		s.wrong("FL0104", n, field, "`"+n.Value+"` is read as "+kindOf(n)+", not as a text", "", "put it in quotes: \""+n.Value+"\"")
	case sh.pattern != "" && !matches(sh.pattern, n.Value):
		s.badName(n, sh.pattern, field)
	case len(sh.words) > 0 && !slices.Contains(sh.words, n.Value):
		s.wrong("FL0120", n, field, "unknown value `"+n.Value+"`", "", didYouMean(n.Value, sh.words))
	case n.Value == "":
		s.wrong("FL0111", n, field, "nothing stands here", "", "write a text, or take the key out")
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
