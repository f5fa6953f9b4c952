package run

import (
	"slices"

	"fairline/engine"
)

// hear follows what the engine says. Offers are noted, and accepted when all was heard.
func (p *Player) hear(events []engine.Event) {
	if p.play.Watch.Decided != nil {
		p.play.Watch.Decided(events)
	}
	for k := range events {
		ev := &events[k]
		switch ev.Kind {
		case engine.Offered:
			p.offered(ev)
		case engine.Passed:
			p.row(ev)
		case engine.Accepted:
			p.started(ev)
		case engine.Finished, engine.Ended:
			p.hearEnd(ev)
		default:
			p.hearOther(ev)
		}
	}
}

// offered notes an offer, and what the decision counted.
func (p *Player) offered(ev *engine.Event) {
	i, x := p.slots.of(ev.Ticket)
	if x == nil {
		return
	}
	x.state, x.offer, x.Agent = rings, ev.Offer, p.at.get(uint64(ev.Agent))
	x.Slips, x.count, x.skill, x.room = x.fresh(ev.Slips), ev.Count, ev.Skill, ev.Room
	p.latest = ev.Offer
	if !p.model.agents[x.Agent].profile.Answers {
		p.opened(x, ev)
		p.ring(i, x)
	}
}

// ring has an agent take a while to answer, or not answer at all: then the offer runs out.
func (p *Player) ring(i int32, x *slot) {
	spec, v := p.model.agents[x.Agent].spec, x.visit()
	n := uint64(x.offer) // a number of its own for each offer
	if p.u(p.doors[v.origin].flow[forMissing].Sub(n), v.index) < spec.Misses {
		return
	}
	after := engine.Duration(0)
	if spec.Answer != nil {
		after = seconds(spec.Answer.Quantile(p.u(p.doors[v.origin].flow[forAnswer].Sub(n), v.index)))
	}
	p.seq++
	x.ends = p.seq
	p.turns.push(entry{at: p.now.Add(after), seq: p.seq, who: i, aim: int32(turnAnswer)})
}

// answer accepts an offer that rang, if it still does.
func (p *Player) answer(e entry) {
	x := &p.slots.slab[e.who]
	if x.ends != e.seq || x.state != rings {
		return
	}
	x.ends = 0
	p.do(engine.Command{Kind: engine.Accept, Agent: p.model.agents[x.Agent].id, Offer: x.offer})
}

// started begins the work on a ticket.
func (p *Player) started(ev *engine.Event) {
	i, x := p.slots.of(ev.Ticket)
	if x == nil {
		return
	}
	x.state, x.leaves = served, 0
	if o := p.openOf(ev.Offer); o != nil {
		p.closed(o)
	}
	p.waiting--
	x.Skips, x.BySkill, x.ByRoom = x.Skips+x.count, x.BySkill+x.skill, x.ByRoom+x.room
	if x.Started == 0 {
		x.Started = p.now
	}
	p.measure.Start(p.now, &x.Ticket)
	p.passed(x, ev.Offer)
	p.posts[x.Agent].inHand++
	p.measure.Work(p.now, x.Agent, 1)
	p.handle(i, x, p.work(x))
	p.starts++
	if x.head != 0 {
		p.reached(i, x)
	}
	if x.twin >= 0 {
		p.single(x)
	}
}

// handle lets the work in hand end so much later.
func (p *Player) handle(i int32, x *slot, work engine.Duration) {
	p.seq++
	x.ends, x.began, x.left = p.seq, p.now, work
	e := entry{at: p.now.Add(work), seq: p.seq, who: i}
	if p.vacant {
		p.vacant = false
		p.ends.replace(e)
		return
	}
	p.ends.push(e)
}

// A passing is a pair of tickets of which the later is offered first; it counts when the offer is accepted.
type passing struct {
	row   engine.Event
	under int32           // the slot of one of the row
	id    engine.TicketID // in that slot; 0: it is about all of them
}

// row notes whom an offer passes: each ticket, where it is asked for, or where the offer rings and may fail.
func (p *Player) row(ev *engine.Event) {
	p.rows = append(p.rows, passing{row: *ev})
	o := p.openOf(ev.Offer)
	if o == nil && !p.model.options.Pairs {
		return
	}
	channel, needs := p.engine.Demand(ev.Demand)
	for j := range p.slots.slab {
		y := &p.slots.slab[j]
		if y.state != waits || ev.Ticket != 0 && y.ID != ev.Ticket {
			continue
		}
		v, ok := p.engine.Ticket(y.ID)
		if !ok || v.Class != ev.Class || v.Channel != channel || v.Place.Before(ev.From) || !v.Place.Before(ev.Before) || !slices.Equal(v.Needs, needs) {
			continue
		}
		if o != nil {
			if o.passes(y.ID) {
				continue // in a row of its own
			}
			o.over = append(o.over, over{ticket: y.ID})
		}
		if p.model.options.Pairs {
			p.rows = append(p.rows, passing{*ev, int32(j), y.ID})
		}
	}
}

// passed tells whom a start passed.
func (p *Player) passed(x *slot, offer engine.OfferID) {
	if len(p.rows) == 0 {
		return
	}
	kept := p.rows[:0]
	for k := range p.rows {
		r := &p.rows[k]
		switch {
		case r.row.Offer != offer:
			kept = append(kept, *r)
		case r.id == 0:
			channel, _ := p.engine.Demand(r.row.Demand)
			p.measure.Passed(p.now, &x.Ticket, &r.row, uint8(channel), p.winner(x, &r.row))
		case p.slots.slab[r.under].ID == r.id: // else it has gone since
			under := &p.slots.slab[r.under].Ticket
			p.measure.Pair(p.now, &x.Ticket, under, &r.row)
			if p.play.Watch.Paired != nil {
				p.play.Watch.Paired(p.now, &x.Ticket, under, &r.row)
			}
		}
	}
	p.rows = kept
}

// winner returns the class of the ticket that the row's node preferred: it need not be the one that was started.
func (p *Player) winner(x *slot, row *engine.Event) uint16 {
	if _, y := p.slots.of(row.Rival); y != nil {
		return y.Class
	}
	return x.Class
}
