package theory

import (
	"fmt"
	"math"
	"testing"
)

// TestStaffingIsLeast wants a number of agents that is enough, and one less that is not.
func TestStaffingIsLeast(t *testing.T) {
	for _, load := range []float64{0.01, 0.9, 1, 7.3, 100, 5000} {
		q := Queue{Arrivals: load * 0.2, Service: 0.2}
		for _, target := range []float64{0, 0.5, 0.8, 0.999} {
			s := must(q.StaffWithin(0.4, target))
			less, err := Queue{q.Arrivals, q.Service, s.Agents - 1}.Steady()
			if s.Within(0.4) < target || err == nil && less.Within(0.4) >= target {
				t.Errorf("load %v: %d agents give %v, one less %v, for %v", load, s.Agents, s.Within(0.4), less.Within(0.4), target)
			}
			a := must(Impatient{q, 0.1}.StaffWithin(0.4, target))
			lessA, err := Impatient{Queue{q.Arrivals, q.Service, a.Agents - 1}, 0.1}.Steady()
			if a.ServedWithin(0.4) < target || err == nil && lessA.ServedWithin(0.4) >= target || a.Agents > s.Agents {
				t.Errorf("load %v: %d impatient agents give %v, one less %v, for %v", load, a.Agents, a.ServedWithin(0.4), lessA.ServedWithin(0.4), target)
			}
		}
		d := must(q.StaffDelay(0.2))
		less, err := Queue{q.Arrivals, q.Service, d.Agents - 1}.Steady()
		if d.Delay > 0.2 || err == nil && less.Delay <= 0.2 {
			t.Errorf("load %v: %d agents let %v wait, one less %v", load, d.Agents, d.Delay, less.Delay)
		}
		near(t, "mean wait", one(must(q.StaffMean(0.3)).Mean <= 0.3), 1, 0)
	}
	beta := must(HalfinWhittBeta(0.2))
	if rule, exact := SquareRoot(1e4, beta), must(Queue{Arrivals: 1e4, Service: 1}.StaffDelay(0.2)).Agents; math.Abs(float64(rule-exact)) > 1 {
		t.Errorf("the square-root rule wants %d agents, Erlang C %d", rule, exact)
	}
}

// TestLimits compares the limits with great systems, and goes where a tail of the normal law vanishes.
func TestLimits(t *testing.T) {
	n := 4_000_000
	for _, beta := range []float64{0.1, 0.5, 1.5} {
		exact := must(Queue{float64(n) - beta*2000, 1, n}.Steady()).Delay
		near(t, fmt.Sprint("Halfin and Whitt at ", beta), must(HalfinWhitt(beta)), exact, 1e-3)
		near(t, "and back", must(HalfinWhittBeta(must(HalfinWhitt(beta)))), beta, 1e-13)
	}
	for _, beta := range []float64{-1, 0, 1} {
		s := must(Impatient{Queue{1e6 - beta*1000, 1, 1e6}, 2}.Steady())
		delay, abandoned, err := Garnett(beta, 2)
		near(t, fmt.Sprint("Garnett at ", beta), delay, s.Delay, 1e-3)
		near(t, fmt.Sprint("Garnett at ", beta, ": hang up"), abandoned, s.Abandoned*1000, 2e-3)
		if err != nil {
			t.Error(err)
		}
	}
	for _, x := range []float64{7.9999999, 8.0000001} {
		near(t, "the hazard where its forms meet", hazard(x), 8.121368112236, 1e-7)
	}
	for _, beta := range []float64{-60, 60} {
		delay, abandoned, _ := Garnett(beta, 1)
		near(t, "far from balance", delay, one(beta < 0), 1e-15)
		near(t, "far from balance", abandoned, max(0, -beta), 1e-12)
	}
}

// TestSquareRootRule wants the rule within one agent of what Erlang C and A need.
func TestSquareRootRule(t *testing.T) {
	for _, load := range []float64{50, 400, 10_000} {
		for _, target := range []float64{0.3, 0.8, 0.95} {
			rule := SquareRoot(load, must(BetaWithin(load, 0.1, target)))
			exact := must(Queue{Arrivals: load, Service: 1}.StaffWithin(0.1, target)).Agents
			near(t, fmt.Sprint("within, load ", load, " for ", target), float64(rule-exact)/2, 0, 0.5)
		}
		for _, scaled := range []float64{0.03, 0.1, 0.4} {
			part := scaled / math.Sqrt(load)
			rule := SquareRoot(load, must(BetaAbandoned(load, 0.5, part)))
			exact := must(Impatient{Queue{Arrivals: load, Service: 1}, 0.5}.StaffAbandoned(part)).Agents
			near(t, fmt.Sprint("hang up, load ", load, " at ", part), float64(rule-exact)/2, 0, 0.5)
		}
	}
}

// TestDay compares a day of short periods with a sinusoid, and with itself at rest.
func TestDay(t *testing.T) {
	var periods []Period
	const width = 0.001
	for i := range 40_000 {
		from := -25 + float64(i)*width
		periods = append(periods, Period{from, from + width, 50 * (1 + 0.6*math.Sin(from+width/2))})
	}
	for _, at := range []float64{5, 12.5} {
		near(t, "sinusoid", must(OfferedLoad(periods, Exponential{1}, at)), must(SinusoidLoad(50, 0.6, 1, 1, at)), 1e-6)
	}
	for _, l := range []Law{Exponential{3}, Fixed{3}, Lognormal{3, 1}} {
		near(t, "at rest", must(OfferedLoad([]Period{{0, 1e4, 2}}, l, 9e3)), 6, 1e-12)
		near(t, "long after", must(OfferedLoad([]Period{{0, 10, 2}}, l, 1e6)), 0, 1e-12)
	}
	if _, err := OfferedLoad([]Period{{0, 2, 1}, {3, 1, 1}}, Fixed{1}, 1); err == nil {
		t.Error("a period that ends before it starts: no error")
	}
}

// TestEquilibria wants the roots that theory promises: one that holds on either side of a tipping point.
func TestEquilibria(t *testing.T) {
	q := Queue{9, 1, 10}
	// A cost that most have at 1 and none much below: few rant, or all, with a tipping point between.
	steep := func(x float64) float64 { return 1 / (1 + math.Exp(-20*(x-1))) }
	found := must(Equilibria(q.PriorityPremium, steep))
	if len(found) != 3 || !found[0].Stable || found[1].Stable || !found[2].Stable {
		t.Errorf("found %+v, want a stable, an unstable and a stable share", found)
	}
	for _, e := range found {
		near(t, "a fixed point", steep(e.Premium), e.Share, 1e-11)
	}
	// Two roots that nearly touch, between two shares that are tried.
	touch := func(p float64) (float64, error) { return p + (p-0.30001)*(p-0.30001) - 1e-9, nil }
	if found := must(Equilibria(touch, func(x float64) float64 { return x })); len(found) != 2 {
		t.Errorf("found %+v, want two", found)
	}
	first, last := must(q.PriorityPremium(0)), must(q.PriorityPremium(1))
	for cost, want := range map[float64]string{
		first / 2: "everybody ", (first + last) / 2: "nobody tipping everybody ", last * 2: "nobody ",
	} {
		got := ""
		for _, e := range must(CommonCost(q.PriorityPremium, cost)) {
			switch {
			case e.Share == 0:
				got += "nobody "
			case e.Share == 1:
				got += "everybody "
			case !e.Stable:
				got += "tipping "
			}
		}
		if got != want {
			t.Errorf("at a cost of %v: %s, want %s", cost, got, want)
		}
	}
	avoid := must(CommonCost(func(p float64) (float64, error) { return q.CountBoundPremium(p, 1) }, 0.2))
	if len(avoid) != 1 || !avoid[0].Stable || avoid[0].Share <= 0 || avoid[0].Share >= 1 {
		t.Errorf("with a count bound: %+v, want one stable share", avoid)
	}
	for p := 0.0; p <= 1; p += 0.25 {
		for _, h := range []float64{0.1, 1, 5} {
			if d := must(q.HeadStartPremium(p, h)); !(d >= 0 && d <= 0.9*h) {
				t.Errorf("a head start of %v at %v pays %v, more than ρh", h, p, d)
			}
		}
	}
}

// TestOneAgent compares classes with laws of their own with classes that are alike.
func TestOneAgent(t *testing.T) {
	alike := must(SharedAgents([]float64{0.2, 0.3, 0.4}, 1, 1))
	own := must(OneAgent([]Stream{{0.2, Exponential{1}}, {0.3, Erlang(1, 1)}, {0.4, Exponential{1}}}))
	slopes := []float64{1, 5, 2}
	for k := range 3 {
		near(t, "priority", own.Priority()[k].Wait, alike.Priority()[k].Wait, 1e-12)
		near(t, "accumulating", must(own.Accumulating(slopes))[k].Skips, must(alike.Accumulating(slopes))[k].Skips, 1e-12)
		near(t, "lottery", must(own.Lottery(slopes))[k].Slips, must(alike.Lottery(slopes))[k].Slips, 1e-12)
	}
	if _, ok := own.PriorityMarkov(); ok {
		t.Error("a variance for laws that are not known to be exponential")
	}
	near(t, "FCFS", own.FCFS(), 9, 1e-12)
	if part, ok := alike.AccumulatingOvertaken([]float64{3, 2, 1}); !ok || part <= 0 || part >= lastOvertaken(alike) {
		t.Errorf("overtaken %v", part)
	}
}

// lastOvertaken is the part of the last class that is overtaken under priority, which none exceeds.
func lastOvertaken(c Classes) float64 {
	fates, _ := c.PriorityMarkov()
	return fates[len(fates)-1].Overtaken
}

// TestSkillsFlow wants as much service as arrives, and one class alone to have all agents.
func TestSkillsFlow(t *testing.T) {
	last := SkillsSteady{First: math.Inf(1)}
	for _, prefers := range []int{2, 1} {
		k := Skills{3.5, 2.5, 1, 3, 5, prefers}
		s := must(k.Steady())
		near(t, "flow", 3*s.BusyA+5*s.BusyB, 6, 1e-11)
		if !(s.First < last.First && s.Second > last.Second) {
			t.Errorf("B prefers %d: %+v, and else %+v", prefers, s, last)
		}
		last = s
		alone := must(Skills{5, 1e-9, 1, 3, 5, prefers}.Steady())
		near(t, "the first class alone", alone.First, must(Queue{5, 1, 8}.Steady()).Mean, 1e-7)
		near(t, "the first class alone: delay", alone.FirstDelay, must(Queue{5, 1, 8}.Steady()).Delay, 1e-7)
		quiet := must(Skills{1e-9, 4, 1, 3, 5, prefers}.Steady())
		near(t, "the second class alone", quiet.Second, must(Queue{4, 1, 5}.Steady()).Mean, 1e-7)
	}
	near(t, "by simulation", last.First, 0.06548, 3e-4)
	near(t, "by simulation", last.Second, 0.56642, 1e-3)
}
