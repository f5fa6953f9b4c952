package main

import (
	"bufio"
	"cmp"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

// deskFlags are those of everything that a supervisor does.
type deskFlags struct {
	bus                 busFlags
	adapter, as, reason string
}

// deskCommand makes a command of a supervisor. Each has a reason: it is kept with the name, and whoever is delayed by it
// can read it.
func deskCommand(use, short, long, example string, run func(d *desk, args []string) error) *cobra.Command {
	f := deskFlags{bus: busFlags{desk: true}}
	cmd := &cobra.Command{
		Use: use, Short: short, Long: long, Example: example,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkToken("--as", f.as); err != nil {
				return err
			}
			conn, err := f.bus.dial("desk")
			if err != nil {
				return err
			}
			defer conn.Close()
			return run(&desk{cmd: cmd, conn: conn, flags: &f}, args)
		},
	}
	flags := cmd.Flags()
	f.bus.register(flags)
	flags.StringVar(&f.adapter, "adapter", "cli", "the adapter that the ticket came by")
	flags.StringVar(&f.as, "as", supervisor(os.Getenv("USER")), "the supervisor's name")
	flags.StringVar(&f.reason, "reason", "", "why, for the record (required)")
	if err := cmd.MarkFlagRequired("reason"); err != nil {
		panic(err) // the flag is defined above
	}
	return cmd
}

// supervisor is the name under which somebody acts who does not say one.
func supervisor(user string) string {
	if checkToken("", user) != nil {
		return "desk"
	}
	return user
}

// A desk is a supervisor at work.
type desk struct {
	cmd   *cobra.Command
	conn  *lineConn
	flags *deskFlags
}

// A deskDone is what --json prints of each thing that a supervisor does.
type deskDone struct {
	Schema   string        `json:"schema"`
	Did      string        `json:"did"`
	By       string        `json:"by"`
	Ticket   uint64        `json:"ticket,omitempty"`
	Other    uint64        `json:"other,omitempty"`
	Seq      uint64        `json:"seq"`
	Offer    uint64        `json:"offer,omitempty"` // made at once
	Delayed  []deskDelayed `json:"delayed,omitempty"`
	Released int           `json:"released,omitempty"`
	Refused  []deskRefused `json:"refused,omitempty"`
	More     bool          `json:"more,omitempty"` // than the lists say
}

// A deskDelayed is a ticket that is served a start later.
type deskDelayed struct {
	Ticket  uint64 `json:"ticket"`
	Adapter string `json:"adapter,omitempty"`
	ID      string `json:"id,omitempty"`
	Class   string `json:"class"`
	Arrived string `json:"arrived"`
	ByMS    int64  `json:"by_ms"` // 0: the policy does not say how long the work takes
}

// A deskRefused is a ticket with which nothing was done.
type deskRefused struct {
	Ticket      uint64 `json:"ticket"`
	Code        int    `json:"code"`
	Description string `json:"description"`
}

// ticket finds the ticket that somebody means.
func (d *desk) ticket(id string) (uint64, error) {
	t, err := d.conn.findTicket(d.cmd.Context(), d.flags.adapter, id)
	return t.Ticket, refused(err)
}

// do asks the line for something. did is its name in the past tense.
func (d *desk) do(verb, did string, payload map[string]any) (deskDone, error) {
	done := deskDone{}
	payload["reason"] = d.flags.reason
	err := d.conn.ask(d.cmd.Context(), "fl.desk."+d.conn.line+"."+d.flags.as+"."+verb, payload, &done)
	done.Schema, done.Did, done.By = "fairline.desk/1", did, d.flags.as
	return done, refused(err)
}

// doTo does something to one ticket and says so.
func (d *desk) doTo(id, verb, did, said string, payload map[string]any) error {
	t, err := d.ticket(id)
	if err != nil {
		return err
	}
	payload["ticket"] = t
	done, err := d.do(verb, did, payload)
	if err != nil {
		return err
	}
	done.Ticket = cmp.Or(done.Ticket, t)
	return d.say(done, "ticket %d %s (journal %d)", t, said, done.Seq)
}

// say writes what was done.
func (d *desk) say(done deskDone, format string, args ...any) error {
	if d.flags.bus.json {
		return writeJSON(d.cmd.OutOrStdout(), done)
	}
	_, err := fmt.Fprintf(d.cmd.OutOrStdout(), format+"\n", args...)
	return err
}

// agreed asks somebody at the terminal; without one nobody can be asked, and --yes must have been said.
func (d *desk) agreed(question string) (bool, error) {
	fmt.Fprintf(d.cmd.ErrOrStderr(), "%s [y/N] ", question)
	answer, err := bufio.NewReader(d.cmd.InOrStdin()).ReadString('\n')
	if err != nil {
		return false, fmt.Errorf("read the answer: %w", err)
	}
	return strings.EqualFold(strings.TrimSpace(answer), "y") || strings.EqualFold(strings.TrimSpace(answer), "yes"), nil
}
