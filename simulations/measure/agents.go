package measure

import "fairline/engine"

// A post is what is known of an agent. Times are inside the window.
//
// An agent is occupied while it has work in hand, wrap-up included; ready while it is occupied, or on duty and not on a break;
// paid for while it is on duty or occupied.
type post struct {
	work, wraps   int32
	duty, onBreak bool
	at            engine.Instant // up to when it is measured
	worktime
}

// A worktime is how long agents were what, in nanoseconds.
type worktime struct {
	occupied, ready, paid int64
	inHand                int64 // as often as there was work in hand
}

func (w *worktime) add(o *worktime) {
	w.occupied += o.occupied
	w.ready += o.ready
	w.paid += o.paid
	w.inHand += o.inHand
}

// agents are those who serve.
type agents struct {
	shape   *Shape
	list    []post
	periods []worktime // of all agents, up to the end of each period; nil: one period
}

func newAgents(s *Shape) agents {
	a := agents{shape: s, list: make([]post, len(s.Agents))}
	if n := s.periods(); n > 1 {
		a.periods = make([]worktime, n)
	}
	return a
}

func (a *agents) reset() {
	clear(a.list)
	clear(a.periods)
}

// settle brings the times of an agent to now.
func (a *agents) settle(now engine.Instant, i int) *post {
	p := &a.list[i]
	from, to := max(p.at, a.shape.Begins), min(now, a.shape.Ends)
	p.at = now
	d := int64(to - from)
	if d <= 0 {
		return p
	}
	if p.work > 0 {
		p.occupied += d
		p.inHand += d * int64(p.work)
	}
	if p.work > 0 || p.duty && !p.onBreak {
		p.ready += d
	}
	if p.work > 0 || p.duty {
		p.paid += d
	}
	return p
}

// mark notes what there was up to the end of a period.
func (a *agents) mark(now engine.Instant, period int) {
	if a.periods != nil {
		a.periods[period] = a.total(now, -1)
	}
}

// close brings all to the end. Periods that did not come to their end have what there was.
func (a *agents) close(now engine.Instant, period int) {
	all := a.total(now, -1)
	for p := max(period, 0); p < len(a.periods); p++ {
		a.periods[p] = all
	}
}

// total is the time of a group of agents until now; -1: of all.
func (a *agents) total(now engine.Instant, group int) (sum worktime) {
	for i := range a.list {
		if p := a.settle(now, i); group < 0 || a.shape.Agents[i].Group == group {
			sum.add(&p.worktime)
		}
	}
	return sum
}

// of is the time of all agents in a period.
func (a *agents) of(period int) worktime {
	w := a.periods[period]
	if period > 0 {
		b := a.periods[period-1]
		w = worktime{w.occupied - b.occupied, w.ready - b.ready, w.paid - b.paid, w.inHand - b.inHand}
	}
	return w
}

// Work tells that the work in hand of an agent changes by delta: a handling begins or is put aside, a wrap-up, or a handling
// without one, ends.
func (c *Collector) Work(now engine.Instant, agent int32, delta int) {
	c.settle(now)
	p := c.agents.settle(now, int(agent))
	p.work += int32(delta)
	c.serving += int64(delta)
	c.paths.worked(c.shape.Agents[agent].Most, delta, p)
}

// Wrap tells that an agent begins or ends the wrap-up of one ticket, which stays in hand until then. Wrap-ups of one agent may
// overlap: each begins and ends by itself.
func (c *Collector) Wrap(now engine.Instant, agent int32, on bool) {
	c.settle(now)
	p, n := c.agents.settle(now, int(agent)), int32(-1)
	if on {
		n = 1
	}
	p.wraps += n
	c.wraps += int64(n)
	c.serving -= int64(n)
}

// Unwrapped tells that so much of a wrap-up is left undone that ends now: its agent signs out. The ticket's Wrapped says more than
// there was.
func (c *Collector) Unwrapped(left engine.Duration) { c.paths.wrapped -= uint64(left) }

// Duty tells that an agent signs in or out. Who signs out is on no break any more.
func (c *Collector) Duty(now engine.Instant, agent int32, on bool) {
	c.settle(now)
	p := c.agents.settle(now, int(agent))
	if p.duty == on {
		return
	}
	p.duty, p.onBreak = on, p.onBreak && on
	if on {
		c.crew++
	} else {
		c.crew--
	}
}

// Break tells that an agent begins or ends a break. Work in hand goes on.
func (c *Collector) Break(now engine.Instant, agent int32, on bool) {
	c.settle(now)
	c.agents.settle(now, int(agent)).onBreak = on
}
