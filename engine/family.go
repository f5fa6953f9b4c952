package engine

import (
	"fmt"
	"slices"
)

// A ticket is one customer's matter: one or more contacts. Each contact is an entry of its own in the line, with its own
// place, class, demand and slips; the first one reached serves the ticket and takes them all out. The contacts of a
// ticket are chained from its first, the head, whose number is the ticket's: what is true of the ticket as a whole stands
// with the head.
//
// Overtakings are counted in pairs of tickets: of the contacts of a ticket one counts, the earliest that is in the line.
// It stays the same while the ticket is under offer.

// headOf returns the first contact of the ticket that h belongs to.
func (e *Engine) headOf(h handle) handle {
	if head := e.tickets.slab[h].head; head != 0 {
		return head
	}
	return h
}

// main returns the head of the ticket that t belongs to.
func (e *Engine) main(t *ticket) *ticket {
	if t.head != 0 {
		return e.tickets.at(t.head)
	}
	return t
}

// lone reports whether h is the only contact of its ticket.
func (e *Engine) lone(h handle) bool {
	t := e.tickets.at(h)
	return t.head == 0 && t.mate == 0
}

// recount lets the earliest contact that is in the line count, for the ticket of h.
func (e *Engine) recount(h handle) {
	if t := e.tickets.at(h); t.head|t.mate == 0 {
		if t.counts == t.gone {
			e.setCounts(h, !t.gone)
		}
		return
	}
	first := handle(0)
	for m := e.headOf(h); m != 0; m = e.tickets.at(m).mate {
		t := e.tickets.at(m)
		if !t.gone && (first == 0 || t.place.Before(e.tickets.at(first).place)) {
			first = m
		}
	}
	for m := e.headOf(h); m != 0; m = e.tickets.at(m).mate {
		e.setCounts(m, m == first)
	}
}

// setCounts lets a contact count for its ticket or not.
func (e *Engine) setCounts(h handle, counts bool) {
	t := e.tickets.at(h)
	if t.counts == counts {
		return
	}
	e.sum -= t.hash()
	t.counts = counts
	e.sum += t.hash()
	if !t.listed {
		return
	}
	if r := e.tree.leaves[t.class].regs[t.demand]; counts {
		r.waits.set(t.pos)
	} else {
		r.waits.clear(t.pos)
	}
}

// counting returns the contact that counts for the ticket of h.
func (e *Engine) counting(h handle) handle {
	for m := e.headOf(h); m != 0; m = e.tickets.at(m).mate {
		if e.tickets.at(m).counts {
			return m
		}
	}
	panic("engine: a ticket of which no contact counts")
}

// kin returns the contact that counts for the ticket of t, where that is another one in register r and before pos; or 0.
func (e *Engine) kin(t *ticket, r *register, pos int32) handle {
	if t.head == 0 && t.mate == 0 {
		return 0
	}
	h := e.counting(e.tickets.find(t.place.Seq))
	k := e.tickets.at(h)
	if k == t || !k.listed || k.class != r.class || k.demand != r.demand || k.pos >= pos {
		return 0
	}
	return h
}

// spareKin lets the other contacts of the ticket of o not count its start, which is their own.
func (e *Engine) spareKin(o *offer) {
	if e.lone(o.ticket) {
		return
	}
	pos := e.tickets.at(o.ticket).pos
	for m := e.headOf(o.ticket); m != 0; m = e.tickets.at(m).mate {
		t := e.tickets.at(m)
		if t.gone || m == o.ticket || pos < t.pos {
			continue
		}
		l := e.tree.leaves[t.class]
		for i, k := range l.counters {
			if e.passed(l, k, t.demand, pos) {
				o.debts = append(o.debts, debt{ticket: t.place.Seq, counter: k})
				t.slips[i]++
				t.odd = true
			}
		}
	}
}

// accompanied reports whether the ticket of h has another contact than h that is there.
func (e *Engine) accompanied(h handle) bool {
	for m := e.headOf(h); m != 0; m = e.tickets.at(m).mate {
		if m != h && !e.tickets.at(m).gone {
			return true
		}
	}
	return false
}

// present reports whether the ticket of h has a contact whose customer is there waiting.
func (e *Engine) present(h handle) bool {
	for m := e.headOf(h); m != 0; m = e.tickets.at(m).mate {
		if t := e.tickets.at(m); !t.gone && !t.called && e.channel(t).Live {
			return true
		}
	}
	return false
}

// link joins the contacts of one ticket to another, after the fact.
func (e *Engine) link(c *Command) error {
	a, b := e.tickets.find(c.Ticket), e.tickets.find(c.Other)
	if a == 0 || b == 0 {
		return fmt.Errorf("link tickets %d and %d: %w", c.Ticket, c.Other, ErrUnknownTicket)
	}
	a, b = e.headOf(a), e.headOf(b)
	x, y := e.tickets.at(a), e.tickets.at(b)
	switch {
	case a == b:
		return nil
	case x.state == serving && y.state == serving:
		return fmt.Errorf("link tickets %d and %d: %w: both", c.Ticket, c.Other, ErrInService)
	case y.state == serving || x.state != serving && e.survives(y, x):
		a, b, x, y = b, a, y, x
	}
	for _, t := range []*ticket{x, y} {
		if t.state == held {
			e.release(t, ByLink, c.Reason, c.Agent)
		}
	}
	if y.state == offered {
		e.withdraw(y.offer, ByLink, 0, c.Reason)
	}
	e.joinAll(a, b, c.Reason)
	return nil
}

// survives reports whether of two tickets that are linked, none of them in service, t takes in the other: the one whose
// offer is older, or the earlier one.
func (e *Engine) survives(t, other *ticket) bool {
	switch {
	case t.state == offered && other.state == offered:
		return e.offers.at(t.offer).id < e.offers.at(other.offer).id
	case t.state == offered || other.state == offered:
		return t.state == offered
	}
	return t.place.Before(other.place)
}

// joinAll joins every contact of the ticket b, which waits, to the ticket a.
func (e *Engine) joinAll(a, b handle, reason Word) {
	var contacts []TicketID
	for m := b; m != 0; m = e.tickets.at(m).mate {
		contacts = append(contacts, e.tickets.at(m).place.Seq)
	}
	slices.Reverse(contacts) // the head last: it is nobody's contact while it has some
	for _, id := range contacts {
		if id != contacts[len(contacts)-1] {
			e.emit(Event{Kind: Unlinked, Ticket: id, Rival: contacts[len(contacts)-1], Reason: reason})
		}
	}
	for _, id := range contacts {
		e.emit(Event{Kind: Joined, Ticket: id, Rival: e.tickets.at(a).place.Seq, Reason: reason})
	}
}

// unlink makes a contact a ticket of its own again.
func (e *Engine) unlink(c *Command) error {
	h := e.tickets.find(c.Ticket)
	if h == 0 {
		return fmt.Errorf("unlink ticket %d: %w", c.Ticket, ErrUnknownTicket)
	}
	t := e.tickets.at(h)
	switch {
	case t.head == 0 && t.mate == 0:
		return nil
	case t.head == 0:
		return fmt.Errorf("unlink ticket %d: %w: it is the ticket's first contact: unlink the others", c.Ticket, ErrState)
	case t.gone:
		return fmt.Errorf("unlink ticket %d: %w: the contact left", c.Ticket, ErrState)
	case !e.accompanied(h):
		return fmt.Errorf("unlink ticket %d: %w: it is the ticket's last contact", c.Ticket, ErrState)
	}
	if t.state == offered {
		e.withdraw(t.offer, ByLink, 0, c.Reason)
	}
	if e.main(t).state == held {
		e.release(e.main(t), ByLink, c.Reason, c.Agent)
	}
	e.emit(Event{Kind: Unlinked, Ticket: c.Ticket, Rival: e.main(t).place.Seq, Reason: c.Reason})
	return nil
}

// applyJoined makes a waiting ticket of one contact a contact of another ticket.
func (e *Engine) applyJoined(ev *Event) {
	h, head := e.tickets.find(ev.Ticket), e.tickets.find(ev.Rival)
	t, to := e.tickets.at(h), e.tickets.at(head)
	e.sum -= t.hash()
	e.unsum(head)
	e.unmove(t)
	e.disown(t)
	last := head
	for e.tickets.at(last).mate != 0 {
		last = e.tickets.at(last).mate
	}
	e.tickets.at(last).mate = h
	t.head, t.attempt = head, to.attempt
	e.count.Waiting--
	if to.state != waiting && !t.gone {
		e.unregister(h)
		e.rest(t)
		t.counts = false
	}
	if to.state == serving && !t.gone {
		e.takeOut(t, 0)
		e.exit(t)
	}
	t.state, t.offer, t.rang = to.state, to.offer, e.nextOffer-1
	e.resum(head)
	if to.state == waiting {
		e.recount(head)
	}
}

// applyUnlinked takes a contact out of its ticket, which waits or is in service.
func (e *Engine) applyUnlinked(ev *Event) {
	h := e.tickets.find(ev.Ticket)
	t := e.tickets.at(h)
	head := t.head
	e.unsum(head)
	e.unchain(h)
	t.head = 0
	e.own(t, &e.scratch)
	e.claim(t, &e.scratch)
	e.sum += t.hash()
	e.resum(head)
	e.setCounts(h, true)
	switch {
	case t.state == waiting:
		e.count.Waiting++
		e.recount(head)
	case e.offers.at(t.offer).ticket == h: // its agent keeps it
		e.wait(head)
	default:
		e.recount(head)
		e.wait(h)
	}
}

// unchain takes h, which is no head, out of the chain of its ticket.
func (e *Engine) unchain(h handle) {
	t := e.tickets.at(h)
	for m := t.head; m != 0; m = e.tickets.at(m).mate {
		if e.tickets.at(m).mate == h {
			e.tickets.at(m).mate = t.mate
			break
		}
	}
	t.mate = 0
}

// leaveAlone lets one contact go of a ticket that has others.
func (e *Engine) leaveAlone(h handle, c *Command) error {
	t := e.tickets.at(h)
	switch {
	case t.state == serving && e.offers.at(t.offer).ticket == h:
		return fmt.Errorf("leave ticket %d: %w", c.Ticket, ErrInService)
	case t.state == offered && e.offers.at(t.offer).ticket == h:
		e.withdraw(t.offer, ByLeaving, 0, c.Reason)
	case t.state == offered:
		e.withdraw(t.offer, ByLink, 0, c.Reason)
	}
	e.emit(Event{Kind: Left, Ticket: c.Ticket, Rival: e.main(t).place.Seq, Reason: c.Reason})
	return nil
}

// applyLeft forgets a contact. A head stays as the ticket's name.
func (e *Engine) applyLeft(ev *Event) {
	h := e.tickets.find(ev.Ticket)
	t := e.tickets.at(h)
	head := e.headOf(h)
	e.unsum(head)
	e.rest(t)
	if t.state == waiting {
		e.unregister(h)
		e.takeOut(t, 0)
		e.exit(t)
	}
	if h == head {
		t.gone, t.counts = true, false
	} else {
		e.unchain(h)
		e.disown(t)
		e.forgetLater(t)
		e.dropCools(t)
		e.comeHome(t)
		e.tickets.drop(h)
	}
	e.resum(head)
	e.recount(head)
	if e.tickets.at(head).state == held {
		e.wake(head) // the hold of its ticket ends as it would have
	}
}

// unsum takes the contacts of the ticket of h out of the digest; resum puts them back.
func (e *Engine) unsum(h handle) {
	for m := e.headOf(h); m != 0; m = e.tickets.at(m).mate {
		e.sum -= e.tickets.at(m).hash()
	}
}

func (e *Engine) resum(h handle) {
	for m := e.headOf(h); m != 0; m = e.tickets.at(m).mate {
		e.sum += e.tickets.at(m).hash()
	}
}
