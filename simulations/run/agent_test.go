package run

import (
	"fmt"
	"testing"

	"fairline/engine"
	"fairline/simulations/dist"
	"fairline/simulations/measure"
	"fairline/simulations/scenario"
)

// turns are when the agents of a shop were said to be what, in minutes.
func turns(t *testing.T, m *Model) (list []string) {
	t.Helper()
	err := m.Player().Play(Play{Watch: Watch{Agent: func(now engine.Instant, agent int, state string) {
		list = append(list, fmt.Sprintf("%.4g %s", float64(now.Sub(at(0)))/float64(engine.Minute), state))
	}}})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestWhoMissesOffersRestsAWhile has the policy put an agent who lets a call ring for 20 seconds on a break, until the scenario has it end; a break of
// the shift may go on beyond it, or end before.
func TestWhoMissesOffersRestsAWhile(t *testing.T) {
	sc := shop(1, engine.Hour, recorded("calls", 0))
	sc.After = 0
	g := &sc.Groups[0]
	g.Misses = 1
	const policy = mixed + "agents: {break_after: 1}\n"
	for _, c := range []struct {
		after engine.Duration
		rest  []scenario.Break
		want  string
	}{
		{0, nil, "[0 available 0.3333 break 1.333 available 1.667 break 2.667 available 3 break 4 available 4.333 break]"},
		{4 * engine.Minute, nil, "[0 available 0.3333 break 4.333 available 4.667 break]"},
		{4 * engine.Minute, []scenario.Break{{At: 2 * engine.Minute, Length: 5 * engine.Minute}}, "[0 available 0.3333 break 7 available 7.333 break]"},
		{8 * engine.Minute, []scenario.Break{{At: 2 * engine.Minute, Length: 5 * engine.Minute}}, "[0 available 0.3333 break 8.333 available]"},
	} {
		g.BackAfter, g.Shifts[0].Breaks = c.after, c.rest
		if got := fmt.Sprint(turns(t, modelOf(t, sc, policy, Options{}))); got[:len(c.want)-1] != c.want[:len(c.want)-1] {
			t.Errorf("back after %d ns, breaks %v: %s, want %s", c.after, c.rest, got, c.want)
		}
	}
}

// TestABreakForMissedOffersIsMeasured as a break: who is always on one is seldom ready, and busy then.
func TestABreakForMissedOffersIsMeasured(t *testing.T) {
	sc := ringing(shop(5, 50*engine.Hour, calls("calls", 60, 2)), 1, 0.3)
	sc.Groups[0].BackAfter = engine.Hour
	p := modelOf(t, sc, mixed, Options{Seed: 1}).Player()
	if err := p.Play(Play{}); err != nil {
		t.Fatal(err)
	}
	value := map[string]float64{}
	facts := p.Measure().Facts(nil)
	for i, k := range p.Measure().Keys() {
		if k.By == "" {
			value[k.Metric] = facts[i].Num / facts[i].Den
		}
	}
	if value["utilisation"] > 0.4 || value["occupancy"] < 0.7 {
		t.Errorf("utilisation %v, occupancy %v", value["utilisation"], value["occupancy"])
	}
}

// TestWrapUpAndBreaks has a wrap-up go on beyond the end of a break, and end with a shift whose work is handed back.
func TestWrapUpAndBreaks(t *testing.T) {
	s := recorded("calls", 0, 9)
	s.Wrap.Law = must(dist.Constant(1800))
	sc := shop(1, engine.Hour, s)
	shift := &sc.Groups[0].Shifts[0]
	shift.Breaks = []scenario.Break{{At: 3 * engine.Minute, Length: 5 * engine.Minute}}
	same(t, fates(played(t, modelOf(t, sc, mixed, Options{}), Play{})), []fate{{0, 0, 0, 0, 1, measure.Served, 0}, {1, 0, 9, 31, 32, measure.Served, 0}})
	shift.Breaks, shift.To, sc.Groups[0].Leaving = nil, 5*engine.Minute, scenario.HandingBack
	if got := fmt.Sprint(turns(t, modelOf(t, sc, mixed, Options{}))); got != "[0 available 5 offline]" {
		t.Error(got)
	}
	s.Wrap.Law = must(dist.Constant(30 * 3600)) // the engine takes a day
	sc = shop(1, engine.Hour, s)
	same(t, fates(played(t, modelOf(t, sc, mixed, Options{}), Play{})), []fate{{0, 0, 0, 0, 1, measure.Served, 0}, {1, 0, 9, 1441, 1442, measure.Served, 0}})
}
