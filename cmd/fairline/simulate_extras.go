package main

import (
	"fairline/simulations/experiment"
	model "fairline/simulations/run" // run is this program
	"fairline/simulations/scenario"
	"fairline/simulations/whatif"
)

// extras are what an experiment can ask for beside the measures of its runs.
var extras = []experiment.MakeExtra{strictLine, premium}

func strictLine(x *scenario.Experiment, m *model.Model, _ experiment.ArmName) (experiment.Extra, error) {
	if !x.StrictLine {
		return nil, nil
	}
	return whatif.NewStrict(m)
}

func premium(x *scenario.Experiment, m *model.Model, _ experiment.ArmName) (experiment.Extra, error) {
	if x.Premium == nil {
		return nil, nil
	}
	return whatif.NewPremium(m, x.Premium)
}

// game has the customers of an experiment weigh their actions, from either end.
func game(x *scenario.Experiment, m *model.Model, from float64) (rounds []experiment.Round, err error) {
	g, err := whatif.NewGame(m, x.Game)
	if err != nil {
		return nil, err
	}
	path, err := g.Search(m, from)
	for _, r := range path {
		rounds = append(rounds, experiment.Round{Share: r.Share, Gain: r.Gain.Value, Half: r.Gain.Half, Reply: r.Reply})
	}
	return rounds, err
}
