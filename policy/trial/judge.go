package trial

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"fairline/policy"
	"fairline/policy/outline"
)

// A Suite runs test files against one policy and notes what of it they use.
type Suite struct {
	tree *outline.Outline
	seen *coverage
}

// NewSuite returns a suite for a policy. The examples of the policy's own file count as used: they were run when it
// was read.
func NewSuite(p *policy.Policy) *Suite {
	tree := outline.Of(p)
	s := &Suite{tree: tree, seen: newCoverage(tree)}
	for _, e := range tree.Examples() {
		for i, c := range p.Engine.Classes {
			s.seen.classes[i] = s.seen.classes[i] || c.Name == e.Class
		}
		for i, c := range p.Engine.Channels {
			s.seen.channels[i] = s.seen.channels[i] || c.Name == e.Channel
		}
	}
	return s
}

// Examples is how many examples the policy's own file has.
func (s *Suite) Examples() int { return len(s.tree.Examples()) }

// Parts lists what of the policy can be used by tests, and whether it was.
func (s *Suite) Parts() []Part { return s.seen.parts() }

// A Result is what came of a test.
type Result struct {
	Test     *Test
	Failures []Failure
	Err      *Problem // the test cannot be played
	Story    []string // what was decided, for who wants to know more
}

// A Problem is why a test cannot be played, and where that stands.
type Problem struct {
	policy.Span
	Message string
}

// A Failure is one expectation that does not hold.
type Failure struct {
	policy.Span
	Scene    string // such as: at 09:06:00, agent Ana free, 2 waiting
	What     string // such as next
	Expected string
	Got      string
	Because  string // what decided; may be empty
	Where    string // file:line of what decided; may be empty
}

// Run plays a test.
func (s *Suite) Run(t *Test) Result {
	r := Result{Test: t}
	j := judge{suite: s, test: t, result: &r}
	if err := j.all(); err != nil {
		r.Err = &Problem{t.At1, err.Error()}
		if tr, ok := errors.AsType[*trouble](err); ok {
			r.Err.Span = tr.span
		}
	}
	return r
}

type judge struct {
	suite  *Suite
	test   *Test
	result *Result
	stage  *stage
}

func (j *judge) all() error {
	if err := j.offers(); err != nil {
		return err
	}
	if j.test.Expect.Order != nil {
		if err := j.order(); err != nil {
			return err
		}
	}
	for i := range j.test.Same {
		if err := j.same(&j.test.Same[i]); err != nil {
			return err
		}
	}
	return nil
}

func (j *judge) fail(at policy.Span, f Failure) {
	f.Span, f.Scene = at, j.scene()
	j.result.Failures = append(j.result.Failures, f)
}

// scene is who waits and who serves.
func (j *judge) scene() string {
	var free, others []string
	for _, a := range j.test.Agents {
		switch {
		case a.Away:
			others = append(others, a.Name+" on a break")
		case len(a.Has) > 0:
			others = append(others, fmt.Sprintf("%s has %d in hand", a.Name, len(a.Has)))
		default:
			free = append(free, a.Name)
		}
	}
	parts := []string{"at " + j.test.clock(j.test.At)}
	switch {
	case len(free) == 1:
		parts = append(parts, "agent "+free[0]+" free")
	case len(free) > 1:
		parts = append(parts, "agents "+outline.And(free)+" free")
	case len(others) == 0:
		parts = append(parts, "anybody free")
	}
	return strings.Join(append(append(parts, others...), fmt.Sprintf("%d waiting", len(j.test.Queue))), ", ")
}

// ticket shows a ticket: id, channel and wait.
func (j *judge) ticket(id string) string {
	i := slices.IndexFunc(j.test.Queue, func(k Ticket) bool { return k.ID == id })
	if i < 0 {
		return id
	}
	k := j.test.Queue[i]
	return fmt.Sprintf("%s  %-6s  waited %s", id, k.Facts.Channel, minutes(j.test.At.Sub(k.Arrived)))
}

// offers plays the moment of the test and looks at the first offer.
func (j *judge) offers() error {
	s, err := set(j.test, j.suite.tree, j.suite.seen, true, nil)
	if err != nil {
		return err
	}
	j.stage = s
	j.classes()
	for _, w := range j.test.Expect.Refused {
		if !s.refuse[w.text] {
			j.fail(w.span, Failure{What: "refused", Expected: w.text, Got: w.text + " is taken in"})
		}
	}
	list, err := s.open()
	if err != nil {
		return err
	}
	for _, d := range list {
		j.result.Story = append(j.result.Story, j.story(d))
	}
	var first *decision
	if len(list) > 0 {
		first = &list[0]
	}
	j.next(first)
	if first != nil {
		j.agent(first)
		j.passed(first)
	} else if e := &j.test.Expect; e.Next == nil && (e.Agent != nil || e.over != nil || e.because != nil) {
		j.fail(j.test.At1, Failure{What: "offer", Expected: "an offer", Got: "nobody is offered anything"})
	}
	return nil
}

func (j *judge) classes() {
	for _, w := range j.test.Expect.Class {
		for id, name := range j.stage.ids {
			v, ok := j.stage.engine.Ticket(id)
			if name != w.ticket.text || !ok {
				continue
			}
			c := j.suite.tree.Policy.Engine.Classes[v.Class]
			if c.Name != w.class.text {
				j.fail(w.class.span, Failure{What: "class of " + name, Expected: w.class.text, Got: c.Name, Because: "the first class that takes it", Where: j.suite.tree.Place(c.Line)})
			}
		}
	}
}

func (j *judge) next(d *decision) {
	w := j.test.Expect.Next
	if w == nil {
		return
	}
	f := Failure{What: "next", Expected: j.ticket(w.text), Got: "nobody"}
	got := "nobody"
	if d != nil {
		got = j.stage.ids[d.offer.Ticket]
		f.Got = j.ticket(got)
		f.Because, f.Where = j.because(d)
	}
	if got != w.text {
		j.fail(w.span, f)
	}
}

func (j *judge) agent(d *decision) {
	w := j.test.Expect.Agent
	if w == nil {
		return
	}
	for _, a := range j.test.Agents {
		if d.offer.Agent == j.agentID(a.Name) && a.Name != w.text {
			j.fail(w.span, Failure{What: "agent", Expected: w.text, Got: a.Name})
		}
	}
}

// passed compares whom the offer passes, and why, with what is expected.
func (j *judge) passed(d *decision) {
	e := &j.test.Expect
	var over, names []string
	for _, r := range d.rows {
		over = append(over, r.over...)
		if !slices.Contains(names, r.name) {
			names = append(names, r.name)
		}
	}
	over = j.byArrival(over)
	if want := texts(e.Over); e.over != nil && !slices.Equal(j.byArrival(want), over) {
		f := Failure{What: "over", Expected: listed(want), Got: listed(over)}
		f.Because, f.Where = j.because(d)
		j.fail(e.over.span, f)
	}
	if e.because == nil {
		return
	}
	want := texts(e.Because)
	same := len(want) == len(names)
	for _, n := range names {
		same = same && slices.Contains(want, n)
	}
	if !same {
		f := Failure{What: "because", Expected: listed(want), Got: j.reasons(d)}
		f.Because, f.Where = j.because(d)
		j.fail(e.because.span, f)
	}
}

func (j *judge) reasons(d *decision) string {
	if len(d.rows) == 0 {
		return j.stage.ids[d.offer.Ticket] + " passes nobody"
	}
	var names, parts []string
	over := map[string][]string{}
	for _, r := range d.rows {
		if over[r.name] == nil {
			names = append(names, r.name)
		}
		over[r.name] = append(over[r.name], r.over...)
	}
	for _, n := range names {
		parts = append(parts, fmt.Sprintf("over %s because of %s", listed(j.byArrival(over[n])), n))
	}
	return strings.Join(parts, ", ")
}

// byArrival puts ids into the order of the test's tickets by arrival.
func (j *judge) byArrival(ids []string) []string {
	rank := func(id string) int { return slices.IndexFunc(j.test.Queue, func(k Ticket) bool { return k.ID == id }) }
	out := slices.Clone(ids)
	slices.SortStableFunc(out, func(a, b string) int {
		x, y := rank(a), rank(b)
		if x < 0 || y < 0 || j.test.Queue[x].Arrived == j.test.Queue[y].Arrived {
			return x - y
		}
		return int((j.test.Queue[x].Arrived-j.test.Queue[y].Arrived)>>62 | 1)
	})
	return out
}

func texts(ws []*want) []string {
	var out []string
	for _, w := range ws {
		out = append(out, w.text)
	}
	return out
}

func listed(ids []string) string {
	if len(ids) == 0 {
		return "nobody"
	}
	return "[" + strings.Join(ids, ", ") + "]"
}

func (j *judge) order() error {
	s, err := set(j.test, j.suite.tree, j.suite.seen, false, nil)
	if err != nil {
		return err
	}
	j.stage = s
	list, err := s.drain()
	if err != nil {
		return err
	}
	want := texts(j.test.Expect.Order)
	var got []string
	j.result.Story = nil
	for _, d := range list {
		got = append(got, s.ids[d.offer.Ticket])
		j.result.Story = append(j.result.Story, j.story(d))
	}
	if slices.Equal(want, got) {
		return nil
	}
	f := Failure{What: "order", Expected: strings.Join(want, ", "), Got: strings.Join(got, ", ")}
	for i, d := range list {
		if i >= len(want) || want[i] != got[i] {
			f.Because, f.Where = j.because(&d)
			break
		}
	}
	j.fail(j.test.Expect.order.span, f)
	return nil
}

// same plays the line with each value of a signal and compares the orders.
func (j *judge) same(m *Same) error {
	orders := make([][]string, len(m.In))
	for i, v := range m.In {
		var err error
		if orders[i], err = j.with(m, v); err != nil {
			return err
		}
	}
	for i := range orders {
		if slices.Equal(orders[0], orders[i]) {
			continue
		}
		f := Failure{What: "the same order", Expected: fmt.Sprintf("the same order for every %s of %s", m.Attribute, m.Ticket),
			Got: fmt.Sprintf("%s %s: %s; %s %s: %s", m.Attribute, m.In[0].Text, strings.Join(orders[0], ", "), m.Attribute, m.In[i].Text, strings.Join(orders[i], ", "))}
		if at, ok := j.cut(m, m.In[i-1], m.In[i], orders[i]); ok {
			f.Because = fmt.Sprintf("it changes at %s %d", m.Attribute, at)
		}
		j.fail(m.span, f)
		return nil
	}
	return nil
}

// with is the order of service when the signal has a value.
func (j *judge) with(m *Same, v Value) ([]string, error) {
	s, err := set(j.test, j.suite.tree, j.suite.seen, false, func(k *Ticket) {
		if k.ID != m.Ticket {
			return
		}
		attributes := map[string]any{m.Attribute: v.Any}
		for name, other := range k.Facts.Attributes {
			if name != m.Attribute {
				attributes[name] = other
			}
		}
		k.Facts.Attributes = attributes
	})
	if err != nil {
		return nil, err
	}
	return s.order()
}

// cut finds between two whole numbers one at which the order becomes another.
func (j *judge) cut(m *Same, from, to Value, changed []string) (int64, bool) {
	lo, err := strconv.ParseInt(from.Text, 10, 64)
	hi, err2 := strconv.ParseInt(to.Text, 10, 64)
	if err != nil || err2 != nil || lo >= hi || lo < -1<<60 || hi > 1<<60 {
		return 0, false
	}
	for hi-lo > 1 {
		mid := lo + (hi-lo)/2
		order, err := j.with(m, number(mid))
		if err != nil {
			return 0, false
		}
		if slices.Equal(order, changed) {
			hi = mid
		} else {
			lo = mid
		}
	}
	return hi, true
}
