package main

import (
	"crypto/rand"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// ticketCommand returns `fairline ticket`.
func ticketCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "ticket",
		Short:   "A ticket by hand: its adapter's side, and the supervisor's",
		Example: "  fairline ticket send --channel phone\n  fairline ticket show 17\n  fairline ticket move 17 --reason 'third call' --preview",
	}
	cmd.AddCommand(ticketSendCommand(), ticketShowCommand(), ticketLeaveCommand(), ticketPlaceCommand(), ticketHeldCommand(),
		ticketMoveCommand(), ticketHoldCommand(), ticketReleaseCommand(), ticketCloseCommand(), ticketOpenCommand(),
		ticketLinkCommand(), ticketUnlinkCommand())
	return cmd
}

// sendFlags are what `fairline ticket send` is told.
type sendFlags struct {
	bus                                 busFlags
	id, adapter, channel, customer, ref string
	arrived, due, notBefore, matter     string
	needs, attributes                   []string
	overheard, unverified               bool
}

func ticketSendCommand() *cobra.Command {
	var f sendFlags
	cmd := &cobra.Command{
		Use:   "send --channel CHANNEL",
		Short: "Send a ticket, as a channel's adapter does",
		Long: "Send a ticket, as a channel's adapter does. A repeat of an id changes nothing and says so.\n\n" +
			"A time is written 2026-11-21T09:00:00Z, or from now: -5m, 2h.\n" +
			"An attribute is a number, true, false, or else a text; a text in double quotes is always one.",
		Example: "  fairline ticket send --channel phone\n" +
			"  fairline ticket send --channel email --id 36468 --need legal --attr need=medical --arrived -5m",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return sendTicket(cmd, f) },
	}
	flags := cmd.Flags()
	f.bus.register(flags)
	flags.StringVar(&f.channel, "channel", "", "phone, chat, or another of the policy (required)")
	flags.StringVar(&f.id, "id", "", "what the adapter calls it (default drawn)")
	flags.StringVar(&f.adapter, "adapter", "cli", "the adapter that it comes by")
	flags.StringVar(&f.customer, "customer", "", "key of the customer: another contact on the same matter may join this one")
	flags.BoolVar(&f.unverified, "unverified", false, "the customer is what somebody said, and nobody checked: nothing is joined")
	flags.StringVar(&f.matter, "matter", "", "what it is about, such as invoice 12; only a hash is kept")
	flags.StringVar(&f.notBefore, "not-before", "", "when the customer wants to be called: it is held until then")
	flags.StringVar(&f.ref, "ref", "", "where the content is")
	flags.StringVar(&f.arrived, "arrived", "", "when it came (default now)")
	flags.StringVar(&f.due, "due", "", "a date of its own")
	flags.StringArrayVar(&f.needs, "need", nil, "skill that it needs; again for more")
	flags.StringArrayVar(&f.attributes, "attr", nil, "attribute, as name=value; again for more")
	flags.BoolVar(&f.overheard, "overheard", false, "nobody addressed us")
	if err := cmd.MarkFlagRequired("channel"); err != nil {
		panic(err) // the flag is defined above
	}
	return cmd
}

// A ticketMessage is a ticket on the bus.
type ticketMessage struct {
	SpecVersion string     `json:"specversion"`
	Type        string     `json:"type"`
	ID          string     `json:"id"`
	Data        ticketData `json:"data"`
}

type ticketData struct {
	Channel    string         `json:"channel"`
	Customer   string         `json:"customer,omitempty"`
	Verified   *bool          `json:"verified,omitempty"` // nil: yes
	Matter     string         `json:"matter,omitempty"`
	Arrived    string         `json:"arrived,omitempty"`
	NotBefore  string         `json:"not_before,omitempty"`
	Due        string         `json:"due,omitempty"`
	Needs      []string       `json:"needs,omitempty"`
	Attributes map[string]any `json:"attributes,omitempty"`
	Origin     string         `json:"origin,omitempty"`
	Ref        string         `json:"ref,omitempty"`
}

// A sentTicket is what --json prints.
type sentTicket struct {
	Schema    string `json:"schema"`
	Ticket    uint64 `json:"ticket"`
	Adapter   string `json:"adapter"`
	ID        string `json:"id"`
	Duplicate bool   `json:"duplicate"`
	Joined    uint64 `json:"joined,omitempty"` // the ticket whose contact it is
	Seq       uint64 `json:"seq"`
}

// An ack is the line's answer to a ticket.
type ack struct {
	Seq       uint64 `json:"seq"`
	Duplicate bool   `json:"duplicate"`
	Ticket    uint64 `json:"ticket"`
	Joined    uint64 `json:"joined"`
}

func sendTicket(cmd *cobra.Command, f sendFlags) error {
	if err := checkToken("--adapter", f.adapter); err != nil {
		return err
	}
	m, err := f.message(time.Now())
	if err != nil {
		return err
	}
	conn, err := f.bus.dial("ticket")
	if err != nil {
		return err
	}
	defer conn.Close()
	var a ack
	if err := conn.ask(cmd.Context(), "fl.in."+conn.line+"."+f.adapter+".ticket", m, &a); err != nil {
		return refused(err)
	}
	if f.bus.json {
		return writeJSON(cmd.OutOrStdout(), sentTicket{Schema: "fairline.ticket/1", Ticket: a.Ticket, Adapter: f.adapter,
			ID: m.ID, Duplicate: a.Duplicate, Joined: a.Joined, Seq: a.Seq})
	}
	if f.id == "" {
		fmt.Fprintf(cmd.ErrOrStderr(), "Its id is %s.\n", m.ID)
	}
	said := "accepted as"
	if a.Duplicate {
		said = "accepted before as"
	}
	with := ""
	if a.Joined > 0 {
		with = fmt.Sprintf(", a contact of ticket %d", a.Joined)
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s ticket %d%s (journal %d)\n", said, a.Ticket, with, a.Seq)
	return err
}

// message makes the ticket of the flags.
func (f *sendFlags) message(now time.Time) (ticketMessage, error) {
	m := ticketMessage{SpecVersion: "1.0", Type: "fairline.ticket", ID: f.id,
		Data: ticketData{Channel: f.channel, Customer: f.customer, Matter: f.matter, Needs: f.needs, Ref: f.ref}}
	if f.unverified {
		m.Data.Verified = new(bool)
	}
	if m.ID == "" {
		m.ID = "t-" + strings.ToLower(rand.Text()[:10])
	}
	if f.overheard {
		m.Data.Origin = "overheard"
	}
	var err error
	if m.Data.Arrived, err = moment("--arrived", f.arrived, now); err != nil {
		return m, err
	}
	if m.Data.Due, err = moment("--due", f.due, now); err != nil {
		return m, err
	}
	if m.Data.NotBefore, err = moment("--not-before", f.notBefore, now); err != nil {
		return m, err
	}
	if len(f.attributes) > 0 {
		m.Data.Attributes = map[string]any{}
	}
	for _, a := range f.attributes {
		name, value, ok := strings.Cut(a, "=")
		if _, twice := m.Data.Attributes[name]; !ok || name == "" || twice {
			return m, fmt.Errorf("--attr %s: want name=value, and each name once", a)
		}
		m.Data.Attributes[name] = attributeValue(value)
	}
	return m, nil
}

// attributeValue reads a value as a person means it.
func attributeValue(text string) any {
	if number, err := strconv.ParseInt(text, 10, 64); err == nil {
		return number
	}
	if len(text) >= 2 && text[0] == '"' && text[len(text)-1] == '"' {
		return text[1 : len(text)-1]
	}
	switch text {
	case "true":
		return true
	case "false":
		return false
	}
	return text
}

// moment reads a time, or a duration from now.
func moment(flag, text string, now time.Time) (string, error) {
	if text == "" {
		return "", nil
	}
	if d, err := time.ParseDuration(text); err == nil {
		return now.Add(d).UTC().Format(time.RFC3339Nano), nil
	}
	if _, err := time.Parse(time.RFC3339Nano, text); err != nil {
		return "", fmt.Errorf("%s %s: want a time such as 2026-11-21T09:00:00Z, or from now such as -5m", flag, text)
	}
	return text, nil
}

const ticketIDHelp = "ID is what the adapter calls the ticket, or else the number that the line gave it."

func times(n int) string {
	switch n {
	case 0:
		return "by nobody"
	case 1:
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

func ticketLeaveCommand() *cobra.Command {
	var bus busFlags
	var adapter, reason string
	cmd := &cobra.Command{
		Use:     "leave ID",
		Short:   "Say that a ticket's customer gives up",
		Long:    "Say that a ticket's customer gives up. " + ticketIDHelp,
		Example: "  fairline ticket leave 17 --reason 'hung up'",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			conn, t, err := bus.dialTicket(cmd.Context(), adapter, args[0])
			if err != nil {
				return err
			}
			defer conn.Close()
			var a ack
			m := map[string]any{"id": t.ID, "data": map[string]string{"reason": reason}}
			if err := conn.ask(cmd.Context(), "fl.in."+conn.line+"."+t.Adapter+".leave", m, &a); err != nil {
				return refused(err)
			}
			if bus.json {
				return writeJSON(cmd.OutOrStdout(), sentTicket{Schema: "fairline.ticket/1", Ticket: a.Ticket,
					Adapter: t.Adapter, ID: t.ID, Duplicate: a.Duplicate, Seq: a.Seq})
			}
			said := "ticket %d has left the line (journal %d)\n"
			if a.Duplicate {
				said = "ticket %d left the line before (journal %d)\n"
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), said, a.Ticket, a.Seq)
			return err
		},
	}
	bus.register(cmd.Flags())
	cmd.Flags().StringVar(&adapter, "adapter", "cli", "the adapter that it came by")
	cmd.Flags().StringVar(&reason, "reason", "", "for the record")
	return cmd
}
