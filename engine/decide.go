package engine

// decide makes the next offer that the policy wants: the tree is asked for the first ticket among those that somebody
// available may serve, then that ticket's agent is chosen. It reports whether there was one.
func (e *Engine) decide() bool {
	if !e.more() {
		return false
	}
	if len(e.urgent) > 0 {
		if h := e.wanted(); h != 0 {
			e.offer(h, e.match(h), ByMove)
			return true
		}
	}
	h := e.show(e.tree.nodes[0]).ticket
	e.offer(h, e.match(h), 0)
	return true
}

// more reports whether decide would make another offer. A Tick that is announced must have something to do: one without
// events leaves no trace in a journal.
func (e *Engine) more() bool {
	if len(e.agents.busy) == 0 || e.count.Waiting == 0 {
		return false
	}
	e.look()
	return e.show(e.tree.nodes[0]).ticket != 0
}

// look begins a new view.
func (e *Engine) look() {
	e.view.number++
	if e.view.by != nil {
		e.view.by = nil
	}
	if e.agents.stale {
		e.agents.reckon(&e.skills)
	}
	e.view.open = e.agents.open
	e.view.turns, e.view.opened = e.agents.turns, e.policy.Clock.Opened(e.now)
}

// missedBy reports whether agent a missed the ticket of t a moment ago.
func (e *Engine) missedBy(t *ticket, a uint32) bool {
	return e.main(t).cools != 0 && e.cools.active(e.main(t), a)
}

// offer emits the decision for h and agent n, and a row for each group of tickets it passes. Where why is not 0 it was
// not the policy that decided. An agent who answers at once has accepted it then.
func (e *Engine) offer(h handle, n uint32, why Cause) {
	t, a := e.tickets.at(h), &e.agents.list[n]
	e.agents.found = n // it will be asked for by name
	at, ev := len(e.out), e.next(Offered)
	ev.Offer, ev.Ticket, ev.Agent, ev.Attempt = e.nextOffer, t.place.Seq, a.name, t.attempt+1
	ev.Class, ev.Demand, ev.From, ev.Until = t.class, t.demand, t.place, e.now
	if !a.answers {
		ev.Until = e.now.Add(e.ringing(t))
	}
	ev.Slips = uint32(e.slips(t, e.tree.leaves[t.class], 0))
	if ev.Why = why; why == 0 {
		e.explain(ev, e.tree.nodes[0])
	} else {
		ev.Guard = -1
	}
	rows, passed := at+1, uint32(0)
	if e.index.first() != t.pos {
		s := survey{t: t, a: a, why: why, plain: e.lone(h) && a.cools == 0, offer: ev.Offer}
		e.survey(&s)
		rows = len(e.out)
		ev = &e.out[at]
		ev.Count, ev.Skill, ev.Room, passed = s.count, s.skill, s.room, s.rows
		e.spend(ev.Offer, t, n)
	}
	e.happen(&e.out[at])
	if rows > at+1 {
		e.enterRows(t.offer, e.out[at+1:rows], passed)
	}
	for i := rows; i < len(e.out); i++ {
		e.happen(&e.out[i])
	}
	if e.out[at].Count > 0 {
		e.alarm(&e.out[at])
	}
	if a.answers && why != ByPull {
		e.start(t.offer, a.name)
	}
}

func (e *Engine) ringing(t *ticket) Duration {
	if d := e.policy.Channels[e.skills.demands[t.demand].channel].Offer; d > 0 {
		return d
	}
	return 20 * Second
}

// explain says where the decision fell: the first node from the root at which there was more than one to choose from.
func (e *Engine) explain(ev *Event, n *node) {
	for {
		p := e.show(n)
		l := e.tree.leaves[ev.Class]
		ev.Node, ev.Guard, ev.KeyWon, ev.KeyLost = n.id, p.guard, p.key, p.rivalKey
		rival := p.rival
		if rival == 0 && n == l.up {
			rival, ev.KeyLost = e.second(l, p)
		}
		if rival != 0 {
			ev.Rival = e.tickets.at(rival).place.Seq
		}
		if rival != 0 || n == l.up {
			return
		}
		down := l.up
		for down.up != n {
			down = down.up
		}
		n = down
	}
}

// second returns the runner-up inside a class: the head of another register, or who stands behind the first.
func (e *Engine) second(l *leaf, best *pick) (handle, int64) {
	p := e.lead(l)
	t := e.tickets.at(best.ticket)
	r, next := l.regs[t.demand], t.next
	if !r.steady {
		e.view.but = best.ticket
		next = e.first(r)
		e.view.but = 0
	}
	if next == 0 {
		return p.rival, p.rivalKey
	}
	t = e.tickets.at(next)
	key := e.key(l.up, l.role, t)
	switch {
	case key < p.key || key == p.key && t.place.Before(p.place):
		return p.ticket, p.key
	case p.rival == 0 || key < p.rivalKey:
		return next, key
	}
	return p.rival, p.rivalKey
}
