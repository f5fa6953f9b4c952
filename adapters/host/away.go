package host

import (
	"slices"

	"fairline/engine"
)

// A givenBack offer is work in hand that was taken from its agent.
type givenBack struct {
	offer   engine.OfferID
	attempt uint32
}

// attemptOf is which offer of the ticket one was that an agent had in hand; 0: none.
func (t *Ticket) attemptOf(offer engine.OfferID) uint32 {
	for _, g := range t.given {
		if g.offer == offer {
			return g.attempt
		}
	}
	return 0
}

// sendAway notes that the customer of a ticket does not hold on while it is held. One who was cut off does as soon as they are back.
func (b *Book) sendAway(t *Ticket, why engine.Cause) {
	if why == engine.ByHangUp {
		return
	}
	for _, c := range b.contacts(t) {
		c.away = true
	}
}

// awaited reports whether an agent who has the ticket has to call its customer back: somebody was told that they need not hold on, or
// was sent away by a hold, and nobody has come since who waits now.
func (b *Book) awaited(t *Ticket) bool {
	away := false
	for _, c := range b.contacts(b.head(t)) {
		switch {
		case c.Left:
		case c.away:
			away = true
		case b.live(c.Channel):
			return false
		}
	}
	return away
}

// live reports whether customers of a channel are there while they wait.
func (b *Book) live(channel string) bool {
	return slices.ContainsFunc(b.channels, func(c engine.Channel) bool { return c.Name == channel && c.Live })
}

// offer notes an offer of the ticket. Whether an agent has to call back is kept by attempt, because it may change before it is said
// again.
func (b *Book) offer(t *Ticket, attempt uint32) {
	t.Attempts = attempt
	if b.awaited(t) != t.callsBack(attempt) {
		t.turns = append(t.turns, attempt)
	}
}

// callsBack reports whether the customer was away when the ticket was offered: the agent has to call.
func (t *Ticket) callsBack(attempt uint32) bool {
	n := 0
	for n < len(t.turns) && t.turns[n] <= attempt {
		n++
	}
	return n%2 == 1
}
