package engine

type offerState uint8

const (
	ringing offerState = iota + 1
	working
	wrapping
	aside // work in hand that gives its room to another ticket
)

// inHand reports whether an agent has the ticket of an offer.
func (s offerState) inHand() bool { return s == working || s == aside }

// An offer is a ticket with an agent: ringing, then worked on, then wrapped up.
type offer struct {
	id      OfferID
	place   Place // of its ticket
	ticket  handle
	agent   uint32
	profile uint32 // of the agent when it was asked
	took    int32  // units of the agent
	kept    int32  // aside: those that it gave
	had     int32  // what the agent had free when it was asked
	timer   int32  // position of its timer, -1: none
	ring    int32  // position among the ringing ones
	until   Instant
	since   Instant // of the offer, and then of its acceptance
	length  Duration
	passed  uint32   // overtakings if it is accepted
	class   ClassID  // of its ticket then
	paced   bool     // how long the work is bears on later decisions
	laid    Instant  // aside: since when
	rested  Duration // how long it was aside so far
	state   offerState
	loose   bool   // it is not in Engine.sum
	debts   []debt // see marks
	charges []charge
}

// offers is the slab of offers, and the ringing ones in no order.
type offers struct {
	slab    []offer
	free    []uint32
	ids     directory
	ringing []uint32
}

func (s *offers) at(o uint32) *offer { return &s.slab[o] }

func (s *offers) find(id OfferID) uint32 { return s.ids.get(uint64(id)) }

func (s *offers) add(id OfferID) uint32 {
	if len(s.slab) == 0 {
		s.slab = append(s.slab, offer{})
	}
	var o uint32
	if n := len(s.free); n > 0 {
		o, s.free = s.free[n-1], s.free[:n-1]
	} else {
		s.slab = append(s.slab, offer{})
		o = uint32(len(s.slab) - 1)
	}
	n := &s.slab[o]
	debts, charges := n.debts[:0], n.charges[:0]
	*n = offer{}
	n.id, n.timer, n.state, n.ring, n.debts, n.charges = id, -1, ringing, int32(len(s.ringing)), debts, charges
	s.ringing = append(s.ringing, o)
	s.ids.put(uint64(id), o)
	return o
}

// answer takes o from the ringing ones.
func (s *offers) answer(o uint32) {
	pos, last := s.slab[o].ring, len(s.ringing)-1
	s.ringing[pos] = s.ringing[last]
	s.slab[s.ringing[pos]].ring = pos
	s.ringing = s.ringing[:last]
	s.slab[o].ring = -1
}

func (s *offers) drop(o uint32) {
	s.ids.drop(uint64(s.slab[o].id))
	s.slab[o].state, s.slab[o].loose = 0, false
	s.free = append(s.free, o)
}

// lay notes that work is put aside, or taken up.
func (o *offer) lay(at Instant, away bool) {
	if away {
		o.laid = at
	} else {
		o.rested += at.Sub(o.laid)
	}
}

// worked returns how long the work of o takes that is finished at an instant and wrapped up at another, without the time it
// was aside.
func (o *offer) worked(at, wrapped Instant) Duration {
	rested := o.rested
	switch o.state {
	case ringing:
		return 0
	case aside:
		rested += at.Sub(o.laid)
	}
	return max(0, wrapped.Sub(o.since)-rested)
}
