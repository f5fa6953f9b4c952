package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"fairline/adapters/host"
	"fairline/adapters/natsbus"
	"fairline/engine"
	"fairline/engine/journal"
)

const verifyLong = `Check the journal of a store from its first frame, with the daemon stopped:

  chain      each frame carries the hash of the one before; sequences, epochs and times are in order; the journal
             reaches its anchor
  decisions  every input goes through a new engine, and what follows is compared with the stored events byte for byte
  digests    the state has the digest that the journal has
  ledger     who overtook whom is counted a second time, by hand, and every entry is expanded to those it is about:
             each overtaking stands in exactly one row, and the sums are equal

Exit code 1 and the place when anything differs. Nothing is written to the journal.`

// ledgerVerifyCommand returns `fairline ledger verify`.
func ledgerVerifyCommand() *cobra.Command {
	var flags configFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "verify",
		Short:   "Check the chain, decide everything again, and count by hand",
		Long:    verifyLong,
		Example: "  fairline ledger verify\n  fairline ledger verify --store /var/lib/fairline --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := flags.load()
			if err != nil {
				return err
			}
			r, err := verifyStore(cmd.Context(), cfg)
			if err != nil && r.Finding == "" {
				return err
			}
			if asJSON {
				err = writeJSON(cmd.OutOrStdout(), r)
			} else {
				err = r.print(cmd.OutOrStdout())
			}
			if err == nil && r.Finding != "" {
				return exitError{code: exitFindings}
			}
			return err
		},
	}
	flags.register(cmd.Flags(), false)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// A verifyReport is what --json prints.
type verifyReport struct {
	Schema      string `json:"schema"`
	Store       string `json:"store"`
	Stream      string `json:"stream"`
	OK          bool   `json:"ok"`
	Finding     string `json:"finding,omitempty"`
	Frames      uint64 `json:"frames"`
	Epochs      uint64 `json:"epochs"`
	Hash        string `json:"hash"` // of the last frame
	Inputs      uint64 `json:"inputs"`
	Events      uint64 `json:"events"`
	Digests     uint64 `json:"digests"` // compared
	Digest      string `json:"digest"`  // at the end
	Starts      uint64 `json:"starts"`
	Entries     uint64 `json:"entries"`
	Overtakings uint64 `json:"overtakings"`
	Pulled      uint64 `json:"pulled"`                  // of them, wanted by an agent who asked for a ticket
	Moved       uint64 `json:"moved"`                   // wanted by a supervisor
	Unaccepted  uint64 `json:"without_accepted_reason"` // the pulled and the moved
	Preferred   uint64 `json:"preferred"`               // over a ticket that was kept for another agent
	Reserved    uint64 `json:"reserved"`                // because the agent was kept for others
	Capped      uint64 `json:"capped"`                  // because the agent had started as many as it may
	Missed      uint64 `json:"missed"`                  // against agents who missed
	BySkill     uint64 `json:"by_skill"`                // no overtakings
	ByRoom      uint64 `json:"by_room"`                 // no overtakings
	CostMS      int64  `json:"cost_ms"`
	Counted     bool   `json:"counted"` // whether it came to the count by hand
}

// findings are what a journal can be found to have; any other error is one of the surroundings.
var findings = []error{journal.ErrChain, journal.ErrHole, journal.ErrFrame, journal.ErrLimit, journal.ErrRegressed,
	host.ErrDecision, host.ErrDigest, host.ErrLedger, host.ErrInput, engine.ErrEncoding}

// verifyStore opens the journal of a store and checks it. A finding is in the report and in the error.
func verifyStore(ctx context.Context, cfg config) (r verifyReport, err error) {
	journalConfig := natsbus.JournalConfig{Generation: 1, BytesMax: int64(cfg.DiskMax)}
	r = verifyReport{Schema: "fairline.verify/1", Store: cfg.Store, Stream: journalConfig.Stream()}
	if _, err := os.Stat(filepath.Join(cfg.Store, "jetstream")); err != nil {
		return r, fmt.Errorf("no journal in store %s: say where it is with --store", cfg.Store)
	}
	bus, err := natsbus.Open(ctx, natsbus.Config{StoreDir: cfg.Store, StoreBytesMax: int64(cfg.DiskMax) + natsbus.SideBytesMax})
	if errors.Is(err, natsbus.ErrStoreInUse) {
		return r, fmt.Errorf("a daemon runs on store %s: stop it first, or verify a copy of the store", cfg.Store)
	}
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, bus.Close()) }()
	log, err := bus.OpenJournal(ctx, journalConfig)
	if err == nil {
		defer func() { err = errors.Join(err, log.Close()) }()
		err = r.check(ctx, log)
	}
	for _, finding := range findings {
		if errors.Is(err, finding) {
			r.Finding = err.Error()
		}
	}
	r.OK = err == nil
	return r, err
}

// check decides everything again, and then counts by hand.
func (r *verifyReport) check(ctx context.Context, log journal.Log) error {
	v, err := host.Verify(ctx, log, &journal.Chain{Stream: r.Stream, Generation: 1})
	r.Frames, r.Epochs, r.Inputs, r.Events, r.Digests = v.Frames, v.Epochs, v.Inputs, v.Events, v.Digests
	r.Digest, r.Hash = fmt.Sprintf("%016x", v.Digest), fmt.Sprintf("%x", v.Hash)
	if err != nil {
		return err
	}
	c, err := host.Recount(ctx, log, &journal.Chain{Stream: r.Stream, Generation: 1})
	r.Counted = true
	r.Starts, r.Entries, r.Overtakings, r.Missed = c.Starts, c.Entries, c.Pairs, c.Missed
	r.Pulled, r.Moved, r.Unaccepted, r.Preferred = c.Pulled, c.Moved, c.Pulled+c.Moved, c.Preferred
	r.Reserved, r.Capped = c.Reserved, c.Capped
	r.BySkill, r.ByRoom, r.CostMS = c.Skill, c.Room, int64(c.Cost/engine.Millisecond)
	return err
}

func (r *verifyReport) print(w io.Writer) error {
	p := &explainPrinter{w: w}
	p.line("journal %s of store %s", r.Stream, r.Store)
	p.line("  chain      %s in %s, last %.12s", plural(int(r.Frames), "frame", "frames"), plural(int(r.Epochs), "epoch", "epochs"), r.Hash)
	p.line("  decisions  %s decided again, %s compared byte for byte", plural(int(r.Inputs), "input", "inputs"),
		plural(int(r.Events), "event", "events"))
	p.line("  digests    %d compared, %s at the end", r.Digests, r.Digest)
	if r.Counted {
		p.line("  ledger     %s: %s in %s, counted by hand, each in one row", plural(int(r.Starts), "start", "starts"),
			plural(int(r.Overtakings), "overtaking", "overtakings"), plural(int(r.Entries), "entry", "entries"))
		p.line("             %d without accepted reason: %d pulled by agents, %d moved by supervisors", r.Unaccepted, r.Pulled, r.Moved)
		p.line("             %d over somebody kept for another agent, %d against agents who missed; cost %s", r.Preferred, r.Missed,
			span(r.CostMS))
		if r.Reserved+r.Capped > 0 {
			p.line("             %d because an agent was kept for others, %d because one had started as many as it may", r.Reserved, r.Capped)
		}
		p.line("             no overtakings: %d passed by skill, %d for want of room", r.BySkill, r.ByRoom)
	}
	if r.Finding != "" {
		p.line("not in order: %s", r.Finding)
	} else {
		p.line("in order")
	}
	return p.err
}
