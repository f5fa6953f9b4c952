package measure

import "fairline/engine"

// place says what t counts in, when it comes: in the window and the period in which it enters, though it may have waited elsewhere before.
func (c *Collector) place(now engine.Instant, t *Ticket) {
	t.Seen = now >= c.shape.Begins && now < c.shape.Ends
	t.cell, t.period, t.entered = c.cellOf(t), -1, now
	t.started, t.envy, t.crew = false, 0, 0
	if t.Seen && c.periods != nil {
		p := int64(now-c.shape.Begins) / int64(c.shape.Period)
		t.period = int32(p)*int32(len(c.shape.Channels)) + int32(t.Channel)
	}
}

// Arrive tells that t was accepted into the line. t.Arrived may lie before now: it waited elsewhere already, and its
// wait is from then on.
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
		s.come(t)
	}
}

// Refused tells that t was blocked or balked: it was never in the line. t.Outcome says which.
func (c *Collector) Refused(now engine.Instant, t *Ticket) {
	c.settle(now)
	if c.place(now, t); !t.Seen {
		return
	}
	for _, s := range c.sumsOf(t) {
		s.come(t)
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
	for _, s := range c.sumsOf(t) {
		s[lineArea] += area
		if t.Seen {
			s.answer(w, target)
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
		c.drop(now, t)
		return
	}
	c.waits[t.Channel]--
	wait, area := now.Sub(t.Arrived), c.within(t.Arrived, now)
	w, target, d := seconds(wait), seconds(c.shape.target(t)), c.share(t)
	short := wait <= c.shape.Short && c.shape.Short > 0
	for _, s := range c.sumsOf(t) {
		s[lineArea] += area
		s[houseArea] += area
		if !t.Seen {
			continue
		}
		s.passing(t)
		s.shared(d)
		s[fairLeft] += d
		if t.Outcome == Abandoned {
			s.abandon(w, target, short)
		} else {
			s.closed(w)
		}
	}
	c.spread(t, wait, false)
}

// drop counts a ticket that was started and left before it was served.
func (c *Collector) drop(now engine.Instant, t *Ticket) {
	area, d := c.within(t.Arrived, now), c.share(t)
	for _, s := range c.sumsOf(t) {
		s[houseArea] += area
		if t.Seen {
			s.passing(t)
			s.shared(d)
			s[dropped]++
		}
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
		c.drop(now, t)
		return
	}
	timely := now >= c.shape.Begins && now < c.shape.Ends
	work, wrap, stay := seconds(t.Handled), seconds(t.Wrapped), seconds(now.Sub(t.Arrived))
	area, d := c.within(t.Arrived, now), c.share(t)
	for _, s := range c.sumsOf(t) {
		s[houseArea] += area
		if timely {
			s[finished]++
		}
		if !t.Seen {
			continue
		}
		if t.Skips > 0 {
			s[minutes] += float64(t.Skips) * work / float64(max(t.crew, 1))
		}
		s.passing(t)
		s.shared(d)
		s.serve(work, wrap, stay)
		s[departs] += earlier
	}
	if t.Seen {
		c.slow[binOf(work)].add(stay, work)
		c.keep(now, t)
	}
}

// Waiting tells, at the end of the replication, of each ticket that is still there, waiting or in service. What was counted for it
// is set, and Handled is what it was given until now.
func (c *Collector) Waiting(now engine.Instant, t *Ticket) {
	c.settle(now)
	c.cells[t.cell].there++
	c.depart(now, t)
	wait, area := now.Sub(t.Arrived), c.within(t.Arrived, now)
	w, target := seconds(wait), seconds(c.shape.target(t))
	for _, s := range c.sumsOf(t) {
		s[houseArea] += area
		if !t.started {
			s[lineArea] += area
		}
		if t.Seen {
			s.passing(t)
		}
		if t.Seen && !t.started {
			s.stay(w, target)
		}
	}
	if !t.started {
		c.spread(t, wait, false)
	}
}

// depart takes t out of the system. It returns how many earlier ones are still there.
func (c *Collector) depart(now engine.Instant, t *Ticket) int64 {
	c.n--
	c.paths.leave(now, t, c.fair)
	return c.queue.leave(t.rank, t.started)
}

// bins are the lengths of service, in seconds, at which the profile of slowdowns is cut.
var bins = []float64{15, 60, 240, 960, 3840}

var binNames = []string{"<15s", "15s-1m", "1m-4m", "4m-16m", "16m-64m", ">64m"}

// binOf returns the bin of a handling of so many seconds.
func binOf(x float64) int {
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
