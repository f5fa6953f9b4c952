package reference

import (
	"testing"

	"fairline/engine"
	"fairline/simulations/measure"
	"fairline/simulations/run"
)

// TestTimeIsFine holds that no instant and no span is rounded to anything coarse. No mean shows that: what is rounded to seconds
// is right on average.
func TestTimeIsFine(t *testing.T) {
	patience := exponential(2)
	l := desk(3, strict(2), kind{class: 1, rate: 1, handling: exponential(1), patience: &patience},
		kind{class: 2, rate: 2, handling: lognormal(1, 1), patience: &patience})
	s, err := l.scenario(2000)
	if err != nil {
		t.Fatal(err)
	}
	p, err := l.parsed()
	if err != nil {
		t.Fatal(err)
	}
	m, err := run.New(s, p, run.Options{Seed: 1, Warmup: engine.Hour, Steady: true})
	if err != nil {
		t.Fatal(err)
	}
	all, whole := 0, map[string]int{}
	see := func(_ engine.Instant, x *measure.Ticket) {
		all++
		for what, ns := range map[string]int64{"arrivals": int64(x.Arrived), "ends": int64(x.Ended), "handlings": int64(x.Handled),
			"patiences": int64(x.Patience)} {
			if ns != 0 && ns != int64(engine.None) && ns%10_000 == 0 {
				whole[what]++
			}
		}
	}
	if err := m.Player().Play(run.Play{Watch: run.Watch{Ended: see}}); err != nil {
		t.Fatal(err)
	}
	for what, n := range whole {
		if n > all/100 {
			t.Errorf("%d of %d %s are a whole number of 10 us", n, all, what)
		}
	}
	if all < 5000 {
		t.Errorf("%d tickets, want 5000", all)
	}
}
