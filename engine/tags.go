package engine

import "slices"

// Each ticket below a Share has a tag there: the virtual time at which it came, before which it cannot have had its turn. So
// a flow that nobody could serve for a while, or that nobody asked for, has saved nothing up.

// SharesMax is how many shares may stand above one class.
const SharesMax = 4

// tagOf returns the tag of t under n.
func (e *Engine) tagOf(n *node, t *ticket) int64 {
	h := int(e.tickets.find(t.place.Seq))
	return e.tags[h*e.tree.shares+n.sharing.nth]
}

// sharings returns the nodes whose order is a Share.
func (e *Engine) sharings() (list []*node) {
	if e.tree == nil || e.tree.shares == 0 {
		return nil
	}
	for _, n := range e.tree.nodes {
		if n.sharing != nil {
			list = append(list, n)
		}
	}
	return list
}

// A keptTag is a tag that a ticket keeps while something else about it changes.
type keptTag struct {
	node  *node
	value int64
	tag   int64
}

// keepTags returns the tags of h.
func (e *Engine) keepTags(h handle) (kept [SharesMax]keptTag) {
	if e.tree.shares == 0 {
		return kept
	}
	t := e.tickets.at(h)
	l := e.tree.leaves[t.class]
	for i, n := range l.shares {
		kept[i] = keptTag{node: n, value: n.sharing.value(n.roleOf(l), t), tag: e.tags[int(h)*e.tree.shares+i]}
	}
	return kept
}

// retag gives h its tags: it comes now, but where it was in the same flow before.
func (e *Engine) retag(h handle, kept *[SharesMax]keptTag) {
	if e.tree.shares == 0 {
		return
	}
	for len(e.tags) < (int(h)+1)*e.tree.shares {
		e.tags = append(e.tags, 0)
	}
	t := e.tickets.at(h)
	l := e.tree.leaves[t.class]
	for i, n := range l.shares {
		value := n.sharing.value(n.roleOf(l), t)
		at := int(h)*e.tree.shares + i
		k := slices.IndexFunc(kept[:], func(k keptTag) bool { return k.node == n && k.value == value })
		if k >= 0 {
			e.tags[at] = kept[k].tag
			continue
		}
		e.tags[at] = e.newTag(n, n.roleOf(l), t)
	}
}

// newTag is the tag of a ticket that comes to n now.
func (e *Engine) newTag(n *node, m int, t *ticket) int64 {
	s := n.sharing
	if s.open == 0 && !e.adopting && e.nobodyBelow(n) {
		e.renew(s)
	}
	value := s.value(m, t)
	switch {
	case s.spec.AtArrival:
		turn := scaled(1, s.unit, s.weight(m, t))
		if s.nameless(value) {
			return max(s.times[m], turn)
		}
		f := s.flow(value)
		e.moveFlow(s, f, max(s.times[m], s.flows[f].finish+turn))
		return s.flows[f].finish
	case s.spec.HalfLife > 0:
		return 0
	case s.spec.Unknown == UnknownAverage && value == 0:
		return s.times[m] + s.lag
	}
	return s.times[m]
}

// nobodyBelow reports whether nobody waits below n.
func (e *Engine) nobodyBelow(n *node) bool {
	for _, c := range n.classes {
		for _, w := range e.tree.leaves[c].open {
			if w != 0 {
				return false
			}
		}
	}
	return true
}
