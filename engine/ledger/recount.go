package ledger

import (
	"fmt"
	"slices"

	"fairline/engine"
)

// takes returns how much of an agent a ticket takes; 0: the agent lacks a skill, or does not take the channel.
func (c *Census) takes(agent engine.AgentID, t *counted) int32 {
	m := c.roster.member(agent)
	if !m.serves(t.demand()) {
		return 0
	}
	return full / int32(m.takes[t.facts.Channel])
}

// offer looks at everybody who stands before the ticket that an agent is asked for.
func (c *Census) offer(ev *engine.Event) error {
	t := c.byID[ev.Ticket]
	if t == nil || !t.waits() || t.place != ev.From || t.class != ev.Class || t.number != ev.Demand {
		return fmt.Errorf("offer %d is of ticket %d, which does not wait at that place as that class", ev.Offer, ev.Ticket)
	}
	o := &asked{id: ev.Offer, ticket: t, place: t.place, agent: ev.Agent, at: ev.At, took: c.takes(ev.Agent, t),
		skill: ev.Skill, room: ev.Room}
	room := full - c.used[ev.Agent]
	if c.roster.member(ev.Agent).duty != on || o.took == 0 || o.took > room {
		return fmt.Errorf("offer %d: the agent cannot take ticket %d now", ev.Offer, ev.Ticket)
	}
	waited, skill, small := 0, 0, 0
	able := map[engine.DemandID]int{}
	for _, a := range c.tickets {
		if !a.place.Before(t.place) || a.offer != nil && a.offer.state != ringing {
			continue
		}
		cost := c.takes(o.agent, a)
		var p *passing
		if cost > 0 && cost <= room {
			if able[a.number] == 0 {
				able[a.number] = c.roster.able(a.demand())
			}
			p = &passing{by: o, under: a.offer, pair: Pair{Over: a.id, By: t.id, Offer: o.id, Agent: o.agent, At: o.at, Row: -1,
				Able: able[a.number]}}
			o.pairs = append(o.pairs, p)
		}
		switch {
		case !a.waits():
			if p != nil {
				a.offer.under = append(a.offer.under, p)
			}
			continue
		case p != nil:
			waited++
		case cost == 0:
			skill++
		default:
			small++
		}
		o.before = append(o.before, seen{ticket: a, class: a.class, number: a.number, pair: p})
	}
	if int(ev.Count) != waited || int(ev.Skill) != skill || int(ev.Room) != small {
		return fmt.Errorf("offer %d passes %d, by skill %d, for want of room %d; its decision says %d, %d, %d",
			ev.Offer, waited, skill, small, ev.Count, ev.Skill, ev.Room)
	}
	c.used[o.agent] += o.took
	t.offer, c.offers[o.id], c.decision = o, o, o
	return nil
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

// attributed checks that a row can be the reason why a ticket was passed: its node is above the ticket's class, its
// protection is one of the node, its winner came later.
func (c *Census) attributed(s seen, r *engine.Event) error {
	if r.Why == engine.ByCoolOff {
		if !s.ticket.cool[r.Agent] {
			return fmt.Errorf("ticket %d is not cooling off with the agent", s.ticket.id)
		}
		return nil
	}
	node := nodeOf(c.policy, r.Node)
	w := c.byID[r.Rival]
	switch {
	case !slices.Contains(c.paths[s.class], r.Node):
		return fmt.Errorf("node %d is not above class %d of ticket %d", r.Node, s.class, s.ticket.id)
	case r.Why == engine.ByGuard && (r.Guard < 0 || int(r.Guard) >= len(node.Protect)):
		return fmt.Errorf("node %d has no protection %d", r.Node, r.Guard)
	case r.Why != engine.ByGuard && r.Why != engine.ByOrder:
		return fmt.Errorf("%d is no cause", r.Why)
	case w == nil || !s.ticket.place.Before(w.place):
		return fmt.Errorf("winner %d did not come after ticket %d", r.Rival, s.ticket.id)
	case !slices.Contains(c.paths[w.class], r.Node):
		return fmt.Errorf("node %d is not above class %d of its winner", r.Node, w.class)
	}
	return nil
}
