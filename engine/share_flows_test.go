package engine

import (
	"slices"
	"testing"
)

// customers is a policy that shares by customer, over one class and a second one.
func customers(u UnknownRule, half Duration) *Policy {
	return twoClasses(Share{Customer: true, Field: "customer", Unknown: u, HalfLife: half})
}

// TestOneCustomerCannotFillTheLine holds share by customer: of one who asks six times and two who ask once, the two are served
// second and third.
func TestOneCustomerCannotFillTheLine(t *testing.T) {
	s := Instant(Second)
	var jobs []job
	for i := range 6 {
		jobs = append(jobs, job{at: Instant(i), takes: s, who: 7})
	}
	jobs = append(jobs, job{at: 10, takes: s, who: 8}, job{at: 11, takes: s, who: 9, class: 1})
	for _, half := range []Duration{0, Hour} {
		order, slips := day(t, customers(UnknownAlone, half), 1, jobs)
		if want := []int{0, 6, 7, 1, 2, 3, 4, 5}; !slices.Equal(order, want) || slips[1] != 2 {
			t.Errorf("half-life %d: served %v, want %v; the second was overtaken %d times, want 2", half, order, want, slips[1])
		}
	}
}

// TestWhoHidesTheNumber holds the three rules for those whose customer is not known, against one customer who asks three
// times and one who asks once: alone each goes as if new, together all are one customer, and as the average they start as
// far behind as the known ones did.
func TestWhoHidesTheNumber(t *testing.T) {
	s := Instant(Second)
	jobs := []job{{at: 0, takes: s, who: 7}, {at: 1, takes: s, who: 7}, {at: 2, takes: s, who: 7}, {at: 3, takes: s}, {at: 4, takes: s}, {at: 5, takes: s}, {at: 6, takes: s, who: 8}}
	for _, v := range []struct {
		rule  UnknownRule
		order []int
	}{
		{UnknownAlone, []int{0, 3, 4, 5, 6, 1, 2}},
		{UnknownTogether, []int{0, 3, 6, 1, 4, 2, 5}},
	} {
		if order, _ := day(t, customers(v.rule, 0), 1, jobs); !slices.Equal(order, v.order) {
			t.Errorf("rule %d: served %v, want %v", v.rule, order, v.order)
		}
	}
}

// TestTheAverageHidesNothing serves three customers who each ask a great deal and many who hide their number: alone the
// hidden start at once, as the average they start as far behind as the others, within a fifth; and the report says so.
func TestTheAverageHidesNothing(t *testing.T) {
	var jobs []job
	for i := range 900 {
		j := job{at: Instant(i/6) * Instant(Second), takes: Instant(Second), who: Word(1 + i%3)}
		if i%2 == 1 {
			j.who = 0
		}
		jobs = append(jobs, j)
	}
	behind := func(u UnknownRule) (known, unknown float64) {
		e := New()
		dayWith(t, e, customers(u, 0), 5, jobs)
		r := e.Shares()[0]
		if r.Known.Starts != 450 || r.Unknown.Starts != 450 || r.Field != "customer" {
			t.Fatalf("the report is %+v", r)
		}
		return float64(r.Known.Behind) / 450, float64(r.Unknown.Behind) / 450
	}
	if known, unknown := behind(UnknownAlone); unknown != 0 || known < 1000 {
		t.Errorf("alone: the hidden start %v behind, the known %v thousandths of a turn", unknown, known)
	}
	if known, unknown := behind(UnknownAverage); unknown < known*4/5 || unknown > known*6/5 {
		t.Errorf("as the average: the hidden start %v behind, the known %v thousandths of a turn", unknown, known)
	}
}

// TestWhoLeavesUsesNoTurn tells fair queueing from the stride at the enqueue: two of a leave, and the third of a has its turn
// as if they had never been there; under the stride their turns are used up.
func TestWhoLeavesUsesNoTurn(t *testing.T) {
	serve := func(o Share) (order []TicketID) {
		a := newAdopted(t, twoClasses(o), 0, 0, 0, 1, 1, 1)
		a.do(Command{Kind: Leave, Ticket: 1})
		a.do(Command{Kind: Leave, Ticket: 2})
		a.do(Command{Kind: SignIn, Agent: 1, Profile: &Profile{Takes: a.e.policy.Takes()}})
		for range 4 {
			o := a.e.offers.at(a.e.offers.ringing[0])
			id := o.id
			order = append(order, o.place.Seq)
			a.do(Command{Kind: Accept, Agent: 1, Offer: id})
			a.do(Command{Kind: Finish, Agent: 1, Offer: id})
		}
		return order
	}
	if got := serve(Share{Weight: []int64{1, 1}}); !slices.Equal(got, []TicketID{3, 4, 5, 6}) {
		t.Errorf("fair queueing served %v, want 3 4 5 6", got)
	}
	if got := serve(Share{Weight: []int64{1, 1}, AtArrival: true}); !slices.Equal(got, []TicketID{4, 5, 3, 6}) {
		t.Errorf("the stride served %v, want 4 5 3 6", got)
	}
}

// TestMinutesAreSettled holds that a flow is charged the work that was done, not the work that was expected: two
// flows of equal weight and expected work, one of which takes three times as long, get the same minutes.
func TestMinutesAreSettled(t *testing.T) {
	var jobs []job
	for i := range 400 {
		j := job{at: 0, takes: 60 * Instant(Second), class: ClassID(i % 2)}
		if i%2 == 1 {
			j.takes = 20 * Instant(Second)
		}
		jobs = append(jobs, j)
	}
	starts := func(minutes bool) (n [2]int) {
		p := twoClasses(Share{Weight: []int64{1, 1}, Minutes: minutes})
		p.Channels[0].Handling = 40 * Second
		order, _ := day(t, p, 1, jobs)
		for _, i := range order[:200] {
			n[i%2]++
		}
		return n
	}
	if n := starts(true); n[0] < 49 || n[0] > 51 {
		t.Errorf("by minutes %v of 200 starts were long and short, want 50 and 150", n)
	}
	if n := starts(false); n[0] != 100 {
		t.Errorf("by tickets %v of 200 starts were long and short, want 100 and 100", n)
	}
}
