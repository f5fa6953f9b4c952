package engine

import "slices"

// A drain keeps an agent free for a ticket that was passed for want of room as often as is granted: the agent fits it as
// a whole and is offered nothing else until the ticket does.
type drain struct {
	agent  uint32
	ticket TicketID
}

// drainedFor returns the ticket that agent n is drained for, or 0.
func (e *Engine) drainedFor(n uint32) TicketID {
	for _, d := range e.drains {
		if d.agent == n {
			return d.ticket
		}
	}
	return 0
}

// undrain lets agents go who have room for their ticket now, or need not have any more.
func (e *Engine) undrain() {
	for i := len(e.drains) - 1; i >= 0; i-- {
		d := e.drains[i]
		a := &e.agents.list[d.agent]
		h := e.tickets.find(d.ticket)
		if h != 0 && a.state == onDuty && e.tickets.at(h).state == waiting && !e.tickets.at(h).gone {
			cost := e.skills.profiles[a.profile].cost[e.tickets.at(h).demand]
			if cost > a.free && !e.tree.leaves[e.tickets.at(h).class].shut && !e.servable(h) && e.starved(h) {
				continue
			}
		}
		e.emit(Event{Kind: Undrained, Agent: a.name, Ticket: d.ticket})
	}
}

// servable reports whether somebody available can take h now.
func (e *Engine) servable(h handle) bool {
	e.look()
	return e.openTo(e.tickets.at(h).class).has(int(e.tickets.at(h).demand))
}

// starved reports whether h was passed for want of room as often as some protection grants.
func (e *Engine) starved(h handle) bool {
	t := e.tickets.at(h)
	l := e.tree.leaves[t.class]
	for i, k := range l.counters {
		if g := e.tree.counting[k]; g != nil && g.Kind == PassedByCapacityAtMost && int64(e.slips(t, l, i)) >= g.limit(t.class, t) {
			return true
		}
	}
	return false
}

// drain finds an agent to drain for each ticket that needs one. Among those who fit a ticket as a whole it is the one with
// most room, then the longest idle.
func (e *Engine) drain() {
	if !e.tree.rooms {
		return
	}
	for e.undrain(); e.drainOne(); { // each one drained may be missed by another ticket
	}
}

func (e *Engine) drainOne() bool {
	e.look()
	for _, l := range e.tree.leaves {
		for d, r := range l.regs {
			if l.shut || r == nil || r.first == 0 || e.openTo(l.class).has(d) {
				continue
			}
			h := e.waiter(r)
			if h == 0 {
				continue
			}
			if n := e.roomiest(DemandID(d), l.class); n != 0 {
				e.emit(Event{Kind: Drained, Agent: e.agents.list[n].name, Ticket: e.tickets.at(h).place.Seq})
				return true
			}
		}
	}
	return false
}

// waiter returns the first of a register for whom an agent is to be drained, or 0: but for the odd ones, who came earlier was
// passed at least as often.
func (e *Engine) waiter(r *register) handle {
	first := handle(0)
	for h := r.first; h != 0 && first == 0 && (e.starved(h) || e.tickets.at(h).odd); h = e.tickets.at(h).next {
		if e.starved(h) && !e.drainedOn(e.tickets.at(h).place.Seq) {
			first = h
		}
	}
	for _, h := range r.odd {
		if (first == 0 || e.tickets.at(h).place.Before(e.tickets.at(first).place)) && e.starved(h) && !e.drainedOn(e.tickets.at(h).place.Seq) {
			first = h
		}
	}
	return first
}

func (e *Engine) drainedOn(id TicketID) bool {
	return slices.ContainsFunc(e.drains, func(d drain) bool { return d.ticket == id })
}

// roomiest returns the agent to drain for a demand of a class, or 0: not one who has the room but may not be asked.
func (e *Engine) roomiest(d DemandID, c ClassID) uint32 {
	best := uint32(0)
	only, capped := e.skills.demands[d].only, e.agents.fences.cappedFor(c)
	for n := 1; n < len(e.agents.list); n++ {
		a := &e.agents.list[n]
		cost := e.skills.profiles[a.profile].cost[d]
		if a.state != onDuty || cost == 0 || cost <= a.free || a.capped&capped != 0 || e.forbids(uint32(n), c, true) == ByReserve || only != 0 && only != a.name || e.drainedFor(uint32(n)) != 0 {
			continue
		}
		if b := &e.agents.list[best]; best == 0 || a.free > b.free || a.free == b.free && e.agents.sooner(uint32(n), best) {
			best = uint32(n)
		}
	}
	return best
}

func (e *Engine) applyDrain(ev *Event) {
	n := e.agents.find(ev.Agent)
	a := &e.agents.list[n]
	e.sum -= a.hash()
	if a.drain = ev.Ticket; ev.Kind == Drained {
		e.drains = append(e.drains, drain{agent: n, ticket: ev.Ticket})
	} else {
		a.drain = 0
		e.drains = slices.DeleteFunc(e.drains, func(d drain) bool { return d.agent == n })
	}
	e.agents.seat(n, &e.skills)
	e.sum += a.hash()
}
