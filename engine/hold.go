package engine

import (
	"fmt"
	"math"
)

// HoldMax is the longest that a ticket is held.
const HoldMax = 30 * Day

// hold takes a ticket out of the line for a while: one that waits, one under offer, or work in hand.
func (e *Engine) hold(c *Command) error {
	h := e.tickets.find(c.Ticket)
	var o *offer
	if c.Offer != 0 {
		n, err := e.offerOf(c)
		if err != nil {
			return fmt.Errorf("hold: %w", err)
		}
		if o = e.offers.at(n); !o.state.inHand() {
			return fmt.Errorf("hold offer %d: %w: it is not worked on", c.Offer, ErrState)
		}
		h = o.ticket
	}
	if h == 0 {
		return fmt.Errorf("hold ticket %d: %w", c.Ticket, ErrUnknownTicket)
	}
	t := e.main(e.tickets.at(h))
	switch {
	case c.Why != ByCallback && c.Why != BySnooze && c.Why != ByCustomer && c.Why != ByNoAnswer:
		return fmt.Errorf("hold ticket %d: %w: cause %d", t.place.Seq, ErrState, c.Why)
	case c.Until != 0 && c.Until <= e.now:
		return fmt.Errorf("hold ticket %d: %w: until a time that is past", t.place.Seq, ErrState)
	case t.state == held:
		return fmt.Errorf("hold ticket %d: %w: it is held already", t.place.Seq, ErrState)
	case o == nil && t.state == serving:
		return fmt.Errorf("hold ticket %d: %w", t.place.Seq, ErrInService)
	case o == nil && c.Why == ByNoAnswer:
		return fmt.Errorf("hold ticket %d: %w: nobody called", t.place.Seq, ErrState)
	}
	e.keep(t, o, c)
	return nil
}

// keep holds the ticket t, which is work in hand where o is not nil.
func (e *Engine) keep(t *ticket, o *offer, c *Command) {
	ev := Event{Kind: Held, Ticket: t.place.Seq, Why: c.Why, Until: e.until(c), Reason: c.Reason, Agent: c.Agent,
		Attempt: uint32(t.tries)}
	switch {
	case o != nil:
		ev.Offer = o.id
	case t.state == offered:
		e.withdraw(t.offer, ByWish, 0, c.Reason)
	}
	if c.Why == ByNoAnswer {
		ev.Attempt++
	}
	e.emit(ev)
	if limit := e.policy.Attempts; c.Why == ByNoAnswer && limit > 0 && int(t.tries) >= min(limit, math.MaxUint8) {
		e.end(t, ClosedBy, e.policy.Unreached)
	}
}

// until is the end of a hold.
func (e *Engine) until(c *Command) Instant {
	latest := e.now.Add(HoldMax)
	switch {
	case c.Until > e.now:
		return min(c.Until, latest)
	case c.Why == ByNoAnswer && e.policy.Apart > 0:
		return e.now.Add(e.policy.Apart)
	case c.Why == ByNoAnswer:
		return e.now.Add(30 * Minute)
	}
	return latest
}

func (e *Engine) applyHeld(ev *Event) {
	h := e.tickets.find(ev.Ticket)
	e.unsum(h)
	if ev.Offer != 0 {
		e.drop(ev.Offer, ev.At)
		e.count.Serving--
	} else {
		e.count.Waiting--
	}
	for m := e.headOf(h); m != 0; m = e.tickets.at(m).mate {
		t := e.tickets.at(m)
		if ev.Offer == 0 && !t.gone {
			e.rest(t)
			e.unregister(m)
			e.takeOut(t, 0)
			e.exit(t)
		}
		t.state = held
	}
	t := e.tickets.at(e.headOf(h))
	t.why, t.until, t.tries = ev.Why, ev.Until, uint8(min(ev.Attempt, math.MaxUint8))
	if ev.Why == ByHangUp {
		e.cut(t)
	}
	e.count.Held++
	e.wake(e.headOf(h))
	e.resum(h)
}

// drop ends work in hand: its agent is free.
func (e *Engine) drop(id OfferID, at Instant) {
	x := e.offers.find(id)
	o := e.offers.at(x)
	n := o.agent
	a := &e.agents.list[n]
	e.sum -= a.hash() + o.hash()
	a.since = at
	e.giveBack(x, n)
	e.sum += a.hash()
}

// releaseBy lets a ticket wait again in its place, wherever it is: held, under offer, or in service.
func (e *Engine) releaseBy(c *Command) error {
	h := e.tickets.find(c.Ticket)
	if h == 0 {
		return fmt.Errorf("release ticket %d: %w", c.Ticket, ErrUnknownTicket)
	}
	e.free(e.tickets.at(h), ByWish, c.Reason, c.Agent)
	return nil
}

// free lets t wait, if it does not.
func (e *Engine) free(t *ticket, why Cause, reason Word, by AgentID) {
	switch t.state {
	case held:
		e.release(t, why, reason, by)
	case offered:
		e.withdraw(t.offer, why, 0, reason)
	case serving:
		o := e.offers.at(t.offer)
		e.emit(Event{Kind: Returned, Offer: o.id, Ticket: t.place.Seq, Agent: e.agents.list[o.agent].name, Why: why})
	}
}

// release ends a hold.
func (e *Engine) release(t *ticket, why Cause, reason Word, by AgentID) {
	t = e.main(t)
	ev := Event{Kind: Released, Ticket: t.place.Seq, Why: why, Reason: reason, Agent: by, From: t.place}
	if (t.why == ByCallback || t.why == ByNoAnswer) && e.policy.EndOfLine&AtCallback != 0 {
		ev.From.Arrived = e.now
	}
	e.emit(ev)
}

func (e *Engine) applyReleased(ev *Event) {
	h := e.headOf(e.tickets.find(ev.Ticket))
	t := e.tickets.at(h)
	e.sum -= t.hash()
	if ev.Key != (Key{}) {
		e.forgetLater(t)
		e.known[ev.Key], t.id = ev.Ticket, ev.Key
	}
	e.rest(t)
	e.uncut(t)
	t.why, t.until = 0, 0
	e.sum += t.hash()
	e.replace(h, ev.From)
	e.resume(h)
	e.count.Held--
	e.wait(h)
}

// replace gives the ticket of h, which is not in the line, the place p: its other contacts only where it is a later one.
func (e *Engine) replace(h handle, p Place) {
	moved := e.tickets.at(h).place != p
	for m := e.headOf(h); moved && m != 0; m = e.tickets.at(m).mate {
		t := e.tickets.at(m)
		e.sum -= t.hash()
		e.put(t, Place{Arrived: p.Arrived, Seq: t.place.Seq})
		e.retag(m, &[SharesMax]keptTag{})
		e.sum += t.hash()
	}
}

// wait lets the ticket of h, which is out of the line, wait in its place.
func (e *Engine) wait(h handle) {
	if t := e.tickets.at(h); !t.loose || t.head|t.mate != 0 {
		e.loosen(h)
	}
	for m := e.headOf(h); m != 0; {
		t := e.tickets.at(m)
		if t.state = waiting; !t.gone {
			e.enter(m)
			e.register(m)
			if e.timed || t.to != 0 || t.timer >= 0 {
				e.wake(m)
			}
		}
		m = t.mate
	}
	e.count.Waiting++
	e.astray = true
	e.recount(h)
}
