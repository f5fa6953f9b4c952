package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"fairline/simulations/theory"
)

const theoryLong = `Compute what queueing theory knows exactly of a line: waits, service levels, what each class of callers gets under a policy, what
it pays to complain in public, and how many agents are needed.

Calls arrive at random moments, at a mean rate: 48/min, 12 per hour. Handling times are exponential with the mean that --handling
gives, unless a command says otherwise. A wait runs from the call to the start of its handling. --json gives all digits, with
times in seconds.

These are the formulas that the simulator is tested against.`

// theoryCommand returns `fairline theory`.
func theoryCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "theory",
		Short: "Exact answers of queueing theory: waits, agents needed, what a favour costs",
		Long:  theoryLong,
		Example: "  fairline theory erlang-c --arrivals 48/min --handling 1m --agents 50\n" +
			"  fairline theory staffing --arrivals 48/min --handling 1m --patience 2m --target \"80% within 20s\"",
	}
	cmd.AddCommand(theoryErlangB(), theoryErlangC(), theoryErlangA(), theoryPatience(), theoryPriority(), theoryAccumulating(), theoryLottery(),
		theoryHeadStart(), theoryCountBound(), theoryPremium(), theoryEquilibrium(), theoryStaffing())
	return cmd
}

// lineFlags are what most of the commands are told of a line.
type lineFlags struct {
	arrivals string
	handling string
	agents   int
	json     bool
}

// register adds the flags that the command has, of arrivals and agents where it has these.
func (f *lineFlags) register(cmd *cobra.Command, arrivals, agents bool) {
	flags := cmd.Flags()
	if arrivals {
		flags.StringVar(&f.arrivals, "arrivals", "", "how many calls arrive: 48/min, 12 per hour, 200/30m")
		_ = cmd.MarkFlagRequired("arrivals")
	}
	flags.StringVar(&f.handling, "handling", "", "mean handling time: 4m, 90s, 1h30m")
	_ = cmd.MarkFlagRequired("handling")
	if agents {
		flags.IntVar(&f.agents, "agents", 0, "how many agents serve")
		_ = cmd.MarkFlagRequired("agents")
	}
	flags.BoolVar(&f.json, "json", false, "write the result for programs, with all digits")
}

// queue reads the flags, in seconds.
func (f *lineFlags) queue() (q theory.Queue, err error) {
	if q.Arrivals, err = parseFlow("--arrivals", f.arrivals); err != nil {
		return q, err
	}
	q.Service, err = f.service()
	q.Agents = f.agents
	return q, err
}

// service is what an agent can handle in a second.
func (f *lineFlags) service() (float64, error) {
	seconds, err := parsePositive("--handling", f.handling)
	return 1 / seconds, err
}

// said says the line in words, with what there is of it.
func (f *lineFlags) said(q theory.Queue) string {
	text := fmt.Sprintf("%s, each takes %s", flowText(q.Arrivals), timeText(1/q.Service))
	if q.Agents > 0 {
		text += ", " + plural(q.Agents, "agent", "agents")
	}
	return text
}

// given starts the list of what a result was computed from.
func (f *lineFlags) given(q theory.Queue) []fact {
	list := []fact{{Key: "arrivals", Value: q.Arrivals}, {Key: "handling", Value: 1 / q.Service}}
	if q.Agents > 0 {
		list = append(list, fact{Key: "agents", Value: float64(q.Agents)})
	}
	return list
}
