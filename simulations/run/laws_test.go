package run

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"fairline/engine"
	"fairline/simulations/dist"
	"fairline/simulations/measure"
	"fairline/simulations/scenario"
)

// TestFirstComeIsKieferWolfowitz plays lines in order of arrival, and works out each start by the recursion of Kiefer and
// Wolfowitz (1955) from the arrivals and handlings: to the nanosecond.
func TestFirstComeIsKieferWolfowitz(t *testing.T) {
	for _, agents := range []int{1, 2, 5} {
		for r := range uint64(20) {
			m := modelOf(t, shop(agents, 20*engine.Hour, calls("calls", 28*float64(agents), 2)), orderW1, Options{Seed: 3})
			list := played(t, m, Play{Replication: r})
			slices.SortFunc(list, func(a, b measure.Ticket) int { return cmp.Compare(a.ID, b.ID) })
			free := make([]engine.Instant, agents) // when each agent has done all that came so far
			for _, x := range list {
				slices.Sort(free)
				start := max(x.Arrived, free[0])
				if x.Started != start {
					t.Fatalf("%d agents, replication %d: ticket %d starts at %d, the recursion says %d", agents, r, x.ID, x.Started, start)
				}
				free[0] = start.Add(x.Handled)
			}
			if len(list) < 300*agents {
				t.Fatalf("%d tickets came", len(list))
			}
		}
	}
}

// TestSlotInvariance is the law that whatever the order, the n-th start with the n-th handling gives the same path of the
// number in the line (THEORY I3).
func TestSlotInvariance(t *testing.T) {
	orders := []string{"{arrival: [high, low]}", "{strict: [low, high]}", "{last_in: [high, low]}", "{draw: {high: 3, low: 1}, seed: 1}",
		"{accumulate: {high: 5, low: 1}}", "{waiting_mix: {high: 20%, low: 80%}}", "{head_start: {high: 7m, low: 0s}}", "{share: {high: 2, low: 3}, charge: tickets}"}
	for r := range uint64(25) {
		var first []engine.Instant
		for _, order := range orders {
			s := shop(1+int(r%4), 10*engine.Hour, level(calls("a", 12*float64(1+r%4), 2), "high"), level(calls("b", 16*float64(1+r%4), 2), "low"))
			m := modelOf(t, s, orderOf(order), Options{Seed: 5, BySlot: true})
			var path []engine.Instant // +arrival, -end
			for _, x := range played(t, m, Play{Replication: r}) {
				path = append(path, x.Arrived, -x.Ended)
			}
			slices.Sort(path)
			if first == nil {
				first = path
			}
			if !slices.Equal(path, first) {
				t.Fatalf("replication %d: under %s the number in the line is another", r, order)
			}
		}
	}
}

// A person is who a ticket is, whatever its number in the line.
type person struct {
	source uint8
	index  int64
}

// chance is what a customer brings.
type chance struct {
	arrived           engine.Instant
	handled, patience engine.Duration
}

func chances(list []measure.Ticket) map[person]chance {
	of := map[person]chance{}
	for _, x := range list {
		c := chance{arrived: x.Arrived, patience: x.Patience}
		if x.Outcome == measure.Served {
			c.handled = x.Handled
		}
		of[person{x.Source, x.Index}] = c
	}
	return of
}

// TestTheSameCustomersMeetEveryPolicy compares what customers bring under two orders, and beside another source.
func TestTheSameCustomersMeetEveryPolicy(t *testing.T) {
	high, low := level(calls("a", 10, 3), "high"), level(calls("b", 25, 3), "low")
	high.Patience.Law, low.Patience.Law = must(dist.Exponential(240)), must(dist.Lognormal(600, 200))
	third := level(calls("c", 5, 1), "low")
	alone := chances(played(t, modelOf(t, shop(2, 10*engine.Hour, high, low), orderOf("{arrival: [high, low]}"), Options{Seed: 5}), Play{}))
	for name, m := range map[string]*Model{
		"strict":            modelOf(t, shop(2, 10*engine.Hour, high, low), orderOf("{strict: [low, high]}"), Options{Seed: 5}),
		"one source more":   modelOf(t, shop(2, 10*engine.Hour, high, low, third), orderOf("{strict: [high, low]}"), Options{Seed: 5}),
		"one agent more":    modelOf(t, shop(3, 10*engine.Hour, high, low), orderOf("{strict: [high, low]}"), Options{Seed: 5}),
		"sources differing": modelOf(t, shop(2, 11*engine.Hour, high, low), orderOf("{arrival: [high, low]}"), Options{Seed: 5}),
	} {
		others, met := chances(played(t, m, Play{})), 0
		for who, c := range alone {
			o, ok := others[who]
			if o.handled > 0 && c.handled > 0 {
				met++
			} else {
				o.handled, c.handled = 0, 0
			}
			o.patience, c.patience = max(o.patience, c.patience)*0, 0 // who is offered at once shows none
			if !ok || o != c {
				t.Fatalf("%s: customer %v is %+v, and alone %+v", name, who, o, c)
			}
		}
		if met < 200 {
			t.Errorf("%s: only %d customers were served in both", name, met)
		}
	}
}

// TestPatienceEndsWaits holds that customers wait as long as they are ready to and no longer.
func TestPatienceEndsWaits(t *testing.T) {
	s := calls("calls", 70, 2)
	s.Patience = scenario.Patience{Span: scenario.Span{Law: must(dist.Exponential(180))}, AtOnce: 0.1}
	left, atOnce := 0, 0
	for _, x := range played(t, modelOf(t, shop(2, 30*engine.Hour, s), orderW1, Options{Seed: 9}), Play{}) {
		switch x.Outcome {
		case measure.Served:
			if x.Started.Sub(x.Arrived) > x.Patience {
				t.Errorf("ticket %d was started after %d ns, its customer waits %d", x.ID, x.Started.Sub(x.Arrived), x.Patience)
			}
		case measure.Abandoned:
			left++
			if x.Ended.Sub(x.Arrived) != x.Patience || x.Started != 0 || x.Handled != 0 {
				t.Errorf("ticket %d left after %d ns, its customer waits %d; it was started at %d", x.ID, x.Ended.Sub(x.Arrived), x.Patience, x.Started)
			}
			if x.Patience == 0 {
				atOnce++
			}
		default:
			t.Errorf("ticket %d: outcome %d", x.ID, x.Outcome)
		}
	}
	if left < 200 || atOnce < 80 || atOnce > 300 {
		t.Errorf("%d left, %d of them at once", left, atOnce)
	}
}

// TestAReplicationIsTheSameAgain plays it with a new player, with a used one, and after another replication.
func TestAReplicationIsTheSameAgain(t *testing.T) {
	m := workloads[1].model(t, 3000)
	tell := func(p *Player, r uint64) (text string) {
		err := p.Play(Play{Replication: r, Watch: Watch{Ended: func(now engine.Instant, x *measure.Ticket) {
			text += fmt.Sprintln(now, x.ID, x.Index, x.Class, x.Agent, x.Arrived, x.Started, x.Ended, x.Slips, x.Skips, x.Outcome)
		}}})
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	p := m.Player()
	one, two := tell(p, 1), tell(p, 2)
	if one == two {
		t.Error("two replications are the same")
	}
	if tell(p, 1) != one || tell(m.Player(), 2) != two {
		t.Error("a replication is another when it is played again")
	}
}

// TestMirroredDays plays antithetic pairs: what is long in one is short in the other.
func TestMirroredDays(t *testing.T) {
	m := modelOf(t, shop(1, 10*engine.Hour, calls("calls", 20, 2)), orderW1, Options{Seed: 1, Antithetic: true})
	one, two := chances(played(t, m, Play{Replication: 6})), chances(played(t, m, Play{Replication: 7}))
	law := must(dist.Exponential(120))
	for who, c := range one {
		o, ok := two[who]
		if !ok {
			continue
		}
		u := law.(interface{ CDF(float64) float64 }).CDF(float64(c.handled) / 1e9)
		if want := law.Quantile(1 - u); abs(float64(o.handled)/1e9-want) > 1e-6*want+1e-6 {
			t.Fatalf("customer %v takes %v ns, mirrored %v, want %.9f s", who, c.handled, o.handled, want)
		}
	}
	if fmt.Sprint(one) == fmt.Sprint(two) {
		t.Error("the mirrored day is the same")
	}
}

func abs(x float64) float64 { return max(x, -x) }
