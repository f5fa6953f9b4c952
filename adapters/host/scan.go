package host

import (
	"context"
	"errors"
	"fmt"

	"fairline/engine"
	"fairline/engine/journal"
	"fairline/engine/ledger"
)

// scanMax bounds the events that one question reads from the journal. The line stands still meanwhile: reading so many
// takes a few tenths of a second.
const scanMax = 500_000

// errEnough ends a scan.
var errEnough = errors.New("enough is read")

// A scan reads frames of the journal for a question.
type scan struct {
	watch *ledger.Watch
	stop  ledger.Stop
	most  int                                                           // events, about; 0 stands for scanMax
	begin func(seq uint64) bool                                         // whether to go on with the frame
	hear  func(ev *engine.Event, e *ledger.Entry, by []*ledger.Passing) // of each event, behind the watch
	read  int                                                           // events
	last  uint64                                                        // frame read whole
}

// run reads from the frame from on until begin says that it is enough, the journal ends, or most is reached; then full
// is false.
func (s *scan) run(log journal.Log, from uint64) (full bool, err error) {
	if s.most == 0 {
		s.most = scanMax
	}
	f := follower{learned: map[[32]byte]*rules{}}
	var frame journal.Frame
	full = true
	err = log.Read(context.Background(), from, func(seq uint64, b []byte) error {
		if full = s.read < s.most; !full || !s.begin(seq) {
			return errEnough
		}
		if err := frame.Decode(b); err != nil {
			return fmt.Errorf("read sequence %d: %w", seq, err)
		}
		return s.frame(&f, seq, &frame)
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return full, err
}

func (s *scan) frame(f *follower, seq uint64, frame *journal.Frame) error {
	book := s.watch.Book()
	if book.Frame = seq; seq == s.stop.At {
		book.Skip(s.stop.Number)
	}
	var ev engine.Event
	for i := range frame.Events {
		if err := f.event(seq, frame, i, &ev); err != nil {
			return fmt.Errorf("read %w", err)
		}
		e, by := s.watch.Add(&ev)
		if seq < s.stop.At {
			e = nil
		}
		s.hear(&ev, e, by)
	}
	s.read, s.last = s.read+len(frame.Events), seq
	return nil
}

// event decodes the i-th event of a frame, its policy found.
func (f *follower) event(seq uint64, frame *journal.Frame, i int, ev *engine.Event) error {
	err := f.decoder.Event(frame.Events[i], ev)
	if err == nil && ev.Kind == engine.Adopted {
		err = f.resolve(frame, ev)
	}
	if err != nil {
		return fmt.Errorf("sequence %d event %d: %w", seq, i+1, err)
	}
	return nil
}

// resolve finds the policy that an event adopts, among the inputs of its frame or in what was learned before.
func (f *follower) resolve(frame *journal.Frame, ev *engine.Event) error {
	for _, item := range frame.Inputs {
		in, err := DecodeInput(item)
		if err == nil {
			err = f.learn(&in)
		}
		if err != nil {
			return err
		}
	}
	r := f.learned[ev.Policy.Hash]
	if r == nil {
		return fmt.Errorf("adopts a policy that no input has: %w", ErrInput)
	}
	ev.Policy = r.engine()
	return nil
}
