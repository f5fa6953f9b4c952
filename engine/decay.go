package engine

import "math/bits"

// A Share with a half-life lets what was got decay. All flows decay alike, so nothing is written to them: what is charged
// counts 2^(t/H) times instead, and every few half-lives all are halved as often. Eras count the half-lives by which they were.

const (
	decayBits = 30
	decayOne  = 1 << decayBits // 2^0
	eraLen    = 4
)

// halvings are 2^(1/2), 2^(1/4), ... with decayBits bits behind the point.
var halvings = func() (list [decayBits]uint64) {
	x := uint64(2) << decayBits
	for i := range list {
		x = root(x << decayBits)
		list[i] = x
	}
	return list
}()

// root is the square root, rounded down.
func root(x uint64) uint64 {
	r := uint64(0)
	for b := uint64(1) << 31; b > 0; b >>= 1 {
		if (r|b)*(r|b) <= x {
			r |= b
		}
	}
	return r
}

// exp2 returns 2^(part/whole) for 0 <= part < whole, between decayOne and twice that.
func exp2(part, whole int64) uint64 {
	frac, _ := bits.Div64(uint64(part)>>(64-decayBits), uint64(part)<<decayBits, uint64(whole))
	x := uint64(decayOne)
	for i, h := range halvings {
		if frac>>(decayBits-1-i)&1 != 0 {
			x = x * h >> decayBits
		}
	}
	return x
}

// worthNow is by how much a charge of now counts more than one at the beginning of the era.
func (e *Engine) worthNow(s *sharing) uint64 {
	at, half := int64(e.policy.Clock.Opened(e.now)), int64(s.spec.HalfLife)
	return exp2(at%half, half) << min(8, max(0, at/half-s.era))
}

// turnEra halves what flows of n got, as often as is due, where that was not done for an era.
func (e *Engine) turnEra(n *node) {
	s := n.sharing
	now := int64(e.policy.Clock.Opened(e.now)) / int64(s.spec.HalfLife)
	by := now - s.era
	if by < eraLen {
		return
	}
	s.era = now
	s.lag >>= min(63, by)
	for f := range s.flows[1:] {
		k := &s.flows[f+1]
		e.sum -= k.hash(s.nth)
		k.finish >>= min(63, by)
		e.sum += k.hash(s.nth)
	}
	for i := range e.tree.leaves { // rounding may have made some equal
		for _, r := range e.tree.leaves[i].regs {
			if r != nil && r.cells != nil && r.cells.node == n {
				r.cells.reorder(e)
			}
		}
	}
}
