package host

import (
	"context"
	"errors"
	"fmt"

	"fairline/engine"
	"fairline/engine/journal"
	"fairline/engine/ledger"
)

// ErrLedger says that the ledger of a journal is not what counting by hand gives.
var ErrLedger = errors.New("the ledger is not what counting by hand gives")

// Recounted is what Recount found in order.
type Recounted struct {
	Frames uint64
	Events uint64
	ledger.Tally
	// Of the pairs, those that an agent wanted by asking for a ticket, those that a supervisor wanted, those over a ticket that
	// was held for another agent, and those over one that a reserve or a cap kept the agent from. The first two have no accepted
	// reason.
	Pulled, Moved, Preferred, Reserved, Capped uint64
	Cells                                      []ledger.Sum // by what decided and who went ahead of whom, the greatest first
}

// Recount reads a journal from the chain's head, which must be its beginning, and counts by hand who overtook whom, by the
// definition and from the events alone. It expands every entry of the ledger to the tickets it is about and compares: each
// overtaking stands in exactly one row, that is charged to a rule above the ticket's class, and the sum is the engine's. The
// error names the first place that differs; it wraps ErrLedger, or an error of the journal. Recount changes nothing.
func Recount(ctx context.Context, log journal.Log, chain *journal.Chain) (Recounted, error) {
	var r Recounted
	var census ledger.Census
	f := follower{engine: engine.New(), learned: map[[32]byte]*rules{}}
	err := journal.Replay(ctx, log, chain, func(seq uint64, frame *journal.Frame) error {
		r.Frames++
		census.Book().Frame = seq
		return f.recount(seq, frame, &census, &r)
	})
	if err == nil {
		if err = census.Close(); err != nil {
			err = fmt.Errorf("at the end: %w: %w", ErrLedger, err)
		}
	}
	totals := census.Book().Totals()
	r.Tally, r.Cells = census.Tally(), totals.Cells()
	r.Pulled, r.Moved, r.Preferred = totals.Pulled, totals.Moved, totals.Preferred
	r.Reserved, r.Capped = totals.Reserved, totals.Capped
	if err != nil {
		return r, fmt.Errorf("recount: %w", err)
	}
	return r, nil
}

// recount gives the events of a frame to the census, and applies them to an engine, whose sum must be the same.
func (f *follower) recount(seq uint64, frame *journal.Frame, census *ledger.Census, r *Recounted) error {
	var ev engine.Event
	for i := range frame.Events {
		if err := f.event(seq, frame, i, &ev); err != nil {
			return err
		}
		if err := census.Add(&ev); err != nil {
			return fmt.Errorf("sequence %d event %d: %w: %w", seq, i+1, ErrLedger, err)
		}
		f.engine.Apply(ev)
		r.Events++
	}
	if got, want := census.Tally().Pairs, f.engine.Counts().Overtakings; got != want {
		return fmt.Errorf("sequence %d: %d overtakings by hand, %d in the ledger: %w", seq, got, want, ErrLedger)
	}
	return nil
}
