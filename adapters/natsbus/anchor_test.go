package natsbus_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"fairline/adapters/natsbus"
	"fairline/engine/journal"
	"fairline/engine/journal/journaltest"
)

// A journalStory is a store in which a journal of some frames was written and closed.
type journalStory struct {
	cfg    natsbus.Config
	frames [][]byte
	anchor string // the anchor's file
}

// write opens the store, appends frames, and closes everything.
func (s *journalStory) write(t *testing.T, frames [][]byte) {
	t.Helper()
	bus := open(t, s.cfg)
	log := openJournal(t, bus)
	journaltest.MustAppend(t, log, frames...)
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	closeBus(t, bus)
}

// newStory writes n frames of the given size.
func newStory(t *testing.T, n, size int) *journalStory {
	t.Helper()
	s := &journalStory{cfg: config(t), frames: journaltest.Frames(t, n, size)}
	s.cfg.AnchorDir = filepath.Join(t.TempDir(), "anchors")
	s.anchor = filepath.Join(s.cfg.AnchorDir, stream)
	s.write(t, s.frames)
	return s
}

// verify opens the journal again and reads it through, as a host does.
func (s *journalStory) verify(t *testing.T) error {
	t.Helper()
	bus := open(t, s.cfg)
	defer closeBus(t, bus)
	log, err := bus.OpenJournal(t.Context(), first)
	if err != nil {
		return err
	}
	chain := journal.Chain{Stream: stream, Generation: 1}
	return journal.Replay(t.Context(), log, &chain, nil)
}

// wantRefusal checks the error, its place, and what it says.
func wantRefusal(t *testing.T, err, want error, low, high uint64, texts ...string) {
	t.Helper()
	place, ok := errors.AsType[*journal.Error](err)
	if !errors.Is(err, want) || !ok || place.Stream != stream || place.Seq < low || place.Seq > high {
		t.Fatalf("journal opened with %v\nwant %v at sequence %d to %d", err, want, low, high)
	}
	for _, text := range texts {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("journal opened with %v\nwant it to say %q", err, text)
		}
	}
}

func TestAnchorHolds(t *testing.T) {
	s := newStory(t, 30, 100)
	a, err := natsbus.ReadAnchor(s.anchor)
	want := natsbus.Anchor{Stream: stream, Seq: 30, Hash: journal.Hash(s.frames[29])}
	if err != nil || a != want {
		t.Fatalf("ReadAnchor = %v, %v; want %v", a, err, want)
	}
	if err = s.verify(t); err != nil {
		t.Errorf("journal opened with %v, want it to hold", err)
	}
}

func TestAnchorFindsAJournalThatWentBack(t *testing.T) {
	frames := journaltest.Frames(t, 30, 100)
	s := &journalStory{cfg: config(t)}
	s.write(t, frames[:20])
	for _, whole := range []bool{false, true} { // the streams alone, or the whole store
		s.cfg.AnchorDir = filepath.Join(t.TempDir(), "anchors")
		dir := filepath.Join(s.cfg.StoreDir, "jetstream")
		if whole {
			dir = s.cfg.StoreDir
		}
		old := copyDir(t, dir)
		if err := os.Mkdir(s.cfg.AnchorDir, 0o700); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(s.cfg.AnchorDir, stream)
		at20 := natsbus.Anchor{Stream: stream, Seq: 20, Hash: journal.Hash(frames[19])}
		if err := natsbus.WriteAnchor(file, at20); err != nil {
			t.Fatal(err)
		}
		s.write(t, frames[20:])
		restore(t, old, dir)
		err := s.verify(t)
		wantRefusal(t, err, journal.ErrRegressed, 30, 30, file, "ends at sequence 20", at20.String())

		// An operator accepts the loss by the line that the error gives.
		if err := natsbus.WriteAnchor(file, at20); err != nil {
			t.Fatal(err)
		}
		if err := s.verify(t); err != nil {
			t.Errorf("journal opened with %v after the operator accepted it", err)
		}
	}
}

func TestAnchorFindsADeletedJournal(t *testing.T) {
	s := newStory(t, 5, 10)
	if err := os.RemoveAll(filepath.Join(s.cfg.StoreDir, "jetstream")); err != nil {
		t.Fatal(err)
	}
	wantRefusal(t, s.verify(t), journal.ErrRegressed, 5, 5, s.anchor, "ends at sequence 0")
	streams := filepath.Join(s.cfg.StoreDir, "jetstream", "*", "streams", "*")
	if made, err := filepath.Glob(streams); err != nil || len(made) > 0 {
		t.Errorf("the refusal left %v, %v; want no new stream in the place of the lost one", made, err)
	}
}

func TestAnchorFindsAnotherHistory(t *testing.T) {
	s := newStory(t, 5, 10)
	if err := os.RemoveAll(filepath.Join(s.cfg.StoreDir, "jetstream")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(s.anchor); err != nil {
		t.Fatal(err)
	}
	s.write(t, journaltest.Frames(t, 7, 11))
	old := natsbus.Anchor{Stream: stream, Seq: 5, Hash: journal.Hash(s.frames[4])}
	if err := natsbus.WriteAnchor(s.anchor, old); err != nil {
		t.Fatal(err)
	}
	wantRefusal(t, s.verify(t), journal.ErrChain, 5, 5, s.anchor)
}

func TestAnchorMissing(t *testing.T) {
	s := newStory(t, 5, 10)
	if err := os.Remove(s.anchor); err != nil {
		t.Fatal(err)
	}
	wantRefusal(t, s.verify(t), journal.ErrRegressed, 5, 5, s.anchor)
	if _, err := os.Stat(s.anchor); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a refused journal wrote an anchor: %v", err)
	}
}

func TestAnchorUnreadable(t *testing.T) {
	s := newStory(t, 5, 10)
	line, err := os.ReadFile(s.anchor)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		"", "\n", string(line) + "\n", strings.ToUpper(string(line)), " " + string(line),
		strings.Replace(string(line), " 5 ", " 05 ", 1), strings.Replace(string(line), " 5 ", " -5 ", 1),
		strings.Replace(string(line), stream, "FL_JRN_0_2", 1), string(line[:40]),
		string(bytes.Repeat(line, 99)),
	} {
		if err := os.WriteFile(s.anchor, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := s.verify(t); err == nil || !strings.Contains(err.Error(), s.anchor) {
			t.Errorf("journal with the anchor %.80q opened with %v, want the file named", text, err)
		}
	}
}

// blocks are the files in which the server keeps the frames, in order.
func (s *journalStory) blocks(t *testing.T) []string {
	t.Helper()
	pattern := filepath.Join(s.cfg.StoreDir, "jetstream", "*", "streams", stream, "msgs", "*.blk")
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no block files in %s: %v", pattern, err)
	}
	return files
}

// flip flips a bit in the frame with the sequence bad, where the server keeps it.
func (s *journalStory) flip(t *testing.T, bad uint64) {
	t.Helper()
	file := s.blocks(t)[0]
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(content, s.frames[bad-1])
	if at < 0 {
		t.Fatalf("frame %d is not in the first block", bad)
	}
	content[at+600] ^= 0x10
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// With its index intact the server skips the frame with the flipped bit, and reading finds the hole.
func TestJournalFlippedBit(t *testing.T) {
	for _, bad := range []uint64{1, 17, 29, 30} {
		s := newStory(t, 30, 1000)
		s.flip(t, bad)
		wantRefusal(t, s.verify(t), journal.ErrHole, bad, bad)
	}
}

// After a power cut the server has no index and reads the blocks again. It then ends the journal
// before the flipped bit, says that all is well, and would go on from there: only the anchor knows.
func TestJournalFlippedBitWithoutIndex(t *testing.T) {
	for _, bad := range []uint64{2, 17, 30} {
		s := newStory(t, 30, 1000)
		s.flip(t, bad)
		index := filepath.Join(filepath.Dir(s.blocks(t)[0]), "index.db")
		if err := os.Remove(index); err != nil {
			t.Fatal(err)
		}
		last := natsbus.Anchor{Stream: stream, Seq: bad - 1, Hash: journal.Hash(s.frames[bad-2])}
		wantRefusal(t, s.verify(t), journal.ErrRegressed, 30, 30, s.anchor, last.String())
	}
}

// A frame in the middle is gone. The journal's own stream lets nobody delete, so it is one made by
// hand, without that setting; opening sets it.
func TestJournalHole(t *testing.T) {
	s := &journalStory{cfg: config(t), frames: journaltest.Frames(t, 30, 10)}
	bus := open(t, s.cfg)
	js, err := jetstream.New(bus.Conn())
	if err != nil {
		t.Fatal(err)
	}
	made, err := js.CreateStream(t.Context(), jetstream.StreamConfig{
		Name: stream, Subjects: []string{first.Subject()}, Discard: jetstream.DiscardNew, AllowDirect: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, frame := range s.frames {
		if _, err := js.Publish(t.Context(), first.Subject(), frame); err != nil {
			t.Fatal(err)
		}
	}
	if err := made.DeleteMsg(t.Context(), 12); err != nil {
		t.Fatal(err)
	}
	closeBus(t, bus)
	wantRefusal(t, s.verify(t), journal.ErrHole, 12, 12)
	wantRefusal(t, s.verify(t), journal.ErrHole, 12, 12)
}

// A whole block in the middle is lost.
func TestJournalLostBlock(t *testing.T) {
	s := newStory(t, 60, 500<<10) // blocks of 8 MiB
	files := s.blocks(t)
	if len(files) < 3 {
		t.Fatalf("%d blocks, want at least 3", len(files))
	}
	if err := os.Remove(files[1]); err != nil {
		t.Fatal(err)
	}
	err := s.verify(t)
	wantRefusal(t, err, journal.ErrHole, 2, 59)
}

func TestAnchorIsWrittenWhileRunning(t *testing.T) {
	s := &journalStory{cfg: config(t), frames: journaltest.Frames(t, 40, 10)}
	s.cfg.AnchorDir = filepath.Join(t.TempDir(), "anchors")
	s.anchor = filepath.Join(s.cfg.AnchorDir, stream)
	log := openJournal(t, open(t, s.cfg))
	wantAnchor := func(want uint64) {
		t.Helper()
		a, err := natsbus.ReadAnchor(s.anchor)
		if err != nil || a.Seq != want {
			t.Errorf("anchor = %v, %v; want sequence %d", a, err, want)
		}
	}
	wantAnchor(0) // written before there is a frame
	journaltest.MustAppend(t, log, s.frames[0])
	wantAnchor(0) // not yet a second
	natsbus.Age(log)
	journaltest.MustAppend(t, log, s.frames[1])
	wantAnchor(2)
	journaltest.MustAppend(t, log, s.frames[2])
	wantAnchor(2)
	if err := log.Close(); err != nil {
		t.Errorf("Close = %v", err)
	}
	wantAnchor(3)
	if _, err := log.Append(t.Context(), s.frames[3]); !errors.Is(err, journal.ErrStopped) {
		t.Errorf("Append after Close = %v, want ErrStopped", err)
	}
}

// Who was fenced does not take the anchor back.
func TestAnchorIsTheWinners(t *testing.T) {
	cfg, frames := config(t), journaltest.Frames(t, 4, 10)
	bus := open(t, cfg)
	old := openJournal(t, bus)
	journaltest.MustAppend(t, old, frames[0])
	winner := openJournal(t, bus)
	journaltest.MustAppend(t, winner, frames[1:3]...)
	if err := winner.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := old.Append(t.Context(), frames[3]); !errors.Is(err, journal.ErrFenced) {
		t.Fatalf("Append = %v, want ErrFenced", err)
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	a, err := natsbus.ReadAnchor(filepath.Join(cfg.StoreDir, "anchors", stream))
	if err != nil || a.Seq != 3 {
		t.Errorf("anchor = %v, %v; want the winner's 3", a, err)
	}
}

func FuzzAnchor(f *testing.F) {
	f.Add(natsbus.Anchor{Stream: stream, Seq: 412, Hash: journal.Hash([]byte("x"))}.String())
	f.Fuzz(func(t *testing.T, line string) {
		if a, err := natsbus.ParseAnchor(line); err == nil && a.String() != line {
			t.Errorf("ParseAnchor(%q) = %v, which is another line", line, a)
		}
	})
}
