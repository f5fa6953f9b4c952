package whatif

import (
	"fairline/simulations/experiment"
	"fairline/simulations/run"
	"fairline/simulations/scenario"
)

// Extras are what an experiment can ask for beside the measures of its runs: the strict line and the premium.
func Extras() []experiment.MakeExtra { return []experiment.MakeExtra{strictLine, premium} }

func strictLine(x *scenario.Experiment, m *run.Model, _ experiment.ArmName) (experiment.Extra, error) {
	if !x.StrictLine {
		return nil, nil
	}
	return NewStrict(m)
}

func premium(x *scenario.Experiment, m *run.Model, _ experiment.ArmName) (experiment.Extra, error) {
	if x.Premium == nil {
		return nil, nil
	}
	return NewPremium(m, x.Premium)
}

// PlayGame has the customers of an experiment weigh their actions, from one end.
func PlayGame(x *scenario.Experiment, m *run.Model, from float64) (rounds []experiment.Round, err error) {
	g, err := NewGame(m, x.Game)
	if err != nil {
		return nil, err
	}
	path, err := g.Search(m, from)
	for _, r := range path {
		rounds = append(rounds, experiment.Round{Share: r.Share, Gain: r.Gain.Value, Half: r.Gain.Half, Reply: r.Reply})
	}
	return rounds, err
}
