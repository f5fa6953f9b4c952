package engine

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"
)

// follow takes the events of one command over, and checks those that decide something.
func (m *model) follow(t *rapid.T, events []Event) {
	for i := range events {
		ev := events[i]
		m.elapse(ev.At)
		switch ev.Kind {
		case Adopted:
			m.adopt(ev.Policy)
		case Arrived:
			m.tickets = append(m.tickets, &mTicket{id: ev.Ticket, place: ev.From, class: ev.Class, facts: *ev.Facts, values: ev.Values,
				state: "waiting", counts: true, cool: map[AgentID]bool{}, hits: map[int][]*mOffer{}})
		case Changed:
			m.changed(ev)
		case Offered:
			m.expectAlarm(t, events[i:])
			k := i + 1
			for k < len(events) && events[k].Kind == Passed {
				k++
			}
			m.decides(t, ev, events[i+1:k])
			m.answersAtOnce(t, ev, events[k:])
		case Accepted:
			m.accepted(ev)
		case Withdrawn:
			m.withdrawn(t, ev)
		case Missed:
			m.entered += uint64(ev.Count)
		case Returned:
			o := m.offer(ev.Offer)
			m.free(o)
			o.agent.since = ev.At
			m.waits(o.ticket)
		case Finished:
			o := m.offer(ev.Offer)
			m.learn(o, ev)
			o.ticket.offer, o.agent.since = nil, ev.At
			if ev.Until == ev.At {
				m.free(o)
			} else if o.aside {
				o.aside, o.took = false, 0
			}
		case WrapEnded:
			m.free(m.offer(ev.Offer))
			m.agent(ev.Agent).since = ev.At
		case Cooled:
			delete(m.ticket(ev.Ticket).cool, ev.Agent)
		case Ended:
			m.ended(t, ev)
		case SignedIn, SignedOut, OnBreak, Readied, Lost, Found:
			m.agentEvent(ev)
		default:
			m.followLife(t, ev)
		}
		m.bookkeep(t, ev)
	}
}

// answersAtOnce checks that an offer is accepted in its turn where its agent answers at once, and only there it need not ring.
func (m *model) answersAtOnce(t *rapid.T, ev Event, rest []Event) {
	answers := m.agent(ev.Agent).profile.Answers
	for len(rest) > 0 && (rest[0].Kind == Spent || rest[0].Kind == OverLimit) {
		rest = rest[1:]
	}
	at := len(rest) > 0 && rest[0].Kind == Accepted && rest[0].Offer == ev.Offer && rest[0].Agent == ev.Agent
	if at != (answers || ev.Why == ByPull) || answers != (ev.Until == ev.At) {
		t.Fatalf("offer %d until %d to one who answers at once (%v) was accepted in its turn: %v", ev.Offer, ev.Until, answers, at)
	}
}

// followLife is follow for what happens to tickets and classes beside offers.
func (m *model) followLife(t *rapid.T, ev Event) {
	switch ev.Kind {
	case Held, Released, Relaxed, Transferred, CalledBack, Moved:
		m.life(t, ev)
	case PutAside, TakenUp:
		m.putsAside(t, ev)
	case Drained, Undrained:
		m.drained(t, ev)
	case Classified:
		if a := m.ticket(ev.Ticket); a != nil {
			old := m.tree.leaves[a.class].counters
			a.class = ev.Class
			m.recount(a, old)
		}
	case OverLimit:
		p := &m.policy.Classes[ev.Class]
		if p.Beyond != GoAhead || int(ev.Count) != m.window(ev.Class) || int(ev.Count) <= p.Limit {
			t.Fatalf("class %d is over its limit with %d, %d by hand", ev.Class, ev.Count, m.window(ev.Class))
		}
		m.alarms++
	case Joined, Related, Unlinked, Left:
		m.family(t, ev)
	case Opened, Closed:
		if ev.Class == AllClasses {
			m.shut = ev.Kind == Closed
		} else {
			m.closed[ev.Class] = ev.Kind == Closed
		}
	}
}

// adopt classifies everybody anew. Who passed them stays on record for the whole line, and for a counting
// protection that is as many-th of its kind in a node of the same name.
func (m *model) adopt(p *Policy) {
	old := m.tree
	m.forgetStarts(p)
	m.policy, m.tree = p, newTree(p)
	for c := range p.Classes {
		m.closed[ClassID(c)] = !p.hours(ClassID(c)).Open(m.now)
	}
	names := func(t *tree) map[string]int {
		n := map[string]int{"": 0}
		for _, node := range t.nodes {
			nth := map[ProtectionKind]int{}
			for _, g := range node.guards {
				if g.counter > 0 {
					n[fmt.Sprint(node.spec.Name, g.Kind, nth[g.Kind])] = g.counter
					nth[g.Kind]++
				}
			}
		}
		return n
	}
	now := names(m.tree)
	for _, a := range m.tickets {
		own := ownFacts(a.facts)
		a.class, a.values = p.Classify(&own), [ValuesMax]int64{}
		p.Values(&own, &a.values)
		a.facts = m.asking(own, a.class, 0, a.to)
		hits := map[int][]*mOffer{}
		for name, k := range names(old) {
			if to, ok := now[name]; ok && slices.Contains(m.tree.leaves[a.class].counters, to) {
				hits[to] = a.hits[k]
			}
		}
		a.hits = hits
	}
	for _, a := range m.agents {
		m.reprice(a)
	}
}

func (m *model) offer(id OfferID) *mOffer {
	for _, o := range m.offers {
		if o.id == id {
			return o
		}
	}
	return nil
}

// free gives the agent of o back what it took.
func (m *model) free(o *mOffer) {
	if !o.aside {
		o.agent.used -= o.took
	}
}

func (m *model) changed(ev Event) {
	a := m.ticket(ev.Ticket)
	old := m.tree.leaves[a.class].counters
	a.class, a.facts, a.values = ev.Class, *ev.Facts, ev.Values
	m.recount(a, old)
}

// recount forgets what was counted by the counters old that a ticket of its class has not any more.
func (m *model) recount(a *mTicket, old []int) {
	for _, k := range old {
		if !slices.Contains(m.tree.leaves[a.class].counters, k) {
			delete(a.hits, k)
		}
	}
}

func (m *model) accepted(ev Event) {
	o := m.offer(ev.Offer)
	o.outcome, o.agent.missed, o.began = "started", 0, ev.At
	for _, a := range m.contacts(o.ticket) {
		a.state = "serving"
		a.pardon()
	}
	m.entered += uint64(ev.Count)
	m.urgent = slices.DeleteFunc(m.urgent, func(id TicketID) bool { return id == o.ticket.main().id })
}

func (m *model) withdrawn(t *rapid.T, ev Event) {
	o := m.offer(ev.Offer)
	o.outcome = "failed"
	if ev.Why == ByLeaving {
		o.outcome = "left"
		for _, a := range m.contacts(o.ticket) {
			a.pardon()
		}
	}
	if ev.Why == ByExpiry && o.until > ev.At {
		t.Fatalf("offer %d expired early", ev.Offer)
	}
	m.waits(o.ticket)
	if ev.Until != 0 {
		o.ticket.main().cool[ev.Agent] = true
	}
	if ev.Why == ByDecline || ev.Why == ByExpiry {
		o.agent.missed++
		head := o.ticket.main()
		if !slices.Contains(head.misses, ev.Agent) {
			head.misses = append(head.misses, ev.Agent)
		}
	}
	m.free(o)
}

func (m *model) ended(t *rapid.T, ev Event) {
	a := m.ticket(ev.Ticket)
	if _, ok := m.ends[ev.Ticket]; ok || a == nil {
		t.Fatalf("ticket %d ended twice", ev.Ticket)
	}
	m.ends[ev.Ticket] = ev.End
	for _, k := range m.contacts(a) {
		if x := m.policy.Classes[k.class].Expire; k.counts && ev.End == Expired && (x == 0 || m.now.Sub(k.place.Arrived) < x) {
			t.Fatalf("ticket %d expired early", a.id)
		}
		if k.counts && int(ev.Slips) != m.slips(k, 0) {
			t.Fatalf("ticket %d ended with %d slips, want %d", ev.Ticket, ev.Slips, m.slips(k, 0))
		}
	}
	m.urgent = slices.DeleteFunc(m.urgent, func(id TicketID) bool { return id == a.id })
	m.tickets = slices.DeleteFunc(m.tickets, func(b *mTicket) bool { return a == b.main() })
}

// reprice lets what an agent has in hand take of it what its profile says now.
func (m *model) reprice(a *mAgent) {
	for _, o := range m.offers {
		n := m.takes(a, o.ticket)
		if o.agent != a || o.ticket.offer != o || n == 0 {
			continue
		}
		if !o.aside {
			a.used += n - o.took
		}
		o.took = n
	}
	a.full = a.used > whole
}

func (m *model) agentEvent(ev Event) {
	a := m.agent(ev.Agent)
	if a == nil {
		a = &mAgent{name: ev.Agent, order: len(m.agents), since: ev.At, state: "off"}
		m.agents = append(m.agents, a)
	}
	switch ev.Kind {
	case SignedIn:
		a.profile = Profile{Skills: slices.Clone(ev.Profile.Skills), Takes: ev.Profile.Takes, Answers: ev.Profile.Answers}
		m.reprice(a)
		switch a.state {
		case "off":
			a.state, a.missed = "on", 0
		case "lost":
			a.state = a.was
		}
	case SignedOut:
		a.state = "off"
	case OnBreak:
		a.state = "break"
	case Readied:
		a.state, a.missed = "on", 0
	case Lost:
		a.state, a.was = "lost", a.state
	case Found:
		a.state = a.was
	}
}
