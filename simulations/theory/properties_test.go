package theory

import (
	"errors"
	"fmt"
	"math"
	"testing"
)

// near fails where got is not want to a part of 1e-n of it, or of 1.
func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within*max(1, math.Abs(want))) {
		t.Errorf("%s: %.15g, want %.15g (within %.1g)", what, got, want, within)
	}
}

// must returns a value of a function that has no reason to fail.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// TestConservation holds Kleinrock's law for everything that orders classes: the sum of λ_k W_k is that of FCFS. And it holds the
// identity of waits and overtakes, W_k − W_F = (slips − skips)/(cµ).
func TestConservation(t *testing.T) {
	lams := []float64{1.3, 0, 2.2, 4.4}
	c := must(SharedAgents(lams, 1, 10))
	all := map[string][]Fate{
		"priority": c.Priority(), "accumulating": must(c.Accumulating([]float64{3, 2, 3, 0})), "equal slopes": must(c.Accumulating([]float64{1, 1, 1, 1})),
		"lottery": must(c.Lottery([]float64{0.001, 1, 5, 100})),
	}
	pair := Pair{First: 3, Second: 5.5, Service: 1, Agents: 9}
	lists := map[string][]float64{}
	for name := range all {
		lists[name] = lams
	}
	add := func(name string, f Favour) { all[name], lists[name] = []Fate{f.First, f.Second}, []float64{3, 5.5} }
	for _, h := range []float64{0, 0.1, 2, 30, math.Inf(1)} {
		add(fmt.Sprint("head start ", h), must(pair.HeadStart(h)))
	}
	for _, k := range []int{0, 1, 7, 200} {
		add(fmt.Sprint("count bound ", k), must(pair.CountBound(k)))
	}
	for name, fates := range all {
		sum, total, rate := 0.0, 0.0, 10.0
		queue := Queue{Arrivals: 7.9, Service: 1, Agents: 10}
		if len(fates) == 2 {
			queue, rate = pair.Queue(), 9
		}
		fcfs := must(queue.Steady()).Mean
		for k, f := range fates {
			sum += lists[name][k] * f.Wait
			total += lists[name][k] * (f.Slips - f.Skips)
			near(t, name+": wait and overtakes", f.Wait-fcfs, (f.Slips-f.Skips)/rate, 1e-12)
		}
		near(t, name+": conservation", sum, queue.Arrivals*fcfs, 1e-12)
		near(t, name+": slips are skips", total, 0, 1e-12)
	}
}

// TestRulesConserve holds the same law for rules that look at queues, and that a fair pair is treated alike.
func TestRulesConserve(t *testing.T) {
	p := Pair{First: 2, Second: 4, Service: 1, Agents: 8}
	fcfs := must(p.Queue().Steady()).Mean
	for name, rule := range map[string]Rule{
		"ratio": QueueRatio(0.2, 0.8), "longest": LongestQueue(), "cost": QueueCost(5, 1), "lottery": ClassLottery(1, 3),
		"priority": func(_, _ int) float64 { return 1 }, "half and half": QueueRatio(0.5, 0.5),
	} {
		w := must(p.Serve(rule))
		near(t, name, 2*w.First+4*w.Second, 6*fcfs, 1e-11)
		switch name {
		case "priority":
			strict := must(SharedAgents([]float64{2, 4}, 1, 8)).Priority()
			near(t, "priority as a rule", w.First, strict[0].Wait, 1e-11)
			near(t, "priority as a rule", w.Second, strict[1].Wait, 1e-11)
		case "half and half":
			near(t, "LQF is a ratio of halves", w.First, must(p.Serve(LongestQueue())).First, 1e-12)
		}
	}
	near(t, "no cutoff", must(p.Reserve(8)).Second, must(SharedAgents([]float64{2, 4}, 1, 8)).Priority()[1].Wait, 1e-10)
	patient := must(p.PriorityWithAbandonment(0, 0))
	near(t, "nobody hangs up", patient.First, must(SharedAgents([]float64{2, 4}, 1, 8)).Priority()[0].Wait, 1e-10)
	same := must(p.PriorityWithAbandonment(0.7, 0.7))
	both := must(Impatient{p.Queue(), 0.7}.Steady())
	near(t, "patience alike", 2*same.First+4*same.Second, 6*both.Mean, 1e-11)
	near(t, "patience alike: delay", same.Delay, both.Delay, 1e-11)
}

// TestHeadStartLimits goes from FCFS to strict priority, and compares with the same by uniformisation.
func TestHeadStartLimits(t *testing.T) {
	for _, p := range []Pair{
		{0.3, 0.5, 1, 1}, {4, 5, 1, 10}, {0.01, 0.9, 1, 1}, {0.9, 0.01, 1, 1}, {0.64, 0.16, 1, 1}, {8, 0, 1, 10}, {0, 8, 1, 10},
		{30, 66, 1, 100}, {4.9, 5, 1, 10}, {0.81, 0.09, 1, 1}, {0.8099, 0.0901, 1, 1}, {1e-9, 0.9, 1, 1}, {0.81, 0.09, 10, 1},
	} {
		name := fmt.Sprint(p)
		s := must(p.Queue().Steady())
		strict := must(SharedAgents([]float64{p.First, p.Second}, p.Service, p.Agents)).Priority()[1].Wait
		near(t, name+": h = 0", must(p.HeadStart(0)).Second.Wait, s.Mean, 1e-14)
		near(t, name+": h = ∞", must(p.HeadStart(math.Inf(1))).Second.Wait, strict, 1e-11)
		near(t, name+": h = ∞", must(p.QuietCapped(math.Inf(1))), strict, 1e-11)
		near(t, name+": h great", must(p.QuietCapped(1e5)), strict, 1e-11)
		near(t, name+": P(W > 0)", must(p.QuietBeyond(0)), s.Delay, 1e-11)
		near(t, name+": h small", must(p.QuietCapped(1e-7))/1e-7, s.Delay, 1e-6)
		for _, h := range []float64{0.03, 0.5, 3, 40} {
			capped, beyond := uniformised(p, s, h)
			near(t, fmt.Sprint(name, ": E[min(W, ", h, ")]"), must(p.QuietCapped(h)), capped, 2e-12)
			near(t, fmt.Sprint(name, ": P(W > ", h, ")"), must(p.QuietBeyond(h)), beyond, 2e-12)
		}
	}
}

// uniformised gives E[min(W_2, h)] and P(W_2 > h) by steps of a Poisson process with rate λ_1 + cµ.
func uniformised(p Pair, s Steady, h float64) (capped, beyond float64) {
	rate := p.First + s.rate()
	up, down := p.First/rate, s.rate()/rate
	ahead := make([]float64, 3000)
	for j := 1; j < len(ahead); j++ {
		ahead[j] = s.Delay * (1 - s.Occupancy) * math.Pow(s.Occupancy, float64(j-1))
	}
	pmf := math.Exp(-rate * h)
	later := -math.Expm1(-rate * h) // P(more than n steps until h)
	for n := 1; n < 4*int(rate*h)+200; n++ {
		left := 0.0
		for _, v := range ahead[1:] {
			left += v
		}
		capped += left * later / rate
		beyond += left * pmf
		pmf *= rate * h / float64(n)
		later = max(0, later-pmf)
		last := 0.0
		for j := 1; j < len(ahead)-1; j++ {
			last, ahead[j] = ahead[j], up*last+down*ahead[j+1]
		}
		ahead[0] = 0
	}
	return capped, beyond
}

// TestCountBoundLimits goes from FCFS to strict priority.
func TestCountBoundLimits(t *testing.T) {
	for _, p := range []Pair{{0.3, 0.5, 1, 1}, {4, 5, 1, 10}, {1e-7, 9, 1, 10}, {8.9, 0.1, 1, 10}} {
		s := must(p.Queue().Steady())
		strict := must(SharedAgents([]float64{p.First, p.Second}, p.Service, p.Agents)).Priority()
		near(t, "k = 0", must(p.CountBound(0)).Second.Wait, s.Mean, 1e-15)
		all := must(p.CountBound(20_000))
		near(t, "k great", all.Second.Wait, strict[1].Wait, 1e-11)
		near(t, "k great: overtaken", all.Overtaken, s.overtaken(p.First), 1e-15)
		for k, last := 1, 0.0; k < 30; k++ {
			f := must(p.CountBound(k))
			if !(f.Second.Slips > last) || f.Second.Slips > float64(k) {
				t.Errorf("%v: %v slips with a bound of %d, and %v with one less", p, f.Second.Slips, k, last)
			}
			last = f.Second.Slips
		}
	}
	q := Queue{9, 1, 10}
	near(t, "the first ranter", must(q.CountBoundPremium(0, 1)), must(q.PriorityPremium(0)), 1e-12)
	near(t, "a first few ranters", must(q.CountBoundPremium(1e-12, 3)), must(q.PriorityPremium(0)), 1e-11)
	near(t, "the first ranter with a head start", must(q.HeadStartPremium(0, 0.5)), must(q.HeadStartPremium(1e-12, 0.5)), 1e-11)
}

// TestRefusals wants an error for what has no steady state or no sense, and never a number that is none.
func TestRefusals(t *testing.T) {
	full, none := Queue{10, 1, 10}, Queue{}
	for name, try := range map[string]func() error{
		"full":         func() error { _, err := full.Steady(); return err },
		"zero":         func() error { _, err := none.Steady(); return err },
		"not a number": func() error { _, err := Queue{math.NaN(), 1, 1}.Steady(); return err },
		"endless":      func() error { _, err := Queue{1, math.Inf(1), 1}.Steady(); return err },
		"blocked":      func() error { _, err := Queue{1, 1, -1}.ErlangB(); return err },
		"single":       func() error { _, err := Single{1, Fixed{1}}.Steady(); return err },
		"no law":       func() error { _, err := Single{1, Lognormal{1, -1}}.Steady(); return err },
		"fixed":        func() error { _, err := FixedHandling{4, 1, 4}.Steady(); return err },
		"patience":     func() error { _, err := Impatient{full, 0}.Steady(); return err },
		"uniform":      func() error { _, err := Patience{full, Uniform{2, 1}}.Steady(); return err },
		"mix":          func() error { _, err := Patience{full, BalancedMeans(1, 0.5)}.Steady(); return err },
		"classes":      func() error { _, err := SharedAgents([]float64{1, -1}, 1, 3); return err },
		"no classes":   func() error { _, err := SharedAgents(nil, 1, 3); return err },
		"streams":      func() error { _, err := OneAgent([]Stream{{0.5, Fixed{1}}, {0.5, Fixed{1}}}); return err },
		"slopes": func() error {
			_, err := must(SharedAgents([]float64{1, 1}, 1, 3)).Accumulating([]float64{1})
			return err
		},
		"weights":          func() error { _, err := must(SharedAgents([]float64{1, 1}, 1, 3)).Lottery([]float64{1, 0}); return err },
		"head start":       func() error { _, err := Pair{1, 1, 1, 3}.HeadStart(-1); return err },
		"count bound":      func() error { _, err := Pair{1, 1, 1, 3}.CountBound(-1); return err },
		"cutoff":           func() error { _, err := Pair{1, 1, 1, 3}.Reserve(0); return err },
		"reserved too far": func() error { _, err := Pair{4, 5, 1, 10}.Reserve(6); return err },
		"skills":           func() error { _, err := Skills{1, 6, 1, 3, 5, 2}.Steady(); return err },
		"skills left over": func() error { _, err := Skills{5, 2.9, 1, 3, 5, 1}.Steady(); return err },
		"one hangs up":     func() error { _, err := Pair{4, 7, 1, 10}.PriorityWithAbandonment(1, 0); return err },
		"share":            func() error { _, err := Queue{1, 1, 3}.HeadStartPremium(1.1, 1); return err },
		"discipline":       func() error { _, err := Queue{1, 1, 3}.Unfairness(LastCome); return err },
		"target":           func() error { _, err := Queue{1, 1, 3}.StaffWithin(1, 1); return err },
		"quantile":         func() error { _, err := StudentQuantile(3, 1); return err },
		"near one":         func() error { _, err := Pair{4, 5.999, 1, 10}.Serve(LongestQueue()); return err },
	} {
		if err := try(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := full.Steady(); !errors.Is(err, ErrUnstable) {
		t.Errorf("full: %v, want ErrUnstable", err)
	}
}
