package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"fairline/simulations/theory"
)

// classFlags are what commands on several classes are told.
type classFlags struct {
	line    lineFlags
	classes []string
	all     theory.Queue // all classes together, once read
}

func (f *classFlags) register(cmd *cobra.Command, value string) {
	f.line.register(cmd, false, true)
	form := "NAME=RATE"
	if value != "" {
		form += "," + strings.ToUpper(value)
	}
	cmd.Flags().StringArrayVar(&f.classes, "class", nil, "a class of calls, as "+form+"; once for each")
	_ = cmd.MarkFlagRequired("class")
}

// read returns the names, the classes, and the number behind each rate, which value names; there is none where that is "".
func (f *classFlags) read(value string) (names []string, c theory.Classes, values []float64, err error) {
	var rates []float64
	f.all.Agents = f.line.agents
	if f.all.Service, err = f.line.service(); err != nil {
		return nil, c, nil, err
	}
	for _, text := range f.classes {
		name, rest, ok := strings.Cut(text, "=")
		rate, number, has := strings.Cut(rest, ",")
		if !ok || name == "" || has != (value != "") {
			form := "NAME=RATE, such as vip=10/min"
			if value != "" {
				form = "NAME=RATE," + strings.ToUpper(value) + ", such as vip=10/min,2"
			}
			return nil, c, nil, fmt.Errorf("--class %q: want %s", text, form)
		}
		perSecond, err := parseFlow("--class "+name, rate)
		if err != nil {
			return nil, c, nil, err
		}
		if value != "" {
			v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
			if err != nil {
				return nil, c, nil, fmt.Errorf("--class %q: %q is no %s: want a number", text, number, value)
			}
			values = append(values, v)
		}
		names, rates = append(names, name), append(rates, perSecond)
		f.all.Arrivals += perSecond
	}
	c, err = theory.SharedAgents(rates, f.all.Service, f.line.agents)
	return names, c, values, err
}

// result starts a result on classes.
func (f *classFlags) result(model, title string, names []string, fates []theory.Fate, c theory.Classes) *theoryResult {
	r := &theoryResult{model: model, title: title + f.line.said(f.all), column: "class", given: f.line.given(f.all)}
	r.facts = []fact{{"fcfs", c.FCFS(), "mean wait if classes were not looked at", asTime}}
	for k, fate := range fates {
		r.rows = append(r.rows, theoryRow{names[k], fateFacts(fate)})
	}
	r.notes = []string{fateNote}
	return r
}

const fateNote = "OVERTAKEN counts how many later calls start before one of the class, OVERTAKES how many earlier ones it passes, in the mean."

func fateFacts(f theory.Fate) []fact {
	return []fact{{"wait_mean", f.Wait, "MEAN WAIT", asTime}, {"slips", f.Slips, "OVERTAKEN", asNumber}, {"skips", f.Skips, "OVERTAKES", asNumber}}
}

func theoryPriority() *cobra.Command {
	var f classFlags
	cmd := &cobra.Command{
		Use:     "priority",
		Short:   "What each class gets under strict priority",
		Long:    "Strict priority that interrupts nobody: the first --class named is the most urgent. Nobody hangs up.",
		Example: "  fairline theory priority --class outage=4/min --class quiet=44/min --handling 1m --agents 50",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			names, c, _, err := f.read("")
			if err != nil {
				return err
			}
			r := f.result("priority", "Strict priority, the first class first: ", names, c.Priority(), c)
			more, _ := c.PriorityMarkov()
			for k, fate := range more {
				r.rows[k].facts = append(r.rows[k].facts, fact{"overtaken", fate.Overtaken, "EVER OVERTAKEN", asPart},
					fact{"wait_variance", fate.Variance, "", asNumber})
			}
			return r.write(cmd, f.line.json)
		},
	}
	f.register(cmd, "")
	return cmd
}

func theoryAccumulating() *cobra.Command {
	var f classFlags
	cmd := &cobra.Command{
		Use:     "accumulating",
		Short:   "What each class gets where priority grows with the wait",
		Long:    "Accumulating priority: each minute of waiting earns the class's slope, and who has most is next. Nobody hangs up.",
		Example: "  fairline theory accumulating --class vip=10/min,2 --class quiet=38/min,1 --handling 1m --agents 50",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			names, c, slopes, err := f.read("slope")
			if err != nil {
				return err
			}
			fates, err := c.Accumulating(slopes)
			if err != nil {
				return err
			}
			r := f.result("accumulating", "Priority grows with the wait: ", names, fates, c)
			if part, ok := c.AccumulatingOvertaken(slopes); ok {
				r.facts = append(r.facts, fact{"overtaken_lowest", part, "of the lowest slope, ever overtaken", asPart})
			}
			return r.write(cmd, f.line.json)
		},
	}
	f.register(cmd, "slope")
	return cmd
}

func theoryLottery() *cobra.Command {
	var f classFlags
	cmd := &cobra.Command{
		Use:     "lottery",
		Short:   "What each class gets where the next call is drawn",
		Long:    "A lottery among all calls that wait, each with the weight of its class. Nobody hangs up.",
		Example: "  fairline theory lottery --class gold=10/min,3 --class silver=38/min,1 --handling 1m --agents 50",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			names, c, weights, err := f.read("weight")
			if err != nil {
				return err
			}
			fates, err := c.Lottery(weights)
			if err != nil {
				return err
			}
			return f.result("lottery", "The next call is drawn: ", names, fates, c).write(cmd, f.line.json)
		},
	}
	f.register(cmd, "weight")
	return cmd
}

// pairFlags are what commands on a favoured and a quiet class are told.
type pairFlags struct {
	line            lineFlags
	favoured, quiet string
}

func (f *pairFlags) register(cmd *cobra.Command) {
	f.line.register(cmd, false, true)
	cmd.Flags().StringVar(&f.favoured, "favoured", "", "how many of the favoured class arrive: 4/min")
	cmd.Flags().StringVar(&f.quiet, "quiet", "", "how many of the others arrive: 44/min")
	_ = cmd.MarkFlagRequired("favoured")
	_ = cmd.MarkFlagRequired("quiet")
}

func (f *pairFlags) read() (p theory.Pair, err error) {
	if p.First, err = parseFlow("--favoured", f.favoured); err != nil {
		return p, err
	}
	if p.Second, err = parseFlow("--quiet", f.quiet); err != nil {
		return p, err
	}
	p.Service, err = f.line.service()
	p.Agents = f.line.agents
	return p, err
}

// result is what befalls the two.
func (f *pairFlags) result(model, title string, p theory.Pair, got theory.Favour, given fact) *theoryResult {
	return &theoryResult{
		model: model, title: title + f.line.said(p.Queue()), column: "class",
		given: []fact{{Key: "favoured", Value: p.First}, {Key: "quiet", Value: p.Second}, {Key: "handling", Value: 1 / p.Service},
			{Key: "agents", Value: float64(p.Agents)}, given},
		facts: []fact{
			{"fcfs", got.FCFS, "mean wait if nobody were favoured", asTime},
			{"premium", got.Premium, "what being favoured gains", asTime},
			{"overtaken", got.Overtaken, "of the quiet, ever overtaken", asPart},
		},
		rows:  []theoryRow{{"favoured", fateFacts(got.First)}, {"quiet", fateFacts(got.Second)}},
		notes: []string{fateNote},
	}
}

func theoryHeadStart() *cobra.Command {
	var f pairFlags
	var start string
	cmd := &cobra.Command{
		Use:   "head-start",
		Short: "What two classes get where one counts as arrived earlier",
		Long: "A head start: the favoured count as arrived so much earlier, and who arrived first is next. It is the same as due times that\n" +
			"differ by this, or as strict priority where the others are promoted after it. Nobody hangs up.",
		Example: "  fairline theory head-start --favoured 4/min --quiet 44/min --handling 1m --agents 50 --start 30s",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := f.read()
			if err != nil {
				return err
			}
			h, err := parseTime("--start", start)
			if err != nil {
				return err
			}
			got, err := p.HeadStart(h)
			if err != nil {
				return err
			}
			r := f.result("head-start", "A head start of "+timeText(h)+": ", p, got, fact{Key: "start", Value: h})
			capped, err := p.QuietCapped(h)
			if err != nil {
				return err
			}
			beyond, err := p.QuietBeyond(h)
			if err != nil {
				return err
			}
			r.facts = append(r.facts, fact{"quiet_beyond", beyond, "of the quiet, wait longer than the head start", asPart},
				fact{"quiet_capped", capped, "", asTime})
			return r.write(cmd, f.line.json)
		},
	}
	f.register(cmd)
	cmd.Flags().StringVar(&start, "start", "", "how much earlier the favoured count as arrived: 5m")
	_ = cmd.MarkFlagRequired("start")
	return cmd
}

func theoryCountBound() *cobra.Command {
	var f pairFlags
	var bound int
	cmd := &cobra.Command{
		Use:     "count-bound",
		Short:   "What two classes get under priority with at most so many overtakings",
		Long:    "Strict priority of the favoured, but the oldest call is next once so many have overtaken it. Nobody hangs up.",
		Example: "  fairline theory count-bound --favoured 4/min --quiet 44/min --handling 1m --agents 50 --bound 2",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := f.read()
			if err != nil {
				return err
			}
			got, err := p.CountBound(bound)
			if err != nil {
				return err
			}
			title := "Priority with at most " + plural(bound, "overtaking", "overtakings") + " of a call: "
			return f.result("count-bound", title, p, got, fact{Key: "bound", Value: float64(bound)}).write(cmd, f.line.json)
		},
	}
	f.register(cmd)
	cmd.Flags().IntVar(&bound, "bound", 0, "how many may overtake a call")
	_ = cmd.MarkFlagRequired("bound")
	return cmd
}
