package measure

import (
	"fmt"
	"math"

	"fairline/engine"
)

// paths is what the laws of the sample path are checked by. It is of all tickets, in the window or not, and of all time. Sums of
// time are whole nanoseconds and may run over: both sides of a law run over alike.
type paths struct {
	began     engine.Instant
	backwards bool
	joined    bool   // contacts were joined into one ticket
	house     uint64 // integral of the number in the system
	stays     uint64 // sum of times in the system
	serving   uint64 // integral of the number being handled
	handled   uint64 // sum of handling
	wraps     uint64 // integral of the number being wrapped up
	wrapped   uint64 // sum of wrap-up
	slips     uint64
	skips     uint64
	rows      uint64 // tickets passed, by the rows
	missed    uint64
	ringing   uint64
	kept      uint64  // in offers that failed after the ticket had gone
	doubt     uint64  // more of those, perhaps
	fair      float64 // sum of D

	negative, offDuty, tooMuch int64 // times
}

func (p *paths) leave(now engine.Instant, t *Ticket, fair float64) {
	p.stays += uint64(now.Sub(t.entered))
	p.handled += uint64(t.Handled)
	p.wrapped += uint64(t.Wrapped)
	p.slips += uint64(t.Slips)
	p.skips += uint64(t.Skips)
	p.fair += seconds(t.Handled) - (fair - t.Fair)
}

func (p *paths) worked(most, delta int, a *post) {
	switch {
	case a.work < 0:
		p.negative++
	case delta > 0 && !a.duty:
		p.offDuty++
	case delta > 0 && most > 0 && int(a.work) > most:
		p.tooMuch++
	}
}

// Check holds the replication that Close ended to laws that hold on every path, whatever the policy. An error names the law and
// both numbers: then either the run or the engine is wrong, or the run told the collector something else than what happened.
//
//   - Time does not run backwards.
//   - Of each source, class and channel, those who arrived were served, left, or are still there.
//   - Little's law on the path: the integral of the number in the system is the sum of the times in it, to the nanosecond.
//   - The integral of the number being handled is the sum of the handling, to the nanosecond.
//   - The integral of the number being wrapped up is the sum of wrap-up, to the nanosecond; while one goes on at the end, it is
//     not more.
//   - Slips are skips, those of missed offers, those of offers that ring at the end, and those of offers that failed after the
//     ticket had gone. Who still waits or left has slips, too. Where the run is in doubt about some, they are not more than with these.
//     Not checked once contacts were joined: of a ticket's contacts the earliest counts, and when it leaves alone the next one
//     counts with its own slips.
//   - The rows of decisions sum to the skips.
//   - No agent starts work off duty, has less than none in hand, or more than it can have.
//   - RAQFM: the sum of D is 0, as what each is due at a moment sums to the service given then: within 1 part in 10^9 of the
//     handling.
func (c *Collector) Check() error {
	p := &c.paths
	if p.backwards {
		return fmt.Errorf("law of time: an event came before the one it follows: sort the calendar by time")
	}
	for _, x := range c.ordered {
		if x.in != x.out+x.gone+x.there {
			return fmt.Errorf("law of conservation: of source %s, class %s, channel %s %d arrived, but %d were served, %d left and "+
				"%d are still there: each ticket ends once", c.shape.Sources[x.source], c.shape.Classes[x.class],
				c.shape.Channels[x.channel], x.in, x.out, x.gone, x.there)
		}
	}
	if err := c.checkTimes(); err != nil {
		return err
	}
	if told := p.skips + p.missed + p.ringing + p.kept; !p.joined && (p.slips < told || p.slips > told+p.doubt) {
		return fmt.Errorf("law of overtaking: %d slips, but %d skips, %d in missed offers, %d in offers that still ring and %d in offers "+
			"that failed too late", p.slips, p.skips, p.missed, p.ringing, p.kept)
	}
	if p.rows != p.skips {
		return fmt.Errorf("law of the ledger: rows of decisions pass %d tickets, starts skip %d", p.rows, p.skips)
	}
	return c.checkAgents()
}

func (c *Collector) checkTimes() error {
	p := &c.paths
	if p.house != p.stays {
		return fmt.Errorf("law of Little: the number in the system integrates to %d ns, the times in it sum to %d ns",
			p.house, p.stays)
	}
	if p.serving != p.handled {
		return fmt.Errorf("law of handling: the number being handled integrates to %d ns, tickets were handled for %d ns",
			p.serving, p.handled)
	}
	if p.wraps > p.wrapped || c.wraps == 0 && p.wraps != p.wrapped {
		return fmt.Errorf("law of wrap-up: the number being wrapped up integrates to %d ns, wrap-up sums to %d ns",
			p.wraps, p.wrapped)
	}
	given := float64(p.handled) / float64(engine.Second)
	if math.Abs(p.fair) > 1e-9*given+1e-9 {
		return fmt.Errorf("law of RAQFM: D sums to %g s over %g s of handling, not to 0", p.fair, given)
	}
	return nil
}

func (c *Collector) checkAgents() error {
	p := &c.paths
	for _, l := range []struct {
		what string
		n    int64
	}{{"less than no work in hand", p.negative}, {"begun work off duty", p.offDuty},
		{"more work in hand than it can have", p.tooMuch}} {
		if l.n > 0 {
			return fmt.Errorf("law of agents: %d times an agent had %s", l.n, l.what)
		}
	}
	return nil
}
