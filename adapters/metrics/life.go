package metrics

import (
	"slices"

	"fairline/engine"
)

// ends are the ends of tickets that were neither served nor left by their customers.
var ends = map[engine.EndKind]string{engine.MovedAway: "moved", engine.ClosedBy: "closed", engine.Expired: "expired"}

// holds are the causes of holds.
var holds = map[engine.Cause]string{
	engine.ByHangUp:   "hang-up",
	engine.ByCallback: "callback",
	engine.BySnooze:   "snooze",
	engine.ByCustomer: "customer",
	engine.ByNoAnswer: "no-answer",
}

// life follows what happens to a ticket beside its offers, and to its class.
func (r *Recorder) life(ev *engine.Event, live bool) {
	switch ev.Kind {
	case engine.Held:
		r.hold(ev)
	case engine.Released:
		r.tickets[ev.Ticket].unhold()
		r.wait(r.move(ev.Ticket, waiting))
	case engine.Joined:
		t := r.tickets[ev.Ticket]
		r.join(t, r.of(ev.Rival))
		if live {
			r.count.joined.WithLabelValues(t.channel.name).Inc()
		}
	case engine.Unlinked:
		r.unlink(r.tickets[ev.Ticket])
	case engine.Left:
		if t := r.tickets[ev.Ticket]; t.head != nil {
			t.head.contacts = without(t.head.contacts, t.id)
			delete(r.tickets, t.id)
		}
	case engine.OverLimit:
		if live {
			r.count.limits.WithLabelValues(r.policy.Classes[ev.Class].Name).Inc()
		}
	case engine.Adopted:
		if live && r.adopted {
			r.count.reloads.Inc()
		}
		r.adopted = true
	}
}

// hold takes a ticket out of the line for a while, from its agent where it was in hand.
func (r *Recorder) hold(ev *engine.Event) {
	var t *ticket
	if ev.Offer != 0 {
		t = r.giveBack(ev, held)
	} else {
		t = r.move(ev.Ticket, held)
	}
	t.why = ev.Why
	t.channel.held[t.why]++
}

// unhold forgets why a ticket was held, if it was.
func (t *ticket) unhold() {
	if t.why != 0 {
		t.channel.held[t.why]--
		t.why = 0
	}
}

// giveBack takes work in hand from its agent.
func (r *Recorder) giveBack(ev *engine.Event, to state) *ticket {
	r.load(ev.Agent, -1)
	return r.move(ev.Ticket, to)
}

// join makes a ticket, with all its contacts, contacts of another.
func (r *Recorder) join(t, to *ticket) {
	t.unhold()
	t.channel.states[t.state]--
	t.channel.served(t)
	delete(t.channel.missed, t)
	t.state, t.head = joined, to
	for _, id := range t.contacts {
		r.tickets[id].head = to
	}
	to.contacts = append(append(to.contacts, t.id), t.contacts...)
	t.contacts = nil
}

// unlink makes a contact a ticket of its own. What an agent has stays with the contact that was reached.
func (r *Recorder) unlink(t *ticket) {
	head := t.head
	head.contacts = without(head.contacts, t.id)
	t.head, t.state = nil, waiting
	t.channel.states[waiting]++
	if head.reached == t.id && (head.state == offered || head.state == serving) {
		r.move(t.id, head.state)
		t.answered, t.reached = head.answered, t.id
		r.move(head.id, waiting)
		r.wait(head)
	}
	if waits(t) {
		r.wait(t)
	}
}

func without(list []engine.TicketID, id engine.TicketID) []engine.TicketID {
	return slices.DeleteFunc(list, func(x engine.TicketID) bool { return x == id })
}

func (r *Recorder) duty(ev *engine.Event, live bool) {
	a := r.agents[ev.Agent]
	if a == nil {
		a = &agent{}
		r.agents[ev.Agent] = a
	}
	switch {
	case ev.Kind == engine.Lost:
		a.was, a.state = a.state, engine.Lost
		if live {
			r.count.lost.Inc()
		}
	case ev.Kind == engine.Found:
		a.state = a.was
	case ev.Kind != engine.SignedIn || a.state != engine.OnBreak:
		a.state = ev.Kind // signing in again on a break changes skills and does not end the break
	}
	if live && ev.Kind == engine.OnBreak && ev.Why == engine.ByMissing {
		r.count.breaks.Inc()
	}
}
