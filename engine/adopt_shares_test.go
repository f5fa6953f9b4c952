package engine

import (
	"slices"
	"testing"
)

// An adopted is a line under one policy, of which some waited and were served, before another is adopted.
type adopted struct {
	t   *testing.T
	e   *Engine
	now Instant
}

func (a *adopted) do(c Command) (offered []ClassID) {
	a.t.Helper()
	c.At = a.now
	events, err := a.e.Do(c)
	if err != nil {
		a.t.Fatal(err)
	}
	for _, ev := range events {
		if ev.Kind == Offered {
			offered = append(offered, ev.Class)
		}
	}
	return offered
}

func newAdopted(t *testing.T, p *Policy, classes ...ClassID) *adopted {
	t.Helper()
	a := &adopted{t: t, e: New(), now: nine}
	a.do(Command{Kind: Adopt, Policy: p})
	for _, c := range classes {
		f := &Facts{Has: 3}
		f.Attrs[0] = int64(c)
		a.do(Command{Kind: Arrive, Facts: f})
	}
	return a
}

// serve lets one agent serve so many, and returns their classes, the last of them ringing.
func (a *adopted) serve(n int) (order []ClassID) {
	a.t.Helper()
	order = a.do(Command{Kind: SignIn, Agent: 1, Profile: &Profile{Takes: a.e.policy.Takes()}})
	for len(order) < n {
		o := a.e.nextOffer - 1
		a.do(Command{Kind: Accept, Agent: 1, Offer: o})
		order = append(order, a.do(Command{Kind: Finish, Agent: 1, Offer: o})...)
	}
	return order
}

// goOn accepts and finishes what rings, under another policy, and so on.
func (a *adopted) goOn(p *Policy, n int) (order []ClassID) {
	a.t.Helper()
	p.Hash = [32]byte{2}
	a.do(Command{Kind: Adopt, Policy: p})
	for len(order) < n {
		o := a.e.nextOffer - 1
		a.do(Command{Kind: Accept, Agent: 1, Offer: o})
		order = append(order, a.do(Command{Kind: Finish, Agent: 1, Offer: o})...)
	}
	return order
}

// TestSharesSurviveAnAdoption holds that a flow keeps what it is ahead: b was served four times while nobody of a waited, so
// after an adoption that turns the members round and doubles the weights a is served until it caught up, as if nothing had
// been adopted; under a share of another kind both begin anew.
func TestSharesSurviveAnAdoption(t *testing.T) {
	start := func() *adopted {
		a := newAdopted(t, twoClasses(Share{Weight: []int64{1, 1}}), 1, 0, 0, 0, 1, 1, 1, 1)
		for id := TicketID(2); id <= 4; id++ { // a leaves, and comes later
			a.do(Command{Kind: Hold, Ticket: id, Why: BySnooze, Until: a.now.Add(Hour)})
		}
		a.serve(4)
		for id := TicketID(2); id <= 4; id++ {
			a.do(Command{Kind: Release, Ticket: id})
		}
		return a
	}
	turned := twoClasses(Share{Weight: []int64{2, 2}})
	turned.Root.Members = []Member{{Class: 1}, {Class: 0}}
	if got := start().goOn(turned, 4); !slices.Equal(got, []ClassID{0, 0, 0, 1}) {
		t.Errorf("after the adoption %v are served, want the three of a first", got)
	}
	if got := start().goOn(twoClasses(Share{Weight: []int64{1, 1}, HalfLife: Hour}), 4); !slices.Equal(got, []ClassID{0, 1, 0, 0}) {
		t.Errorf("under another kind of share %v are served, want turns", got)
	}
}

// TestBudgetsSurviveAnAdoption holds that a budget that was spent stays so.
func TestBudgetsSurviveAnAdoption(t *testing.T) {
	budget := func(every int64) *Policy { return twoClasses(Strict{}, Protection{Kind: Budget, Every: every}) }
	a := newAdopted(t, budget(3), 1, 1, 1, 1, 0, 0, 0)
	if got := a.serve(1); !slices.Equal(got, []ClassID{0}) {
		t.Fatalf("first %v is served, want a, out of turn", got)
	}
	if got := a.goOn(budget(4), 4); !slices.Equal(got, []ClassID{1, 1, 1, 0}) {
		t.Errorf("after the adoption %v are served, want three in turn first", got)
	}
}

// TestBudgetOfAGroup holds that a budget counts what goes before others inside its group only: a passes everybody, and the
// budget of the group below is not spent by it, nor by c going before d.
func TestBudgetOfAGroup(t *testing.T) {
	p := twoClasses(Strict{})
	p.Classes = append(p.Classes, Class{Name: "c", Reason: "C"})
	desk := &Node{Name: "desk", Order: Strict{}, Members: []Member{{Class: 1}}, Protect: []Protection{{Kind: Budget, Every: 3}}}
	p.Root.Members = []Member{{Class: 0}, {Group: desk}, {Class: 2}}
	a := newAdopted(t, p, 2, 1, 0)
	if got := a.serve(3); !slices.Equal(got, []ClassID{0, 1, 2}) {
		t.Fatalf("%v are served, want a, b, c", got)
	}
	if spent := a.e.tree.nodes[1].guards[0].budget.spent; len(spent) > 0 {
		t.Errorf("the group's budget is spent: %+v", spent)
	}
}

// TestLeastShareForgets holds that only the starts of the last Over count: what b got an hour ago is of no use to it now.
func TestLeastShareForgets(t *testing.T) {
	least := Protection{Kind: MinShare, Over: Hour, Parts: []Part{{Name: "b", Classes: []ClassID{1}, Percent: 50}}}
	for _, wait := range []Duration{Minute, 2 * Hour} {
		a := newAdopted(t, twoClasses(Strict{}, least), 1, 1, 1)
		a.serve(3)
		a.do(Command{Kind: Accept, Agent: 1, Offer: 3})
		a.do(Command{Kind: Break, Agent: 1})
		a.do(Command{Kind: Finish, Agent: 1, Offer: 3})
		a.now = a.now.Add(wait)
		for _, c := range []int64{0, 1} {
			f := &Facts{Has: 3}
			f.Attrs[0] = c
			a.do(Command{Kind: Arrive, Facts: f})
		}
		want := map[Duration]ClassID{Minute: 0, 2 * Hour: 1}[wait] // b had everything; and nothing
		if got := a.do(Command{Kind: Ready, Agent: 1}); !slices.Equal(got, []ClassID{want}) {
			t.Errorf("after %d s %v is served, want %d", wait/Second, got, want)
		}
	}
}

// TestReportsSurviveAnAdoption holds that what members got of a share by value is told on, under their new numbers, with an offer
// open at the adoption.
func TestReportsSurviveAnAdoption(t *testing.T) {
	share := func(first, second ClassID) *Policy {
		p := twoClasses(Share{Customer: true, Field: "customer", Unknown: UnknownTogether})
		p.Root.Members = []Member{{Class: first}, {Class: second}}
		return p
	}
	a := newAdopted(t, share(0, 1), 1, 1, 1)
	a.serve(2)
	p := share(1, 0)
	p.Hash = [32]byte{2}
	a.do(Command{Kind: Adopt, Policy: p})
	if got := a.e.Shares()[0].Members; got[0].Name != "b" || got[0].Got != 2 || got[1].Got != 0 {
		t.Fatalf("after the adoption they got %+v, want 2 of b", got)
	}
	a.do(Command{Kind: Decline, Agent: 1, Offer: 2})
	if got := a.e.Shares()[0].Members; got[0].Got+got[1].Got != 2 || got[1].Got != 0 { // the next one rings already
		t.Errorf("after a decline they got %+v, want 2 of b", got)
	}
}
