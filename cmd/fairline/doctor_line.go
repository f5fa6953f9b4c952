package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"fairline/adapters/natsbus"
	"fairline/engine/journal"
	"fairline/policy"
)

// roundTrips is how often the daemon is asked; the trip in the middle counts.
const roundTrips = 21

// lookAtKeys says who can read what only the owner may.
func (p *doctor) lookAtKeys(context.Context) finding {
	n := 0
	var open []string
	err := filepath.WalkDir(p.cfg.Store, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && d.Name() == "jetstream" {
			return orSkipDir(err)
		}
		if name == p.cfg.Store {
			return nil // lookAtStore does
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		n++
		if owner, ok := info.Sys().(*syscall.Stat_t); info.Mode().Perm()&0o077 != 0 || ok && int(owner.Uid) != os.Geteuid() {
			open = append(open, name)
		}
		return nil
	})
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fine("none yet: they are made at the first start")
	case err != nil:
		return failed("give the owner of the store the right to read it", "%v", err)
	case len(open) > 0:
		return failed("chmod go= "+quotedList(open)+"; remove a key that others may have read, and a new one is made",
			"%s open to other users, or another's", areThere(open))
	}
	return fine("%s of keys, anchors and addresses, for their owner alone", plural(n, "file or directory", "files and directories"))
}

func orSkipDir(err error) error {
	if err != nil {
		return err
	}
	return fs.SkipDir
}

func quotedList(names []string) string {
	text := ""
	for i, name := range names {
		if i > 0 {
			text += " "
		}
		text += quoted(name)
	}
	return text
}

// lookAtPolicy checks the policy that the next start adopts.
func (p *doctor) lookAtPolicy(context.Context) finding {
	name := p.cfg.Policy
	if name == "" && p.hasJournal() {
		return fine("the journal's goes on")
	}
	if name == "" {
		name = defaultPolicy
	}
	parsed, faults, err := policy.Load(name)
	if err != nil {
		return failed("say which with --policy", "%v", err)
	}
	return judgePolicy(name, parsed, faults)
}

func judgePolicy(name string, parsed *policy.Policy, faults policy.Faults) finding {
	do := "fairline policy check " + quoted(name)
	errors, warnings := faults.Count(policy.Error), faults.Count(policy.Warning)
	switch {
	case parsed == nil || errors > 0:
		return failed(do, "%s has %s", name, plural(errors, "error", "errors"))
	case parsed.Serveable() != nil:
		return failed("take it out, or wait for the version that has it", "%v", parsed.Serveable())
	case warnings > 0:
		return doubtful(do, "%s has %s", name, plural(warnings, "warning", "warnings"))
	}
	return fine("%s is %s@%x, no fault", name, parsed.Engine.Name, parsed.Engine.Hash[:3])
}

func (p *doctor) hasJournal() bool {
	_, err := os.Stat(filepath.Join(p.cfg.Store, "jetstream"))
	return err == nil
}

// lookAtJournal reads the journal from its first frame, unless a daemon has it.
func (p *doctor) lookAtJournal(ctx context.Context) finding {
	if !p.hasJournal() {
		return fine("none yet")
	}
	chain, err := p.readJournal(ctx)
	switch {
	case errors.Is(err, natsbus.ErrStoreInUse):
		return fine("a daemon has it; stop it for fairline ledger verify")
	case errors.Is(err, natsbus.ErrExposed):
		return failed("see store and keys", "not read: %v", err)
	case err != nil:
		return failed("do what it says; fairline ledger verify looks closer", "%v", err)
	}
	return judgeJournal(chain.Head, p.cfg.Speed, time.Now())
}

// readJournal checks the chain of the journal, and its anchor.
func (p *doctor) readJournal(ctx context.Context) (chain journal.Chain, err error) {
	cfg := natsbus.JournalConfig{Generation: 1, BytesMax: int64(p.cfg.DiskMax)}
	chain = journal.Chain{Stream: cfg.Stream(), Generation: 1}
	bus, err := natsbus.Open(ctx, natsbus.Config{StoreDir: p.cfg.Store, StoreBytesMax: int64(p.cfg.DiskMax) + natsbus.SideBytesMax})
	if err != nil {
		return chain, err
	}
	defer func() { err = errors.Join(err, bus.Close()) }()
	log, err := bus.OpenJournal(ctx, cfg)
	if err != nil {
		return chain, err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	return chain, journal.Replay(ctx, log, &chain, nil)
}

// judgeJournal compares the end of a journal in order with the clock.
func judgeJournal(head journal.Head, speed int, now time.Time) finding {
	text := fmt.Sprintf("%s, the chain and the anchor agree", plural(int(head.Seq), "frame", "frames"))
	last := time.Unix(0, head.LTime)
	if ahead := last.Sub(now); head.Seq > 0 && ahead > 2*time.Second && speed == 1 {
		return failed("set the clock right; the journal of a fast line goes on with the same --speed only",
			"%s, but it ends at %s, %v ahead of the clock", text, last.UTC().Format(time.RFC3339), ahead.Round(time.Second))
	}
	return fine("%s", text)
}

// lookAtDaemon asks the daemon on the store, if there is one.
func (p *doctor) lookAtDaemon(ctx context.Context) finding {
	restart := "start it again: " + program0() + " serve"
	switch {
	case p.unread != nil:
		return failed("remove the file", "%v", p.unread)
	case p.running == nil:
		return fine("none runs on this store")
	case p.running.NATS == "":
		return p.lookAtReady(restart, fmt.Sprintf("process %d listens nowhere", p.running.PID))
	}
	trip, err := p.ask(ctx)
	if err != nil {
		return failed(restart, "process %d left %s and does not answer: %v", p.running.PID,
			filepath.Join(p.cfg.Store, runningFile), err)
	}
	return p.lookAtReady(restart, fmt.Sprintf("process %d answers within %v", p.running.PID, trip.Round(10*time.Microsecond)))
}

// ask gives the time of a round trip.
func (p *doctor) ask(ctx context.Context) (time.Duration, error) {
	f := busFlags{nats: p.running.NATS, creds: p.running.Creds}
	conn, err := f.connect("doctor", p.cfg)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	took := make([]time.Duration, 0, roundTrips)
	for range roundTrips {
		from := time.Now()
		var status daemonStatus
		if err := conn.ask(ctx, "fl.ask."+p.running.Line+".status", map[string]any{}, &status); err != nil {
			return 0, err
		}
		took = append(took, time.Since(from))
	}
	slices.Sort(took)
	return took[len(took)/2], nil
}

// lookAtReady asks the daemon's page whether the line is served.
func (p *doctor) lookAtReady(restart, text string) finding {
	if p.running.HTTP == "" {
		return fine("%s; no HTTP", text)
	}
	client := http.Client{Timeout: answerMax}
	resp, err := client.Get(p.running.HTTP + "/readyz")
	if err != nil {
		return failed(restart, "%s, but %v", text, err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return failed("wait for the replay, or see what the daemon says", "%s, but %s/readyz says %s", text, p.running.HTTP, resp.Status)
	}
	return fine("%s, and is ready", text)
}
