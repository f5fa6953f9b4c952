package engine

// timerKind says what a timer's ref is.
type timerKind uint8

const (
	offerTimer  timerKind = iota + 1 // ref is an offer's slot: its deadline
	wrapTimer                        // ref is an offer's slot: the end of its wrap-up
	coolTimer                        // ref is a cool-off's slot
	hoursTimer                       // the next opening or closing of a class
	ticketTimer                      // ref is a ticket's handle: what time does to it next
	lossTimer                        // ref is an agent's number: the end of its work in hand
	limitTimer                       // ref is a class: a start leaves its window
	capTimer                         // ref is an agent's number: a start leaves the window of a cap it reached
)

type timer struct {
	at   Instant
	n    uint64 // timers of one instant fire in the order in which they were set
	kind timerKind
	ref  uint32
}

// timers is a heap of what is to happen, earliest first. The owner of a timer keeps its position and is told when it
// moves, so that any timer can be taken out.
type timers struct {
	heap  []timer
	set   uint64
	moved func(k timerKind, ref uint32, pos int32)
}

func (h *timers) add(at Instant, k timerKind, ref uint32) {
	h.set++
	h.heap = append(h.heap, timer{at: at, n: h.set, kind: k, ref: ref})
	h.up(len(h.heap) - 1)
}

// remove takes the timer at pos out; its owner is told the position -1.
func (h *timers) remove(pos int32) {
	last := len(h.heap) - 1
	out := h.heap[pos]
	if int(pos) < last {
		h.heap[pos] = h.heap[last]
	}
	h.heap = h.heap[:last]
	if int(pos) < last {
		h.down(h.up(int(pos)))
	}
	h.moved(out.kind, out.ref, -1)
}

func (h *timers) earlier(i, j int) bool {
	a, b := &h.heap[i], &h.heap[j]
	return a.at < b.at || a.at == b.at && a.n < b.n
}

func (h *timers) up(i int) int {
	for i > 0 && h.earlier(i, (i-1)/4) {
		h.heap[i], h.heap[(i-1)/4] = h.heap[(i-1)/4], h.heap[i]
		h.tell(i)
		i = (i - 1) / 4
	}
	h.tell(i)
	return i
}

func (h *timers) down(i int) {
	for {
		least := i
		for c := 4*i + 1; c <= 4*i+4 && c < len(h.heap); c++ {
			if h.earlier(c, least) {
				least = c
			}
		}
		if least == i {
			h.tell(i)
			return
		}
		h.heap[i], h.heap[least] = h.heap[least], h.heap[i]
		h.tell(i)
		i = least
	}
}

func (h *timers) tell(i int) { h.moved(h.heap[i].kind, h.heap[i].ref, int32(i)) }
