package channel

import (
	"slices"
	"sync"
	"time"
)

// DroppedMax is how many of the last events that became nothing a Tally keeps.
const DroppedMax = 256

// A Dropped is an event that became nothing. It has no text and nobody's name.
type Dropped struct {
	At     time.Time
	Source string // where it came from: the path of an endpoint, the name of an account
	Event  string // of the mapping
	ID     string // of the contact that it would have been
	Why    string
}

// A Tally counts what comes from one source, in an S of numbers that only grow, and keeps the last events that became nothing.
// The zero value is ready. It may be used by any goroutine.
type Tally[S any] struct {
	mutex   sync.Mutex
	stats   S
	dropped []Dropped
	next    int
}

// Count changes the counts. change is called once, while nobody else counts.
func (t *Tally[S]) Count(change func(*S)) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	change(&t.stats)
}

// Stats returns the counts so far.
func (t *Tally[S]) Stats() S {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return t.stats
}

// Drop keeps an event that became nothing, in the place of the oldest where there are DroppedMax.
func (t *Tally[S]) Drop(d Dropped) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if len(t.dropped) < DroppedMax {
		t.dropped = append(t.dropped, d)
		return
	}
	t.dropped[t.next] = d
	t.next = (t.next + 1) % DroppedMax
}

// Dropped returns what is kept, in no order.
func (t *Tally[S]) Dropped() []Dropped {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return slices.Clone(t.dropped)
}
