package engine

import "math/bits"

// A view is what one decision looks at: the demands that some available agent can take, at an instant.
type view struct {
	number uint64   // of the decision; what was found for another one does not count
	opened Duration // the open clock
	aside  bool     // agents who would put work aside are asked
	as     uint32   // only this agent is asked; 0: everybody
	but    handle   // this one is left out
	kin    handle   // contacts of this ticket do not count
	freed  bool     // what rings at that agent is about to go back
	open   bitset
	turns  uint64   // see agents.turns; notKept: open is not that of the agents
	by     []bitset // by audience, where that is not what agents on benches may be asked for; nil: it is

	duty, idle int64 // agents on duty, and those of them with nothing in hand: see countPools
}

// notKept says of a view that what leaves show in it is of no use to a later one.
const notKept = 1<<64 - 1

// show returns the ticket that n shows to the agents in the view: first the order's choice, then whatever a protection
// of n puts in its place.
func (e *Engine) show(n *node) *pick {
	if n.asked != e.view.number {
		e.showAnew(n)
	}
	return &n.shown
}

func (e *Engine) showAnew(n *node) {
	n.asked = e.view.number
	e.choose(n)
	if n.shown.ticket == 0 || len(n.guards) == 0 {
		return
	}
	chosen := e.tickets.at(n.shown.ticket)
	for i := range n.guards {
		g := &n.guards[i]
		if g.except[chosen.class] {
			continue
		}
		if h := e.force(n, g); h != 0 {
			if h != n.shown.ticket {
				n.shown = pick{ticket: h, guard: int8(i), key: e.keyAt(n, h), place: e.tickets.at(h).place,
					rival: n.shown.ticket, rivalKey: n.shown.key}
			}
			return
		}
	}
}

// choose asks the order of n.
func (e *Engine) choose(n *node) {
	best := &n.shown
	*best = pick{guard: -1}
	for m := range n.members {
		b := &n.members[m]
		var p *pick
		switch l := b.leaf; {
		case l == nil:
			p = e.show(b.group)
		case l.n == 0:
			continue
		case l.keeps(&e.view):
			p = &l.shown
		default:
			p = e.lead(l)
		}
		if p.ticket == 0 {
			continue
		}
		key := p.key
		if b.group != nil {
			key = e.key(n, m, e.tickets.at(p.ticket))
		}
		if key <= best.key || best.rival == 0 || key < best.rivalKey {
			best.compare(p.ticket, key, p.place)
		}
		if n.strict && best.rival != 0 {
			return
		}
	}
}

// compare puts a ticket into the pick, first or second. Of two runners-up with equal keys the one met first stays.
func (p *pick) compare(h handle, key int64, place Place) {
	switch {
	case p.ticket == 0:
		p.ticket, p.key, p.place = h, key, place
	case key < p.key || key == p.key && place.Before(p.place):
		p.rival, p.rivalKey = p.ticket, p.key
		p.ticket, p.key, p.place = h, key, place
	case p.rival == 0 || key < p.rivalKey:
		p.rival, p.rivalKey = h, key
	}
}

// keyAt returns the key of h under the order of n, which is above it.
func (e *Engine) keyAt(n *node, h handle) int64 {
	t := e.tickets.at(h)
	l := e.tree.leaves[t.class]
	role := l.role
	for up := l.up; up != n; up = up.up {
		role = up.role
	}
	return e.key(n, role, t)
}

// lead returns the ticket that a class shows: the least key among its registers that the view can serve.
func (e *Engine) lead(l *leaf) *pick {
	if l.asked == e.view.number || l.keeps(&e.view) {
		return &l.shown
	}
	l.asked, l.kept = e.view.number, 0
	l.shown = pick{guard: -1}
	if l.shut {
		return &l.shown
	}
	if l.up.fixed != nil && e.cools.count == 0 && !e.tree.within && e.view.turns != notKept {
		l.kept = e.view.turns
	}
	open, heads := e.openTo(l.class), e.cools.count == 0 && !e.tree.within && e.view.kin == 0
	for w := range l.open {
		for set := l.open[w] & open.word(w); set != 0; set &= set - 1 {
			r := l.regs[w*64+bits.TrailingZeros64(set)]
			switch {
			case !heads || !r.plainly:
			case l.shown.ticket == 0:
				l.shown.ticket, l.shown.key, l.shown.place = r.first, r.key, r.place
				continue
			default:
				l.shown.compare(r.first, r.key, r.place)
				continue
			}
			switch h := e.first(r); h {
			case 0:
			case r.first:
				if r.fixed == nil {
					l.shown.compare(h, e.key(l.up, l.role, e.tickets.at(h)), r.place)
					continue
				}
				l.shown.compare(h, r.key, r.place)
			default:
				t := e.tickets.at(h)
				l.shown.compare(h, e.key(l.up, l.role, t), t.place)
			}
		}
	}
	return &l.shown
}

// keeps reports whether what l showed when it was last looked at is what it shows in v: keys are fixed, nobody was kept from
// anybody, and since then its registers have had the same heads and the agents available could take the same.
func (l *leaf) keeps(v *view) bool { return l.kept == v.turns }

// first returns the head of a register: the first by key that may be chosen, or 0.
func (e *Engine) first(r *register) handle {
	if r.cells != nil {
		return r.cells.least(e, e.mayServe)
	}
	if r.lots {
		return e.drawn(r, e.mayServe)
	}
	if !r.steady {
		return r.least(&e.tickets, e.mayServe)
	}
	h := e.oldest(r)
	if e.tree.within && h != 0 && !e.allowed(e.tickets.at(h)) {
		return 0
	}
	return h
}

// oldest returns the earliest of a register that is not cooling off against everybody available, or 0.
func (e *Engine) oldest(r *register) handle {
	h := r.first
	for (e.cools.count > 0 || e.view.kin != 0) && h != 0 && e.cooling(h) {
		h = e.tickets.at(h).next
	}
	return h
}

// may reports whether h may be chosen: somebody available may be asked, and no protection forbids it.
func (e *Engine) may(h handle) bool {
	return h != e.view.but && !e.cooling(h) && (!e.tree.within || e.allowed(e.tickets.at(h)))
}

// cooling reports whether everybody available who could take h has just declined it, or h does not count in the view.
func (e *Engine) cooling(h handle) bool {
	switch {
	case e.view.kin != 0 && e.headOf(h) == e.view.kin:
		return true
	case e.main(e.tickets.at(h)).cools == 0:
		return false
	case e.view.as != 0:
		return e.missedBy(e.tickets.at(h), e.view.as)
	case e.view.aside:
		return e.matchAside(h) == 0
	}
	return !e.askable(h)
}
