package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/spf13/cobra"
)

const agentLong = `Sign an agent in and take offers, by hand or by itself.

By hand, each line that is typed is a command; OFFER is the number shown, and without it the oldest is meant:

  a [OFFER]           accept            f [OFFER]    finish
  d [OFFER] [REASON]  decline           b [CODE]     break
  q                   sign out          r            ready again

  c [OFFER]                                show what its contacts say, and the customer's earlier ones
  k [OFFER] KIND:NAME                      say that the customer is known so too, such as mail:ana@example.org
  p TICKET REASON                          start on a ticket that you pick: #17, or what its adapter calls it
  h [OFFER] WHY [FOR] [REASON]             hold it: callback, snooze, customer or no-answer, for such as 2h
  t [OFFER] [to=AGENT] [needs=A,B] [REASON]  hand it on; with line=LINE to another line

When the input is no terminal the same lines are read; a waits until there is an offer, d for at most five seconds. The
end of the input signs out, and so does the end of --for.

By itself (--auto) it accepts after --answer and finishes after --handle, until --count tickets are served or --for has
passed, or without both until it is interrupted. Work in hand is finished first.

Whoever signs in again takes up what is open: after a lost connection, and after this program was killed. With --lease the
line does not wait for that: an agent who is not heard of for so long is lost, what rings is withdrawn, and work goes back to
its place after a while. While this program runs it renews the lease by itself.`

// agentFlags are what `fairline agent` is told.
type agentFlags struct {
	bus      busFlags
	skills   []string
	channels string
	auto     bool
	handle   time.Duration
	answer   time.Duration
	wrap     time.Duration
	lease    time.Duration
	last     time.Duration
	count    int
}

// leaseBeats is how often a lease is renewed while it lasts: two renewals may be lost on the way.
const leaseBeats = 3

// agentCommand returns `fairline agent`.
func agentCommand() *cobra.Command {
	var f agentFlags
	cmd := &cobra.Command{
		Use:   "agent NAME",
		Short: "An agent, by hand or by itself",
		Long:  agentLong,
		Example: "  fairline agent ana --skill legal --channels phone,chat=3\n" +
			"  fairline agent ben --auto --handle 2s --count 10",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return runAgent(cmd, args[0], f) },
	}
	flags := cmd.Flags()
	f.bus.register(flags)
	flags.StringArrayVar(&f.skills, "skill", nil, "a skill; again for more")
	flags.StringVar(&f.channels, "channels", "", "channels and how many tickets of each at once (default as the policy says)")
	flags.BoolVar(&f.auto, "auto", false, "serve without anybody typing")
	flags.DurationVar(&f.handle, "handle", 2*time.Second, "with --auto: time for a ticket")
	flags.DurationVar(&f.answer, "answer", 0, "with --auto: time before an offer is accepted")
	flags.DurationVar(&f.wrap, "wrap", 0, "time after a ticket until the agent is free")
	flags.DurationVar(&f.lease, "lease", 0, "be lost when the line hears nothing for so long, 1s to 24h (default never)")
	flags.DurationVar(&f.last, "for", 0, "how long to take offers (default until told to stop)")
	flags.IntVar(&f.count, "count", 0, "with --auto: how many tickets to serve")
	return cmd
}

func runAgent(cmd *cobra.Command, name string, f agentFlags) error {
	if f.count < 0 || f.handle < 0 || f.answer < 0 || f.wrap < 0 || f.last < 0 || f.lease < 0 {
		return fmt.Errorf("agent %s: no time and no count may be less than 0", name)
	}
	if err := checkToken("agent", name); err != nil {
		return err
	}
	channels, err := channelCounts(f.channels)
	if err != nil {
		return err
	}
	a := &agent{name: name, flags: f, channels: channels, out: cmd.OutOrStdout(), json: f.bus.json,
		// Of each of at most 16 channels an agent has at most 16 tickets, and an offer yields at most three messages.
		messages: make(chan *nats.Msg, 1024), again: make(chan struct{}, 1), offers: map[uint64]*agentOffer{}}
	a.conn, err = f.bus.dial("agent "+name, nats.ReconnectHandler(func(*nats.Conn) { a.reconnected() }))
	if err != nil {
		return err
	}
	defer a.conn.Close()
	if f.lease > 0 {
		beat := time.NewTicker(f.lease / leaseBeats)
		defer beat.Stop()
		a.beat = beat.C
	}
	if err := a.begin(cmd.Context()); err != nil {
		return refused(err)
	}
	if f.auto {
		return a.serveAlone(cmd.Context())
	}
	return a.serveByHand(cmd.Context(), cmd.InOrStdin(), cmd.ErrOrStderr())
}

// channelCounts reads phone,chat=3; a channel without a count takes the whole agent.
func channelCounts(text string) (map[string]int, error) {
	if text == "" {
		return nil, nil
	}
	counts := map[string]int{}
	for part := range strings.SplitSeq(text, ",") {
		name, number, has := strings.Cut(strings.TrimSpace(part), "=")
		n := 1
		var err error
		if has {
			n, err = strconv.Atoi(number)
		}
		if _, twice := counts[name]; err != nil || n < 0 || name == "" || twice {
			return nil, fmt.Errorf("--channels %s: want names, each once, with a number of tickets, such as phone,chat=3", text)
		}
		counts[name] = n
	}
	return counts, nil
}

// begin subscribes and signs in.
func (a *agent) begin(ctx context.Context) error {
	for _, what := range []string{"offered", "withdrawn", "on-break", "put-aside", "taken-up"} {
		if _, err := a.conn.ChanSubscribe(a.subject(what), a.messages); err != nil {
			return fmt.Errorf("subscribe %s: %w", a.subject(what), err)
		}
	}
	return a.signIn(ctx)
}
