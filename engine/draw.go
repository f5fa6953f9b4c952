package engine

import "math/bits"

// Draw serves a member by lot, with chances in proportion to the weights of those who have somebody; inside a member the
// order is as it is (lottery scheduling: Waldspurger and Weihl 1994). A member of weight w among others of W in all is
// not drawn in j decisions with probability (1 - w/W)^j; nobody's wait is bounded.
//
// The lot is a race: each member runs for a time that is exponential with its weight, and the first wins. So what one
// member draws does not depend on who else is there. It hashes the seed, the node and the number of the decision:
// nothing that a customer sends enters it.
type Draw struct {
	Weight []int64 // of each member, 1 to 1000
	Seed   uint64
}

// Name is "draw".
func (Draw) Name() string { return "draw" }

func (o Draw) rank(e *Engine, n *node, m int, _ *ticket) int64 {
	lot := scramble(scramble(scramble(o.Seed)^uint64(n.id)<<32^uint64(m)) ^ uint64(e.nextOffer))
	return raceTime(lot) / o.Weight[m]
}

func (Draw) steady(int) bool { return true }

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
		if hi>>63 != 0 { // 2 or more
			log |= 1 << b
			x = hi
			continue
		}
		x = hi<<1 | lo>>63
	}
	return 64<<raceBits - log
}
