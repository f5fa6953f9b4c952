package engine

import "math/bits"

const blockLen = 64

// A column is a set of positions of the index: a word of bits for each block of 64, and a Fenwick tree over the
// blocks. Rank queries cost O(log blocks).
type column struct {
	words []uint64
	sums  []int32 // Fenwick tree, 1-based: sums[0] is unused
	total int32
}

func newColumn(blocks int) *column {
	return &column{words: make([]uint64, blocks), sums: make([]int32, blocks+1)}
}

func (c *column) has(pos int32) bool { return c.words[pos/blockLen]>>(pos%blockLen)&1 != 0 }

// set adds pos, which must not be in the set.
func (c *column) set(pos int32) {
	c.words[pos/blockLen] |= 1 << (pos % blockLen)
	c.count(pos, 1)
}

// clear takes pos, which must be in the set, out.
func (c *column) clear(pos int32) {
	c.words[pos/blockLen] &^= 1 << (pos % blockLen)
	c.count(pos, -1)
}

func (c *column) count(pos, by int32) {
	c.total += by
	for i := int(pos/blockLen) + 1; i < len(c.sums); i += i & -i {
		c.sums[i] += by
	}
}

// below returns how many positions of the set are less than pos.
func (c *column) below(pos int32) int32 {
	if c.total == 0 {
		return 0
	}
	n := int32(bits.OnesCount64(c.words[pos/blockLen] & (1<<(pos%blockLen) - 1)))
	for i := int(pos / blockLen); i > 0; i -= i & -i {
		n += c.sums[i]
	}
	return n
}

// above returns how many positions of the set are greater than pos.
func (c *column) above(pos int32) int32 {
	if c.total == 0 {
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
	if cap(c.words) < blocks || cap(c.sums) < blocks+1 {
		*c = *newColumn(blocks)
		return
	}
	c.words, c.sums, c.total = c.words[:blocks], c.sums[:blocks+1], 0
	clear(c.words)
	clear(c.sums)
}
