package ledger

import (
	"fmt"
	"slices"

	"fairline/engine"
)

// takes returns how much of an agent a ticket takes; 0: the agent lacks a skill, or does not take the channel.
func (c *Census) takes(agent engine.AgentID, t *contact) int32 {
	m := c.roster.member(agent)
	if !m.serves(t.demand()) {
		return 0
	}
	return full / int32(m.takes[t.facts.Channel])
}

// offer looks at everybody who stands before the ticket that an agent is asked for. An agent on break may ask for one.
func (c *Census) offer(ev *engine.Event) error {
	t := c.lives.byID[ev.Ticket]
	if t == nil || !c.free(t, ev.Why) || t.place != ev.From || t.class != ev.Class || t.number != ev.Demand {
		return fmt.Errorf("offer %d is of ticket %d, which does not wait at that place as that class", ev.Offer, ev.Ticket)
	}
	o := &asked{id: ev.Offer, ticket: t, place: t.place, agent: ev.Agent, why: ev.Why, at: ev.At, took: c.takes(ev.Agent, t),
		skill: ev.Skill, room: ev.Room}
	room := full - c.used[ev.Agent]
	m := c.roster.member(ev.Agent)
	if !m.working() && (ev.Why != engine.ByPull || m.duty != pausing || m.lost) || o.took == 0 || o.took > room {
		return fmt.Errorf("offer %d: the agent cannot take ticket %d now", ev.Offer, ev.Ticket)
	}
	if err := c.wished(o); err != nil {
		return err
	}
	waited, skill, small := c.survey(o, room)
	if int(ev.Count) != waited || int(ev.Skill) != skill || int(ev.Room) != small {
		return fmt.Errorf("offer %d passes %d, by skill %d, for want of room %d; its decision says %d, %d, %d",
			ev.Offer, waited, skill, small, ev.Count, ev.Skill, ev.Room)
	}
	c.note(o)
	c.used[o.agent] += o.took
	c.offers[o.id], c.decision = o, o
	return c.limited(o, waited)
}

// free reports whether a contact may be offered. Who is asked for may be of a class that is closed.
func (c *Census) free(t *contact, why engine.Cause) bool {
	return t.of.under == 0 && !t.held && !t.gone && (c.lives.waits(t) || why == engine.ByPull)
}

// wished checks that a decision is of the order, or that somebody wished it.
func (c *Census) wished(o *asked) error {
	w := c.wanted
	c.wanted = engine.Event{}
	pulled := w.Kind == engine.Pulled && w.Agent == o.agent && c.same(w.Ticket, o.ticket)
	switch {
	case pulled != (o.why == engine.ByPull):
		return fmt.Errorf("offer %d is one that the agent asked for, or is not", o.id)
	case o.why == engine.ByMove && !c.moved[o.ticket.id] && !c.moved[o.ticket.of.id]:
		return fmt.Errorf("offer %d is one that nobody asked for", o.id)
	case c.drained[o.agent] != 0 && !c.same(c.drained[o.agent], o.ticket):
		return fmt.Errorf("offer %d: the agent is kept free for ticket %d", o.id, c.drained[o.agent])
	case o.why != engine.ByInterrupt && c.kept(o.agent, o.ticket.class):
		return fmt.Errorf("offer %d: the agent is kept for others than ticket %d", o.id, o.ticket.id)
	case o.why == 0 && o.ticket.facts.Only != 0 && o.ticket.facts.Only != o.agent:
		return fmt.Errorf("offer %d: ticket %d is held for another agent", o.id, o.ticket.id)
	}
	return nil
}

// same reports whether id is t, or the ticket that t is a contact of.
func (c *Census) same(id engine.TicketID, t *contact) bool { return id == t.id || id == t.of.id }

// survey finds whom an offer passes: of each ticket but its own the contact that counts.
func (c *Census) survey(o *asked, room int32) (waited, skill, small int) {
	able := map[engine.DemandID]int{}
	for _, a := range c.lives.list {
		if !a.place.Before(o.place) || a.of == o.ticket.of || !c.lives.stands(a) {
			continue
		}
		cost := c.takes(o.agent, a)
		under := c.offers[a.of.under]
		var p *passing
		if cost > 0 && cost <= room {
			if able[a.number] == 0 {
				able[a.number] = c.roster.able(a.demand(), c.roster.member(o.agent))
			}
			p = &passing{by: o, under: under, pair: Pair{Over: a.id, Ticket: a.of.id, By: o.ticket.id, Offer: o.id, Agent: o.agent,
				At: o.at, Row: -1, Able: able[a.number]}}
			o.pairs = append(o.pairs, p)
		}
		switch {
		case under != nil:
			if p != nil {
				under.under = append(under.under, p)
			}
			continue
		case p != nil:
			waited++
		case cost == 0:
			skill++
		default:
			small++
		}
		o.before = append(o.before, seen{ticket: a, class: a.class, number: a.number, away: c.away(a, o.at),
			kept: c.kept(o.agent, a.class), capped: c.capped(o.agent, a.class, o.at), pair: p})
	}
	return waited, skill, small
}

// away reports whether a contact is held for an agent who cannot take it now.
func (c *Census) away(t *contact, at engine.Instant) bool {
	only := t.facts.Only
	if only == 0 {
		return false
	}
	cost := c.takes(only, t)
	return !c.roster.member(only).working() || c.drained[only] != 0 || cost == 0 || cost > full-c.used[only] ||
		c.kept(only, t.class) || c.capped(only, t.class, at)
}

// expand names everybody whom the rows of the decision are about: each who was overtaken once, and nobody else.
func (c *Census) expand() error {
	o := c.decision
	counts := make([]uint32, len(c.rows))
	for _, s := range o.before {
		rows := c.about(s)
		switch {
		case len(rows) > 1:
			return fmt.Errorf("offer %d: ticket %d stands in rows %d and %d", o.id, s.ticket.id, rows[0]+1, rows[1]+1)
		case len(rows) == 0 && s.pair != nil:
			return fmt.Errorf("offer %d passes ticket %d, which stands in no row", o.id, s.ticket.id)
		case len(rows) == 0:
			continue
		case s.pair == nil:
			return fmt.Errorf("offer %d: ticket %d stands in row %d, but the agent could not have served it",
				o.id, s.ticket.id, rows[0]+1)
		}
		s.pair.pair.Row = rows[0]
		counts[rows[0]]++
		if err := c.attributed(s, &c.rows[rows[0]]); err != nil {
			return fmt.Errorf("offer %d row %d: %w", o.id, rows[0]+1, err)
		}
	}
	for i, n := range counts {
		if n != c.rows[i].Count {
			return fmt.Errorf("offer %d: row %d counts %d, and is about %d", o.id, i+1, c.rows[i].Count, n)
		}
	}
	o.before = nil
	return nil
}

// about returns the rows of the decision that are about a ticket which waited then.
func (c *Census) about(s seen) []int {
	c.found = c.found[:0]
	for i := range c.rows {
		if ev := &c.rows[i]; ev.Why == engine.ByCoolOff && ev.Ticket == s.ticket.id {
			c.found = append(c.found, i)
		}
	}
	for i := range c.rows {
		if r := rowOf(&c.rows[i], demand{}); len(c.found) == 0 || c.rows[c.found[0]].Why != engine.ByCoolOff {
			if r.about(s.class, s.number, s.ticket.place) {
				c.found = append(c.found, i)
			}
		}
	}
	return c.found
}

// attributed checks that a row can be the reason why a ticket was passed.
func (c *Census) attributed(s seen, r *engine.Event) error {
	o := c.decision
	switch r.Why {
	case engine.ByCoolOff:
		if !c.cool[cooling{s.ticket.of.id, r.Agent}] {
			return fmt.Errorf("ticket %d is not cooling off with the agent", s.ticket.id)
		}
	case engine.ByPull, engine.ByMove, engine.ByInterrupt:
		if r.Why != o.why || r.Rival != o.ticket.id || r.Node != 0 || r.Guard >= 0 {
			return fmt.Errorf("nobody asked for offer %d", o.id)
		}
	case engine.ByPreference:
		if !s.away {
			return fmt.Errorf("ticket %d is not held for an agent who cannot take it", s.ticket.id)
		}
	case engine.ByDrain:
		if !c.same(c.drained[o.agent], o.ticket) {
			return fmt.Errorf("the agent was not drained for ticket %d", o.ticket.id)
		}
	case engine.ByReserve, engine.ByCap:
		if r.Why == engine.ByReserve && !s.kept || r.Why == engine.ByCap && !s.capped {
			return fmt.Errorf("the agent might have taken ticket %d", s.ticket.id)
		}
	case engine.ByOrder, engine.ByGuard:
		if s.away || o.why == engine.ByPull || o.why == engine.ByMove || o.why == engine.ByInterrupt {
			return fmt.Errorf("the order has no part in that ticket %d is passed", s.ticket.id)
		}
		return c.ordered(s, r)
	default:
		return fmt.Errorf("%d is no cause", r.Why)
	}
	return nil
}

// ordered checks a row that the policy is the reason for: its node is above the ticket's class, its protection is one of
// the node, its winner came later.
func (c *Census) ordered(s seen, r *engine.Event) error {
	node := nodeOf(c.lives.policy, r.Node)
	w := c.lives.byID[r.Rival]
	switch {
	case !slices.Contains(c.paths[s.class], r.Node):
		return fmt.Errorf("node %d is not above class %d of ticket %d", r.Node, s.class, s.ticket.id)
	case r.Why == engine.ByGuard && (r.Guard < 0 || int(r.Guard) >= len(node.Protect)):
		return fmt.Errorf("node %d has no protection %d", r.Node, r.Guard)
	case w == nil || !s.ticket.place.Before(w.place):
		return fmt.Errorf("winner %d did not come after ticket %d", r.Rival, s.ticket.id)
	case !slices.Contains(c.paths[w.class], r.Node):
		return fmt.Errorf("node %d is not above class %d of its winner", r.Node, w.class)
	}
	return nil
}
