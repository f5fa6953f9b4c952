package journal

import (
	"context"
	"errors"
	"fmt"
)

// A Log is one writer's view of a stored journal: a row of frames with the sequences 1, 2, 3.
// Opening is the implementation's own; it ends with a Log that knows the last stored frame.
//
// A Log is used by one goroutine at a time. After Append has returned an error the Log has stopped:
// each later Append and Read gives ErrStopped with the first cause, and the caller opens again and
// replays. That is the only way back, because only reading tells what is stored.
type Log interface {
	// Last gives the sequence and hash of the last frame that this Log knows to be stored: the last
	// at opening, or that of its own last successful Append. It is 0 and zero for an empty journal.
	Last() (seq uint64, hash [32]byte)

	// Append stores the frame behind Last, if nobody else has appended since, and returns its
	// sequence, which is Last's plus one. It returns without error only when the frame is durably
	// stored, and keeps no reference to the bytes. A frame that is found stored there already with
	// the same bytes counts as stored by this call, since it is: an acknowledgement was lost.
	//
	// Errors: ErrFenced, ErrRegressed, ErrFull, ErrLimit (nothing was stored in these four),
	// ErrUnknownOutcome (reopening tells), ErrStopped.
	Append(ctx context.Context, frame []byte) (seq uint64, err error)

	// Read calls fn with each frame from the sequence from (0 means 1) to Last, in order and
	// without a gap, and returns nil after the last. The bytes are valid until fn returns. An error
	// of fn ends the reading and is returned as it is. Read does not check the chain: see Replay.
	//
	// Errors: ErrHole, ErrRegressed, ErrStopped, the cause of ctx's end.
	Read(ctx context.Context, from uint64, fn func(seq uint64, frame []byte) error) error
}

// Replay reads log from behind chain's head to the end, checks each frame against the chain, and
// hands it to fn, whose Frame is valid until fn returns. When it returns nil, the chain's head is
// the log's last frame by sequence and by hash. A nil fn only checks.
func Replay(ctx context.Context, log Log, chain *Chain, fn func(seq uint64, f *Frame) error) error {
	var f Frame
	err := log.Read(ctx, chain.Head.Seq+1, func(seq uint64, b []byte) error {
		if err := chain.Feed(seq, b, &f); err != nil {
			return err
		}
		if fn == nil {
			return nil
		}
		return fn(seq, &f)
	})
	if err != nil {
		return err
	}
	if seq, hash := log.Last(); seq != chain.Head.Seq || hash != chain.Head.Hash {
		err = fmt.Errorf("read to sequence %d with hash %x, but the log ends with hash %x: %w",
			chain.Head.Seq, chain.Head.Hash[:8], hash[:8], ErrChain)
		return &Error{Op: "replay", Stream: chain.Stream, Seq: seq, Err: err}
	}
	return nil
}

// A Stop remembers the first error of a Log's Append, so that every implementation stays stopped in
// the same way. The zero value has not stopped.
type Stop struct{ cause error }

// Because records err as the cause unless there is one already, and returns err. A nil err is none.
func (s *Stop) Because(err error) error {
	if s.cause == nil {
		s.cause = err
	}
	return err
}

// Err is nil, or an error that wraps ErrStopped and the first cause.
func (s *Stop) Err() error {
	if s.cause == nil {
		return nil
	}
	return errors.Join(ErrStopped, s.cause)
}
