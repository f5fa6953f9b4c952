package main

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"fairline/engine"
)

// errNoTerminal says that nobody can be asked.
var errNoTerminal = errors.New("there is no terminal to ask at: say --yes to move it, or --preview to see whom that delays")

func ticketMoveCommand() *cobra.Command {
	var yes, preview bool
	cmd := deskCommand("move ID --reason REASON", "Put a ticket next, as far as the rights of others allow",
		"Put a ticket next, as far as the rights of others allow: it is refused where it would pass somebody who is protected.\n"+
			"First it is shown whom that delays, and by how much; then you are asked, unless --yes is given. The ledger has the\n"+
			"overtakings with your name and the reason. "+ticketIDHelp,
		"  fairline ticket move 17 --reason 'third call about it' --preview\n"+
			"  fairline ticket move 17 --reason 'third call about it' --yes",
		func(d *desk, args []string) error { return moveTicket(d, args[0], yes, preview) })
	cmd.Args = cobra.ExactArgs(1)
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	cmd.Flags().BoolVar(&preview, "preview", false, "show whom it would delay, and do nothing")
	return cmd
}

func moveTicket(d *desk, id string, yes, preview bool) error {
	if asks := onTerminal(d.cmd.InOrStdin()) && onTerminal(d.cmd.ErrOrStderr()); !yes && !preview && !asks {
		return errNoTerminal
	}
	t, err := d.ticket(id)
	if err != nil {
		return err
	}
	would, err := d.do("move", "previewed", map[string]any{"ticket": t, "preview": true})
	if err != nil {
		return err
	}
	if preview {
		if d.flags.bus.json {
			return writeJSON(d.cmd.OutOrStdout(), would)
		}
		return printDelays(d.cmd.OutOrStdout(), &would, time.Local)
	}
	if !yes {
		if err := printDelays(d.cmd.ErrOrStderr(), &would, time.Local); err != nil {
			return err
		}
		if ok, err := d.agreed("Put it next?"); err != nil || !ok {
			return errors.Join(err, exitError{exitFindings, errors.New("nothing was done")})
		}
	}
	done, err := d.do("move", "moved", map[string]any{"ticket": t})
	if err != nil {
		return err
	}
	done.Delayed, done.More = would.Delayed, would.More
	said := "is next"
	if done.Offer > 0 {
		said = fmt.Sprintf("is offered now, offer %d", done.Offer)
	}
	return d.say(done, "ticket %d %s (journal %d)", t, said, done.Seq)
}

// printDelays says what a move costs others.
func printDelays(w io.Writer, m *deskDone, zone *time.Location) error {
	p := &explainPrinter{w: w, zone: zone}
	if len(m.Delayed) == 0 {
		p.line("It would delay nobody.")
		return p.err
	}
	some := ""
	if m.More {
		some = ", and others behind them"
	}
	p.line("It would delay %s%s:", plural(len(m.Delayed), "ticket", "tickets"), some)
	for _, t := range m.Delayed {
		by := "one start"
		if t.ByMS > 0 {
			by = "about " + minutes(engine.Duration(t.ByMS)*engine.Millisecond)
		}
		p.line("  #%d %s (%s, arrived %s) by %s", t.Ticket, t.ID, t.Class, p.clock(t.Arrived), by)
	}
	return p.err
}

func ticketHoldCommand() *cobra.Command {
	var why, until string
	var length time.Duration
	cmd := deskCommand("hold ID --why WHY --reason REASON", "Hold a ticket: it keeps its place and is not offered",
		"Hold a ticket: it keeps its place, is not offered, and nobody overtakes it meanwhile. It ends at --until or after --for,\n"+
			"or when the ticket is released.\n\n"+
			"WHY is callback, snooze, customer (it is the customer's turn) or no-answer (an agent called and did not reach them). "+ticketIDHelp,
		"  fairline ticket hold 17 --why snooze --for 2h --reason 'parts come at noon'",
		func(d *desk, args []string) error {
			payload, err := holdPayload(why, until, length, time.Now())
			if err != nil {
				return err
			}
			return d.doTo(args[0], "hold", "held", "is held", payload)
		})
	cmd.Args = cobra.ExactArgs(1)
	cmd.Flags().StringVar(&why, "why", "snooze", "callback, snooze, customer or no-answer")
	cmd.Flags().StringVar(&until, "until", "", "when it ends, such as 2026-11-22T12:00:00Z, or from now: 2h")
	cmd.Flags().DurationVar(&length, "for", 0, "how long, at least 1s")
	return cmd
}

// holdPayload is the part of a request that says why and until when.
func holdPayload(why, until string, length time.Duration, now time.Time) (map[string]any, error) {
	payload := map[string]any{"why": why}
	switch {
	case until != "" && length != 0:
		return nil, errors.New("--until and --for: want one of them")
	case length != 0:
		payload["for"] = length.String()
	case until != "":
		at, err := moment("--until", until, now)
		if err != nil {
			return nil, err
		}
		payload["until"] = at
	}
	return payload, nil
}

func ticketReleaseCommand() *cobra.Command {
	var stuck bool
	cmd := deskCommand("release ID... --reason REASON", "Let tickets wait again, in their places",
		"Let tickets wait again, in their places, whether they are held, ring at an agent, or are in service. --stuck means all that\n"+
			"are held as snoozed, for the customer's answer, or as not reached. "+ticketIDHelp,
		"  fairline ticket release 17 --reason 'the parts are there'\n  fairline ticket release --stuck --reason 'Monday'",
		func(d *desk, args []string) error { return releaseTickets(d, args, stuck) })
	cmd.Flags().BoolVar(&stuck, "stuck", false, "all that are held and wait for nothing that is sure to come")
	return cmd
}

func releaseTickets(d *desk, ids []string, stuck bool) error {
	if stuck == (len(ids) > 0) {
		return errors.New("ticket release: want tickets, or --stuck")
	}
	payload := map[string]any{"stuck": true}
	if !stuck {
		var list []uint64
		for _, id := range ids {
			t, err := d.ticket(id)
			if err != nil {
				return err
			}
			list = append(list, t)
		}
		payload = map[string]any{"tickets": list}
	}
	done, err := d.do("release", "released", payload)
	if err != nil {
		return err
	}
	for _, r := range done.Refused {
		fmt.Fprintf(d.cmd.ErrOrStderr(), "ticket %d: refused (%d): %s\n", r.Ticket, r.Code, r.Description)
	}
	if done.More {
		fmt.Fprintln(d.cmd.ErrOrStderr(), "There are more than one request takes: ask again.")
	}
	if err := d.say(done, "%s let wait again (journal %d)", plural(done.Released, "ticket is", "tickets are"), done.Seq); err != nil {
		return err
	}
	if len(done.Refused) > 0 {
		return exitError{code: exitFindings}
	}
	return nil
}

func ticketCloseCommand() *cobra.Command {
	var line bool
	cmd := deskCommand("close ID --reason REASON", "End a ticket, or with --whole-line stop serving the line",
		"End a ticket that nobody is to serve any more. With --whole-line and no ID the line stops serving: who waits keeps the\n"+
			"place and is not overtaken, who comes is treated as out of hours. `fairline ticket open` ends that. "+ticketIDHelp,
		"  fairline ticket close 17 --reason 'asked twice, see 18'\n  fairline ticket close --whole-line --reason 'fire alarm'",
		func(d *desk, args []string) error {
			switch {
			case line == (len(args) > 0):
				return errors.New("ticket close: want a ticket, or --whole-line")
			case line:
				return d.doToLine("close", "closed", "is closed")
			}
			return d.doTo(args[0], "close", "closed", "is closed", map[string]any{})
		})
	cmd.Args = cobra.MaximumNArgs(1)
	cmd.Flags().BoolVar(&line, "whole-line", false, "stop serving the line")
	return cmd
}

func ticketOpenCommand() *cobra.Command {
	cmd := deskCommand("open --reason REASON", "Serve a line again that was closed",
		"Serve a line again that was closed with `fairline ticket close --whole-line`.",
		"  fairline ticket open --reason 'false alarm'",
		func(d *desk, _ []string) error { return d.doToLine("open", "opened", "is open") })
	cmd.Args = cobra.NoArgs
	return cmd
}

// doToLine closes or opens the line.
func (d *desk) doToLine(verb, did, said string) error {
	done, err := d.do(verb, did, map[string]any{})
	if err != nil {
		return err
	}
	return d.say(done, "line %s %s (journal %d)", d.conn.line, said, done.Seq)
}

func ticketLinkCommand() *cobra.Command {
	cmd := deskCommand("link ID OTHER --reason REASON", "Make two tickets of one customer one",
		"Make two tickets of one customer one: the contacts of OTHER become contacts of the ticket. Each keeps its place; the first\n"+
			"that is reached serves all. "+ticketIDHelp,
		"  fairline ticket link 17 18 --reason 'same customer, same invoice'",
		func(d *desk, args []string) error {
			other, err := d.ticket(args[1])
			if err != nil {
				return err
			}
			return d.doTo(args[0], "link", "linked", fmt.Sprintf("and ticket %d are one", other), map[string]any{"other": other})
		})
	cmd.Args = cobra.ExactArgs(2)
	return cmd
}

func ticketUnlinkCommand() *cobra.Command {
	cmd := deskCommand("unlink ID --reason REASON", "Make a contact a ticket of its own again",
		"Make a contact a ticket of its own again, in its own place. "+ticketIDHelp,
		"  fairline ticket unlink 18 --reason 'another invoice'",
		func(d *desk, args []string) error {
			return d.doTo(args[0], "unlink", "unlinked", "is a ticket of its own", map[string]any{})
		})
	cmd.Args = cobra.ExactArgs(1)
	return cmd
}
