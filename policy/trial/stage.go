package trial

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"fairline/engine"
	"fairline/policy"
	"fairline/policy/outline"
	"fairline/policy/spelling"
)

// A trouble is why a test cannot be played: it is neither passed nor failed.
type trouble struct {
	span    policy.Span
	message string
}

// Error is what stands in the way.
func (t *trouble) Error() string { return t.message }

// A stage is a line as a test sets it up.
type stage struct {
	test   *Test
	tree   *outline.Outline
	engine *engine.Engine
	ids    map[engine.TicketID]string
	seen   *coverage
	refuse map[string]bool // tickets that were not taken in
	needed []engine.Word   // every skill that somebody ever needed, sorted
	early  []decision      // made when tickets came at the instant of the test
}

// A decision is what the engine offered, and whom that passed.
type decision struct {
	offer engine.Event
	rows  []row
}

// A row is a part of those who were passed, with the reason that the policy gives.
type row struct {
	engine.Event
	over []string
	name string // of the class, group or protection that let it happen
	line int
}

// set lets everybody come at their times. Nobody is offered anything until the instant of the test. With free, agents who
// have been free for a while are there before it.
func set(t *Test, tree *outline.Outline, seen *coverage, free bool, change func(*Ticket)) (*stage, error) {
	s := &stage{test: t, tree: tree, engine: engine.New(), ids: map[engine.TicketID]string{}, seen: seen, refuse: map[string]bool{}}
	queue := slices.Clone(t.Queue)
	begin := t.At
	for i := range queue {
		if change != nil {
			change(&queue[i])
		}
		begin = min(begin, queue[i].Arrived)
	}
	agents := s.waiters(free)
	if len(agents) > 0 {
		begin = min(begin, agents[0].since(t))
	}
	slices.SortStableFunc(queue, func(a, b Ticket) int { return cmp.Compare(a.Arrived, b.Arrived) })
	if _, err := s.do(begin, engine.Command{Kind: engine.Adopt, Policy: s.policy(free)}); err != nil {
		return nil, &trouble{t.At1, err.Error()}
	}
	for i := range t.Agents {
		if err := s.hand(begin, &t.Agents[i]); err != nil {
			return nil, err
		}
	}
	for i := range queue {
		for len(agents) > 0 && agents[0].since(t) <= queue[i].Arrived {
			if err := s.come(agents[0]); err != nil {
				return nil, err
			}
			agents = agents[1:]
		}
		if err := s.arrive(queue[i].Arrived, &queue[i]); err != nil {
			return nil, err
		}
	}
	for _, a := range agents {
		if err := s.come(a); err != nil {
			return nil, err
		}
	}
	return s, s.until(t.At)
}

// since is from when on an agent has been free.
func (a *Agent) since(t *Test) engine.Instant { return t.At.Add(-a.Free) }

// waiters are the agents who are free before the instant of the test, in the order in which they became so.
func (s *stage) waiters(free bool) []*Agent {
	var list []*Agent
	for i := range s.test.Agents {
		if a := &s.test.Agents[i]; free && a.Free > 0 && !a.Away {
			list = append(list, a)
		}
	}
	slices.SortStableFunc(list, func(a, b *Agent) int { return cmp.Compare(b.Free, a.Free) })
	return list
}

// policy is the one of the test. The order of service, which asks for no agents, has none that are kept free.
func (s *stage) policy(free bool) *engine.Policy {
	p := s.tree.Policy.Engine
	if free || len(p.Reserve) == 0 {
		return p
	}
	all := *p
	all.Reserve = nil
	return &all
}

// come lets an agent be free before the instant of the test.
func (s *stage) come(a *Agent) error {
	if err := s.until(a.since(s.test)); err != nil {
		return err
	}
	list, err := s.free(a, a.since(s.test))
	if err != nil {
		return err
	}
	return s.taken(list)
}

// taken notes what is offered at the instant of the test. Before that nothing may be: a free agent takes what comes.
func (s *stage) taken(list []decision) error {
	for _, d := range list {
		if d.offer.At < s.test.At {
			i := slices.IndexFunc(s.test.Agents, func(a Agent) bool { return engine.WordOf(a.Name) == d.offer.Agent })
			a := &s.test.Agents[i]
			return &trouble{a.span, fmt.Sprintf("agent %s is free and would have got ticket %s at %s: let it arrive at the time of the test", a.Name, s.ids[d.offer.Ticket], s.test.clock(d.offer.At))}
		}
	}
	s.early = append(s.early, list...)
	return nil
}

// until lets happen what falls due.
func (s *stage) until(at engine.Instant) error {
	for due := s.engine.Due(); due != 0 && due <= at; due = s.engine.Due() {
		list, err := s.do(max(due, s.engine.Now()), engine.Command{Kind: engine.Tick})
		if err != nil {
			return &trouble{s.test.At1, err.Error()}
		}
		if err := s.taken(list); err != nil {
			return err
		}
	}
	return nil
}

// do gives the engine a command and returns the decisions that follow.
func (s *stage) do(at engine.Instant, c engine.Command) ([]decision, error) {
	waiting := s.waiting()
	c.At = at
	events, err := s.engine.Do(c)
	if err != nil {
		return nil, err
	}
	var list []decision
	for _, ev := range events {
		switch ev.Kind {
		case engine.Arrived:
			s.seen.ticket(ev.Class, ev.Facts.Channel)
			s.need(ev.Facts)
		case engine.Relaxed:
			s.need(ev.Facts)
		case engine.Offered:
			list = append(list, decision{offer: ev})
			waiting = slices.DeleteFunc(waiting, func(v engine.TicketView) bool { return v.Ticket == ev.Ticket })
			s.seen.decided(&ev)
		case engine.Passed:
			d := &list[len(list)-1]
			d.rows = append(d.rows, s.row(ev, waiting))
			s.seen.decided(&ev)
		}
	}
	return list, nil
}

func (s *stage) waiting() []engine.TicketView {
	return slices.DeleteFunc(s.engine.Arrivals(2*TicketsMax), func(v engine.TicketView) bool { return v.State != "waiting" })
}

// row names those of a row, and the reason.
func (s *stage) row(ev engine.Event, waiting []engine.TicketView) row {
	r := row{Event: ev}
	channel, needs := s.engine.Demand(ev.Demand)
	only := s.engine.Only(ev.Demand)
	for _, v := range waiting {
		alone := ev.Ticket != 0
		if alone && v.Ticket != ev.Ticket {
			continue
		}
		if alone || v.Only == only && v.Class == ev.Class && v.Channel == channel && slices.Equal(v.Needs, needs) && !v.Place.Before(ev.From) && v.Place.Before(ev.Before) {
			r.over = append(r.over, s.ids[v.Ticket])
		}
	}
	n := s.tree.Nodes[ev.Node]
	r.name, r.line = n.Name, n.Line
	switch ev.Why {
	case engine.ByOrder:
	case engine.ByGuard:
		r.name, r.line = n.Protections[ev.Guard].Key, n.Protect[ev.Guard].Line
		return r
	default:
		r.name, r.line = causes[ev.Why], 0
		return r
	}
	if v, ok := s.engine.Ticket(ev.Rival); ok {
		if c := s.tree.Policy.Engine.Classes[v.Class]; c.Reason != "" {
			r.name, r.line = c.Name, c.Line
		}
	}
	return r
}

// causes are the names of what lets a ticket be passed without being a rule of order.
var causes = map[engine.Cause]string{engine.ByCoolOff: "missed a moment ago", engine.ByPreference: "known", engine.ByDrain: "drained",
	engine.ByPull: "asked for", engine.ByMove: "moved", engine.ByInterrupt: "interrupt",
	engine.ByReserve: "reserve", engine.ByCap: "caps"}

// facts turns a ticket of the file into what the engine may know of it. What the policy would only note on a real
// ticket is refused here: a test that means another ticket than it says would prove nothing.
func (s *stage) facts(k *Ticket) (*engine.Facts, error) {
	read := s.tree.Policy.Ticket(k.Facts)
	for _, p := range read.Problems {
		return nil, &trouble{k.span, "ticket " + k.ID + ": " + p.Error()}
	}
	for _, name := range read.NotKept {
		return nil, &trouble{k.span, fmt.Sprintf("ticket %s: the policy has no attribute `%s`%s", k.ID, name, near(name, s.tree))}
	}
	return &read.Facts, nil
}

func near(name string, tree *outline.Outline) string {
	if help := spelling.DidYouMean(name, tree.Attributes()); help != "" {
		return ": " + help
	}
	return ""
}

func (s *stage) arrive(at engine.Instant, k *Ticket) error {
	if err := s.until(at); err != nil {
		return err
	}
	f, err := s.facts(k)
	if err != nil {
		return err
	}
	id := s.next()
	s.ids[id] = k.ID
	list, err := s.do(at, engine.Command{Kind: engine.Arrive, Key: engine.KeyOf("test", k.ID), Facts: f})
	wanted := slices.ContainsFunc(s.test.Expect.Refused, func(w *want) bool { return w.text == k.ID })
	if wanted && (errors.Is(err, engine.ErrClosed) || errors.Is(err, engine.ErrLineFull)) {
		delete(s.ids, id)
		s.refuse[k.ID] = true
		return nil
	}
	if err != nil {
		return &trouble{k.span, "ticket " + k.ID + ": " + err.Error()}
	}
	return s.taken(list)
}

// next is the number that the next ticket gets.
func (s *stage) next() engine.TicketID { return engine.TicketID(len(s.ids) + 1) }

// hand gives an agent the work in hand: before anybody else waits, so that nobody else can get it.
func (s *stage) hand(at engine.Instant, a *Agent) error {
	if len(a.Has) == 0 {
		return nil
	}
	profile, err := s.profile(a)
	if err != nil {
		return err
	}
	if _, err := s.do(at, engine.Command{Kind: engine.SignIn, Agent: engine.WordOf(a.Name), Profile: profile}); err != nil {
		return &trouble{a.span, err.Error()}
	}
	for i := range a.Has {
		k := a.Has[i]
		k.Facts.Arrived = at
		f, err := s.facts(&k)
		if err != nil {
			return err
		}
		s.ids[s.next()] = k.ID
		list, err := s.do(at, engine.Command{Kind: engine.Arrive, Key: engine.KeyOf("test", k.ID), Facts: f})
		if err != nil {
			return &trouble{k.span, err.Error()}
		}
		if len(list) == 0 {
			return &trouble{k.span, fmt.Sprintf("agent %s cannot have ticket %s in hand: it would not be offered", a.Name, k.ID)}
		}
		if _, err := s.do(at, engine.Command{Kind: engine.Accept, Agent: engine.WordOf(a.Name), Offer: list[0].offer.Offer}); err != nil {
			return &trouble{k.span, err.Error()}
		}
	}
	if _, err := s.do(at, engine.Command{Kind: engine.Break, Agent: engine.WordOf(a.Name)}); err != nil {
		return &trouble{a.span, err.Error()}
	}
	return nil
}

// profile is what an agent of the file can do. A skill with a level, nurse@3, holds the levels below it too.
func (s *stage) profile(a *Agent) (*engine.Profile, error) {
	p := &engine.Profile{Takes: s.tree.Policy.Engine.Takes()}
	var names []string
	for i, c := range s.tree.Policy.Engine.Channels {
		names = append(names, c.Name)
		if len(a.Channels) > 0 && !slices.Contains(a.Channels, c.Name) {
			p.Takes[i] = 0
		}
	}
	for _, c := range a.Channels {
		if !slices.Contains(names, c) {
			return nil, &trouble{a.span, fmt.Sprintf("agent %s: this line has no channel `%s`, it has %s", a.Name, c, spelling.List(names))}
		}
	}
	words := map[engine.Word]bool{}
	for _, skill := range a.Skills {
		base, level, _ := strings.Cut(skill, "@")
		n, _ := strconv.Atoi(level)
		for _, name := range policy.Skills(base, n) {
			words[engine.WordOf(name)] = true
		}
	}
	p.Skills = slices.Sorted(maps.Keys(words))
	return p, nil
}

// open lets the agents of the test become free, in their order, and returns what is offered.
func (s *stage) open() ([]decision, error) {
	if len(s.test.Agents) == 0 {
		p := &engine.Profile{Takes: s.tree.Policy.Engine.Takes(), Skills: s.needed}
		return s.do(s.test.At, engine.Command{Kind: engine.SignIn, Agent: 1, Profile: p})
	}
	all := s.early
	for i := range s.test.Agents {
		a := &s.test.Agents[i]
		if a.Away || a.Free > 0 {
			continue
		}
		list, err := s.free(a, s.test.At)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	return all, nil
}

// free lets an agent become free and returns what is offered.
func (s *stage) free(a *Agent, at engine.Instant) ([]decision, error) {
	c := engine.Command{Kind: engine.Ready, Agent: engine.WordOf(a.Name)}
	if len(a.Has) == 0 {
		profile, err := s.profile(a)
		if err != nil {
			return nil, err
		}
		c.Kind, c.Profile = engine.SignIn, profile
	}
	list, err := s.do(at, c)
	if err != nil {
		return nil, &trouble{a.span, fmt.Sprintf("agent %s: %v", a.Name, err)}
	}
	return list, nil
}

// need notes skills: what somebody can do who serves in a test without agents.
func (s *stage) need(f *engine.Facts) {
	s.needed = append(s.needed, f.Needs[:f.NeedsLen]...)
	slices.Sort(s.needed)
	s.needed = slices.Compact(s.needed)
}
