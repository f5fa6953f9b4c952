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
// all skills drained the line at an instant, all classes open: nobody arrives or leaves, no time passes, and work is charged
// as it is expected. An instant before the last command stands for that. Tickets under offer and in service are not in
// the line. It changes nothing and costs a copy of the line and the decisions before the ticket.
//
// The error is ErrUnknownTicket; ErrState for a ticket that does not wait; or ErrLimit where more than PlaceLineMax wait. Of a contact it is the place of its
// ticket.
func (e *Engine) Place(id TicketID, at Instant) (Standing, error) {
	s := Standing{Of: e.count.Waiting}
	h := e.tickets.find(id)
	if h != 0 {
		h = e.headOf(h)
		id = e.tickets.at(h).place.Seq
	}
	switch {
	case h == 0:
		return s, fmt.Errorf("place of ticket %d: %w", id, ErrUnknownTicket)
	case e.tickets.at(h).state != waiting:
		return s, fmt.Errorf("place of ticket %d: %w: it is with an agent", id, ErrState)
	case s.Of > PlaceLineMax:
		return s, fmt.Errorf("place of ticket %d: %w: %d tickets wait, and a place is found among %d",
			id, ErrLimit, s.Of, PlaceLineMax)
	}
	d, err := e.rehearsal(at)
	if err != nil {
		return s, fmt.Errorf("place of ticket %d: %w", id, err)
	}
	d.begin()
	for n := 1; n <= min(s.Of, PlaceMax); n++ {
		if d.drain() == id {
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

// rehearsal copies the line as it is at an instant, opens every class, and signs the agent in, alone.
func (e *Engine) rehearsal(at Instant) (*rehearsal, error) {
	c, err := e.Copy()
	if err != nil {
		return nil, err
	}
	c.rehearses = true
	if c.now = max(c.now, at); c.Due() != 0 && c.Due() <= c.now {
		if err := c.catchUp(); err != nil {
			return nil, err
		}
	}
	c.openAll()
	for n := range c.agents.list {
		c.agents.unseat(uint32(n))
		c.agents.list[n].state, c.agents.list[n].drain = offDuty, 0
	}
	c.agents.fences = fences{} // one agent drains the line
	c.drains, c.asides, c.tree.rooms, c.tree.interrupts = nil, nil, false, false
	for i := range c.skills.demands {
		c.skills.demands[i].only = 0
	}
	c.skills.held, c.agents.holds = nil, false
	for _, p := range c.skills.profiles {
		p.bench = nil // they do not know of the demands that were for one agent
	}
	p := Profile{Skills: c.skills.needed()}
	for i := range c.policy.Channels {
		p.Takes[i] = 1
	}
	// As an event, because an agent who signs in may have SkillsMax skills at most.
	c.Apply(Event{Kind: SignedIn, At: c.now, Agent: oneAgent, Profile: &p})
	return &rehearsal{e: c}, nil
}

// catchUp lets happen what is due.
func (e *Engine) catchUp() error {
	for due := e.Due(); due != 0 && due <= e.now; due = e.Due() {
		if _, err := e.Do(Command{Kind: Tick, At: e.now}); err != nil {
			return err
		}
	}
	return nil
}

// begin lets the agent be offered the first ticket.
func (d *rehearsal) begin() {
	d.do(Command{Kind: Tick})
	for due := d.e.Due(); due != 0 && due <= d.e.now; due = d.e.Due() {
		d.do(Command{Kind: Tick})
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
	for d.offer.Kind != Offered && d.e.late {
		d.do(Command{Kind: Tick})
	}
	o := d.offer
	d.offer = Event{}
	if o.Kind != Offered {
		return 0
	}
	id := d.e.main(d.e.tickets.at(d.e.tickets.find(o.Ticket))).place.Seq
	d.do(Command{Kind: Accept, Agent: oneAgent, Offer: o.Offer})
	d.do(Command{Kind: Finish, Agent: oneAgent, Offer: o.Offer})
	return id
}
