package channel

import (
	"sync"
	"testing"
)

// TestTally counts from many goroutines.
func TestTally(t *testing.T) {
	type counts struct{ Events uint64 }
	var tally Tally[counts]
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 1000 {
				tally.Count(func(c *counts) { c.Events++ })
			}
		})
	}
	all.Wait()
	if n := tally.Stats().Events; n != 8000 {
		t.Errorf("%d events were counted", n)
	}
}
