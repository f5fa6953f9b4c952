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

// A charge is what an offer was charged to a flow.
type charge struct {
	node   NodeID
	flow   int32
	amount int64
	weight int64
	role   int
	scale  uint64 // of the decay, when it was made
	era    int64
	worth  int64 // tickets or milliseconds
	known  bool
	behind int64
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

// chargeOffer charges the offer x for a ticket to its flow in each Share above it.
func (e *Engine) chargeOffer(x uint32, t *ticket) {
	l := e.tree.leaves[t.class]
	for _, n := range l.shares {
		e.chargeAt(n, n.roleOf(l), x, t)
	}
}

func (e *Engine) chargeAt(n *node, m int, x uint32, t *ticket) {
	s, value := n.sharing, n.sharing.value(m, t)
	c := charge{node: n.id, role: m, worth: 1, weight: s.weight(m, t), known: value != 0}
	if s.spec.Minutes {
		c.worth = int64(e.handling(e.skills.demands[t.demand].channel) / Millisecond)
	}
	if s.spec.HalfLife > 0 {
		e.turnEra(n)
		c.scale, c.era = e.worthNow(s), s.era
	}
	start := s.start(e, n, m, t)
	if c.behind = start - e.tagOf(n, t); value == 0 && s.spec.Unknown == UnknownAverage {
		c.behind += s.lag // which its tag had from the start
	}
	e.advance(n, x, start)
	s.got[m] += c.worth
	s.open++
	if !s.spec.AtArrival && !s.nameless(value) {
		c.flow, c.amount = s.flow(value), s.amount(&c, c.worth)
		s.flows[c.flow].open++
		e.moveFlow(s, c.flow, plus(start, c.amount))
		e.fallBehind(s, c.behind)
	}
	o := e.offers.at(x)
	o.charges = append(o.charges, c)
	e.tidy(s)
}

// fallBehind learns how far behind flows start, for those who are treated as the average is.
func (e *Engine) fallBehind(s *sharing, by int64) {
	s.lag += (by - s.lag) / 16
	if s.spec.HalfLife > 0 && s.spec.Unknown == UnknownAverage {
		e.moveFlow(s, s.flow(0), s.lag)
	}
}

// amount is what worth moves the finish of the flow of c.
func (s *sharing) amount(c *charge, worth int64) int64 {
	a := scaled(worth, s.unit, c.weight)
	if c.scale == 0 {
		return a
	}
	return scaled(a, int64(c.scale), decayOne) >> min(63, s.era-c.era)
}

// settleCharges ends what the offer x was charged: what was got is known now. Nothing was, where it failed; a ticket that goes
// back unserved is charged the work that was done.
func (e *Engine) settleCharges(x uint32, served bool, took Duration) {
	o := e.offers.at(x)
	for i := range o.charges {
		c := &o.charges[i]
		n := e.tree.nodes[c.node]
		s := n.sharing
		worth := int64(0)
		switch {
		case e.rehearses && served:
			worth = c.worth
		case s.spec.Minutes:
			worth = int64(took / Millisecond)
		case served:
			worth = 1
		}
		s.open--
		s.got[c.role] += worth - c.worth
		if c.flow == 0 {
			continue
		}
		s.flows[c.flow].open--
		was := c.amount >> min(63, s.era-c.era)
		e.moveFlow(s, c.flow, max(0, s.flows[c.flow].finish+s.amount(c, worth)-was))
	}
	o.charges = o.charges[:0]
}

// heardOf notes a start of an offer for the report of what hiding a value pays.
func (e *Engine) heardOf(x uint32, t *ticket) {
	for i := range e.offers.at(x).charges {
		c := &e.offers.at(x).charges[i]
		s := e.tree.nodes[c.node].sharing
		h := &s.heard[bit(c.known)]
		h.Starts++
		h.Waited += e.policy.Clock.Opened(e.now) - t.opened
		h.Behind += scaled(max(0, c.behind), 1000, s.unit)
	}
}

// roleOf returns which member of n, which is above l, holds l.
func (n *node) roleOf(l *leaf) int {
	role := l.role
	for up := l.up; up != n; up = up.up {
		role = up.role
	}
	return role
}
