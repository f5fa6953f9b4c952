package whatif

import (
	"fmt"

	"fairline/engine"
	"fairline/simulations/measure"
	"fairline/simulations/run"
	"fairline/simulations/stream"
)

// A Question is what a customer of a source would gain by taking one action instead of another.
type Question struct {
	Source   int
	From, To int // actions: 0 is the truthful one
	Sample   int // customers flipped in a replication
	Shares   [][]float64
	Seed     uint64
}

// A Gain is how much shorter the waits of flipped customers were, in seconds: the sum, and of how many.
type Gain struct {
	Sum float64
	N   int
}

// Mean is the gain of a customer; 0 where nobody was flipped.
func (g Gain) Mean() float64 {
	if g.N == 0 {
		return 0
	}
	return g.Sum / float64(g.N)
}

// A Flipper plays days with single customers flipped. It is not safe for concurrent use.
type Flipper struct {
	player *run.Player
	begins engine.Instant // of the measurement
	ends   engine.Instant
}

// NewFlipper returns one for a model.
func NewFlipper(m *run.Model) *Flipper {
	return &Flipper{player: m.Player(), begins: m.Shape.Begins, ends: m.Shape.Ends}
}

// Ask plays the day of a replication: once to see who came while it is measured, and then twice for each customer flipped, with either action and
// everything else as it was. It costs (1 + 2 Sample) replications at most; a play ends when the customer was started.
//
// The wait of a customer lasts until the first of the customer's tickets is started. Who leaves before has waited until then,
// and who is never started is left out.
func (f *Flipper) Ask(q Question, replication uint64) (g Gain, err error) {
	return f.ask(q, replication, nil)
}

func (f *Flipper) ask(q Question, replication uint64, stop func() bool) (g Gain, err error) {
	first, end := int64(-1), int64(0) // who comes at the door is numbered in order of arrival
	err = f.player.Play(run.Play{Replication: replication, Shares: q.Shares, Watch: run.Watch{Stop: stop, Ended: func(_ engine.Instant, t *measure.Ticket) {
		if int(t.Source) != q.Source || t.Attempt > 0 || t.Index >= run.WaitsFirst || t.Arrived < f.begins || t.Arrived >= f.ends {
			return
		}
		if first < 0 || t.Index < first {
			first = t.Index
		}
		end = max(end, t.Index+1)
	}}})
	if err != nil || first < 0 {
		return g, err
	}
	pick := stream.Of(q.Seed, replication, "flips\x00", uint64(q.Source))
	for k := range q.Sample {
		if stop != nil && stop() {
			return g, nil
		}
		index := uint64(first) + uint64(pick.At(uint64(k))*float64(end-first))
		from, one, err := f.wait(q, replication, index, q.From)
		if err != nil {
			return g, err
		}
		to, two, err := f.wait(q, replication, index, q.To)
		if err != nil {
			return g, err
		}
		if one && two {
			g.Sum += from - to
			g.N++
		}
	}
	return g, nil
}

// wait plays the day until a customer was served or left, and returns the wait in seconds.
func (f *Flipper) wait(q Question, replication, index uint64, action int) (seconds float64, known bool, err error) {
	done := false
	first := engine.Instant(0)
	see := func(now engine.Instant, t *measure.Ticket) {
		if int(t.Source) != q.Source || t.Index != int64(index) || t.Attempt > 0 || t.Outcome == measure.Closed && t.Started == 0 {
			return
		}
		until := t.Started
		if until == 0 {
			until = now
		}
		known = known || t.Started > 0 || t.Outcome == measure.Abandoned
		if first == 0 || until < first {
			first = until
		}
		seconds = float64(first.Sub(t.Arrived)) / float64(engine.Second)
		done = true
	}
	err = f.player.Play(run.Play{Replication: replication, Shares: q.Shares, Flip: &run.Flip{Source: q.Source, Index: index, Action: action},
		Watch: run.Watch{Ended: see, Stop: func() bool { return done }}})
	if err != nil {
		return 0, false, fmt.Errorf("customer %d of source %d flipped to action %d: %w", index, q.Source, action, err)
	}
	return seconds, known, nil
}
