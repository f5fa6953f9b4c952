package player

import (
	"slices"
	"testing"
	"time"
)

func TestCalendar(t *testing.T) {
	var c calendar
	var got []int
	base := time.Unix(0, 0)
	for i, at := range []int{3, 1, 2, 1, 3, 5} {
		enter := c.plan
		if i%2 == 1 {
			enter = c.note
		}
		enter(base.Add(time.Duration(at)), func() { got = append(got, i) })
	}
	for {
		a, ok := c.take(base.Add(4))
		if !ok {
			break
		}
		a.do()
	}
	if want := []int{1, 3, 2, 0, 4}; !slices.Equal(got, want) {
		t.Errorf("actions done %d, want %d", got, want)
	}
	if at, ok := c.next(); !ok || !at.Equal(base.Add(5)) || c.planned != 0 {
		t.Errorf("next = %v, %v, planned %d; want the one at 5, not planned", at, ok, c.planned)
	}
}

func TestStats(t *testing.T) {
	outcomes := []Outcome{
		{End: HungUp, Wait: 99, Slips: 2, Recorded: Served, Waited: 40},
		{End: "closed", Slips: 3, Recorded: HungUp, Waited: 7}, {Recorded: HungUp},
	}
	for i := range 10 {
		outcomes = append(outcomes, Outcome{End: Served, Wait: time.Duration(10 - i), Recorded: Served, Waited: 20})
	}
	got := stats("x", outcomes)
	want := Stats{Class: "x", Offered: 13, Served: 10, HungUp: 1, Other: 1, Open: 1,
		Overtaken: 2, Slips: 5, SlipsMax: 3, Wait: Waits{Mean: 5, P90: 9, Max: 10}}
	want.Recorded.Served, want.Recorded.HungUp, want.Recorded.Wait = 11, 2, Waits{Mean: 21, P90: 20, Max: 40}
	if got != want {
		t.Errorf("stats = %+v, want %+v", got, want)
	}
}
