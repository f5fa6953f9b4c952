package host

import (
	"fairline/engine"
)

// Limits of what is remembered of places told.
const (
	toldMax   = 1000 // tickets
	startsMax = 4096 // starts, to find who went ahead
)

// toldPlaces are what customers were told of their places, the last toldMax of them, and the starts since. It is no part of the
// journal: after a start nobody was told anything. It belongs to the host's goroutine.
type toldPlaces struct {
	of     map[engine.TicketID]*lastTold
	order  []toldEntry // the longest ago first; some were told again later, or have ended
	starts uint64      // so far
	ring   [startsMax]started
}

type toldEntry struct {
	ticket engine.TicketID
	last   *lastTold
}

// A lastTold is what was said of one ticket.
type lastTold struct {
	place  int
	at     engine.Instant
	ahead  []engine.TicketID // who stood before it, sorted
	starts uint64            // before it was told
}

// A started ticket is one that an agent took.
type started struct {
	ticket   engine.TicketID
	class    engine.ClassID
	overtook bool
}

// remember notes what a ticket was told, in place of what it was told before.
func (t *toldPlaces) remember(id engine.TicketID, now *lastTold) {
	if t.of == nil {
		t.of = map[engine.TicketID]*lastTold{}
	}
	t.of[id] = now
	t.order = append(t.order, toldEntry{id, now})
	for len(t.of) > toldMax || len(t.order) > 2*toldMax {
		if first := t.order[0]; t.of[first.ticket] == first.last {
			delete(t.of, first.ticket)
		}
		t.order = t.order[1:]
	}
}

// start notes that an agent took a ticket.
func (t *toldPlaces) start(s started) {
	t.ring[t.starts%startsMax] = s
	t.starts++
}

// since gives the starts after the first n, as far as they are remembered.
func (t *toldPlaces) since(n uint64) []started {
	var list []started
	for i := max(n, t.starts-min(t.starts, startsMax)); i < t.starts; i++ {
		list = append(list, t.ring[i%startsMax])
	}
	return list
}
