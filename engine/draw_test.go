package engine

import (
	"math"
	"slices"
	"testing"
)

// TestRaceTime holds the logarithm to that of the standard library, which the engine may not use.
func TestRaceTime(t *testing.T) {
	for _, u := range []uint64{0, 1, 2, 3, 1 << 20, 1<<63 - 1, 1 << 63, 0xDEADBEEF12345678, math.MaxUint64 - 1} {
		want := 64 - math.Log2(float64(u)+1)
		if got := float64(raceTime(u)) / (1 << raceBits); math.Abs(got-want) > 1e-9 {
			t.Errorf("raceTime(%d) = %v, want %v", u, got, want)
		}
	}
	if raceTime(math.MaxUint64) != 0 {
		t.Error("the greatest lot must win at once")
	}
}

// TestDrawChances holds how often each of three members is drawn to its weight, within four standard errors, and that
// a member which is not there changes nothing between the others.
func TestDrawChances(t *testing.T) {
	o := Draw{Weight: []int64{5, 3, 2}, Seed: 7}
	n := &node{id: 4}
	e := New()
	drawn, between := [3]int{}, 0
	const decisions = 100_000
	for e.nextOffer = 1; e.nextOffer <= decisions; e.nextOffer++ {
		keys := []int64{o.rank(e, n, 0, nil), o.rank(e, n, 1, nil), o.rank(e, n, 2, nil)}
		drawn[slices.Index(keys, slices.Min(keys))]++
		if keys[1] < keys[2] {
			between++
		}
	}
	check := func(what string, got int, p float64) {
		if off := math.Abs(float64(got) - decisions*p); off > 4*math.Sqrt(decisions*p*(1-p)) {
			t.Errorf("%s: drawn %d times of %d, want about %.0f", what, got, decisions, decisions*p)
		}
	}
	check("weight 5 of 10", drawn[0], 0.5)
	check("weight 3 of 10", drawn[1], 0.3)
	check("weight 2 of 10", drawn[2], 0.2)
	check("weight 3 against 2 alone", between, 0.6)
}

// TestLotsOfTickets holds the lot of each ticket: of ten that wait, nine of weight 1 and one of weight 3, the one is served first
// in three of twelve days, and of the nine each as often as any other, within four standard errors.
func TestLotsOfTickets(t *testing.T) {
	const days = 6000
	first := [10]int{}
	jobs := make([]job, 10)
	for i := range jobs {
		jobs[i] = job{at: 1, takes: Instant(Second)}
	}
	jobs[9].class = 1
	for seed := range uint64(days) {
		order, _ := day(t, twoClasses(Draw{Weight: []int64{1, 3}, Seed: seed, PerTicket: true}), 1, jobs)
		first[order[0]]++
	}
	for i, n := range first {
		p := 1.0 / 12
		if i == 9 {
			p = 3.0 / 12
		}
		if off := math.Abs(float64(n) - days*p); off > 4*math.Sqrt(days*p*(1-p)) {
			t.Errorf("ticket %d was first on %d of %d days, want about %.0f", i, n, days, days*p)
		}
	}
}

// TestLastIn holds the baseline: last come, first served, and among those who came at once the earlier number.
func TestLastIn(t *testing.T) {
	s := Instant(Second)
	jobs := []job{{at: 0, takes: 10 * s}, {at: 1 * s, takes: s}, {at: 2 * s, takes: s, class: 1}, {at: 2 * s, takes: s}, {at: 21 * s / 2, takes: s}}
	if order, slips := day(t, twoClasses(LastIn{}), 1, jobs); !slices.Equal(order, []int{0, 2, 4, 3, 1}) || slips[1] != 3 {
		t.Errorf("served %v with slips %v, want 0 2 4 3 1 and three for the second", order, slips)
	}
}

// TestWaitingMix holds that more percent is a longer queue: of nine who wait, three to one, the first served come from the
// member that is over its part.
func TestWaitingMix(t *testing.T) {
	s := Instant(Second)
	jobs := []job{{at: 0, takes: 100 * s}}
	for i := range 8 {
		jobs = append(jobs, job{at: s + Instant(i), takes: s, class: ClassID(i % 2)})
	}
	// 4 and 4 wait: b may have three quarters, so a is served until it has no more than a quarter.
	order, _ := day(t, twoClasses(WaitingMix{Percent: []int64{25, 75}}), 1, jobs)
	if want := []int{0, 1, 3, 5, 2, 4, 7, 6, 8}; !slices.Equal(order, want) {
		t.Errorf("served %v, want %v", order, want)
	}
}

// TestWaitingMixLeavesOutWhoIsClosed holds that those whose class is closed do not wait: with the ten of c, a would be the one
// that is over its part, without them it is b.
func TestWaitingMixLeavesOutWhoIsClosed(t *testing.T) {
	p := twoClasses(WaitingMix{Percent: []int64{10, 50, 40}})
	p.Classes = append(p.Classes, Class{Name: "c", Reason: "C", Hours: NewCalendar([]Span{{nine + Instant(Hour), nine + Instant(2*Hour)}})})
	p.Root.Members = append(p.Root.Members, Member{Class: 2})
	classes := []ClassID{0, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2}
	if got := newAdopted(t, p, classes...).serve(1); !slices.Equal(got, []ClassID{1}) {
		t.Errorf("%v is served, want b", got)
	}
}
