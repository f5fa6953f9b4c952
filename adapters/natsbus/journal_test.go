package natsbus_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fairline/adapters/natsbus"
	"fairline/engine/journal"
	"fairline/engine/journal/journaltest"
)

// first is the journal of all tests.
var first = natsbus.JournalConfig{Generation: 1, BytesMax: 256 << 20}

const stream = "FL_JRN_0_1"

// openJournal opens the journal of a bus.
func openJournal(t testing.TB, bus *natsbus.Bus) *natsbus.Journal {
	t.Helper()
	log, err := bus.OpenJournal(t.Context(), first)
	if err != nil {
		t.Fatalf("OpenJournal = %v", err)
	}
	return log
}

// streamStorage opens one stream again and again.
type streamStorage struct{ bus *natsbus.Bus }

func (s streamStorage) Open(t testing.TB) journal.Log { return openJournal(t, s.bus) }

func TestJournalConforms(t *testing.T) {
	journaltest.Run(t, func(t *testing.T) journaltest.Storage {
		return streamStorage{open(t, config(t))}
	})
}

func TestJournalSurvivesARestart(t *testing.T) {
	cfg, frames := config(t), journaltest.Frames(t, 50, 100)
	bus := open(t, cfg)
	journaltest.MustAppend(t, openJournal(t, bus), frames[:40]...)
	closeBus(t, bus)
	log := openJournal(t, open(t, cfg))
	chain := journal.Chain{Stream: stream, Generation: 1}
	if err := journal.Replay(t.Context(), log, &chain, nil); err != nil || chain.Head.Seq != 40 {
		t.Fatalf("Replay = %v up to %d, want 40", err, chain.Head.Seq)
	}
	journaltest.MustAppend(t, log, frames[40:]...)
}

// Frames larger than what one batch carries are read in several, and lose nothing.
func TestJournalReadsLargeFrames(t *testing.T) {
	log := openJournal(t, open(t, config(t)))
	frames := journaltest.Frames(t, 20, 900<<10)
	journaltest.MustAppend(t, log, frames...)
	var next uint64 = 1
	err := log.Read(t.Context(), 1, func(seq uint64, frame []byte) error {
		if seq != next || !bytes.Equal(frame, frames[seq-1]) {
			t.Fatalf("Read gave another frame at %d", seq)
		}
		next++
		return nil
	})
	if err != nil || next != 21 {
		t.Errorf("Read = %v up to %d, want 20 frames", err, next-1)
	}
}

func TestJournalFull(t *testing.T) {
	bus := open(t, config(t))
	small := first
	small.BytesMax = 4096
	log, err := bus.OpenJournal(t.Context(), small)
	if err != nil {
		t.Fatal(err)
	}
	for _, frame := range journaltest.Frames(t, 10, 1000) {
		if _, err = log.Append(t.Context(), frame); err != nil {
			break
		}
	}
	last, _ := log.Last()
	if !errors.Is(err, journal.ErrFull) || last == 0 || last > 3 {
		t.Errorf("Append at sequence %d = %v, want ErrFull within the first 4", last+1, err)
	}
	if again := openJournal(t, bus); again != nil { // with more room
		journaltest.MustAppend(t, again, []byte("room"))
	}
}

func TestJournalOverTheStore(t *testing.T) {
	cfg := config(t)
	cfg.StoreBytesMax = 1 << 20
	_, err := open(t, cfg).OpenJournal(t.Context(), first)
	if err == nil || !strings.Contains(err.Error(), "open "+stream+": ") {
		t.Errorf("OpenJournal = %v, want a refusal that names the journal", err)
	}
}

func TestJournalAckLost(t *testing.T) {
	place := config(t)
	place.AnchorDir = filepath.Join(t.TempDir(), "anchors")
	bus := open(t, place)
	proxy := newProxy(t, bus)
	cfg := first
	cfg.AnchorDir = place.AnchorDir
	log, err := natsbus.OpenJournal(t.Context(), proxy.conn, cfg)
	if err != nil {
		t.Fatal(err)
	}
	natsbus.SetAckWait(log, 250*time.Millisecond)
	frames := journaltest.Frames(t, 6, 10)
	journaltest.MustAppend(t, log, frames[0])

	proxy.dropFromServer([]byte(`"stream":"FL_JRN_0_1"`), 1) // the acknowledgement
	journaltest.MustAppend(t, log, frames[1])
	proxy.wantDropped(t, 1)

	proxy.dropFromClient([]byte("HPUB fl.jrn"), 1) // the frame itself
	journaltest.MustAppend(t, log, frames[2])
	proxy.wantDropped(t, 2)

	proxy.dropFromServer([]byte(`"stream":"FL_JRN_0_1"`), natsbus.Attempts)
	_, err = log.Append(t.Context(), frames[3])
	if !errors.Is(err, journal.ErrUnknownOutcome) {
		t.Fatalf("Append without any answer = %v, want ErrUnknownOutcome", err)
	}
	again := openJournal(t, bus)
	if seq, _ := again.Last(); seq != 4 {
		t.Errorf("Last = %d, want 4: the frame was stored, once", seq)
	}
	chain := journal.Chain{Stream: stream, Generation: 1}
	if err = journal.Replay(t.Context(), again, &chain, nil); err != nil {
		t.Errorf("Replay = %v, want the chain to hold", err)
	}
}

// The store went back behind a writer that goes on: it is told, and nothing is appended.
func TestJournalWentBackWhileRunning(t *testing.T) {
	cfg, frames := config(t), journaltest.Frames(t, 4, 10)
	bus := open(t, cfg)
	journaltest.MustAppend(t, openJournal(t, bus), frames[0])
	closeBus(t, bus)
	old := copyDir(t, filepath.Join(cfg.StoreDir, "jetstream"))

	bus = open(t, cfg)
	log := openJournal(t, bus)
	journaltest.MustAppend(t, log, frames[1:3]...)
	closeBus(t, bus)

	// The same writer as before, on a connection to the store that went back.
	restore(t, old, filepath.Join(cfg.StoreDir, "jetstream"))
	bus = open(t, cfg)
	behind := natsbus.Rebind(log, bus.Conn())
	if _, err := behind.Append(t.Context(), frames[3]); !errors.Is(err, journal.ErrRegressed) {
		t.Errorf("Append = %v, want ErrRegressed", err)
	}
}

// copyDir copies a directory to another of the test and returns it.
func copyDir(t *testing.T, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return to
}

// restore puts a copy in the place of a directory.
func restore(t *testing.T, from, dir string) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			return os.Chmod(path, 0o700)
		}
		return os.Chmod(path, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
}
