package engine

import (
	"fmt"
	"slices"
)

// Limits of Engine.Place.
const (
	// PlaceMax is how far a place is counted out.
	PlaceMax = 1000
	// PlaceLineMax is how long a line may be for a place to be found: the question copies everybody who waits.
	PlaceLineMax = 20_000
)

// A Standing is where a waiting ticket stands in the order of service.
type Standing struct {
	Place int // from 1; 0: it is behind the first PlaceMax
	Of    int // how many wait
}

// Place returns the rank of a waiting ticket in the order in which the running policy would serve now, if one agent with
// all skills drained the line, all classes open: nobody arrives or leaves and no time passes. Tickets under offer and in service are not in
// the line. It changes nothing and costs a copy of all that waits and the decisions before the ticket.
//
// The error is ErrUnknownTicket; ErrState for a ticket that does not wait; or ErrLimit where more than PlaceLineMax wait.
func (e *Engine) Place(id TicketID) (Standing, error) {
	s := Standing{Of: e.count.Waiting}
	h := e.tickets.find(id)
	switch {
	case h == 0:
		return s, fmt.Errorf("place of ticket %d: %w", id, ErrUnknownTicket)
	case e.tickets.at(h).state != waiting:
		return s, fmt.Errorf("place of ticket %d: %w: it is with an agent", id, ErrState)
	case s.Of > PlaceLineMax:
		return s, fmt.Errorf("place of ticket %d: %w: %d tickets wait, and a place is found among %d",
			id, ErrLimit, s.Of, PlaceLineMax)
	}
	d := e.rehearsal()
	for n := 1; n <= min(s.Of, PlaceMax); n++ {
		next := d.drain()
		if next == id {
			s.Place = n
			break
		}
	}
	return s, nil
}

// A rehearsal is a copy of a line in which one agent serves everybody.
type rehearsal struct {
	e     *Engine
	offer Event // the one that rings
}

// oneAgent is the name of the agent of a rehearsal.
const oneAgent AgentID = 1

// rehearsal copies what waits, and signs the agent in. Applied events carry places, classes and values as they are, so
// nothing is clamped or classified again; slips and who is odd are copied behind them.
func (e *Engine) rehearsal() *rehearsal {
	c := New()
	c.Apply(Event{Kind: Adopted, At: e.now, Policy: e.policy})
	c.openAll()
	var f Facts
	for _, h := range e.index.slots[:e.index.end] {
		if h == 0 || e.tickets.at(h).state != waiting {
			continue
		}
		t := e.tickets.at(h)
		e.own(t, &f)
		f.NeedsLen = uint8(copy(f.Needs[:], e.skills.demands[t.demand].needs))
		c.Apply(Event{Kind: Arrived, At: e.now, Ticket: t.place.Seq, Facts: &f, Class: t.class, Values: t.values, From: t.place})
	}
	p := Profile{Skills: e.skills.needed()}
	for i := range e.policy.Channels {
		p.Takes[i] = 1
	}
	for _, h := range c.index.slots[:c.index.end] {
		if h != 0 {
			c.resemble(e, h)
		}
	}
	for _, id := range e.urgent {
		if c.tickets.find(id) != 0 {
			c.Apply(Event{Kind: Moved, At: e.now, Ticket: id})
		}
	}
	// As an event, because an agent who signs in may have SkillsMax skills at most.
	c.Apply(Event{Kind: SignedIn, At: e.now, Agent: oneAgent, Profile: &p})
	d := &rehearsal{e: c}
	d.do(Command{Kind: Tick})
	return d
}

// resemble gives h, which nobody has passed here, the slips that the same ticket has in the line was.
func (e *Engine) resemble(was *Engine, h handle) {
	t := e.tickets.at(h)
	o := was.tickets.at(was.tickets.find(t.place.Seq))
	l := was.tree.leaves[o.class]
	for i := range l.counters {
		t.slips[i] = -was.slips(o, l, i)
	}
	if t.odd = o.odd; t.odd {
		e.tree.leaves[t.class].regs[t.demand].mark(&e.tickets, h)
	}
}

// needed returns every skill that a ticket ever asked for, sorted.
func (s *skills) needed() []Word {
	var all []Word
	for _, d := range s.demands {
		all = append(all, d.needs...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// do runs a command now and remembers the offer that follows. A decision of very many rows may be left for a Tick.
func (d *rehearsal) do(c Command) {
	if d.e.late && c.Kind != Tick {
		d.do(Command{Kind: Tick})
	}
	c.At = d.e.now
	events, err := d.e.Do(c)
	if err != nil {
		panic(fmt.Sprintf("engine: rehearsal: %v", err))
	}
	for i := range events {
		if events[i].Kind == Offered {
			d.offer = events[i]
		}
	}
}

// drain serves the ticket that is next and returns it, or 0 when nobody is left.
func (d *rehearsal) drain() TicketID {
	o := d.offer
	d.offer = Event{}
	if o.Kind != Offered {
		return 0
	}
	d.do(Command{Kind: Accept, Agent: oneAgent, Offer: o.Offer})
	d.do(Command{Kind: Finish, Agent: oneAgent, Offer: o.Offer})
	return o.Ticket
}
