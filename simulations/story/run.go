package story

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"fairline/engine"
	"fairline/engine/journal"
)

// A run is one playing of a story.
type run struct {
	story  *Story
	policy *engine.Policy
	nodes  []*engine.Node
	facts  []engine.Facts
	engine *engine.Engine
	log    *journal.Memory
	chain  journal.Chain
	agenda []appointment
	events []engine.Event // of the last command
	result Result

	tickets map[engine.TicketID]int
	lined   []lined // by index in the story
	asked   map[engine.OfferID]*Start
}

// An appointment is a command at its time.
type appointment struct {
	at      engine.Instant
	command engine.Command
}

// lined is what the run knows of a ticket in the line.
type lined struct {
	waits bool
	place engine.Place
	class engine.ClassID
	facts engine.Facts
}

func play(s *Story, p *engine.Policy, facts []engine.Facts) (*Result, error) {
	r := &run{story: s, policy: p, nodes: p.Nodes(), facts: facts, engine: engine.New(), log: journal.NewMemory(),
		chain: journal.Chain{Stream: s.Title}, tickets: map[engine.TicketID]int{},
		lined: make([]lined, len(s.Tickets)), asked: map[engine.OfferID]*Start{}}
	r.plan()
	for len(r.agenda) > 0 {
		next := r.agenda[0]
		r.agenda = r.agenda[1:]
		if err := r.until(next.at); err != nil {
			return nil, err
		}
		if err := r.do(next.at, next.command); err != nil {
			return nil, err
		}
	}
	return r.end()
}

// plan enters what is known from the beginning: the policy, who comes, and who serves.
func (r *run) plan() {
	var takes [engine.ChannelsMax]uint8
	for i := range r.policy.Channels {
		takes[i] = 1
	}
	first := r.story.Opens
	for i, t := range r.story.Tickets {
		at := r.story.Opens.Add(t.Arrives)
		first = min(first, at)
		r.enter(at, engine.Command{Kind: engine.Arrive, Key: engine.KeyOf("story", t.ID), Facts: &r.facts[i]})
	}
	for _, a := range r.story.Agents {
		r.enter(r.story.Opens.Add(a.Comes), engine.Command{Kind: engine.SignIn, Agent: engine.WordOf(a.Name),
			Profile: &engine.Profile{Takes: takes}})
	}
	adopt := appointment{first, engine.Command{Kind: engine.Adopt, Policy: r.policy}}
	r.agenda = slices.Insert(r.agenda, 0, adopt)
}

// enter puts a command into the agenda, behind those of the same time.
func (r *run) enter(at engine.Instant, c engine.Command) {
	r.agenda = append(r.agenda, appointment{at, c})
	slices.SortStableFunc(r.agenda, func(a, b appointment) int { return cmp.Compare(a.at, b.at) })
}

// until lets happen what is due up to an instant.
func (r *run) until(at engine.Instant) error {
	for due := r.engine.Due(); due != 0 && due <= at; due = r.engine.Due() {
		if err := r.do(max(due, r.engine.Now()), engine.Command{Kind: engine.Tick}); err != nil {
			return err
		}
	}
	return nil
}

// do gives the engine a command, keeps it with its events as one frame, and accepts what it offers.
func (r *run) do(at engine.Instant, c engine.Command) error {
	c.At = at
	events, err := r.engine.Do(c)
	if err != nil {
		return fmt.Errorf("at %s: %w", Clock(at), err)
	}
	if err := r.store(&c, events); err != nil {
		return err
	}
	r.events = append(r.events[:0], events...)
	var offers []engine.Event
	for i := range r.events {
		if err := r.follow(&r.events[i]); err != nil {
			return err
		}
		if r.events[i].Kind == engine.Offered {
			offers = append(offers, r.events[i])
		}
	}
	for _, o := range offers {
		if err := r.do(at, engine.Command{Kind: engine.Accept, Agent: o.Agent, Offer: o.Offer}); err != nil {
			return err
		}
		work := r.story.Tickets[r.tickets[o.Ticket]].Handling
		r.enter(at.Add(work), engine.Command{Kind: engine.Finish, Agent: o.Agent, Offer: o.Offer})
	}
	return nil
}

// follow keeps up with one event.
func (r *run) follow(ev *engine.Event) error {
	switch ev.Kind {
	case engine.Arrived:
		i := slices.IndexFunc(r.story.Tickets, func(t Ticket) bool { return engine.KeyOf("story", t.ID) == ev.Key })
		r.tickets[ev.Ticket] = i
		r.lined[i] = lined{waits: true, place: ev.From, class: ev.Class, facts: *ev.Facts}
	case engine.Offered:
		r.offered(ev)
	case engine.Passed:
		return r.passed(ev)
	case engine.Accepted:
		r.result.Starts = append(r.result.Starts, *r.asked[ev.Offer])
	}
	return nil
}

func (r *run) offered(ev *engine.Event) {
	i := r.tickets[ev.Ticket]
	start := &Start{Ticket: i, At: ev.At, Wait: ev.At.Sub(r.lined[i].place.Arrived),
		Class: r.policy.Classes[ev.Class], Waiting: r.waiting()}
	for _, a := range r.story.Agents {
		if engine.WordOf(a.Name) == ev.Agent {
			start.Agent = a.Name
		}
	}
	r.lined[i].waits = false
	r.asked[ev.Offer] = start
}

// waiting lists who waits, by place.
func (r *run) waiting() []int {
	var list []int
	for i := range r.lined {
		if r.lined[i].waits {
			list = append(list, i)
		}
	}
	slices.SortFunc(list, func(a, b int) int {
		if r.lined[a].place.Before(r.lined[b].place) {
			return -1
		}
		return 1
	})
	return list
}

// passed expands a row of a decision to pairs.
func (r *run) passed(row *engine.Event) error {
	start := r.asked[row.Offer]
	name, reason, line := r.because(row)
	channel, needs := r.engine.Demand(row.Demand)
	n := uint32(0)
	for _, i := range r.waiting() {
		t := &r.lined[i]
		if t.class == row.Class && t.facts.Channel == channel && slices.Equal(t.facts.Needs[:t.facts.NeedsLen], needs) &&
			!t.place.Before(row.From) && t.place.Before(row.Before) {
			start.Passed = append(start.Passed, Pair{Ticket: i, Name: name, Reason: reason, Line: line})
			n++
		}
	}
	slices.SortFunc(start.Passed, func(a, b Pair) int {
		return cmp.Compare(slices.Index(start.Waiting, a.Ticket), slices.Index(start.Waiting, b.Ticket))
	})
	if n != row.Count {
		return fmt.Errorf("at %s: the engine counts %d passed, by hand it is %d", Clock(row.At), row.Count, n)
	}
	return nil
}

// because says what in the policy let a ticket be passed: a protection, the class that won, or its group.
func (r *run) because(row *engine.Event) (name, reason string, line int) {
	node := r.nodes[row.Node]
	winner := r.policy.Classes[r.lined[r.tickets[row.Rival]].class]
	switch {
	case row.Why == engine.ByGuard:
		return "protection of " + node.Name, node.Reason, node.Protect[row.Guard].Line
	case winner.Reason != "":
		return winner.Name, winner.Reason, winner.Line
	default:
		return node.Name, node.Reason, node.Line
	}
}

// end checks the run and gives its result.
func (r *run) end() (*Result, error) {
	if n := len(r.result.Starts); n < len(r.story.Tickets) {
		return nil, fmt.Errorf("%d of %d tickets are never served", len(r.story.Tickets)-n, len(r.story.Tickets))
	}
	pairs := 0
	for _, s := range r.result.Starts {
		pairs += len(s.Passed)
	}
	if counted := r.engine.Counts().Overtakings; uint64(pairs) != counted {
		return nil, fmt.Errorf("the engine counts %d overtakings, by hand it is %d", counted, pairs)
	}
	r.result.Policy, r.result.Overtakings, r.result.Digest = r.policy, pairs, r.engine.Digest()
	var err error
	r.result.Frames, err = r.verify(context.Background())
	return &r.result, err
}
