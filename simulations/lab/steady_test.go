package lab

import (
	"math"
	"testing"

	"fairline/policy"
	"fairline/simulations/run"
	"fairline/simulations/theory"
	"fairline/simulations/whatif"
)

// w1: the mean wait of M/M/10 at a load of 0.95 (Erlang 1917). Two days settle it to within a fifth.
func w1(_ *testing.T, l *lab) { l.near("one-line", "wait", 99.07, 0.2) }

// w2: two classes and abandonment; values from the birth-death chain.
func w2(_ *testing.T, l *lab) {
	l.near("urgent-first", "wait", 60*0.16890, 0.1)
	l.near("urgent-first", "wait cohort=urgent", 60*0.06200, 0.1)
	l.near("urgent-first", "wait cohort=plain", 60*0.19563, 0.1)
	l.near("urgent-first", "abandoned", 0.08445, 0.1)
}

func w3(_ *testing.T, l *lab) {
	l.near("urgent-first", "wait", 20, 0.1)
	l.near("urgent-first", "abandoned", 1.0/6, 0.1)
}

// skills: what two simulators found that know nothing of this one.
func skills(_ *testing.T, l *lab) {
	for metric, want := range map[string]float64{"wait": 31.249, "wait source=type-0": 72.78, "wait source=type-1": 13.426, "wait source=type-2": 17.968,
		"abandoned source=type-0": 0.36394, "service-level-offered source=type-1": 0.70391, "occupancy group=group-0": 0.98531} {
		l.near("skills-queue-priority", metric, want, 0.1)
	}
	for metric, want := range map[string]float64{"wait": 30.588, "wait source=type-0": 32.926, "wait source=type-1": 25.281,
		"abandoned source=type-2": 0.16662, "service-level-offered source=type-0": 0.31422, "occupancy group=group-1": 0.97740} {
		l.near("skills-single-fifo", metric, want, 0.1)
	}
}

// line is M/M/10 at 9 a minute; its times are minutes.
var line = theory.Queue{Arrivals: 9, Service: 1, Agents: 10}

// squeakyWheel: a head start of h gains at most rho h, whatever the others do; a bound on overtakings changes nothing for the first
// who posts, to the last bit; and in a line by arrival nothing is gained.
func squeakyWheel(t *testing.T, l *lab) {
	for _, share := range []string{"0%", "10%", "50%", "100%"} {
		metric := "premium share=" + share
		l.zero(metric, "posts-in-line")
		if e := l.of("posts-15s", metric); e.Value > 0.9*15+e.Half {
			t.Errorf("%s of 15 s ahead: %.3g s +-%.2g, want at most 13.5", metric, e.Value, e.Half)
		}
		l.less("posts-15s", metric, "posts-first", metric)
	}
	if a, b := l.value("posts-first", "premium share=0%"), l.value("posts-once", "premium share=0%"); a != b {
		t.Errorf("the first who posts gains %v s, and %v s where a call is overtaken once at most", a, b)
	}
	l.less("posts-once", "premium share=100%", "posts-15s", "premium share=100%")
	if v := l.value("posts-once", "max-slips"); v != 1 {
		t.Errorf("a ticket was overtaken %v times, want once at most", v)
	}
}

// squeakyGame: where a post costs everybody a minute, priority for posts tips: nobody posts and everybody posts are both where nobody
// gains by a change, as theory says. With 15 seconds ahead, or by arrival, nobody posts, wherever one begins.
func squeakyGame(t *testing.T, l *lab) {
	one, err := theory.CommonCost(line.PriorityPremium, 1)
	if err != nil || len(one) != 3 || one[0].Share != 0 || one[2].Share != 1 || one[1].Stable {
		t.Fatalf("theory: %+v, %v", one, err)
	}
	for _, test := range []struct {
		policy  string
		low, up float64
	}{{"posts-first", 0, 1}, {"posts-15s", 0, 0}, {"posts-in-line", 0, 0}} {
		for from, want := range map[float64]float64{0: test.low, 1: test.up} {
			if got := search(t, l, test.policy, from); math.Abs(got-want) > 0.35 { // steps become smaller: from 1, with nobody for it, eight of them come to 0.3
				t.Errorf("%s, from a share of %v: it ends at %.2f, want %v", test.policy, from, got, want)
			}
		}
	}
}

// search follows what customers do who weigh, in the scenario in which a post costs everybody the same, and returns where it ends.
func search(t *testing.T, l *lab, name string, from float64) float64 {
	x := l.r.Experiment
	sc := x.Scenarios[1]
	for _, ref := range x.Policies {
		if ref.Name != name {
			continue
		}
		p, faults := policy.Parse(ref.Path, ref.Source)
		if p == nil {
			t.Fatal(faults)
		}
		m, err := run.New(sc, p, run.Options{Seed: x.Seed, Steady: true, Warmup: x.Steady.Warmup})
		if err != nil {
			t.Fatal(err)
		}
		cost := sc.Sources[0].Actions[1].Cost
		g := whatif.Game{Source: 0, Action: 1, Actions: 2, Sources: 1, Cost: cost, Rounds: 8, Days: 4, Sample: 5, Seed: x.Seed}
		path, err := g.Search(m, from)
		if err != nil {
			t.Fatal(err)
		}
		return path[len(path)-1].Share
	}
	t.Fatalf("no policy %s", name)
	return 0
}
