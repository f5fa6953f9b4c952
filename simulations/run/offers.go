package run

import (
	"slices"

	"fairline/engine"
)

// An open offer rings at an agent. It may fail, and then those whom it passed were not overtaken.
type open struct {
	id     engine.OfferID
	ticket engine.TicketID
	from   engine.Place      // of its ticket
	over   []over            // who has it among the slips so far
	under  []engine.TicketID // under offer themselves when it was made: they have it too, if their own offer fails
	count  uint32            // whom it passed when it was made
	many   bool              // the agent may have several tickets: those under offer may have been passed for want of room
}

// An over is a ticket that an offer passes.
type over struct {
	ticket engine.TicketID
	late   bool // its own offer failed since
	doubt  bool // it is not known, since there may have been no room for it
}

// opened notes an offer that rings.
func (p *Player) opened(x *slot, ev *engine.Event) {
	n := len(p.opens)
	if n == cap(p.opens) {
		p.opens = append(p.opens, open{})
	}
	p.opens = p.opens[:n+1]
	o, profile := &p.opens[n], p.model.agents[x.Agent].profile
	*o = open{id: ev.Offer, ticket: ev.Ticket, from: ev.From, over: o.over[:0], under: o.under[:0], count: ev.Count, many: several(profile)}
	for k := range p.opens[:n] {
		y := &p.opens[k]
		if v, ok := p.engine.Ticket(y.ticket); ok && y.from.Before(ev.From) && !v.Closed && serves(profile, &v) {
			o.under = append(o.under, y.ticket)
		}
	}
}

// several reports whether an agent may have more than one ticket at once.
func several(p *engine.Profile) bool {
	return slices.ContainsFunc(p.Takes[:], func(n uint8) bool { return n > 1 })
}

// serves reports whether an agent can do what a ticket asks for.
func serves(p *engine.Profile, v *engine.TicketView) bool {
	if p.Takes[v.Channel] == 0 {
		return false
	}
	for _, w := range v.Needs {
		if _, ok := slices.BinarySearch(p.Skills, w); !ok {
			return false
		}
	}
	return true
}

// openOf returns an offer that rings, or nil.
func (p *Player) openOf(id engine.OfferID) *open {
	for k := range p.opens {
		if p.opens[k].id == id {
			return &p.opens[k]
		}
	}
	return nil
}

// passes reports whether a ticket is among those that an offer passes.
func (o *open) passes(id engine.TicketID) bool {
	return slices.ContainsFunc(o.over, func(y over) bool { return y.ticket == id })
}

// closed forgets an offer that rings no more.
func (p *Player) closed(o *open) {
	last := &p.opens[len(p.opens)-1]
	*o, *last = *last, *o
	p.opens = p.opens[:len(p.opens)-1]
}

// failed takes an offer that failed from the slips of those it passed. Who has gone keeps it: the engine takes it back from nobody
// who is not there, and the collector is told how many these are.
func (p *Player) failed(o *open, left bool) {
	ticket, kept, doubt := o.ticket, uint32(0), uint32(0)
	for _, y := range o.over {
		_, x := p.slots.of(y.ticket)
		switch {
		case y.doubt:
			doubt++
		case x == nil:
			kept++
		case o.id <= x.again: // told of when the customer hung up
			kept++
			x.told--
		case x.state != waits && x.Slips > 0:
			x.Slips--
		}
	}
	p.measure.Kept(kept, doubt)
	p.closed(o)
	for k := range p.opens {
		o := &p.opens[k]
		i := slices.Index(o.under, ticket)
		if i < 0 {
			continue
		}
		o.under = slices.Delete(o.under, i, i+1)
		if !left { // else nobody passed it while it rang
			o.over = append(o.over, over{ticket: ticket, late: true, doubt: o.many})
		}
	}
}

// stillOpen tells of the offers that ring at the end.
func (p *Player) stillOpen() {
	for k := range p.opens {
		o := &p.opens[k]
		count, doubt := o.count, uint32(0)
		for _, y := range o.over {
			switch {
			case y.doubt:
				doubt++
			case y.late:
				count++
			}
		}
		p.measure.Ringing(count)
		p.measure.Kept(0, doubt)
	}
}
