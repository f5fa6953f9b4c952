package engine

import "math/bits"

// blockLen is how many positions share a word of a column; spanLen is how many blocks make a stretch, and how many
// stretches make a reach. A column of no more than bareBlocks keeps no counts: its few words are counted each time.
const (
	blockLen   = 64
	spanLen    = 32
	bareBlocks = 8
)

// A column is a set of positions of the index: a word of bits for each block of 64. Beside them stands how many are in
// the set before each block within its stretch, before each stretch within its reach, and before each reach. So a rank
// is four reads, at whatever length; a change adds to what stands behind it in its stretch and its reach.
type column struct {
	words  []uint64
	counts []uint64 // by reach; then by stretch and by block, four of 16 bits in a word; none where the column is bare
	total  int32
	top    int32 // nothing after it is in the set
}

// A spot is where a column of so many blocks has what it says of one position: it is the same in all columns of an index.
type spot struct {
	block, near, wide, far int
	nearBy, wideBy         uint8 // bits to shift
	lower                  uint64
}

func spotOf(pos int32, blocks int) spot {
	block := int(uint32(pos) / blockLen)
	if blocks <= bareBlocks {
		return spot{block: block, lower: 1<<(pos%blockLen) - 1}
	}
	stretch := block / spanLen
	_, wide, near := parts(blocks)
	return spot{block: block, near: near + block/4, wide: wide + stretch/4, far: stretch / spanLen,
		nearBy: uint8(block % 4 * 16), wideBy: uint8(stretch % 4 * 16), lower: 1<<(pos%blockLen) - 1}
}

// parts returns how many stretches so many blocks take, and where in counts those by stretch and those by block begin.
func parts(blocks int) (stretches, wide, near int) {
	stretches = blocks/spanLen + 1
	reaches := stretches/spanLen + 1
	return stretches, reaches, reaches + reaches*(spanLen/4)
}

func newColumn(blocks int) *column {
	c := new(column)
	c.reset(blocks)
	return c
}

func (c *column) has(pos int32) bool { return c.words[uint32(pos)/blockLen]>>(pos%blockLen)&1 != 0 }

// set adds pos, which must not be in the set.
func (c *column) set(pos int32) {
	c.words[uint32(pos)/blockLen] |= 1 << (pos % blockLen)
	c.top = max(c.top, pos)
	c.count(pos, 1)
}

// clear takes pos, which must be in the set, out.
func (c *column) clear(pos int32) {
	c.words[uint32(pos)/blockLen] &^= 1 << (pos % blockLen)
	c.count(pos, -1)
}

func (c *column) count(pos, by int32) {
	c.total += by
	if len(c.words) > bareBlocks {
		c.countBehind(pos, by)
	}
}

func (c *column) countBehind(pos, by int32) {
	stretches, wide, near := parts(len(c.words))
	block := int(uint32(pos) / blockLen)
	addBehind(c.counts[near:], block, len(c.words), uint64(by))
	addBehind(c.counts[wide:near], block/spanLen, stretches, uint64(by))
	far := c.counts[:wide]
	for i := block/(spanLen*spanLen) + 1; i < len(far); i++ {
		far[i] += uint64(by)
	}
}

// addBehind adds by to the counts behind the i-th, of n, up to the end of its span. None of them falls below 0 or grows over
// 16 bits, so that four can be added to at once.
func addBehind(counts []uint64, i, n int, by uint64) {
	const each = 1<<48 | 1<<32 | 1<<16 | 1
	if i++; i%spanLen == 0 || i >= n {
		return
	}
	rest := counts[i/4 : (min((i/spanLen+1)*spanLen, n)+3)/4]
	rest[0] += each << (i % 4 * 16) * by
	for k := 1; k < len(rest); k++ {
		rest[k] += each * by
	}
}

// below returns how many positions of the set are less than pos.
func (c *column) below(pos int32) int32 {
	if len(c.words) <= bareBlocks {
		return c.bareBelow(int(uint32(pos)/blockLen), 1<<(pos%blockLen)-1)
	}
	s := spotOf(pos, len(c.words))
	return c.belowSpot(&s)
}

// bareBelow counts those in the words before a block, and of its own word those in lower.
func (c *column) bareBelow(block int, lower uint64) int32 {
	n := bits.OnesCount64(c.words[block] & lower)
	for _, w := range c.words[:block] {
		n += bits.OnesCount64(w)
	}
	return int32(n)
}

// belowSpot is like below.
func (c *column) belowSpot(s *spot) int32 {
	if len(c.words) <= bareBlocks {
		return c.bareBelow(s.block, s.lower)
	}
	return int32(bits.OnesCount64(c.words[s.block]&s.lower)) + int32(uint16(c.counts[s.near]>>(s.nearBy&63))) +
		int32(uint16(c.counts[s.wide]>>(s.wideBy&63))) + int32(c.counts[s.far])
}

// above returns how many positions of the set are greater than pos.
func (c *column) above(pos int32) int32 {
	if c.total == 0 || pos >= c.top {
		return 0
	}
	n := c.total - c.below(pos)
	if c.has(pos) {
		n--
	}
	return n
}

// move brings what is known of position from to position to, which loses what it had.
func (c *column) move(from, to int32) {
	switch had, has := c.has(to), c.has(from); {
	case has && !had:
		c.set(to)
	case had && !has:
		c.clear(to)
	}
}

// reset empties the set and makes room for so many blocks.
func (c *column) reset(blocks int) {
	c.words, c.counts = zeros(c.words, blocks), c.counts[:0]
	c.total, c.top = 0, -1
	if blocks > bareBlocks {
		stretches, _, near := parts(blocks)
		c.counts = zeros(c.counts, near+stretches*(spanLen/4))
	}
}

// zeros returns n zeros, in s where they fit.
func zeros(s []uint64, n int) []uint64 {
	if cap(s) < n {
		return make([]uint64, n)
	}
	s = s[:n]
	clear(s)
	return s
}
