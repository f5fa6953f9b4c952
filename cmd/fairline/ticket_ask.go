package main

import (
	"cmp"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"fairline/engine"
)

// A toldPlace is the line's answer about a place, and what --json prints of it.
type toldPlace struct {
	Schema  string  `json:"schema"`
	Ticket  uint64  `json:"ticket"`
	Place   int     `json:"place,omitempty"`
	Of      int     `json:"of"`
	NoPlace string  `json:"no_place,omitempty"`
	Expect  *expect `json:"expect,omitempty"`
	Told    *struct {
		Place int    `json:"place"`
		At    string `json:"at"`
	} `json:"told,omitempty"`
	Ahead []struct {
		Class  string `json:"class"`
		Reason string `json:"reason,omitempty"`
		How    string `json:"how"`
		Count  int    `json:"count"`
	} `json:"ahead,omitempty"`
	Text string `json:"text"`
}

func ticketPlaceCommand() *cobra.Command {
	var bus busFlags
	var adapter string
	cmd := &cobra.Command{
		Use:   "place ID",
		Short: "Say a ticket's place, and why it is worse than when it was last asked",
		Long: "Say a ticket's place, the wait that is to be expected where the line can tell, and why the place is worse than when it\n" +
			"was last asked. The text has no names and may be read to the customer; the line remembers what it said. " + ticketIDHelp,
		Example: "  fairline ticket place 17",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			conn, t, err := bus.dialTicket(cmd.Context(), adapter, args[0])
			if err != nil {
				return err
			}
			defer conn.Close()
			p := toldPlace{Schema: "fairline.place/1"}
			if err := conn.ask(cmd.Context(), "fl.ask."+conn.line+".place", map[string]uint64{"ticket": t.Ticket}, &p); err != nil {
				return refused(err)
			}
			if bus.json {
				return writeJSON(cmd.OutOrStdout(), p)
			}
			text := p.Text
			if p.Expect != nil {
				text += fmt.Sprintf("; about %s to %s", minutes(engine.Duration(p.Expect.P50MS)*engine.Millisecond),
					minutes(engine.Duration(p.Expect.P90MS)*engine.Millisecond))
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), text)
			return err
		},
	}
	bus.register(cmd.Flags())
	cmd.Flags().StringVar(&adapter, "adapter", "cli", "the adapter that it came by")
	return cmd
}

// A heldList is what --json prints of those who are not offered.
type heldList struct {
	Schema  string       `json:"schema"`
	Tickets []heldTicket `json:"tickets"`
	More    bool         `json:"more,omitempty"`
}

// A heldTicket is one that is not offered, with the cause.
type heldTicket struct {
	Ticket  uint64 `json:"ticket"`
	Adapter string `json:"adapter,omitempty"`
	ID      string `json:"id,omitempty"`
	Channel string `json:"channel"`
	Class   string `json:"class"`
	Arrived string `json:"arrived"`
	Why     string `json:"why"`
	Reason  string `json:"reason,omitempty"`
	Since   string `json:"since,omitempty"`
	Until   string `json:"until,omitempty"`
}

// idleWhys are the causes for which nobody is offered a ticket, in words. Those of a hold speak for themselves.
var idleWhys = map[string]string{
	"hours": "closed by its hours", "wish": "closed by a supervisor", "skill": "nobody on duty can serve it",
	"preference": "for an agent who cannot take it now", "cool-off": "all who could have just missed it",
	"missing": "three agents missed it", "lost": "its agent is not heard of",
	"reserve": "all who could are kept for others", "cap": "all who could have started as many as they may for now",
}

// because is why the ticket is not offered, in words.
func (t *heldTicket) because() string { return cmp.Or(idleWhys[t.Why], t.Why) }

func ticketHeldCommand() *cobra.Command {
	var bus busFlags
	var all bool
	var limit int
	cmd := &cobra.Command{
		Use:   "held",
		Short: "List who is held, or with --all everybody who is not being offered, with the cause",
		Long: "List who is held, or with --all everybody in the line who is not being offered although an agent may be free: held, of a\n" +
			"closed class, without an agent on duty who has the skills, and so on. Who only waits for a free agent is not listed.",
		Example: "  fairline ticket held\n  fairline ticket held --all --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			conn, err := bus.dial("ticket")
			if err != nil {
				return err
			}
			defer conn.Close()
			what := map[bool]string{false: "held", true: "unoffered"}[all]
			list := heldList{Schema: "fairline.held/1", Tickets: []heldTicket{}}
			if err := conn.ask(cmd.Context(), "fl.ask."+conn.line+"."+what, map[string]int{"limit": limit}, &list); err != nil {
				return refused(err)
			}
			if bus.json {
				return writeJSON(cmd.OutOrStdout(), list)
			}
			return list.print(cmd, time.Local)
		},
	}
	bus.register(cmd.Flags())
	cmd.Flags().BoolVar(&all, "all", false, "everybody who is not being offered, whatever the cause")
	cmd.Flags().IntVar(&limit, "limit", 100, "how many at most, up to 1000")
	return cmd
}

func (l *heldList) print(cmd *cobra.Command, zone *time.Location) error {
	if len(l.Tickets) == 0 {
		_, err := fmt.Fprintln(cmd.OutOrStdout(), "Nobody.")
		return err
	}
	w := newTable(cmd.OutOrStdout())
	p := &explainPrinter{w: w, zone: zone}
	p.dated(l.Tickets[0].Arrived)
	p.line("TICKET\tCHANNEL\tCLASS\tARRIVED\tWHY\tSINCE\tUNTIL\tREASON")
	for _, t := range l.Tickets {
		p.line("#%d %s\t%s\t%s\t%s\t%s\t%s\t%s\t%s", t.Ticket, t.ID, t.Channel, t.Class, p.clock(t.Arrived), t.because(),
			p.when(t.Since), p.when(t.Until), t.Reason)
	}
	if l.More {
		p.line("more: --limit")
	}
	if p.err != nil {
		return p.err
	}
	return w.Flush()
}

// when writes a time that may not be said.
func (p *explainPrinter) when(stamp string) string {
	if stamp == "" {
		return "-"
	}
	return p.clock(stamp)
}
