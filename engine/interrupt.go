package engine

import "slices"

// Deferred work in hand can give its room to a ticket of a channel that may interrupt it: it is put aside, stays with its
// agent, and is taken up again as soon as the agent has the room, before anything new is offered.

// interrupt offers the first ticket by the order that nobody available can take, and somebody could who puts deferred work
// aside. It reports whether there was one.
func (e *Engine) interrupt() bool {
	h, n := e.interruption()
	if h == 0 {
		return false
	}
	t := e.tickets.at(h)
	need := e.skills.profiles[e.agents.list[n].profile].cost[t.demand]
	for e.agents.list[n].free < need {
		o := e.offers.at(e.latest(n, e.channel(t), 0))
		e.emit(Event{Kind: PutAside, Offer: o.id, Ticket: o.place.Seq, Agent: e.agents.list[n].name})
	}
	e.look()
	e.offer(h, n, ByInterrupt)
	return true
}

// interruption returns who is to be offered to whom, or 0.
func (e *Engine) interruption() (handle, uint32) {
	if !e.tree.interrupts || e.count.Waiting == 0 || e.count.Serving == 0 {
		return 0, 0
	}
	e.look()
	for i := range e.agents.fences.list {
		a := &e.agents.fences.list[i]
		e.view.by = append(e.view.by, e.yielding(a.open, a.capped))
	}
	e.view.open, e.view.aside, e.view.turns = e.yielding(e.view.open, 0), true, notKept
	h := e.show(e.tree.nodes[0]).ticket
	n := uint32(0)
	if h != 0 {
		n = e.matchAside(h)
	}
	e.view.aside = false
	e.view.number++ // what was shown is of no use to others
	if h == 0 || e.forbidden(h, n, e.roomAside(h, n), false) {
		return 0, 0
	}
	return h, n
}

// yielding returns the demands that are not open and that somebody would have room for who puts work aside and did not reach
// one of the caps.
func (e *Engine) yielding(open bitset, caps uint16) (to bitset) {
	for d := range e.skills.demands {
		if c := &e.policy.Channels[e.skills.demands[d].channel]; len(c.Interrupts) > 0 && !open.has(d) {
			for n := 1; n < len(e.agents.list); n++ {
				if e.couldYield(uint32(n), DemandID(d), c, caps) {
					to.add(d)
					break
				}
			}
		}
	}
	return to
}

// latest returns the slot of the work of agent n that was taken on last before offer before (0: at all) and may be put aside
// for a ticket of channel c.
func (e *Engine) latest(n uint32, c *Channel, before OfferID) (slot uint32) {
	best := OfferID(0)
	for _, x := range e.agents.list[n].offers {
		if o := e.offers.at(x); e.yields(o, c) && o.id > best && (before == 0 || o.id < before) {
			slot, best = x, o.id
		}
	}
	return slot
}

// roomAside returns what agent n has free having put aside what h needs.
func (e *Engine) roomAside(h handle, n uint32) int32 {
	a, t := &e.agents.list[n], e.tickets.at(h)
	room, need := a.free, e.skills.profiles[a.profile].cost[t.demand]
	for id := OfferID(0); room < need; {
		o := e.offers.at(e.latest(n, e.channel(t), id))
		room, id = room+o.took, o.id
	}
	return room
}

// yields reports whether the work of o may be put aside for a ticket of channel c.
func (e *Engine) yields(o *offer, c *Channel) bool {
	return o.state == working && slices.Contains(c.Interrupts, e.skills.demands[e.tickets.at(o.ticket).demand].channel)
}

// couldYield reports whether agent n, who reached none of the caps, would have room for demand d, of channel c, having put
// work aside.
func (e *Engine) couldYield(n uint32, d DemandID, c *Channel, caps uint16) bool {
	a := &e.agents.list[n]
	cost := e.skills.profiles[a.profile].cost[d]
	only := e.skills.demands[d].only
	if a.state != onDuty || a.drain != 0 || a.capped&caps != 0 || cost == 0 || only != 0 && only != a.name {
		return false
	}
	room := a.free
	for _, x := range a.offers {
		if o := e.offers.at(x); e.yields(o, c) {
			room += o.took
		}
	}
	return room > a.free && room >= cost
}

// matchAside is like match, among those who would put work aside.
func (e *Engine) matchAside(h handle) uint32 {
	t := e.tickets.at(h)
	best, caps := uint32(0), e.agents.fences.cappedFor(t.class)
	e.countPools()
	for n := 1; n < len(e.agents.list); n++ {
		if e.couldYield(uint32(n), t.demand, e.channel(t), caps) && !e.missedBy(t, uint32(n)) &&
			(best == 0 || e.rather(t, uint32(n), best)) {
			best = uint32(n)
		}
	}
	return best
}

// takeUp lets agents take up what they put aside, where they have the room again.
func (e *Engine) takeUp() {
	for i := 0; i < len(e.asides); i++ {
		o := e.offers.at(e.offers.find(e.asides[i]))
		if a := &e.agents.list[o.agent]; a.state != lost && a.free >= o.kept {
			e.emit(Event{Kind: TakenUp, Offer: o.id, Ticket: o.place.Seq, Agent: a.name})
			i--
		}
	}
}

func (e *Engine) applyAside(ev *Event) {
	o := e.offers.at(e.offers.find(ev.Offer))
	a := &e.agents.list[o.agent]
	e.sum -= a.hash() + o.hash()
	e.occupy(o.agent)
	if o.lay(ev.At, ev.Kind == PutAside); ev.Kind == PutAside {
		a.free += o.took
		o.kept, o.took, o.state = o.took, 0, aside
		e.asides = append(e.asides, ev.Offer)
	} else {
		a.free -= o.kept
		o.took, o.state = o.kept, working
		e.notAside(ev.Offer)
	}
	e.agents.seat(o.agent, &e.skills)
	e.sum += a.hash() + o.hash()
}

// notAside forgets that work is put aside.
func (e *Engine) notAside(id OfferID) {
	if len(e.asides) > 0 {
		e.dropAside(id)
	}
}

func (e *Engine) dropAside(id OfferID) {
	e.asides = slices.DeleteFunc(e.asides, func(x OfferID) bool { return x == id })
}
