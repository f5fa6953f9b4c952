package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"fairline/engine"
	"fairline/policy"
	"fairline/simulations/story"
)

const demoLong = `The squeaky wheel: ten tickets, two agents, twenty minutes of a Monday, played twice through the engine that
also serves a live line. Same tickets, same agents, same clock; only the policy differs. Works offline and writes nothing.
It prints and ends; --once asks for that in scripts, for the day when there is a page to watch.

The second policy is the one by which both are judged: a reason is accepted when that policy's file gives it.`

// demoFlags are what `fairline demo` is told.
type demoFlags struct {
	policy string
	json   bool
	once   bool
}

// demoCommand returns `fairline demo`.
func demoCommand() *cobra.Command {
	var f demoFlags
	cmd := &cobra.Command{
		Use:     "demo",
		Short:   "The squeaky wheel in two seconds, offline",
		Long:    demoLong,
		Example: "  fairline demo\n  fairline demo --policy my.yaml\n  fairline demo --json",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return demo(cmd, f) },
	}
	cmd.Flags().StringVar(&f.policy, "policy", "one-line", "policy to compare with loudest-first: a file, or the name of a shipped one")
	cmd.Flags().BoolVar(&f.json, "json", false, "print the result as JSON")
	cmd.Flags().BoolVar(&f.once, "once", true, "print and end: so it is without this flag too")
	return cmd
}

// A demoRun is the story under two policies, and under the second one's classes in a strict line.
type demoRun struct {
	story  *story.Story
	judge  *policy.Policy // the second policy: what it gives as a reason is accepted
	loud   *story.Result
	fair   *story.Result
	strict *story.Result
}

func demo(cmd *cobra.Command, f demoFlags) error {
	d, err := playDemo(cmd.ErrOrStderr(), f.policy)
	if err != nil {
		return err
	}
	if f.json {
		return writeJSON(cmd.OutOrStdout(), d.report())
	}
	return d.print(cmd.OutOrStdout())
}

// playDemo plays the story under loudest-first and under the policy of that name.
func playDemo(narration io.Writer, name string) (*demoRun, error) {
	loud, err := loadPolicy(narration, "loudest-first")
	if err != nil {
		return nil, err
	}
	d := &demoRun{story: story.SqueakyWheel()}
	if d.judge, err = loadPolicy(narration, name); err != nil {
		return nil, err
	}
	if d.loud, err = story.Play(d.story, loud); err != nil {
		return nil, err
	}
	if d.fair, err = story.Play(d.story, d.judge); err != nil {
		return nil, err
	}
	d.strict, err = story.PlayStrictly(d.story, d.judge)
	return d, err
}

// loadPolicy reads a policy file, or a shipped one by its name. Faults are drawn on narration; with an error among
// them there is no policy.
func loadPolicy(narration io.Writer, name string) (*policy.Policy, error) {
	p, faults, err := policy.Load(name)
	if err != nil {
		return nil, err
	}
	if p != nil {
		return p, nil
	}
	src, err := policy.Read(name)
	if err != nil {
		return nil, err
	}
	if err := policy.Render(narration, faults, src, colored(narration)); err != nil {
		return nil, err
	}
	return nil, exitError{exitFindings, fmt.Errorf("policy %s has %s: see fairline policy check %s", name,
		plural(faults.Count(policy.Error), "error", "errors"), name)}
}

// accepted is the reason, in the judging policy, for which the ticket of a start may go ahead; "" is none. For a start
// under that policy itself every pair carries its own reason.
func (d *demoRun) accepted(r *story.Result, start *story.Start) string {
	if r == d.fair {
		for _, pair := range start.Passed {
			if pair.Reason != "" {
				return pair.Reason
			}
		}
		return ""
	}
	return d.judgedClass(start.Ticket).Reason
}

// judgedClass is the class that the judging policy gives a ticket.
func (d *demoRun) judgedClass(ticket int) engine.Class {
	t := d.story.Tickets[ticket]
	reading := d.judge.Ticket(policy.Ticket{Channel: t.Channel, Attributes: t.Attributes})
	return d.judge.Engine.Classes[d.judge.Engine.Classify(&reading.Facts)]
}

// unaccepted counts the overtakings for which the judging policy has no reason.
func (d *demoRun) unaccepted(r *story.Result) int {
	n := 0
	for i := range r.Starts {
		start := &r.Starts[i]
		for _, pair := range start.Passed {
			if r == d.fair && pair.Reason == "" || r != d.fair && d.accepted(r, start) == "" {
				n++
			}
		}
	}
	return n
}

// cost is how much later than in a strict line a ticket starts under the judging policy.
func (d *demoRun) cost(ticket int) engine.Duration {
	return d.fair.Waits()[ticket] - d.strict.Waits()[ticket]
}
