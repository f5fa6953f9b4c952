package phone

import (
	"context"
	"errors"

	"fairline/adapters/channel"
)

// hear takes what the line says. What is said of a call that is not here any more, such as one of before a restart, is only of
// interest where it is offered, and where it has ended.
func (a *Adapter) hear(ctx context.Context, n channel.Notice) error {
	c := a.addressee(n)
	switch {
	case n.Kind == channel.Ended:
		a.forgetCallee(n.ID)
	case c == nil && n.Kind == channel.Offered:
		return a.offeredGone(ctx, n)
	}
	return nil
}

// addressee is the call that a notice is about, which has it in its mailbox; nil: none that is here.
func (a *Adapter) addressee(n channel.Notice) *call {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	c := a.calls[n.ID]
	if c == nil {
		c = a.tickets[n.Ticket]
	}
	if c == nil {
		return nil
	}
	if n.Kind == channel.Joined {
		c.joined = n.To
		a.tickets[n.To] = c
	}
	c.box.post(n)
	return c
}

// offeredGone takes an offer of a contact whose call is not here. Whoever is to be called back keeps the place; of all others the
// call is gone, and the contact is given up.
func (a *Adapter) offeredGone(ctx context.Context, n channel.Notice) error {
	to, err := a.kept(ctx, n.ID)
	if err != nil {
		a.log.Warn("whom to call back cannot be read", "contact", n.ID, "error", err)
	}
	if n.CallBack || to.Call != "" || err != nil {
		if a.callBack(n, to) {
			return nil
		}
		a.count(func(s *Stats) { s.ByHand++ })
		return nil
	}
	a.count(func(s *Stats) { s.Lost++ })
	err = a.line.Leave(ctx, n.ID, "the call is gone")
	if no := (*channel.Refusal)(nil); err != nil && !errors.As(err, &no) {
		return err // it is said again
	}
	return nil
}
