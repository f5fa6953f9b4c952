package engine

// layout gives everybody in the index a new position and makes room for as many again; h, which has none yet, goes in
// by its place (0: nobody does). What marks said is kept as plain counts; only those of ringing offers are made again.
// It costs O(n) and happens about once in n arrivals.
func (e *Engine) layout(h handle) {
	order := e.order[:0]
	for _, s := range e.index.slots[:e.index.end] {
		if s == 0 {
			continue
		}
		if h != 0 && e.tickets.at(h).place.Before(e.tickets.at(s).place) {
			order, h = append(order, h, s), 0
			continue
		}
		order = append(order, s)
	}
	if h != 0 {
		order = append(order, h)
	}
	e.order = order
	kept := e.keepMarks()
	e.plainSlips(order, func(t *ticket, l *leaf, i int) int32 { return e.slips(t, l, i) })
	e.index.layout(order, func(h handle) Place { return e.tickets.at(h).place })
	for pos, s := range e.index.slots[:e.index.end] {
		if s == 0 {
			continue
		}
		t := e.tickets.at(s)
		t.pos = int32(pos)
		if t.listed && t.counts {
			e.tree.leaves[t.class].regs[t.demand].waits.set(t.pos)
		}
	}
	for _, k := range kept {
		k.in.column(&e.index, k.counter, k.demand).set(e.tickets.at(e.offers.at(k.offer).ticket).pos)
	}
	e.plainSlips(order, func(t *ticket, l *leaf, i int) int32 {
		return e.passes(l, l.counters[i], t.demand, t.pos) - t.slips[i]
	})
}

// plainSlips replaces the slips of all of order that are in the index already.
func (e *Engine) plainSlips(order []handle, by func(t *ticket, l *leaf, i int) int32) {
	for _, h := range order {
		t := e.tickets.at(h)
		if !t.indexed {
			continue
		}
		l := e.tree.leaves[t.class]
		for i := range l.counters {
			t.slips[i] = by(t, l, i)
		}
	}
}

// A keptMark is the mark of a ringing offer in one column.
type keptMark struct {
	in      *marks
	offer   uint32
	counter int
	demand  DemandID
}

func (e *Engine) keepMarks() []keptMark {
	var kept []keptMark
	for _, x := range e.offers.ringing {
		pos := e.tickets.at(e.offers.at(x).ticket).pos
		kept = e.marks.keep(kept, x, pos)
		for _, l := range e.tree.leaves {
			kept = l.excused.keep(kept, x, pos)
		}
	}
	return kept
}

// keep appends the marks of offer x, which are at pos.
func (m *marks) keep(kept []keptMark, x uint32, pos int32) []keptMark {
	for k := range m.columns {
		for d, c := range m.columns[k] {
			if c != nil && c.has(pos) {
				kept = append(kept, keptMark{in: m, offer: x, counter: k, demand: DemandID(d)})
			}
		}
	}
	return kept
}
