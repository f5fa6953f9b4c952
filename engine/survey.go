package engine

import (
	"math"
	"math/bits"
	"slices"
)

// A survey counts whom the start of t by a passes: those a could serve by register and by the node that decided, and
// apart from them those a lacks a skill for, or has no room for.
type survey struct {
	t     *ticket
	a     *agent
	cost  []int32 // of the agent's profile
	at    spot    // of t
	offer OfferID
	why   Cause // not 0: it was not the policy that decided
	leaf  *leaf // whose steps Engine.steps has
	dealt Place // up to where they reach
	plain bool  // the ticket has no other contact, and the agent missed nobody a moment ago

	count, skill, room uint32
	rows               uint32 // the sum of all rows
}

// A step says of the tickets of one class that stand from one place on and before another which node decided against them.
type step struct {
	node   *node
	guard  int8
	why    Cause
	ends   bool // before the ticket itself; else before the winner
	each   bool // they were standing behind the first of their register
	at     spot // of the winner, unless ends
	rival  TicketID
	won    int64
	lost   int64 // key of the one they were standing behind, unless each
	after  Place
	before Place
}

// outset is before every place.
var outset = Place{Arrived: math.MinInt64}

func (e *Engine) survey(s *survey) {
	s.at = spotOf(s.t.pos, e.index.blocks())
	s.cost = e.skills.profiles[s.a.profile].cost
	for _, l := range e.tree.leaves {
		if l.shut || !e.front(l).place.Before(s.t.place) {
			continue
		}
		s.leaf = nil
		for w, set := range l.open {
			for ; set != 0; set &= set - 1 {
				if r := l.regs[w*64+bits.TrailingZeros64(set)]; r.place.Before(s.t.place) {
					e.pass(s, l, r)
				}
			}
		}
	}
}

// pass counts those of r who stand before the ticket.
func (e *Engine) pass(s *survey, l *leaf, r *register) {
	n := r.waits.belowSpot(&s.at)
	others := uint32(n)
	if !s.plain && e.kin(s.t, r, s.t.pos) != 0 {
		others--
	}
	switch c := s.cost[r.demand]; {
	case c == 0:
		s.skill += others
	case c > s.a.free:
		s.room += others
	default:
		s.count += others
		e.charge(s, l, r, n)
	}
}

// charge makes the rows for a register of which n stand before the ticket. Each is charged to the lowest node on its path
// that showed a later ticket: going up, the winners' places cut the register into pieces.
func (e *Engine) charge(s *survey, l *leaf, r *register, n int32) {
	if !s.plain {
		e.forgive(s, r)
	}
	if why := e.instead(s, r); why != 0 {
		e.row(s, r, &step{node: e.tree.nodes[0], guard: -1, why: why, ends: true, after: outset, before: s.t.place, rival: s.t.place.Seq}, n)
		return
	}
	if s.leaf != l {
		e.path(s, l)
	}
	dealt := int32(0)
	for i := range e.steps {
		k := &e.steps[i]
		upTo := n
		if !k.ends {
			if !r.place.Before(k.before) {
				continue
			}
			upTo = r.waits.belowSpot(&k.at)
		}
		if k.each {
			k.lost = e.keyAt(k.node, r.first)
		}
		e.row(s, r, k, upTo-dealt)
		dealt = upTo
	}
}

// instead returns why a register is passed where it is not by the order, or 0.
func (e *Engine) instead(s *survey, r *register) Cause {
	switch {
	case s.why != 0:
		return s.why
	case !e.openTo(r.class).has(int(r.demand)):
		return e.withheld(s.a, r)
	}
	return 0
}

// path finds the steps for the class of l, from its leaf up.
func (e *Engine) path(s *survey, l *leaf) {
	s.leaf, s.dealt, e.steps = l, outset, e.steps[:0]
	head := e.lead(l)
	if head.ticket != 0 {
		if k := e.step(s, l.up, ByOrder, head); k != nil {
			k.each = true
		}
	}
	for n := l.up; n != nil; n = n.up {
		p := e.show(n)
		if p.ticket == 0 {
			continue
		}
		why := ByOrder
		if p.guard >= 0 {
			why = ByGuard
		}
		if k := e.step(s, n, why, p); k != nil {
			k.guard = p.guard
			switch {
			case head.ticket == 0:
				k.each = true
			case n == l.up:
				k.lost = head.key
			default:
				k.lost = e.keyAt(n, head.ticket)
			}
		}
		head = p
	}
}

// step adds the step of a node that showed p, for those who are not dealt with yet, or returns nil when there are none.
func (e *Engine) step(s *survey, n *node, why Cause, p *pick) *step {
	after, before := s.dealt, p.place
	ends := !before.Before(s.t.place)
	if ends {
		before = s.t.place
	}
	if !after.Before(before) {
		return nil
	}
	if s.dealt = before; !s.leaf.front.place.Before(before) {
		return nil // nobody of the class stands there
	}
	if len(e.steps) == cap(e.steps) {
		e.steps = slices.Grow(e.steps, 1)
	}
	e.steps = e.steps[:len(e.steps)+1]
	k := &e.steps[len(e.steps)-1]
	k.node, k.guard, k.why, k.ends, k.each, k.rival = n, -1, why, ends, false, p.place.Seq
	k.won, k.lost, k.after, k.before = p.key, 0, after, before
	if !ends {
		k.at = spotOf(e.tickets.at(p.ticket).pos, e.index.blocks())
	}
	return k
}

// row emits the row of those of r between two places, n of them with those who do not matter.
func (e *Engine) row(s *survey, r *register, k *step, n int32) {
	if !s.plain {
		n -= e.spared(s, r, k)
	}
	if n <= 0 {
		return
	}
	s.rows += uint32(n)
	row := e.next(Passed)
	row.Offer, row.Agent, row.Class, row.Demand = s.offer, s.a.name, r.class, r.demand
	row.Node, row.Guard, row.Why, row.Rival = k.node.id, k.guard, k.why, k.rival
	row.KeyWon, row.KeyLost, row.Count, row.Before = k.won, k.lost, uint32(n), k.before
	if k.after != outset {
		row.From = k.after
	}
}

// spared counts those of a row who were not passed there: another contact of the ticket itself, and those the agent has just
// missed.
func (e *Engine) spared(s *survey, r *register, k *step) (n int32) {
	between := func(t *ticket) bool { return !t.place.Before(k.after) && t.place.Before(k.before) }
	if own := e.kin(s.t, r, s.t.pos); own != 0 && between(e.tickets.at(own)) {
		n++
	}
	for c := s.a.cools; c != 0; c = e.cools.slab[c].nextA {
		if t := e.cooled(c, r, s.t); t != nil && between(t) {
			n++
		}
	}
	return n
}

// forgive makes a row of its own for each ticket of r that is passed only because the agent has just missed it.
func (e *Engine) forgive(s *survey, r *register) {
	for c := s.a.cools; c != 0; c = e.cools.slab[c].nextA {
		if k := e.cooled(c, r, s.t); k != nil {
			s.rows++
			e.out = append(e.out, Event{Kind: Passed, At: e.now, Offer: s.offer, Ticket: k.place.Seq, Agent: s.a.name,
				Class: r.class, Demand: r.demand, Guard: -1, Why: ByCoolOff, Rival: s.t.place.Seq, From: k.place,
				Before: s.t.place, Count: 1})
		}
	}
}

// cooled returns the contact that cool-off c is about, where it counts, waits in r and stands before t; or nil. Contacts of
// the ticket of t itself do not matter.
func (e *Engine) cooled(c uint32, r *register, t *ticket) *ticket {
	h := e.cools.slab[c].ticket
	if k := e.tickets.at(h); k.state != waiting || k.head != 0 {
		return nil
	}
	k := e.tickets.at(e.counting(h))
	if k.class != r.class || k.demand != r.demand || k.pos >= t.pos || e.main(k) == e.main(t) {
		return nil
	}
	return k
}
