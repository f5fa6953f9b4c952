package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"

	"fairline/adapters/host"
	"fairline/policy"
)

// How long the directory of a policy must be quiet before the file is read: an editor writes it in several steps. And
// how often it is read without a word from the system: a network disk gives none, and a directory that was replaced
// takes its watch with it.
const (
	settleAfter = 100 * time.Millisecond
	settleMax   = time.Second // something else may be written there all the time
	lookEvery   = 30 * time.Second
)

// A watcher puts a policy file in force whenever it has changed. It watches directories and not the file: editors
// replace the file, and Kubernetes swaps a symlink beside it.
type watcher struct {
	file      string // empty: the policy is none of a file, and there is nothing to watch
	adopt     func(ctx context.Context, file string, src []byte) (host.Adoption, error)
	narration io.Writer
	log       *slog.Logger
	again     <-chan os.Signal  // SIGHUP: read it whether it has changed or not
	seen      [sha256.Size]byte // of what was handed over last, or could not be read
}

// watchPolicy follows the policy file, and reads it again at each SIGHUP, until ctx ends.
func (d *daemon) watchPolicy(ctx context.Context) error {
	if !d.awaitReady(ctx) {
		return nil
	}
	w := &watcher{adopt: d.host.Adopt, narration: d.narration, log: d.log, again: d.again}
	if _, shipped := policy.Shipped(d.cfg.Policy); d.cfg.Policy != "" && !shipped {
		w.file = d.cfg.Policy
		if d.policy != nil { // else it had faults at the start, and whoever asks is to hear of them
			w.seen = sha256.Sum256(d.policy.Source)
		}
	}
	return w.run(ctx)
}

// run follows the file until ctx ends. Where the system cannot watch, SIGHUP and the slow look remain.
func (w *watcher) run(ctx context.Context) error {
	if w.file == "" {
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-w.again:
				fmt.Fprintln(w.narration, "There is nothing to read again: the policy is not one of a file (--policy FILE).")
			}
		}
	}
	notes, err := fsnotify.NewWatcher()
	if err != nil {
		w.log.Warn("the policy file is not watched, only looked at", "file", w.file, "every", lookEvery, "error", err)
	} else {
		defer func() { _ = notes.Close() }() // it only listens
	}
	return w.follow(ctx, notes)
}

// follow is the loop of run; notes is nil where the system cannot watch.
func (w *watcher) follow(ctx context.Context, notes *fsnotify.Watcher) error {
	var events <-chan fsnotify.Event
	var faults <-chan error
	if notes != nil {
		events, faults = notes.Events, notes.Errors
	}
	look := func(asked bool) {
		w.watchFolders(notes) // first: what is written behind it is heard of
		w.look(ctx, asked)
	}
	settled := time.NewTimer(0) // what changed between the start and now is a change too
	defer settled.Stop()
	slow := time.NewTicker(lookEvery)
	defer slow.Stop()
	var first time.Time // of the changes that were not looked at yet
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-w.again:
			look(true)
		case <-events:
			if first.IsZero() {
				first = time.Now()
			}
			if time.Since(first) < settleMax {
				settled.Reset(settleAfter)
			}
			continue
		case err := <-faults:
			w.log.Warn("changes of the policy file may have been missed", "file", w.file, "error", err)
			look(false)
		case <-settled.C:
			first = time.Time{}
			look(false)
		case <-slow.C:
			look(false)
		}
	}
}

// watchFolders watches the directory of the file and, where the file is a link, that of each file on the way. Watching
// one that is watched already changes nothing; one that went away is taken up again.
func (w *watcher) watchFolders(notes *fsnotify.Watcher) {
	if notes == nil {
		return
	}
	folders := []string{filepath.Dir(w.file)}
	if target, err := filepath.EvalSymlinks(w.file); err == nil {
		folders = append(folders, filepath.Dir(target))
	}
	for _, folder := range folders {
		if err := notes.Add(folder); err != nil && !errors.Is(err, fs.ErrNotExist) {
			w.log.Warn("a directory of the policy file is not watched, only looked at", "directory", folder, "every", lookEvery,
				"error", err)
		}
	}
}

// look reads the file and hands it over when it is another than the last, or when somebody asked.
func (w *watcher) look(ctx context.Context, asked bool) {
	src, err := os.ReadFile(w.file)
	seen := sha256.Sum256(src)
	if err != nil {
		seen = sha256.Sum256([]byte(err.Error()))
	}
	if seen == w.seen && !asked {
		return
	}
	w.seen = seen
	if err != nil {
		fmt.Fprintf(w.narration, "The policy in force goes on: %v\n", err)
		return
	}
	a, err := w.adopt(ctx, w.file, src)
	switch {
	case err != nil && ctx.Err() != nil:
	case err != nil:
		w.sayFaults(src, err)
	default:
		w.sayAdopted(a)
	}
}

// sayFaults says why a file was not taken, each fault at its place.
func (w *watcher) sayFaults(src []byte, err error) {
	var lines []string
	_, faults := policy.Parse(w.file, src)
	for _, f := range faults {
		if f.Severity == policy.Error {
			lines = append(lines, f.Error())
		}
	}
	if len(lines) == 0 {
		lines = []string{err.Error()}
	}
	fmt.Fprintf(w.narration, "%s\n%s is not taken: the policy in force goes on.\n", strings.Join(lines, "\n"), w.file)
}

// sayAdopted says what a new policy changed.
func (w *watcher) sayAdopted(a host.Adoption) {
	if !a.Changed {
		fmt.Fprintf(w.narration, "Policy %s is in force as before.\n", a.Policy)
		return
	}
	fmt.Fprintf(w.narration, "Policy %s is in force, for %s in the line (journal %d).\n", a.Policy,
		plural(a.Tickets, "ticket", "tickets"), a.Seq)
	for _, m := range a.Moved {
		fmt.Fprintf(w.narration, "  %s: %s before, %s now\n", plural(m.Count, "ticket", "tickets"), m.From, m.To)
	}
	for _, r := range a.Places {
		fmt.Fprintf(w.narration, "  %s: %d earlier, %d later in the order of service than before\n", r.Class, r.Earlier, r.Later)
	}
	if a.Uncounted {
		fmt.Fprintln(w.narration, "  Too many to count whose class or place is another now.")
	}
}
