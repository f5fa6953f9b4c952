package engine

import "pgregory.net/rapid"

// window counts by hand the starts of a class that overtook somebody and count against its limit now.
func (m *model) window(c ClassID) (n int) {
	for _, o := range m.offers {
		if o.stamped && o.class == c && (o.outcome == "pending" || o.outcome == "started") && o.at.Add(m.policy.Classes[c].Per) > m.now {
			n++
		}
	}
	return n
}

// classOf is the class that a ticket counts as now.
func (m *model) classOf(a *mTicket) ClassID {
	own := ownFacts(a.facts)
	c := m.policy.Classify(&own)
	for p := &m.policy.Classes[c]; p.Limit > 0 && p.Beyond == NextClass && m.window(c) >= p.Limit; p = &m.policy.Classes[c] {
		c = m.policy.Next(&own, c)
	}
	return c
}

// expectAlarm checks that a start beyond a limit that goes ahead is marked.
func (m *model) expectAlarm(t *rapid.T, events []Event) {
	ev := events[0]
	p := &m.policy.Classes[ev.Class]
	want := p.Limit > 0 && p.Beyond == GoAhead && ev.Count > 0 && m.window(ev.Class) >= p.Limit
	got := false
	for _, later := range events {
		got = got || later.Kind == OverLimit && later.Offer == ev.Offer
	}
	if got != want {
		t.Fatalf("offer %d of class %d is marked as over the limit: %v, by hand %v", ev.Offer, ev.Class, got, want)
	}
}

// starved reports whether a ticket was passed for want of room as often as a protection grants.
func (m *model) starved(a *mTicket) bool {
	for _, k := range m.tree.leaves[a.class].counters {
		if m.tree.room(k) && int64(m.slips(a, k)) >= m.limit(m.tree.counting[k], a) {
			return true
		}
	}
	return false
}

// drained checks that an agent is drained for a ticket that nobody has room for, and is let go when that is over.
func (m *model) drained(t *rapid.T, ev Event) {
	a, k := m.agent(ev.Agent), m.ticket(ev.Ticket)
	if ev.Kind == Undrained {
		a.drain = 0
		return
	}
	if a.drain != 0 || a.state != "on" || m.takes(a, k) == 0 || m.could(a, k) || !m.starved(k) || k.state != "waiting" {
		t.Fatalf("agent %d is drained for ticket %d (%s), which was passed for want of room %v", a.name, k.id, k.state, m.starved(k))
	}
	for _, b := range m.agents {
		if b.drain == 0 && b.state == "on" && m.takes(b, k) > 0 && (k.facts.Only == 0 || k.facts.Only == b.name) && b.used < a.used {
			t.Fatalf("agent %d is drained for ticket %d, but %d has more room", a.name, k.id, b.name)
		}
	}
	a.drain = ev.Ticket
}

// undrained returns a ticket for which somebody should be drained and nobody is, or nil.
func (m *model) undrained() *mTicket {
	for _, k := range m.tickets {
		if k.state != "waiting" || k.gone || m.off(k) || !m.starved(k) {
			continue
		}
		room, drained, fits := false, false, false
		for _, a := range m.agents {
			mine := k.facts.Only == 0 || k.facts.Only == a.name
			room = room || m.could(a, k) && mine
			drained = drained || a.drain == k.id
			fits = fits || a.state == "on" && m.takes(a, k) > 0 && a.drain == 0 && mine
		}
		if !room && !drained && fits {
			return k
		}
	}
	return nil
}
