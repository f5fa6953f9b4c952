// Package journaltest holds the suite that every journal.Log passes: the memory one and the stream
// on the bus. A contract that only one of them kept would be found by the host, in production.
package journaltest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"fairline/engine/journal"
)

// A Storage is a place for one journal. Open gives another writer on it each time, as a restart or
// a second host would; writers opened earlier stay usable and are cleaned up with the test.
type Storage interface {
	Open(t testing.TB) journal.Log
}

// Run runs the suite. Each test calls empty for a storage of its own that holds no frame.
func Run(t *testing.T, empty func(t *testing.T) Storage) {
	tests := []struct {
		name string
		test func(t *testing.T, s Storage)
	}{
		{"empty", testEmpty},
		{"append", testAppend},
		{"reopen", testReopen},
		{"read from the middle", testReadFrom},
		{"read ends with the error of fn", testReadError},
		{"read ends with the context", testReadContext},
		{"read stops at last", testReadBounded},
		{"a second writer is fenced", testFenced},
		{"the fenced one stays stopped", testStopped},
		{"same bytes again are ours", testSameBytes},
		{"limits", testLimits},
		{"largest frame", testLargest},
		{"context ended before append", testContext},
		{"many frames", testMany},
		{"replay", testReplay},
		{"replay names the frame that does not follow", testReplayBroken},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { test.test(t, empty(t)) })
	}
}

// Frames makes a valid chain for shard 0, generation 1: a claim and then turns, n in all, each
// longer than size bytes.
func Frames(t testing.TB, n, size int) [][]byte {
	t.Helper()
	var out [][]byte
	var prev [32]byte
	for i := range n {
		f := journal.Frame{
			Kind: journal.Turn, Generation: 1, Epoch: 1, Node: "a", Prev: prev, LTime: int64(i),
			Events: [][]byte{fmt.Appendf(nil, "event %d", i), make([]byte, size)},
		}
		if i == 0 {
			f.Kind = journal.Claim
		}
		b, err := f.AppendBinary(nil)
		if err != nil {
			t.Fatalf("encode frame %d: %v", i, err)
		}
		out, prev = append(out, b), journal.Hash(b)
	}
	return out
}

// MustAppend appends the frames in turn and checks the sequences that come back.
func MustAppend(t testing.TB, log journal.Log, frames ...[]byte) {
	t.Helper()
	for _, frame := range frames {
		last, _ := log.Last()
		seq, err := log.Append(t.Context(), frame)
		if err != nil || seq != last+1 {
			t.Fatalf("Append behind %d = %d, %v; want %d", last, seq, err, last+1)
		}
	}
}

func wantFrames(t *testing.T, log journal.Log, from uint64, want [][]byte) {
	t.Helper()
	next := max(from, 1)
	err := log.Read(t.Context(), from, func(seq uint64, frame []byte) error {
		if seq != next {
			t.Fatalf("Read(%d) gave sequence %d, want %d", from, seq, next)
		}
		if next > uint64(len(want)) || !bytes.Equal(frame, want[seq-1]) {
			t.Fatalf("Read(%d) gave %d bytes at sequence %d that were not appended", from, len(frame), seq)
		}
		next++
		return nil
	})
	if err != nil || next != max(uint64(len(want))+1, max(from, 1)) {
		t.Fatalf("Read(%d) ended before %d with %v, want all %d frames", from, next, err, len(want))
	}
}

func wantLast(t *testing.T, log journal.Log, frames [][]byte) {
	t.Helper()
	var want [32]byte
	if len(frames) > 0 {
		want = journal.Hash(frames[len(frames)-1])
	}
	if seq, hash := log.Last(); seq != uint64(len(frames)) || hash != want {
		t.Fatalf("Last() = %d, %x; want %d, %x", seq, hash[:4], len(frames), want[:4])
	}
}

func testEmpty(t *testing.T, s Storage) {
	log := s.Open(t)
	wantLast(t, log, nil)
	wantFrames(t, log, 0, nil)
	wantFrames(t, log, 1, nil)
	wantFrames(t, log, 7, nil)
}

func testAppend(t *testing.T, s Storage) {
	log, frames := s.Open(t), Frames(t, 5, 10)
	var buf []byte
	for i, frame := range frames {
		buf = append(buf[:0], frame...)
		MustAppend(t, log, buf)
		clear(buf) // the log may keep no reference
		wantLast(t, log, frames[:i+1])
	}
	wantFrames(t, log, 0, frames)
	wantFrames(t, log, 1, frames)
}

func testReopen(t *testing.T, s Storage) {
	frames := Frames(t, 6, 10)
	MustAppend(t, s.Open(t), frames[:3]...)
	log := s.Open(t)
	wantLast(t, log, frames[:3])
	MustAppend(t, log, frames[3:]...)
	wantLast(t, log, frames)
	wantFrames(t, s.Open(t), 1, frames)
}

func testReadFrom(t *testing.T, s Storage) {
	log, frames := s.Open(t), Frames(t, 6, 10)
	MustAppend(t, log, frames...)
	for from := range uint64(9) {
		wantFrames(t, log, from, frames)
	}
}

func testReadError(t *testing.T, s Storage) {
	log, frames := s.Open(t), Frames(t, 4, 10)
	MustAppend(t, log, frames...)
	enough := errors.New("enough")
	calls := 0
	err := log.Read(t.Context(), 1, func(uint64, []byte) error {
		calls++
		return enough
	})
	if err != enough || calls != 1 {
		t.Fatalf("Read = %v after %d calls, want the error of fn after 1", err, calls)
	}
	wantFrames(t, log, 1, frames)
}

func testReadContext(t *testing.T, s Storage) {
	log := s.Open(t)
	MustAppend(t, log, Frames(t, 4, 10)...)
	why := errors.New("going home")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(why)
	if err := log.Read(ctx, 1, func(uint64, []byte) error { return nil }); !errors.Is(err, why) {
		t.Fatalf("Read with an ended context = %v, want its cause", err)
	}
}

func testReadBounded(t *testing.T, s Storage) {
	frames := Frames(t, 5, 10)
	first := s.Open(t)
	MustAppend(t, first, frames[:2]...)
	MustAppend(t, s.Open(t), frames[2:]...)
	wantFrames(t, first, 1, frames[:2]) // what others append later is not this writer's
}

func testFenced(t *testing.T, s Storage) {
	frames := Frames(t, 3, 10)
	old := s.Open(t)
	MustAppend(t, old, frames[0])
	fresh := s.Open(t)
	MustAppend(t, fresh, frames[1])
	other := append(bytes.Clone(frames[1]), 0)
	if seq, err := old.Append(t.Context(), other); !errors.Is(err, journal.ErrFenced) {
		t.Fatalf("Append by the old writer = %d, %v; want ErrFenced", seq, err)
	}
	wantLast(t, old, frames[:1])
	MustAppend(t, fresh, frames[2])
	wantFrames(t, s.Open(t), 1, frames)
}

func testStopped(t *testing.T, s Storage) {
	frames := Frames(t, 3, 10)
	old := s.Open(t)
	MustAppend(t, s.Open(t), frames[0])
	if _, err := old.Append(t.Context(), frames[1]); !errors.Is(err, journal.ErrFenced) {
		t.Fatalf("Append by the old writer = %v, want ErrFenced", err)
	}
	_, err := old.Append(t.Context(), frames[0]) // would be found stored with the same bytes
	if !errors.Is(err, journal.ErrStopped) || !errors.Is(err, journal.ErrFenced) {
		t.Fatalf("Append after an error = %v, want ErrStopped and the cause", err)
	}
	var place *journal.Error
	if !errors.As(err, &place) || place.Seq != 1 {
		t.Fatalf("Append after an error = %v, want the place", err)
	}
	if err = old.Read(t.Context(), 1, nil); !errors.Is(err, journal.ErrStopped) {
		t.Fatalf("Read after an error = %v, want ErrStopped", err)
	}
}

func testSameBytes(t *testing.T, s Storage) {
	frames := Frames(t, 3, 10)
	log := s.Open(t)
	MustAppend(t, s.Open(t), frames[0]) // as if log's own append had lost its acknowledgement
	MustAppend(t, log, frames...)
	wantFrames(t, s.Open(t), 1, frames)
}

func testLimits(t *testing.T, s Storage) {
	for _, n := range []int{0, journal.FrameLenMax + 1} {
		if _, err := s.Open(t).Append(t.Context(), make([]byte, n)); !errors.Is(err, journal.ErrLimit) {
			t.Errorf("Append of %d bytes = %v, want ErrLimit", n, err)
		}
	}
	wantLast(t, s.Open(t), nil)
}

func testLargest(t *testing.T, s Storage) {
	log := s.Open(t)
	frame := bytes.Repeat([]byte("fair"), journal.FrameLenMax/4)
	MustAppend(t, log, frame, frame)
	wantFrames(t, s.Open(t), 1, [][]byte{frame, frame})
}

func testContext(t *testing.T, s Storage) {
	log := s.Open(t)
	why := errors.New("going home")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(why)
	if _, err := log.Append(ctx, []byte("frame")); !errors.Is(err, why) {
		t.Fatalf("Append with an ended context = %v, want its cause", err)
	}
	if _, err := log.Append(t.Context(), []byte("frame")); !errors.Is(err, journal.ErrStopped) {
		t.Fatalf("Append after that = %v, want ErrStopped", err)
	}
}

func testMany(t *testing.T, s Storage) {
	log, frames := s.Open(t), Frames(t, 1200, 100)
	MustAppend(t, log, frames...)
	wantFrames(t, log, 1, frames)
	wantFrames(t, s.Open(t), 999, frames)
}

func testReplay(t *testing.T, s Storage) {
	log, frames := s.Open(t), Frames(t, 20, 10)
	MustAppend(t, log, frames...)
	chain := journal.Chain{Generation: 1}
	count := 0
	err := journal.Replay(t.Context(), s.Open(t), &chain, func(seq uint64, f *journal.Frame) error {
		count++
		if want := fmt.Sprintf("event %d", seq-1); string(f.Events[0]) != want {
			return fmt.Errorf("frame %d holds %q, want %q", seq, f.Events[0], want)
		}
		return nil
	})
	if err != nil || count != 20 || chain.Head.Seq != 20 {
		t.Fatalf("Replay = %v after %d frames, head %d; want 20", err, count, chain.Head.Seq)
	}
}

func testReplayBroken(t *testing.T, s Storage) {
	log, frames := s.Open(t), Frames(t, 5, 10)
	MustAppend(t, log, frames[0], frames[1], frames[3], frames[2])
	chain := journal.Chain{Generation: 1}
	err := journal.Replay(t.Context(), log, &chain, nil)
	var place *journal.Error
	if !errors.Is(err, journal.ErrChain) || !errors.As(err, &place) || place.Seq != 3 {
		t.Fatalf("Replay of a broken chain = %v, want ErrChain at sequence 3", err)
	}
}
