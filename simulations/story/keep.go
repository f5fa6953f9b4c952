package story

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fairline/engine"
	"fairline/engine/journal"
)

// errDigest says that a journal's events lead elsewhere than its inputs did.
var errDigest = errors.New("the journal leads to another state")

// store appends a command and its events as one frame. The first frame claims the journal.
func (r *run) store(c *engine.Command, events []engine.Event) error {
	head := &r.chain.Head
	f := journal.Frame{Kind: journal.Turn, Epoch: 1, Node: "story", Prev: head.Hash, LTime: int64(c.At),
		OutWatermark: head.Seq, Inputs: [][]byte{engine.AppendCommand(nil, c)}}
	if head.Seq == 0 {
		f.Kind = journal.Claim
	}
	for i := range events {
		f.Events = append(f.Events, engine.AppendEvent(nil, &events[i]))
	}
	b, err := f.AppendBinary(nil)
	if err != nil {
		return err
	}
	if err := r.chain.Feed(head.Seq+1, b, &f); err != nil {
		return err
	}
	_, err = r.log.Append(context.Background(), b)
	return err
}

// verify reads the journal again: the chain must hold, and its events alone must lead to the same state. It returns
// how many frames it read.
func (r *run) verify(ctx context.Context) (uint64, error) {
	again := engine.New()
	var decoder engine.Decoder
	var ev engine.Event
	chain := journal.Chain{Stream: r.story.Title}
	err := journal.Replay(ctx, r.log.Reopen(), &chain, func(seq uint64, f *journal.Frame) error {
		for _, item := range f.Events {
			if err := decoder.Event(item, &ev); err != nil {
				return fmt.Errorf("sequence %d: %w", seq, err)
			}
			if ev.Kind == engine.Adopted {
				ev.Policy = r.policy
			}
			again.Apply(ev)
		}
		return nil
	})
	if err == nil && again.Digest() != r.engine.Digest() {
		err = errDigest
	}
	return chain.Head.Seq, err
}

// Clock writes an instant as the clock on the wall shows it, in UTC.
func Clock(i engine.Instant) string { return time.Unix(0, int64(i)).UTC().Format("15:04:05") }
