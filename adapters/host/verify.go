package host

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"fairline/engine"
	"fairline/engine/journal"
)

// ErrDecision says that the inputs of a frame, decided again, give other events than the frame has.
var ErrDecision = errors.New("the engine decides otherwise than the journal says")

// Verified is what Verify found in order.
type Verified struct {
	Frames  uint64
	Epochs  uint64
	Inputs  uint64
	Events  uint64
	Digests uint64 // frames whose digest was compared
	Digest  uint64 // of the state at the end
	Hash    [32]byte
}

// Verify reads a journal from the chain's head, which must be its beginning, and decides everything again:
// each input goes through a new engine, and what follows is compared with the frame's events byte for byte.
// The chain and the digests are checked too. The error names the first place that differs; it wraps
// ErrDecision, ErrDigest, or an error of the journal. Verify changes nothing.
func Verify(ctx context.Context, log journal.Log, chain *journal.Chain) (Verified, error) {
	var v Verified
	f := follower{engine: engine.New(), learned: map[[32]byte]*rules{}}
	err := journal.Replay(ctx, log, chain, func(seq uint64, frame *journal.Frame) error {
		v.Frames, v.Epochs = v.Frames+1, frame.Epoch
		v.Inputs += uint64(len(frame.Inputs))
		v.Events += uint64(len(frame.Events))
		if err := f.decide(seq, frame); err != nil {
			return err
		}
		if frame.HasDigest {
			v.Digests++
		}
		return f.compare(seq, frame)
	})
	v.Digest, v.Hash = f.engine.Digest(), chain.Head.Hash
	if err != nil {
		return v, fmt.Errorf("verify: %w", err)
	}
	return v, nil
}

// decide gives the inputs of a frame to the engine and compares what follows.
func (f *follower) decide(seq uint64, frame *journal.Frame) error {
	n := 0
	var again []byte
	for i, item := range frame.Inputs {
		var in Input
		if err := f.input(item, &in); err != nil {
			return fmt.Errorf("sequence %d input %d: %w", seq, i+1, err)
		}
		events, err := f.engine.Do(in.Command)
		if err != nil {
			return fmt.Errorf("sequence %d input %d: %w: %w", seq, i+1, ErrDecision, err)
		}
		for j := range events {
			again = engine.AppendEvent(again[:0], &events[j])
			if n >= len(frame.Events) || !bytes.Equal(again, frame.Events[n]) {
				return fmt.Errorf("sequence %d input %d: event %d is another: %w", seq, i+1, n+1, ErrDecision)
			}
			n++
		}
	}
	if n != len(frame.Events) {
		return fmt.Errorf("sequence %d: %d events, decided again %d: %w", seq, len(frame.Events), n, ErrDecision)
	}
	return nil
}
