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
	delete(c.offers, o.id)
	c.used[o.agent] -= o.took
	o.ticket.offer = nil
	if ev.Why == engine.ByDecline || ev.Why == engine.ByExpiry {
		o.ticket.cool[ev.Agent] = true
	}
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
			if p.pair.Over != ev.Ticket || p.under.agent != ev.Agent {
				return fmt.Errorf("offer %d was missed by another agent, or was of another ticket", ev.Offer)
			}
			c.enter(p, entry.Number)
		}
		c.expected = append(c.expected[:i], c.expected[i+1:]...)
		return nil
	}
	return fmt.Errorf("nobody went ahead while offer %d rang in vain, and an event enters %d", ev.Offer, ev.Count)
}

// work follows Returned, Finished and WrapEnded.
func (c *Census) work(ev *engine.Event) error {
	o := c.offers[ev.Offer]
	if o == nil || o.state == ringing {
		return fmt.Errorf("offer %d is not in hand", ev.Offer)
	}
	if ev.Kind != engine.WrapEnded {
		o.state, o.ended = over, ev.At
		for _, p := range o.entered {
			p.pair.Handled = o.handled()
			c.tell(p)
		}
		o.entered = nil
		o.ticket.offer = nil
	}
	if ev.Kind == engine.Finished {
		o.ticket.offer = o // it is in nobody's way until it ends
	}
	if ev.Kind != engine.Finished || ev.Until == ev.At {
		delete(c.offers, o.id)
		c.used[o.agent] -= o.took
	}
	return nil
}
