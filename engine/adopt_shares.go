package engine

import "slices"

// Virtual times and what flows got survive an adoption where a Share of the same name charges the same thing and tells its
// flows apart by the same.

// An heir is a Share of the new policy that goes on with one of the old.
type heir struct {
	from, to *node
	members  []int           // of from: which of to it is, or -1
	flows    map[int64]int64 // of members: the value now by the value then; nil: as they are
}

// inherit lets the Shares of the new tree take over what they can.
func (e *Engine) inherit(a *adoption) {
	a.tags = e.tags
	for _, n := range a.old.nodes {
		if n.sharing != nil {
			for _, f := range n.sharing.flows {
				e.sum -= f.hash(n.sharing.nth)
			}
		}
	}
	e.tags = make([]int64, len(e.tickets.slab)*e.tree.shares)
	for _, to := range e.sharings() {
		i := slices.IndexFunc(a.old.nodes, func(n *node) bool { return n.sharing != nil && n.spec.Name == to.spec.Name })
		if i < 0 || !to.sharing.goesOn(a.old.nodes[i].sharing) {
			continue
		}
		h := heir{from: a.old.nodes[i], to: to, members: e.sameMembers(a.old.nodes[i], to, a.was)}
		if !to.sharing.spec.valued() {
			h.flows = map[int64]int64{}
			for was, now := range h.members {
				if now >= 0 {
					h.flows[int64(was)+1] = int64(now) + 1
				}
			}
		}
		a.heirs = append(a.heirs, h)
		e.takeOver(&h)
	}
	e.keepCharges(a)
}

func (s *sharing) goesOn(was *sharing) bool {
	x, y := &s.spec, &was.spec
	return x.Minutes == y.Minutes && x.HalfLife == y.HalfLife && x.AtArrival == y.AtArrival && x.valued() == y.valued() &&
		x.Field == y.Field && x.Customer == y.Customer
}

// sameMembers tells which members of the new node those of the old one are, by name.
func (e *Engine) sameMembers(from, to *node, was *Policy) (now []int) {
	name := func(p *Policy, m Member) string {
		if m.Group != nil {
			return "group " + m.Group.Name
		}
		return p.Classes[m.Class].Name
	}
	for _, m := range from.spec.Members {
		now = append(now, slices.IndexFunc(to.spec.Members, func(k Member) bool { return name(e.policy, k) == name(was, m) }))
	}
	return now
}

// value is what a flow is called now.
func (h *heir) value(was int64) (int64, bool) {
	if h.flows == nil {
		return was, true
	}
	now, ok := h.flows[was]
	return now, ok
}

// amount is what an amount of virtual time is now.
func (h *heir) amount(was int64) int64 { return scaled(was, h.to.sharing.unit, h.from.sharing.unit) }

func (e *Engine) takeOver(h *heir) {
	was, s := h.from.sharing, h.to.sharing
	s.lag, s.era, s.heard = h.amount(was.lag), was.era, was.heard
	for m := range s.times {
		s.times[m] = h.amount(slices.Max(was.times)) // a new one has saved nothing up
	}
	for i, m := range h.members {
		if m >= 0 {
			s.times[m], s.since[m], s.got[m] = h.amount(was.times[i]), h.amount(was.since[i]), was.got[i]
		}
	}
	for value, f := range was.by {
		now, ok := h.value(value)
		if !ok || s.nameless(now) || was.nameless(value) {
			continue
		}
		k := &s.flows[s.flow(now)]
		k.finish = h.amount(was.flows[f].finish)
		e.sum += k.hash(s.nth)
	}
}

// keepCharges brings what open offers and work in hand were charged to the new Shares, and forgets the rest.
func (e *Engine) keepCharges(a *adoption) {
	for x := range e.offers.slab {
		o := &e.offers.slab[x]
		var kept []charge
		for _, c := range o.charges {
			if c, ok := a.heirOf(c, e.tree); ok {
				kept = append(kept, c)
			}
		}
		o.charges = append(o.charges[:0], kept...)
	}
}

func (a *adoption) heirOf(c charge, t *tree) (charge, bool) {
	i := slices.IndexFunc(a.heirs, func(h heir) bool { return h.from.id == c.node })
	if i < 0 {
		return c, false
	}
	h := &a.heirs[i]
	s := h.to.sharing
	if c.role >= 0 {
		c.role = h.members[c.role]
	}
	if c.role < 0 && h.flows != nil {
		return c, false
	}
	if c.flow != 0 {
		value, _ := h.value(h.from.sharing.flows[c.flow].value)
		c.flow = s.flow(value)
		s.flows[c.flow].open++
		c.amount = h.amount(c.amount)
	}
	s.open++
	c.node = h.to.id
	return c, true
}

// keepTagsOf returns the tags that a ticket of the old class l keeps.
func (a *adoption) keepTagsOf(h handle, t *ticket, l *leaf) (kept [SharesMax]keptTag) {
	n := 0
	for i, was := range l.shares {
		k := slices.IndexFunc(a.heirs, func(h heir) bool { return h.from == was })
		if k < 0 {
			continue
		}
		heir := &a.heirs[k]
		if value, ok := heir.value(was.sharing.value(was.roleOf(l), t)); ok {
			kept[n] = keptTag{node: heir.to, value: value, tag: heir.amount(a.tags[int(h)*a.old.shares+i])}
			n++
		}
	}
	return kept
}
