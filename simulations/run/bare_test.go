package run

import (
	"math"

	"fairline/engine"
	"fairline/simulations/stream"
)

// A bare is the least that a simulator of W1 to W3 can do: two queues, a heap of ends of service and one of patience, and sums
// of waits; no policy, no ledger, no metrics. It is the limit that the player is compared with. Its draws are the player's.
type bare struct {
	rate, patience float64 // a minute; minutes, 0: for ever
	agents         int
	high           float64 // the part of the first class

	arrivals, services, patiences, kinds stream.Base
	ends                                 bareTimes // of agents at work
	leaves                               bareLeaves
	queues                               [2]bareQueue
	waiting                              int
	waits                                [2]float64
	counts                               [2]int
	left                                 int
}

type bareTicket struct {
	at   int64
	id   uint64
	live bool
}

// A bareQueue is a ring.
type bareQueue struct {
	ring       []bareTicket
	head, tail uint64
}

func (q *bareQueue) at(n uint64) *bareTicket { return &q.ring[n&uint64(len(q.ring)-1)] }

func (q *bareQueue) push(at int64, id uint64) uint64 {
	if q.tail-q.head == uint64(len(q.ring)) {
		old := *q
		q.ring = make([]bareTicket, max(64, 2*len(old.ring)))
		for n := old.head; n < old.tail; n++ {
			*q.at(n) = *old.at(n)
		}
	}
	*q.at(q.tail) = bareTicket{at, id, true}
	q.tail++
	return q.tail - 1
}

// pop returns the first that has not left.
func (q *bareQueue) pop() *bareTicket {
	for q.head < q.tail {
		t := q.at(q.head)
		q.head++
		if t.live {
			return t
		}
	}
	return nil
}

type bareTimes []int64

func (h *bareTimes) push(x int64) {
	*h = append(*h, x)
	s := *h
	i := len(s) - 1
	for ; i > 0 && x < s[(i-1)/4]; i = (i - 1) / 4 {
		s[i] = s[(i-1)/4]
	}
	s[i] = x
}

// replace puts x in the place of the first.
func (h bareTimes) replace(x int64) {
	i := 0
	for 4*i+1 < len(h) {
		c := 4*i + 1
		for k := c + 1; k < min(c+4, len(h)); k++ {
			if h[k] < h[c] {
				c = k
			}
		}
		if x <= h[c] {
			break
		}
		h[i], i = h[c], c
	}
	h[i] = x
}

func (h *bareTimes) pop() {
	s := *h
	x := s[len(s)-1]
	*h = s[:len(s)-1]
	if len(*h) > 0 {
		h.replace(x)
	}
}

type bareLeave struct {
	at    int64
	place uint64
	id    uint64
	queue int
}

type bareLeaves []bareLeave

func (h *bareLeaves) push(x bareLeave) {
	*h = append(*h, x)
	s := *h
	i := len(s) - 1
	for ; i > 0 && x.at < s[(i-1)/4].at; i = (i - 1) / 4 {
		s[i] = s[(i-1)/4]
	}
	s[i] = x
}

func (h *bareLeaves) pop() {
	s := *h
	x := s[len(s)-1]
	s = s[:len(s)-1]
	*h = s
	i := 0
	for 4*i+1 < len(s) {
		c := 4*i + 1
		for k := c + 1; k < min(c+4, len(s)); k++ {
			if s[k].at < s[c].at {
				c = k
			}
		}
		if x.at <= s[c].at {
			break
		}
		s[i], i = s[c], c
	}
	if len(s) > 0 {
		s[i] = x
	}
}

func newBare(rate float64, agents int, high, patience float64) *bare {
	b := &bare{rate: rate, agents: agents, high: high, patience: patience}
	b.arrivals, b.services = stream.Of(1, 0, "bare", 0), stream.Of(1, 0, "bare", 1)
	b.patiences, b.kinds = stream.Of(1, 0, "bare", 2), stream.Of(1, 0, "bare", 3)
	return b
}

func bareSpan(u, mean float64) int64 {
	return int64(-math.Log(1-u)*mean*float64(engine.Minute) + 0.5)
}

// play lets so many customers come.
func (b *bare) play(customers uint64) {
	next := int64(0)
	for n := uint64(0); n < customers; {
		at, what := next, 0
		if len(b.ends) > 0 && b.ends[0] < at {
			at, what = b.ends[0], 1
		}
		if len(b.leaves) > 0 && b.leaves[0].at < at {
			at, what = b.leaves[0].at, 2
		}
		switch what {
		case 0:
			b.arrive(at, n)
			n++
			next = at + bareSpan(b.arrivals.At(n), 1/b.rate)
		case 1:
			b.end(at)
		default:
			b.leave(at)
		}
	}
}

func (b *bare) arrive(at int64, id uint64) {
	queue := 1
	if b.high > 0 && b.kinds.At(id) < b.high {
		queue = 0
	}
	if len(b.ends) < b.agents {
		b.counts[queue]++
		b.ends.push(at + bareSpan(b.services.At(id), 1))
		return
	}
	place := b.queues[queue].push(at, id)
	b.waiting++
	if b.patience > 0 {
		b.leaves.push(bareLeave{at + bareSpan(b.patiences.At(id), b.patience), place, id, queue})
	}
}

func (b *bare) end(at int64) {
	for i := range b.queues {
		if t := b.queues[i].pop(); t != nil {
			b.counts[i]++
			b.waits[i] += float64(at - t.at)
			b.waiting--
			t.live = false
			b.ends.replace(at + bareSpan(b.services.At(t.id), 1))
			return
		}
	}
	b.ends.pop()
}

func (b *bare) leave(at int64) {
	x := b.leaves[0]
	b.leaves.pop()
	q := &b.queues[x.queue]
	if x.place < q.head {
		return
	}
	if t := q.at(x.place); t.live && t.id == x.id {
		t.live = false
		b.counts[x.queue]++
		b.waits[x.queue] += float64(at - t.at)
		b.left++
		b.waiting--
	}
}

// wait is the mean of all waits so far, in minutes.
func (b *bare) wait() float64 {
	return (b.waits[0] + b.waits[1]) / float64(b.counts[0]+b.counts[1]) / float64(engine.Minute)
}
