package engine

// layout gives everybody in the index a new position and makes room for as many again; h, which has none yet, goes in
// by its place (0: nobody does). What marks said is kept as plain counts; only those of ringing offers are made again.
// It costs O(n) and happens about once in n arrivals.
func (e *Engine) layout(h handle) {
	e.order = e.index.with(e.order[:0], h, e.tickets.at(h).place)
	kept := e.keepMarks()
	for i, s := range e.order {
		t := e.tickets.at(s)
		if t.indexed {
			l := e.tree.leaves[t.class]
			for i := range l.counters {
				t.slips[i] = e.slips(t, l, i)
			}
		}
		t.pos = layoutPos(i)
	}
	e.index.reset(len(e.order))
	e.marks.top = e.index.end
	for _, k := range kept {
		k.in.column(&e.index, k.counter, k.demand).set(e.tickets.at(e.offers.at(k.offer).ticket).pos)
	}
	for i, s := range e.order {
		t := e.tickets.at(s)
		e.index.lay(i, s, t.place)
		l := e.tree.leaves[t.class]
		if t.listed && t.counts {
			l.regs[t.demand].waits.set(t.pos)
		}
		if t.indexed {
			for i, k := range l.counters {
				t.slips[i] = e.passes(l, k, t.demand, t.pos) - t.slips[i]
			}
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
