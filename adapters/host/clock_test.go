package host

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fairline/engine"
	"fairline/engine/journal"
)

// hands are the two clocks of a machine, set by a test.
type hands struct {
	wall    time.Time
	elapsed time.Duration
}

func (h *hands) set(cfg *Config) {
	cfg.Wall = func() time.Time { return h.wall }
	cfg.Elapsed = func() time.Duration { return h.elapsed }
}

func (h *hands) tick(d time.Duration) { h.wall, h.elapsed = h.wall.Add(d), h.elapsed+d }

// TestClock follows the monotonic clock whatever the wall does.
func TestClock(t *testing.T) {
	noon := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	h := &hands{wall: noon, elapsed: 7 * time.Hour}
	c := clock{wall: func() time.Time { return h.wall }, elapsed: func() time.Duration { return h.elapsed }, speed: 1}
	at := func(clock time.Time) engine.Instant { return engine.Instant(clock.UnixNano()) }

	if err := c.start(at(noon.Add(-time.Hour))); err != nil || c.now() != at(noon) {
		t.Errorf("start behind an older journal: %v, now %s; want noon", err, stamp(c.now()))
	}
	h.tick(time.Second)
	h.wall = h.wall.Add(time.Hour)
	if by := c.step(); by != time.Hour || c.now() != at(noon.Add(time.Second)) {
		t.Errorf("wall set forward: step %s, now %s; want 1h0m0s, one second past noon", by, stamp(c.now()))
	}
	if by := c.step(); by != 0 {
		t.Errorf("second look at the same step: %s, want 0", by)
	}
	h.wall = h.wall.Add(-365 * 24 * time.Hour)
	if by := c.step(); by != -365*24*time.Hour || c.now() != at(noon.Add(time.Second)) {
		t.Errorf("wall set back a year: step %s, now %s; want -8760h0m0s, no change", by, stamp(c.now()))
	}
	for range 100 { // an oscillator that is late by one part in a hundred
		h.tick(time.Minute)
		h.wall = h.wall.Add(-600 * time.Millisecond)
		if by := c.step(); by != 0 {
			t.Fatalf("drift was taken for a step of %s", by)
		}
	}
	if err := c.start(at(h.wall.Add(23 * time.Hour))); err != nil || c.now() != at(h.wall.Add(23*time.Hour)) {
		t.Errorf("start 23 h before the journal's end: %v, now %s; want the journal's time", err, stamp(c.now()))
	}
	if err := c.start(at(h.wall.Add(25 * time.Hour))); !errors.Is(err, ErrClock) {
		t.Errorf("start 25 h before the journal's end: %v, want %v", err, ErrClock)
	}
}

// TestWallStep sets the machine's date while an offer rings: nobody is charged, the offer gets a new
// deadline, and the line's time goes on as before.
func TestWallStep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hands{wall: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)}
		memory := journal.NewMemory()
		s := startSite(t, memory, h.set)
		s.send("fl.agent.main.ana.sign-in", "")
		s.send("fl.in.main.pbx.ticket", `{"id":"1","data":{"channel":"phone"}}`)
		s.heard()
		h.tick(5 * time.Second)
		h.wall = h.wall.Add(time.Hour)
		status := s.send("fl.ask.main.status", "")
		if !strings.Contains(status, `"at":"2026-11-21T12:00:05Z"`) || !strings.Contains(status, `"clock_steps":1`) {
			t.Errorf("status after a step: %s, want five seconds past twelve, and one step", status)
		}
		said := s.heard()
		if len(said) != 2 || !strings.Contains(string(said[0].data), `"deadline":"2026-11-21T12:00:25Z"`) {
			t.Errorf("said after a step: %s, want the offer with its new deadline", said)
		}
		s.close()
		h.wall = h.wall.Add(-48 * time.Hour)
		late := newSite(t, memory.Reopen(), h.set).run()
		if err := <-late.done; !errors.Is(err, ErrClock) {
			t.Errorf("start two days before the journal's end: %v, want %v", err, ErrClock)
		}
	})
}

// TestFastClock holds what playing a recording needs: a head start of 90 s of the line's time is 150 ms of ours at 600
// times the speed, and the line may go on from a journal that lies in the future.
func TestFastClock(t *testing.T) {
	h := &hands{wall: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)}
	c := clock{wall: func() time.Time { return h.wall }, elapsed: func() time.Duration { return h.elapsed }, speed: 600}
	last := engine.Instant(h.wall.Add(1000 * time.Hour).UnixNano())
	if err := c.start(last); err != nil || c.now() != last {
		t.Fatalf("start: %v, now %s, want the journal's time", err, stamp(c.now()))
	}
	if got := c.until(last.Add(90 * engine.Second)); got != 150*time.Millisecond {
		t.Errorf("90 s of the line take %s, want 150ms", got)
	}
	h.tick(time.Second)
	if got := c.now().Sub(last); got != 10*engine.Minute || c.step() != 0 {
		t.Errorf("after a second the line is %s on, want 10m0s and no step", time.Duration(got))
	}
}
