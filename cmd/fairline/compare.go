package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"fairline/simulations/experiment"
	"fairline/simulations/report"
)

const compareLong = `Compare the policies of a finished run with one of them: what differs, who gains and who pays for it.

RUN is the folder that fairline simulate wrote. All policies met the same customers, so they are compared replication by
replication, and what they have in common cancels. What the experiment calls primary is tested together by Holm's
method; all else stands by itself. A tilde says that no difference is shown, a dash that there is nothing to speak of.

Without --with, all policies are compared with the baseline, and it is said which are beaten by none in the wait of
everybody against the share of tickets that were overtaken; --pareto names other metrics.

Exit codes: 0 fine, 2 usage or input.`

// compareFlags are what `fairline compare` is told.
type compareFlags struct {
	base, with         string
	scenario, staffing string
	confidence         string
	pareto             []string
	all, forest, json  bool
}

func compareCommand() *cobra.Command {
	var f compareFlags
	cmd := &cobra.Command{
		Use:   "compare RUN",
		Short: "Compare policies of a run: who gains and who pays",
		Long:  compareLong,
		Example: "  fairline compare runs/2026-04-13-busy-monday\n" +
			"  fairline compare runs/2026-04-13-busy-monday --base loudest-first --with weekday --forest\n" +
			"  fairline compare runs/2026-04-13-busy-monday --pareto 'wait channel=email,unjustified'",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.compare(cmd, args[0]) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.base, "base", "", "policy to compare with (default the experiment's baseline)")
	flags.StringVar(&f.with, "with", "", "policy to compare (default all others)")
	flags.StringVar(&f.scenario, "scenario", "", "of this scenario only")
	flags.StringVar(&f.staffing, "staffing", "", "of this staffing only")
	flags.StringVar(&f.confidence, "confidence", "", "of intervals, such as 99% (default the experiment's)")
	flags.StringSliceVar(&f.pareto, "pareto", nil, "metrics by which policies may beat each other, two or more")
	flags.BoolVar(&f.all, "all", false, "also groups whose wait did not change, and other figures; with --json every one")
	flags.BoolVar(&f.forest, "forest", false, "draw the differences")
	flags.BoolVar(&f.json, "json", false, "print JSON with all digits, schema "+report.Schema)
	return cmd
}

func (f *compareFlags) compare(cmd *cobra.Command, folder string) error {
	o := report.Options{Base: f.base, With: f.with, Scenario: f.scenario, Staffing: f.staffing}
	var err error
	if o.Confidence, err = readConfidence(f.confidence); err != nil {
		return err
	}
	for _, text := range f.pareto {
		k, err := report.KeyOf(text)
		if err != nil {
			return fmt.Errorf("--pareto: %w", err)
		}
		o.Pareto = append(o.Pareto, k)
	}
	results, err := experiment.Open(folder)
	if err != nil {
		return err
	}
	run, err := reported(results)
	if err != nil {
		return err
	}
	c, err := report.Compare(run, o)
	if err != nil {
		return fmt.Errorf("compare %s: %w", folder, err)
	}
	out := cmd.OutOrStdout()
	if f.json {
		return c.WriteJSON(out, f.all)
	}
	style := report.Style{Color: colored(out), All: f.all, Forest: f.forest}
	if screen, ok := out.(*os.File); ok && onTerminal(screen) {
		style.Width, _ = terminalSize(screen)
	}
	return c.WriteText(out, style)
}

// readConfidence reads "95%" or "0.95"; empty: 0.
func readConfidence(text string) (float64, error) {
	if text == "" {
		return 0, nil
	}
	digits, percent := strings.CutSuffix(text, "%")
	c, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
	if percent {
		c /= 100
	}
	if err != nil || !(c > 0 && c < 1) {
		return 0, fmt.Errorf("--confidence %s: give one between 0%% and 100%%, such as 95%%", text)
	}
	return c, nil
}
