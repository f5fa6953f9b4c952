package whatif

import (
	"math"
	"strings"
	"testing"

	"fairline/engine"
	"fairline/policy"
	"fairline/simulations/dist"
	"fairline/simulations/measure"
	"fairline/simulations/run"
	"fairline/simulations/scenario"
)

const file = `fairline: 1
policy: test
attributes: {loud: {type: bool, else: false}}
channels: {phone: {takes: agent}, social: {takes: agent}}
classes:
  - {name: loud, when: ticket.loud, reason: It is loud}
  - {name: quiet, reason: It is quiet}
order: ORDER
`

func parse(t testing.TB, order string) *policy.Policy {
	t.Helper()
	p, faults := policy.Parse("test.yaml", []byte(strings.Replace(file, "ORDER", order, 1)))
	if p == nil {
		t.Fatal(faults)
	}
	return p
}

// square is M/M/1 in minutes, with a load of 1/2: half of the customers may post instead of calling.
func square(t testing.TB, hours int, share float64) *scenario.Scenario {
	t.Helper()
	law, err := dist.Exponential(60)
	if err != nil {
		t.Fatal(err)
	}
	cost, err := dist.Exponential(60)
	if err != nil {
		t.Fatal(err)
	}
	source := scenario.Source{Name: "people", Channel: "phone", Busy: -1, Arrivals: scenario.Arrivals{Rates: []scenario.Rate{{PerHour: 30}}},
		Handling: scenario.Span{Law: law}, Actions: []scenario.Action{{Name: "call", Share: 1 - share},
			{Name: "post", Share: share, Channel: "social", Set: map[string]string{"loud": "true"}, Cost: cost},
			{Name: "both", Also: "social"}}}
	return &scenario.Scenario{Name: "square", Starts: engine.Instant(engine.Day), Length: engine.Duration(hours) * engine.Hour, After: 100 * engine.Hour,
		Sources: []scenario.Source{source}, Groups: []scenario.Group{{Name: "desk", Shifts: []scenario.Shift{{Agents: 1}}}}}
}

func model(t testing.TB, s *scenario.Scenario, order string) *run.Model {
	t.Helper()
	m, err := run.New(s, parse(t, order), run.Options{Seed: 11})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func game(s *scenario.Scenario) Game {
	return Game{Action: 1, Actions: 3, Sources: 1, Cost: s.Sources[0].Actions[1].Cost, Rounds: 10, Days: 4, Sample: 6, Seed: 1}
}

// TestWhoIsFlipped came while it was measured: not before, when the line was empty yet, nor among those who wait from the beginning.
func TestWhoIsFlipped(t *testing.T) {
	s := square(t, 4, 0)
	s.Sources[0].Arrivals = scenario.Arrivals{Rates: []scenario.Rate{{PerHour: 30}, {From: 4 * engine.Hour, PerHour: 120}}}
	s.Waiting = []scenario.Start{{Number: 3}}
	q := Question{To: 1, Sample: 8, Shares: game(s).Shares(0), Seed: 1}
	mean := func(o run.Options) float64 {
		o.Seed = 11
		m, err := run.New(s, parse(t, "{strict: [loud, quiet]}"), o)
		if err != nil {
			t.Fatal(err)
		}
		gain, err := NewFlipper(m).Ask(q, 0)
		if err != nil || gain.N != q.Sample {
			t.Fatalf("%+v of a sample of %d, %v", gain, q.Sample, err)
		}
		return gain.Mean()
	}
	before, measured := mean(run.Options{}), mean(run.Options{Steady: true, Warmup: 4 * engine.Hour})
	if before > 600 || measured < 1200 {
		t.Errorf("who posts gains %.0f s in the quiet hours and %.0f s in the others, want minutes and the better part of an hour", before, measured)
	}
}

// TestThePremiumOfLoudness compares gains by flipping with THEORY.md 1.6: W_F rho/(1 - p rho) under priority, and at most rho h
// under a head start. Four half widths of the interval are allowed, so that one seed in 10,000 or so would fail.
func TestThePremiumOfLoudness(t *testing.T) {
	s := square(t, 12, 0.5)
	for _, test := range []struct {
		order string
		share float64
		want  float64 // minutes
	}{
		{"{strict: [loud, quiet]}", 0.5, 0.5 / (1 - 0.25)},
		{"{strict: [loud, quiet]}", 0, 0.5},
		{"{strict: [loud, quiet]}", 1, 1},
		{"{arrival: [loud, quiet]}", 0.5, 0},
		{"{accumulate: {loud: 2, quiet: 1}}", 0.5, 0.25 / (1 - 0.125)},
		{"{head_start: {loud: 1m, quiet: 0s}}", 0, 0.5 * (1 - math.Exp(-0.5))}, // rho C (1 - exp(-delta h)) / delta
	} {
		g := game(s)
		g.Sample = 6
		gain, err := g.Gain(model(t, s, test.order), test.share, 0, 60)
		if err != nil {
			t.Fatal(err)
		}
		if got, half := gain.Value/60, gain.Half/60; math.Abs(got-test.want) > 2*half+1e-9 || half > 0.4 {
			t.Errorf("%s, %.0f %% loud: the gain is %.3f min +-%.3f, want %.3f", test.order, 100*test.share, got, half, test.want)
		}
	}
}

// TestASecondTicketGainsNothing in one line by arrival, to the nanosecond, and something where channels have equal shares.
func TestASecondTicketGainsNothing(t *testing.T) {
	s := square(t, 10, 0.1)
	ask := func(order string) (gain Gain) {
		f := NewFlipper(model(t, s, order))
		for r := range uint64(8) {
			g, err := f.Ask(Question{To: 2, Sample: 10}, r)
			if err != nil {
				t.Fatal(err)
			}
			gain.Sum += g.Sum
			gain.N += g.N
		}
		return gain
	}
	if g := ask("{arrival: [loud, quiet]}"); g.Sum != 0 || g.N != 80 {
		t.Errorf("by arrival: %+v", g)
	}
	if g := ask("{share: equal, by: channel, charge: tickets}"); g.Mean() < 1 {
		t.Errorf("equal shares of channels: %+v", g)
	}
}

// TestStrictLine has nobody delayed where the policy is the strict line, and sums what the loud take where it is not.
func TestStrictLine(t *testing.T) {
	s := square(t, 20, 0.3)
	for order, some := range map[string]bool{"{arrival: [loud, quiet]}": false, "{strict: [loud, quiet]}": true} {
		m := model(t, s, order)
		x, err := NewStrict(m)
		if err != nil {
			t.Fatal(err)
		}
		player := m.Player()
		if err := x.Begin(3, nil); err != nil {
			t.Fatal(err)
		}
		loud := 0.0
		err = player.Play(run.Play{Replication: 3, Watch: run.Watch{Ended: func(now engine.Instant, b *measure.Ticket) {
			x.Ended(now, b)
			strict, _ := x.StrictStart(b)
			if b.Class == 0 && b.Started > strict {
				t.Errorf("%s: a loud ticket was started later than in the strict line", order)
			}
			if b.Class == 0 {
				loud += float64(strict-b.Started) / 1e9
			}
		}}})
		if err != nil {
			t.Fatal(err)
		}
		facts := map[string]measure.Fact{}
		list, _ := x.Facts(nil)
		for i, k := range x.Keys() {
			facts[k.Metric+k.Group] = list[i]
		}
		if (loud > 0) != some || (facts["strict-later"].Num > 0) != some || (facts["strict-worst"].Num > 0) != some {
			t.Errorf("%s: the loud are %v s earlier, %+v", order, loud, facts)
		}
		if d := facts["strict-delaysocial"].Num + loud; math.Abs(d) > 1e-6 {
			t.Errorf("%s: by channel %v s, by class %v s", order, facts["strict-delaysocial"].Num, -loud)
		}
		if n := facts["strict-delay"].Den; n != facts["strict-delayphone"].Den+facts["strict-delaysocial"].Den || n < 400 {
			t.Errorf("%s: %v tickets", order, n)
		}
	}
}

// TestReplies are the distribution function of the cost.
func TestReplies(t *testing.T) {
	g := game(square(t, 1, 0))
	for _, gain := range []float64{-5, 0, 10, 60, 500} {
		if want := math.Max(0, 1-math.Exp(-gain/60)); math.Abs(g.Reply(gain)-want) > 1e-9 {
			t.Errorf("a gain of %v s is worth it to %.9f, want %.9f", gain, g.Reply(gain), want)
		}
	}
	g.Cost = nil
	if g.Reply(1) != 1 || g.Reply(0) != 0 {
		t.Error("what costs nothing is done for any gain, and not for none")
	}
}

// TestTipping searches from both ends: under priority with a cost near the middle of the premium nobody and everybody are both
// where a search may end; under arrival nobody is.
func TestTipping(t *testing.T) {
	s := square(t, 8, 0)
	s.Sources[0].Arrivals.Rates[0].PerHour = 45 // a load of 3/4
	ends := func(order string, mean float64) (lo, hi float64) {
		g := game(s)
		law, err := dist.Normal(mean, 15)
		if err != nil {
			t.Fatal(err)
		}
		g.Cost, g.Rounds, g.Days, g.Sample = law, 8, 25, 5
		for i, from := range []float64{0, 1} {
			path, err := g.Search(model(t, s, order), from)
			if err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				lo = path[len(path)-1].Share
			} else {
				hi = path[len(path)-1].Share
			}
		}
		return lo, hi
	}
	if lo, hi := ends("{strict: [loud, quiet]}", 220); lo > 0.3 || hi < 0.7 { // the premium is about 135 s where nobody posts, and 435 s where all do
		t.Errorf("priority: the searches end at %.2f and %.2f, want two ends", lo, hi)
	}
	if lo, hi := ends("{arrival: [loud, quiet]}", 220); lo > 0.01 || hi > 0.1 {
		t.Errorf("arrival: the searches end at %.2f and %.2f, want nobody", lo, hi)
	}
}

// TestPremiumOfAnExperiment is the gain of the same customers, and the regret what is left of it.
func TestPremiumOfAnExperiment(t *testing.T) {
	s := square(t, 10, 0)
	m := model(t, s, "{strict: [loud, quiet]}")
	x, err := NewPremium(m, &scenario.Premium{Source: "people", Action: "post", Sample: 4, Shares: []float64{0, 0.5}})
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Begin(3, nil); err != nil {
		t.Fatal(err)
	}
	facts, _ := x.Facts(nil)
	keys := x.Keys()
	if len(keys) != 4 || len(facts) != 4 || keys[1] != (measure.Key{Metric: "premium", By: measure.ByShare, Group: "50%"}) || keys[2].Metric != "regret" {
		t.Fatalf("%v: %v", keys, facts)
	}
	g := game(s)
	gain, err := NewFlipper(m).Ask(Question{To: 1, Sample: 4, Shares: g.Shares(0.5), Seed: 11}, 3)
	if err != nil || facts[1] != (measure.Fact{Num: gain.Sum, Den: 4}) || facts[3].Num != gain.Sum-4*60 {
		t.Errorf("%v, %v: the gain is %+v and the cost 60 s", facts, err, gain)
	}
	for source, action := range map[string]string{"people": "sing", "nobody": "post"} {
		if _, err := NewPremium(m, &scenario.Premium{Source: source, Action: action}); err == nil {
			t.Errorf("%s by %s: no error", action, source)
		}
		if _, err := NewGame(m, &scenario.Game{Source: source, Action: action}); err == nil {
			t.Errorf("a game of %s by %s: no error", action, source)
		}
	}
}

// TestBetweenAndFlipsAgree measures one gain in two ways.
func TestBetweenAndFlipsAgree(t *testing.T) {
	s := square(t, 12, 0)
	m := model(t, s, "{strict: [loud, quiet]}")
	g := game(s)
	between, err := g.Between(m.Player(), 0.5, 0, 60)
	if err != nil {
		t.Fatal(err)
	}
	flips, err := g.Gain(m, 0.5, 0, 60)
	if err != nil || math.Abs(between.Value-flips.Value) > 2*(between.Half+flips.Half) || between.Half > flips.Half {
		t.Errorf("between groups %.1f s +-%.1f, by flips %.1f s +-%.1f (%v)", between.Value, between.Half, flips.Value, flips.Half, err)
	}
}

// TestTheStrictLineIsOfWhoIsMeasured leaves a warm-up out, and what comes after.
func TestTheStrictLineIsOfWhoIsMeasured(t *testing.T) {
	m, err := run.New(square(t, 10, 0.3), parse(t, "{strict: [loud, quiet]}"), run.Options{Seed: 11, Steady: true, Warmup: 40 * engine.Hour})
	if err != nil {
		t.Fatal(err)
	}
	x, err := NewStrict(m)
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Begin(0, nil); err != nil {
		t.Fatal(err)
	}
	measured := 0.0
	if err := m.Player().Play(run.Play{Watch: run.Watch{Ended: func(now engine.Instant, b *measure.Ticket) {
		x.Ended(now, b)
		if b.Seen && b.Started != 0 {
			measured++
		}
	}}}); err != nil {
		t.Fatal(err)
	}
	if facts, _ := x.Facts(nil); facts[0].Den != measured {
		t.Errorf("it is over %v tickets, %v were measured", facts[0].Den, measured)
	}
}
