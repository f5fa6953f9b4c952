package whatif

import (
	"fmt"

	"fairline/engine"
	"fairline/simulations/dist"
	"fairline/simulations/measure"
	"fairline/simulations/run"
	"fairline/simulations/scenario"
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

// NewGame returns the game of a model, as an experiment asks for it.
func NewGame(m *run.Model, x *scenario.Game) (Game, error) {
	g, err := gameOf(m, x.Source, x.Action)
	if err != nil {
		return g, fmt.Errorf("game: %w", err)
	}
	g.Rounds, g.Days = x.Rounds, x.Days
	return g, nil
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

// Gain estimates what the action gains a customer of the source where so many of the others take it, over so many replications
// from first on, by flipping single customers: whatever else differs between those who take it and those who do not.
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
	return s.Estimate(confidence), nil
}

// confidence is that of the intervals of gains.
const confidence = 0.95

// Between estimates the same as Gain as the difference of the mean waits of those who do not take the action and those who do.
// Within a source who takes it is drawn apart from all else, so nothing is mixed up; one play of a day tells it of all its
// customers. At least edge of them are on either side: a share beyond is measured there.
func (g Game) Between(p *run.Player, share float64, first, days int) (statistics.Estimate, error) {
	share = min(max(share, edge), 1-edge)
	var x []float64
	for d := range days {
		var sum, n [2]float64
		err := p.Play(run.Play{Replication: uint64(first + d), Shares: g.Shares(share), Watch: run.Watch{Ended: func(now engine.Instant, t *measure.Ticket) {
			if int(t.Source) != g.Source || t.Attempt > 0 || !t.Seen || t.Outcome > measure.Abandoned {
				return
			}
			until, side := t.Started, 0
			if until == 0 {
				until = now
			}
			if int(t.Action) == g.Action {
				side = 1
			}
			sum[side] += float64(until.Sub(t.Arrived)) / float64(engine.Second)
			n[side]++
		}}})
		if err != nil {
			return statistics.Estimate{}, err
		}
		if n[0] > 0 && n[1] > 0 {
			x = append(x, sum[0]/n[0]-sum[1]/n[1])
		}
	}
	return statistics.MeanOf(x).Estimate(confidence), nil
}

const edge = 0.01

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
// approximation (Robbins and Monro 1951), whose steps grow smaller when the direction changes (Kesten 1958), so that a share
// that only falls or only rises gets to its end. Two searches, from 0 and from 1, that end far from each other prove a tipping
// point; the last share is the equilibrium's estimate.
func (g Game) Search(m *run.Model, from float64) (path []Round, err error) {
	share, turns, last, p := from, 0, 0.0, m.Player()
	for n := range g.Rounds {
		gain, err := g.Between(p, share, n*g.Days, g.Days)
		if err != nil {
			return path, err
		}
		r := Round{Share: share, Gain: gain, Reply: g.Reply(gain.Value)}
		path = append(path, r)
		step := r.Reply - share
		if step*last < 0 {
			turns++
		}
		last = step
		if n+1 < g.Rounds {
			share += step / float64(turns+slow)
		}
	}
	return path, nil
}

// slow is the part of the distance that the first steps go: not all of it, so that a search from an end is not thrown to the
// other one by one bad day.
const slow = 3
