package natsbus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"fairline/engine/journal"
)

// The defaults of a JournalConfig, and how often an anchor is written.
const (
	// JournalBytesMax is the default for JournalConfig.BytesMax.
	JournalBytesMax = 4 << 30
	// AckWait is the default for JournalConfig.AckWait.
	AckWait = 5 * time.Second
	// Attempts is the default for JournalConfig.Attempts.
	Attempts = 3
	// AnchorEvery is the least time between two anchors.
	AnchorEvery = time.Second

	attemptPause = 50 * time.Millisecond
)

// A JournalConfig says which journal. Its zero value is shard 0, generation 0, without an anchor.
type JournalConfig struct {
	Shard, Generation uint32
	// BytesMax is the size at which the journal refuses to grow; the default is JournalBytesMax. It
	// is set aside in the store when the journal is made, and changes with each opening.
	BytesMax int64
	// AckWait bounds the wait for one answer, and Attempts the attempts of one append without one.
	AckWait  time.Duration
	Attempts int
	// AnchorDir holds the anchor, in a file named after the stream; empty keeps none.
	AnchorDir string
	// Log takes word of an anchor that could not be written; the default discards it.
	Log *slog.Logger
}

// Stream is the name of the stream.
func (c JournalConfig) Stream() string { return fmt.Sprintf("FL_JRN_%d_%d", c.Shard, c.Generation) }

// Subject is the subject on which the journal's writers append.
func (c JournalConfig) Subject() string { return fmt.Sprintf("fl.jrn.%d.%d", c.Shard, c.Generation) }

func (c JournalConfig) withDefaults() JournalConfig {
	if c.BytesMax == 0 {
		c.BytesMax = JournalBytesMax
	}
	if c.AckWait == 0 {
		c.AckWait = AckWait
	}
	if c.Attempts == 0 {
		c.Attempts = Attempts
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

// A Journal is a journal.Log in a stream. Last, Append, Read and Close belong to one goroutine; Run
// may be another's.
type Journal struct {
	name   string
	store  store
	append appender
	file   string // of the anchor; empty keeps none
	log    *slog.Logger
	stop   journal.Stop

	mu       sync.Mutex // guards what follows; held while an anchor is written
	last     Anchor     // the last frame known to be stored
	anchored Anchor     // what the file says
	written  time.Time  // when the file was last written
	fenced   bool       // another writes the anchor now
}

var _ journal.Log = (*Journal)(nil)

// OpenJournal finds the journal's stream or makes it, and compares it with its anchor. It refuses
//
//   - a stream that ends before the anchor, or that has frames and no anchor (ErrRegressed);
//   - a stream with another frame where the anchor is (ErrChain);
//   - a stream in which a sequence is missing (ErrHole),
//
// and says which file and sequences, and what an operator can do. It does not read the frames
// between: journal.Replay does, and checks the chain.
func OpenJournal(ctx context.Context, conn *nats.Conn, cfg JournalConfig) (*Journal, error) {
	cfg = cfg.withDefaults()
	name := cfg.Stream()
	j, err := openJournal(ctx, conn, cfg)
	if err == nil {
		return j, nil
	}
	if _, placed := errors.AsType[*journal.Error](err); !placed {
		err = &journal.Error{Op: "open", Stream: name, Err: err}
	}
	return nil, err
}

func openJournal(ctx context.Context, conn *nats.Conn, cfg JournalConfig) (*Journal, error) {
	j := &Journal{name: cfg.Stream(), log: cfg.Log}
	anchor := Anchor{Stream: j.name}
	found := false
	if cfg.AnchorDir != "" {
		if err := privateDir(cfg.AnchorDir); err != nil {
			return nil, err
		}
		j.file = filepath.Join(cfg.AnchorDir, j.name)
		var err error
		if anchor, found, err = loadAnchor(j.file, j.name); err != nil {
			return nil, err
		}
	}
	js, err := jetstream.New(conn, jetstream.WithDefaultTimeout(cfg.AckWait))
	if err != nil {
		return nil, err
	}
	stream, err := makeStream(ctx, js, cfg.streamConfig(), anchor, j.file)
	if err != nil {
		return nil, err
	}
	j.store = &streamStore{
		conn: conn, js: js, stream: stream, name: j.name, subject: cfg.Subject(), wait: cfg.AckWait,
	}
	j.append = appender{j.store, cfg.Attempts, attemptPause}
	missing, err := firstMissing(ctx, stream)
	if err != nil {
		return nil, err
	}
	if missing > 0 {
		return nil, &journal.Error{Op: "open", Stream: j.name, Seq: missing, Err: journal.ErrHole}
	}
	if err := j.findLast(ctx); err != nil {
		return nil, err
	}
	if j.file == "" {
		return j, nil
	}
	return j, j.compare(ctx, anchor, found)
}

// findLast reads the last frame of the stream.
func (j *Journal) findLast(ctx context.Context) error {
	j.last = Anchor{Stream: j.name}
	seq, err := j.store.last(ctx)
	if err != nil || seq == 0 {
		return err
	}
	hash, err := j.hashAt(ctx, seq)
	if err != nil {
		return err
	}
	j.last.Seq, j.last.Hash = seq, hash
	return nil
}

func (j *Journal) hashAt(ctx context.Context, seq uint64) (hash [32]byte, err error) {
	at, err := read(ctx, j.store, seq, seq, func(_ uint64, frame []byte) error {
		hash = journal.Hash(frame)
		return nil
	})
	if err != nil {
		return hash, &journal.Error{Op: "open", Stream: j.name, Seq: at, Err: err}
	}
	return hash, nil
}

// compare holds the stream against its anchor. A new journal gets its anchor at once, before there
// is a frame: so one with frames and without an anchor has lost the file.
func (j *Journal) compare(ctx context.Context, anchor Anchor, found bool) error {
	switch {
	case !found && j.last.Seq > 0:
		return missing(j.file, j.last)
	case !found:
		j.anchored, j.written = j.last, time.Now()
		return WriteAnchor(j.file, j.last)
	case anchor.Seq > j.last.Seq:
		return anchor.regressed(j.file, j.last)
	}
	j.anchored = anchor
	if anchor.Seq == 0 {
		return nil
	}
	hash, err := j.hashAt(ctx, anchor.Seq)
	if err == nil && hash != anchor.Hash {
		err = anchor.differs(j.file, hash, j.last)
	}
	return err
}

// Last is as journal.Log says.
func (j *Journal) Last() (uint64, [32]byte) { return j.last.Seq, j.last.Hash }

// Append is as journal.Log says. Once a second it also writes the anchor; when that fails it says so
// in the log, since the frame is stored, and tries again after the next append.
func (j *Journal) Append(ctx context.Context, frame []byte) (uint64, error) {
	seq := j.last.Seq + 1
	err := j.stop.Err()
	if err == nil {
		err = journal.CheckLen(frame)
	}
	if err == nil {
		err = j.append.append(ctx, frame, j.last.Seq)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if err != nil {
		j.fenced = j.fenced || errors.Is(err, journal.ErrFenced)
		return 0, j.stop.Because(&journal.Error{Op: "append", Stream: j.name, Seq: seq, Err: err})
	}
	j.last.Seq, j.last.Hash = seq, journal.Hash(frame)
	if time.Since(j.written) >= AnchorEvery {
		if err := j.anchor(); err != nil {
			j.log.Error("anchor not written", "stream", j.name, "seq", seq, "err", err)
		}
	}
	return seq, nil
}

// anchor writes the anchor if it is behind. The caller holds the lock.
func (j *Journal) anchor() error {
	if j.file == "" || j.fenced || j.anchored == j.last {
		return nil
	}
	j.written = time.Now()
	if err := WriteAnchor(j.file, j.last); err != nil {
		return err
	}
	j.anchored = j.last
	return nil
}

// Read is as journal.Log says.
func (j *Journal) Read(ctx context.Context, from uint64, fn func(uint64, []byte) error) error {
	if err := j.stop.Err(); err != nil {
		return &journal.Error{Op: "read", Stream: j.name, Seq: from, Err: err}
	}
	at, err := read(ctx, j.store, from, j.last.Seq, fn)
	if err != nil && at > 0 {
		return &journal.Error{Op: "read", Stream: j.name, Seq: at, Err: err}
	}
	return err
}

// Run writes the anchor each second while it is behind, until ctx ends. Append does so too, but not
// after the last frame of a busy second: with Run, or Close, that one is anchored as well. It
// returns the cause of ctx's end, or the error that kept it from writing.
func (j *Journal) Run(ctx context.Context) error {
	tick := time.NewTicker(AnchorEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
		if err := j.flush(); err != nil {
			return err
		}
	}
}

func (j *Journal) flush() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.anchor()
}

// Close writes the anchor if it is behind. The connection stays open: it is the caller's.
func (j *Journal) Close() error {
	j.stop.Because(errors.New("closed"))
	return j.flush()
}
