package engine

import (
	"slices"
	"sort"
)

// An index keeps the entries that wait or are under offer in order of arrival, one position each. A position whose
// entry is gone stays, because the mark of its start still counts for those before it. Columns are sets of positions:
// who waits in a register, and which starts count against whom (see marks). The structure is that of ENGINE.md.
type index struct {
	slots   []handle // by position; 0: nobody, or gone
	places  []Place  // by position, never falling; also of those that are gone
	end     int32    // the first position that was never used
	low     int32    // before it nobody is left
	live    int
	columns []*column
}

const (
	blocksMin = 8
	shiftMax  = 64 // how far entries are moved to make room
	gapEach   = 8  // after a new layout one position in so many is left free
)

func (x *index) blocks() int { return len(x.slots) / blockLen }

// column adds a new empty column.
func (x *index) column() *column {
	c := newColumn(x.blocks())
	x.columns = append(x.columns, c)
	return c
}

// last reports whether p is later than everything in the index.
func (x *index) last(p Place) bool { return x.end == 0 || x.places[x.end-1].Before(p) }

// insert gives h a position by its place, moving a few neighbours if need be; moved is called for each that moved. It
// reports false when there is no room near by: then the index needs a new layout.
func (x *index) insert(h handle, p Place, moved func(h handle, pos int32)) bool {
	if x.last(p) {
		if int(x.end) == len(x.slots) {
			return false
		}
		moved(h, x.push(h, p))
		return true
	}
	at := int32(sort.Search(int(x.end), func(i int) bool { return p.Before(x.places[i]) }))
	free, ok := x.room(at)
	if !ok {
		return false
	}
	if free == x.end {
		x.end++
	}
	for ; free > at; free-- {
		x.shift(free-1, free, moved)
	}
	for ; free < at-1; free++ {
		x.shift(free+1, free, moved)
	}
	x.put(free, h, p)
	x.live++
	moved(h, free)
	return true
}

// push gives h the first position that was never used, behind all, and returns it. There must be one.
func (x *index) push(h handle, p Place) int32 {
	pos := x.end
	x.slots[pos], x.places[pos] = h, p
	x.low = min(x.low, pos)
	x.end++
	x.live++
	return pos
}

// room finds the nearest position that nobody needs, within shiftMax of at.
func (x *index) room(at int32) (int32, bool) {
	for d := int32(0); d < shiftMax; d++ {
		if i := at + d; i < x.end && x.spare(i) || i == x.end && int(i) < len(x.slots) {
			return i, true
		}
		if i := at - 1 - d; i >= 0 && x.spare(i) {
			return i, true
		}
	}
	return 0, false
}

// spare reports whether position i holds nobody and no mark.
func (x *index) spare(i int32) bool {
	return x.slots[i] == 0 && !slices.ContainsFunc(x.columns, func(c *column) bool { return c.has(i) })
}

func (x *index) shift(from, to int32, moved func(h handle, pos int32)) {
	h := x.slots[from]
	for _, c := range x.columns {
		c.move(from, to)
	}
	x.put(to, h, x.places[from])
	for _, c := range x.columns {
		if c.has(from) {
			c.clear(from)
		}
	}
	x.slots[from] = 0
	if h != 0 {
		moved(h, to)
	}
}

func (x *index) put(pos int32, h handle, p Place) {
	x.slots[pos], x.places[pos] = h, p
	if h != 0 {
		x.low = min(x.low, pos)
	}
}

// first returns the lowest position that is in use, or end.
func (x *index) first() int32 {
	for x.low < x.end && x.slots[x.low] == 0 {
		x.low++
	}
	return x.low
}

// remove forgets who was at pos; marks at pos stay.
func (x *index) remove(pos int32) {
	x.slots[pos] = 0
	x.live--
}

// with appends all who are in the index to order, and h by its place p where h is not 0.
func (x *index) with(order []handle, h handle, p Place) []handle {
	for pos, s := range x.slots[:x.end] {
		if s == 0 {
			continue
		}
		if h != 0 && p.Before(x.places[pos]) {
			order, h = append(order, h), 0
		}
		order = append(order, s)
	}
	if h != 0 {
		order = append(order, h)
	}
	return order
}

// layoutPos is the position of the i-th after a new layout: there are gaps.
func layoutPos(i int) int32 { return int32(i + i/gapEach) }

// lay puts h where it belongs as the i-th of a new layout, and a gap behind it.
func (x *index) lay(i int, h handle, p Place) {
	pos := layoutPos(i)
	x.put(pos, h, p)
	if i%gapEach == gapEach-1 {
		x.put(pos+1, 0, p)
	}
}

// reset empties the index and every column, and makes room for n, who are to be laid, and as many again.
func (x *index) reset(n int) {
	blocks := max(blocksMin, (2*n+n/gapEach)/blockLen+2)
	x.slots = slices.Grow(x.slots[:0], blocks*blockLen)[:blocks*blockLen]
	x.places = slices.Grow(x.places[:0], blocks*blockLen)[:blocks*blockLen]
	clear(x.slots)
	x.end, x.low, x.live = layoutPos(n), 0, n
	for _, c := range x.columns {
		c.reset(blocks)
	}
}
