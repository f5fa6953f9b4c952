package engine

import "slices"

// A sharing is what a node remembers of whom it served, where its order is a Share. Virtual time is in charges: what a flow of
// weight 1 is charged for one ticket, or for a millisecond, is unit.
type sharing struct {
	spec  Share
	nth   int     // which of a ticket's tags is of this node
	unit  int64   // see Share.unit
	times []int64 // the virtual time of each member, see advance.go
	since []int64 // of each member: the virtual time at which it was opened last, before which nobody had a turn
	open  int     // charges that are not settled
	lag   int64   // how far behind those with a value start of late
	era   int64   // half-lives that finishes are told in, see decay.go
	flows []flow  // from 1
	spare []int32
	by    map[int64]int32
	idle  []*cell // that nobody stands in
	least int     // flows that were left when they were last looked through
	heard [2]Heard
	got   []int64 // what each member was charged, without its weight; in tickets or milliseconds
}

// A flow is what was served of one member or value.
type flow struct {
	value  int64
	finish int64 // of the last offer; with a half-life what it got, in today's worth of its era
	open   int32 // charges that are not settled
	cells  []*cell
}

// A Heard is how those fared whose value a Share knows, or does not.
type Heard struct {
	Starts uint64
	Waited Duration // all of them together, on the line's clock
	Behind int64    // starts beyond the virtual time of their arrival, all together, in thousandths of a charge
}

func newSharing(o Share, nth, members int) *sharing {
	return &sharing{spec: o, nth: nth, unit: o.unit(), flows: make([]flow, 1), by: map[int64]int32{}, got: make([]int64, members),
		times: make([]int64, members), since: make([]int64, members)}
}

// start is the key of t, shown by member m of n.
func (s *sharing) start(e *Engine, n *node, m int, t *ticket) int64 {
	tag := e.tagOf(n, t)
	if s.spec.AtArrival {
		return tag
	}
	tag = max(tag, s.since[m])
	if f := s.by[s.value(m, t)]; f != 0 {
		return max(s.flows[f].finish, tag)
	}
	return tag
}

// value is what tells the flow of t, shown by member m.
func (s *sharing) value(m int, t *ticket) int64 {
	switch {
	case s.spec.Customer:
		return int64(t.who)
	case s.spec.By > 0:
		return t.values[s.spec.By-1]
	}
	return int64(m) + 1
}

// weight is the weight of the flow of t.
func (s *sharing) weight(m int, t *ticket) int64 {
	switch {
	case s.spec.WeightBy > 0:
		return max(1, t.values[s.spec.WeightBy-1])
	case s.spec.valued():
		return 1
	}
	return s.spec.Weight[m]
}

// nameless reports whether tickets of that value have no flow: each is on its own.
func (s *sharing) nameless(value int64) bool { return value == 0 && s.spec.Unknown != UnknownTogether }

// flow returns the flow of a value, and makes it if need be.
func (s *sharing) flow(value int64) int32 {
	if f := s.by[value]; f != 0 {
		return f
	}
	var f int32
	if k := len(s.spare); k > 0 {
		f, s.spare = s.spare[k-1], s.spare[:k-1]
	} else {
		s.flows = append(s.flows, flow{})
		f = int32(len(s.flows) - 1)
	}
	s.flows[f] = flow{value: value, cells: s.flows[f].cells[:0]}
	s.by[value] = f
	return f
}

// tidy forgets flows that differ in nothing from ones that never were. It looks at all of them, once in as many that came.
func (e *Engine) tidy(s *sharing) {
	if !s.spec.valued() || len(s.by) < 2*s.least+64 {
		return
	}
	floor := slices.Min(s.times)
	if s.spec.HalfLife > 0 {
		floor = 0
	}
	e.forgetFlows(s, floor)
	s.least = len(s.by)
}

// forgetFlows forgets those who have nobody and finished no later than floor.
func (e *Engine) forgetFlows(s *sharing, floor int64) {
	for value, f := range s.by { // in any order: what is left is the same
		if k := &s.flows[f]; k.open == 0 && len(k.cells) == 0 && k.finish <= floor {
			e.sum -= k.hash(s.nth)
			delete(s.by, value)
			s.flows[f] = flow{cells: k.cells}
			s.spare = append(s.spare, f)
		}
	}
}

// renew begins a busy period: nobody is behind anybody who was served in the last one.
func (e *Engine) renew(s *sharing) {
	if s.spec.AtArrival || s.spec.HalfLife > 0 {
		return
	}
	now := slices.Max(s.times)
	for _, f := range s.by {
		now = max(now, s.flows[f].finish)
	}
	for m := range s.times {
		s.times[m] = now
	}
	e.forgetFlows(s, now)
}

// moveFlow sets the finish of a flow and brings those of it who wait to where they belong.
func (e *Engine) moveFlow(s *sharing, f int32, finish int64) {
	e.sum -= s.flows[f].hash(s.nth)
	s.flows[f].finish = finish
	e.sum += s.flows[f].hash(s.nth)
	for _, c := range s.flows[f].cells {
		c.in.fix(e, c)
	}
}

// hash leaves a flow out of the digest that nothing was charged to.
func (f *flow) hash(nth int) uint64 {
	if f.finish == 0 {
		return 0
	}
	return mix(mix(uint64(nth)+11, uint64(f.value)), uint64(f.finish))
}

// roleOf returns which member of n, which is above l, holds l.
func (n *node) roleOf(l *leaf) int {
	role := l.role
	for up := l.up; up != n; up = up.up {
		role = up.role
	}
	return role
}
