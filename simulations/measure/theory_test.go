package measure

import (
	"math"
	"math/rand/v2"
	"testing"

	"fairline/engine"
)

// queueing plays n customers of an M/M/2 in order of arrival, of the given rate and of mean service 1 s.
func queueing(c *Collector, seed uint64, n int, rate float64) {
	r := rand.New(rand.NewPCG(seed, 3))
	draw := func(rate float64) engine.Duration { return 1 + engine.Duration(r.ExpFloat64()/rate*1e9) }
	now, next := engine.Instant(0), engine.Instant(0).Add(draw(rate))
	c.Begin(0)
	c.Duty(0, 0, true)
	c.Duty(0, 1, true)
	var line []*Ticket
	var serving [2]*Ticket
	for came, served := 0, 0; served < n; {
		who := -1
		for i, x := range serving {
			if x != nil && (who < 0 || x.Ended < serving[who].Ended) {
				who = i
			}
		}
		if came < n && (who < 0 || next < serving[who].Ended) {
			now = next
			x := &Ticket{Arrived: now}
			line = append(line, x)
			c.Arrive(now, x)
			came++
			next = now.Add(draw(rate))
		} else {
			x := serving[who]
			now = x.Ended
			x.Outcome, x.Handled = Served, now.Sub(x.Started)
			c.Finish(now, x)
			c.Work(now, int32(who), -1)
			serving[who] = nil
			served++
		}
		for i := range serving {
			if serving[i] == nil && len(line) > 0 {
				x := line[0]
				line = line[1:]
				x.Started, x.Agent, x.Ended = now, int32(i), now.Add(draw(1))
				c.Start(now, x)
				c.Work(now, int32(i), 1)
				serving[i] = x
			}
		}
	}
	c.Close(now)
}

// TestClosedForms compares an M/M/2 at 1.6 customers a second with what is known of it: C = 0.7111 is the probability of a wait
// (Erlang), (a-C)/2 are the overtakes in order of departure, C/2 is Jain's index of waits and 1-C/2 Gini's, and E[D^2] of RAQFM
// solves the recursion of a tagged customer. The tolerances are about four standard errors.
func TestClosedForms(t *testing.T) {
	s := plain(2, 1)
	s.Begins, s.Ends, s.Exact = 0, 1<<60, false
	c := New(s)
	sums := map[string]float64{}
	const rounds, n = 4, 100_000
	for seed := range uint64(rounds) {
		queueing(c, seed, n, 1.6)
		for k, f := range read(t, c) {
			if k.By == "" {
				sums[k.Metric] += f.Num / f.Den / rounds
			}
		}
	}
	const erlang = 0.711111111
	for name, w := range map[string]struct{ value, tolerance float64 }{
		"delayed": {erlang, .006}, "wait": {erlang / .4, .06}, "wait-square": {2 * erlang / .16, .7}, "occupancy": {.8, .005},
		"queue-length": {1.6 * erlang / .4, .1}, "in-system": {1.6*erlang/.4 + 1.6, .1}, "departure-overtakes": {(1.6 - erlang) / 2, .004},
		"jain": {erlang / 2, .02}, "gini": {1 - erlang/2, .01}, "raqfm": {0, 1e-9}, "raqfm-square": {0.403366357, .004},
		"p95": {math.Log(erlang/.05) / .4, .3}, "displacement": {0, 0}, "throughput": {5760, 40}, "handling": {1, .008},
	} {
		if got := sums[name]; math.Abs(got-w.value) > w.tolerance {
			t.Errorf("%s: %.6f, want %.6f within %g", name, got, w.value, w.tolerance)
		}
	}
}
