package journal

import (
	"errors"
	"fmt"
)

// The ways in which a journal can refuse. Each comes wrapped in an [*Error] that names the place.
var (
	// ErrFenced says that somebody else wrote where this writer wanted to write: it leads no more.
	ErrFenced = errors.New("another writer appended here: fenced")
	// ErrRegressed says that the journal ends before a frame that was acknowledged: it went back.
	ErrRegressed = errors.New("the journal went back behind an acknowledged frame")
	// ErrHole says that a sequence is missing: frames are numbered 1, 2, 3 without a gap.
	ErrHole = errors.New("a frame is missing")
	// ErrChain says that a frame does not follow from the one before it.
	ErrChain = errors.New("the chain is broken")
	// ErrFrame says that bytes are not the canonical encoding of a frame.
	ErrFrame = errors.New("not a canonical frame")
	// ErrLimit says that a frame is over one of the limits beside [Frame], or empty.
	ErrLimit = errors.New("frame over a limit")
	// ErrFull says that the journal may not grow further; nothing was stored.
	ErrFull = errors.New("the journal is full")
	// ErrUnknownOutcome says that the frame may or may not be stored: only reopening can tell.
	ErrUnknownOutcome = errors.New("stored or not: unknown")
	// ErrStopped says that this log failed before and was used again instead of being reopened.
	ErrStopped = errors.New("log stopped by an earlier error")
)

// An Error is a refusal with its place. Stream may be empty where frames have no named home.
type Error struct {
	Op     string // append, read, chain, open
	Stream string
	Seq    uint64 // the frame it is about; Invariant: 0 only where no single frame is meant
	Err    error
}

// Error gives the place and then the cause, such as
// "append FL_JRN_0_1 sequence 413: another writer appended here: fenced".
func (e *Error) Error() string {
	place := e.Op
	if e.Stream != "" {
		place += " " + e.Stream
	}
	if e.Seq != 0 {
		place += fmt.Sprintf(" sequence %d", e.Seq)
	}
	return place + ": " + e.Err.Error()
}

// Unwrap gives the cause, so that errors.Is finds the sentinels of this package.
func (e *Error) Unwrap() error { return e.Err }
