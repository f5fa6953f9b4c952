package engine

import (
	"slices"

	"pgregory.net/rapid"
)

// ownFacts are the facts of a ticket with no needs but its own.
func ownFacts(f Facts) Facts {
	own := f
	own.Needs, own.NeedsLen, own.Given, own.Only = [NeedsMax]Word{}, 0, 0, 0
	for i, need := range f.Needs[:f.NeedsLen] {
		if f.Given>>i&1 == 0 {
			own.Needs[own.NeedsLen] = need
			own.NeedsLen++
		}
	}
	return own
}

// asking are the facts of a ticket with the needs in force at a step.
func (m *model) asking(own Facts, c ClassID, step int, to AgentID) Facts {
	f := own
	if m.policy.Ask != nil {
		m.policy.Ask(&f, c, step)
	}
	needs := f.Needs[:f.NeedsLen]
	slices.Sort(needs)
	needs = slices.Compact(needs)
	clear(f.Needs[len(needs):])
	f.NeedsLen = uint8(len(needs))
	for i, need := range needs {
		if !slices.Contains(own.Needs[:own.NeedsLen], need) {
			f.Given |= 1 << i
		}
	}
	if to != 0 {
		f.Only = to
	}
	return f
}

// life takes over what happens to a ticket between its arrival and its end, but for offers.
func (m *model) life(t *rapid.T, ev Event) {
	a := m.ticket(ev.Ticket).main()
	switch ev.Kind {
	case Held:
		if ev.Offer != 0 {
			m.handBack(ev)
		}
		if a.state == "held" || ev.Until <= m.now {
			t.Fatalf("ticket %d is held from %s until %d, now is %d", a.id, a.state, ev.Until, m.now)
		}
		for _, k := range m.contacts(a) {
			k.state = "held"
		}
		a.why, a.until = ev.Why, ev.Until
		if ev.Why == ByNoAnswer {
			a.tries++
		}
		if a.tries != int(ev.Attempt) {
			t.Fatalf("ticket %d failed %d times, want %d", a.id, ev.Attempt, a.tries)
		}
	case Released:
		if a.state != "held" || ev.Why == ByEnd && ev.At < a.until {
			t.Fatalf("ticket %d (%s) is released at %d, held until %d", a.id, a.state, ev.At, a.until)
		}
		m.moves(a, ev.From)
		m.waits(a)
	case Relaxed:
		m.relaxes(t, m.ticket(ev.Ticket), ev)
	case Transferred:
		m.transferred(ev)
	case Moved:
		m.urgent = append(m.urgent, ev.Ticket)
	}
}

// transferred gives the contacts of a ticket other needs, the one in hand other facts too.
func (m *model) transferred(ev Event) {
	a := m.ticket(ev.Ticket)
	m.handBack(ev)
	old := m.tree.leaves[a.class].counters
	a.class, a.facts, a.values = ev.Class, *ev.Facts, ev.Values
	if a.to = ev.Facts.Only; a.to == m.asking(ownFacts(a.facts), a.class, 0, 0).Only {
		a.to = 0
	}
	m.recount(a, old)
	for _, k := range m.contacts(a) {
		if !k.gone && k != a {
			own, needs := ownFacts(k.facts), ownFacts(a.facts)
			own.Needs, own.NeedsLen, k.to = needs.Needs, needs.NeedsLen, a.to
			k.facts = m.asking(own, k.class, 0, a.to)
		}
	}
	m.moves(a, ev.From)
	m.waits(a)
}

// moves gives the contacts of a ticket later places, if it got one.
func (m *model) moves(a *mTicket, to Place) {
	moved := a.place != to
	for _, k := range m.contacts(a) {
		if moved {
			k.place.Arrived = to.Arrived
		}
	}
}

// handBack takes the work of an event's offer out of its agent's hands.
func (m *model) handBack(ev Event) {
	o := m.offer(ev.Offer)
	m.free(o)
	o.agent.since, o.ticket.offer = ev.At, nil
}

// relaxes checks that a ticket asks for what the policy says, and never for more than before because time passed.
func (m *model) relaxes(t *rapid.T, a *mTicket, ev Event) {
	if ev.Facts.Only != a.to {
		a.to = 0
	}
	want := m.asking(ownFacts(a.facts), a.class, int(ev.Count), a.to)
	if want.Needs != ev.Facts.Needs || want.Only != ev.Facts.Only || want.Given != ev.Facts.Given {
		t.Fatalf("ticket %d at step %d asks for %v, want %v", a.id, ev.Count, ev.Facts, want)
	}
	a.facts = *ev.Facts
}
