package run

import (
	"errors"

	"fairline/engine"
	"fairline/simulations/measure"
)

// comers are the customers who come back later, by the number in the calendar; free numbers are used again.
type comers struct {
	list []visit
	free []int32
}

func (c *comers) clear() { c.list, c.free = c.list[:0], c.free[:0] }

func (c *comers) add(v visit) int32 {
	if n := len(c.free); n > 0 {
		i := c.free[n-1]
		c.free = c.free[:n-1]
		c.list[i] = v
		return i
	}
	c.list = append(c.list, v)
	return int32(len(c.list) - 1)
}

// take returns a visit that is made now, and frees its number.
func (c *comers) take(i int32) visit {
	c.free = append(c.free, i)
	return c.list[i]
}

// welcome lets a customer come who has waited so long already.
func (p *Player) welcome(v visit, waited engine.Duration) {
	i := p.slots.add()
	x := &p.slots.slab[i]
	*x = slot{origin: v.origin, twin: -1, state: waits}
	x.Index, x.Source, x.Attempt, x.Agent = int64(v.index), uint8(v.source), v.attempt, -1
	f := p.fill(v, x)
	f.Arrived -= engine.Instant(waited)
	x.Arrived = f.Arrived
	x.counted = p.now >= p.model.Shape.Begins && p.now < p.model.Shape.Ends
	x.Patience = engine.None
	if p.balks(v, x) {
		p.refuse(i, measure.Balked)
		return
	}
	if !p.arrive(i, f) {
		return
	}
	x = &p.slots.slab[i] // the slab may have grown
	if src := &p.model.sources[v.source]; src.actions != nil && x.state == waits {
		if a := &src.actions[x.Action]; a.also >= 0 {
			p.double(v, i, a)
		}
	}
	p.patient(i)
}

// arrive gives a ticket to the engine; false: it is refused.
func (p *Player) arrive(i int32, f *engine.Facts) bool {
	events, err := p.engine.Do(engine.Command{Kind: engine.Arrive, At: p.now, Facts: f})
	if err != nil {
		if errors.Is(err, engine.ErrLineFull) || errors.Is(err, engine.ErrClosed) || errors.Is(err, engine.ErrLimit) {
			p.refuse(i, measure.Blocked)
		} else {
			p.fail(err)
		}
		return false
	}
	x := &p.slots.slab[i]
	p.name(i, x, events)
	if x.counted {
		p.pending++
	}
	p.waiting++
	p.measure.Arrive(p.now, &x.Ticket)
	p.hear(events)
	p.endSpares()
	return p.err == nil
}

// name gives the ticket in a slot its number: a new one, or that of a customer who hung up and is back in time for the place.
func (p *Player) name(i int32, x *slot, events []engine.Event) {
	k := 0
	for events[k].Kind != engine.Arrived && (events[k].Kind != engine.Released || events[k].Why != engine.ByReturn) {
		k++
	}
	ev := &events[k]
	x.ID, x.Class = ev.Ticket, uint16(ev.Class)
	if ev.Kind == engine.Released {
		v, _ := p.engine.Ticket(ev.Ticket)
		x.Class = uint16(v.Class)
		j, old := p.slots.of(ev.Ticket)
		x.told, x.again = old.told, old.again // of what was told of already, nothing is told again
		p.slots.drop(j)
	}
	p.slots.in.put(uint64(ev.Ticket), i)
}

// refuse ends a ticket that never was in the line.
func (p *Player) refuse(i int32, how measure.Outcome) {
	x := &p.slots.slab[i]
	x.Outcome, x.Ended = how, p.now
	p.measure.Refused(p.now, &x.Ticket)
	p.tell(&x.Ticket)
	if x.twin < 0 { // else another ticket of the customer waits
		p.back(x)
	}
	p.slots.drop(i)
}

// balks reports whether the customer does not stay, since so many wait.
func (p *Player) balks(v visit, x *slot) bool {
	list := p.model.sources[v.source].spec.Balk
	if len(list) == 0 {
		return false
	}
	chance := 0.0
	for _, b := range list {
		if p.waiting >= b.Waiting {
			chance = b.Probability
		}
	}
	return chance > 0 && p.number(v, forBalking) < chance
}

// double opens a second ticket of the customer.
func (p *Player) double(v visit, first int32, a *action) {
	i := p.slots.add()
	x, one := &p.slots.slab[i], &p.slots.slab[first]
	*x = slot{origin: v.origin, twin: first, state: waits, counted: false}
	one.twin = i
	x.Index, x.Source, x.Attempt, x.Agent = one.Index, one.Source, one.Attempt, -1
	x.Action, x.Need, x.Arrived, x.Cohorts, x.Patience = one.Action, one.Need, p.now, one.Cohorts, engine.None
	x.Channel, x.Second, x.counted = uint8(a.also), true, one.counted
	f := p.doors[v.source].facts
	f.Channel = engine.ChannelID(a.also)
	for k := range a.alsoSet {
		p.say(x, &f, &a.alsoSet[k])
	}
	if !p.arrive(i, &f) {
		p.slots.slab[first].twin = -1 // it was refused: there is one ticket
	}
}

// patient puts down when a customer who waits gives up.
func (p *Player) patient(i int32) {
	x := &p.slots.slab[i]
	if x.state == free || x.state == served {
		return
	}
	x.Patience = p.patience(x)
	if x.Patience == engine.None {
		return
	}
	p.seq++
	x.leaves = p.seq
	p.leaves.push(entry{at: max(p.now, x.Arrived.Add(x.Patience)), seq: p.seq, who: i})
	if len(p.leaves) > 2*p.waiting+64 {
		p.leaves.keep(func(e entry) bool { return p.slots.slab[e.who].leaves == e.seq })
	}
}

// giveUp has a customer leave, unless somebody was quicker.
func (p *Player) giveUp(e entry) {
	x := &p.slots.slab[e.who]
	if x.leaves != e.seq || x.state != waits && x.state != rings {
		return
	}
	x.leaves = 0
	p.do(engine.Command{Kind: engine.Leave, Ticket: x.ID})
}

// back puts down whether and when somebody who left comes back.
func (p *Player) back(x *slot) {
	if !p.model.retries {
		return
	}
	v := x.visit()
	for k, r := range p.model.sources[x.Source].spec.Patience.Retry {
		next := v
		next.attempt = x.Attempt + 1
		if int(x.Attempt) >= r.Most || p.u(p.doors[v.origin].flow[forRetry].Sub(uint64(next.attempt)<<8|uint64(k)), v.index) >= r.Probability {
			continue
		}
		next.source = int32(r.As)
		after := seconds(r.After.Quantile(p.number(next, forRetryAfter)))
		p.later(p.now.Add(after), p.comers.add(next), turnRetry)
		return
	}
}
