package host

import (
	"errors"
	"fmt"
	"time"

	"fairline/engine"
)

// Limits of the clock.
const (
	// stepMax is how far the wall clock may go from the monotonic one before that is a step.
	stepMax = 2 * time.Second
	// behindMax is how far the wall clock may lie behind the journal when a host starts.
	behindMax = 24 * time.Hour
)

// ErrClock says that the wall clock lies too far behind the journal to begin: the machine's date is wrong,
// or the journal is of another time.
var ErrClock = errors.New("the wall clock is behind the journal")

// A clock gives logical time: from the later of the journal's and the wall's time at the start it follows
// the monotonic clock, and the wall clock no more.
type clock struct {
	wall    func() time.Time
	elapsed func() time.Duration

	speed int            // how many times as fast as the monotonic clock
	base  engine.Instant // logical time when elapsed was since
	since time.Duration
	ahead time.Duration // of the wall before the monotonic clock, when last looked at
}

// start begins behind the journal's last time.
func (c *clock) start(last engine.Instant) error {
	wall := c.wall()
	now := engine.Instant(wall.UnixNano())
	if behind := time.Duration(last.Sub(now)); behind > behindMax && c.speed == 1 {
		return fmt.Errorf("it is %s, the journal ends at %s, %s later: %w", wall.UTC().Format(time.RFC3339),
			time.Unix(0, int64(last)).UTC().Format(time.RFC3339), behind.Round(time.Second), ErrClock)
	}
	c.base, c.since = max(last, now), c.elapsed()
	c.ahead = time.Duration(wall.UnixNano()) - c.since
	return nil
}

// now gives logical time. It never falls.
func (c *clock) now() engine.Instant {
	return c.base.Add(engine.Duration(c.elapsed()-c.since) * engine.Duration(c.speed))
}

// until says how long it takes until logical time is at.
func (c *clock) until(at engine.Instant) time.Duration {
	return time.Duration(at.Sub(c.now())) / time.Duration(c.speed)
}

// step reports how far the wall clock has jumped since the last look, 0 when less than stepMax. What an
// oscillator drifts from one look to the next is no step.
func (c *clock) step() time.Duration {
	ahead := time.Duration(c.wall().UnixNano()) - c.elapsed()
	by := ahead - c.ahead
	c.ahead = ahead
	if by.Abs() <= stepMax {
		return 0
	}
	return by
}

// monotonic gives the default clocks, which agree as long as nobody sets the machine's date.
func monotonic() (wall func() time.Time, elapsed func() time.Duration) {
	start := time.Now()
	return func() time.Time { return time.Now().Round(0) }, func() time.Duration { return time.Since(start) }
}
