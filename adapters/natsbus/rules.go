package natsbus

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"fairline/engine/journal"
)

// What the server answers when it refuses, beside those that the client package names.
const (
	codeResources  jetstream.ErrorCode = 10023 // insufficient resources
	codeStorage    jetstream.ErrorCode = 10047 // insufficient storage resources
	codeStoreError jetstream.ErrorCode = 10077 // "maximum bytes exceeded"
)

// An appender holds the rules of appending; it has no state of its own.
type appender struct {
	store    store
	attempts int
	pause    time.Duration // between attempts, while nobody answers
}

// append stores the frame behind the sequence behind. The rules:
//
//   - an acknowledgement: it is stored;
//   - no answer: the same bytes again with the same expectation, which stores them at most once;
//   - a wrong last sequence: what stands there decides, see settle;
//   - any other refusal is final, and nothing was stored.
//
// When the attempts end without an answer, or ctx ends after the first was sent, nobody knows.
func (a appender) append(ctx context.Context, frame []byte, behind uint64) error {
	var err error
	for try := range a.attempts {
		if try > 0 {
			a.rest(ctx)
		}
		if ctx.Err() != nil {
			err = context.Cause(ctx)
			if try == 0 {
				return err // never sent
			}
			break
		}
		var seq uint64
		if seq, err = a.store.publish(ctx, frame, behind); err == nil {
			return acknowledged(seq, behind)
		}
		if refused, final := refusal(err); final {
			return refused
		} else if !refusedSequence(err) {
			continue
		}
		var settled bool
		if settled, err = a.settle(ctx, frame, behind); settled {
			return err
		}
	}
	return fmt.Errorf("%w: %w", journal.ErrUnknownOutcome, err)
}

// acknowledged checks the one sequence that a frame with an expectation can have.
func acknowledged(seq, behind uint64) error {
	if seq != behind+1 {
		return fmt.Errorf("acknowledged at sequence %d: %w", seq, journal.ErrHole)
	}
	return nil
}

// rest waits between attempts.
func (a appender) rest(ctx context.Context) {
	timer := time.NewTimer(a.pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// refusedSequence says whether the server found another last sequence than expected. 10164 comes
// without a number, from a replicated stream, and can be wrong about a lone writer.
func refusedSequence(err error) bool {
	api, ok := errors.AsType[*jetstream.APIError](err)
	return ok && (api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence ||
		api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequenceConstant)
}

// refusal translates an answer that stored nothing and will not change by asking again.
func refusal(err error) (error, bool) {
	api, ok := errors.AsType[*jetstream.APIError](err)
	if !ok || refusedSequence(err) {
		return nil, false
	}
	switch api.ErrorCode {
	case codeResources, codeStorage, codeStoreError:
		return fmt.Errorf("%w: %w", journal.ErrFull, err), true
	}
	return err, true
}

// settle decides after a refused sequence by reading the stream. It has settled unless the stream
// still ends at behind (a refusal that was wrong) or does not answer.
func (a appender) settle(ctx context.Context, frame []byte, behind uint64) (bool, error) {
	last, err := a.store.last(ctx)
	if err != nil {
		return false, err
	}
	switch {
	case last < behind:
		return true, fmt.Errorf("it ends at sequence %d: %w", last, journal.ErrRegressed)
	case last == behind:
		return false, errors.New("refused, but no other frame is there")
	}
	rows, err := a.store.rows(ctx, behind+1, 1)
	switch {
	case err != nil:
		return false, err
	case len(rows) == 0 || rows[0].seq != behind+1:
		return true, fmt.Errorf("it ends at sequence %d: %w", last, journal.ErrHole)
	case !bytes.Equal(rows[0].frame, frame):
		return true, journal.ErrFenced
	}
	return true, nil
}

// batchMax is how many frames one request reads: beyond some thousands reading collapses.
const batchMax = 1000

// read calls fn with each frame from the sequence from to last. It counts: what is skipped or
// missing is an error at the first sequence that is not there.
func read(
	ctx context.Context, s store, from, last uint64, fn func(seq uint64, frame []byte) error,
) (seq uint64, err error) {
	for seq = max(from, 1); seq <= last; {
		if ctx.Err() != nil {
			return seq, context.Cause(ctx)
		}
		rows, err := s.rows(ctx, seq, int(min(batchMax, last-seq+1)))
		if err != nil {
			return seq, err
		}
		if len(rows) == 0 {
			return seq, gone(ctx, s, last)
		}
		for _, row := range rows {
			if row.seq != seq {
				return seq, fmt.Errorf("the next is %d: %w", row.seq, journal.ErrHole)
			}
			if err := fn(seq, row.frame); err != nil {
				return 0, err
			}
			seq++
		}
	}
	return seq, nil
}

// gone says why there is nothing to read where something was stored.
func gone(ctx context.Context, s store, last uint64) error {
	now, err := s.last(ctx)
	switch {
	case err != nil:
		return err
	case now < last:
		return fmt.Errorf("it ends at sequence %d, and ended at %d: %w", now, last, journal.ErrRegressed)
	}
	return fmt.Errorf("it ends at sequence %d: %w", now, journal.ErrHole)
}
