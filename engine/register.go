package engine

// A register is the waiting tickets of one class and one demand: for any agent they are all alike but for their places
// and keys. It lists them by place. Where the order does not follow the place, a heap has them by key too.
type register struct {
	place       Place // of the first; what each decision asks stands together
	key         int64 // of the first, where the order is fixed
	waits       *column
	first, last handle
	class       ClassID
	demand      DemandID
	steady      bool
	plainly     bool  // its head is its first, by a key that is fixed
	fixed       fixed // the order of the node above its class, if it is so
	role        int   // of its class there
	n           int
	// quiet says for each counter of the class until which offer nobody here can have reached a bound.
	quiet [1 + CountersMax]OfferID
	heap  []handle
	odd   []handle // those whose slips do not fall with their place: they came back, or came late
	lots  bool     // each ticket draws for itself: instead of heap
	cells *cells   // where flows are values: instead of heap
	floor slips    // see rises
	any   bool
}

// rises reports whether s, the slips of a ticket that comes after all that were asked about, are more than those of an
// earlier one: then it is odd. It is asked while a register is filled anew, in order.
func (r *register) rises(s *slips, n int) bool {
	for i := range n {
		if r.any && s[i] > r.floor[i] {
			return true
		}
	}
	r.floor, r.any = *s, true
	return false
}

// enter puts h in its place. It looks from both ends: who comes back is near the front, who is new is at the end.
func (r *register) enter(s *tickets, h handle) {
	t := s.at(h)
	if r.last == 0 || s.at(r.last).place.Before(t.place) {
		t.prev, t.next = r.last, 0
		r.link(s, r.last, h, 0)
	} else {
		r.enterBetween(s, h)
	}
	r.n++
	if t.next != 0 || t.odd || t.attempt > 0 {
		r.quiet = [1 + CountersMax]OfferID{} // it brings slips that nobody reckoned with
	}
	if t.counts {
		r.waits.set(t.pos)
	}
	if r.heaped() {
		r.heap = append(r.heap, h)
		r.up(s, len(r.heap)-1)
	}
}

// enterBetween puts h in its place, which is not the last.
func (r *register) enterBetween(s *tickets, h handle) {
	t := s.at(h)
	before, after := r.last, r.first
	for before != 0 && t.place.Before(s.at(before).place) && after != 0 && s.at(after).place.Before(t.place) {
		before, after = s.at(before).prev, s.at(after).next
	}
	if before != 0 && t.place.Before(s.at(before).place) { // the walk from the front arrived first
		before = s.at(after).prev
	} else if before != 0 {
		after = s.at(before).next
	}
	t.prev, t.next = before, after
	r.link(s, before, h, after)
}

// heaped reports whether tickets have keys in the heap.
func (r *register) heaped() bool { return !r.steady && r.cells == nil && !r.lots }

func (r *register) link(s *tickets, before, h, after handle) {
	if before != 0 {
		s.at(before).next = h
	} else {
		r.lead(s, h)
	}
	if after != 0 {
		s.at(after).prev = h
	} else {
		r.last = h
	}
}

// lead makes h the first.
func (r *register) lead(s *tickets, h handle) {
	if r.first = h; h != 0 {
		r.place = s.at(h).place
		if r.fixed != nil {
			r.key = r.fixed.key(r.role, s.at(h))
		}
	}
}

func (r *register) leave(s *tickets, h handle) {
	t := s.at(h)
	if t.prev != 0 {
		s.at(t.prev).next = t.next
	} else {
		r.lead(s, t.next)
	}
	if t.next != 0 {
		s.at(t.next).prev = t.prev
	} else {
		r.last = t.prev
	}
	t.prev, t.next = 0, 0
	r.n--
	if t.counts {
		r.waits.clear(t.pos)
	}
	if r.heaped() {
		r.cut(s, t.heapPos)
	}
	r.plain(s, h)
}

// mark notes that h is odd; plain takes that back.
func (r *register) mark(s *tickets, h handle) {
	s.at(h).oddPos = int32(len(r.odd))
	r.odd = append(r.odd, h)
}

func (r *register) plain(s *tickets, h handle) {
	t := s.at(h)
	if t.oddPos < 0 {
		return
	}
	last := r.odd[len(r.odd)-1]
	r.odd[t.oddPos] = last
	s.at(last).oddPos = t.oddPos
	r.odd = r.odd[:len(r.odd)-1]
	t.oddPos = -1
}

func (r *register) sooner(s *tickets, a, b handle) bool {
	x, y := s.at(a), s.at(b)
	return x.key < y.key || x.key == y.key && x.place.Before(y.place)
}

func (r *register) up(s *tickets, i int) {
	for ; i > 0 && r.sooner(s, r.heap[i], r.heap[(i-1)/4]); i = (i - 1) / 4 {
		r.swap(s, i, (i-1)/4)
	}
	s.at(r.heap[i]).heapPos = int32(i)
}

func (r *register) down(s *tickets, i int) {
	for {
		least := i
		for c := 4*i + 1; c <= 4*i+4 && c < len(r.heap); c++ {
			if r.sooner(s, r.heap[c], r.heap[least]) {
				least = c
			}
		}
		s.at(r.heap[i]).heapPos = int32(i)
		if least == i {
			return
		}
		r.swap(s, i, least)
		i = least
	}
}

func (r *register) swap(s *tickets, i, j int) {
	r.heap[i], r.heap[j] = r.heap[j], r.heap[i]
	s.at(r.heap[i]).heapPos, s.at(r.heap[j]).heapPos = int32(i), int32(j)
}

// cut takes the i-th of the heap out.
func (r *register) cut(s *tickets, i int32) {
	last := len(r.heap) - 1
	s.at(r.heap[i]).heapPos = -1
	r.heap[i] = r.heap[last]
	r.heap = r.heap[:last]
	if int(i) < last {
		s.at(r.heap[i]).heapPos = i
		r.up(s, int(i))
		r.down(s, int(s.at(r.heap[i]).heapPos))
	}
}

// least returns the one with the least key for which ok holds, or 0, looking at nobody behind one that is ok.
func (r *register) least(s *tickets, ok func(handle) bool) handle {
	if len(r.heap) == 0 {
		return 0
	}
	return r.leastBelow(s, 0, 0, ok)
}

func (r *register) leastBelow(s *tickets, i int, best handle, ok func(handle) bool) handle {
	h := r.heap[i]
	if best != 0 && r.sooner(s, best, h) {
		return best
	}
	if ok(h) {
		return h
	}
	for c := 4*i + 1; c <= 4*i+4 && c < len(r.heap); c++ {
		best = r.leastBelow(s, c, best, ok)
	}
	return best
}
