package run

import (
	"fmt"
	"testing"

	"fairline/engine"
	"fairline/simulations/dist"
	"fairline/simulations/measure"
	"fairline/simulations/scenario"
)

// early is a shop in which so many callers have waited for so long when it opens, and the agent comes after an hour.
func early(s scenario.Source, number int, age engine.Duration) *scenario.Scenario {
	sc := shop(1, 2*engine.Hour, s)
	sc.Groups[0].Shifts[0].From = engine.Hour
	sc.Waiting = []scenario.Start{{Source: 0, Number: number, Age: age}}
	return sc
}

// TestWhoWaitsFromTheBeginningIsAsPatientAsWhoLasts has them go on by what is left of the law, and leave at the beginning where nobody lasts
// so long.
func TestWhoWaitsFromTheBeginningIsAsPatientAsWhoLasts(t *testing.T) {
	s := recorded("calls")
	left := func(law dist.Law, atOnce float64) (list []engine.Duration) {
		s.Patience.Law, s.Patience.AtOnce = law, atOnce
		for _, x := range played(t, modelOf(t, early(s, 400, 30*engine.Minute), mixed, Options{Seed: 4}), Play{}) {
			if x.Outcome == measure.Abandoned {
				list = append(list, x.Ended.Sub(at(0)))
			}
		}
		return list
	}
	if list := left(must(dist.Constant(300)), 0); len(list) != 400 || list[333] != 0 || list[334] == 0 || list[399] >= 5*engine.Minute {
		t.Errorf("%d of 400 left; 5 in 6 have waited for more than 5 minutes and leave at once", len(list))
	}
	sum := 0.0
	list := left(must(dist.Exponential(300)), 0.5) // it has no memory
	for _, d := range list {
		sum += float64(d) / 1e9
	}
	if mean := sum / float64(len(list)); len(list) != 400 || mean < 240 || mean > 360 { // four standard errors are 60
		t.Errorf("%d of 400 left, after %v s more in the mean, want 300", len(list), mean)
	}
	s.Patience = scenario.Patience{Span: scenario.Span{Law: must(dist.Uniform(0, 3600))}}
	for _, x := range played(t, modelOf(t, early(s, 400, 30*engine.Minute), mixed, Options{Seed: 4}), Play{}) {
		if x.Outcome == measure.Abandoned && x.Ended.Sub(x.Arrived) > engine.Hour {
			t.Fatalf("left after %d ns, when nobody waits for more than an hour in all", x.Ended.Sub(x.Arrived))
		}
	}
}

// TestTheOldestWaitFirst of whatever entry.
func TestTheOldestWaitFirst(t *testing.T) {
	sc := shop(1, engine.Hour, recorded("a"), recorded("b"))
	sc.Waiting = []scenario.Start{{Source: 0, Number: 2, Age: 10 * engine.Minute}, {Source: 1, Number: 2, Age: 16 * engine.Minute}}
	var got []float64
	for _, f := range fates(played(t, modelOf(t, sc, mixed, Options{}), Play{})) {
		got = append(got, f.arrived)
	}
	if fmt.Sprint(got) != "[-16 -10 -8 -5]" {
		t.Errorf("served in the order of %v", got)
	}
}

// TestWhoWaitsFromTheBeginningIsMeasured with all of the wait, unless a warm-up is left out.
func TestWhoWaitsFromTheBeginningIsMeasured(t *testing.T) {
	for warmup, want := range map[engine.Duration][2]float64{0: {31, 30 * 90 * 60}, engine.Minute: {1, 0}} {
		sc := early(recorded("calls", 119), 30, 30*engine.Minute)
		p := modelOf(t, sc, mixed, Options{Warmup: warmup}).Player()
		if err := p.Play(Play{}); err != nil {
			t.Fatal(err)
		}
		facts := p.Measure().Facts(nil)
		for i, k := range p.Measure().Keys() {
			if k == (measure.Key{Metric: "offered"}) && facts[i].Num != want[0] {
				t.Errorf("warm-up %d: %v tickets are measured, want %v", warmup, facts[i].Num, want[0])
			}
			if k == (measure.Key{Metric: "asa"}) && facts[i].Num != want[1] {
				t.Errorf("warm-up %d: they waited %v s in all, want %v", warmup, facts[i].Num, want[1])
			}
		}
	}
}

// TestARateThatEndsAtNothing ends a steady run, too.
func TestARateThatEndsAtNothing(t *testing.T) {
	s := recorded("calls")
	s.Arrivals = scenario.Arrivals{Points: []scenario.Rate{{PerHour: 100}, {From: engine.Hour, PerHour: 0}}}
	n := len(played(t, modelOf(t, shop(1, 2*engine.Hour, s), mixed, Options{Steady: true}), Play{}))
	if n < 20 || n > 90 { // 50 in the mean
		t.Errorf("%d came", n)
	}
}

// TestNobodyLeavesAtOnceWhileAnAgentRings since nobody has to wait.
func TestNobodyLeavesAtOnceWhileAnAgentRings(t *testing.T) {
	s := recorded("calls", 0, 10, 10, 10, 10)
	s.Patience.AtOnce = 1
	sc := shop(3, engine.Hour, s)
	sc.Groups[0].Answer = must(dist.Constant(3))
	same(t, fates(played(t, modelOf(t, sc, mixed, Options{}), Play{})), []fate{{0, 0, 0, 0.05, 1.05, measure.Served, 0}, {4, 0, 10, -1, 10, measure.Abandoned, 0},
		{1, 0, 10, 10.05, 11.05, measure.Served, 0}, {2, 0, 10, 10.05, 11.05, measure.Served, 0}, {3, 0, 10, 10.05, 11.05, measure.Served, 0}})
}

// TestWhoseSecondTicketIsRefused waits with the first, and does not come again for it.
func TestWhoseSecondTicketIsRefused(t *testing.T) {
	call, both := recorded("calls", 0), recorded("both", 1)
	call.Handling.Law = must(dist.Constant(600))
	both.Actions = []scenario.Action{{Name: "both", Share: 1, Also: "email"}}
	both.Patience.Retry = []scenario.Retry{{Probability: 1, After: must(dist.Constant(1200)), As: 1, Most: 1}}
	same(t, fates(played(t, modelOf(t, shop(1, engine.Hour, call, both), mixed+"full: {at: 1, say: Full}\n", Options{}), Play{})), []fate{
		{0, 0, 1, -1, 1, measure.Blocked, 1}, {0, 0, 0, 0, 10, measure.Served, 0}, {0, 0, 1, 10, 11, measure.Served, 0}})
}

// TestAFlipIsOfOneAction of the source it names: who comes again as one of others chooses among theirs.
func TestAFlipIsOfOneAction(t *testing.T) {
	call, mail := recorded("calls", 0, 1), recorded("mails")
	call.Handling.Law, mail.Channel = must(dist.Constant(600)), "email"
	call.Patience = scenario.Patience{Span: scenario.Span{Law: must(dist.Constant(60))}, Retry: []scenario.Retry{{Probability: 1, After: must(dist.Constant(60)), As: 1, Most: 1}}}
	call.Actions = []scenario.Action{{Name: "call", Share: 1}, {Name: "post", Channel: "chat"}, {Name: "wait"}}
	mail.Actions = []scenario.Action{{Name: "write", Share: 1}, {Name: "shout"}}
	for _, x := range played(t, modelOf(t, shop(1, engine.Hour, call, mail), mixed, Options{}), Play{Flip: &Flip{Source: 0, Index: 1, Action: 2}}) {
		if want := []uint8{2, 0}[x.Attempt]; x.Index == 1 && x.Action != want {
			t.Errorf("attempt %d takes action %d, want %d", x.Attempt, x.Action, want)
		}
	}
}

// TestACustomerWithTwoTicketsIsOne in the measures of customers, which are of all together.
func TestACustomerWithTwoTicketsIsOne(t *testing.T) {
	call, both := recorded("calls", 0), recorded("both", 1)
	call.Handling.Law = must(dist.Constant(600))
	both.Actions = []scenario.Action{{Name: "both", Share: 1, Also: "email"}}
	p := modelOf(t, shop(1, engine.Hour, call, both), mixed, Options{}).Player()
	if err := p.Play(Play{}); err != nil {
		t.Fatal(err)
	}
	facts := p.Measure().Facts(nil)
	for i, k := range p.Measure().Keys() {
		if k.Metric == "attempts" || k.Metric == "customers-served" {
			if k.By != "" || facts[i] != (measure.Fact{Num: 2, Den: 2}) {
				t.Errorf("%v: %v, want 2 of 2", k, facts[i])
			}
		}
	}
}
