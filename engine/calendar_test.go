package engine

import (
	"testing"

	"pgregory.net/rapid"
)

// TestCalendarByHand compares a calendar with looking at every second.
func TestCalendarByHand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var spans []Span
		at := Instant(0)
		for range rapid.IntRange(0, 5).Draw(t, "spans") {
			from := at + Instant(rapid.IntRange(1, 5).Draw(t, "closed"))
			at = from + Instant(rapid.IntRange(1, 5).Draw(t, "open"))
			spans = append(spans, Span{from, at})
		}
		c := NewCalendar(spans)
		open := func(t Instant) bool {
			for _, s := range spans {
				if s.From <= t && t < s.To {
					return true
				}
			}
			return false
		}
		clock := Duration(0)
		first := map[Duration]Instant{}
		for i := Instant(0); i < 60; i++ {
			if c.Open(i) != open(i) || c.Opened(i) != clock {
				t.Fatalf("at %d: open %v, clock %d; by hand %v, %d", i, c.Open(i), c.Opened(i), open(i), clock)
			}
			if _, ok := first[clock]; !ok && (clock > 0 || open(i)) {
				first[clock] = i
			}
			turn := i + 1
			for turn < 60 && open(turn) == open(i) {
				turn++
			}
			if got := c.Turn(i); got != turn && !(turn == 60 && got == None) {
				t.Fatalf("at %d: turns at %d, by hand %d", i, got, turn)
			}
			if open(i) {
				clock++
			}
		}
		for d, want := range first {
			if got := c.When(d); got != want {
				t.Fatalf("clock %d is reached at %d, by hand %d", d, got, want)
			}
		}
		if got := c.When(clock + 1); got != None {
			t.Fatalf("clock %d is reached at %d, by hand never", clock+1, got)
		}
	})
}
