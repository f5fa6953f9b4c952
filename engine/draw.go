package engine

import "math/bits"

// Draw serves a member by lot, with chances in proportion to the weights of those who have somebody; inside a member the
// order is as it is (lottery scheduling: Waldspurger and Weihl 1994). A member of weight w among others of W in all is
// not drawn in j decisions with probability (1 - w/W)^j; nobody's wait is bounded.
//
// The lot is a race: each member runs for a time that is exponential with its weight, and the first wins. So what one
// member draws does not depend on who else is there. It hashes the seed, the node and the number of the decision:
// nothing that a customer sends enters it.
//
// With PerTicket every ticket, and each contact of one, draws for itself (relative priorities: Haviv and van der Wal 2007); with equal weights that is service
// in random order. It looks at every ticket at each decision.
type Draw struct {
	Weight    []int64 // of each member, 1 to 1000
	Seed      uint64
	PerTicket bool // all members are classes then
}

// Name is "draw".
func (Draw) Name() string { return "draw" }

func (o Draw) rank(e *Engine, n *node, m int, t *ticket) int64 {
	who := uint64(m)
	if o.PerTicket {
		who = uint64(t.place.Seq)
	}
	lot := scramble(scramble(scramble(scramble(o.Seed)^uint64(n.id))^who) ^ uint64(e.nextOffer))
	return raceTime(lot) / o.Weight[m]
}

// drawn returns who of a register draws first among those for whom ok holds, or 0.
func (e *Engine) drawn(r *register, ok func(handle) bool) handle {
	l := e.tree.leaves[r.class]
	var best pick
	for h := r.first; h != 0; h = e.tickets.at(h).next {
		if ok(h) {
			best.compare(h, e.key(l.up, l.role, e.tickets.at(h)), e.tickets.at(h).place)
		}
	}
	return best.ticket
}

func (o Draw) steady(int) bool { return !o.PerTicket }

func (o Draw) memberwise() bool { return !o.PerTicket }

// scramble spreads every bit of x over all of them (SplitMix64: Steele, Lea and Flood 2014).
func scramble(x uint64) uint64 {
	x += 0x9E3779B97F4A7C15
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}

// raceBits is how many bits behind the point raceTime has.
const raceBits = 40

// raceTime returns -log2((u+1)/2^64): exponential where u is uniform. It finds one bit of the logarithm at a time, by
// squaring.
func raceTime(u uint64) int64 {
	if u++; u == 0 {
		return 0
	}
	zeros := bits.LeadingZeros64(u)
	log := int64(63-zeros) << raceBits
	x := u << zeros // in [1, 2), 63 bits behind the point
	for b := raceBits - 1; b >= 0; b-- {
		hi, lo := bits.Mul64(x, x)
		two := hi >> 63 // the square is 2 or more; a branch would be guessed wrong half of the time
		log |= int64(two << b)
		x = hi<<(two^1) | lo>>63&^two
	}
	return 64<<raceBits - log
}
