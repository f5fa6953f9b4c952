package measure

import "fairline/engine"

// place says what t counts in, when it comes.
func (c *Collector) place(now engine.Instant, t *Ticket) {
	t.Seen = t.Arrived >= c.shape.Begins && t.Arrived < c.shape.Ends
	t.cell, t.period, t.entered = c.cellOf(t), -1, now
	t.started, t.envy, t.crew = false, 0, 0
	if t.Seen && c.periods != nil {
		p := int64(t.Arrived-c.shape.Begins) / int64(c.shape.Period)
		t.period = int32(p)*int32(len(c.shape.Channels)) + int32(t.Channel)
	}
}

// Arrive tells that t was accepted into the line. t.Arrived may lie before now: it waited elsewhere already.
func (c *Collector) Arrive(now engine.Instant, t *Ticket) {
	c.settle(now)
	c.place(now, t)
	t.Fair = c.fair
	t.rank = c.queue.enter()
	c.n++
	c.waits[t.Channel]++
	c.cells[t.cell].in++
	if !t.Seen {
		return
	}
	for _, s := range c.sumsOf(t) {
		s[offered]++
		s[attempts]++
		if t.Attempt == 0 {
			s[customers]++
		}
	}
}

// Refused tells that t was blocked or balked: it was never in the line. t.Outcome says which.
func (c *Collector) Refused(now engine.Instant, t *Ticket) {
	c.settle(now)
	if c.place(now, t); !t.Seen {
		return
	}
	for _, s := range c.sumsOf(t) {
		s[attempts]++
		if t.Attempt == 0 {
			s[customers]++
		}
		if t.Outcome == Balked {
			s[balked]++
		} else {
			s[blocked]++
		}
	}
}

// Start tells that t is started. Of a ticket that is started again, after a transfer or because it came back, only Agent
// counts.
func (c *Collector) Start(now engine.Instant, t *Ticket) {
	c.settle(now)
	t.crew = c.crew
	if t.started {
		return
	}
	t.started = true
	c.waits[t.Channel]--
	shift := float64(c.queue.start(t.rank))
	wait, area := now.Sub(t.Arrived), c.within(t.Arrived, now)
	w, target := seconds(wait), seconds(c.shape.target(t))
	logged := entropy(w)
	for _, s := range c.sumsOf(t) {
		s[lineArea] += area
		if t.Seen {
			s.answer(w, target, logged)
			s[shift2] += shift * shift
		}
	}
	c.spread(t, wait, true)
}

// Leave tells that t left while it was waiting: t.Outcome, Ended and what was counted for it are set.
func (c *Collector) Leave(now engine.Instant, t *Ticket) {
	c.settle(now)
	c.cells[t.cell].gone++
	c.depart(now, t)
	if t.started {
		c.drop(t)
		return
	}
	c.waits[t.Channel]--
	wait, area := now.Sub(t.Arrived), c.within(t.Arrived, now)
	w, target, d := seconds(wait), seconds(c.shape.target(t)), c.share(t)
	logged, short := entropy(w), wait <= c.shape.Short && c.shape.Short > 0
	for _, s := range c.sumsOf(t) {
		s[lineArea] += area
		if !t.Seen {
			continue
		}
		s.shared(d)
		s[fairLeft] += d
		if t.Outcome == Abandoned {
			s.abandon(w, target, logged, short)
		} else {
			s.closed(w, logged)
		}
	}
	c.spread(t, wait, false)
}

// drop counts a ticket that was started and left before it was served.
func (c *Collector) drop(t *Ticket) {
	if !t.Seen {
		return
	}
	d := c.share(t)
	for _, s := range c.sumsOf(t) {
		s.shared(d)
		s[dropped]++
	}
}

// share is D of t, in seconds: what it was given less what it was due.
func (c *Collector) share(t *Ticket) float64 { return seconds(t.Handled) - (c.fair - t.Fair) }

// Finish tells that the handling of t is over and that it leaves the system: t.Outcome, Ended, Handled and Wrapped are set. An
// Outcome other than Served says that its customer left during the service.
func (c *Collector) Finish(now engine.Instant, t *Ticket) {
	c.settle(now)
	c.cells[t.cell].out++
	earlier := float64(c.depart(now, t))
	if t.Outcome != Served {
		c.drop(t)
		return
	}
	timely := now >= c.shape.Begins && now < c.shape.Ends
	work, stay := seconds(t.Handled), seconds(now.Sub(t.Arrived))
	d, wrap := c.share(t), seconds(t.Wrapped)
	delay := float64(t.Skips) * work / float64(max(t.crew, 1))
	for _, s := range c.sumsOf(t) {
		if timely {
			s[finished]++
		}
		if !t.Seen {
			continue
		}
		s.shared(d)
		s[served]++
		s[handled] += work
		s[handled2] += work * work
		s[wrapped] += wrap
		s[sojourn] += stay
		s[sojourn2] += stay * stay
		s[sojournHandled] += stay * work
		s[minutes] += delay
		s[departs] += earlier
	}
	if t.Seen {
		c.slow[binOf(t.Handled)].add(stay, work)
		c.keep(now, t)
	}
}

// Waiting tells, at the end of the replication, of each ticket that is still there, waiting or in service. What was counted for it
// is set, and Handled is what it was given until now.
func (c *Collector) Waiting(now engine.Instant, t *Ticket) {
	c.settle(now)
	c.cells[t.cell].there++
	c.depart(now, t)
	if t.started {
		return
	}
	wait, area := now.Sub(t.Arrived), c.within(t.Arrived, now)
	w, target := seconds(wait), seconds(c.shape.target(t))
	logged := entropy(w)
	for _, s := range c.sumsOf(t) {
		s[lineArea] += area
		if t.Seen {
			s.stay(w, target, logged)
		}
	}
	c.spread(t, wait, false)
}

// depart takes t out of the system and counts what holds of every ticket. It returns how many earlier ones are still there.
func (c *Collector) depart(now engine.Instant, t *Ticket) int64 {
	c.n--
	c.paths.leave(now, t, c.fair)
	area := c.within(t.Arrived, now)
	for _, s := range c.sumsOf(t) {
		s[houseArea] += area
		if t.Seen {
			s.passing(t)
		}
	}
	return c.queue.leave(t.rank, t.started)
}

// bins are the lengths of service, in seconds, at which the profile of slowdowns is cut.
var bins = []float64{15, 60, 240, 960, 3840}

var binNames = []string{"under 15s", "15s to 1m", "1m to 4m", "4m to 16m", "16m to 64m", "over 64m"}

func binOf(handled engine.Duration) int {
	x := seconds(handled)
	for i, b := range bins {
		if x < b {
			return i
		}
	}
	return len(bins)
}

// A slowness is the time in the system and the handling of tickets of like length of service.
type slowness struct{ stay, work float64 }

func (s *slowness) add(stay, work float64) { s.stay, s.work = s.stay+stay, s.work+work }
