package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"fairline/adapters/host"
)

// ledgerCommand returns `fairline ledger`.
func ledgerCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "ledger",
		Short:   "The overtakings, what shares got, and whether the ledger is right",
		Example: "  fairline ledger show\n  fairline ledger show --ticket 36468 --pairs\n  fairline ledger shares\n  fairline ledger verify",
	}
	cmd.AddCommand(ledgerShowCommand(), ledgerSharesCommand(), ledgerVerifyCommand())
	return cmd
}

// ledgerFlags are what `fairline ledger show` is told.
type ledgerFlags struct {
	bus             busFlags
	from            uint64
	limit           int
	pairs           bool
	ticket, adapter string
}

func ledgerShowCommand() *cobra.Command {
	var f ledgerFlags
	cmd := &cobra.Command{
		Use:     "show",
		Short:   "Show who went ahead of whom, and why",
		Example: "  fairline ledger show --from 100 --json",
		Long: "Show the starts out of order: who went ahead, over how many, the reason as the policy file gives it, and the\n" +
			"line of the file. --pairs names everybody who was overtaken, with the cost.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			conn, err := f.bus.dial("ledger")
			if err != nil {
				return err
			}
			defer conn.Close()
			page := host.LedgerPage{Entries: []host.LedgerEntry{}}
			if err := f.read(cmd, conn, &page); err != nil {
				return refused(err)
			}
			if f.bus.json {
				return writeJSON(cmd.OutOrStdout(), page)
			}
			return printLedger(cmd.OutOrStdout(), &page, time.Local)
		},
	}
	f.bus.register(cmd.Flags())
	flags := cmd.Flags()
	flags.Uint64Var(&f.from, "from", 1, "number of the first entry")
	flags.IntVar(&f.limit, "limit", 100, "how many entries at most")
	flags.BoolVar(&f.pairs, "pairs", false, "name everybody who was overtaken")
	flags.StringVar(&f.ticket, "ticket", "", "only entries with this ticket: an adapter's id, or #17")
	flags.StringVar(&f.adapter, "adapter", "", "the adapter that it came by, where several have such an id")
	return cmd
}

// read asks for pages until there are enough entries.
func (f *ledgerFlags) read(cmd *cobra.Command, conn *lineConn, all *host.LedgerPage) error {
	if f.from < 1 || f.limit < 1 {
		return fmt.Errorf("--from %d --limit %d: want numbers from 1", f.from, f.limit)
	}
	for from := f.from; from != 0; {
		left := f.limit - len(all.Entries)
		if left <= 0 {
			return nil
		}
		payload := map[string]any{"from": from, "limit": min(left, 1000), "pairs": f.pairs}
		var page host.LedgerPage
		var err error
		if f.ticket == "" {
			err = conn.ask(cmd.Context(), "fl.ask."+conn.line+".ledger", payload, &page)
		} else {
			err = conn.askAbout(cmd.Context(), "ledger", f.adapter, f.ticket, payload, &page)
		}
		if err != nil {
			return err
		}
		entries := append(all.Entries, page.Entries...)
		*all = page
		all.Entries = entries
		from = page.Next
	}
	return nil
}

func printLedger(out io.Writer, page *host.LedgerPage, zone *time.Location) error {
	p := &explainPrinter{w: out, zone: zone}
	p.line("ledger of %s: %s in %s", page.Line, plural(int(page.Overtakings), "overtaking", "overtakings"),
		plural(int(page.Total), "entry", "entries"))
	if of := ledgerSums(page); of != "" {
		p.line("of these %s", of)
	}
	if len(page.Entries) > 0 {
		p.dated(page.Entries[0].At)
		p.line("%s", p.day)
	}
	w := newTable(out)
	if p.w = w; len(page.Entries) > 0 {
		p.line("  NO.\tTIME\tWENT AHEAD\tOVER\tREASON\tRULE\tAGENT")
	}
	for i := range page.Entries {
		p.entry(&page.Entries[i])
	}
	if err := w.Flush(); err != nil {
		return err
	}
	p.w = out
	if page.Formula != "" {
		p.line("cost = %s", page.Formula)
	}
	if page.Next > 0 {
		p.line("more: --from %d", page.Next)
	}
	return p.err
}

// ledgerSums says how many of the overtakings no order of the policy wanted; "" where there are none.
func ledgerSums(page *host.LedgerPage) string {
	var parts []string
	add := func(n uint64, what string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, what))
		}
	}
	add(page.Pulled, "pulled by agents")
	add(page.Moved, "moved by supervisors")
	add(page.Preferred, "over somebody kept for another agent")
	add(page.Reserved, "because an agent was kept for others")
	add(page.Capped, "because an agent had started as many as it may")
	add(page.Missed, "against agents who missed an offer")
	text := strings.Join(parts, ", ")
	if n := page.Pulled + page.Moved; n > 0 {
		text += fmt.Sprintf("; %d without accepted reason", n)
	}
	return text
}

// entry writes a line for each row of an entry, and below it the pairs.
func (p *explainPrinter) entry(e *host.LedgerEntry) {
	number, clock, who := fmt.Sprintf("%04d", e.Entry), p.clock(e.At), fmt.Sprintf("%s (%s)", name(e.Ticket), aboutEntry(e))
	if e.Missed {
		ahead := plural(int(e.Count), "other", "others")
		if e.Rival != nil {
			ahead = name(e.Rival)
		}
		p.line("  %s\t%s\t%s\t%s\t%s\tmissed offer\t%s", number, clock, ahead, name(e.Ticket), "an offer of it rang in vain", e.Agent)
		return
	}
	for i := range e.Rows {
		r := &e.Rows[i]
		over := fmt.Sprintf("%d %s, %s", r.Count, r.Class, r.Channel)
		if len(r.Needs) > 0 {
			over += " " + strings.Join(r.Needs, "+")
		}
		if r.Only != "" {
			over += " for " + r.Only
		}
		reason, rule := reasonOr(r), r.Rule.Text
		if wished(*r) {
			reason, rule = cmp.Or(e.Wish, reason), r.Rule.What+" by "+e.Asker
		}
		p.line("  %s\t%s\t%s\t%s\t%s\t%s\t%s", number, clock, who, over, reason, rule, e.Agent)
		number, clock, who, e.Agent = "", "", "", ""
		for j := range r.Pairs {
			p.line("  \t\t\t  %s\t%s", name(r.Pairs[j].Ticket), pairCost(&r.Pairs[j]))
		}
	}
}

// aboutEntry is the class of who went ahead, and what else there is to say of the start but its rows.
func aboutEntry(e *host.LedgerEntry) string {
	text := e.Class
	if e.Beyond > 0 {
		text += fmt.Sprintf(", over its limit: start %d", e.Beyond)
	}
	if e.Asker != "" && !slices.ContainsFunc(e.Rows, wished) {
		text += ", wanted by " + e.Asker
		if e.Wish != "" {
			text += ": " + e.Wish
		}
	}
	return text
}

// wished reports whether a row is what somebody wished, an agent or a supervisor.
func wished(r host.LedgerRow) bool { return r.Rule.What == "pull" || r.Rule.What == "move" }

// reasonOr is the reason of the file, or what decided.
func reasonOr(r *host.LedgerRow) string {
	switch {
	case r.Rule.Says != "":
		return r.Rule.Says
	case r.Reason != "":
		return r.Reason
	case r.Rule.What == "cool-off":
		return "the agent had just missed it"
	case r.Rule.What == "preferred agent":
		return "it was kept for another agent"
	case r.Rule.What == "drain":
		return "the agent was kept free for the other"
	case r.Rule.What == "interrupt":
		return "deferred work was put aside for the other"
	case r.Rule.What == "reserve":
		return "the agent was kept for others"
	case r.Rule.What == "cap":
		return "the agent had started as many as it may"
	}
	return "no reason given: " + r.Rule.What
}

func pairCost(c *host.LedgerPair) string {
	return cost(&host.Step{Able: c.Able, HandledMS: c.HandledMS, CostMS: c.CostMS, Open: c.Open})
}
