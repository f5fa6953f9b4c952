package lab

import (
	"math"
	"testing"

	"fairline/simulations/theory"
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
	ahead, err := line.HeadStartPremium(0.5, 0.25)
	if err != nil {
		t.Fatal(err)
	}
	l.near("posts-15s", "slips cohort=who calls", 4.5*ahead/0.9, 0.2) // as many as come in the first 15 s of the wait: lambda E(min(W, h))
	l.less("posts-once", "premium share=100%", "posts-15s", "premium share=100%")
	if v := l.value("posts-once", "max-slips"); v != 1 {
		t.Errorf("a ticket was overtaken %v times, want once at most", v)
	}
}

// squeakyGame: where a post costs everybody a minute, priority for posts tips, as theory says: nobody posts and everybody posts are
// both where nobody gains by a change. With 15 seconds ahead nobody posts, wherever one begins.
func squeakyGame(t *testing.T, l *lab) {
	one, err := theory.CommonCost(line.PriorityPremium, 1)
	if err != nil || len(one) != 3 || one[0].Share != 0 || one[2].Share != 1 || one[1].Stable {
		t.Fatalf("theory: %+v, %v", one, err)
	}
	ahead := func(share float64) (float64, error) { return line.HeadStartPremium(share, 0.25) }
	some, err := theory.Equilibria(ahead, theory.ExponentialCost(0.5))
	if err != nil || len(some) != 1 {
		t.Fatalf("theory: %+v, %v", some, err)
	}
	for _, test := range []struct {
		policy    string
		none, all float64 // where it ends
	}{
		{"squeaky-wheel-one-price/posts-first", 0, 1}, {"squeaky-wheel-one-price/posts-15s", 0, 0}, {"squeaky-wheel-one-price/posts-once", 0, 0},
		{"squeaky-wheel/posts-first", 1, 1}, {"squeaky-wheel/posts-15s", some[0].Share, some[0].Share},
	} {
		none, all, ok := l.r.Ends(l.arm(test.policy))
		if !ok || math.Abs(none-test.none) > 0.15 || math.Abs(all-test.all) > 0.15 {
			t.Errorf("%s: from nobody it ends at %.2f, from everybody at %.2f, want %.2f and %.2f", test.policy, none, all, test.none, test.all)
		}
	}
}
