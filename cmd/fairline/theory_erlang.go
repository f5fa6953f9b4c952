package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"fairline/simulations/theory"
)

func theoryErlangB() *cobra.Command {
	var f lineFlags
	cmd := &cobra.Command{
		Use:     "erlang-b",
		Short:   "Calls that are lost where nobody can wait",
		Long:    "Erlang B: a call that finds all agents busy is lost. The handling times may have any law with this mean.",
		Example: "  fairline theory erlang-b --arrivals 4/min --handling 4m --agents 18",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			q, err := f.queue()
			if err != nil {
				return err
			}
			lost, err := q.ErlangB()
			if err != nil {
				return err
			}
			r := theoryResult{model: "erlang-b", title: "Erlang B, nobody waits: " + f.said(q), given: f.given(q)}
			r.facts = []fact{
				{"load", q.Load(), "load, in agents", asNumber},
				{"lost", lost, "calls lost", asPart},
				{"occupancy", q.Load() * (1 - lost) / float64(q.Agents), "agents busy", asPart},
			}
			return r.write(cmd, f.json)
		},
	}
	f.register(cmd, true, true)
	return cmd
}

func theoryErlangC() *cobra.Command {
	var f lineFlags
	var target string
	cmd := &cobra.Command{
		Use:     "erlang-c",
		Short:   "Waits where nobody hangs up",
		Long:    "Erlang C: calls wait until they are served, first come, first served. Nobody hangs up.",
		Example: "  fairline theory erlang-c --arrivals 48/min --handling 1m --agents 50 --target 20s",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			q, err := f.queue()
			if err != nil {
				return err
			}
			s, err := q.Steady()
			if err != nil {
				return err
			}
			r := theoryResult{model: "erlang-c", title: "Erlang C, nobody hangs up: " + f.said(q), given: f.given(q)}
			r.facts = steadyFacts(s)
			if target != "" {
				t, err := parseTime("--target", target)
				if err != nil {
					return err
				}
				r.given = append(r.given, fact{Key: "target", Value: t})
				r.facts = append(r.facts, fact{"served_within", s.Within(t), "served within " + timeText(t), asPart})
			}
			return r.write(cmd, f.json)
		},
	}
	f.register(cmd, true, true)
	cmd.Flags().StringVar(&target, "target", "", "also say what part is served within this time: 20s")
	return cmd
}

// steadyFacts is what there is to say of a line where nobody hangs up.
func steadyFacts(s theory.Steady) []fact {
	return []fact{
		{"load", s.Load(), "load, in agents", asNumber},
		{"occupancy", s.Occupancy, "agents busy", asPart},
		{"delay", s.Delay, "calls that wait", asPart},
		{"wait_mean", s.Mean, "mean wait", asTime},
		{"wait_p50", s.Quantile(0.5), "median wait", asTime},
		{"wait_p90", s.Quantile(0.9), "90 % wait at most", asTime},
		{"wait_p99", s.Quantile(0.99), "99 % wait at most", asTime},
		{"wait_variance", s.Variance(theory.FCFS), "", asNumber},
		{"wait_variance_random_order", s.Variance(theory.ROS), "", asNumber},
		{"wait_variance_last_come", s.Variance(theory.LCFS), "", asNumber},
		{"queue", s.Length, "calls waiting, in the mean", asNumber},
	}
}

func theoryErlangA() *cobra.Command {
	var f lineFlags
	var patience, target string
	cmd := &cobra.Command{
		Use:   "erlang-a",
		Short: "Waits where callers hang up after a while",
		Long: "Erlang A: those who wait hang up after a patience that is exponential with the mean --patience. Calls are served first come,\n" +
			"first served. There may be fewer agents than the load.",
		Example: "  fairline theory erlang-a --arrivals 48/min --handling 1m --agents 50 --patience 2m --target 20s",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			q, err := f.queue()
			if err != nil {
				return err
			}
			mean, err := parsePositive("--patience", patience)
			if err != nil {
				return err
			}
			s, err := theory.Impatient{Queue: q, Patience: 1 / mean}.Steady()
			if err != nil {
				return err
			}
			r := theoryResult{model: "erlang-a", title: "Erlang A, callers hang up after " + timeText(mean) + ": " + f.said(q)}
			r.given = append(f.given(q), fact{Key: "patience", Value: mean})
			r.facts = impatientFacts(s)
			if target != "" {
				t, err := parseTime("--target", target)
				if err != nil {
					return err
				}
				r.given = append(r.given, fact{Key: "target", Value: t})
				r.facts = append(r.facts,
					fact{"served_within", s.ServedWithin(t), "of all, served within " + timeText(t), asPart},
					fact{"wait_beyond", s.WaitBeyond(t), "still waiting after that", asPart},
					fact{"offered_beyond", s.OfferedBeyond(t), "", asPart})
			}
			return r.write(cmd, f.json)
		},
	}
	f.register(cmd, true, true)
	cmd.Flags().StringVar(&patience, "patience", "", "mean patience of a caller: 2m")
	_ = cmd.MarkFlagRequired("patience")
	cmd.Flags().StringVar(&target, "target", "", "also say what part is served within this time: 20s")
	return cmd
}

// impatientFacts is what there is to say of a line where callers hang up.
func impatientFacts(s theory.ImpatientSteady) []fact {
	return []fact{
		{"load", s.Load(), "load, in agents", asNumber},
		{"occupancy", s.Occupancy, "agents busy", asPart},
		{"delay", s.Delay, "calls that wait", asPart},
		{"abandoned", s.Abandoned, "calls that hang up", asPart},
		{"wait_mean", s.Mean, "mean wait of all", asTime},
		{"wait_mean_served", s.MeanServed, "mean wait of those served", asTime},
		{"wait_mean_abandoned", s.MeanAbandoned, "mean wait of those who hang up", asTime},
		{"queue", s.Length, "calls waiting, in the mean", asNumber},
	}
}

const lawHelp = `a mean (exponential): 2m; or "constant 2m", "uniform, from 1m, to 3m", "erlang, phases 3, mean 2m", ` +
	`"gamma, mean 2m, sd 1m", "lognormal, mean 2m, sd 3m", "hyperexponential, mean 2m, sd 4m"`

func theoryPatience() *cobra.Command {
	var f lineFlags
	var patience, target string
	cmd := &cobra.Command{
		Use:     "patience",
		Short:   "Waits where the patience of callers has any law",
		Long:    "M/M/n+G: those who wait hang up after a patience of the law that --patience gives:\n" + lawHelp + ".",
		Example: "  fairline theory patience --arrivals 9/min --handling 1m --agents 10 --patience \"lognormal, mean 1m, sd 1m\"",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			q, err := f.queue()
			if err != nil {
				return err
			}
			law, err := parseLaw("--patience", patience)
			if err != nil {
				return err
			}
			s, err := theory.Patience{Queue: q, Law: law}.Steady()
			if err != nil {
				return err
			}
			r := theoryResult{model: "patience", title: "Callers hang up after a patience, " + patience + ": " + f.said(q), given: f.given(q)}
			r.given = append(r.given, fact{Key: "patience_mean", Value: law.Moment(1)})
			r.facts = []fact{
				{"load", q.Load(), "load, in agents", asNumber},
				{"occupancy", s.Occupancy, "agents busy", asPart},
				{"delay", s.OfferedDelay, "calls that wait", asPart},
				{"abandoned", s.Abandoned, "calls that hang up", asPart},
				{"wait_mean", s.Mean, "mean wait of all", asTime},
				{"wait_mean_served", s.MeanServed, "mean wait of those served", asTime},
				{"offered_mean", s.OfferedMean, "mean wait of one who never hangs up", asTime},
			}
			if target != "" {
				t, err := parseTime("--target", target)
				if err != nil {
					return err
				}
				r.given = append(r.given, fact{Key: "target", Value: t})
				r.facts = append(r.facts, fact{"served_within", s.ServedWithin(t), "of all, served within " + timeText(t), asPart})
			}
			return r.write(cmd, f.json)
		},
	}
	f.register(cmd, true, true)
	cmd.Flags().StringVar(&patience, "patience", "", lawHelp)
	_ = cmd.MarkFlagRequired("patience")
	cmd.Flags().StringVar(&target, "target", "", "also say what part is served within this time: 20s")
	return cmd
}

// phasesMax bounds the phases of an Erlang law; with so many it is all but constant.
const phasesMax = 100_000

// parseLaw reads a law of times: a mean, or a name with its parameters, as a scenario file writes it.
func parseLaw(name, text string) (theory.Law, error) {
	parts := strings.Split(strings.ToLower(text), ",")
	word, rest, _ := strings.Cut(strings.TrimSpace(parts[0]), " ")
	if word == "" || word[0] >= '0' && word[0] <= '9' {
		mean, err := parsePositive(name, text)
		return theory.Exponential{Mean: mean}, err
	}
	values := map[string]float64{}
	for _, part := range append(parts[1:], "value "+rest) {
		key, value, _ := strings.Cut(strings.TrimSpace(part), " ")
		switch value = strings.TrimSpace(value); {
		case key == "value" && value == "":
		case key == "phases":
			n, err := strconv.ParseFloat(value, 64)
			if values[key] = n; err != nil || n != math.Trunc(n) || n < 1 || n > phasesMax {
				return nil, fmt.Errorf("%s %q: %q is no number of phases: want 1 to %d", name, text, value, phasesMax)
			}
		default:
			seconds, err := parseTime(name+": "+key, value)
			if err != nil {
				return nil, err
			}
			values[key] = seconds
		}
	}
	return lawOf(name, text, word, values)
}

// lawOf makes a law of its name and parameters.
func lawOf(name, text, word string, v map[string]float64) (theory.Law, error) {
	cv := v["sd"] / v["mean"]
	law, takes := theory.Law(nil), ""
	switch word {
	case "exponential":
		law, takes = theory.Exponential{Mean: v["mean"]}, "mean"
	case "constant", "fixed":
		law, takes = theory.Fixed{Value: v["value"]}, "value"
	case "uniform":
		law, takes = theory.Uniform{Low: v["from"], High: v["to"]}, "from to"
	case "erlang":
		law, takes = theory.Erlang(int(v["phases"]), v["mean"]), "phases mean"
	case "gamma":
		law, takes = theory.Gamma{Shape: 1 / (cv * cv), Mean: v["mean"]}, "mean sd"
	case "lognormal":
		law, takes = theory.Lognormal{Mean: v["mean"], CV: cv}, "mean sd"
	case "hyperexponential":
		law, takes = theory.BalancedMeans(v["mean"], cv*cv), "mean sd"
	default:
		return nil, fmt.Errorf("%s %q: %q is no law of times: want %s", name, text, word, lawHelp)
	}
	for _, key := range strings.Fields(takes) {
		if _, ok := v[key]; !ok {
			return nil, fmt.Errorf("%s %q: %s wants its %s", name, text, word, strings.ReplaceAll(takes, " ", " and "))
		}
	}
	if len(v) != len(strings.Fields(takes)) {
		return nil, fmt.Errorf("%s %q: %s takes its %s, and nothing else", name, text, word, strings.ReplaceAll(takes, " ", " and "))
	}
	if word == "hyperexponential" && cv < 1 {
		return nil, fmt.Errorf("%s %q: a hyperexponential time has an sd of at least its mean", name, text)
	}
	if err := law.Check(); err != nil {
		return nil, fmt.Errorf("%s %q: %w", name, text, err)
	}
	return law, nil
}
