package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"fairline/simulations/theory"
)

// rantFlags say how a policy favours those who complain in public.
type rantFlags struct {
	line   lineFlags
	policy string
	start  string
	ratio  float64
	bound  int
}

func (f *rantFlags) register(cmd *cobra.Command) {
	f.line.register(cmd, true, true)
	flags := cmd.Flags()
	flags.StringVar(&f.policy, "policy", "", "how the policy favours them: priority, accumulating, head-start or count-bound")
	_ = cmd.MarkFlagRequired("policy")
	flags.StringVar(&f.start, "start", "", "for head-start: how much earlier they count as arrived")
	flags.Float64Var(&f.ratio, "ratio", 0, "for accumulating: how fast the priority of the quiet grows, over that of the favoured, 0 to 1")
	flags.IntVar(&f.bound, "bound", 0, "for count-bound: how many may overtake a call")
}

// premium returns the premium under the policy, the policy in words, and the numbers it was given.
func (f *rantFlags) premium(cmd *cobra.Command, q theory.Queue) (p theory.Premium, words string, given []fact, err error) {
	needs := map[string]string{"priority": "", "accumulating": "ratio", "head-start": "start", "count-bound": "bound"}
	need, ok := needs[f.policy]
	if !ok {
		return nil, "", nil, fmt.Errorf("--policy %q: want priority, accumulating, head-start or count-bound", f.policy)
	}
	for _, name := range []string{"ratio", "start", "bound"} {
		if cmd.Flags().Changed(name) != (name == need) {
			if name == need {
				return nil, "", nil, fmt.Errorf("--policy %s wants --%s", f.policy, need)
			}
			return nil, "", nil, fmt.Errorf("--%s does not go with --policy %s", name, f.policy)
		}
	}
	switch f.policy {
	case "accumulating":
		p = func(share float64) (float64, error) { return q.AccumulatingPremium(share, f.ratio) }
		return p, fmt.Sprintf("priority of the quiet that grows %s times as fast", numberText(f.ratio)), []fact{{Key: "ratio", Value: f.ratio}}, nil
	case "head-start":
		h, err := parseTime("--start", f.start)
		p = func(share float64) (float64, error) { return q.HeadStartPremium(share, h) }
		return p, "a head start of " + timeText(h), []fact{{Key: "start", Value: h}}, err
	case "count-bound":
		p = func(share float64) (float64, error) { return q.CountBoundPremium(share, f.bound) }
		return p, "priority with at most " + plural(f.bound, "overtaking", "overtakings") + " of a call",
			[]fact{{Key: "bound", Value: float64(f.bound)}}, nil
	}
	return q.PriorityPremium, "strict priority", nil, nil
}

const shareNote = "SHARE is the part of customers who complain in public, GAIN how much less they wait than the others."

func theoryPremium() *cobra.Command {
	var f rantFlags
	var shares []string
	cmd := &cobra.Command{
		Use:   "premium",
		Short: "What it gains to complain in public, under a policy that favours it",
		Long: "The rant premium: how much less a call waits in the mean if the customer complains in public and the policy favours that, for a\n" +
			"share of customers who do. It is what the next one would gain by doing so too.",
		Example: "  fairline theory premium --arrivals 48/min --handling 1m --agents 50 --policy priority\n" +
			"  fairline theory premium --arrivals 48/min --handling 1m --agents 50 --policy head-start --start 30s --share 10%",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			q, err := f.line.queue()
			if err != nil {
				return err
			}
			premium, words, given, err := f.premium(cmd, q)
			if err != nil {
				return err
			}
			r := theoryResult{model: "premium", title: "Public complaints get " + words + ": " + f.line.said(q), column: "share"}
			r.given = append(f.line.given(q), given...)
			for _, text := range shares {
				share, err := parsePart("--share", text)
				if err != nil {
					return err
				}
				gain, err := premium(share)
				if err != nil {
					return err
				}
				r.rows = append(r.rows, theoryRow{partText(share), []fact{{Key: "share", Value: share}, {"premium", gain, "GAIN", asTime}}})
			}
			r.notes = []string{shareNote}
			return r.write(cmd, f.line.json)
		},
	}
	f.register(cmd)
	cmd.Flags().StringSliceVar(&shares, "share", []string{"0%", "10%", "25%", "50%", "75%", "100%"}, "share of customers who complain in public")
	return cmd
}

func theoryEquilibrium() *cobra.Command {
	var f rantFlags
	var cost, law string
	cmd := &cobra.Command{
		Use:   "equilibrium",
		Short: "How many end up complaining in public, under a policy that favours it",
		Long: "The shares of customers who complain in public at which nobody gains by a change, where complaining is worth a time to each.\n" +
			"That cost differs from customer to customer (--cost-law exponential), or is the same for all (common). A share that\n" +
			"does not come back after a small change is a tipping point: below it fewer and fewer complain, above it more and more.",
		Example: "  fairline theory equilibrium --arrivals 48/min --handling 1m --agents 50 --policy priority --cost 30s",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			q, err := f.line.queue()
			if err != nil {
				return err
			}
			premium, words, given, err := f.premium(cmd, q)
			if err != nil {
				return err
			}
			mean, err := parsePositive("--cost", cost)
			if err != nil {
				return err
			}
			var found []theory.Equilibrium
			switch law {
			case "exponential":
				found, err = theory.Equilibria(premium, theory.ExponentialCost(mean))
			case "common":
				found, err = theory.CommonCost(premium, mean)
			default:
				err = fmt.Errorf("--cost-law %q: want exponential or common", law)
			}
			if err != nil {
				return err
			}
			r := theoryResult{model: "equilibrium", title: "Public complaints get " + words + ": " + f.line.said(q), column: "share"}
			r.given = append(append(f.line.given(q), given...), fact{Key: "cost", Value: mean})
			for _, e := range found {
				r.rows = append(r.rows, theoryRow{partText(e.Share), []fact{
					{Key: "share", Value: e.Share}, {"premium", e.Premium, "GAIN", asTime}, {"stable", boolNumber(e.Stable), "STABLE", asYes},
				}})
			}
			r.notes = []string{shareNote,
				"To complain costs " + map[string]string{"exponential": "a customer in the mean ", "common": "everybody "}[law] + timeText(mean) + "."}
			if len(found) == 0 {
				r.notes = []string{"No share is one at which nobody gains by a change."}
			}
			for _, e := range found {
				if !e.Stable {
					r.notes = append(r.notes, partText(e.Share)+" is a tipping point: with fewer it dies out, with more it spreads.")
				}
			}
			return r.write(cmd, f.line.json)
		},
	}
	f.register(cmd)
	cmd.Flags().StringVar(&cost, "cost", "", "what complaining in public is worth to a customer, as a time: 30s")
	_ = cmd.MarkFlagRequired("cost")
	cmd.Flags().StringVar(&law, "cost-law", "exponential", "exponential: it differs, with this mean; common: it is the same for all")
	return cmd
}

// boolNumber is 1 for true.
func boolNumber(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
