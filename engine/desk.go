package engine

import (
	"fmt"
	"slices"
)

// pull lets an agent start on a ticket of its own choice, as far as the rights of those it overtakes allow. What rings at the
// agent goes back uncharged, where it came later. An agent on break stays so for everything else.
func (e *Engine) pull(c *Command) error {
	n, err := e.duty(c)
	if err != nil {
		return fmt.Errorf("pull: %w", err)
	}
	h := e.tickets.find(c.Ticket)
	if h == 0 {
		return fmt.Errorf("pull ticket %d: %w", c.Ticket, ErrUnknownTicket)
	}
	t, a := e.tickets.at(h), &e.agents.list[n]
	room := e.roomOf(n)
	cost := e.skills.profiles[a.profile].cost[t.demand]
	switch {
	case t.state != waiting || t.gone || e.tree.leaves[t.class].shut:
		return fmt.Errorf("pull ticket %d: %w: it does not wait", c.Ticket, ErrState)
	case a.state == lost || a.drain != 0 || cost == 0 || cost > room:
		return fmt.Errorf("pull ticket %d: %w: the agent has not the skills or the room for it", c.Ticket, ErrState)
	}
	if e.ringsEarlier(h, n) {
		return fmt.Errorf("pull ticket %d: %w: an earlier ticket rings, answer that first", c.Ticket, ErrState)
	}
	idle := e.emptyHanded(n)
	switch e.look(); e.forbids(n, t.class, idle) {
	case ByReserve:
		return fmt.Errorf("pull ticket %d: %w: the agent is kept for others", c.Ticket, ErrProtected)
	case ByCap:
		return fmt.Errorf("pull ticket %d: %w: the agent started as many as it may for now", c.Ticket, ErrLimit)
	}
	e.view.freed = true
	against := e.forbidden(h, n, room, idle)
	e.view.freed = false
	if against {
		return fmt.Errorf("pull ticket %d: %w", c.Ticket, ErrProtected)
	}
	for _, x := range slices.Clone(a.offers) {
		if e.offers.at(x).state == ringing {
			e.withdraw(x, ByPull, 0, c.Reason)
		}
	}
	e.emit(Event{Kind: Pulled, Ticket: c.Ticket, Agent: c.Agent, Reason: c.Reason})
	e.look()
	e.offer(h, n, ByPull)
	e.start(t.offer, e.agents.list[n].name)
	return nil
}

// roomOf returns what agent n has free when nothing rings.
func (e *Engine) roomOf(n uint32) int32 {
	room := e.agents.list[n].free
	for _, x := range e.agents.list[n].offers {
		if o := e.offers.at(x); o.state == ringing {
			room += o.took
		}
	}
	return room
}

// emptyHanded reports whether agent n has nothing in hand when nothing rings.
func (e *Engine) emptyHanded(n uint32) bool {
	return !slices.ContainsFunc(e.agents.list[n].offers, func(x uint32) bool {
		o := e.offers.at(x)
		return o.state == aside || o.state != ringing && o.took > 0
	})
}

// forbidden reports whether the rights of somebody whom agent n could serve with so much room, and may take, stand against h.
// idle says that nothing is in its hands then.
func (e *Engine) forbidden(h handle, n uint32, room int32, idle bool) bool {
	a := &e.agents.list[n]
	e.look()
	e.view.open, e.view.as, e.view.turns = nil, n, notKept
	for d, c := range e.skills.profiles[a.profile].cost {
		if only := e.skills.demands[d].only; c > 0 && c <= room && (only == 0 || only == a.name) {
			e.view.open.add(d)
		}
	}
	e.view.by = e.openAlone(n, e.view.open, idle)
	against := e.standsAgainst(h) != 0
	e.view.as = 0
	e.view.number++ // what was shown is of no use to others
	return against
}

// ringsEarlier reports whether a ticket rings at agent n of which a contact came before h.
func (e *Engine) ringsEarlier(h handle, n uint32) bool {
	for _, x := range e.agents.list[n].offers {
		o := e.offers.at(x)
		if o.state != ringing {
			continue
		}
		for m := e.headOf(o.ticket); m != 0; m = e.tickets.at(m).mate {
			if t := e.tickets.at(m); !t.gone && t.place.Before(e.tickets.at(h).place) {
				return true
			}
		}
	}
	return false
}

// standsAgainst returns a ticket in view whose rights forbid that h goes before it, h itself where a protection forbids
// it by name, or 0.
func (e *Engine) standsAgainst(h handle) handle {
	t := e.tickets.at(h)
	if e.tree.within && !e.allowed(t) {
		return h
	}
	e.view.kin = e.headOf(h)
	other := e.rightBefore(t)
	e.view.kin = 0
	e.view.number++ // what was found without them is of no use to others
	return other
}

// rightBefore returns a ticket before t that has the right to be next under a protection above t, or 0.
func (e *Engine) rightBefore(t *ticket) handle {
	e.view.number++
	for n := e.tree.leaves[t.class].up; n != nil; n = n.up {
		for i := range n.guards {
			g := &n.guards[i]
			if g.except[t.class] {
				continue
			}
			if other := e.force(n, g); other != 0 && e.tickets.at(other).place.Before(t.place) {
				return other
			}
		}
	}
	return 0
}

// move lets a ticket be next, as soon as an agent may serve it and nobody's rights stand against it.
func (e *Engine) move(c *Command) error {
	h := e.tickets.find(c.Ticket)
	if h != 0 {
		h = e.headOf(h)
	}
	switch {
	case h == 0:
		return fmt.Errorf("move ticket %d: %w", c.Ticket, ErrUnknownTicket)
	case e.tickets.at(h).state == serving:
		return fmt.Errorf("move ticket %d: %w", c.Ticket, ErrInService)
	case e.tickets.at(h).moved:
		return nil
	}
	e.emit(Event{Kind: Moved, Ticket: e.tickets.at(h).place.Seq, Agent: c.Agent, Reason: c.Reason})
	return nil
}

func (e *Engine) applyMoved(ev *Event) {
	t := e.tickets.at(e.tickets.find(ev.Ticket))
	e.sum -= t.hash()
	t.moved = true
	e.urgent = append(e.urgent, ev.Ticket)
	e.sum += t.hash()
}

// unmove forgets that t is wanted next.
func (e *Engine) unmove(t *ticket) {
	if t.moved {
		t.moved = false
		e.urgent = slices.DeleteFunc(e.urgent, func(id TicketID) bool { return id == t.place.Seq })
	}
}

// wanted returns the first ticket that a supervisor wants next and that may be next in the view, or 0.
func (e *Engine) wanted() handle {
	for _, id := range e.urgent {
		best := handle(0)
		for h := e.tickets.find(id); h != 0; h = e.tickets.at(h).mate {
			t := e.tickets.at(h)
			if t.state == waiting && !t.gone && !e.tree.leaves[t.class].shut && e.openTo(t.class).has(int(t.demand)) &&
				e.askable(h) && e.standsAgainst(h) == 0 && (best == 0 || t.place.Before(e.tickets.at(best).place)) {
				best = h
			}
		}
		if best != 0 {
			return best
		}
	}
	return 0
}

// transfer puts work in hand back into the line, with other needs or for another agent.
func (e *Engine) transfer(c *Command) error {
	n, err := e.offerOf(c)
	if err != nil {
		return fmt.Errorf("transfer: %w", err)
	}
	o := e.offers.at(n)
	if !o.state.inHand() {
		return fmt.Errorf("transfer offer %d: %w: it is not worked on", c.Offer, ErrState)
	}
	if err := e.learn(c.Facts); err != nil {
		return fmt.Errorf("transfer: %w", err)
	}
	t := e.tickets.at(o.ticket)
	to := c.Facts.Only
	if to == c.Agent {
		return fmt.Errorf("transfer offer %d: %w: to the agent who has it", c.Offer, ErrState)
	}
	e.facts.Arrived = t.place.Arrived
	ev := Event{Kind: Transferred, Offer: c.Offer, Ticket: t.place.Seq, Agent: c.Agent, Facts: &e.facts, From: t.place, Reason: c.Reason}
	ev.Class = e.classify()
	ev.Values = e.values
	if err := e.require(ev.Class, 0, to); err != nil {
		return fmt.Errorf("transfer: %w", err)
	}
	if e.policy.EndOfLine&AtTransfer != 0 {
		ev.From.Arrived = e.now
	}
	known := len(e.skills.demands)
	e.emit(ev)
	e.tellDemands(known, ev.Ticket)
	return nil
}

func (e *Engine) applyTransferred(ev *Event) {
	h := e.tickets.find(ev.Ticket)
	t := e.tickets.at(h)
	e.drop(ev.Offer, ev.At)
	e.count.Serving--
	e.sum -= t.hash()
	e.comeHome(t)
	e.redescribe(h, func() { e.describe(h, ev) })
	e.claim(t, ev.Facts)
	t.to = 0
	if e.own(t, &e.scratch); e.scratch.Only != ev.Facts.Only {
		t.to = ev.Facts.Only
	}
	if e.ask(&e.scratch, t.class, 0); e.scratch.Only == t.to {
		t.to = 0
	}
	t.toUntil = 0
	if t.to != 0 {
		t.toUntil = e.now.Add(toAgentFor)
	}
	e.relaxed(t)
	e.sum += t.hash()
	e.transferKin(h, ev.Facts)
	e.replace(h, ev.From)
	e.wait(h)
}

// transferKin lets the other contacts of the ticket of h need what h needs of its own, and the same agent.
func (e *Engine) transferKin(h handle, f *Facts) {
	for m := e.headOf(h); m != 0; m = e.tickets.at(m).mate {
		t := e.tickets.at(m)
		if m == h || t.gone {
			continue
		}
		e.sum -= t.hash()
		t.to, t.toUntil = e.tickets.at(h).to, e.tickets.at(h).toUntil
		var kin Facts
		e.own(t, &kin)
		kin.Needs, kin.NeedsLen = [NeedsMax]Word{}, 0
		for i, need := range f.Needs[:f.NeedsLen] {
			if f.Given>>i&1 == 0 {
				kin.Needs[kin.NeedsLen] = need
				kin.NeedsLen++
			}
		}
		e.ask(&kin, t.class, 0)
		if t.to != 0 {
			kin.Only = t.to
		}
		e.redescribe(m, func() { e.describeNeeds(t, &kin) })
		e.relaxed(t)
		e.sum += t.hash()
	}
}

func (e *Engine) applyCalledBack(ev *Event) {
	h := e.tickets.find(ev.Ticket)
	t := e.tickets.at(h)
	e.sum -= t.hash()
	t.called = true
	e.wake(h)
	e.sum += t.hash()
}

// close ends a ticket for a reason, or closes or opens the whole line.
func (e *Engine) close(c *Command) error {
	if c.Ticket == 0 {
		if shut := c.Kind == Close; shut != e.lineShut {
			e.emit(Event{Kind: map[bool]EventKind{true: Closed, false: Opened}[shut], Class: AllClasses, Why: ByWish,
				Agent: c.Agent, Reason: c.Reason})
		}
		return nil
	}
	h := e.tickets.find(c.Ticket)
	if h == 0 {
		return fmt.Errorf("close ticket %d: %w", c.Ticket, ErrUnknownTicket)
	}
	e.endNow(e.tickets.at(h), ClosedBy, c.Reason)
	return nil
}

// depart ends a ticket that goes on in another line: one that waits, or work in hand.
func (e *Engine) depart(c *Command) error {
	h := e.tickets.find(c.Ticket)
	if c.Offer != 0 {
		n, err := e.offerOf(c)
		if err != nil {
			return fmt.Errorf("depart: %w", err)
		}
		h = e.offers.at(n).ticket
	}
	if h == 0 {
		return fmt.Errorf("depart ticket %d: %w", c.Ticket, ErrUnknownTicket)
	}
	e.endNow(e.tickets.at(h), MovedAway, c.Reason)
	return nil
}

// endNow ends t wherever it is. Who has it goes free, uncharged.
func (e *Engine) endNow(t *ticket, how EndKind, reason Word) {
	switch t.state {
	case offered, serving:
		e.free(t, ByWish, reason, 0)
	}
	e.end(t, how, reason)
}

// leaseTo notes how long an agent may not be heard of. The lease itself is kept outside.
func (e *Engine) leaseTo(c *Command) error {
	n, err := e.duty(c)
	if err != nil {
		return fmt.Errorf("lease: %w", err)
	}
	if c.Wrap != e.agents.list[n].lease {
		e.emit(Event{Kind: Leased, Agent: c.Agent, Until: Instant(0).Add(max(0, c.Wrap))})
	}
	return nil
}

// lose takes an agent off duty who is not heard of. Its offers go back; its work stays in its hands for a while.
func (e *Engine) lose(c *Command) error {
	n, err := e.duty(c)
	if err != nil {
		return fmt.Errorf("lose: %w", err)
	}
	if e.agents.list[n].state == lost {
		return nil
	}
	span := e.policy.Reconnect
	if span == 0 {
		span = 2 * Minute
	}
	e.emit(Event{Kind: Lost, Agent: c.Agent, Until: e.now.Add(span)})
	for _, o := range slices.Clone(e.agents.list[n].offers) {
		if e.offers.at(o).state == ringing {
			e.withdraw(o, ByLoss, 0, 0)
		}
	}
	return nil
}
