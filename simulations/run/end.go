package run

import (
	"fairline/engine"
	"fairline/simulations/measure"
)

// ended ends the work on a ticket, or hands it on.
func (p *Player) ended(e entry) {
	x := &p.slots.slab[e.who]
	if x.ends != e.seq || x.state != served {
		return
	}
	x.ends = 0
	a := &p.model.agents[x.Agent]
	if t := &p.model.sources[x.Source].spec.Transfer; x.tries == 0 && t.Probability > 0 && p.number(x.visit(), forTransfer) < t.Probability {
		p.handOn(e.who, x, a)
		return
	}
	x.Wrapped = min(p.wrap(x), engine.Day) // the engine takes no more
	p.do(engine.Command{Kind: engine.Finish, Agent: a.id, Offer: x.offer, Wrap: x.Wrapped})
}

// handOn transfers a ticket to others.
func (p *Player) handOn(i int32, x *slot, a *agent) {
	x.tries++
	src := &p.model.sources[x.Source]
	f := src.facts
	if p.engine.Facts(x.ID, &f) {
		f.Needs, f.NeedsLen, f.Given, f.Only = [engine.NeedsMax]engine.Word{}, uint8(len(src.transfer)), 0, 0
		copy(f.Needs[:], src.transfer)
		p.do(engine.Command{Kind: engine.Transfer, Agent: a.id, Offer: x.offer, Facts: &f})
	}
}

// hearEnd follows work that is finished, and tickets that end.
func (p *Player) hearEnd(ev *engine.Event) {
	if ev.Kind == engine.Ended && len(p.families) > 0 && p.endFamily(ev) {
		return
	}
	i, x := p.slots.of(ev.Ticket)
	switch {
	case x == nil:
	case ev.Kind == engine.Finished:
		p.laidDown(x, ev)
	default:
		p.end(i, x, ev)
	}
}

// end ends the ticket, or the contact of a ticket, in a slot.
func (p *Player) end(i int32, x *slot, ev *engine.Event) {
	x.Ended = p.now
	switch {
	case ev.End == engine.Served && x.state == served:
		x.Outcome, x.Slips = measure.Served, x.fresh(ev.Slips)
		p.measure.Finish(p.now, &x.Ticket)
	case x.state == hung: // it was counted when the customer hung up
		p.slots.drop(i)
		return
	default:
		x.Outcome, x.Slips = measure.Closed, x.fresh(ev.Slips)
		if ev.End == engine.Abandoned && !x.spare {
			x.Outcome = measure.Abandoned
		}
		p.left(x)
	}
	p.gone(i, x)
}

// laidDown counts the work that an agent lays down. What is wrapped up stays in hand.
func (p *Player) laidDown(x *slot, ev *engine.Event) {
	i := x.Agent
	x.Handled += p.now.Sub(x.began)
	if ev.Kind == engine.Finished && ev.Until > p.now {
		p.posts[i].wraps = append(p.posts[i].wraps, wrapUp{ev.Offer, ev.Until})
		p.measure.Wrap(p.now, i, true)
		return
	}
	p.measure.Work(p.now, i, -1)
	p.emptied(i)
}

// emptied lets an agent go whose shift was over.
func (p *Player) emptied(i int32) {
	post := &p.posts[i]
	post.inHand--
	if post.leaving && post.inHand == 0 {
		p.later(p.now, i, turnOut)
	}
}

// left counts a ticket that leaves the line without having been served.
func (p *Player) left(x *slot) {
	if x.state == served || x.state == aside {
		p.measure.Finish(p.now, &x.Ticket)
		return
	}
	p.waiting--
	p.measure.Leave(p.now, &x.Ticket)
}

// gone frees the slot of a ticket that ended.
func (p *Player) gone(i int32, x *slot) {
	p.tell(&x.Ticket)
	if x.counted {
		p.pending--
	}
	if x.Outcome == measure.Abandoned {
		p.back(x)
	}
	if x.twin >= 0 && p.slots.slab[x.twin].twin == i {
		p.slots.slab[x.twin].twin = -1
	}
	p.slots.drop(i)
}

// single ends the second ticket of a customer whose first was started, or the other way round.
func (p *Player) single(x *slot) {
	y := &p.slots.slab[x.twin]
	x.twin = -1
	if y.state == waits || y.state == rings {
		y.twin, y.spare = -1, true
		p.spare = append(p.spare, y.ID)
	}
}

// hearOther follows what is rarer.
func (p *Player) hearOther(ev *engine.Event) {
	switch ev.Kind {
	case engine.WrapEnded:
		p.wrapped(ev)
		return
	case engine.Readied, engine.OnBreak, engine.SignedIn, engine.SignedOut:
		p.hearAgent(ev)
		return
	case engine.Missed:
		p.measure.Missed(ev.Count)
		return
	}
	i, x := p.slots.of(ev.Ticket)
	if x == nil {
		return
	}
	switch ev.Kind {
	case engine.Withdrawn:
		p.withdrawn(x)
		if o := p.openOf(ev.Offer); o != nil {
			p.failed(o, ev.Why == engine.ByLeaving)
		}
	case engine.Returned, engine.Transferred:
		if x.state == aside {
			p.emptied(x.Agent) // its work was counted when it was put aside
		} else {
			p.laidDown(x, ev)
		}
		x.state, x.ends = waits, 0
		p.waiting++
	case engine.PutAside:
		x.Handled += p.now.Sub(x.began)
		x.left -= p.now.Sub(x.began)
		x.state, x.ends = aside, 0
		p.measure.Work(p.now, x.Agent, -1)
	case engine.TakenUp:
		x.state = served
		p.measure.Work(p.now, x.Agent, 1)
		p.handle(i, x, x.left)
	case engine.CalledBack:
		x.leaves = 0
	case engine.Joined:
		p.joined(i, ev.Rival)
	case engine.Left:
		p.leftAlone(i, x)
	case engine.Held:
		if ev.Why == engine.ByHangUp {
			p.hungUp(x)
		}
	}
}

// withdrawn drops what was noted of an offer that failed.
func (p *Player) withdrawn(x *slot) {
	x.state, x.ends = waits, 0
	kept := p.rows[:0]
	for k := range p.rows {
		if p.rows[k].row.Offer != x.offer {
			kept = append(kept, p.rows[k])
		}
	}
	p.rows = kept
}

// hungUp counts a customer who hung up as gone, although the line keeps the place for a while.
func (p *Player) hungUp(x *slot) {
	x.Outcome, x.Ended = measure.Abandoned, p.now
	if v, ok := p.engine.Ticket(x.ID); ok {
		x.Slips = x.fresh(uint32(v.Slips))
		x.told, x.again = uint32(v.Slips), p.latest
	}
	p.left(x)
	p.tell(&x.Ticket)
	if x.counted {
		p.pending--
	}
	p.back(x)
	if x.twin >= 0 {
		p.slots.slab[x.twin].twin, x.twin = -1, -1
	}
	x.state = hung
}

// hearAgent follows and tells of an agent.
func (p *Player) hearAgent(ev *engine.Event) {
	if ev.Kind == engine.OnBreak && ev.Why == engine.ByMissing {
		p.missed(p.at.get(uint64(ev.Agent)))
	}
	if p.play.Watch.Agent == nil {
		return
	}
	state := map[engine.EventKind]string{engine.Readied: "available", engine.OnBreak: "break", engine.SignedIn: "available",
		engine.SignedOut: "offline"}[ev.Kind]
	p.play.Watch.Agent(p.now, int(p.at.get(uint64(ev.Agent))), state)
}
