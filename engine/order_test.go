package engine

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// A job is a ticket of the small queues below: when it comes, how long it takes, and what it is.
type job struct {
	at, takes Instant
	class     ClassID
	due       Instant
	loud      int64
	channel   ChannelID
	who       Word
}

// A day serves jobs with so many agents who accept at once, and tells the order of starts and who was overtaken how often.
func day(tb interface{ Fatal(...any) }, p *Policy, agents int, jobs []job) (order []int, slips []int) {
	return dayWith(tb, New(), p, agents, jobs)
}

// dayWith is day with an engine that the caller may look into.
func dayWith(tb interface{ Fatal(...any) }, e *Engine, p *Policy, agents int, jobs []job) (order []int, slips []int) {
	now := Instant(0)
	slips = make([]int, len(jobs))
	ends := map[OfferID]Instant{}
	who := map[OfferID]AgentID{}
	var do func(c Command)
	do = func(c Command) {
		c.At = nine + now
		events, err := e.Do(c)
		if err != nil {
			tb.Fatal(err)
		}
		for _, ev := range slices.Clone(events) {
			if ev.Kind == Offered {
				n := int(ev.Ticket) - 1
				order, slips[n] = append(order, n), int(ev.Slips)
				ends[ev.Offer], who[ev.Offer] = now+jobs[n].takes, ev.Agent
				defer do(Command{Kind: Accept, Agent: ev.Agent, Offer: ev.Offer})
			}
		}
	}
	do(Command{Kind: Adopt, Policy: p})
	for i := range agents {
		do(Command{Kind: SignIn, Agent: AgentID(i + 1), Profile: &Profile{Takes: p.Takes()}})
	}
	all := func(k CommandKind) {
		for i := range agents {
			do(Command{Kind: k, Agent: AgentID(i + 1)})
		}
	}
	for next := 0; next < len(jobs) || len(ends) > 0; {
		o := first(ends)
		if next < len(jobs) && (o == 0 || jobs[next].at < ends[o]) {
			j := jobs[next]
			now = j.at
			f := &Facts{Has: 3, Channel: j.channel, Customer: j.who}
			f.Attrs[0], f.Attrs[1] = int64(j.class), j.loud
			if j.due > 0 {
				f.Due = nine + j.due
			}
			next++
			first, last := next == 1 || jobs[next-2].at < j.at, next == len(jobs) || jobs[next].at > j.at
			if first && !last { // those who come at once are all there before anybody is asked
				all(Break)
			}
			do(Command{Kind: Arrive, Facts: f})
			if last && !first {
				all(Ready)
			}
			continue
		}
		now = ends[o]
		delete(ends, o)
		do(Command{Kind: Finish, Agent: who[o], Offer: o})
	}
	return order, slips
}

// first returns the offer that ends next, the lower number of two at once.
func first(ends map[OfferID]Instant) (best OfferID) {
	for o, at := range ends {
		if best == 0 || at < ends[best] || at == ends[best] && o < best {
			best = o
		}
	}
	return best
}

// twoClasses is a policy over classes a (first) and b.
func twoClasses(o Order, g ...Protection) *Policy {
	return &Policy{Name: "two", Hash: [32]byte{1}, Attrs: []string{"class", "loud"}, Channels: []Channel{{Name: "phone", Takes: 1}},
		Classes: []Class{{Name: "a", Reason: "A"}, {Name: "b"}}, Classify: func(f *Facts) ClassID { return ClassID(f.Attrs[0]) },
		Values: func(f *Facts, v *[ValuesMax]int64) { v[0] = f.Attrs[1] },
		Root:   &Node{Name: "line", Order: o, Members: []Member{{Class: 0}, {Class: 1}}, Protect: g}}
}

func atMost(k int64) Protection {
	return Protection{Kind: OvertakenAtMost, Limit: []int64{k, k}}
}

// TestSingleServerOrders holds the orders of the golden vector single_server_orders of the reference values: eleven
// tickets, social (s) before quiet (q), one server, service of one second.
func TestSingleServerOrders(t *testing.T) {
	var jobs []job
	for i, at := range []int{0, 100, 200, 300, 1100, 1200, 2100, 2200, 3100, 4100, 5100} {
		class := ClassID(0)
		if slices.Contains([]int{0, 1, 2, 5}, i) {
			class = 1
		}
		jobs = append(jobs, job{at: Instant(at) * Instant(Millisecond), takes: Instant(Second), class: class})
	}
	for _, v := range []struct {
		name   string
		policy *Policy
		order  []int
		slips  []int
	}{
		{"FCFS", twoClasses(Arrival{}), []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, []int{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}},
		{"priority s>q", twoClasses(Strict{}), []int{0, 3, 4, 6, 7, 8, 9, 10, 1, 2, 5}, []int{0, 7, 7, 0, 0, 5, 0, 0, 0, 0, 0}},
		{"APQ 3:1", twoClasses(Accumulate{Rate: []int64{3, 1}}), []int{0, 3, 4, 1, 6, 7, 8, 9, 10, 2, 5}, []int{0, 2, 7, 0, 0, 5, 0, 0, 0, 0, 0}},
		{"headstart 1.5", twoClasses(HeadStart{Credit: []Duration{1500 * Millisecond, 0}}), []int{0, 3, 4, 1, 2, 6, 7, 5, 8, 9, 10},
			[]int{0, 2, 2, 0, 0, 2, 0, 0, 0, 0, 0}},
		{"priority s>q, k=1", twoClasses(Strict{}, atMost(1)), []int{0, 3, 1, 2, 4, 6, 5, 7, 8, 9, 10}, []int{0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0}},
		{"priority s>q, k=2", twoClasses(Strict{}, atMost(2)), []int{0, 3, 4, 1, 2, 6, 7, 5, 8, 9, 10}, []int{0, 2, 2, 0, 0, 2, 0, 0, 0, 0, 0}},
	} {
		if order, slips := day(t, v.policy, 1, jobs); !slices.Equal(order, v.order) || !slices.Equal(slips, v.slips) {
			t.Errorf("%s: served %v with slips %v, want %v with %v", v.name, order, slips, v.order, v.slips)
		}
	}
}

// TestOwnDateAndGreatest holds the two keys that come from the ticket itself.
func TestOwnDateAndGreatest(t *testing.T) {
	s := Instant(Second)
	jobs := []job{{at: 0, takes: 10 * s}, {at: 1 * s, takes: s, due: 90 * s, loud: 5}, {at: 2 * s, takes: s, due: 20 * s, loud: 5},
		{at: 3 * s, takes: s, loud: 9}, {at: 4 * s, takes: s, class: 1, loud: 7}}
	due := Due{Target: []Duration{30 * Second, 17 * Second}, Own: []bool{true, false}} // keys 90, 20, 33, 21
	if order, _ := day(t, twoClasses(due), 1, jobs); !slices.Equal(order, []int{0, 2, 4, 3, 1}) {
		t.Errorf("due: served %v, want 0 2 4 3 1", order)
	}
	if order, _ := day(t, twoClasses(Greatest{By: 1}), 1, jobs); !slices.Equal(order, []int{0, 3, 4, 1, 2}) {
		t.Errorf("greatest: served %v, want 0 3 4 1 2", order)
	}
	by := HeadStart{By: 1} // credit in nanoseconds: nobody moves
	if order, _ := day(t, twoClasses(by), 1, jobs); !slices.Equal(order, []int{0, 1, 2, 3, 4}) {
		t.Errorf("head start by value: served %v, want 0 1 2 3 4", order)
	}
}

// quadratic is the cost whose slopes are a and b times the wait, but for a common factor.
func quadratic(a, b int64) Cost {
	return Cost{Weight: []int64{a, b}, Power: []int{2, 2}, Per: Second}
}

// TestOrdersThatAreTheSame holds the equivalences of THEORY 1.3 among the disciplines built, on random queues with
// several servers: a head start is a due time reversed and is strict priority within a window; without length it is
// arrival, which is strict priority with no overtaking granted; without bound it is strict priority.
func TestOrdersThatAreTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := Duration(rapid.Int64Range(0, 20).Draw(t, "h")) * Second
		jobs, at := []job{}, Instant(0)
		for range rapid.IntRange(1, 60).Draw(t, "jobs") {
			at += Instant(rapid.Int64Range(1, 4000).Draw(t, "gap")) * Instant(Millisecond)
			jobs = append(jobs, job{at: at, takes: Instant(rapid.Int64Range(1, 15000).Draw(t, "takes")) * Instant(Millisecond),
				class: ClassID(rapid.IntRange(0, 1).Draw(t, "class"))})
		}
		agents := rapid.SampledFrom([]int{1, 2, 5}).Draw(t, "agents")
		a, b := rapid.Int64Range(1, 50).Draw(t, "a"), rapid.Int64Range(1, 50).Draw(t, "b")
		within := func(d Duration) Protection {
			return Protection{Kind: OvertakenOnlyWithin, Limit: []int64{int64(d), int64(d)}}
		}
		head := func(d Duration) *Policy { return twoClasses(HeadStart{Credit: []Duration{d, 0}}) }
		same := func(name string, a, b *Policy) {
			x, xs := day(t, a, agents, jobs)
			y, ys := day(t, b, agents, jobs)
			if !slices.Equal(x, y) || !slices.Equal(xs, ys) {
				t.Fatalf("%s: %v with %v against %v with %v", name, x, xs, y, ys)
			}
		}
		same("head start and due", head(h), twoClasses(Due{Target: []Duration{Minute, Minute + h}}))
		same("head start and strict within", head(h), twoClasses(Strict{}, within(h)))
		same("no head start and arrival", head(0), twoClasses(Arrival{}))
		same("strict with none granted and arrival", twoClasses(Strict{}, atMost(0)), twoClasses(Arrival{}))
		same("endless head start and strict", head(100*Hour), twoClasses(Strict{}))
		same("strict with all granted and strict", twoClasses(Strict{}, atMost(1000)), twoClasses(Strict{}))
		same("equal rates and arrival", twoClasses(Accumulate{Rate: []int64{7, 7}}), twoClasses(Arrival{}))
		same("cost of wait squared and rates", twoClasses(quadratic(a, b)), twoClasses(Accumulate{Rate: []int64{a, b}}))
		same("linear cost and strict", twoClasses(Cost{Weight: []int64{a + b, b}, Power: []int{1, 1}, Per: Minute}), twoClasses(Strict{}))
		same("longest queue and an even mix", twoClasses(Cost{Weight: []int64{1, 1}, Power: []int{2, 2}, Queue: true, Per: Second}),
			twoClasses(WaitingMix{Percent: []int64{50, 50}}))
		same("everybody first after nothing and arrival", twoClasses(Strict{}, Protection{Kind: FirstAfter, Limit: []int64{0, 0}}), twoClasses(Arrival{}))
		if _, slips := day(t, twoClasses(Strict{}, atMost(3)), agents, jobs); slices.Max(slips) > 3 {
			t.Fatal(fmt.Sprint("overtaken more than three times: ", slips))
		}
	})
}

// TestValuesGoWithTheirPolicy adopts a policy without numbers after one with them: who arrives then has none.
func TestValuesGoWithTheirPolicy(t *testing.T) {
	with, without := benchPolicy("greatest", 2), benchPolicy("strict", 2)
	without.Hash[0]++
	line := newBenchLine(t, with, 1, 3)
	line.do(t, Command{Kind: Adopt, Policy: without})
	line.arrive(t)
	if ev := line.e.out[0]; ev.Kind != Arrived || ev.Values != [ValuesMax]int64{} {
		t.Errorf("a ticket arrived with %v, which no policy worked out", ev.Values)
	}
}
