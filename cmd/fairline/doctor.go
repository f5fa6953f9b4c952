package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"
)

const doctorLong = `Look at the surroundings of a line and say what is in order and what is not, each with what to do: clock, store,
free space, the cost of a sync, who can read the keys, addresses, policy, journal and anchor, memory, file descriptors,
and the daemon, if one runs, with whether its agents can keep what shares promise. The journal is read from its first
frame when no daemon has it, and not written to; what a sync costs is measured with a file of 4 KiB in the store, which is
removed.

The configuration is read as serve reads it: give the same flags.

Exit codes: 0 nothing failed (warnings may stand), 1 something failed, 2 usage or configuration.`

// doctorCommand returns `fairline doctor`.
func doctorCommand() *cobra.Command {
	var flags configFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "doctor",
		Short:   "Check clock, disk, keys, addresses, policy, journal and daemon",
		Long:    doctorLong,
		Example: "  fairline doctor\n  fairline doctor --config fairline.yaml --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := flags.load()
			if err != nil {
				return err
			}
			d := examine(cmd.Context(), cfg)
			if asJSON {
				err = writeJSON(cmd.OutOrStdout(), d)
			} else {
				err = d.print(cmd.OutOrStdout())
			}
			if err == nil && d.Failures > 0 {
				err = exitError{code: exitFindings}
			}
			return err
		},
	}
	flags.register(cmd.Flags(), true)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// A diagnosis is what --json prints.
type diagnosis struct {
	Schema   string    `json:"schema"`
	Store    string    `json:"store"`
	Line     string    `json:"line"`
	Failures int       `json:"failures"`
	Warnings int       `json:"warnings"`
	Checks   []finding `json:"checks"`
}

// A finding is the outcome of one check.
type finding struct {
	Check string `json:"check"`
	State string `json:"state"` // ok, warn or fail
	Text  string `json:"text"`
	Do    string `json:"do,omitempty"` // what to do; empty when all is well
}

func fine(format string, args ...any) finding {
	return finding{State: "ok", Text: fmt.Sprintf(format, args...)}
}

func doubtful(do, format string, args ...any) finding {
	return finding{State: "warn", Text: fmt.Sprintf(format, args...), Do: do}
}

func failed(do, format string, args ...any) finding {
	return finding{State: "fail", Text: fmt.Sprintf(format, args...), Do: do}
}

// A doctor looks at one line.
type doctor struct {
	cfg     config
	running *running // what the daemon wrote on the store; nil: none
	unread  error    // why that cannot be read
}

// examinations has a line for each check, in the order in which they are shown.
var examinations = []struct {
	check string
	look  func(*doctor, context.Context) finding
}{
	{"clock", (*doctor).lookAtClock},
	{"store", (*doctor).lookAtStore},
	{"space", (*doctor).lookAtSpace},
	{"sync", (*doctor).lookAtSync},
	{"keys", (*doctor).lookAtKeys},
	{"listen", (*doctor).lookAtListen},
	{"http", (*doctor).lookAtHTTP},
	{"policy", (*doctor).lookAtPolicy},
	{"journal", (*doctor).lookAtJournal},
	{"memory", (*doctor).lookAtMemory},
	{"files", (*doctor).lookAtFiles},
	{"daemon", (*doctor).lookAtDaemon},
	{"shares", (*doctor).lookAtShares},
}

// examine makes all checks.
func examine(ctx context.Context, cfg config) diagnosis {
	p := &doctor{cfg: cfg}
	r, err := readRunning(cfg.Store)
	switch {
	case err == nil:
		p.running = &r
	case !errors.Is(err, fs.ErrNotExist):
		p.unread = err
	}
	d := diagnosis{Schema: "fairline.doctor/1", Store: cfg.Store, Line: cfg.Line}
	for _, e := range examinations {
		f := e.look(p, ctx)
		f.Check = e.check
		d.Checks = append(d.Checks, f)
		switch f.State {
		case "warn":
			d.Warnings++
		case "fail":
			d.Failures++
		}
	}
	return d
}

func (d diagnosis) print(w io.Writer) error {
	p := &explainPrinter{w: w}
	p.line("line %s on store %s", d.Line, d.Store)
	for _, f := range d.Checks {
		p.line("  %-4s  %-8s %s", f.State, f.Check, strings.ReplaceAll(f.Text, "\n", "\n                 "))
		if f.Do != "" {
			p.line("                 -> %s", f.Do)
		}
	}
	p.line("%d ok, %s, %s", len(d.Checks)-d.Warnings-d.Failures, plural(d.Warnings, "warning", "warnings"),
		plural(d.Failures, "failure", "failures"))
	return p.err
}
