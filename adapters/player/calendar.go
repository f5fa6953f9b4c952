package player

import (
	"container/heap"
	"time"
)

// An action is something to do at a time. Repetitions of requests and the like are not planned: they do
// not keep a play alive.
type action struct {
	at      time.Time
	seq     uint64
	planned bool
	do      func()
}

// A calendar holds actions by time; those of one time in the order in which they were entered.
type calendar struct {
	heap    actions
	seq     uint64
	planned int // of those in heap
}

func (c *calendar) plan(at time.Time, do func()) { c.enter(action{at: at, planned: true, do: do}) }
func (c *calendar) note(at time.Time, do func()) { c.enter(action{at: at, do: do}) }

func (c *calendar) enter(a action) {
	c.seq++
	a.seq = c.seq
	if a.planned {
		c.planned++
	}
	heap.Push(&c.heap, a)
}

// next returns when the first action is due, and false if there is none.
func (c *calendar) next() (time.Time, bool) {
	if len(c.heap) == 0 {
		return time.Time{}, false
	}
	return c.heap[0].at, true
}

// take removes the first action if it is due at now.
func (c *calendar) take(now time.Time) (action, bool) {
	if at, ok := c.next(); !ok || at.After(now) {
		return action{}, false
	}
	a := heap.Pop(&c.heap).(action)
	if a.planned {
		c.planned--
	}
	return a, true
}

type actions []action

func (h actions) Len() int { return len(h) }
func (h actions) Less(i, j int) bool {
	if !h[i].at.Equal(h[j].at) {
		return h[i].at.Before(h[j].at)
	}
	return h[i].seq < h[j].seq
}
func (h actions) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *actions) Push(x any)   { *h = append(*h, x.(action)) }
func (h *actions) Pop() any {
	old := *h
	last := old[len(old)-1]
	old[len(old)-1] = action{} // lets go of the closure
	*h = old[:len(old)-1]
	return last
}
