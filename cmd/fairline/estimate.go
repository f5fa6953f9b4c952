package main

import (
	"sync"

	"fairline/engine"
	"fairline/simulations/forward"
)

// estimateSeed makes the same question about the same line get the same answer.
const estimateSeed = 1

// An estimator says how long a waiting ticket may expect to wait, from how long work took lately. It hears of events on
// the host's goroutine and is asked on another; while it counts it holds up nobody.
type estimator struct {
	mu      sync.Mutex // guards what follows
	samples forward.Samples
	policy  *engine.Policy
}

// hear follows events of the line.
func (e *estimator) hear(events ...engine.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for i := range events {
		if e.samples.Follow(&events[i]); events[i].Kind == engine.Adopted {
			e.policy = events[i].Policy
		}
	}
}

// estimate plays a copy of the line forward.
func (e *estimator) estimate(line *engine.Engine, ticket engine.TicketID) (p50, p90 engine.Duration, ok bool) {
	work, ok := e.work(line)
	if !ok {
		return 0, 0, false
	}
	return forward.Estimate(line, ticket, work, estimateSeed, 0)
}

// work copies what is known of the work in a line. It is not ok where another policy was adopted since the line was copied:
// its channels are others.
func (e *estimator) work(line *engine.Engine) (forward.Work, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.policy == nil || e.policy.Hash != line.Policy().Hash {
		return forward.Work{}, false
	}
	known := e.samples.Work()
	took := make([][]engine.Duration, len(e.policy.Channels))
	for c := range took {
		took[c] = append(took[c], known.Handling(engine.ChannelID(c))...)
	}
	began := map[engine.OfferID]engine.Instant{}
	for _, a := range line.Agents() {
		for _, o := range a.Offers {
			if at, ok := known.Began(o.Offer); ok {
				began[o.Offer] = at
			}
		}
	}
	return forward.Work{
		Handling: func(c engine.ChannelID) []engine.Duration { return took[c] },
		Began: func(o engine.OfferID) (engine.Instant, bool) {
			at, ok := began[o]
			return at, ok
		},
	}, true
}
