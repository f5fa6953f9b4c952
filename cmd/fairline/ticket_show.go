package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// A shownTicket is the line's answer about a ticket, and what --json prints of it.
type shownTicket struct {
	Schema   string   `json:"schema"`
	Ticket   uint64   `json:"ticket"`
	Adapter  string   `json:"adapter"`
	ID       string   `json:"id"`
	Channel  string   `json:"channel"`
	Class    string   `json:"class,omitempty"`
	State    string   `json:"state"`
	End      string   `json:"end,omitempty"`
	Arrived  string   `json:"arrived"`
	Due      string   `json:"due,omitempty"`
	Needs    []string `json:"needs,omitempty"`
	Attempts uint32   `json:"attempts"`
	Slips    int      `json:"slips"`
	Place    int      `json:"place,omitempty"`
	Offer    uint64   `json:"offer,omitempty"`
	Agent    string   `json:"agent,omitempty"`
	Ref      string   `json:"ref,omitempty"`
	Seq      uint64   `json:"seq"`

	Of         int         `json:"of,omitempty"`          // how many wait; beside Place
	Customer   string      `json:"customer,omitempty"`    // its random key
	Unverified bool        `json:"unverified,omitempty"`  // nobody checked that it is
	Joined     uint64      `json:"joined,omitempty"`      // the ticket whose contact this is
	Contacts   []uint64    `json:"contacts,omitempty"`    // those that were joined to it
	Related    []uint64    `json:"related,omitempty"`     // of the same customer, and live like it
	Perhaps    []uint64    `json:"perhaps,omitempty"`     // perhaps of the same customer: nobody checked
	CalledBack bool        `json:"called_back,omitempty"` // its customer need not hold on
	MissedBy   int         `json:"missed_by,omitempty"`   // different agents
	Closed     bool        `json:"closed,omitempty"`      // its class is not served now
	Wanted     bool        `json:"wanted,omitempty"`      // a supervisor wants it next
	Only       string      `json:"only,omitempty"`        // the agent whom it is kept for
	Hold       *ticketHold `json:"hold,omitempty"`
}

// A ticketHold says why a ticket is not offered, and until when.
type ticketHold struct {
	Why    string `json:"why"`
	Since  string `json:"since"`
	Until  string `json:"until,omitempty"`
	Reason string `json:"reason,omitempty"`
}

func ticketShowCommand() *cobra.Command {
	var bus busFlags
	var adapter string
	cmd := &cobra.Command{
		Use:     "show ID",
		Short:   "Show a ticket",
		Long:    "Show what the line knows of a ticket. " + ticketIDHelp,
		Example: "  fairline ticket show 17\n  fairline ticket show 36468 --adapter pbx --json",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			conn, t, err := bus.dialTicket(cmd.Context(), adapter, args[0])
			if err != nil {
				return err
			}
			defer conn.Close()
			if bus.json {
				return writeJSON(cmd.OutOrStdout(), t)
			}
			return t.print(cmd.OutOrStdout(), time.Local)
		},
	}
	bus.register(cmd.Flags())
	cmd.Flags().StringVar(&adapter, "adapter", "cli", "the adapter that it came by")
	return cmd
}

// dialTicket dials the line and finds a ticket there. The connection is the caller's to close.
func (f *busFlags) dialTicket(ctx context.Context, adapter, id string) (*lineConn, shownTicket, error) {
	conn, err := f.dial("ticket")
	if err != nil {
		return nil, shownTicket{}, err
	}
	t, err := conn.findTicket(ctx, adapter, id)
	if err != nil {
		conn.Close()
		return nil, shownTicket{}, refused(err)
	}
	return conn, t, nil
}

// findTicket asks for a ticket by its adapter's id, and where there is none and the id is a number, by that.
func (c *lineConn) findTicket(ctx context.Context, adapter, id string) (shownTicket, error) {
	t := shownTicket{Schema: "fairline.ticket-shown/1"}
	subject := "fl.ask." + c.line + ".ticket"
	err := c.ask(ctx, subject, map[string]any{"adapter": adapter, "id": id}, &t)
	r, ok := errors.AsType[*refusal](err)
	if number, notNumber := strconv.ParseUint(id, 10, 53); ok && r.Code == http.StatusNotFound && notNumber == nil && number > 0 {
		err = c.ask(ctx, subject, map[string]any{"ticket": number}, &t)
	}
	if err != nil {
		return t, fmt.Errorf("ticket %s: %w", id, err)
	}
	return t, nil
}

func (t *shownTicket) print(out io.Writer, zone *time.Location) error {
	w, p := newTable(out), &explainPrinter{zone: zone}
	row := func(name, format string, args ...any) {
		fmt.Fprintf(w, "  %s\t%s\n", name, fmt.Sprintf(format, args...))
	}
	fmt.Fprintf(w, "ticket %d (%s of %s): %s\n", t.Ticket, t.ID, t.Adapter, strings.TrimSpace(t.State+" "+t.End))
	row("channel", "%s", t.Channel)
	if t.Class != "" {
		row("class", "%s", t.Class)
	}
	row("arrived", "%s", p.dated(t.Arrived))
	switch {
	case t.Of > 0 && t.Place > 0:
		row("place", "%d of %d", t.Place, t.Of)
	case t.Place > 0:
		row("place", "%d", t.Place)
	}
	t.printLife(p, row)
	if t.Due != "" {
		row("due", "%s", p.clock(t.Due))
	}
	if len(t.Needs) > 0 {
		row("needs", "%s", strings.Join(t.Needs, ", "))
	}
	row("offers", "%d so far", t.Attempts)
	row("slips", "overtaken %s", times(t.Slips))
	if t.Agent != "" {
		row("agent", "%s (offer %d)", t.Agent, t.Offer)
	}
	if t.Ref != "" {
		row("ref", "%s", t.Ref)
	}
	row("journal", "%d", t.Seq)
	return w.Flush()
}

// printLife writes what happened to a ticket beside waiting and being served.
func (t *shownTicket) printLife(p *explainPrinter, row func(name, format string, args ...any)) {
	if h := t.Hold; h != nil {
		until := "somebody releases it"
		if h.Until != "" {
			until = p.clock(h.Until)
		}
		row("held", "%s", strings.TrimSpace(fmt.Sprintf("%s since %s, until %s  %s", h.Why, p.clock(h.Since), until, h.Reason)))
	}
	if t.Joined > 0 {
		row("contact of", "#%d", t.Joined)
	}
	for _, list := range []struct {
		name    string
		tickets []uint64
	}{{"contacts", t.Contacts}, {"related", t.Related}, {"perhaps", t.Perhaps}} {
		if len(list.tickets) > 0 {
			row(list.name, "#%s", strings.Trim(strings.ReplaceAll(fmt.Sprint(list.tickets), " ", ", #"), "[]"))
		}
	}
	if t.CalledBack {
		row("callback", "its customer need not hold on")
	}
	if t.Wanted {
		row("wanted", "next, by a supervisor")
	}
	if t.Only != "" {
		row("kept", "for %s first", t.Only)
	}
	if t.Closed {
		row("closed", "its class is not served now")
	}
	if t.MissedBy > 0 {
		row("missed", "by %s", plural(t.MissedBy, "agent", "agents"))
	}
}
