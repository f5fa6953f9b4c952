package engine

import "math/bits"

// A bound is the latest place that overtaken_only_within lets be served: whoever arrived before until on the open clock,
// or stands no later than the ticket that sets the bound.
type bound struct {
	until Duration
	place Place
}

func (b bound) allows(t *ticket) bool { return t.opened < b.until || !b.place.Before(t.place) }

// tighten takes what t leaves open under g into account.
func (b *bound) tighten(g *guard, c ClassID, t *ticket) {
	span := g.limit(c, t)
	if span == None {
		return
	}
	n := bound{until: t.opened + Duration(span), place: t.place}
	if n.until < b.until || n.until == b.until && n.place.Before(b.place) {
		*b = n
	}
}

// mixed reports whether tickets of one register may have different limits under g.
func (g *guard) mixed() bool { return g.By > 0 && !g.ByChannel }

// allowed reports whether no protection above t forbids to serve it now.
func (e *Engine) allowed(t *ticket) bool {
	for n := e.tree.leaves[t.class].up; n != nil; n = n.up {
		for i := range n.guards {
			g := &n.guards[i]
			if g.Kind == OvertakenOnlyWithin && !g.except[t.class] && !e.bound(n, g).allows(t) {
				return false
			}
		}
	}
	return true
}

// bound returns what the earliest tickets below n leave open under g.
func (e *Engine) bound(n *node, g *guard) bound {
	if g.asked == e.view.number {
		return g.bound
	}
	g.asked = e.view.number
	g.bound = bound{until: None}
	e.registers(n, func(r *register) {
		for h := e.oldest(r); h != 0; h = e.tickets.at(h).next {
			if !e.cooling(h) {
				g.bound.tighten(g, r.class, e.tickets.at(h))
			}
			if !g.mixed() {
				break
			}
		}
	})
	return g.bound
}

// registers calls do for each register below n that the view can serve and where somebody waits.
func (e *Engine) registers(n *node, do func(*register)) { e.registersOf(n.classes, do) }

// registersOf is like registers, of some classes.
func (e *Engine) registersOf(classes []ClassID, do func(*register)) {
	for _, c := range classes {
		l := e.tree.leaves[c]
		if l.shut {
			continue
		}
		open := e.openTo(c)
		for w := range l.open {
			for set := l.open[w] & open.word(w); set != 0; set &= set - 1 {
				do(l.regs[w*64+bits.TrailingZeros64(set)])
			}
		}
	}
}

// force returns the ticket below n that has the right to be next under g, the earliest where there are several, or 0. Within a register those who
// came earlier waited longer and, but for the odd ones, were overtaken at least as often: so the odd ones are looked
// at, and of the others the first.
func (e *Engine) force(n *node, g *guard) handle {
	switch {
	case g.Kind == OvertakenOnlyWithin:
		return 0
	case g.Kind == Budget && g.budget.exhausted(g.Every):
		return e.earliest(n.classes)
	case g.Kind == Budget:
		return 0
	case g.Kind == MinShare:
		return e.below(g)
	}
	first, place := handle(0), nowhere
	for _, c := range n.classes {
		l := e.tree.leaves[c]
		f := e.front(l)
		if l.shut || !f.place.Before(place) || g.Kind == FirstAfter && g.By == 0 && int64(e.view.opened-f.opened) < g.Limit[c] {
			continue
		}
		open, slot := e.openTo(c), max(0, l.slot(g.counter))
		for w := range l.open {
			for set := l.open[w] & open.word(w); set != 0; set &= set - 1 {
				r := l.regs[w*64+bits.TrailingZeros64(set)]
				if !r.place.Before(place) || g.counter > 0 && e.nextOffer < r.quiet[slot] {
					continue
				}
				if h := e.entitledIn(r, g); h != 0 && e.tickets.at(h).place.Before(place) {
					first, place = h, e.tickets.at(h).place
				}
			}
		}
	}
	return first
}

// entitledIn returns the earliest of a register who has the right that g gives, or 0.
func (e *Engine) entitledIn(r *register, g *guard) handle {
	if g.mixed() {
		h := r.first
		for h != 0 && (e.cooling(h) || !e.entitled(g, h)) {
			h = e.tickets.at(h).next
		}
		return h
	}
	if g.Kind == FirstAfter || len(r.odd) == 0 {
		h := e.oldest(r)
		if h != 0 && e.entitled(g, h) {
			return h
		}
		e.hush(r, g)
		return 0
	}
	var first handle
	try := func(h handle) {
		if (first == 0 || e.tickets.at(h).place.Before(e.tickets.at(first).place)) && e.entitled(g, h) {
			first = h
		}
	}
	for _, h := range r.odd {
		if !e.cooling(h) {
			try(h)
		}
	}
	if h := e.oldestPlain(r); h != 0 {
		try(h)
	}
	return first
}

// hush notes until which offer a register need not be looked at again: nobody is overtaken more than once by an offer.
func (e *Engine) hush(r *register, g *guard) {
	if g.counter == 0 || g.By > 0 || e.cools.count > 0 || e.tree.within {
		return
	}
	l := e.tree.leaves[r.class]
	slot := l.slot(g.counter)
	t := e.tickets.at(r.first)
	if limit := g.limit(r.class, t); limit < 1<<31 {
		r.quiet[slot] = e.nextOffer + OfferID(limit-int64(e.slips(t, l, slot)))
	} else {
		r.quiet[slot] = 1 << 63
	}
}

// oldestPlain is like oldest, among those who are not odd.
func (e *Engine) oldestPlain(r *register) handle {
	h := r.first
	for h != 0 && (e.tickets.at(h).odd || e.cooling(h)) {
		h = e.tickets.at(h).next
	}
	return h
}

// entitled reports whether h has the right that g gives, and no other protection forbids to serve it.
func (e *Engine) entitled(g *guard, h handle) bool {
	t := e.tickets.at(h)
	limit := g.limit(t.class, t)
	if limit == None {
		return false
	}
	if g.Kind == FirstAfter {
		return int64(e.view.opened-t.opened) >= limit && e.tree.permits(e, t)
	}
	l := e.tree.leaves[t.class]
	return int64(e.slips(t, l, l.slot(g.counter))) >= limit && e.tree.permits(e, t)
}

func (t *tree) permits(e *Engine, k *ticket) bool { return !t.within || e.allowed(k) }
