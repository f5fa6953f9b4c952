package phone

import (
	"slices"
	"testing"
	"time"

	"fairline/adapters/channel"
)

func TestWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		s      channel.Standing
		waited time.Duration
		want   string
	}{
		{channel.Standing{}, 0, "Queued"},
		{channel.Standing{Place: 4, Waiting: 12}, 0, "Queued; place 4 of 12"},
		{channel.Standing{Place: 4, Waiting: 2}, 0, "Queued; place 4 of 4"},
		{channel.Standing{Place: 4, Waiting: 12, Known: true, P50: 3 * time.Minute, P90: 7 * time.Minute}, 0,
			"Queued; place 4 of 12; expect 3 to 7 min"},
		{channel.Standing{Place: 1, Waiting: 1, Known: true, P50: time.Second, P90: 59 * time.Second}, 2 * time.Minute,
			"Queued; place 1 of 1; expect 1 min; waited 2 min"},
		{channel.Standing{Waiting: 3000, Text: "Bob is before you"}, time.Hour, "Queued; waited 60 min"},
	} {
		if got := words(c.s, c.waited); got != c.want {
			t.Errorf("%+v after %v: %q, want %q", c.s, c.waited, got, c.want)
		}
	}
}

// TestWhoHearsFirst orders by hand: who must hear comes first, then who stands in front.
func TestWhoHearsFirst(t *testing.T) {
	t.Parallel()
	now := time.Now()
	a := &Adapter{cfg: Defaults(), calls: map[string]*call{}}
	a.moves.Store(5)
	for id, c := range map[string]*call{
		"new":       {waiting: true},
		"old":       {waiting: true, told: now.Add(-2 * time.Minute), seen: 5, place: 9},
		"front":     {waiting: true, told: now.Add(-10 * time.Second), seen: 4, place: 1},
		"behind":    {waiting: true, told: now.Add(-20 * time.Second), seen: 4, place: 7},
		"unknown":   {waiting: true, told: now.Add(-30 * time.Second), seen: 4},
		"unchanged": {waiting: true, told: now.Add(-30 * time.Second), seen: 5, place: 2},
		"just told": {waiting: true, told: now.Add(-time.Second), seen: 4, place: 2},
		"talking":   {told: now.Add(-time.Hour), seen: 4, place: 2},
	} {
		c.id = id
		a.calls[id] = c
	}
	var got []string
	for _, d := range a.due(now) {
		got = append(got, d.call.id)
	}
	if want := []string{"new", "old", "front", "behind", "unknown"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestPlacesAreToldOnChangeAndNotTooOften(t *testing.T) {
	t.Parallel()
	r := start(t, func(c *Config) { c.TellGap, c.AsksMax, c.CallsMax = time.Second, 16, 100 })
	caller := newHandset(t, r)
	first, _ := caller.queued(r, "+4930901820")
	for range 23 {
		caller.queued(r, "+4930901820")
	}
	began := time.Now()
	eventually(t, "everybody told once", func() bool { return r.Stats().Told >= 48 })
	if took := time.Since(began); took < 500*time.Millisecond {
		t.Errorf("24 questions at 16 a second took %v", took)
	}
	asked := r.Stats().Asked
	time.Sleep(1200 * time.Millisecond)
	if again := r.Stats().Asked; again != asked {
		t.Errorf("%d questions although nothing changed", again-asked)
	}
	drain(caller)
	first.again("CANCEL", nil, "") // everybody is one place ahead
	eventually(t, "news for everybody", func() bool { return r.Stats().Asked >= asked+23 })
	if s := r.Stats(); s.Abandoned != 1 {
		t.Errorf("%+v", s)
	}
}

func TestLineThatDoesNotSayWhereCallsStand(t *testing.T) {
	t.Parallel()
	r := start(t, func(c *Config) { c.Tell, c.CallsMax = time.Second, 100 })
	r.line.mutex.Lock()
	r.line.ask = errDown
	r.line.mutex.Unlock()
	caller := newHandset(t, r)
	for range 20 {
		caller.queued(r, "+4930901820")
	}
	eventually(t, "everybody told", func() bool { return r.Stats().Told >= 40 })
	if s := r.Stats(); s.Asked > askersMax {
		t.Errorf("a line that is down was asked %d times", s.Asked)
	}
}
