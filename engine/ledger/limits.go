package ledger

import (
	"fmt"
	"slices"

	"fairline/engine"
)

// limits count the starts of classes that may overtake so often only, by hand. An open offer counts; one that fails is taken
// back. Windows go by the names of classes, for policies number them. The zero value has none.
type limits struct {
	windows map[string][]stamp
}

// A stamp is an offer that overtakes somebody.
type stamp struct {
	offer engine.OfferID
	at    engine.Instant
}

// add counts an offer of a class of p, and returns how many its window has then; 0: nobody counts that.
func (l *limits) add(p *engine.Policy, c engine.ClassID, o stamp) int {
	k := &p.Classes[c]
	if k.Limit == 0 {
		return 0
	}
	if l.windows == nil {
		l.windows = map[string][]stamp{}
	}
	list := slices.DeleteFunc(l.windows[k.Name], func(s stamp) bool { return s.at.Add(k.Per) <= o.at })
	l.windows[k.Name] = append(list, o)
	return len(list) + 1
}

// drop takes an offer back.
func (l *limits) drop(id engine.OfferID) {
	for name, list := range l.windows {
		l.windows[name] = slices.DeleteFunc(list, func(s stamp) bool { return s.offer == id })
	}
}

// limited counts an offer that overtakes somebody against the limit of its class.
func (c *Census) limited(o *asked, overtakes int) error {
	if overtakes == 0 {
		return nil
	}
	p := c.lives.policy
	k := &p.Classes[o.ticket.class]
	n := c.limits.add(p, o.ticket.class, stamp{o.id, o.at})
	switch {
	case n <= k.Limit:
	case k.Beyond == engine.GoAhead:
		o.beyond = uint32(n)
	case o.why == 0:
		return fmt.Errorf("offer %d is start %d of class %s, which may have %d", o.id, n, k.Name, k.Limit)
	}
	return nil
}

// overLimit checks that what goes ahead over a limit is said behind its decision, and nothing else.
func (c *Census) overLimit(ev *engine.Event) error {
	o := c.decision
	c.decision, c.rows = nil, c.rows[:0]
	if o == nil || o.id != ev.Offer || o.ticket.class != ev.Class || o.beyond != ev.Count || ev.Count == 0 {
		return fmt.Errorf("offer %d is said to be start %d of a class over its limit", ev.Offer, ev.Count)
	}
	return nil
}
