package engine

import (
	"math"
	"math/bits"
)

// A front is the earliest of a class who waits: nobody of it stands before that place, or has waited longer.
type front struct {
	place  Place
	opened Duration
}

// nowhere is behind every place.
var nowhere = Place{Arrived: math.MaxInt64, Seq: math.MaxUint64}

// front returns the front of l, nowhere where nobody waits.
func (e *Engine) front(l *leaf) *front {
	if !l.calm {
		l.calm = true
		e.findFront(l)
	}
	return &l.front
}

func (e *Engine) findFront(l *leaf) {
	l.front = front{place: nowhere, opened: None}
	first := handle(0)
	for w, set := range l.open {
		for ; set != 0; set &= set - 1 {
			if r := l.regs[w*64+bits.TrailingZeros64(set)]; r.place.Before(l.front.place) {
				l.front.place, first = r.place, r.first
			}
		}
	}
	if first != 0 {
		l.front.opened = e.tickets.at(first).opened
	}
}

// stir forgets what was found of the heads of the registers of l.
func (l *leaf) stir() { l.kept, l.calm = 0, false }
