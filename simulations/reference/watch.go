package reference

import (
	"math"

	"fairline/engine"
	"fairline/simulations/dist"
	"fairline/simulations/measure"
	"fairline/simulations/statistics"
)

// Metrics that package measure does not have; they are counted here, ticket by ticket.
const (
	offeredWait = "offered-wait" // mean wait if nobody left: a served one stands for all who were as likely to leave before
	busyAt      = "busy-at"      // mean number in service at instants that are a whole number of waves apart
)

// A watcher counts what it needs of the tickets of a replication.
type watcher interface {
	see(now engine.Instant, t *measure.Ticket)
	fact() measure.Fact
}

// waits keeps the waits of those who were started.
type waits struct{ statistics.Histogram }

func (w *waits) see(_ engine.Instant, t *measure.Ticket) {
	if t.Seen && t.Started > 0 {
		w.Add(int64(t.Started.Sub(t.Arrived)))
	}
}

// weighed is the offered wait by inverse probabilities (Horvitz and Thompson 1952): exact where some are ready to wait for
// longer than anybody has to.
type weighed struct {
	patience   dist.Law // in seconds
	sum, count float64
}

func (w *weighed) see(_ engine.Instant, t *measure.Ticket) {
	if !t.Seen {
		return
	}
	w.count++
	if wait := float64(t.Started.Sub(t.Arrived)) / 1e9; t.Started > 0 && wait > 0 {
		w.sum += wait / (1 - dist.CDF(w.patience, wait))
	}
}

func (w *weighed) fact() measure.Fact { return measure.Fact{Num: w.sum, Den: w.count} }

// moments counts who is in service at first, first + every and so on, before ends.
type moments struct {
	first, ends engine.Instant
	every       engine.Duration
	busy        float64
}

// before is how many of the moments come before an instant.
func (m *moments) before(at engine.Instant) float64 {
	return math.Ceil(max(0, float64(min(at, m.ends).Sub(m.first))) / float64(m.every))
}

func (m *moments) see(now engine.Instant, t *measure.Ticket) {
	ended := t.Ended
	if t.Outcome == measure.Open {
		ended = now
	}
	if t.Started > 0 {
		m.busy += m.before(ended) - m.before(t.Started)
	}
}

func (m *moments) fact() measure.Fact { return measure.Fact{Num: m.busy, Den: m.before(m.ends)} }
