package journal

import (
	"context"
	"fmt"
	"sync"
)

// A Fault is what goes wrong with the next append to a [Memory], and then no more.
type Fault uint8

// The faults of storage, as a host may meet them.
const (
	FaultNone      Fault = iota
	FaultLost            // the frame never arrives; the writer gets ErrUnknownOutcome
	FaultAckLost         // the frame is stored; the writer gets ErrUnknownOutcome all the same
	FaultFenced          // the writer gets ErrFenced, as if another had appended; nothing is stored
	FaultRegressed       // the journal loses its last frame first; the writer gets ErrRegressed
	FaultFull            // the writer gets ErrFull; nothing is stored
)

// Memory is a Log without a disk: for tests, and for programs whose journal need not outlive them.
// Reopen gives another writer on the same frames, as a restart or a second host would have. Several
// writers on the same frames may be used by different goroutines; each one by one at a time.
type Memory struct {
	store *memoryStore
	last  uint64
	hash  [32]byte
	stop  Stop
}

var _ Log = (*Memory)(nil)

// memoryStore is what several writers share.
type memoryStore struct {
	mu     sync.Mutex
	frames [][]byte // the frame with sequence i+1 is frames[i]; a stored frame never changes
	next   Fault
}

// NewMemory gives an empty journal.
func NewMemory() *Memory { return &Memory{store: &memoryStore{}} }

// Reopen gives a new writer that knows all frames stored so far. The old one stays as it is: when
// both append, one of them is fenced.
func (m *Memory) Reopen() *Memory {
	m.store.mu.Lock()
	defer m.store.mu.Unlock()
	n := &Memory{store: m.store, last: uint64(len(m.store.frames))}
	if n.last > 0 {
		n.hash = Hash(m.store.frames[n.last-1])
	}
	return n
}

// FailNext makes the next Append, by whichever writer, meet the fault.
func (m *Memory) FailNext(fault Fault) {
	m.store.mu.Lock()
	defer m.store.mu.Unlock()
	m.store.next = fault
}

// Truncate drops all stored frames behind seq, as a journal does that went back.
func (m *Memory) Truncate(seq uint64) {
	m.store.mu.Lock()
	defer m.store.mu.Unlock()
	m.store.truncate(seq)
}

// Last is as Log says.
func (m *Memory) Last() (uint64, [32]byte) { return m.last, m.hash }

// Append is as Log says.
func (m *Memory) Append(ctx context.Context, frame []byte) (uint64, error) {
	seq := m.last + 1
	if err := m.stop.Err(); err != nil {
		return 0, &Error{Op: "append", Seq: seq, Err: err}
	}
	if err := CheckLen(frame); err != nil {
		return 0, m.stop.Because(&Error{Op: "append", Seq: seq, Err: err})
	}
	if ctx.Err() != nil {
		return 0, m.stop.Because(&Error{Op: "append", Seq: seq, Err: context.Cause(ctx)})
	}
	m.store.mu.Lock()
	defer m.store.mu.Unlock()
	if err := m.store.append(m.last, frame); err != nil {
		return 0, m.stop.Because(&Error{Op: "append", Seq: seq, Err: err})
	}
	m.last, m.hash = seq, Hash(frame)
	return seq, nil
}

// Read is as Log says.
func (m *Memory) Read(ctx context.Context, from uint64, fn func(uint64, []byte) error) error {
	if err := m.stop.Err(); err != nil {
		return &Error{Op: "read", Seq: from, Err: err}
	}
	for seq := max(from, 1); seq <= m.last; seq++ {
		if ctx.Err() != nil {
			return &Error{Op: "read", Seq: seq, Err: context.Cause(ctx)}
		}
		frame, ok := m.store.frame(seq)
		if !ok {
			return &Error{Op: "read", Seq: seq, Err: ErrRegressed}
		}
		if err := fn(seq, frame); err != nil {
			return err
		}
	}
	return nil
}

// CheckLen says whether bytes may be appended at all: not empty and at most FrameLenMax. The error
// wraps ErrLimit. Every Log begins with it.
func CheckLen(frame []byte) error {
	if n := len(frame); n == 0 || n > FrameLenMax {
		return fmt.Errorf("frame of %d bytes, want 1 to %d: %w", n, FrameLenMax, ErrLimit)
	}
	return nil
}

// append is the compare-and-swap: it stores the frame if exactly last frames are stored. The caller
// holds the lock.
func (s *memoryStore) append(last uint64, frame []byte) error {
	fault := s.next
	s.next = FaultNone
	switch fault {
	case FaultLost:
		return fmt.Errorf("no acknowledgement: %w", ErrUnknownOutcome)
	case FaultFenced:
		return ErrFenced
	case FaultFull:
		return ErrFull
	case FaultRegressed:
		s.truncate(max(last, 1) - 1)
		return ErrRegressed
	}
	stored := uint64(len(s.frames))
	switch {
	case stored < last:
		return fmt.Errorf("it ends at %d: %w", stored, ErrRegressed)
	case stored == last:
		s.frames = append(s.frames, append([]byte(nil), frame...))
	case string(s.frames[last]) != string(frame):
		return ErrFenced
	}
	if fault == FaultAckLost {
		return fmt.Errorf("no acknowledgement: %w", ErrUnknownOutcome)
	}
	return nil
}

func (s *memoryStore) frame(seq uint64) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if seq == 0 || seq > uint64(len(s.frames)) {
		return nil, false
	}
	return s.frames[seq-1], true
}

// truncate drops the frames behind seq. The caller holds the lock.
func (s *memoryStore) truncate(seq uint64) {
	if seq < uint64(len(s.frames)) {
		s.frames = s.frames[:seq:seq]
	}
}
