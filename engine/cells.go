package engine

import "slices"

// Where flows are values, the tickets of a register stand in cells, one for each flow, by place; the cells stand in a
// heap by the start of their first. When a flow is charged only its cells move.
type cells struct {
	node *node
	role int // of the register's class there
	heap []*cell
}

// A cell is the tickets of one flow in a register, by place.
type cell struct {
	in      *cells
	flow    int32
	pos     int // in the heap
	tickets []handle
}

func (c *cells) enter(e *Engine, h handle) {
	s := c.node.sharing
	t := e.tickets.at(h)
	f := s.flow(s.value(c.role, t))
	i := slices.IndexFunc(s.flows[f].cells, func(k *cell) bool { return k.in == c })
	if i < 0 {
		k := s.newCell()
		k.in, k.flow, k.pos, k.tickets = c, f, len(c.heap), append(k.tickets, h)
		s.flows[f].cells = append(s.flows[f].cells, k)
		c.heap = append(c.heap, k)
		c.up(e, k.pos)
		return
	}
	k := s.flows[f].cells[i]
	at, _ := slices.BinarySearchFunc(k.tickets, t.place, func(m handle, p Place) int { return e.tickets.at(m).place.compare(p) })
	k.tickets = slices.Insert(k.tickets, at, h)
	c.fix(e, k)
}

func (c *cells) leave(e *Engine, h handle) {
	s := c.node.sharing
	f := &s.flows[s.by[s.value(c.role, e.tickets.at(h))]]
	i := slices.IndexFunc(f.cells, func(k *cell) bool { return k.in == c })
	k := f.cells[i]
	at := slices.Index(k.tickets, h)
	k.tickets = slices.Delete(k.tickets, at, at+1)
	if len(k.tickets) > 0 {
		c.fix(e, k)
		return
	}
	f.cells = slices.Delete(f.cells, i, i+1)
	s.idle = append(s.idle, k)
	last := len(c.heap) - 1
	moved := c.heap[last]
	c.heap = c.heap[:last]
	if moved != k {
		c.heap[k.pos], moved.pos = moved, k.pos
		c.fix(e, moved)
	}
}

// fix puts k where it belongs by the start of its first.
func (c *cells) fix(e *Engine, k *cell) {
	c.up(e, k.pos)
	c.down(e, k.pos)
}

// start is the key of h, which stands in k.
func (c *cells) start(e *Engine, k *cell, h handle) int64 {
	s := c.node.sharing
	return max(s.flows[k.flow].finish, e.tags[int(h)*e.tree.shares+s.nth], s.since[c.role])
}

// newCell returns an empty cell, one that was used before where there is any.
func (s *sharing) newCell() *cell {
	n := len(s.idle)
	if n == 0 {
		return new(cell)
	}
	k := s.idle[n-1]
	s.idle = s.idle[:n-1]
	return k
}

func (c *cells) sooner(e *Engine, a, b *cell) bool {
	x, y := c.start(e, a, a.tickets[0]), c.start(e, b, b.tickets[0])
	return x < y || x == y && e.tickets.at(a.tickets[0]).place.Before(e.tickets.at(b.tickets[0]).place)
}

func (c *cells) up(e *Engine, i int) {
	for ; i > 0 && c.sooner(e, c.heap[i], c.heap[(i-1)/4]); i = (i - 1) / 4 {
		c.swap(i, (i-1)/4)
	}
}

func (c *cells) down(e *Engine, i int) {
	for {
		least := i
		for k := 4*i + 1; k <= 4*i+4 && k < len(c.heap); k++ {
			if c.sooner(e, c.heap[k], c.heap[least]) {
				least = k
			}
		}
		if least == i {
			return
		}
		c.swap(i, least)
		i = least
	}
}

func (c *cells) swap(i, j int) {
	c.heap[i], c.heap[j] = c.heap[j], c.heap[i]
	c.heap[i].pos, c.heap[j].pos = i, j
}

// least returns the head of the flow that is first among those who have somebody for whom ok holds, or 0.
func (c *cells) least(e *Engine, ok func(handle) bool) handle {
	var best pick
	if len(c.heap) > 0 {
		c.leastBelow(e, 0, &best, ok)
	}
	return best.ticket
}

func (c *cells) leastBelow(e *Engine, i int, best *pick, ok func(handle) bool) {
	k := c.heap[i]
	first := e.tickets.at(k.tickets[0])
	start := c.start(e, k, k.tickets[0])
	if best.ticket != 0 && (best.key < start || best.key == start && best.place.Before(first.place)) {
		return
	}
	if at := slices.IndexFunc(k.tickets, ok); at >= 0 {
		h := k.tickets[at]
		best.compare(h, c.start(e, k, h), e.tickets.at(h).place)
		if at == 0 {
			return // nobody below is sooner
		}
	}
	for n := 4*i + 1; n <= 4*i+4 && n < len(c.heap); n++ {
		c.leastBelow(e, n, best, ok)
	}
}

// reorder makes the heap anew.
func (c *cells) reorder(e *Engine) {
	for i := range c.heap {
		c.up(e, i)
	}
}
