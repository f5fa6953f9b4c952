package engine

import (
	"slices"

	"pgregory.net/rapid"
)

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
		if b.drain == 0 && b.state == "on" && m.takes(b, k) > max(0, whole-b.used) && !m.capped(b, k.class) && !m.kept(b, k.class) && (k.facts.Only == 0 || k.facts.Only == b.name) && b.used < a.used {
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
			room = room || m.may(a, k)
			drained = drained || a.drain == k.id
			fits = fits || a.state == "on" && m.takes(a, k) > max(0, whole-a.used) && !m.capped(a, k.class) && !m.kept(a, k.class) && a.drain == 0 && mine
		}
		if !room && !drained && fits {
			return k
		}
	}
	return nil
}

// interrupting returns the ticket that deferred work is to be put aside for, and the agent who is to do so, or nil.
func (m *model) interrupting() (*mTicket, *mAgent) {
	var cands []*mTicket
	for _, k := range m.tickets {
		if k.state == "waiting" && !k.gone && !m.off(k) && len(m.policy.Channels[k.facts.Channel].Interrupts) > 0 && m.yielding(k) != nil &&
			!slices.ContainsFunc(m.agents, func(a *mAgent) bool { return m.may(a, k) }) {
			cands = append(cands, k)
		}
	}
	k, _ := m.shown(cands, m.tree.nodes[0])
	if k == nil {
		return nil, nil
	}
	a := m.yielding(k)
	room := m.roomFor(k, a)
	var others []*mTicket
	for _, x := range m.tickets {
		if n := m.takes(a, x); x.state == "waiting" && !x.gone && !m.off(x) && n > 0 && n <= room && !x.main().cool[a.name] && !m.capped(a, x.class) &&
			(x.facts.Only == 0 || x.facts.Only == a.name) {
			others = append(others, x)
		}
	}
	if m.against(others, k) {
		return nil, nil
	}
	return k, a
}

// roomFor is what an agent has free when it has put aside, the latest first, what a ticket needs.
func (m *model) roomFor(k *mTicket, a *mAgent) int32 {
	room := whole - a.used
	for i := len(m.offers) - 1; i >= 0 && room < m.takes(a, k); i-- {
		if o := m.offers[i]; m.gives(o, a, k) {
			room += o.took
		}
	}
	return room
}

// gives reports whether the work of o is in the hands of a and may be put aside for k.
func (m *model) gives(o *mOffer, a *mAgent, k *mTicket) bool {
	return o.agent == a && o.ticket.offer == o && o.outcome == "started" && o.ticket.state == "serving" && !o.aside &&
		slices.Contains(m.policy.Channels[k.facts.Channel].Interrupts, o.ticket.facts.Channel)
}

// yielding is the chosen one of those who would have room for a ticket having put work aside.
func (m *model) yielding(k *mTicket) *mAgent {
	var list []*mAgent
	for _, a := range m.agents {
		room, gives := whole-a.used, int32(0)
		for _, o := range m.offers {
			if m.gives(o, a, k) {
				gives += o.took
			}
		}
		cost := m.takes(a, k)
		if a.state == "on" && a.drain == 0 && cost > 0 && gives > 0 && room+gives >= cost && !k.main().cool[a.name] &&
			(k.facts.Only == 0 || k.facts.Only == a.name) && !m.capped(a, k.class) {
			list = append(list, a)
		}
	}
	return m.chosen(list, k)
}

// putsAside checks that work is put aside only for a ticket that nobody available can take, and taken up before anything new.
func (m *model) putsAside(t *rapid.T, ev Event) {
	o := m.offer(ev.Offer)
	if ev.Kind == TakenUp {
		if o.aside = false; o.took > whole-o.agent.used {
			t.Fatalf("offer %d is taken up, and there is no room", o.id)
		}
		o.agent.used += o.took
		o.rested += ev.At.Sub(o.laid)
		return
	}
	if m.urgency == nil {
		want, _, _, _ := m.next(m.candidates())
		k, a := m.interrupting()
		if want != nil || k == nil || a != o.agent {
			t.Fatalf("offer %d is put aside; next is %v, nobody can take %v", o.id, want, k)
		}
		m.urgency = k
	}
	o.aside, o.laid = true, ev.At
	o.agent.used -= o.took
}

// leftAside returns work that is put aside although its agent has the room, or nil.
func (m *model) leftAside() *mOffer {
	for _, o := range m.offers {
		if o.aside && o.ticket.offer == o && o.agent.state != "lost" && o.took <= whole-o.agent.used {
			return o
		}
	}
	return nil
}
