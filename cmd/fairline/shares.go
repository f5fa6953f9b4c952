package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"fairline/adapters/host"
)

const sharesLong = `Show, for each group of the policy whose order is share, what its members got against what their weights promise. A weight
is a promise only among members whom agents on duty connect: two members are connected where some agent can serve both. So
the parts are those within the same set of members, and a member that no agent on duty can serve is promised nothing.

Where the flows are the values of a field, it shows how those fared whose value is known, and those whose value is not.`

// ledgerSharesCommand returns `fairline ledger shares`.
func ledgerSharesCommand() *cobra.Command {
	var bus busFlags
	cmd := &cobra.Command{
		Use:     "shares",
		Short:   "Show what shares got against what they promise, and among whom",
		Long:    sharesLong,
		Example: "  fairline ledger shares\n  fairline ledger shares --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			conn, err := bus.dial("shares")
			if err != nil {
				return err
			}
			defer conn.Close()
			var s host.Shares
			if err := conn.ask(cmd.Context(), "fl.ask."+conn.line+".shares", map[string]any{}, &s); err != nil {
				return refused(err)
			}
			if bus.json {
				return writeJSON(cmd.OutOrStdout(), s)
			}
			return printShares(cmd.OutOrStdout(), &s)
		},
	}
	bus.register(cmd.Flags())
	return cmd
}

func printShares(out io.Writer, s *host.Shares) error {
	p := &explainPrinter{w: out}
	p.line("shares of %s under %s", s.Line, s.Policy)
	if len(s.Groups) == 0 {
		p.line("No group has the order share.")
	}
	for i := range s.Groups {
		g := &s.Groups[i]
		p.line("%s, in %s", g.Group, g.Charge)
		w := newTable(out)
		p.w = w
		p.members(g)
		if err := w.Flush(); err != nil {
			return err
		}
		p.w = out
		p.heard(g)
	}
	return p.err
}

// members writes a row for each member of a group.
func (p *explainPrinter) members(g *host.GroupShares) {
	p.line("  MEMBER\tWEIGHT\tPROMISED\tGOT\tOF THESE\tTOGETHER WITH")
	for i := range g.Members {
		m := &g.Members[i]
		weight := "-"
		if m.Weight > 0 {
			weight = fmt.Sprint(m.Weight)
		}
		p.line("  %s\t%s\t%s\t%s\t%s\t%s", m.Name, weight, percentOr(m.Promised), worth(m.Got), percentOr(m.Part), together(g, m))
	}
}

// percentOr writes a part, or that there is none.
func percentOr(part *float64) string {
	if part == nil {
		return "-"
	}
	return fmt.Sprintf("%.1f %%", *part)
}

// worth writes tickets, or minutes.
func worth(x float64) string {
	if x == float64(int64(x)) {
		return grouped(int64(x))
	}
	return fmt.Sprintf("%.1f", x)
}

// together says whom a member shares agents with.
func together(g *host.GroupShares, m *host.MemberShare) string {
	if m.Component == 0 {
		return "no agent on duty"
	}
	text := ""
	for _, o := range g.Members {
		if o.Component == m.Component && o.Name != m.Name {
			text += ", " + o.Name
		}
	}
	if text == "" && len(g.Members) > 1 {
		return "nobody: no agent on duty serves another too"
	} else if text == "" {
		return "-"
	}
	return text[2:]
}

// heard writes how those fared whose value is known, and whose is not.
func (p *explainPrinter) heard(g *host.GroupShares) {
	if g.By != "" {
		p.line("  a flow for each %s: %d with somebody who waits or something that still counts", g.By, g.Flows)
	}
	if g.Known == nil || g.Unknown == nil {
		return
	}
	for i, h := range []*host.Heard{g.Known, g.Unknown} {
		text := fmt.Sprintf("%-8s %s, mean wait %s", []string{"known", "unknown"}[i], plural(int(h.Starts), "start", "starts"), span(h.WaitMS))
		if h.Behind != nil {
			text += fmt.Sprintf(", %.1f %s behind", *h.Behind, g.Charge)
		}
		p.line("  %s", text)
	}
	if g.Known.Starts == 0 || g.Unknown.Starts == 0 {
		return
	}
	by := g.Known.WaitMS - g.Unknown.WaitMS
	what := "less"
	if by < 0 {
		by, what = -by, "more"
	}
	p.line("  hiding the %s: %s of waiting %s in the mean; %s", g.By, span(by), what, g.Note)
}

// apart says which members of a group cannot have what their weights promise; "" where all can.
func apart(g *host.GroupShares) string {
	var unserved []string
	var sets []int
	for _, m := range g.Members {
		switch {
		case m.Component == 0:
			unserved = append(unserved, m.Name)
		case !slices.Contains(sets, m.Component):
			sets = append(sets, m.Component)
		}
	}
	text := ""
	if len(unserved) > 0 {
		text = fmt.Sprintf("no agent on duty can serve %s", strings.Join(unserved, ", "))
	}
	if len(sets) > 1 && g.By == "" {
		if text != "" {
			text += ", and "
		}
		text += fmt.Sprintf("%d sets of members share no agent on duty", len(sets))
	}
	return text
}
