package experiment

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"fairline/simulations/run"
	"fairline/simulations/scenario"
)

// A PlayGame follows what the customers of a model do who weigh their actions, for the game of an experiment, from one end or
// the other: from is the share of them that takes the action at first, 0 or 1. What it yields depends on the model alone.
type PlayGame func(x *scenario.Experiment, m *run.Model, from float64) ([]Round, error)

// A Round is one step of a game.
type Round struct {
	Share float64 // of those who take the action
	Gain  float64 // what it gains one of them, in seconds, compared with the truthful action
	Half  float64 // width of its 95 % interval, on either side
	Reply float64 // the share of those whom it gains more than it costs: where the share moves to
}

// A Game is what came of an arm whose customers weigh.
type Game struct {
	Arm  int
	From float64 // share at first
	Path []Round // the last one is where it ended
}

// Ends returns the shares at which the game of an arm ended from either end, and false where it has none. Two ends far from
// each other are a tipping point between them.
func (r *Results) Ends(arm int) (none, all float64, ok bool) {
	for _, g := range r.Games {
		if g.Arm != arm || len(g.Path) == 0 {
			continue
		}
		end := g.Path[len(g.Path)-1].Share
		if ok = true; g.From == 0 {
			none = end
		} else {
			all = end
		}
	}
	return none, all, ok
}

// play plays the games of all arms, where the experiment has one.
func (s *study) games(ctx context.Context) ([]Game, error) {
	if s.experiment.Game == nil || s.options.Game == nil {
		return nil, nil
	}
	list := make([]Game, 2*len(s.arms))
	err := each(ctx, s.options.Workers, len(list), &s.stop, func(_, i int) (err error) {
		a := s.arms[i/2]
		list[i] = Game{Arm: i / 2, From: float64(i % 2)}
		if list[i].Path, err = s.options.Game(&s.experiment, a.model, list[i].From); err != nil {
			return fmt.Errorf("%s: %w", a.name(), err)
		}
		return nil
	})
	return list, err
}

// gameTable is where the games are.
const gameTable = "equilibrium.csv"

var gameColumns = append(append([]column(nil), armColumns[:3:3]...), column{"from", "", "share of those who took the action at first: 0 or 1"},
	column{"round", "", "number of the round, from 0"}, column{"share", "", "of those who take the action"},
	column{"gain_s", "s", "what the action gains one of them, compared with the truthful one"},
	column{"half_width_s", "s", "of the 95 % interval of gain_s"},
	column{"reply", "", "share of those whom the action gains more than it costs: where the share moves to"})

func (s *study) writeGames(w io.Writer, games []Game) error {
	t := newTable(w, gameColumns)
	for _, g := range games {
		a := s.arms[g.Arm]
		for n, r := range g.Path {
			t.row(a.Scenario, a.Staffing, a.Policy, exactly(g.From), strconv.Itoa(n), exactly(r.Share), exactly(r.Gain), exactly(r.Half), exactly(r.Reply))
		}
	}
	return t.end()
}
