package engine

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestBudgetBound holds what a budget promises, on random queues with one agent and with five: of Every starts in a row at
// most one is out of turn, and who has q-1 before it when it comes starts within M starts, M the least with
// M - ceil(M/Every) >= q (THEORY 1.1).
func TestBudgetBound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		every := rapid.Int64Range(2, 6).Draw(t, "every")
		jobs, at := []job{}, Instant(0)
		for range rapid.IntRange(1, 120).Draw(t, "jobs") {
			at += Instant(rapid.Int64Range(1, 2000).Draw(t, "gap")) * Instant(Millisecond)
			jobs = append(jobs, job{at: at, takes: Instant(rapid.Int64Range(1, 5000).Draw(t, "takes")) * Instant(Millisecond),
				class: ClassID(rapid.IntRange(0, 1).Draw(t, "class"))})
		}
		e := New()
		before, started := make([]int, len(jobs)+1), make([]int, len(jobs)+1) // when it came: who waited, and how many had started
		starts, next := 0, TicketID(1)
		e.watch = func() {
			if e.nextTicket > next {
				before[next], started[next] = e.count.Waiting-1, int(e.nextOffer)-1
				next++
			}
		}
		order, _ := dayWith(t, e, twoClasses(Strict{}, Protection{Kind: Budget, Every: every}), rapid.SampledFrom([]int{1, 5}).Draw(t, "agents"), jobs)
		last := -int(every)
		waiting := map[int]bool{}
		for i, n := range order {
			for k := range jobs {
				if started[k+1] <= i {
					waiting[k] = true
				}
			}
			delete(waiting, n)
			for _, done := range order[:i] {
				delete(waiting, done)
			}
			early := false
			for k := range waiting {
				early = early || k < n
			}
			if early && i-last < int(every) {
				t.Fatalf("starts %d and %d are out of turn, of %d at most one may be: %v", last, i, every, order)
			}
			if early {
				last = i
			}
			starts++
			q, m := before[n+1]+1, 0
			for m-(m+int(every)-1)/int(every) < q {
				m++
			}
			if took := i + 1 - started[n+1]; took > m {
				t.Fatalf("ticket %d came with %d before it and started as the %d-th after, want within %d: %v", n, q-1, took, m, order)
			}
		}
		if starts != len(jobs) {
			t.Fatalf("%d of %d started", starts, len(jobs))
		}
	})
}

// TestBudgetIsNotTheCountBound tells a budget from overtaken_at_most: one who waits behind three bursts is overtaken by the
// first of each burst under the budget, and by the first two in all under the count.
func TestBudgetIsNotTheCountBound(t *testing.T) {
	s := Instant(Second)
	jobs := []job{{at: 0, takes: s, class: 1}}
	for i := range 6 {
		jobs = append(jobs, job{at: Instant(i + 1), takes: s, class: 1})
	}
	for i := range 6 {
		jobs = append(jobs, job{at: 100 + Instant(i), takes: s})
	}
	budget, _ := day(t, twoClasses(Strict{}, Protection{Kind: Budget, Every: 3}), 1, jobs)
	count, _ := day(t, twoClasses(Strict{}, atMost(2)), 1, jobs)
	if want := []int{0, 7, 1, 2, 8, 3, 4, 9, 5, 6, 10, 11, 12}; !slices.Equal(budget, want) {
		t.Errorf("budget: served %v, want %v", budget, want)
	}
	if want := []int{0, 7, 8, 1, 2, 3, 4, 5, 6, 9, 10, 11, 12}; !slices.Equal(count, want) {
		t.Errorf("count: served %v, want %v", count, want)
	}
}

// TestLeastShare holds that a class below its percentage of the last hour is next, and no earlier: under a strict order that
// would never serve b, of ten starts in a row two are of b; and a class that got its part through the order gets no more.
func TestLeastShare(t *testing.T) {
	var jobs []job
	for i := range 200 {
		jobs = append(jobs, job{at: Instant(i), takes: Instant(Second), class: ClassID(i % 2)})
	}
	least := Protection{Kind: MinShare, Over: Hour, Parts: []Part{{Name: "b", Classes: []ClassID{1}, Percent: 20}}}
	order, _ := day(t, twoClasses(Strict{}, least), 1, jobs)
	b := 0
	for i, n := range order[:100] {
		b += n % 2
		if i%10 == 9 && b != (i+1)/5 {
			t.Fatalf("%d of the first %d starts are of b, want a fifth: %v", b, i+1, order[:i+1])
		}
	}
	share, _ := day(t, twoClasses(Arrival{}, least), 1, jobs)
	if first, _ := day(t, twoClasses(Arrival{}), 1, jobs); !slices.Equal(share, first) {
		t.Errorf("b had half of all starts, and its fifth changed the order: %v", share)
	}
}

// TestLeastShareOfMinutes tells minutes from starts: b takes four times as long, so a fifth of the minutes is one start in
// seventeen.
func TestLeastShareOfMinutes(t *testing.T) {
	var jobs []job
	for i := range 400 {
		jobs = append(jobs, job{at: Instant(i), takes: Instant(1+3*(i%2)) * 10 * Instant(Second), class: ClassID(i % 2), channel: 0})
	}
	starts := func(minutes bool) (b int) {
		p := twoClasses(Strict{}, Protection{Kind: MinShare, Over: 10 * Hour, Minutes: minutes, Parts: []Part{{Name: "b", Classes: []ClassID{1}, Percent: 20}}})
		p.Channels[0].Handling = 20 * Second
		order, _ := day(t, p, 1, jobs)
		for _, n := range order[:170] {
			b += n % 2
		}
		return b
	}
	if b := starts(true); b < 9 || b > 11 {
		t.Errorf("a fifth of the minutes was %d of 170 starts, want about 10", b)
	}
	if b := starts(false); b != 34 {
		t.Errorf("a fifth of the starts was %d of 170, want 34", b)
	}
}

// TestInversions holds the slips and skips of the golden vector inversions of the reference values: permutations of a line
// that was there at once, numbered from 1, and who overtook whom.
func TestInversions(t *testing.T) {
	for _, v := range []struct{ order, slips, skips []int }{
		{[]int{1, 2, 3, 4}, []int{0, 0, 0, 0}, []int{0, 0, 0, 0}},
		{[]int{3, 1, 2, 5, 4}, []int{1, 1, 0, 1, 0}, []int{0, 0, 2, 0, 1}},
		{[]int{4, 3, 2, 1}, []int{3, 2, 1, 0}, []int{0, 1, 2, 3}},
		{[]int{2, 5, 1, 6, 3, 4}, []int{2, 0, 2, 2, 0, 0}, []int{0, 1, 0, 0, 3, 2}},
	} {
		jobs := make([]job, len(v.order))
		for i, n := range v.order {
			jobs[n-1] = job{at: 1, takes: Instant(Second), loud: int64(len(v.order) - i)}
		}
		e := New()
		skips := make([]int, len(jobs))
		offers := OfferID(1)
		e.watch = func() {
			if e.nextOffer > offers {
				offers = e.nextOffer
			}
			for _, x := range e.offers.ringing {
				skips[e.offers.at(x).place.Seq-1] = int(e.offers.at(x).passed)
			}
		}
		order, slips := dayWith(t, e, twoClasses(Greatest{By: 1}), 1, jobs)
		for i := range order {
			order[i]++
		}
		inversions := 0
		for _, n := range v.slips {
			inversions += n
		}
		if !slices.Equal(order, v.order) || !slices.Equal(slips, v.slips) || !slices.Equal(skips, v.skips) || e.Counts().Overtakings != uint64(inversions) {
			t.Errorf("%v: served %v with slips %v and skips %v, %d overtakings, want %v, %v, %d", v.order, order, slips, skips, e.Counts().Overtakings,
				v.slips, v.skips, inversions)
		}
	}
}
