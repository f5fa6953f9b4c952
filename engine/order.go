package engine

// An Order is the rule by which a node chooses among the heads of its members. The lowest key is served first; equal
// keys go by place. A discipline is one small file that implements it, and either fixed or moving.
type Order interface {
	// Name is the discipline's key in a policy file.
	Name() string
	// steady reports whether tickets of one class and demand under member m are in key order when they are in order
	// of arrival, so that the earliest of them is always their head.
	steady(m int) bool
}

// A fixed order gives a ticket one key for as long as it waits. One heap would do for it (THEORY 1.3, case 1).
type fixed interface {
	// key ranks the ticket t, shown by member m. It is pure.
	key(m int, t *ticket) int64
}

// A moving order ranks tickets anew at each decision: by the time, by who else waits, by what was served, or by lot.
// Tickets of one class and demand stay in the order they have (THEORY 1.3, case 2), so heads suffice.
type moving interface {
	// rank is the key of t, shown by member m of n, in the view of e. It is pure.
	rank(e *Engine, n *node, m int, t *ticket) int64
}

// A memberwise order is a moving one in which all tickets that one member shows in one view may have the same key.
type memberwise interface {
	memberwise() bool
}

// key ranks the ticket t, shown by member m of n.
func (e *Engine) key(n *node, m int, t *ticket) int64 {
	if n.fixed != nil {
		return n.fixed.key(m, t)
	}
	return e.rank(n, m, t)
}

func (e *Engine) rank(n *node, m int, t *ticket) int64 {
	if n.ranks == nil {
		return n.moving.rank(e, n, m, t)
	}
	if r := &n.ranks[m]; r.asked != e.view.number {
		r.asked, r.key = e.view.number, n.moving.rank(e, n, m, t)
	}
	return n.ranks[m].key
}

// A rank is the key of all tickets of a member in a view.
type rank struct {
	asked uint64
	key   int64
}
