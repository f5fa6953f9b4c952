package ledger

import (
	"fmt"

	"fairline/engine"
)

// enter puts a pair into the ledger.
func (c *Census) enter(p *passing, n Number) {
	c.tally.Pairs++
	if p.under != nil {
		c.tally.Missed++
	}
	p.pair.Entry = n
	if p.by.state == over {
		p.pair.Handled = p.by.handled()
		c.tell(p)
		return
	}
	p.by.entered = append(p.by.entered, p)
}

// handled is how long the work of an offer took that is over.
func (o *asked) handled() engine.Duration { return o.ended.Sub(o.accepted) }

// accept enters whom a start overtook: those who waited, and those whose offers failed since.
func (c *Census) accept(ev *engine.Event, entry *Entry) error {
	o := c.offers[ev.Offer]
	if o == nil || o.state != ringing {
		return fmt.Errorf("offer %d is accepted and does not ring", ev.Offer)
	}
	o.state, o.accepted = started, ev.At
	c.tally.Starts++
	c.tally.Skill += uint64(o.skill)
	c.tally.Room += uint64(o.room)
	n := uint32(0)
	for _, p := range o.pairs {
		switch {
		case p.under == nil:
			n++
			c.enter(p, entry.number())
		case p.under.state == failed:
			c.expected = append(c.expected, expected{offer: p.under.id, rival: o.ticket.id, pairs: []*passing{p}})
		}
	}
	o.pairs, o.under = nil, nil
	if n != ev.Count || n > 0 != (entry != nil) || entry != nil && entry.rowSum() != n {
		return fmt.Errorf("the start of offer %d overtook %d, its event says %d", ev.Offer, n, ev.Count)
	}
	return nil
}

// number returns the number of an entry, 0 where there is none.
func (e *Entry) number() Number {
	if e == nil {
		return 0
	}
	return e.Number
}

func (e *Entry) rowSum() (n uint32) {
	for i := range e.Rows {
		n += e.Rows[i].Count
	}
	return n
}

// withdraw finds who passed a ticket while its offer rang in vain.
func (c *Census) withdraw(ev *engine.Event) error {
	o := c.offers[ev.Offer]
	if o == nil || o.state != ringing {
		return fmt.Errorf("offer %d is withdrawn and does not ring", ev.Offer)
	}
	if ev.Until != 0 {
		c.cool[cooling{o.ticket.of.id, ev.Agent}] = true
	}
	c.close(o)
	c.limits.drop(o.id)
	c.unnote(o)
	o.state = failed
	if ev.Why == engine.ByLeaving {
		o.state = gone
	}
	var missed []*passing
	for _, p := range o.under {
		if o.state == failed && (p.by.state == started || p.by.state == over) {
			missed = append(missed, p)
		}
	}
	if len(missed) > 0 {
		c.expected = append(c.expected, expected{offer: o.id, pairs: missed})
	}
	o.pairs, o.under = nil, nil
	return nil
}

// miss compares an entry against an agent with what was counted.
func (c *Census) miss(ev *engine.Event, entry *Entry) error {
	for i, x := range c.expected {
		if x.offer != ev.Offer || x.rival != ev.Rival {
			continue
		}
		if int(ev.Count) != len(x.pairs) || entry == nil {
			return fmt.Errorf("%d went ahead while offer %d rang in vain, its event says %d", len(x.pairs), ev.Offer, ev.Count)
		}
		for _, p := range x.pairs {
			if p.pair.Over != ev.Ticket && p.under.ticket.id != ev.Ticket || p.under.agent != ev.Agent {
				return fmt.Errorf("offer %d was missed by another agent, or was of another ticket", ev.Offer)
			}
			c.enter(p, entry.Number)
		}
		c.expected = append(c.expected[:i], c.expected[i+1:]...)
		return nil
	}
	return fmt.Errorf("nobody went ahead while offer %d rang in vain, and an event enters %d", ev.Offer, ev.Count)
}

// close takes an offer from its agent.
func (c *Census) close(o *asked) {
	delete(c.offers, o.id)
	if !o.aside {
		c.used[o.agent] -= o.took
	}
}

// hold follows a ticket that is held: the work in hand is over.
func (c *Census) hold(ev *engine.Event) error {
	if ev.Offer == 0 {
		return nil
	}
	o := c.offers[ev.Offer]
	if o == nil || o.state != started {
		return fmt.Errorf("ticket %d is held from offer %d, which is not in hand", ev.Ticket, ev.Offer)
	}
	c.finish(o, ev.At)
	c.close(o)
	return nil
}

// finish notes that the work of an offer is over, and tells what it cost those it overtook.
func (c *Census) finish(o *asked, at engine.Instant) {
	o.state, o.ended = over, at
	for _, p := range o.entered {
		p.pair.Handled = o.handled()
		c.tell(p)
	}
	o.entered = nil
}

// work follows Returned, Finished, WrapEnded, Transferred, PutAside and TakenUp.
func (c *Census) work(ev *engine.Event) error {
	o := c.offers[ev.Offer]
	if o == nil || o.state == ringing {
		return fmt.Errorf("offer %d is not in hand", ev.Offer)
	}
	switch ev.Kind {
	case engine.PutAside, engine.TakenUp:
		return c.setAside(o, ev.Kind == engine.PutAside)
	case engine.WrapEnded:
		c.close(o)
	default:
		c.finish(o, ev.At)
		if ev.Kind != engine.Finished || ev.Until == ev.At {
			c.close(o)
		}
	}
	return nil
}

// setAside lets work in hand give its room to another ticket, or have it back.
func (c *Census) setAside(o *asked, aside bool) error {
	if o.aside == aside {
		return fmt.Errorf("offer %d is put aside or taken up twice", o.id)
	}
	if o.aside = aside; aside {
		c.used[o.agent] -= o.took
		return nil
	}
	if c.used[o.agent] += o.took; c.used[o.agent] > full {
		return fmt.Errorf("offer %d is taken up by an agent who has no room", o.id)
	}
	return nil
}
