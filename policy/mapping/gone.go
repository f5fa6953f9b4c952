package mapping

import "sync"

// GoneMax is how many contacts that were taken back are remembered.
const GoneMax = 10_000

// A Gone remembers contacts that were taken back, for events that come in the wrong order: note the ending before the line is
// told of it, and ask before and after a contact is handed in. Past GoneMax the oldest is forgotten. The zero value is empty;
// it may be used by any goroutine.
type Gone struct {
	mutex   sync.Mutex
	reasons map[string]string
	order   []string
	next    int
}

// Add notes that a contact was taken back. The first reason stays.
func (g *Gone) Add(id, reason string) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if g.reasons == nil {
		g.reasons = map[string]string{}
	}
	if _, ok := g.reasons[id]; ok {
		return
	}
	g.reasons[id] = reason
	if len(g.order) < GoneMax {
		g.order = append(g.order, id)
		return
	}
	delete(g.reasons, g.order[g.next])
	g.order[g.next] = id
	g.next = (g.next + 1) % GoneMax
}

// Reason is why a contact was taken back, and whether it was.
func (g *Gone) Reason(id string) (string, bool) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	reason, ok := g.reasons[id]
	return reason, ok
}
