package engine

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// A served is one start of a day: its flow, what it is charged, and which flows had somebody when it was decided.
type served struct {
	flow    ClassID
	worth   int64
	waiting []int
}

// flowsDay serves random jobs of flows with fixed work, and tells every start.
func flowsDay(t *rapid.T, o Share, v *vector, agents int) (starts []served) {
	e := New()
	waiting := make([]int, len(v.weights))
	in := map[TicketID]ClassID{}
	next, offers := TicketID(1), OfferID(1)
	e.watch = func() {
		if e.nextTicket > next {
			c := v.jobs[next-1].class
			in[next] = c
			next++
			waiting[c]++
		}
		if e.nextOffer > offers {
			offers = e.nextOffer
			c := e.offers.at(e.offers.find(offers - 1)).class
			s := served{flow: c, worth: 1, waiting: slices.Clone(waiting)}
			if o.Minutes {
				s.worth = int64(v.jobs[e.offers.at(e.offers.find(offers-1)).place.Seq-1].takes / Instant(Millisecond))
			}
			starts = append(starts, s)
			waiting[c]--
		}
	}
	dayWith(t, e, flowsPolicy(o, v), agents, v.jobs)
	return starts
}

// TestShareBound holds start-time fair queueing to its bound (Goyal, Vin and Cheng 1996; for several servers Jin, Chase and
// Kaur 2004): over any time in which two flows both wait, what they were charged for their weights differs by at most one
// charge of each for its weight, counted at the offers, whoever else comes and however many agents there are.
func TestShareBound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := vector{}
		flows := rapid.IntRange(2, 4).Draw(t, "flows")
		takes := []Instant{}
		for range flows {
			v.weights = append(v.weights, rapid.Int64Range(1, 12).Draw(t, "weight"))
			takes = append(takes, Instant(rapid.Int64Range(1, 20).Draw(t, "takes"))*Instant(Second))
		}
		at := Instant(0)
		for range rapid.IntRange(1, 150).Draw(t, "jobs") {
			at += Instant(rapid.Int64Range(0, 3000).Draw(t, "gap")) * Instant(Millisecond)
			f := rapid.IntRange(0, flows-1).Draw(t, "flow")
			v.jobs = append(v.jobs, job{at: at, takes: takes[f], class: ClassID(f), channel: ChannelID(f)})
		}
		o := Share{Weight: v.weights, Minutes: rapid.Bool().Draw(t, "minutes")}
		starts := flowsDay(t, o, &v, rapid.IntRange(1, 4).Draw(t, "agents"))
		for f := range flows {
			for g := range f {
				worth := func(k int) float64 {
					if o.Minutes {
						return float64(takes[k] / Instant(Millisecond))
					}
					return 1
				}
				bound := worth(f)/float64(v.weights[f]) + worth(g)/float64(v.weights[g])
				if most := widest(starts, v.weights, ClassID(f), ClassID(g)); most > bound*(1+1e-9) {
					t.Fatalf("flows %d and %d were %v apart, the bound is %v", f, g, most, bound)
				}
			}
		}
	})
}

// widest returns by how much the charges of f and g for their weights moved apart, at most, while both waited.
func widest(starts []served, weights []int64, f, g ClassID) (most float64) {
	apart, low, high := 0.0, 0.0, 0.0
	for _, s := range starts {
		if s.waiting[f] == 0 || s.waiting[g] == 0 {
			apart, low, high = 0, 0, 0
			continue
		}
		switch s.flow {
		case f:
			apart += float64(s.worth) / float64(weights[f])
		case g:
			apart -= float64(s.worth) / float64(weights[g])
		}
		low, high = min(low, apart), max(high, apart)
		most = max(most, high-low)
	}
	return most
}

// TestHalfLife holds least attained service with forgetting to counting by hand: whoever is served got no more for its
// weight, of what is still remembered, than anybody else who waits.
func TestHalfLife(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		half := Duration(rapid.Int64Range(1, 100).Draw(t, "half-life")) * Second
		weights := []int64{rapid.Int64Range(1, 9).Draw(t, "a"), rapid.Int64Range(1, 9).Draw(t, "b")}
		v := vector{weights: weights}
		at := Instant(0)
		for range rapid.IntRange(1, 150).Draw(t, "jobs") {
			at += Instant(rapid.Int64Range(1, 9000).Draw(t, "gap")) * Instant(Millisecond)
			f := rapid.IntRange(0, 1).Draw(t, "flow")
			v.jobs = append(v.jobs, job{at: at, takes: 4 * Instant(Second), class: ClassID(f), channel: ChannelID(f)})
		}
		e := New()
		type got struct {
			at   Instant
			flow ClassID
		}
		var all []got
		offers := OfferID(1)
		e.watch = func() {
			if e.nextOffer == offers {
				return
			}
			offers = e.nextOffer
			c := e.offers.at(e.offers.find(offers - 1)).class
			worth := func(f ClassID) (sum float64) {
				for _, g := range all {
					if g.flow == f {
						sum += math.Exp2(-float64(e.now-g.at) / float64(half))
					}
				}
				return sum / float64(weights[f])
			}
			if other := e.tree.leaves[1-c]; len(other.open) > 0 && other.open[0] != 0 && worth(c) > worth(1-c)+1e-4 {
				t.Fatalf("flow %d was served, which got %v, before one that got %v", c, worth(c), worth(1-c))
			}
			all = append(all, got{e.now, c})
		}
		dayWith(t, e, flowsPolicy(Share{Weight: weights, HalfLife: half}, &v), 1, v.jobs)
	})
}

// TestExp2 holds the decay to the standard library, which the engine may not use.
func TestExp2(t *testing.T) {
	for _, part := range []int64{0, 1, 2, 333, 500, 750, 999} {
		want := math.Exp2(float64(part) / 1000)
		if got := float64(exp2(part, 1000)) / decayOne; math.Abs(got-want) > 1e-7 {
			t.Errorf("2^(%d/1000) = %v, want %v", part, got, want)
		}
	}
}

// TestNothingIsSavedUp holds that a flow which nobody could serve for a while has saved nothing up: when an agent comes who
// can serve both, they take turns.
func TestNothingIsSavedUp(t *testing.T) {
	p := twoClasses(Share{Weight: []int64{1, 1}})
	a := newAdopted(t, p)
	arrive := func(c ClassID, need Word) {
		f := &Facts{Has: 3}
		f.Attrs[0] = int64(c)
		if need != 0 {
			f.Needs[0], f.NeedsLen = need, 1
		}
		a.do(Command{Kind: Arrive, Facts: f})
	}
	serve := func(agent AgentID, o OfferID) []ClassID {
		a.do(Command{Kind: Accept, Agent: agent, Offer: o})
		return a.do(Command{Kind: Finish, Agent: agent, Offer: o})
	}
	a.do(Command{Kind: SignIn, Agent: 1, Profile: &Profile{Takes: p.Takes()}})
	arrive(1, 77) // nobody can serve it
	last := a.e.nextTicket - 1
	arrive(0, 0)
	for range 20 { // b is never quite empty, but nobody of it waits long
		a.now = a.now.Add(Second)
		arrive(0, 0)
		arrive(1, 77)
		a.do(Command{Kind: Leave, Ticket: last})
		last = a.e.nextTicket - 1
		serve(1, a.e.offers.at(a.e.offers.ringing[0]).id)
	}
	for range 20 {
		arrive(0, 0)
		arrive(1, 77)
	}
	order := a.do(Command{Kind: SignIn, Agent: 2, Profile: &Profile{Takes: p.Takes(), Skills: []Word{77}}})
	for range 12 {
		order = append(order, serve(2, a.e.nextOffer-1)...)
	}
	b := 0
	for _, c := range order {
		b += int(c)
	}
	if b < len(order)/2-1 || b > len(order)/2+2 {
		t.Errorf("of %d starts %d were of the flow that had waited for an agent: %v", len(order), b, order)
	}
}
