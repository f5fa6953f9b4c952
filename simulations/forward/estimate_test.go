package forward

import (
	"fmt"
	"math"
	"testing"

	"fairline/engine"
)

// shop is a line in order of arrival, with one channel more than is used.
func shop() *engine.Policy {
	return &engine.Policy{Name: "shop", Channels: []engine.Channel{{Name: "phone", Takes: 1}, {Name: "chat", Takes: 2}},
		Classes: []engine.Class{{Name: "all"}}, Classify: func(*engine.Facts) engine.ClassID { return 0 },
		Root: &engine.Node{Name: "line", Order: engine.Arrival{}, Members: []engine.Member{{Class: 0}}}}
}

// A counter is a line whose agents are all at work.
type counter struct {
	e     *engine.Engine
	began engine.Instant // when the work began
}

// newCounter returns a line with so many agents at work, and so many tickets ahead of the last, whose number it returns.
func newCounter(t testing.TB, p *engine.Policy, agents, ahead int) (*counter, engine.TicketID) {
	c := &counter{e: engine.New(), began: 1}
	c.do(t, engine.Command{Kind: engine.Adopt, At: 1, Policy: p})
	for n := range agents {
		agent := engine.AgentID(n + 1)
		c.do(t, engine.Command{Kind: engine.SignIn, At: 1, Agent: agent, Profile: &engine.Profile{Takes: p.Takes()}})
		c.do(t, engine.Command{Kind: engine.Arrive, At: 1, Facts: &engine.Facts{}})
		c.do(t, engine.Command{Kind: engine.Accept, At: 1, Agent: agent, Offer: engine.OfferID(n + 1)})
	}
	for range ahead + 1 {
		c.do(t, engine.Command{Kind: engine.Arrive, At: 1, Facts: &engine.Facts{}})
	}
	return c, engine.TicketID(agents + ahead + 1)
}

func (c *counter) do(t testing.TB, cmd engine.Command) {
	t.Helper()
	if _, err := c.e.Do(cmd); err != nil {
		t.Fatalf("Do(%+v): %v", cmd, err)
	}
}

// exponential are samples whose law is as near to the exponential one as 2,000 can be.
func exponential(mean engine.Duration) (list []engine.Duration) {
	for i := range 2000 {
		list = append(list, engine.Duration(-math.Log(1-(float64(i)+0.5)/2000)*float64(mean)))
	}
	return list
}

// onPhone has samples of the phone only.
func onPhone(list []engine.Duration) func(engine.ChannelID) []engine.Duration {
	return func(c engine.ChannelID) []engine.Duration {
		if c == 0 {
			return list
		}
		return nil
	}
}

// erlang returns the probability that the sum of n exponential spans of mean 1 is at most x.
func erlang(n int, x float64) float64 {
	sum, term := 0.0, 1.0
	for i := range n {
		if i > 0 {
			term *= x / float64(i)
		}
		sum += term
	}
	return 1 - math.Exp(-x)*sum
}

// TestWaitIsErlang compares with the law that is known. Of 2,000 runs a share of 0.5 has a standard error of 0.011, one of
// 0.9 of 0.0067; four of each are allowed, once for all seeds.
func TestWaitIsErlang(t *testing.T) {
	const runs, mean = 2000, 300 * engine.Second
	for _, test := range []struct{ agents, ahead int }{{1, 0}, {1, 7}, {5, 0}, {5, 20}, {20, 50}} {
		c, ticket := newCounter(t, shop(), test.agents, test.ahead)
		fresh := Work{Handling: onPhone(exponential(mean)), Began: func(engine.OfferID) (engine.Instant, bool) { return c.began, true }}
		unknown := Work{Handling: fresh.Handling}
		old := fresh // the exponential law does not care how long the work has taken
		c.do(t, engine.Command{Kind: engine.Tick, At: engine.Instant(200 * engine.Second)})
		for name, w := range map[string]Work{"fresh": old, "unknown": unknown} {
			p50, p90, ok := Estimate(c.e, ticket, w, 1, runs)
			if !ok {
				t.Fatalf("%+v: no estimate", test)
			}
			rate := float64(test.agents) / float64(mean)
			half, most := erlang(test.ahead+1, float64(p50)*rate), erlang(test.ahead+1, float64(p90)*rate)
			if math.Abs(half-0.5) > 0.045 || math.Abs(most-0.9) > 0.027 {
				t.Errorf("%+v, %s: p50 %d s stands at %.3f and p90 %d s at %.3f of the law", test, name, p50/engine.Second, half,
					p90/engine.Second, most)
			}
		}
	}
}

// TestWaitOfKnownWork has nothing to draw: two agents need 60 s for everything, and began at 1.
func TestWaitOfKnownWork(t *testing.T) {
	c, last := newCounter(t, shop(), 2, 5)
	w := Work{Handling: onPhone([]engine.Duration{engine.Minute}), Began: func(engine.OfferID) (engine.Instant, bool) { return 1, true }}
	c.do(t, engine.Command{Kind: engine.Tick, At: 1 + engine.Instant(20*engine.Second)})
	for n, want := range map[engine.TicketID]engine.Duration{last: 160 * engine.Second, last - 1: 160 * engine.Second,
		last - 2: 100 * engine.Second, last - 5: 40 * engine.Second} {
		if p50, p90, ok := Estimate(c.e, n, w, 1, 10); !ok || p50 != want || p90 != want {
			t.Errorf("ticket %d waits %d to %d s (%t), want %d", n, p50/engine.Second, p90/engine.Second, ok, want/engine.Second)
		}
	}
	before := c.e.Digest()
	if one, two := fmt.Sprint(Estimate(c.e, last, w, 1, 0)), fmt.Sprint(Estimate(c.e, last, w, 1, 0)); one != two || c.e.Digest() != before {
		t.Errorf("estimates %s and %s of one line, or the line changed", one, two)
	}
}

func TestNoEstimate(t *testing.T) {
	c, last := newCounter(t, shop(), 1, 1)
	some := Work{Handling: onPhone([]engine.Duration{engine.Minute})}
	for name, test := range map[string]struct {
		ticket engine.TicketID
		w      Work
	}{
		"in service": {1, some},
		"unknown":    {99, some},
		"no samples": {last, Work{Handling: onPhone(nil)}},
	} {
		if _, _, ok := Estimate(c.e, test.ticket, test.w, 1, 0); ok {
			t.Errorf("%s: there is an estimate", name)
		}
	}
	c.do(t, engine.Command{Kind: engine.Break, At: 1, Agent: 1})
	if _, _, ok := Estimate(c.e, last, some, 1, 0); ok {
		t.Error("the only agent goes on a break: there is an estimate")
	}
}

// TestPolicyGoesOnInARun lets the needs of a ticket be relaxed while it waits: no agent speaks German, and after 10 minutes
// it need not be.
func TestPolicyGoesOnInARun(t *testing.T) {
	p := shop()
	p.Ask = func(f *engine.Facts, _ engine.ClassID, step int) engine.Duration {
		if step > 0 {
			return engine.None
		}
		f.Needs[0], f.NeedsLen = engine.WordOf("de"), 1
		return 10 * engine.Minute
	}
	e := engine.New()
	c := &counter{e: e}
	c.do(t, engine.Command{Kind: engine.Adopt, At: 1, Policy: p})
	c.do(t, engine.Command{Kind: engine.SignIn, At: 1, Agent: 1, Profile: &engine.Profile{Takes: p.Takes()}})
	c.do(t, engine.Command{Kind: engine.Arrive, At: 1, Facts: &engine.Facts{}})
	w := Work{Handling: onPhone([]engine.Duration{engine.Minute})}
	if p50, _, ok := Estimate(e, 1, w, 1, 5); !ok || p50 != 10*engine.Minute {
		t.Errorf("the wait is %d s (%t), want 600", p50/engine.Second, ok)
	}
}

// TestEitherContactEndsTheWait has a ticket with two contacts of which the later one is reached first.
func TestEitherContactEndsTheWait(t *testing.T) {
	c, last := newCounter(t, shop(), 1, 1)
	c.do(t, engine.Command{Kind: engine.Arrive, At: 1, Facts: &engine.Facts{}})
	c.do(t, engine.Command{Kind: engine.Link, At: 1, Ticket: last + 1, Other: last - 1})
	w := Work{Handling: onPhone([]engine.Duration{engine.Minute}), Began: func(engine.OfferID) (engine.Instant, bool) { return 1, true }}
	for _, n := range []engine.TicketID{last + 1, last - 1} {
		if p50, _, ok := Estimate(c.e, n, w, 1, 3); !ok || p50 != engine.Minute {
			t.Errorf("contact %d waits %d s (%t), want 60", n, p50/engine.Second, ok)
		}
	}
}

// BenchmarkEstimate is 200 runs for a ticket with so many ahead, and twenty agents at work.
func BenchmarkEstimate(b *testing.B) {
	for _, ahead := range []int{10, 100, 1000, 10_000} {
		b.Run(fmt.Sprint("ahead=", ahead), func(b *testing.B) {
			c, ticket := newCounter(b, shop(), 20, ahead)
			w := Work{Handling: onPhone(exponential(engine.Minute))}
			for b.Loop() {
				if _, _, ok := Estimate(c.e, ticket, w, 1, RunsDefault); !ok {
					b.Fatal("no estimate")
				}
			}
		})
	}
}

// TestWorkPutAsideGoesOnLater has work of 100 s, put aside at 40 and taken up at 70.
func TestWorkPutAsideGoesOnLater(t *testing.T) {
	c, _ := newCounter(t, shop(), 1, 0)
	at := func(s int) engine.Instant { return 1 + engine.Instant(s)*engine.Instant(engine.Second) }
	r := run{line: c.e, aside: map[engine.OfferID]engine.Duration{}}
	r.end(1, 1, 100*engine.Second)
	c.do(t, engine.Command{Kind: engine.Tick, At: at(40)})
	r.hear(&engine.Event{Kind: engine.PutAside, At: at(40), Offer: 1, Agent: 1})
	if len(r.endings) != 0 {
		t.Errorf("what is put aside ends at %v", r.endings)
	}
	c.do(t, engine.Command{Kind: engine.Tick, At: at(70)})
	r.hear(&engine.Event{Kind: engine.TakenUp, At: at(70), Offer: 1, Agent: 1})
	if want := (ending{at(130), 1, 1}); len(r.endings) != 1 || r.endings[0] != want {
		t.Errorf("what is taken up ends at %v, want %v", r.endings, want)
	}
}
