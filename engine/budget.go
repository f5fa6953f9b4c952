package engine

import "slices"

// A budget is what a protection by Budget remembers. It lets at most one start in Every be out of turn: one that went before
// an earlier ticket of its node that was to be had. An open offer out of turn counts at once, one in turn only when it is
// accepted; an offer that fails is taken back. So among the starts of a node, in the order of their offers, Every-1 at least
// lie between two out of turn, and a ticket with q-1 before it starts within M starts of the node, M the least number with
// M - ceil(M/Every) >= q (THEORY 1.1).
type budget struct {
	spent []spending // the last that cannot be taken back any more, and those after it
}

// A spending is a start out of turn, and how many were accepted in turn that were offered after it and before the next one.
type spending struct {
	offer  OfferID
	inTurn int64
	open   bool // still ringing
}

// exhausted reports whether the next start must be in turn.
func (b *budget) exhausted(every int64) bool {
	return len(b.spent) > 0 && b.spent[len(b.spent)-1].inTurn < every-1
}

// spend notes an offer out of turn.
func (b *budget) spend(id OfferID) { b.spent = append(b.spent, spending{offer: id, open: true}) }

// accepted notes that offer id became a start, in turn or out of it; counts says whether one in turn is to be counted.
func (b *budget) accepted(id OfferID, counts bool) {
	for i := len(b.spent) - 1; i >= 0; i-- {
		s := &b.spent[i]
		if s.offer == id {
			s.open = false
			break
		}
		if s.offer < id {
			if counts {
				s.inTurn++
			}
			break
		}
	}
	for i := len(b.spent) - 1; i > 0; i-- { // whatever lies before one that stands for good is of no use any more
		if !b.spent[i].open {
			b.spent = slices.Delete(b.spent, 0, i)
			break
		}
	}
}

// failed takes offer id back: what was in turn after it comes after the one before.
func (b *budget) failed(id OfferID) {
	i := slices.IndexFunc(b.spent, func(s spending) bool { return s.offer == id })
	if i < 0 {
		return
	}
	if i > 0 {
		b.spent[i-1].inTurn += b.spent[i].inTurn
	}
	b.spent = slices.Delete(b.spent, i, i+1)
}

// hash leaves a budget out of the digest that nothing was spent of.
func (b *budget) hash(place uint64) uint64 {
	h := uint64(0)
	for _, s := range b.spent {
		h += mix(mix(place, uint64(s.offer)), uint64(s.inTurn)<<1|bit(s.open))
	}
	return h
}

// eachBudget calls do for each budget above l that counts starts of its class.
func (e *Engine) eachBudget(l *leaf, do func(n *node, i int, g *guard)) {
	if !e.tree.remembers {
		return
	}
	for n := l.up; n != nil; n = n.up {
		for i := range n.guards {
			if g := &n.guards[i]; g.Kind == Budget && !g.except[l.class] {
				do(n, i, g)
			}
		}
	}
}

// spend charges the offer of t to a, which is id, to the budgets of nodes where it goes before an earlier ticket.
func (e *Engine) spend(id OfferID, t *ticket, a uint32) {
	e.eachBudget(e.tree.leaves[t.class], func(n *node, i int, _ *guard) {
		for _, c := range n.classes {
			if e.outOfTurn(e.tree.leaves[c], t, a) {
				ev := e.next(Spent)
				ev.Offer, ev.Ticket, ev.Node, ev.Guard = id, t.place.Seq, n.id, int8(i)
				return
			}
		}
	})
}

// outOfTurn reports whether a start of t by a goes before a ticket of class l that a could have been offered.
func (e *Engine) outOfTurn(l *leaf, t *ticket, a uint32) bool {
	ag := &e.agents.list[a]
	cost := e.skills.profiles[ag.profile].cost
	for _, r := range l.regs {
		if l.shut || r == nil || r.first == 0 || cost[r.demand] == 0 || cost[r.demand] > ag.free {
			continue
		}
		if only := e.skills.demands[r.demand].only; only != 0 && only != ag.name || ag.benched != nil && e.agents.fences.barred(ag.benched, l.class) != 0 {
			continue
		}
		for h := r.first; h != 0 && e.tickets.at(h).place.Before(t.place); h = e.tickets.at(h).next {
			if k := e.tickets.at(h); e.main(k) != e.main(t) && !e.missedBy(k, a) {
				return true
			}
		}
	}
	return false
}

// earliest returns the earliest ticket of some classes that somebody in the view may serve, or 0. Whoever comes after one that
// a protection forbids is forbidden too.
func (e *Engine) earliest(classes []ClassID) handle {
	var first handle
	e.registersOf(classes, func(r *register) {
		h := e.oldest(r)
		if h == 0 || !e.tree.permits(e, e.tickets.at(h)) {
			return
		}
		if first == 0 || e.tickets.at(h).place.Before(e.tickets.at(first).place) {
			first = h
		}
	})
	return first
}

func (e *Engine) applySpent(ev *Event) {
	g := &e.tree.nodes[ev.Node].guards[ev.Guard]
	e.remember(g, func() { g.budget.spend(ev.Offer) })
}
