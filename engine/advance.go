package engine

import (
	"math"
	"math/bits"
)

// Each member of a Share has its own virtual time, because not every agent can serve every member: what agents do who
// cannot serve a member is no turn that it missed. An offer brings to its start the members that its agent can serve, and
// those that nobody on duty can, who are not to save up turns. Where a right or a hand chose, a later start moves nobody
// further than the least start that the agent could have taken instead.

// advance moves the virtual times of n for the offer x.
func (e *Engine) advance(n *node, x uint32, start int64) {
	s := n.sharing
	p := e.skills.profiles[e.offers.at(x).profile]
	switch {
	case s.spec.HalfLife > 0:
		return
	case !s.spec.AtArrival:
		start = min(start, e.leastStart(n, p))
	}
	for m := range n.members {
		if s.spec.AtArrival || e.follows(p, &n.members[m]) {
			s.times[m] = max(s.times[m], start)
		}
	}
}

// leastStart returns the least start below n among those who wait that agents of a profile can serve.
func (e *Engine) leastStart(n *node, p *profile) int64 {
	least := int64(math.MaxInt64)
	for m := range n.members {
		if l := n.members[m].leaf; l != nil {
			least = min(least, e.leastOf(n, m, l, p))
			continue
		}
		if f := n.sharing.by[int64(m)+1]; e.waitsFor(p, n.members[m].group) {
			least = min(least, max(n.sharing.flows[f].finish, n.sharing.since[m]))
		}
	}
	return least
}

// leastOf is leastStart of class l.
func (e *Engine) leastOf(n *node, m int, l *leaf, p *profile) int64 {
	s, least := n.sharing, int64(math.MaxInt64)
	for w, set := range l.open {
		for ; set != 0 && !l.shut; set &= set - 1 {
			r := l.regs[w*64+bits.TrailingZeros64(set)]
			switch {
			case p.cost[r.demand] == 0:
			case r.cells != nil:
				k := r.cells.heap[0]
				least = min(least, r.cells.start(e, k, k.tickets[0]))
			default:
				tag := e.tags[int(r.first)*e.tree.shares+s.nth]
				least = min(least, max(s.flows[s.by[int64(m)+1]].finish, tag, s.since[m]))
			}
		}
	}
	return least
}

// waitsFor reports whether a ticket waits below g that agents of a profile can serve.
func (e *Engine) waitsFor(p *profile, g *node) bool {
	for _, c := range g.classes {
		l := e.tree.leaves[c]
		for w, set := range l.open {
			for ; set != 0 && !l.shut; set &= set - 1 {
				if p.cost[w*64+bits.TrailingZeros64(set)] > 0 {
					return true
				}
			}
		}
	}
	return false
}

// follows reports whether the virtual time of b moves with what agents of a profile do: they can serve something that was asked
// for there, or nobody on duty can, or nothing was asked for yet.
func (e *Engine) follows(p *profile, b *branch) bool {
	if e.serves(p, b) {
		return true
	}
	for _, q := range e.skills.profiles {
		if q != p && q.onDuty > 0 && e.serves(q, b) {
			return false
		}
	}
	return true
}

// opened lets a class that was closed have had no turns while it was.
func (e *Engine) opened(l *leaf) {
	for _, n := range l.shares {
		m := n.roleOf(l)
		s := n.sharing
		s.since[m] = max(s.since[m], s.times[m])
		if n.members[m].leaf == nil {
			continue
		}
		for _, r := range n.members[m].leaf.regs {
			if r != nil && r.cells != nil {
				r.cells.reorder(e)
			}
		}
	}
}

// resume lets the ticket of h, which was held, have had no turns while it was.
func (e *Engine) resume(h handle) {
	for m := e.headOf(h); m != 0 && e.tree.shares > 0; m = e.tickets.at(m).mate {
		l := e.tree.leaves[e.tickets.at(m).class]
		for i, n := range l.shares {
			if tag := &e.tags[int(m)*e.tree.shares+i]; !n.sharing.spec.AtArrival {
				*tag = max(*tag, n.sharing.times[n.roleOf(l)])
			}
		}
	}
}
