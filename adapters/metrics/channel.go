package metrics

import (
	"cmp"
	"container/heap"
	"slices"

	"fairline/engine"
	"fairline/policy"
)

// A channel is what is known of the tickets of one channel.
type channel struct {
	name    string
	target  policy.Target
	states  [held + 1]int
	held    [engine.ByInterrupt + 1]int // of states[held], by cause
	missed  map[*ticket]struct{}        // missed by missersMax agents, waiting or offered
	window  window
	overdue int   // waiting or offered, for longer than the target: W_T
	fresh   queue // those not known to be overdue; some have been answered or have ended
	oldest  queue // all; likewise
}

// retarget begins the queues anew for another target.
func (c *channel) retarget(t policy.Target) {
	c.target, c.overdue, c.fresh, c.oldest = t, 0, nil, nil
	if c.missed == nil {
		c.missed = map[*ticket]struct{}{}
	}
}

// wait enters a ticket that waits from now on, or again.
func (c *channel) wait(id engine.TicketID, arrived engine.Instant, tickets map[engine.TicketID]*ticket) {
	p := engine.Place{Arrived: arrived, Seq: id}
	heap.Push(&c.oldest, p)
	if c.target.Within > 0 {
		heap.Push(&c.fresh, p)
	}
	if most := 2*(c.states[waiting]+c.states[offered]) + slack; len(c.oldest) > most || len(c.fresh) > most {
		c.oldest, c.fresh = c.oldest.thinned(tickets), c.fresh.thinned(tickets)
	}
}

// slack is how many places of tickets that wait no more a queue may have beside as many as wait.
const slack = 1024

// served takes a ticket off that is answered or has ended. Its place in the queues goes when it comes to their front.
func (c *channel) served(t *ticket) {
	if t.late {
		t.late = false
		c.overdue--
	}
}

// settle finds who has become overdue, and takes from the front of the queues those who wait no more. It costs what
// has happened since it was last called.
func (c *channel) settle(now engine.Instant, tickets map[engine.TicketID]*ticket) {
	for len(c.fresh) > 0 && now.Sub(c.fresh[0].Arrived) > c.target.Within {
		t := tickets[heap.Pop(&c.fresh).(engine.Place).Seq]
		if waits(t) && !t.late {
			t.late = true
			c.overdue++
		}
	}
	for len(c.oldest) > 0 && !waits(tickets[c.oldest[0].Seq]) {
		heap.Pop(&c.oldest)
	}
}

func waits(t *ticket) bool { return t != nil && t.state <= offered }

// oldestWait is how long the earliest ticket waits; 0 when nobody does. settle comes first.
func (c *channel) oldestWait(now engine.Instant) engine.Duration {
	if len(c.oldest) == 0 {
		return 0
	}
	return max(0, now.Sub(c.oldest[0].Arrived))
}

// A queue is a heap of places, the earliest first. Tickets come nearly in order, so that entering one costs a
// comparison.
type queue []engine.Place

// Len, Less, Swap, Push and Pop are heap.Interface.
func (q queue) Len() int { return len(q) }

// Less orders by place.
func (q queue) Less(i, j int) bool { return q[i].Before(q[j]) }

// Swap exchanges two.
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }

// Push appends one.
func (q *queue) Push(x any) { *q = append(*q, x.(engine.Place)) }

// Pop takes the last.
func (q *queue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

// thinned is the queue with each ticket that waits, once. A sorted list is a heap.
func (q queue) thinned(tickets map[engine.TicketID]*ticket) queue {
	q = slices.DeleteFunc(q, func(p engine.Place) bool { return !waits(tickets[p.Seq]) })
	slices.SortFunc(q, func(a, b engine.Place) int {
		return cmp.Or(cmp.Compare(a.Arrived, b.Arrived), cmp.Compare(a.Seq, b.Seq))
	})
	return slices.Compact(q)
}
