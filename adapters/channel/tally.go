package channel

import "sync"

// A Tally counts what comes from one source, in an S of numbers that only grow. The zero value is ready; it may be used by any
// goroutine.
type Tally[S any] struct {
	mutex sync.Mutex
	stats S
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
