package engine

// A charge is what an offer was charged to a flow.
type charge struct {
	node   NodeID
	flow   int32
	amount int64
	weight int64
	role   int    // the member of node; -1: it has none any more
	scale  uint64 // of the decay, when it was made
	era    int64
	worth  int64 // tickets or milliseconds
	known  bool
	behind int64
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
		if c.role >= 0 {
			s.got[c.role] += worth - c.worth
		}
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
