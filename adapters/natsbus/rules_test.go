package natsbus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"fairline/engine/journal"
)

// A script is a store that answers each publish as it is told, in turn, and then as a stream would.
type script struct {
	frames  [][]byte
	answers []answer
	sent    int   // publishes so far
	lastErr error // of last
	rowsErr error // of rows
	skip    int   // sequences by which rows jumps ahead
}

// An answer is what happens to one publish.
type answer struct {
	store bool // the frame is stored first
	err   error
	seq   uint64 // what an acknowledgement says; 0 means the truth
}

func (s *script) publish(_ context.Context, frame []byte, behind uint64) (uint64, error) {
	s.sent++
	var a answer
	if len(s.answers) > 0 {
		a, s.answers = s.answers[0], s.answers[1:]
		if a.store {
			s.frames = append(s.frames, frame)
		}
		if a.err != nil || a.seq > 0 {
			return a.seq, a.err
		}
	}
	if uint64(len(s.frames)) != behind {
		return 0, apiError(jetstream.JSErrCodeStreamWrongLastSequence)
	}
	s.frames = append(s.frames, frame)
	return behind + 1, nil
}

func (s *script) last(context.Context) (uint64, error) { return uint64(len(s.frames)), s.lastErr }

func (s *script) rows(_ context.Context, from uint64, n int) ([]row, error) {
	var rows []row
	for seq := from + uint64(s.skip); seq <= uint64(len(s.frames)) && len(rows) < n; seq++ {
		rows = append(rows, row{seq, s.frames[seq-1]})
	}
	return rows, s.rowsErr
}

func apiError(code jetstream.ErrorCode) error {
	return fmt.Errorf("nats: %w", &jetstream.APIError{Code: 400, ErrorCode: code})
}

func TestAppendRules(t *testing.T) {
	timeout := context.DeadlineExceeded
	spurious := apiError(jetstream.JSErrCodeStreamWrongLastSequenceConstant)
	wrong := apiError(jetstream.JSErrCodeStreamWrongLastSequence)
	two := [][]byte{[]byte("one"), []byte("two")}
	tests := []struct {
		name   string
		script script
		want   error
		sent   int
		stored int
	}{
		{"stored", script{frames: two}, nil, 1, 3},
		{"request lost", script{frames: two, answers: []answer{{err: timeout}}}, nil, 2, 3},
		{"nobody there", script{frames: two, answers: []answer{{err: jetstream.ErrNoStreamResponse}}},
			nil, 2, 3},
		{"answer lost", script{frames: two, answers: []answer{{store: true, err: timeout}}}, nil, 2, 3},
		{"10164 about a lone writer", script{frames: two, answers: []answer{{err: spurious}}},
			nil, 2, 3},
		{"10164 about our own", script{frames: two, answers: []answer{{store: true, err: spurious}}},
			nil, 1, 3},
		{"no answer at all",
			script{frames: two, answers: []answer{{err: timeout}, {err: timeout}, {err: timeout}}},
			journal.ErrUnknownOutcome, 3, 2},
		{"only the first stored, no answer", script{frames: two,
			answers: []answer{{store: true, err: timeout}, {err: timeout}, {err: timeout}}},
			journal.ErrUnknownOutcome, 3, 3},
		{"another was first", script{frames: append(two, []byte("other"))}, journal.ErrFenced, 1, 3},
		{"another was first, twice", script{frames: append(two, []byte("other"), []byte("ours"))},
			journal.ErrFenced, 1, 4},
		{"ours, and then another", script{frames: append(two, []byte("ours"), []byte("other"))},
			nil, 1, 4},
		{"went back", script{frames: two[:1]}, journal.ErrRegressed, 1, 1},
		{"went back to nothing", script{}, journal.ErrRegressed, 1, 0},
		{"refused, and the place is empty",
			script{frames: append(two, []byte("other"), []byte("x")), skip: 1},
			journal.ErrHole, 1, 4},
		{"refused, and nothing can be read",
			script{frames: append(two, []byte("other")), rowsErr: timeout},
			journal.ErrUnknownOutcome, 3, 3},
		{"refused, and the end is not known",
			script{frames: append(two, []byte("ours")), lastErr: nats.ErrTimeout},
			journal.ErrUnknownOutcome, 3, 3},
		{"refused for ever about a lone writer", script{frames: two,
			answers: []answer{{err: wrong}, {err: wrong}, {err: wrong}}}, journal.ErrUnknownOutcome, 3, 2},
		{"full", script{frames: two, answers: []answer{{err: apiError(codeStoreError)}}},
			journal.ErrFull, 1, 2},
		{"no resources", script{frames: two, answers: []answer{{err: apiError(codeResources)}}},
			journal.ErrFull, 1, 2},
		{"acknowledged elsewhere", script{frames: two, answers: []answer{{seq: 9}}},
			journal.ErrHole, 1, 2},
	}
	for _, test := range tests {
		s := &test.script
		err := appender{s, 3, 0}.append(t.Context(), []byte("ours"), 2)
		if !errors.Is(err, test.want) || s.sent != test.sent || len(s.frames) != test.stored {
			t.Errorf("%s: append = %v after %d publishes with %d stored; want %v, %d, %d",
				test.name, err, s.sent, len(s.frames), test.want, test.sent, test.stored)
		}
	}
}

func TestAppendOtherRefusalIsFinal(t *testing.T) {
	sealed := apiError(10109)
	s := &script{answers: []answer{{err: sealed}}}
	err := appender{s, 3, 0}.append(t.Context(), []byte("ours"), 0)
	if !errors.Is(err, sealed) || errors.Is(err, journal.ErrUnknownOutcome) || s.sent != 1 {
		t.Errorf("append = %v after %d publishes, want the server's refusal after 1", err, s.sent)
	}
}

func TestAppendContextEndsBetweenAttempts(t *testing.T) {
	why := errors.New("going home")
	ctx, cancel := context.WithCancelCause(t.Context())
	s := &script{answers: []answer{{store: true, err: context.Canceled}}}
	cancel(why)
	if err := (appender{s, 3, 0}).append(ctx, []byte("ours"), 0); !errors.Is(err, why) || s.sent != 0 {
		t.Errorf("append with an ended context = %v after %d publishes, want its cause after 0", err, s.sent)
	}
	ctx, cancel = context.WithCancelCause(t.Context())
	err := appender{&ender{s, func() { cancel(why) }}, 3, time.Hour}.append(ctx, []byte("ours"), 0)
	if !errors.Is(err, why) || !errors.Is(err, journal.ErrUnknownOutcome) || s.sent != 1 {
		t.Errorf("append = %v after %d publishes, want ErrUnknownOutcome and the cause after 1", err, s.sent)
	}
}

// An ender is a script during whose publish something else happens.
type ender struct {
	*script
	then func()
}

func (e *ender) publish(ctx context.Context, frame []byte, behind uint64) (uint64, error) {
	defer e.then()
	return e.script.publish(ctx, frame, behind)
}

func TestReadRules(t *testing.T) {
	three := [][]byte{[]byte("one"), []byte("two"), []byte("three")}
	timeout := errors.New("no answer")
	tests := []struct {
		name   string
		script script
		last   uint64
		want   error
		at     uint64
	}{
		{"all", script{frames: three}, 3, nil, 4},
		{"a part", script{frames: three}, 2, nil, 3},
		{"jumps", script{frames: three, skip: 1}, 3, journal.ErrHole, 1},
		{"went back", script{frames: three}, 5, journal.ErrRegressed, 4},
		{"empty but should not be", script{frames: three, skip: 9}, 3, journal.ErrHole, 1},
		{"no answer", script{frames: three, rowsErr: timeout}, 3, timeout, 1},
		{"no answer about the end", script{frames: three, lastErr: timeout}, 5, timeout, 4},
	}
	for _, test := range tests {
		at, err := read(t.Context(), &test.script, 0, test.last, func(seq uint64, frame []byte) error {
			if string(frame) != string(three[seq-1]) {
				t.Errorf("%s: frame %d = %q", test.name, seq, frame)
			}
			return nil
		})
		if !errors.Is(err, test.want) || at != test.at {
			t.Errorf("%s: read = %v at %d, want %v at %d", test.name, err, at, test.want, test.at)
		}
	}
}

// scripted is a journal on a script, with an anchor file.
func scripted(t *testing.T) *Journal {
	s := &script{}
	return &Journal{
		name: "FL_JRN_0_1", store: s, append: appender{s, 1, 0},
		file: filepath.Join(t.TempDir(), "FL_JRN_0_1"), log: slog.New(slog.NewTextHandler(t.Output(), nil)),
		last: Anchor{Stream: "FL_JRN_0_1"}, written: time.Now(),
	}
}

func TestRunAnchorsTheLastFrameOfABusySecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := scripted(t)
		ctx, cancel := context.WithCancelCause(t.Context())
		why, done := errors.New("going home"), make(chan error, 1)
		go func() { done <- j.Run(ctx) }()
		for want := uint64(1); want < 4; want++ {
			if _, err := j.Append(ctx, []byte("frame")); err != nil {
				t.Fatal(err)
			}
			time.Sleep(AnchorEvery) // of the bubble: Run is the only other to wake
			synctest.Wait()
			if a, err := ReadAnchor(j.file); err != nil || a.Seq != want {
				t.Errorf("anchor after a second = %v, %v; want sequence %d", a, err, want)
			}
		}
		cancel(why)
		if err := <-done; !errors.Is(err, why) {
			t.Errorf("Run = %v, want the context's cause", err)
		}
	})
}

func TestAnchorNotWritten(t *testing.T) {
	j := scripted(t)
	j.file = filepath.Join(j.file, "no", "such", "directory")
	var said strings.Builder
	j.log, j.written = slog.New(slog.NewTextHandler(&said, nil)), time.Time{}
	if seq, err := j.Append(t.Context(), []byte("frame")); seq != 1 || err != nil {
		t.Errorf("Append = %d, %v; want it stored all the same", seq, err)
	}
	if !strings.Contains(said.String(), "anchor not written") {
		t.Errorf("the log says %q, want the anchor's error", &said)
	}
	if err := j.Close(); err == nil {
		t.Error("Close = nil, want the anchor's error")
	}
}
