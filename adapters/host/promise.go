package host

import (
	"fairline/engine"
)

// A promise is an expected wait that a ticket was told.
type promise struct {
	at       engine.Instant
	p50, p90 engine.Duration
}

// A Promise is one whose ticket was started, so that it is known what it was worth.
type Promise struct {
	Kept bool            // the start came within the wait that nine of ten were expected to stay below
	Off  engine.Duration // how much later than the middle expectation it came; negative: earlier
}

// promise tells a ticket how long it may expect to wait, where somebody can say.
func (h *Host) promise(t *Ticket, a *placeAnswer) []promise {
	if h.cfg.Estimate == nil {
		return nil
	}
	p50, p90, ok := h.cfg.Estimate(h.engine, t.Number)
	if !ok {
		return nil
	}
	a.Expect = &expectAnswer{P50MS: millis(p50), P90MS: millis(p90)}
	return []promise{{at: h.turn.at, p50: p50, p90: p90}}
}

// keep holds what a ticket was told against its start, and forgets it.
func (h *Host) keep(id engine.TicketID, at engine.Instant) {
	last := h.told.of[id]
	if last == nil {
		return
	}
	delete(h.told.of, id)
	for _, p := range last.promised {
		if h.cfg.Promised != nil {
			waited := at.Sub(p.at)
			h.cfg.Promised(Promise{Kept: waited <= p.p90, Off: waited - p.p50})
		}
	}
}
