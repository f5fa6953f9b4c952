package host

import (
	"testing"

	"fairline/engine"
)

// TestLeases renews one of three again and again: the others end when they do.
func TestLeases(t *testing.T) {
	var l leases
	if l.due() != 0 || l.length(1) != 0 {
		t.Errorf("without leases one ends at %d", l.due())
	}
	l.set(1, 10, 0)
	l.set(2, 12, 0)
	l.set(3, 11, 0)
	l.renew(1, 5)
	if l.due() != 11 || l.first().agent != 3 {
		t.Errorf("the first ends at %d, want 11", l.due())
	}
	l.set(3, 0, 6)
	l.renew(1, 8)
	l.renew(3, 8) // it has none
	if l.due() != 12 {
		t.Errorf("the first ends at %d, want 12", l.due())
	}
	l.set(2, 20, 9)
	if l.due() != 18 || l.first().agent != 1 || l.length(2) != 20 {
		t.Errorf("the first ends at %d, want 18", l.due())
	}
	for n := range engine.Instant(1000) {
		l.set(1, 10, n)
	}
	if l.due() != 29 || len(l.queue) > 1100 {
		t.Errorf("the first ends at %d, %d are in the queue", l.due(), len(l.queue))
	}
}
