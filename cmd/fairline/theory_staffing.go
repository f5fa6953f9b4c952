package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"fairline/simulations/theory"
)

// staffingFlags say what agents must be enough for.
type staffingFlags struct {
	line     lineFlags
	patience string
	target   string
	abandon  string
	rates    string
}

// A goal is what agents must be enough for, in seconds and parts.
type goal struct {
	service  float64
	theta    float64 // the rate of hanging up; 0 where nobody does
	part     float64 // served within, or
	within   float64
	abandons bool    // hang up at most
	most     float64 //
}

// A plan is the least number of agents, and what they give.
type plan struct {
	agents int
	facts  []fact
}

func theoryStaffing() *cobra.Command {
	var f staffingFlags
	cmd := &cobra.Command{
		Use:   "staffing",
		Short: "How many agents are needed",
		Long: "The least number of agents for a service level (--target), or for a part of callers who hang up (--abandon, with --patience), by\n" +
			"Erlang C or, with --patience, Erlang A. Beside it the square-root rule: the load plus so many times its square root.\n\n" +
			"--rates plans a day instead: a file with a line for each time from which a rate holds, the last one with 0/h:\n\n" +
			"  08:00  20/min\n  12:00  48/min\n  18:00  0/h\n\n" +
			"Calls that arrived earlier still keep agents busy: each stretch is planned for the greatest load that it sees, with\n" +
			"handling times that are exponential, by the same model.",
		Example: "  fairline theory staffing --arrivals 48/min --handling 1m --target \"80% within 20s\"\n" +
			"  fairline theory staffing --arrivals 48/min --handling 1m --patience 2m --abandon 5%\n" +
			"  fairline theory staffing --rates day.txt --handling 4m --target \"80% within 20s\"",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			g, err := f.goal()
			if err != nil {
				return err
			}
			if (f.line.arrivals == "") == (f.rates == "") {
				return errors.New("want --arrivals for one rate, or --rates for a day")
			}
			r, err := (*theoryResult)(nil), error(nil)
			if f.rates == "" {
				r, err = f.once(g)
			} else {
				r, err = f.day(g)
			}
			if err != nil {
				return err
			}
			return r.write(cmd, f.line.json)
		},
	}
	f.line.register(cmd, false, false)
	flags := cmd.Flags()
	flags.StringVar(&f.line.arrivals, "arrivals", "", "how many calls arrive: 48/min, 12 per hour, 200/30m")
	flags.StringVar(&f.patience, "patience", "", "mean patience of a caller, exponential: 2m; without it nobody hangs up")
	flags.StringVar(&f.target, "target", "", "the service level: \"80% within 20s\"")
	flags.StringVar(&f.abandon, "abandon", "", "what part may hang up: 5%")
	flags.StringVar(&f.rates, "rates", "", "a file with the rates of a day")
	return cmd
}

// goal reads the flags.
func (f *staffingFlags) goal() (g goal, err error) {
	if g.service, err = f.line.service(); err != nil {
		return g, err
	}
	if f.patience != "" {
		mean, err := parsePositive("--patience", f.patience)
		if err != nil {
			return g, err
		}
		g.theta = 1 / mean
	}
	switch {
	case (f.target == "") == (f.abandon == ""):
		return g, errors.New("want --target, such as \"80% within 20s\", or --abandon, such as 5%")
	case f.target != "":
		g.part, g.within, err = parseGoal("--target", f.target)
		return g, err
	case g.theta == 0:
		return g, errors.New("--abandon wants --patience: how long callers wait before they hang up")
	}
	g.abandons = true
	if g.most, err = parsePart("--abandon", f.abandon); err == nil && (g.most == 0 || g.most == 1) {
		err = fmt.Errorf("--abandon %q: want more than 0%% and less than 100%%", f.abandon)
	}
	return g, err
}

// given is what the goal was.
func (g goal) given() (list []fact) {
	list = []fact{{Key: "handling", Value: 1 / g.service}}
	if g.theta > 0 {
		list = append(list, fact{Key: "patience", Value: 1 / g.theta})
	}
	if g.abandons {
		return append(list, fact{Key: "abandon", Value: g.most})
	}
	return append(list, fact{Key: "target_part", Value: g.part}, fact{Key: "target_within", Value: g.within})
}

// words is the goal for people.
func (g goal) words() string {
	text := numberText(100*g.part) + " % within " + timeText(g.within)
	if g.abandons {
		text = "at most " + numberText(100*g.most) + " % hang up"
	}
	if g.theta > 0 {
		return text + ", callers hang up after " + timeText(1/g.theta)
	}
	return text + ", nobody hangs up"
}

// staff finds the least number of agents.
func (g goal) staff(arrivals float64) (plan, error) {
	q := theory.Queue{Arrivals: arrivals, Service: g.service}
	if g.theta == 0 {
		s, err := q.StaffWithin(g.within, g.part)
		return plan{s.Agents, append([]fact{{"served_within", s.Within(g.within), "served within " + timeText(g.within), asPart}}, steadyFacts(s)...)}, err
	}
	q2 := theory.Impatient{Queue: q, Patience: g.theta}
	if g.abandons {
		s, err := q2.StaffAbandoned(g.most)
		return plan{s.Agents, impatientFacts(s)}, err
	}
	s, err := q2.StaffWithin(g.within, g.part)
	if err != nil {
		return plan{}, err
	}
	within := fact{"served_within", s.ServedWithin(g.within), "of all, served within " + timeText(g.within), asPart}
	return plan{s.Agents, append([]fact{within}, impatientFacts(s)...)}, nil
}

// rule is the β of the square-root rule for the goal; ok is false where no limit gives one.
func (g goal) rule(load float64) (beta float64, ok bool) {
	var err error
	switch {
	case g.abandons:
		beta, err = theory.BetaAbandoned(load, g.theta/g.service, g.most)
	case g.theta == 0:
		beta, err = theory.BetaWithin(load, g.within*g.service, g.part)
	default:
		return 0, false
	}
	return beta, err == nil
}

// once plans for one rate.
func (f *staffingFlags) once(g goal) (*theoryResult, error) {
	arrivals, err := parsePositiveFlow("--arrivals", f.line.arrivals)
	if err != nil {
		return nil, err
	}
	p, err := g.staff(arrivals)
	if err != nil {
		return nil, err
	}
	load := arrivals / g.service
	r := &theoryResult{
		model: "staffing", title: fmt.Sprintf("%s for %s: %s", plural(p.agents, "agent", "agents"), g.words(),
			f.line.said(theory.Queue{Arrivals: arrivals, Service: g.service})),
		given: append([]fact{{Key: "arrivals", Value: arrivals}}, g.given()...),
		facts: append([]fact{{"agents", float64(p.agents), "agents needed", asNumber}}, p.facts...),
	}
	if beta, ok := g.rule(load); ok {
		agents := max(1, theory.SquareRoot(load, beta))
		r.facts = append(r.facts, fact{"square_root_agents", float64(agents), "", asNumber}, fact{"square_root_beta", beta, "", asNumber})
		r.notes = append(r.notes, fmt.Sprintf("The square-root rule says %s: the load %s, and %s times its square root.",
			plural(agents, "agent", "agents"), numberText(load), numberText(beta)))
	}
	return r, nil
}
