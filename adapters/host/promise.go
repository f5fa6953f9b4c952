package host

import (
	"sync"

	"fairline/engine"
)

// Limits of estimates.
const (
	// estimatesMax is how many estimates may wait for the one that is being made: each holds a copy of the line. One more
	// is answered without.
	estimatesMax = 4
	promisesMax  = 16 // of one ticket, that are remembered
)

// A Promise is an expected wait that was told and whose ticket was started, so that it is known what it was worth.
type Promise struct {
	Kept bool            // the start came within the wait that nine of ten were expected to stay below
	Off  engine.Duration // how much later than the middle expectation it came; negative: earlier
}

// A promise is an expected wait that a ticket was told.
type promise struct {
	at       engine.Instant
	p50, p90 engine.Duration
}

// promises are those of the last toldMax tickets that were told one and have not been started. They are made beside the
// host's goroutine, and are no part of the journal.
type promises struct {
	mu    sync.Mutex
	of    map[engine.TicketID][]promise
	order []engine.TicketID // of the first promise to each
}

// add notes a promise.
func (p *promises) add(id engine.TicketID, made promise) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.of == nil {
		p.of = map[engine.TicketID][]promise{}
	}
	list := p.of[id]
	if list == nil {
		p.order = append(p.order, id)
	}
	list = append(list, made)
	p.of[id] = list[max(0, len(list)-promisesMax):]
	for len(p.order) > toldMax {
		delete(p.of, p.order[0])
		p.order = p.order[1:]
	}
}

// take gives the promises to a ticket, and forgets them.
func (p *promises) take(id engine.TicketID) []promise {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := p.of[id]
	delete(p.of, id)
	return list
}

// keep holds what a ticket was promised against its start.
func (h *Host) keep(id engine.TicketID, at engine.Instant) {
	for _, p := range h.promises.take(id) {
		if h.cfg.Promised != nil {
			waited := at.Sub(p.at)
			h.cfg.Promised(Promise{Kept: waited <= p.p90, Off: waited - p.p50})
		}
	}
}

// A deferred answer is completed beside the host's goroutine.
type deferred struct {
	now      any        // the answer as far as it is known
	complete func() any // completes it, on another goroutine
}

// An estimate is a deferred answer on its way.
type estimate struct {
	respond  func([]byte)
	complete func() any
}

// expecting completes an answer by how long the ticket may expect to wait, where somebody can say.
func (h *Host) expecting(a placeAnswer) any {
	if h.cfg.Estimate == nil {
		return a
	}
	line, err := h.engine.Copy()
	if err != nil {
		return a // too many wait
	}
	at := h.turn.at
	return deferred{now: a, complete: func() any {
		p50, p90, ok := h.cfg.Estimate(line, a.Ticket)
		if ok {
			a.Expect = &expectAnswer{P50MS: millis(p50), P90MS: millis(p90)}
			h.promises.add(a.Ticket, promise{at: at, p50: p50, p90: p90})
		}
		return a
	}}
}

// later hands on an answer that is not complete; where too many are, it is sent as it is.
func (h *Host) later(respond func([]byte), d deferred) {
	select {
	case h.estimates <- estimate{respond: respond, complete: d.complete}:
	default:
		respond(encode(d.now))
	}
}

// startEstimating completes answers, one after the other. What it returns ends that, answers the rest, and waits.
func (h *Host) startEstimating() func() {
	done := make(chan struct{})
	go func() {
		defer close(done)
		for e := range h.estimates {
			e.respond(encode(e.complete()))
		}
	}()
	return func() {
		close(h.estimates) // only the host's goroutine sends, and it is here
		<-done
	}
}
