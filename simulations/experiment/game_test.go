package experiment

import (
	"errors"
	"strings"
	"testing"

	"fairline/simulations/run"
	"fairline/simulations/scenario"
)

// gameFile is an experiment whose customers weigh.
const gameFile = `fairline: 1
experiment: game
scenarios: [../scenarios/square.yaml]
policies: [../policies/line.yaml]
replications: 2
primary: [wait]
game: {customers: people, action: post, rounds: 2, days: 2}
`

// TestGamesAreATable has a game whose shares are made up, from either end of each arm.
func TestGamesAreATable(t *testing.T) {
	play := func(x *scenario.Experiment, m *run.Model, from float64) ([]Round, error) {
		if x.Game.Action != "post" {
			return nil, errors.New("another game")
		}
		return []Round{{Share: from, Gain: 30, Half: 2, Reply: 0.25}, {Share: 0.25 + from/2, Gain: 28, Half: 3, Reply: 0.25}}, nil
	}
	r, m, l := ran(t, gameFile, Options{Workers: 3, Game: play})
	const want = "scenario,staffing,policy,from,round,share,gain_s,half_width_s,reply\n" +
		"square,,line,0,0,0,30,2,0.25\nsquare,,line,0,1,0.25,28,3,0.25\n" +
		"square,,line,1,0,1,30,2,0.25\nsquare,,line,1,1,0.75,28,3,0.25\n"
	if got := read(t, l.Folder, gameTable); got != want {
		t.Errorf("%s:\n%s", gameTable, got)
	}
	if none, all, ok := r.Ends(0); !ok || none != 0.25 || all != 0.75 {
		t.Errorf("the ends are %v and %v (%t)", none, all, ok)
	}
	if len(m.Outputs) != 4 || !strings.Contains(read(t, l.Folder, dictionaryTable), gameTable) {
		t.Errorf("outputs %v", m.Outputs)
	}
}
