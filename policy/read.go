package policy

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
	"fairline/policy/sheet"
	"fairline/policy/spelling"
)

// reserved are words of the format, which cannot be names of classes or groups.
var reserved = []string{"others", "own", "equal", "target", "line", "arrival"}

func (m *model) readHead() {
	m.name, m.description = sheet.Str(sheet.Get(m.root, "policy").Val), sheet.Str(sheet.Get(m.root, "description").Val)
	if e := sheet.Get(m.root, "fairline"); e.Val != nil {
		if v, ok := sheet.ParseWhole(e.Val.Value); ok && v != 1 {
			m.Wrong("FL0101", e.Val, "fairline", fmt.Sprintf("format %d, this program reads format 1", v), "", "use a program that is at least as new as the file")
		}
	}
	agents := sheet.Get(m.root, "agents").Val
	m.breaks = m.count(sheet.Get(agents, "break_after").Val, "agents.break_after", 1, 1000)
	full := sheet.Get(m.root, "full").Val
	m.full = Full{m.count(sheet.Get(full, "at").Val, "full.at", 1, engine.LineLenMax), sheet.Str(sheet.Get(full, "say").Val)}
}

// count reads a whole number within bounds, 0 where there is none.
func (m *model) count(n *yaml.Node, field string, lo, hi int64) int {
	if n == nil || n.Kind != yaml.ScalarNode {
		return 0
	}
	v, ok := sheet.ParseWhole(n.Value)
	if !ok {
		return 0
	}
	if v < lo || v > hi {
		m.Wrong("FL0106", n, field, fmt.Sprintf("%d is out of range", v), "", fmt.Sprintf("write a number from %d to %d", lo, hi))
		return 0
	}
	return int(v)
}

func (m *model) readChannels() {
	for _, e := range sheet.Entries(sheet.Get(m.root, "channels").Val) {
		c := &channel{name: e.Key.Value, node: e.Key}
		c.takes, _ = parseTakes(sheet.Str(sheet.Get(e.Val, "takes").Val))
		c.takes = max(c.takes, 1)
		c.offer = spanOr(sheet.Get(e.Val, "offer").Val, 20*engine.Second)
		c.late = spanOr(sheet.Get(e.Val, "late").Val, 0)
		c.work = spanOr(sheet.Get(e.Val, "handling").Val, 0)
		c.target, _, _, _ = parseGoal(sheet.Str(sheet.Get(e.Val, "target").Val))
		m.readPresence(c, e.Val)
		if o := sheet.Get(e.Val, "offer"); o.Val != nil && c.offer == 0 {
			m.Wrong("FL0106", o.Val, "channels."+c.name+".offer", "nobody can accept within 0s", "", "write a time such as 20s")
		}
		if len(m.channels) < engine.ChannelsMax {
			m.channels = append(m.channels, c)
		}
	}
	if e := sheet.Get(m.root, "channels"); e.Val != nil && e.Val.Kind == yaml.MappingNode && len(e.Val.Content) == 0 {
		m.Wrong("FL0102", e.Val, "channels", "a line has at least one channel", "", "write `phone: {takes: agent}`")
	}
}

func spanOr(n *yaml.Node, otherwise engine.Duration) engine.Duration {
	if d, _, ok := sheet.ParseDuration(sheet.Str(n)); ok {
		return d
	}
	return otherwise
}

func (m *model) readClasses() {
	list := sheet.Items(sheet.Get(m.root, "classes").Val)
	if e := sheet.Get(m.root, "classes"); e.Val != nil && e.Val.Kind == yaml.SequenceNode && len(list) == 0 {
		m.Wrong("FL0102", e.Val, "classes", "a policy has at least one class", "", "write `- name: everyone`")
	}
	for i, n := range list {
		if n.Kind != yaml.MappingNode {
			continue
		}
		field := sheet.Element("classes", i)
		c := &class{name: sheet.Str(sheet.Get(n, "name").Val), node: sheet.Get(n, "name").Val, reason: strings.TrimSpace(sheet.Str(sheet.Get(n, "reason").Val))}
		if c.node == nil {
			c.node = n
		}
		c.target, _, _, _ = parseGoal(sheet.Str(sheet.Get(n, "target").Val))
		c.when = sheet.Get(n, "when").Val
		c.hours = m.readWeek(sheet.Get(n, "hours"), field+".hours")
		m.readLimit(c, n, i == len(list)-1, field)
		m.oneName(c.name, c.node, field+".name")
		m.whenPlace(c, n, i == len(list)-1, field)
		if len(m.classes) < engine.ClassesMax {
			m.classes = append(m.classes, c)
		}
	}
}

// whenPlace checks that the last class takes what is left, and no other.
func (m *model) whenPlace(c *class, n *yaml.Node, last bool, field string) {
	switch has := sheet.Get(n, "when").Key; {
	case last && has != nil && !sheet.IsNull(sheet.Get(n, "when").Val):
		m.Wrong("FL0213", has, field+".when", "the last class has a `when`: a ticket for which no `when` is true would have no class", "",
			"add a last class without `when`, such as `- name: everyone`")
	case !last && has == nil:
		m.Wrong("FL0211", c.node, field, "`"+c.name+"` has no `when`, so it takes every ticket and the classes below it none", "", "give it a `when`, or put it last")
	}
}

// oneName checks a new class or group against the words of the format and the names there are.
func (m *model) oneName(name string, n *yaml.Node, field string) {
	if name == "" {
		return
	}
	if slices.Contains(reserved, name) {
		m.Wrong("FL0105", n, field, "`"+name+"` is a word of the format", "", "choose another name")
	}
	if c := m.class(name); c != nil {
		m.Report(Fault{Severity: Error, Code: "FL0105", Span: m.SpanOf(n), Field: field, Message: "two things are called `" + name + "`",
			Help: "names of classes and groups are unique in the file", Also: &Related{Span: m.SpanOf(c.node), Label: "first here"}})
	}
}

// readNever reads what may not buy a place, and follows it through `from`.
func (m *model) readNever() {
	m.forbids = map[string]*yaml.Node{}
	known := append(m.attrNames(), builtinNames...)
	for i, n := range sheet.Items(sheet.Get(m.root, "never").Val) {
		field := sheet.Element("never", i)
		switch name := sheet.Str(n); {
		case name == "":
		case name == "arrived":
			m.Wrong("FL0203", n, field, "`arrived` is the order itself: it cannot be forbidden", "", "take it out")
		case !slices.Contains(known, name):
			m.Wrong("FL0120", n, field, "no attribute is called `"+name+"`", "", sheet.DidYouMean(name, known))
		case m.forbids[name] == nil:
			m.forbids[name] = n
		}
	}
	for _, a := range m.attrs {
		for i, n := range a.from {
			if name := sheet.Str(n); name != "" && !slices.Contains(known, name) {
				m.Wrong("FL0120", n, sheet.Element("attributes."+a.name+".from", i), "no attribute is called `"+name+"`", "", sheet.DidYouMean(name, known))
			}
		}
	}
}

// forbidden returns where `never` forbids an attribute, and through which attribute it is computed from it.
func (m *model) forbidden(name string) (at *yaml.Node, through []string) {
	return m.follow(name, map[string]bool{})
}

func (m *model) follow(name string, seen map[string]bool) (*yaml.Node, []string) {
	if n := m.forbids[name]; n != nil {
		return n, nil
	}
	a := m.attr(name)
	if a == nil || seen[name] {
		return nil, nil
	}
	seen[name] = true
	for _, from := range a.from {
		if n, through := m.follow(sheet.Str(from), seen); n != nil {
			return n, append([]string{sheet.Str(from)}, through...)
		}
	}
	return nil, nil
}

// refuse reports a forbidden read.
func (m *model) refuse(code string, sp Span, field, name, what string) bool {
	at, through := m.forbidden(name)
	if at == nil {
		return false
	}
	label := "`" + name + "` may not buy or cost a place"
	if len(through) > 0 {
		label = "`" + name + "` is computed from " + spelling.List(through) + ", which may not buy or cost a place"
	}
	m.Report(Fault{Severity: Error, Code: code, Span: sp, Field: field, Message: what, Label: label,
		Help: "take it out here, or out of `never`", Also: &Related{Span: m.SpanOf(at), Label: "forbidden here"}})
	return true
}
