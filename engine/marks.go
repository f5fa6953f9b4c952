package engine

import (
	"cmp"
	"slices"
)

// A start that overtakes leaves a mark at its own position, in one column for each counter it counts for and each
// demand its agent could have served. How often a ticket was overtaken is the number of marks after its position in
// the column of its demand: nothing is written to those who were overtaken. An offer leaves its mark when it is made,
// and takes it back when it fails.
//
// A ticket that comes into the index between others takes off the marks that were there before it: its base. A mark it
// takes off may still be taken back; such debts between an offer and a ticket are noted with the offer.
type marks struct {
	columns [][]*column // by counter, by demand; nil: no mark yet
	top     int32       // there is no mark after it; kept for those of the line
}

// A debt says that ticket has counted the mark of an offer for counter so many times (0 or 1), where that is not plain
// from the columns: the ticket came later, or is out of the index.
type debt struct {
	ticket  TicketID
	counter int
	given   int32
}

func (m *marks) at(counter int, d DemandID) *column {
	if counter < len(m.columns) && int(d) < len(m.columns[counter]) {
		return m.columns[counter][d]
	}
	return nil
}

// column is like at and makes the column if need be.
func (m *marks) column(x *index, counter int, d DemandID) *column {
	for counter >= len(m.columns) {
		m.columns = append(m.columns, nil)
	}
	for int(d) >= len(m.columns[counter]) {
		m.columns[counter] = append(m.columns[counter], nil)
	}
	if m.columns[counter][d] == nil {
		m.columns[counter][d] = x.column()
	}
	return m.columns[counter][d]
}

// count returns the marks after pos.
func (m *marks) count(counter int, d DemandID, pos int32) int32 {
	if c := m.at(counter, d); c != nil {
		return c.above(pos)
	}
	return 0
}

func (m *marks) has(counter int, d DemandID, pos int32) bool {
	c := m.at(counter, d)
	return c != nil && c.has(pos)
}

// slips returns how often t, which is in the index, was overtaken by what the i-th counter of its class counts.
func (e *Engine) slips(t *ticket, l *leaf, i int) int32 {
	if t.pos >= e.marks.top {
		return -t.slips[i]
	}
	return e.slipsBehind(t, l, i)
}

func (e *Engine) slipsBehind(t *ticket, l *leaf, i int) int32 {
	return e.passes(l, l.counters[i], t.demand, t.pos) - t.slips[i]
}

// passes counts the marks after pos that say something to tickets of class l; passed reports whether one at pos does.
func (e *Engine) passes(l *leaf, counter int, d DemandID, pos int32) int32 {
	n := e.marks.count(counter, d, pos)
	if len(l.excused.columns) > 0 {
		n -= l.excused.count(counter, d, pos)
	}
	return n
}

func (e *Engine) passed(l *leaf, counter int, d DemandID, pos int32) bool {
	return e.marks.has(counter, d, pos) && !l.excused.has(counter, d, pos)
}

// mark notes the start of o, of a ticket of class c, unless nobody stands before it.
func (e *Engine) mark(o *offer, c ClassID) {
	t := e.tickets.at(o.ticket)
	if e.index.first() == t.pos {
		return
	}
	e.marks.top = max(e.marks.top, t.pos)
	cost := e.skills.profiles[o.profile].cost
	for _, k := range e.tree.leaves[c].counters {
		if !e.tree.counts(k, c) {
			continue
		}
		room := e.tree.room(k)
		for d, c := range cost {
			if c > 0 && (c <= o.had) != room {
				e.marks.column(&e.index, k, DemandID(d)).set(t.pos)
				e.excuse(k, DemandID(d), t.pos)
			}
		}
	}
}

// excuse notes in the classes that are shut that the mark says nothing to them.
func (e *Engine) excuse(counter int, d DemandID, pos int32) {
	if e.shut == 0 {
		return
	}
	for _, l := range e.tree.leaves {
		if l.shut && int(d) < len(l.regs) && l.regs[d] != nil {
			l.excused.column(&e.index, counter, d).set(pos)
		}
	}
}

// unmark takes the mark of o back from exactly those it was given to.
func (e *Engine) unmark(o *offer) {
	pos := e.tickets.at(o.ticket).pos
	for _, d := range o.debts {
		h := e.tickets.find(d.ticket)
		if h == 0 {
			continue
		}
		t := e.tickets.at(h)
		l := e.tree.leaves[t.class]
		i := l.slot(d.counter)
		switch {
		case i < 0:
		case !t.indexed:
			t.slips[i] -= d.given
		case t.pos < pos && e.passed(l, d.counter, t.demand, pos):
			t.slips[i] += d.given - 1
		default:
			t.slips[i] += d.given
		}
	}
	o.debts = o.debts[:0]
	e.marks.clear(pos)
	for _, l := range e.tree.leaves {
		l.excused.clear(pos)
	}
}

// clear takes every mark at pos away.
func (m *marks) clear(pos int32) {
	for k := range m.columns {
		for _, c := range m.columns[k] {
			if c != nil && c.has(pos) {
				c.clear(pos)
			}
		}
	}
}

// takeOut brings the slips of t, which leaves the index but may come back, from marks to a plain count, and notes what
// it has counted of the offers that still ring. Where t leaves because its offer since was accepted, whoever passed it
// after that offer overtook nobody.
func (e *Engine) takeOut(t *ticket, since OfferID) {
	l := e.tree.leaves[t.class]
	for _, n := range e.offers.ringing {
		o := e.offers.at(n)
		if !t.place.Before(o.place) {
			continue
		}
		if since != 0 && o.id > since {
			o.quit(t.place.Seq)
			continue
		}
		pos := e.tickets.at(o.ticket).pos
		for _, k := range l.counters {
			if e.passed(l, k, t.demand, pos) && o.debt(t.place.Seq, k) == nil {
				o.debts = append(o.debts, debt{ticket: t.place.Seq, counter: k, given: 1})
			}
		}
	}
	for i, k := range l.counters {
		t.slips[i] = e.slips(t, l, i)
		if since != 0 {
			t.slips[i] -= e.standing(t, since, k)
		}
	}
}

// standing counts the starts and open offers made after offer since, to t, that passed t and count for counter k.
func (e *Engine) standing(t *ticket, since OfferID, k int) int32 {
	n := int32(0)
	for i := since + 1 - e.recent.first; int(i) < len(e.recent.asks); i++ {
		a := &e.recent.asks[i]
		if a.outcome != failed && a.passes(t.place, t.demand, &e.skills, e.tree.room(k)) && a.counts(k, e.tree) {
			n++
		}
	}
	return n
}

// counts reports whether starts of class c count for counter k.
func (t *tree) counts(k int, c ClassID) bool {
	return k == 0 || t.leaves[c].slot(k) >= 0 && !t.counting[k].except[c]
}

// takeIn is the reverse: t has its position, and its slips become what to take off the marks after it. It reports
// whether t is odd among its register.
func (e *Engine) takeIn(t *ticket) bool {
	l := e.tree.leaves[t.class]
	e.registerOf(l, t.demand) // so that what passes it while its class is shut is excused
	odd := false
	for i, k := range l.counters {
		odd = odd || t.slips[i] != 0 // others here may not have seen what passed it
		t.slips[i] = e.passes(l, k, t.demand, t.pos) - t.slips[i]
		odd = odd || t.slips[i] != 0
	}
	for _, n := range e.offers.ringing {
		o := e.offers.at(n)
		if !t.place.Before(o.place) {
			continue
		}
		pos := e.tickets.at(o.ticket).pos
		for _, k := range l.counters {
			has := e.passed(l, k, t.demand, pos)
			if d := o.debt(t.place.Seq, k); d == nil && has {
				o.debts = append(o.debts, debt{ticket: t.place.Seq, counter: k})
				odd = true
			} else if d != nil {
				odd = true
			}
		}
	}
	return odd
}

// debt returns what is noted of a ticket and a counter, or nil.
func (o *offer) debt(t TicketID, counter int) *debt {
	for i := range o.debts {
		if d := &o.debts[i]; d.ticket == t && d.counter == counter {
			return d
		}
	}
	return nil
}

// sortedDebt is like debt where the debts are sorted.
func (o *offer) sortedDebt(t TicketID, counter int) (debt, bool) {
	i, found := slices.BinarySearchFunc(o.debts, debt{ticket: t, counter: counter}, debt.compare)
	if !found {
		return debt{}, false
	}
	return o.debts[i], true
}

// compare orders debts by ticket and counter.
func (d debt) compare(other debt) int {
	return cmp.Or(cmp.Compare(d.ticket, other.ticket), cmp.Compare(d.counter, other.counter))
}

// quit settles all debts with a ticket: it has counted nothing of the offer.
func (o *offer) quit(t TicketID) {
	for i := range o.debts {
		if o.debts[i].ticket == t {
			o.debts[i].given = 0
		}
	}
}
