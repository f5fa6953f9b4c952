// Package outline gives the ordering tree of a policy together with the words of its file: what a field is called by
// which an order ranks, and which value has which number. The engine's policy has slots in their place.
package outline

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
	"fairline/policy"
)

// An Outline is a policy's tree with the words of its file.
type Outline struct {
	Policy *policy.Policy
	Nodes  []Node // by engine.NodeID
	root   *yaml.Node
}

// Attributes are the names of the attributes that the file declares.
func (o *Outline) Attributes() []string {
	var names []string
	attributes := get(o.root, "attributes")
	for i := 0; attributes != nil && i+1 < len(attributes.Content); i += 2 {
		names = append(names, attributes.Content[i].Value)
	}
	return names
}

// A Node is a group: what the engine has, and what the file says.
type Node struct {
	*engine.Node
	Up          int      // NodeID of the group around it; -1 for the line
	By          string   // the field whose values have the numbers of the order; empty: the members have them
	Attribute   string   // what stands behind the order where it is one word: the attribute of greatest, or equal
	Words       []string // what stands behind each member, where the members have the numbers
	Table       Table    // of By
	Protections []Protection
}

// A Protection is one entry of protect, with what the file says.
type Protection struct {
	*engine.Protection
	Key   string // such as first_after
	By    string // the field whose values have the limits; empty: the classes have them
	Table Table  // of By
}

// A Table has the numbers of a field's values.
type Table struct {
	Values []Value
	Rest   int64 // of a value that is not named
	Whole  bool  // every value that the field can have is named
}

// A Value is the number of one value of a field: nanoseconds, or a count.
type Value struct {
	Name   string
	Number int64
}

// Range returns the least and the greatest number that a ticket can have.
func (t Table) Range() (lo, hi int64) {
	lo, hi = math.MaxInt64, math.MinInt64
	add := func(v int64) { lo, hi = min(lo, v), max(hi, v) }
	for _, v := range t.Values {
		add(v.Number)
	}
	if !t.Whole {
		add(t.Rest)
	}
	return lo, hi
}

// Of reads the file of a policy again. The policy has no error, so its form is known to be right.
func Of(p *policy.Policy) *Outline {
	var doc yaml.Node
	o := &Outline{Policy: p}
	if err := yaml.Load(p.Source, &doc); err != nil || len(doc.Content) == 0 {
		panic(fmt.Sprintf("outline: a policy without faults cannot be read: %v", err))
	}
	root := doc.Content[0]
	o.root = root
	r := reader{o: o, root: root}
	r.node(p.Engine.Root, -1)
	return o
}

type reader struct {
	o    *Outline
	root *yaml.Node
}

func (r *reader) node(n *engine.Node, up int) {
	body := r.root
	if up >= 0 {
		body = get(get(r.root, "groups"), n.Name)
	}
	id := len(r.o.Nodes)
	r.o.Nodes = append(r.o.Nodes, Node{Node: n, Up: up})
	out := Node{Node: n, Up: up}
	order := get(body, "order")
	out.By, out.Attribute = text(get(order, "by")), text(get(order, n.Order.Name()))
	if out.By != "" {
		out.Table = r.table(get(order, n.Order.Name()), out.By, 0)
		r.targets(&out.Table)
	} else {
		out.Words = r.words(n, get(order, n.Order.Name()))
	}
	for i, e := range items(get(body, "protect")) {
		out.Protections = append(out.Protections, r.protection(&n.Protect[i], e))
	}
	r.o.Nodes[id] = out
	for _, m := range n.Members {
		if m.Group != nil {
			r.node(m.Group, id)
		}
	}
}

// words are what stands behind each member in the file, empty where nothing does.
func (r *reader) words(n *engine.Node, of *yaml.Node) []string {
	var ws []string
	for _, m := range n.Members {
		name := r.o.MemberName(m)
		w := text(get(of, name))
		if w == "" {
			w = text(get(of, "others"))
		}
		ws = append(ws, w)
	}
	return ws
}

// targets replaces the word target by what it stands for: the target of the channel.
func (r *reader) targets(t *Table) {
	for i, v := range t.Values {
		for _, c := range r.o.Policy.Channels {
			if v.Number == word && c.Name == v.Name {
				t.Values[i].Number = int64(c.Target.Within)
			}
		}
	}
}

func (r *reader) protection(p *engine.Protection, e *yaml.Node) Protection {
	out := Protection{Protection: p, Key: KeyOf(p.Kind), By: text(get(e, "by"))}
	if out.By != "" {
		out.Table = r.table(get(e, out.Key), out.By, engine.None)
	}
	return out
}

// KeyOf is the key of a kind of protection in a policy file.
func KeyOf(k engine.ProtectionKind) string {
	switch k {
	case engine.OvertakenAtMost:
		return "overtaken_at_most"
	case engine.OvertakenOnlyWithin:
		return "overtaken_only_within"
	case engine.FirstAfter:
		return "first_after"
	case engine.PassedByCapacityAtMost:
		return "passed_by_capacity_at_most"
	case engine.Budget:
		return "budget"
	case engine.MinShare:
		return "min_share"
	}
	return fmt.Sprintf("protection %d", k)
}

// word marks a value that is a word instead of a number.
const word = math.MinInt64

func (r *reader) table(n *yaml.Node, by string, rest int64) Table {
	t := Table{Rest: rest, Whole: true}
	for i := 0; n != nil && n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		v, ok := number(n.Content[i+1].Value)
		if !ok {
			v = word
		}
		if n.Content[i].Value == "others" {
			t.Rest = v
			continue
		}
		t.Values = append(t.Values, Value{n.Content[i].Value, v})
	}
	for _, name := range r.values(by) {
		t.Whole = t.Whole && slices.ContainsFunc(t.Values, func(v Value) bool { return v.Name == name })
	}
	return t
}

// values are what a field can be.
func (r *reader) values(by string) []string {
	switch by {
	case "channel":
		var names []string
		for _, c := range r.o.Policy.Channels {
			names = append(names, c.Name)
		}
		return names
	case "origin":
		return []string{"direct", "overheard"}
	}
	var names []string
	for _, v := range items(get(get(get(r.root, "attributes"), by), "one_of")) {
		names = append(names, v.Value)
	}
	return names
}

// MemberName is the name of a class or a group.
func (o *Outline) MemberName(m engine.Member) string {
	if m.Group != nil {
		return m.Group.Name
	}
	return o.Policy.Engine.Classes[m.Class].Name
}

// Place is where a line of the policy's file stands: name:line.
func (o *Outline) Place(line int) string { return fmt.Sprintf("%s:%d", o.Policy.File, line) }

var spanForm = regexp.MustCompile(`^([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$`)

var units = [...]engine.Duration{7 * engine.Day, engine.Day, engine.Hour, engine.Minute, engine.Second, engine.Millisecond}

// number reads a count or a duration, as the policy's reader has done before.
func number(s string) (int64, bool) {
	if v, err := strconv.ParseInt(s, 10, 64); err == nil {
		return v, true
	}
	d, ok := Span(s)
	return int64(d), ok
}

// Span reads a duration as it stands in a policy file: 90s, 1h30m.
func Span(s string) (engine.Duration, bool) {
	m := spanForm.FindStringSubmatch(s)
	if m == nil || s == "" {
		return 0, false
	}
	var d engine.Duration
	for i, part := range m[1:] {
		digits := len(part)
		for digits > 0 && (part[digits-1] < '0' || part[digits-1] > '9') {
			digits--
		}
		v, err := strconv.ParseInt(part[:digits], 10, 32)
		if part != "" && err != nil {
			return 0, false
		}
		d += engine.Duration(v) * units[i]
	}
	return d, true
}

// keyLine is the line of a key, 0 where it is not there.
func keyLine(n *yaml.Node, key string) int {
	for i := 0; n != nil && n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i].Line
		}
	}
	return 0
}

func get(n *yaml.Node, key string) *yaml.Node {
	for i := 0; n != nil && n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

func items(n *yaml.Node) []*yaml.Node {
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	return n.Content
}

func text(n *yaml.Node) string {
	if n == nil || n.Kind != yaml.ScalarNode {
		return ""
	}
	return n.Value
}

// An Example is one of the file's own: a ticket that must get a class.
type Example struct {
	Channel string
	Class   string
	Line    int
}

// Examples are the examples of the file. The policy has no error, so all of them hold.
func (o *Outline) Examples() []Example {
	var all []Example
	for _, n := range items(get(o.root, "examples")) {
		all = append(all, Example{text(get(get(n, "ticket"), "channel")), text(get(n, "class")), n.Line})
	}
	return all
}
