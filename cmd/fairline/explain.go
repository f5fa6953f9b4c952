package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"fairline/adapters/host"
	"fairline/engine"
)

const explainLong = `Say why a ticket is where it is, or was served when it was, from the decisions in the journal.

TICKET is what its adapter calls it, or #17 for the number that the line gave it. Every overtaking stands with the
place in the policy file that let it happen, the keys that were compared, the entry of the ledger, and its cost: the
work that went first, in waiting time (the formula is printed). Times are those of this machine's zone; --json has UTC.`

// explainCommand returns `fairline explain`.
func explainCommand() *cobra.Command {
	var bus busFlags
	var adapter string
	cmd := &cobra.Command{
		Use:     "explain TICKET",
		Short:   "Why a ticket is where it is, or was served when it was",
		Long:    explainLong,
		Example: "  fairline explain 36468\n  fairline explain '#17'\n  fairline explain 36468 --adapter pbx --json",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			conn, err := bus.dial("explain")
			if err != nil {
				return err
			}
			defer conn.Close()
			var x host.Explanation
			if err := conn.askAbout(cmd.Context(), "explain", adapter, args[0], map[string]any{}, &x); err != nil {
				return refused(err)
			}
			if bus.json {
				return writeJSON(cmd.OutOrStdout(), x)
			}
			return printExplanation(cmd.OutOrStdout(), &x, time.Local)
		},
	}
	bus.register(cmd.Flags())
	cmd.Flags().StringVar(&adapter, "adapter", "", "the adapter that it came by, where several have such an id")
	return cmd
}

// askAbout asks a question about the ticket that a person means: #17 is a number; anything else is an adapter's id, and
// where there is none and it is a number, that.
func (c *lineConn) askAbout(ctx context.Context, what, adapter, id string, payload map[string]any, reply any) error {
	subject := "fl.ask." + c.line + "." + what
	text, sharp := strings.CutPrefix(id, "#")
	number, err := strconv.ParseUint(text, 10, 53)
	numeric := err == nil && number > 0
	if sharp && !numeric {
		return fmt.Errorf("ticket %s: want a number behind #", id)
	}
	if !sharp {
		payload["id"] = id
		if adapter != "" {
			payload["adapter"] = adapter
		}
		err := c.ask(ctx, subject, payload, reply)
		if r, ok := errors.AsType[*refusal](err); !ok || r.Code != http.StatusNotFound || !numeric {
			return err
		}
		delete(payload, "id")
		delete(payload, "adapter")
	}
	payload["ticket"] = number
	return c.ask(ctx, subject, payload, reply)
}

// An explainPrinter writes an explanation for people.
type explainPrinter struct {
	w    io.Writer
	zone *time.Location
	day  string // that clock times are of
	err  error
}

func (p *explainPrinter) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintln(p.w, strings.TrimRight(fmt.Sprintf(format, args...), " "))
	}
}

// clock writes a time of day, with the date where it is another than the first.
func (p *explainPrinter) clock(stamp string) string {
	t, err := time.Parse(time.RFC3339Nano, stamp)
	if err != nil {
		return stamp
	}
	t = t.In(p.zone)
	day := t.Format("2006-01-02")
	if p.day == "" {
		p.day = day
	}
	if day != p.day {
		return t.Format("2006-01-02 15:04:05")
	}
	return t.Format("15:04:05")
}

// span writes a duration: short ones with a tenth of a second.
func span(ms int64) string {
	if ms < 10_000 {
		return fmt.Sprintf("%.1f s", float64(ms)/1000)
	}
	return minutes(engine.Duration(ms) * engine.Millisecond)
}

// name writes a ticket as people find it again.
func name(w *host.Who) string {
	switch {
	case w == nil:
		return "several"
	case w.ID == "":
		return fmt.Sprintf("#%d", w.Ticket)
	}
	return fmt.Sprintf("#%d %s", w.Ticket, w.ID)
}

func printExplanation(w io.Writer, x *host.Explanation, zone *time.Location) error {
	p := &explainPrinter{w: w, zone: zone}
	t := &x.Ticket
	head := fmt.Sprintf("#%d %s of %s · %s · arrived %s", t.Ticket, t.ID, t.Adapter, t.Channel, p.dated(t.Arrived))
	switch {
	case t.State == "ended" && t.End == "served":
		head += " · served by " + x.Agent
	case t.State == "ended":
		head += " · " + t.End
	case t.Agent != "":
		head += fmt.Sprintf(" · %s, with %s", t.State, t.Agent)
	default:
		head += " · " + t.State
	}
	p.line("%s · waited %s", head, span(x.WaitedMS))
	if x.Place > 0 {
		p.line("place %d of %d in the order of service now", x.Place, x.Of)
	} else if h := t.Hold; h != nil && h.Until != "" {
		p.line("no place: held (%s) until %s", h.Why, p.clock(h.Until))
	} else if x.NoPlace != "" {
		p.line("no place: %s", x.NoPlace)
	}
	if x.Idle != "" {
		p.line("not offered: %s", cmp.Or(idleWhys[x.Idle], x.Idle))
	}
	p.line("policy %s", x.Policy)
	for i := range x.Steps {
		p.step(&x.Steps[i])
	}
	if x.More > 0 {
		p.line("  … and %d steps more", x.More)
	}
	p.sums(x)
	return p.err
}

// dated writes the first time with its date.
func (p *explainPrinter) dated(stamp string) string {
	clock := p.clock(stamp)
	return p.day + " " + clock
}

// sums writes what the steps come to.
func (p *explainPrinter) sums(x *host.Explanation) {
	overtaken := "overtaken " + times(x.Slips)
	if x.Missed > 0 {
		overtaken += fmt.Sprintf(", %d of them while an offer of it rang in vain", x.Missed)
	}
	if x.Slips > 0 {
		overtaken += " · cost " + span(x.CostMS)
	}
	if x.CostOpen > 0 {
		overtaken += fmt.Sprintf(", and %d not known yet", x.CostOpen)
	}
	p.line("%s", overtaken)
	if x.BySkill+x.ByRoom > 0 {
		p.line("no overtakings: %s ahead by an agent without its skills, %d by one without room for it",
			plural(x.BySkill, "start", "starts"), x.ByRoom)
	}
	if len(x.Never) > 0 {
		p.line("never used: %s", strings.Join(x.Never, ", "))
	}
	if x.Slips > 0 {
		p.line("cost = %s", x.Formula)
	}
	if x.Cut > 0 {
		p.line("The journal was read up to frame %d only: more happened since.", x.Cut)
	}
}

// step writes one step, and what there is to say about it below.
func (p *explainPrinter) step(s *host.Step) {
	more := func(format string, args ...any) { p.line("            "+format, args...) }
	rule := ""
	if s.Rule != nil {
		rule = s.Rule.Text
		if s.Rule.What != "" && s.Rule.Line > 0 {
			rule += " " + s.Rule.What
		}
	}
	switch s.What {
	case "arrived", "changed", "relaxed", "counted as", "transferred", "held", "released", "called back", "pulled", "moved", "joined",
		"unlinked", "related", "left", "agent lost", "agent found", "closed", "opened", "put aside", "taken up", "kept free for it",
		"kept free no more":
		p.line("  %s  %-9s %s", p.clock(s.At), s.What, p.about(s))
	case "policy":
		p.line("  %s  policy    %s adopted", p.clock(s.At), s.Text)
	case "offered":
		p.line("  %s  offered   to %s, ahead of %d%s", p.clock(s.At), s.Agent, s.Count, atRule(rule))
		if s.Keys != nil {
			more("%s, runner-up %s", p.keys(s.Keys), name(s.By))
		}
		p.says(s.Rule)
		for _, r := range s.Spent {
			more("out of turn, charged to %s: %s", r.Text, r.Says)
		}
		if s.Beyond > 0 {
			more("start %d of its class, which is over its limit", s.Beyond)
		}
	case "overtaken":
		p.line("  %s  overtaken by %s (%s, arrived %s), served by %s%s", p.clock(s.At), name(s.By), s.ByClass,
			p.clock(s.Arrived), s.Agent, atRule(rule))
		if s.Reason != "" {
			more("%s", s.Reason)
		}
		if s.Winner != nil {
			more("%s was to be before it in the group %s", name(s.Winner), s.Rule.Group)
		}
		p.says(s.Rule)
		if s.Keys != nil {
			more("%s", p.keys(s.Keys))
		}
		if s.Beyond > 0 {
			more("start %d of %s, which is over its limit", s.Beyond, s.ByClass)
		}
		more("slip %d · ledger %d · %s", s.Slips, s.Entry, cost(s))
	case "missed offer":
		p.line("  %s  missed    by %s: meanwhile %s went ahead", p.clock(s.At), s.Agent, went(s))
		more("slip %d · ledger %d · %s", s.Slips, s.Entry, cost(s))
	case "accepted":
		p.line("  %s  served    by %s (offer %d)", p.clock(s.At), s.Agent, s.Offer)
	case "served":
		p.line("  %s  finished  %s", p.clock(s.At), s.Text)
	case "abandoned":
		p.line("  %s  abandoned %s", p.clock(s.At), s.Text)
	default:
		if s.Agent == "" { // an end
			p.line("  %s  %-9s %s", p.clock(s.At), s.What, s.Text)
			return
		}
		// an offer that came to nothing
		p.line("  %s  %-9s by %s (offer %d), back in its place %s", p.clock(s.At), s.What, s.Agent, s.Offer, s.Text)
	}
}

// says writes what a protection, a reserve or a cap says.
func (p *explainPrinter) says(r *host.Rule) {
	if r != nil && r.Says != "" {
		p.line("            %s", r.Says)
	}
}

// about says what there is to say of a step in a ticket's life, in the order in which one asks.
func (p *explainPrinter) about(s *host.Step) string {
	var parts []string
	add := func(format, text string) {
		if text != "" {
			parts = append(parts, fmt.Sprintf(format, text))
		}
	}
	if s.Contact != nil {
		add("(%s)", name(s.Contact))
	}
	if s.Other != nil {
		add(cmp.Or(map[string]string{"joined": "to %s", "unlinked": "from %s"}[s.What], "with %s"), name(s.Other))
	}
	add("class %s", s.Class)
	add("needs %s", strings.Join(s.Needs, ", "))
	add("for %s first", s.Only)
	if s.Stage > 0 {
		add("step %s", strconv.Itoa(s.Stage))
	}
	add("%s", s.Why)
	add(map[bool]string{true: "%s", false: "by %s"}[strings.HasPrefix(s.What, "agent ")], s.Agent)
	if s.Until != "" {
		add("until %s", p.clock(s.Until))
	}
	add("%s", s.Text)
	return strings.Join(parts, " ")
}

func atRule(rule string) string {
	if rule == "" {
		return ""
	}
	return "   " + rule
}

// went says who went ahead while an offer rang in vain.
func went(s *host.Step) string {
	if s.By == nil {
		return plural(s.Count, "other", "others")
	}
	return name(s.By)
}

// cost writes what one overtaking cost, with the numbers of its formula.
func cost(s *host.Step) string {
	if s.Open {
		return "cost not known yet"
	}
	return fmt.Sprintf("cost %s = %s / %s", span(s.CostMS), span(s.HandledMS), plural(s.Able, "agent", "agents"))
}

// keys writes what was compared, and the head start that the winner had, where the line knows it.
func (p *explainPrinter) keys(k *host.Keys) string {
	if k.Text != "" {
		return k.Text
	}
	switch k.Kind {
	case "latest":
		return fmt.Sprintf("the last is first: arrived %s, after %s", p.clock(k.Won), p.clock(k.Lost))
	case "member":
		if k.Won == k.Lost {
			return fmt.Sprintf("both are of %s: the earlier arrival goes first", k.Won)
		}
		return fmt.Sprintf("%s goes before %s", k.Won, k.Lost)
	case "value":
		return fmt.Sprintf("%s against %s", k.Won, k.Lost)
	}
	word := map[string]string{"arrival": "arrived", "due": "due"}[k.Order]
	if word == "" {
		word = "start"
	}
	start := ""
	if k.HeadStartMS != 0 {
		start = fmt.Sprintf(" (head start %s)", minutes(engine.Duration(k.HeadStartMS)*engine.Millisecond))
	}
	return fmt.Sprintf("%s %s%s before %s", word, p.clock(k.Won), start, p.clock(k.Lost))
}
