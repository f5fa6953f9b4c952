package engine

import (
	"slices"

	"pgregory.net/rapid"
)

// main is the ticket that a contact belongs to.
func (a *mTicket) main() *mTicket {
	if a.head != nil {
		return a.head
	}
	return a
}

// asked counts the offers of a ticket, one more.
func (a *mTicket) asked() uint32 {
	a.offers++
	return a.offers
}

// pardon forgets who passed it since it is under offer.
func (a *mTicket) pardon() {
	for k := range a.hits {
		a.hits[k] = slices.DeleteFunc(a.hits[k], func(b *mOffer) bool { return b.id > a.rang })
	}
}

// contacts are all of the ticket of a, those that are gone too.
func (m *model) contacts(a *mTicket) (list []*mTicket) {
	for _, k := range m.tickets {
		if k.main() == a.main() {
			list = append(list, k)
		}
	}
	return list
}

// waits lets the ticket of a wait. The earliest of its contacts counts.
func (m *model) waits(a *mTicket) {
	for _, k := range m.contacts(a) {
		k.state, k.offer = "waiting", nil
	}
	m.counting(a)
}

func (m *model) counting(a *mTicket) {
	var first *mTicket
	for _, k := range m.contacts(a) {
		k.counts = false
		if !k.gone && (first == nil || k.place.Before(first.place)) {
			first = k
		}
	}
	if first != nil {
		first.counts = true
	}
}

// wanted is the contact by which a ticket that a supervisor wants next is served, or nil.
func (m *model) wanted(cands []*mTicket, a *mTicket) *mTicket {
	var first *mTicket
	for _, k := range m.contacts(a) {
		if slices.Contains(cands, k) && !m.against(cands, k) && (first == nil || k.place.Before(first.place)) {
			first = k
		}
	}
	return first
}

// family takes over what makes contacts belong together or not.
func (m *model) family(t *rapid.T, ev Event) {
	a, b := m.ticket(ev.Ticket), m.ticket(ev.Rival)
	switch ev.Kind {
	case Related:
		held := b.main().state == "held" && b.main().why != ByCustomer
		if m.policy.Join(&a.facts) == 0 || !m.policy.Channels[a.facts.Channel].Live && a.facts.NotBefore <= m.now && !held {
			t.Fatalf("tickets %d and %d are related for no reason", a.id, b.id)
		}
	case Joined:
		if a.head != nil || a.state != "waiting" || b.head != nil || b.state == "held" || a == b {
			t.Fatalf("ticket %d (%s) joined to %d (%s)", a.id, a.state, b.id, b.state)
		}
		m.ends[a.id] = JoinedTo
		a.head, a.state, a.offer, a.offers, a.attempt = b, b.state, b.offer, 0, b.attempt
		a.rang = OfferID(len(m.offers))
		m.urgent = slices.DeleteFunc(m.urgent, func(id TicketID) bool { return id == a.id })
		if a.counts = false; b.state == "waiting" {
			m.counting(b)
		}
	case Unlinked:
		m.unlinked(t, a, b)
	case Left:
		a.gone = true
		if a.head != nil {
			m.tickets = slices.DeleteFunc(m.tickets, func(k *mTicket) bool { return k == a })
		}
		if m.counting(b.main()); b.state == "ringing" {
			t.Fatalf("a contact of ticket %d leaves under its offer", b.id)
		}
	}
}

func (m *model) unlinked(t *rapid.T, a, b *mTicket) {
	if a.head != b || a.state != "waiting" && a.state != "serving" {
		t.Fatalf("ticket %d (%s) is no contact of %d that can be unlinked", a.id, a.state, b.id)
	}
	delete(m.ends, a.id)
	a.head, a.counts, a.offers = nil, true, a.attempt
	switch {
	case a.state == "waiting":
		m.counting(b)
	case a.offer.ticket == a:
		m.waits(b)
	default:
		m.counting(b)
		m.waits(a)
	}
}

// hindered reports whether a ticket is not being offered for another reason than that it must wait for its turn.
func (m *model) hindered(a *mTicket) bool {
	switch a.state {
	case "held":
		return true
	case "serving":
		return a.offer.ticket.main() == a && m.agent(a.offer.agent.name).state == "lost"
	case "waiting":
		for _, k := range m.contacts(a) {
			if !k.gone && !m.obstructed(k) {
				return len(a.misses) >= MissedByMany
			}
		}
		return true
	}
	return false
}

// obstructed reports whether one contact waits for something else than its turn.
func (m *model) obstructed(k *mTicket) bool {
	var able, could, asked bool
	for _, a := range m.agents {
		able = able || a.state == "on" && m.takes(a, k) > 0
		could = could || m.could(a, k) && (k.facts.Only == 0 || k.facts.Only == a.name)
		asked = asked || m.asked(a, k)
	}
	return m.off(k) || !able || k.facts.Only != 0 && !asked || could && !asked
}
