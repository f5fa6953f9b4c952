package engine

import (
	"math"
	"slices"
)

func (e *Engine) applyOffered(ev *Event) {
	h, n := e.tickets.find(ev.Ticket), e.agents.find(ev.Agent)
	t, a := e.tickets.at(h), &e.agents.list[n]
	if !t.loose || t.head|t.mate != 0 {
		e.loosen(h)
	}
	if !a.loose {
		e.loosenAgent(n)
	}
	x := e.offers.add(ev.Offer)
	for m := e.headOf(h); m != 0; {
		k := e.tickets.at(m)
		k.state, k.offer, k.attempt, k.rang = offered, x, ev.Attempt, ev.Offer
		if !k.gone {
			e.unregister(m)
			e.rest(k)
		}
		m = k.mate
	}
	o := e.offers.at(x)
	o.loose = true
	e.loose = append(e.loose, loose{looseOffer, x})
	e.nextOffer = ev.Offer + 1
	o.place, o.ticket, o.agent, o.profile = t.place, h, n, a.profile
	o.paced = a.folds&foldPace != 0
	o.had, o.took = a.free, e.skills.profiles[a.profile].cost[t.demand]
	o.until, o.length, o.since = ev.Until, ev.Until.Sub(ev.At), ev.At
	a.free -= o.took
	a.offers = append(a.offers, x)
	if len(e.agents.fences.caps) > 0 {
		e.began(n, ev)
	}
	e.agents.seat(n, &e.skills)
	if e.index.first() != t.pos {
		e.mark(o, t.class)
	}
	if !e.lone(h) {
		e.spareKin(o)
	}
	if o.length > 0 || len(e.recent.asks) > 0 {
		e.recent.add(o, t.class, e.excused())
	}
	if ev.Count > 0 {
		e.stampIn(ev.Class, ev)
	}
	o.class = ev.Class
	if o.length > 0 { // else it is accepted in the same turn
		e.timers.add(o.until, offerTimer, x)
	}
	if e.tree.shares > 0 {
		e.chargeOffer(x, t)
	}
	if e.tree.remembers {
		e.take(x, t)
	}
	e.count.Waiting--
	e.count.Offered++
}

func (e *Engine) applyPassed(ev *Event) {
	x := e.offers.find(ev.Offer)
	e.loosenOffer(x)
	e.offers.at(x).passed += ev.Count
}

// enterRows is applyPassed for all rows of the offer in slot x, which were just made and have a sum.
func (e *Engine) enterRows(x uint32, rows []Event, sum uint32) {
	o := e.offers.at(x)
	if e.watch == nil {
		e.loosenOffer(x)
		o.passed += sum
		return
	}
	for i := range rows {
		e.loosenOffer(x)
		o.passed += rows[i].Count
		e.watch()
	}
}

func (e *Engine) applyAccepted(ev *Event) {
	x := e.offers.find(ev.Offer)
	o := e.offers.at(x)
	h, a := o.ticket, &e.agents.list[o.agent]
	if t := e.tickets.at(h); !t.loose || t.head|t.mate != 0 {
		e.loosen(h)
	}
	if !a.loose {
		e.loosenAgent(o.agent)
	}
	if !o.loose {
		e.loosenOffer(x)
	}
	for m := e.headOf(h); m != 0; {
		t := e.tickets.at(m)
		if t.state = serving; !t.gone {
			e.takeOut(t, t.rang)
			e.exit(t)
		}
		m = t.mate
	}
	e.answered(x, started)
	e.occupy(o.agent)
	o.state, o.until, o.since, a.missed = working, 0, ev.At, 0
	if len(o.charges) > 0 {
		e.heardOf(x, e.tickets.at(h))
	}
	if e.tree.remembers {
		e.stood(x)
	}
	if len(e.urgent) > 0 {
		e.unmove(e.tickets.at(e.headOf(h)))
	}
	e.count.Offered--
	e.count.Serving++
	e.count.Starts++
	e.count.Overtakings += uint64(o.passed)
	e.overtaken += uint64(o.passed)
	e.ledger = mix(mix(mix(e.ledger, uint64(o.id)), uint64(o.place.Seq)), uint64(o.passed))
}

// answered ends the ringing of x.
func (e *Engine) answered(x uint32, what outcome) {
	o := e.offers.at(x)
	e.offers.answer(x)
	if o.timer >= 0 {
		e.timers.remove(o.timer)
	}
	if len(e.recent.asks) > 0 {
		e.recent.settle(o.id, what)
	}
}

func (e *Engine) applyWithdrawn(ev *Event) {
	x := e.offers.find(ev.Offer)
	o := e.offers.at(x)
	h, n := o.ticket, o.agent
	a := &e.agents.list[n]
	e.unsum(h)
	e.sum -= a.hash() + o.hash()
	e.unmark(o)
	e.fell(x)
	e.stampOut(o.class, o.id)
	if ev.Why == ByLeaving {
		e.pardon(h)
	} else {
		t := e.tickets.at(e.counting(h))
		e.recent.fails = append(e.recent.fails,
			failure{offer: o.id, place: t.place, demand: t.demand, agent: n, next: e.nextOffer})
	}
	e.answered(x, failed)
	for m := e.headOf(h); m != 0; m = e.tickets.at(m).mate {
		t := e.tickets.at(m)
		if t.state = waiting; !t.gone {
			e.register(m)
			e.wake(m)
		}
	}
	if ev.Until != 0 {
		e.keepFrom(e.headOf(h), n, ev)
	}
	e.failed(n, o.id)
	e.giveBack(x, n)
	e.count.Offered--
	e.count.Waiting++
	e.astray = true
	e.resum(h)
	e.sum += a.hash()
	e.recount(h)
}

// keepFrom lets the ticket h not be offered to agent n for a while.
func (e *Engine) keepFrom(h handle, n uint32, ev *Event) {
	t, a := e.tickets.at(h), &e.agents.list[n]
	c := e.cools.start(h, t, n, a)
	e.timers.add(ev.Until, coolTimer, c)
	if ev.Why == ByDecline || ev.Why == ByExpiry {
		a.missed++
		if k := &e.cools.slab[c]; !k.missed && t.decline < math.MaxUint8 {
			k.missed = true
			t.decline++
		}
	}
}

// pardon takes back who passed the ticket of h while it was under offer: its customer left, and nobody missed it.
func (e *Engine) pardon(h handle) {
	for m := e.headOf(h); m != 0; m = e.tickets.at(m).mate {
		if t := e.tickets.at(m); !t.gone {
			e.takeOut(t, t.rang)
			e.takeIn(t)
			t.odd = true
		}
	}
}

// giveBack gives the agent n back what offer x took, and forgets the offer.
func (e *Engine) giveBack(x, n uint32) {
	o, a := e.offers.at(x), &e.agents.list[n]
	if e.tree.remembers && o.state.inHand() {
		e.done(x, o.worked(e.now, e.now))
	}
	if len(o.charges) > 0 {
		e.settleCharges(x, false, o.worked(e.now, e.now))
	}
	e.occupy(n)
	e.notAside(o.id)
	a.free += o.took
	if last := len(a.offers) - 1; a.offers[last] == x {
		a.offers = a.offers[:last]
	} else {
		i := slices.Index(a.offers, x)
		a.offers = slices.Delete(a.offers, i, i+1)
	}
	e.offers.drop(x)
	e.agents.seat(n, &e.skills)
}

func (e *Engine) applyReturned(ev *Event) {
	x := e.offers.find(ev.Offer)
	o := e.offers.at(x)
	h, n := o.ticket, o.agent
	a := &e.agents.list[n]
	e.sum -= a.hash() + o.hash()
	a.since = ev.At
	e.giveBack(x, n)
	e.count.Serving--
	e.sum += a.hash()
	e.wait(h)
}

func (e *Engine) applyFinished(ev *Event) {
	x := e.offers.find(ev.Offer)
	o := e.offers.at(x)
	n := o.agent
	a := &e.agents.list[n]
	if !a.loose {
		e.loosenAgent(n)
	}
	if !o.loose {
		e.loosenOffer(x)
	}
	e.count.Serving--
	a.since = ev.At
	worked := o.worked(ev.At, ev.Until)
	if len(o.charges) > 0 {
		e.settleCharges(x, true, worked)
	}
	if e.tree.remembers {
		e.done(x, worked)
	}
	if !e.rehearses {
		e.learnPace(n, e.skills.demands[e.tickets.at(o.ticket).demand].channel, worked)
	}
	e.occupy(n)
	if ev.Until > ev.At {
		e.notAside(o.id)
		o.state, o.until, o.ticket = wrapping, ev.Until, 0
		e.timers.add(ev.Until, wrapTimer, x)
		e.agents.seat(n, &e.skills) // it is idle since later
	} else {
		e.giveBack(x, n)
	}
}

func (e *Engine) applyWrapEnded(ev *Event) {
	x := e.offers.find(ev.Offer)
	o := e.offers.at(x)
	n := o.agent
	a := &e.agents.list[n]
	e.loosenAgent(n)
	e.loosenOffer(x)
	if o.timer >= 0 {
		e.timers.remove(o.timer)
	}
	a.since = ev.At
	e.giveBack(x, n)
}

// applyResumed lets every open offer ring anew.
func (e *Engine) applyResumed() {
	for _, x := range e.offers.ringing {
		o := e.offers.at(x)
		e.sum -= o.hash()
		e.timers.remove(o.timer)
		o.until = e.now.Add(o.length)
		e.timers.add(o.until, offerTimer, x)
		e.sum += o.hash()
	}
}

// timerMoved is told by the timers where a timer stands.
func (e *Engine) timerMoved(k timerKind, ref uint32, pos int32) {
	switch k {
	case coolTimer:
		e.cools.slab[ref].timer = pos
	case hoursTimer:
		e.hoursPos = pos
	case ticketTimer:
		e.tickets.at(ref).timer = pos
	case limitTimer:
		e.tree.leaves[ref].timer = pos
	case lossTimer:
		e.agents.list[ref].timer = pos
	case capTimer:
		e.agents.list[ref].room = pos
	default:
		e.offers.at(ref).timer = pos
	}
}

func (e *Engine) applyAgent(ev *Event) {
	n := e.agents.find(ev.Agent)
	if n == 0 {
		n = e.agents.add(ev.Agent)
		e.agents.list[n].since = ev.At
	} else {
		e.sum -= e.agents.list[n].hash()
	}
	a := &e.agents.list[n]
	e.occupy(n)
	if a.state == onDuty {
		e.skills.profiles[a.profile].onDuty--
	}
	switch ev.Kind {
	case SignedIn:
		a.profile, a.answers = e.skills.profile(ev.Profile), ev.Profile.Answers
		switch a.state {
		case offDuty:
			a.state, a.missed = onDuty, 0
		case lost:
			a.state = a.was
		}
	case SignedOut:
		a.state = offDuty
	case OnBreak:
		a.state = onBreak
	case Readied:
		a.state, a.missed = onDuty, 0
	case Lost:
		a.state, a.was, a.until = lost, a.state, ev.Until
		e.timers.add(ev.Until, lossTimer, n)
	case Found:
		a.state = a.was
	}
	if a.state != lost && a.timer >= 0 {
		a.until = 0
		e.timers.remove(a.timer)
	}
	if a.state == onDuty {
		e.skills.profiles[a.profile].onDuty++
	}
	e.reprice(n)
	e.agents.unseat(n) // the profile may be another one
	e.agents.seat(n, &e.skills)
	e.sum += a.hash()
}

// reprice lets what agent n has in hand take of it what its profile says now. Whoever has more in hand than fits is offered
// nothing.
func (e *Engine) reprice(n uint32) {
	a := &e.agents.list[n]
	e.occupy(n)
	for _, x := range a.offers {
		o := e.offers.at(x)
		if o.ticket == 0 { // being wrapped up
			continue
		}
		c := e.skills.profiles[a.profile].cost[e.tickets.at(o.ticket).demand]
		if c == 0 {
			continue
		}
		e.sum -= o.hash()
		if o.state == aside {
			o.kept = c
		} else {
			a.free += o.took - c
			o.took = c
		}
		e.sum += o.hash()
	}
}
