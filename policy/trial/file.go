package trial

import (
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
	"fairline/policy"
)

// Limits of a test file.
const (
	FileMax    = 1 << 20 // bytes
	TestsMax   = 1000    // tests of a file
	TicketsMax = 1000    // tickets of a test
	AgentsMax  = 100     // agents of a test
	ValuesMax  = 100     // values of a same_order_when
)

// A File is a test file without a fault.
type File struct {
	Name   string
	Policy string // as the file names it; empty: the policy beside it
	Tests  []*Test
}

// A Test says who waits and who serves at an instant, and what must follow.
type Test struct {
	Name   string
	At     engine.Instant
	Agents []Agent // in the order in which they become free
	Queue  []Ticket
	Same   []Same
	Expect Expect
	At1    policy.Span // where it stands
	clock  func(engine.Instant) string
}

// A Ticket waits, or is in an agent's hands.
type Ticket struct {
	ID      string
	Arrived engine.Instant
	Facts   policy.Ticket
	span    policy.Span
}

// An Agent serves.
type Agent struct {
	Name     string
	Skills   []string
	Channels []string        // empty: all
	Away     bool            // on break at the instant of the test
	Has      []Ticket        // work in hand
	Free     engine.Duration // for how long before the instant of the test
	span     policy.Span
}

// An Expect is what must follow. A zero field expects nothing.
type Expect struct {
	Next    *want   // the ticket that is offered first; `nobody`: none is
	Agent   *want   // to whom
	Because []*want // the names that the decision gives as reasons
	Over    []*want // whom it passes
	over    *want   // where `over` stands
	because *want
	Order   []*want // the order of service
	order   *want
	Class   []classWant
	Refused []*want // tickets that are not taken in
}

// A want is a word of the file and where it stands.
type want struct {
	text string
	span policy.Span
}

type classWant struct {
	ticket *want
	class  *want
}

// A Same says that the order is the same whatever value a signal has.
type Same struct {
	Ticket    string
	Attribute string
	In        []Value
	span      policy.Span
}

// A Value is a value of an attribute, and how it is written.
type Value struct {
	Any  any
	Text string
}

// Parse reads a test file. Zone is the one of times that are written without a zone; nil is UTC. The File is nil
// when there is a fault. Faults come in file order and can be shown with policy.Render.
func Parse(name string, src []byte, zone *policy.Zone) (*File, policy.Faults) {
	r := &reader{name: name, zone: zone, src: src}
	root := r.load()
	if root == nil {
		return nil, r.faults
	}
	f := r.file(root)
	if len(r.faults) > 0 {
		slices.SortStableFunc(r.faults, func(a, b policy.Fault) int {
			if a.Line != b.Line {
				return a.Line - b.Line
			}
			return a.Column - b.Column
		})
		return nil, r.faults
	}
	return f, nil
}

// PolicyOf returns which policy a test file names; empty: none, or the file cannot be read.
func PolicyOf(src []byte) string {
	var doc yaml.Node
	if len(src) > FileMax || yaml.Load(src, &doc) != nil || len(doc.Content) == 0 {
		return ""
	}
	root := doc.Content[0]
	for i := 0; root.Kind == yaml.MappingNode && i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value == "policy" {
			return root.Content[i+1].Value
		}
	}
	return ""
}

var fileKeys = []string{"policy", "day", "tests"}

func (r *reader) file(root *yaml.Node) *File {
	f := &File{Name: r.name}
	m := r.mapping(root, "a test file", fileKeys, false)
	f.Policy = r.word(m["policy"])
	r.day = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC) // a Monday without a change of clocks
	if n := m["day"]; n != nil {
		r.day = r.date(n)
	}
	if m["tests"] == nil {
		r.wrong(codeForm, root, "", "no `tests` stand in this file", "write a list: tests: [{name: ..., at: ..., waiting: [...], expect: {...}}]")
	}
	for _, n := range r.list(m["tests"], "tests", TestsMax) {
		f.Tests = append(f.Tests, r.test(n))
	}
	for i, t := range f.Tests {
		for _, u := range f.Tests[:i] {
			if t.Name == u.Name && t.Name != "" {
				r.report(codeForm, t.At1, "tests", "two tests are called `"+t.Name+"`", "rename one of them")
			}
		}
	}
	return f
}

var testKeys = []string{"name", "day", "at", "agents", "waiting", "expect", "same_order_when"}

func (r *reader) test(n *yaml.Node) *Test {
	t := &Test{At1: r.span(n), clock: r.clock}
	m := r.mapping(n, "a test", testKeys, false)
	if m == nil {
		return t
	}
	day := r.day
	defer func() { r.day = day }()
	if d := m["day"]; d != nil {
		r.day = r.date(d)
	}
	if t.Name = r.word(m["name"]); t.Name == "" && m["name"] == nil {
		r.wrong(codeForm, n, "tests", "a test needs a `name`", "say in a few words what must hold")
	} else if m["name"] != nil {
		t.At1 = r.span(m["name"])
	}
	if m["at"] == nil {
		r.wrong(codeForm, n, "tests", "a test needs an `at`", "write the time at which somebody is served: at: 09:06:00")
		return t
	}
	t.At = r.instant(m["at"])
	for _, w := range r.list(m["waiting"], "waiting", TicketsMax) {
		t.Queue = append(t.Queue, r.ticket(w, t.At))
	}
	for _, a := range r.list(m["agents"], "agents", AgentsMax) {
		t.Agents = append(t.Agents, r.agent(a, t.At))
	}
	r.unique(t)
	r.expect(t, m["expect"])
	r.same(t, m["same_order_when"])
	if len(t.Agents) == 0 && t.Expect.Agent != nil {
		r.report(codeForm, t.Expect.Agent.span, "expect.agent", "no agent serves in this test", "write agents: ["+t.Expect.Agent.text+"]")
	}
	if m["expect"] == nil && m["same_order_when"] == nil {
		r.wrong(codeForm, n, "tests", "this test expects nothing", "write expect: {next: ...} or same_order_when: {...}")
	}
	return t
}

func (r *reader) unique(t *Test) {
	seen := map[string]bool{}
	all := slices.Clone(t.Queue)
	agents := map[string]bool{}
	for _, a := range t.Agents {
		all = append(all, a.Has...)
		if agents[a.Name] && a.Name != "" {
			r.report(codeForm, a.span, "agents", "two agents are called `"+a.Name+"`", "rename one of them")
		}
		agents[a.Name] = true
	}
	for _, k := range all {
		if seen[k.ID] && k.ID != "" {
			r.report(codeForm, k.span, "waiting", "two tickets have the id `"+k.ID+"`", "rename one of them")
		}
		seen[k.ID] = true
	}
}

var ticketKeys = []string{"id", "channel", "arrived", "waited", "origin", "due", "needs", "customer", "matter", "not_before"}

// ticket reads a ticket: built-in fields and attributes side by side, as in the examples of a policy.
func (r *reader) ticket(n *yaml.Node, at engine.Instant) Ticket {
	t := Ticket{span: r.span(n), Facts: policy.Ticket{Attributes: map[string]any{}}}
	m := r.mapping(n, "a ticket", ticketKeys, true)
	if m == nil {
		return t
	}
	t.ID, t.Facts.Channel, t.Facts.Origin = r.word(m["id"]), r.word(m["channel"]), r.word(m["origin"])
	t.Facts.Customer, t.Facts.Matter = r.word(m["customer"]), r.word(m["matter"])
	if t.ID == "" {
		r.wrong(codeForm, n, "waiting", "a ticket needs an `id`", "any word or number that the expectations can name")
	}
	switch {
	case m["arrived"] != nil && m["waited"] != nil:
		r.wrong(codeForm, m["waited"], "waited", "`arrived` and `waited` both say when it came", "keep one of the two")
		t.Arrived = at
	case m["arrived"] != nil:
		t.Arrived = r.instant(m["arrived"])
	case m["waited"] != nil:
		t.Arrived = at.Add(-r.duration(m["waited"]))
	default:
		r.wrong(codeForm, n, "waiting", "when did it come?", "write arrived: 09:01:00, or waited: 5m")
		t.Arrived = at
	}
	if t.Arrived > at || t.Arrived <= 0 {
		late := m["arrived"]
		if late == nil {
			late = n
		}
		r.wrong(codeValue, late, "arrived", "it arrives after the time of the test", "a time of the day before is written with its date: 2026-11-22T23:50:00Z")
		t.Arrived = at
	}
	if m["due"] != nil {
		t.Facts.Due = r.instant(m["due"])
	}
	if m["not_before"] != nil {
		t.Facts.NotBefore = r.instant(m["not_before"])
	}
	for _, s := range r.list(m["needs"], "needs", engine.NeedsMax) {
		t.Facts.Needs = append(t.Facts.Needs, r.word(s))
	}
	t.Facts.Arrived = t.Arrived
	for key, v := range m {
		if !slices.Contains(ticketKeys, key) {
			t.Facts.Attributes[key] = r.value(v).Any
		}
	}
	return t
}

var agentKeys = []string{"name", "skills", "channels", "state", "free", "has"}

func (r *reader) agent(n *yaml.Node, at engine.Instant) Agent {
	a := Agent{span: r.span(n)}
	if n.Kind == yaml.ScalarNode {
		a.Name = r.word(n)
		return a
	}
	m := r.mapping(n, "an agent", agentKeys, false)
	if a.Name = r.word(m["name"]); a.Name == "" {
		r.wrong(codeForm, n, "agents", "an agent needs a `name`", "")
	}
	for _, s := range r.list(m["skills"], "skills", engine.SkillsMax) {
		a.Skills = append(a.Skills, r.word(s))
	}
	for _, c := range r.list(m["channels"], "channels", engine.ChannelsMax) {
		a.Channels = append(a.Channels, r.word(c))
	}
	switch s := r.word(m["state"]); s {
	case "", "free":
	case "break":
		a.Away = true
	default:
		r.wrong(codeName, m["state"], "state", "an agent is not `"+s+"`", nearest(s, []string{"free", "break"}))
	}
	if m["free"] != nil {
		a.Free = r.duration(m["free"])
	}
	for _, h := range r.list(m["has"], "has", engine.TakesMax) {
		a.Has = append(a.Has, r.ticket(h, at))
	}
	return a
}

var expectKeys = []string{"next", "agent", "because", "over", "order", "class", "refused"}

func (r *reader) expect(t *Test, n *yaml.Node) {
	if n == nil {
		return
	}
	m := r.mapping(n, "what is expected", expectKeys, false)
	e := &t.Expect
	if len(m) == 0 && n.Kind == yaml.MappingNode {
		r.wrong(codeForm, n, "expect", "this test expects nothing", "write one of "+strings.Join(expectKeys, ", "))
	}
	if m["next"] != nil {
		if e.Next = r.want(m["next"]); e.Next.text != "nobody" {
			r.known(t, e.Next, true)
		}
	}
	if m["agent"] != nil {
		e.Agent = r.want(m["agent"])
		r.agentKnown(t, e.Agent)
	}
	e.Because, e.because = r.wants(m["because"])
	e.Over, e.over = r.wants(m["over"])
	e.Order, e.order = r.wants(m["order"])
	e.Refused, _ = r.wants(m["refused"])
	for _, w := range slices.Concat(e.Over, e.Order, e.Refused) {
		r.known(t, w, true)
	}
	if c := m["class"]; c != nil && c.Kind != yaml.MappingNode {
		r.wrong(codeForm, c, "class", "classes by ticket are wanted", "write class: {103: everyone}")
	} else if c != nil {
		for i := 0; i+1 < len(c.Content); i += 2 {
			w := classWant{r.want(c.Content[i]), r.want(c.Content[i+1])}
			r.known(t, w.ticket, false)
			e.Class = append(e.Class, w)
		}
	}
}

var sameKeys = []string{"ticket", "attribute", "in"}

func (r *reader) same(t *Test, n *yaml.Node) {
	list := []*yaml.Node{n}
	if n == nil {
		return
	}
	if n.Kind == yaml.SequenceNode {
		list = n.Content
	}
	for _, n := range list {
		m := r.mapping(n, "a `same_order_when`", sameKeys, false)
		s := Same{Ticket: r.word(m["ticket"]), Attribute: r.word(m["attribute"]), span: r.span(n)}
		for _, key := range sameKeys {
			if m != nil && m[key] == nil {
				r.wrong(codeForm, n, "same_order_when", "no `"+key+"` stands here", "write {ticket: 107, attribute: reach, in: [0, 1000, 10000000]}")
			}
		}
		if m["ticket"] != nil {
			r.known(t, r.want(m["ticket"]), true)
		}
		for _, v := range r.list(m["in"], "in", ValuesMax) {
			s.In = append(s.In, r.value(v))
		}
		if m["in"] != nil && len(s.In) < 2 {
			r.wrong(codeForm, m["in"], "in", "the order is compared between at least two values", "write in: [0, 1000]")
		}
		t.Same = append(t.Same, s)
	}
}
