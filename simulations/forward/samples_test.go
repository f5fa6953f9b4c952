package forward

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"fairline/engine"
)

// TestSamplesFollowALine has a call of 60 s and 10 s of wrap-up, a chat that is given back, and a policy that numbers the
// channels otherwise.
func TestSamplesFollowALine(t *testing.T) {
	e, s := engine.New(), &Samples{}
	do := func(seconds int, c engine.Command) {
		t.Helper()
		c.At = engine.Instant(seconds) * engine.Instant(engine.Second)
		events, err := e.Do(c)
		if err != nil {
			t.Fatalf("Do(%+v): %v", c, err)
		}
		for i := range events {
			s.Follow(&events[i])
		}
	}
	now := shop()
	now.Hash[0] = 1
	slices.Reverse(now.Channels)
	do(1, engine.Command{Kind: engine.Adopt, Policy: shop()})
	do(1, engine.Command{Kind: engine.SignIn, Agent: 1, Profile: &engine.Profile{Takes: shop().Takes()}})
	do(2, engine.Command{Kind: engine.Arrive, Facts: &engine.Facts{}})
	do(5, engine.Command{Kind: engine.Accept, Agent: 1, Offer: 1})
	do(65, engine.Command{Kind: engine.Finish, Agent: 1, Offer: 1, Wrap: 10 * engine.Second})
	do(70, engine.Command{Kind: engine.Arrive, Facts: &engine.Facts{Channel: 1}})
	do(75, engine.Command{Kind: engine.Tick})
	do(75, engine.Command{Kind: engine.Accept, Agent: 1, Offer: 2})
	if began, ok := s.Work().Began(2); !ok || began != engine.Instant(75*engine.Second) {
		t.Errorf("offer 2 began at %d (%t)", began, ok)
	}
	do(80, engine.Command{Kind: engine.SignOut, Agent: 1})
	if _, ok := s.Work().Began(2); ok {
		t.Error("offer 2 was given back and is in hand")
	}
	do(80, engine.Command{Kind: engine.Adopt, Policy: now})
	do(80, engine.Command{Kind: engine.SignIn, Agent: 1, Profile: &engine.Profile{Takes: now.Takes()}})
	do(80, engine.Command{Kind: engine.Accept, Agent: 1, Offer: 3})
	do(90, engine.Command{Kind: engine.Finish, Agent: 1, Offer: 3})
	do(91, engine.Command{Kind: engine.Arrive, Facts: &engine.Facts{}})
	do(91, engine.Command{Kind: engine.Arrive, Facts: &engine.Facts{}})
	do(91, engine.Command{Kind: engine.Link, Ticket: 3, Other: 4})
	do(92, engine.Command{Kind: engine.Close, Ticket: 3})
	handling := s.Work().Handling
	if got := fmt.Sprint(handling(0), handling(1)); got != fmt.Sprint([]engine.Duration{10 * engine.Second}, []engine.Duration{70 * engine.Second}) {
		t.Errorf("chats and calls took %s", got)
	}
	if len(s.channels)+len(s.working)+len(s.contacts) != 0 {
		t.Errorf("what is over is kept: %v, %v, %v", s.channels, s.working, s.contacts)
	}
}

func TestSamplesAreTheLatest(t *testing.T) {
	var r ring
	for i := range SamplesMax + 3 {
		r.add(engine.Duration(i))
	}
	slices.Sort(r.list)
	if len(r.list) != SamplesMax || r.list[0] != 3 {
		t.Errorf("there are %d samples, the oldest is %d", len(r.list), r.list[0])
	}
}

func TestRestOfWork(t *testing.T) {
	list := []engine.Duration{10, 20, 100}
	times := gather(shop(), Work{Handling: onPhone(list)})
	r := rand.New(rand.NewPCG(1, 1))
	for range 50 {
		if d := times.rest(r, 0, 20); d != 80 {
			t.Fatalf("work that took 20 goes on for %d, want 80", d)
		}
		if d := times.rest(r, 1, 500); !slices.Contains(list, d) {
			t.Fatalf("work that took longer than any goes on for %d", d)
		}
		if d := times.some(r, 0); d < 1 || d > 100 {
			t.Fatalf("some work goes on for %d", d)
		}
	}
	if d := gather(shop(), Work{Handling: onPhone([]engine.Duration{0})}).some(r, 0); d != 0 {
		t.Errorf("work that takes no time goes on for %d", d)
	}
}
