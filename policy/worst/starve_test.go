package worst_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"fairline/engine"
	"fairline/policy"
	"fairline/policy/worst"
)

// TestUnboundedIsTrue builds for each answer that says unbounded a history with more overtakings than a number.
func TestUnboundedIsTrue(t *testing.T) {
	const number = 60
	answers, orders := 0, map[string]int{}
	for seed := range uint64(*policies) {
		r := rand.New(rand.NewPCG(seed, 7))
		p := parsed(t, r)
		for c, k := range worst.Of(p) {
			for _, term := range k.Terms {
				if term.Kind != worst.Unbounded {
					continue
				}
				for _, by := range term.By {
					answers++
					orders[term.What]++
					if n := starve(t, p, r, c, by, term.What, number); n < number {
						t.Fatalf("seed %d: %s passes %s %d times, want %d\n%s\n%s", seed, by, k.Class, n, number, k, p.Source)
					}
				}
			}
		}
	}
	t.Logf("unbounded by %v", orders)
	if answers < *policies/4 {
		t.Errorf("only %d answers say unbounded", answers)
	}
}

// A plan is a way to keep a ticket waiting.
type plan struct {
	ahead int             // tickets of its own class that came before it
	more  int             // tickets of the other class beyond those that shall pass it
	gap   engine.Duration // between two of them
	wait  engine.Duration // from the last of them to the first start
	work  engine.Duration // on each ticket
	lots  bool            // a lot that would fall on it is drawn for somebody else
}

var plans = []plan{
	{gap: engine.Second, wait: engine.Hour},
	{gap: engine.Second, wait: engine.Hour, more: 20},
	{gap: engine.Second, wait: engine.Hour, ahead: 200, more: 10, work: 5 * engine.Second},
	{gap: engine.Second, wait: engine.Hour, lots: true},
	{wait: engine.Millisecond},
	{wait: 15 * engine.Second},
	{wait: 20 * engine.Minute},
	{gap: engine.Second, wait: engine.Hour, more: 250},
}

// tried are the plans by what is said to have no bound.
var tried = map[string][]int{"": {0}, "waiting_mix": {1, 7}, "share": {2}, "draw": {3}, "cost": {1, 4, 5, 6}}

// starve lets one ticket of class c wait while so many of another class come and are served, and counts who passes it:
// by the plan that does so most often.
func starve(t *testing.T, p *policy.Policy, r *rand.Rand, c int, by, how string, number int) int {
	t.Helper()
	most := 0
	for _, i := range slices.Concat(tried[how], tried[""]) {
		x := plans[i]
		w := slices.IndexFunc(p.Classes, func(x policy.Class) bool { return x.Name == by })
		s := &starving{history: newHistory(t, p, r), plan: x, victim: c, other: w}
		if most = max(most, s.run(number)); most >= number {
			break
		}
	}
	return most
}

// A starving is a history in which one ticket waits.
type starving struct {
	*history
	plan
	victim, other int // classes
	agents        int
	id            engine.TicketID // who waits
}

func (s *starving) arrive(class int, ch engine.ChannelID) {
	f := ticket(s.t, s.p, s.r, class, s.now)
	f.NeedsLen, f.Arrived, f.Channel = 0, s.now, ch
	s.do(engine.Command{Kind: engine.Arrive, Facts: f})
}

func (s *starving) run(number int) int {
	for range s.ahead {
		s.arrive(s.victim, 0)
	}
	s.arrive(s.victim, 0)
	s.id = engine.TicketID(s.ahead + 1)
	for range number + s.more {
		s.now = s.now.Add(s.gap)
		s.arrive(s.other, 0)
	}
	s.now = s.now.Add(s.wait)
	s.do(engine.Command{Kind: engine.Tick})
	for n := 0; n < 6000 && len(s.passes[s.id]) < number; n++ {
		v, ok := s.e.Ticket(s.id)
		if !ok || v.State != "waiting" {
			break
		}
		if s.lots && s.drawn() {
			s.arrive(s.other, 1)
			s.serve(1)
			continue
		}
		s.serve(0)
	}
	return len(s.passes[s.id])
}

// profile is an agent who can do all on one channel.
func (s *starving) profile(ch engine.ChannelID) *engine.Profile {
	p := &engine.Profile{Skills: []engine.Word{engine.WordOf("skill")}}
	p.Takes[ch] = s.p.Engine.Takes()[ch]
	return p
}

// drawn reports whether the next agent would be offered the ticket that shall wait.
func (s *starving) drawn() bool {
	e, err := s.e.Copy()
	if err != nil {
		s.t.Fatal(err)
	}
	events, err := e.Do(engine.Command{Kind: engine.SignIn, At: s.now, Agent: engine.AgentID(s.agents + 1), Profile: s.profile(0)})
	return err == nil && slices.ContainsFunc(events, func(ev engine.Event) bool { return ev.Kind == engine.Offered && ev.Ticket == s.id })
}

// serve lets somebody come who takes one ticket and goes again: nobody has started a ticket before.
func (s *starving) serve(ch engine.ChannelID) {
	s.agents++
	a := engine.AgentID(s.agents)
	s.do(engine.Command{Kind: engine.SignIn, Agent: a, Profile: s.profile(ch)})
	offers := s.e.Ringing()
	if len(offers) > 1 {
		s.t.Fatal(fmt.Sprint("more than one offer: ", offers))
	}
	for _, o := range offers {
		s.do(engine.Command{Kind: engine.Accept, Agent: a, Offer: o.Offer})
		s.now = s.now.Add(s.work)
		if s.p.Engine.Classes[s.other].Limit > 0 {
			s.now = s.now.Add(engine.Minute) // work that is long enough for the class to have room again
		}
		s.do(engine.Command{Kind: engine.Finish, Agent: a, Offer: o.Offer})
	}
	s.do(engine.Command{Kind: engine.SignOut, Agent: a})
}
