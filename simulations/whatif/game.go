package whatif

import (
	"math"

	"fairline/simulations/dist"
	"fairline/simulations/run"
	"fairline/simulations/statistics"
)

// A Game has the customers of a source weigh an action against the truthful one: each takes it who gains more by it than it
// costs, where the cost is drawn for each customer.
type Game struct {
	Source, Action int
	Actions        int      // of the source
	Sources        int      // of the scenario
	Cost           dist.Law // in seconds of waiting; nil: nothing
	Rounds         int
	Days           int // replications in a round
	Sample         int // customers flipped in each
	Seed           uint64
}

// A Round is one step of a search.
type Round struct {
	Share float64             // of those who take the action
	Gain  statistics.Estimate // what it gains a customer, in seconds
	Reply float64             // the share of those whom it gains more than it costs
}

// Shares is a profile in which a part of the source's customers takes the action and all others the truthful one.
func (g Game) Shares(share float64) [][]float64 {
	all := make([][]float64, g.Sources)
	all[g.Source] = make([]float64, g.Actions)
	all[g.Source][g.Action], all[g.Source][0] = share, 1-share
	return all
}

// Gain estimates what the action gains a customer of the source where so many of the others take it, over so many replications from first on.
func (g Game) Gain(m *run.Model, share float64, first, days int) (statistics.Estimate, error) {
	f := NewFlipper(m)
	var s statistics.Sample
	for d := range days {
		gain, err := f.Ask(Question{Source: g.Source, To: g.Action, Sample: g.Sample, Shares: g.Shares(share), Seed: g.Seed}, uint64(first+d))
		if err != nil {
			return statistics.Estimate{}, err
		}
		s.Num, s.Den = append(s.Num, gain.Sum), append(s.Den, float64(gain.N))
	}
	return s.Estimate(0.95), nil
}

// Reply is the share of customers whom a gain of so many seconds is worth more than it costs them: F(gain).
func (g Game) Reply(gain float64) float64 {
	if g.Cost == nil {
		if gain > 0 {
			return 1
		}
		return 0
	}
	lo, hi := 0.0, 1.0 // the quantile is below the gain at lo, and not at hi
	for hi-lo > 1e-12 {
		if mid := (lo + hi) / 2; g.Cost.Quantile(mid) < gain {
			lo = mid
		} else {
			hi = mid
		}
	}
	return (lo + hi) / 2
}

// Search follows what customers do from a share on, each round some of them replying to the gain that was measured: stochastic
// approximation (Robbins and Monro 1951) with steps 1/(n+3). Two searches, from 0 and from 1, that end far from each other prove a
// tipping point; the last share is the equilibrium's estimate.
func (g Game) Search(m *run.Model, from float64) (path []Round, err error) {
	share := from
	for n := range g.Rounds {
		gain, err := g.Gain(m, share, n*g.Days, g.Days)
		if err != nil {
			return path, err
		}
		r := Round{Share: share, Gain: gain, Reply: g.Reply(gain.Value)}
		path = append(path, r)
		if n+1 < g.Rounds {
			share += (r.Reply - share) / float64(n+1+slow)
		}
	}
	return path, nil
}

// slow lets the first steps be smaller, so that a search from an end is not thrown to the other one by one bad day.
const slow = 3

// Regret is what the customers of a source could gain at most by an action other than the truthful one, less what it costs on
// average, where so many of the others take the action (THEORY.md 3.5); 0 where no action gains more than it costs. A policy is
// strategy-proof within the regret.
func (g Game) Regret(m *run.Model, share float64, first, days int) (regret, half float64, err error) {
	gain, err := g.Gain(m, share, first, days)
	if err != nil {
		return 0, 0, err
	}
	cost := 0.0
	if g.Cost != nil {
		cost = g.Cost.Mean()
	}
	return math.Max(0, gain.Value-cost), gain.Half, nil
}
