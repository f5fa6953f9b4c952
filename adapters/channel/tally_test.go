package channel

import (
	"fmt"
	"sync"
	"testing"
)

// TestTally counts from many goroutines, and keeps the last of what was dropped.
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
	for n := range DroppedMax + 3 {
		tally.Drop(Dropped{ID: fmt.Sprint(n)})
	}
	kept := map[string]bool{}
	for _, d := range tally.Dropped() {
		kept[d.ID] = true
	}
	if len(kept) != DroppedMax || kept["2"] || !kept["3"] || !kept[fmt.Sprint(DroppedMax+2)] {
		t.Errorf("%d are kept: number 2 %t, number 3 %t", len(kept), kept["2"], kept["3"])
	}
}
