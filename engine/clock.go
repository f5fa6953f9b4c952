package engine

// timedPolicy reports whether time does anything to tickets that wait under p, but for the order.
func timedPolicy(p *Policy) bool {
	timed := p.Ask != nil
	for i := range p.Classes {
		timed = timed || p.Classes[i].Expire > 0
	}
	for i := range p.Channels {
		timed = timed || p.Channels[i].LeaveAfter > 0
	}
	return timed
}

// wake sets the timer of h to what time does to it next.
func (e *Engine) wake(h handle) {
	t := e.tickets.at(h)
	e.rest(t)
	if !e.timed && t.state != held && t.to == 0 {
		return
	}
	if next := e.nextTime(t); next != None {
		e.timers.add(next, ticketTimer, h)
	}
}

// rest takes the timer of t away.
func (e *Engine) rest(t *ticket) {
	if t.timer >= 0 {
		e.timers.remove(t.timer)
	}
}

func (e *Engine) nextTime(t *ticket) Instant {
	next := Instant(None)
	switch t.state {
	case held:
		if t.until != 0 {
			next = t.until
		}
	case waiting:
		if t.gone {
			return next
		}
		if t.relax != None {
			next = e.policy.Clock.When(t.relax)
		}
		if t.to != 0 {
			next = min(next, t.toUntil)
		}
		next = min(next, e.expiry(t), e.parting(t))
	}
	return next
}

// expiry returns when t ends without its customer.
func (e *Engine) expiry(t *ticket) Instant {
	if x := e.policy.Classes[t.class].Expire; x > 0 {
		return t.place.Arrived.Add(x)
	}
	return None
}

// parting returns when the customer of t need not hold on any more.
func (e *Engine) parting(t *ticket) Instant {
	if c := e.channel(t); c.Live && c.LeaveAfter > 0 && !t.called {
		return t.place.Arrived.Add(c.LeaveAfter)
	}
	return None
}

func (e *Engine) channel(t *ticket) *Channel {
	return &e.policy.Channels[e.skills.demands[t.demand].channel]
}

// ring does to h what is due.
func (e *Engine) ring(h handle) {
	t := e.tickets.at(h)
	switch {
	case t.state == held && t.why == ByHangUp:
		e.end(t, Abandoned, 0)
	case t.state == held:
		e.release(t, ByEnd, 0, 0)
	case e.expiry(t) <= e.now && e.accompanied(h):
		e.emit(Event{Kind: Left, Ticket: t.place.Seq, Rival: e.main(t).place.Seq, Reason: e.policy.Classes[t.class].ExpireReason})
	case e.expiry(t) <= e.now:
		e.end(t, Expired, e.policy.Classes[t.class].ExpireReason)
	case e.parting(t) <= e.now:
		e.emit(Event{Kind: CalledBack, Ticket: t.place.Seq, Why: ByWait})
	default:
		e.relax(t)
	}
}
