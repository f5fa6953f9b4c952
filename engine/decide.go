package engine

import "math/bits"

// decide makes the next offer that the policy wants: the tree is asked for the first ticket among those that somebody
// available may serve, then that ticket's agent is chosen. It reports whether there was one.
func (e *Engine) decide() bool {
	if !e.more() {
		return false
	}
	if h := e.wanted(); h != 0 {
		e.offer(h, e.match(h), ByMove)
		return true
	}
	h := e.show(e.tree.nodes[0]).ticket
	e.offer(h, e.match(h), 0)
	return true
}

// more reports whether decide would make another offer. A Tick that is announced must have something to do: one without
// events leaves no trace in a journal.
func (e *Engine) more() bool {
	if len(e.agents.busy) == 0 || e.count.Waiting == 0 {
		return false
	}
	e.look()
	return e.show(e.tree.nodes[0]).ticket != 0
}

// look begins a new view.
func (e *Engine) look() {
	e.view.number++
	e.view.open, e.view.by = e.agents.opening(&e.skills), nil
	e.view.opened = e.policy.Clock.Opened(e.now)
}

// missedBy reports whether agent a missed the ticket of t a moment ago.
func (e *Engine) missedBy(t *ticket, a uint32) bool {
	t = e.main(t)
	return t.cools != 0 && e.cools.active(t, a)
}

// offer emits the decision for h and agent n, and a row for each group of tickets it passes. Where why is not 0 it was
// not the policy that decided.
func (e *Engine) offer(h handle, n uint32, why Cause) {
	t, a := e.tickets.at(h), &e.agents.list[n]
	ev := Event{Kind: Offered, Offer: e.nextOffer, Ticket: t.place.Seq, Agent: a.name, Attempt: t.attempt + 1,
		Class: t.class, Demand: t.demand, From: t.place, Until: e.now.Add(e.ringing(t))}
	ev.Slips = uint32(e.slips(t, e.tree.leaves[t.class], 0))
	if ev.Why = why; why == 0 {
		e.explain(&ev, e.tree.nodes[0])
	} else {
		ev.Guard = -1
	}
	e.rows = e.rows[:0]
	if e.index.first() != t.pos {
		e.survey(&ev, t, a)
		e.spend(&ev, t, n)
	}
	e.emit(ev)
	for i := range e.rows {
		e.emit(e.rows[i])
	}
	e.alarm(ev)
}

func (e *Engine) ringing(t *ticket) Duration {
	if d := e.policy.Channels[e.skills.demands[t.demand].channel].Offer; d > 0 {
		return d
	}
	return 20 * Second
}

// explain says where the decision fell: the first node from the root at which there was more than one to choose from.
func (e *Engine) explain(ev *Event, n *node) {
	for {
		p := e.show(n)
		l := e.tree.leaves[ev.Class]
		ev.Node, ev.Guard, ev.KeyWon, ev.KeyLost = n.id, p.guard, p.key, p.rivalKey
		rival := p.rival
		if rival == 0 && n == l.up {
			rival, ev.KeyLost = e.second(l, p)
		}
		if rival != 0 {
			ev.Rival = e.tickets.at(rival).place.Seq
		}
		if rival != 0 || n == l.up {
			return
		}
		down := l.up
		for down.up != n {
			down = down.up
		}
		n = down
	}
}

// second returns the runner-up inside a class: the head of another register, or who stands behind the first.
func (e *Engine) second(l *leaf, best *pick) (handle, int64) {
	p := *e.lead(l)
	if r := l.regs[e.tickets.at(best.ticket).demand]; r.steady {
		if next := e.tickets.at(best.ticket).next; next != 0 {
			t := e.tickets.at(next)
			p.compare(next, e.key(l.up, l.role, t), t.place)
		}
	}
	return p.rival, p.rivalKey
}

// survey counts whom the start of t by a passes: those a could serve by register and by the node that decided, and
// apart from them those a lacks a skill for, or has no room for.
func (e *Engine) survey(ev *Event, t *ticket, a *agent) {
	cost := e.skills.profiles[a.profile].cost
	for _, l := range e.tree.leaves {
		if l.shut {
			continue
		}
		for w, set := range l.open {
			for ; set != 0; set &= set - 1 {
				r := l.regs[w*64+bits.TrailingZeros64(set)]
				if !r.place.Before(t.place) {
					continue
				}
				n := uint32(r.waits.below(t.pos))
				if e.kin(t, r, t.pos) != 0 {
					n--
				}
				switch c := cost[r.demand]; {
				case c == 0:
					ev.Skill += n
				case c > a.free:
					ev.Room += n
				default:
					ev.Count += n
					e.charge(ev, r, l, t, a)
				}
			}
		}
	}
}

// charge makes the rows for a register whose earlier tickets t passes. Each is charged to the lowest node on its path
// that showed a later ticket: going up, the winners' places cut the register into pieces.
func (e *Engine) charge(ev *Event, r *register, l *leaf, t *ticket, a *agent) {
	e.forgive(ev, r, t, a)
	row := Event{Kind: Passed, Offer: ev.Offer, Ticket: 0, Agent: ev.Agent, Class: r.class, Demand: r.demand, Guard: -1,
		Why: ByOrder, Node: l.up.id}
	if why := e.instead(ev, r, a); why != 0 {
		row.Why, row.Node = why, 0
		e.piece(row, r, -1, e.tickets.find(ev.Ticket), t, a)
		return
	}
	last := int32(-1) // position of the latest winner so far
	lost := r.first
	if w := e.lead(l).ticket; w != 0 {
		row.KeyWon = e.key(l.up, l.role, e.tickets.at(w))
		row.KeyLost = e.key(l.up, l.role, e.tickets.at(lost))
		last = e.piece(row, r, last, w, t, a)
		lost = w
	}
	for n := l.up; n != nil; n = n.up {
		p := e.show(n)
		if p.ticket == 0 {
			continue
		}
		row.Node, row.Guard, row.Why, row.KeyWon = n.id, p.guard, ByOrder, p.key
		if p.guard >= 0 {
			row.Why = ByGuard
		}
		row.KeyLost = e.keyAt(n, lost)
		last = e.piece(row, r, last, p.ticket, t, a)
		lost = p.ticket
	}
}

// instead returns why a register is passed where it is not by the order, or 0.
func (e *Engine) instead(ev *Event, r *register, a *agent) Cause {
	switch {
	case ev.Why != 0:
		return ev.Why
	case !e.openTo(r.class).has(int(r.demand)):
		return e.withheld(a, r)
	}
	return 0
}

// piece makes the row for those of r who stand from position last on and before both the winner w and t, and returns
// the latest position that is dealt with.
func (e *Engine) piece(row Event, r *register, last int32, w handle, t *ticket, a *agent) int32 {
	own, by := e.kin(t, r, t.pos), t
	row.Rival = e.tickets.at(w).place.Seq
	if win := e.tickets.at(w); win.pos < t.pos {
		t = win
	}
	if t.pos <= last {
		return last
	}
	n := r.waits.below(t.pos)
	if last >= 0 {
		n -= r.waits.below(last)
		row.From = e.index.places[last]
	}
	if own != 0 && last <= e.tickets.at(own).pos && e.tickets.at(own).pos < t.pos {
		n--
	}
	for c := a.cools; c != 0; c = e.cools.slab[c].nextA {
		if k := e.cooled(c, r, by); k != nil && last <= k.pos && k.pos < t.pos {
			n--
		}
	}
	if n > 0 {
		row.Count, row.Before = uint32(n), t.place
		e.rows = append(e.rows, row)
	}
	return t.pos
}

// forgive makes a row of its own for each ticket of r that is passed only because the agent has just missed it.
func (e *Engine) forgive(ev *Event, r *register, t *ticket, a *agent) {
	for c := a.cools; c != 0; c = e.cools.slab[c].nextA {
		if k := e.cooled(c, r, t); k != nil {
			e.rows = append(e.rows, Event{Kind: Passed, Offer: ev.Offer, Ticket: k.place.Seq, Agent: ev.Agent, Class: r.class,
				Demand: r.demand, Guard: -1, Why: ByCoolOff, Rival: t.place.Seq, From: k.place, Before: t.place, Count: 1})
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
