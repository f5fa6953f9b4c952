package whatif

import (
	"fmt"
	"strconv"

	"fairline/engine"
	"fairline/simulations/measure"
	"fairline/simulations/run"
	"fairline/simulations/scenario"
)

// A Premium measures, day by day, what single customers of a source gain by an action, where so many of the others take it. It
// is not safe for concurrent use.
type Premium struct {
	flipper *Flipper
	game    Game
	shares  []float64
	gains   []Gain
}

// NewPremium returns one for a model, as an experiment asks for it.
func NewPremium(m *run.Model, p *scenario.Premium) (*Premium, error) {
	g, err := gameOf(m, p.Source, p.Action)
	if err != nil {
		return nil, fmt.Errorf("premium: %w", err)
	}
	g.Sample = p.Sample
	return &Premium{flipper: NewFlipper(m), game: g, shares: p.Shares}, nil
}

// gameOf finds a source and an action by their names.
func gameOf(m *run.Model, source, action string) (g Game, err error) {
	g = Game{Source: -1, Action: -1, Sources: len(m.Scenario.Sources), Seed: m.Options().Seed}
	for i := range m.Scenario.Sources {
		s := &m.Scenario.Sources[i]
		if s.Name != source {
			continue
		}
		g.Source, g.Actions = i, len(s.Actions)
		for k := range s.Actions {
			if s.Actions[k].Name == action {
				g.Action, g.Cost = k, s.Actions[k].Cost
			}
		}
	}
	if g.Source < 0 {
		return g, fmt.Errorf("scenario %s has no source %q", m.Scenario.Name, source)
	}
	if g.Action < 0 {
		return g, fmt.Errorf("the customers of %s have no action %q", source, action)
	}
	return g, nil
}

// Metrics are the entries of the dictionary.
func (x *Premium) Metrics() []measure.Metric { return measure.Premium() }

// Keys are what Facts are about: each metric at each share.
func (x *Premium) Keys() (keys []measure.Key) {
	for _, m := range measure.Premium() {
		for _, share := range x.shares {
			keys = append(keys, measure.Key{Metric: m.Name, By: measure.ByShare, Group: strconv.FormatFloat(100*share, 'g', -1, 64) + "%"})
		}
	}
	return keys
}

// Begin plays the day again and again, with one customer flipped in each.
func (x *Premium) Begin(replication uint64, stop func() bool) error {
	x.gains = x.gains[:0]
	for _, share := range x.shares {
		gain, err := x.flipper.ask(Question{Source: x.game.Source, To: x.game.Action, Sample: x.game.Sample, Shares: x.game.Shares(share), Seed: x.game.Seed}, replication, stop)
		if err != nil {
			return err
		}
		x.gains = append(x.gains, gain)
	}
	return nil
}

// Ended has nothing to do: the day itself is not compared.
func (x *Premium) Ended(engine.Instant, *measure.Ticket) {}

// Facts are the sums of the day's gains.
func (x *Premium) Facts(dst []measure.Fact) ([]measure.Fact, error) {
	cost := 0.0
	if x.game.Cost != nil {
		cost = x.game.Cost.Mean()
	}
	for _, less := range []float64{0, cost} {
		for _, g := range x.gains {
			dst = append(dst, measure.Fact{Num: g.Sum - less*float64(g.N), Den: float64(g.N)})
		}
	}
	return dst, nil
}
