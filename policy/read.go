package policy

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
	"fairline/policy/spelling"
)

// reserved are words of the format, which cannot be names of classes or groups.
var reserved = []string{"others", "own", "equal", "target", "line", "arrival"}

func (m *model) readHead() {
	m.name, m.description = str(get(m.root, "policy").val), str(get(m.root, "description").val)
	if e := get(m.root, "fairline"); e.val != nil {
		if v, ok := parseWhole(e.val.Value); ok && v != 1 {
			m.wrong("FL0101", e.val, "fairline", fmt.Sprintf("format %d, this program reads format 1", v), "", "use a program that is at least as new as the file")
		}
	}
	agents := get(m.root, "agents").val
	m.breaks = m.count(get(agents, "break_after").val, "agents.break_after", 1, 1000)
	full := get(m.root, "full").val
	m.full = Full{m.count(get(full, "at").val, "full.at", 1, engine.LineLenMax), str(get(full, "say").val)}
}

// count reads a whole number within bounds, 0 where there is none.
func (m *model) count(n *yaml.Node, field string, lo, hi int64) int {
	if n == nil || n.Kind != yaml.ScalarNode {
		return 0
	}
	v, ok := parseWhole(n.Value)
	if !ok {
		return 0
	}
	if v < lo || v > hi {
		m.wrong("FL0106", n, field, fmt.Sprintf("%d is out of range", v), "", fmt.Sprintf("write a number from %d to %d", lo, hi))
		return 0
	}
	return int(v)
}

func (m *model) readChannels() {
	for _, e := range entries(get(m.root, "channels").val) {
		c := &channel{name: e.key.Value, node: e.key}
		c.takes, _ = parseTakes(str(get(e.val, "takes").val))
		c.takes = max(c.takes, 1)
		c.offer = spanOr(get(e.val, "offer").val, 20*engine.Second)
		c.late = spanOr(get(e.val, "late").val, 0)
		c.work = spanOr(get(e.val, "handling").val, 0)
		c.target, _, _, _ = parseGoal(str(get(e.val, "target").val))
		m.readPresence(c, e.val)
		if o := get(e.val, "offer"); o.val != nil && c.offer == 0 {
			m.wrong("FL0106", o.val, "channels."+c.name+".offer", "nobody can accept within 0s", "", "write a time such as 20s")
		}
		if len(m.channels) < engine.ChannelsMax {
			m.channels = append(m.channels, c)
		}
	}
	if e := get(m.root, "channels"); e.val != nil && e.val.Kind == yaml.MappingNode && len(e.val.Content) == 0 {
		m.wrong("FL0102", e.val, "channels", "a line has at least one channel", "", "write `phone: {takes: agent}`")
	}
}

func spanOr(n *yaml.Node, otherwise engine.Duration) engine.Duration {
	if d, _, ok := parseSpan(str(n)); ok {
		return d
	}
	return otherwise
}

func (m *model) readClasses() {
	list := items(get(m.root, "classes").val)
	if e := get(m.root, "classes"); e.val != nil && e.val.Kind == yaml.SequenceNode && len(list) == 0 {
		m.wrong("FL0102", e.val, "classes", "a policy has at least one class", "", "write `- name: everyone`")
	}
	for i, n := range list {
		if n.Kind != yaml.MappingNode {
			continue
		}
		field := element("classes", i)
		c := &class{name: str(get(n, "name").val), node: get(n, "name").val, reason: strings.TrimSpace(str(get(n, "reason").val))}
		if c.node == nil {
			c.node = n
		}
		c.target, _, _, _ = parseGoal(str(get(n, "target").val))
		c.when = get(n, "when").val
		c.hours = m.readWeek(get(n, "hours"), field+".hours")
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
	switch has := get(n, "when").key; {
	case last && has != nil && !isNull(get(n, "when").val):
		m.wrong("FL0213", has, field+".when", "the last class has a `when`: a ticket for which no `when` is true would have no class", "",
			"add a last class without `when`, such as `- name: everyone`")
	case !last && has == nil:
		m.wrong("FL0211", c.node, field, "`"+c.name+"` has no `when`, so it takes every ticket and the classes below it none", "", "give it a `when`, or put it last")
	}
}

// oneName checks a new class or group against the words of the format and the names there are.
func (m *model) oneName(name string, n *yaml.Node, field string) {
	if name == "" {
		return
	}
	if slices.Contains(reserved, name) {
		m.wrong("FL0105", n, field, "`"+name+"` is a word of the format", "", "choose another name")
	}
	if c := m.class(name); c != nil {
		m.report(Fault{Severity: Error, Code: "FL0105", Span: m.spanOf(n), Field: field, Message: "two things are called `" + name + "`",
			Help: "names of classes and groups are unique in the file", Also: &Related{m.spanOf(c.node), "first here"}})
	}
}

// readNever reads what may not buy a place, and follows it through `from`.
func (m *model) readNever() {
	m.forbids = map[string]*yaml.Node{}
	known := append(m.attrNames(), builtinNames...)
	for i, n := range items(get(m.root, "never").val) {
		field := element("never", i)
		switch name := str(n); {
		case name == "":
		case name == "arrived":
			m.wrong("FL0203", n, field, "`arrived` is the order itself: it cannot be forbidden", "", "take it out")
		case !slices.Contains(known, name):
			m.wrong("FL0120", n, field, "no attribute is called `"+name+"`", "", didYouMean(name, known))
		case m.forbids[name] == nil:
			m.forbids[name] = n
		}
	}
	for _, a := range m.attrs {
		for i, n := range a.from {
			if name := str(n); name != "" && !slices.Contains(known, name) {
				m.wrong("FL0120", n, element("attributes."+a.name+".from", i), "no attribute is called `"+name+"`", "", didYouMean(name, known))
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
		if n, through := m.follow(str(from), seen); n != nil {
			return n, append([]string{str(from)}, through...)
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
	m.report(Fault{Severity: Error, Code: code, Span: sp, Field: field, Message: what, Label: label,
		Help: "take it out here, or out of `never`", Also: &Related{m.spanOf(at), "forbidden here"}})
	return true
}
