package host

import (
	"testing"

	"fairline/engine"
)

// TestAnOfferIsSaidAgainAsItWas: who was there at the first offer, gone at the second and there again at the fourth.
func TestAnOfferIsSaidAgainAsItWas(t *testing.T) {
	b := newBook()
	ticket := &Ticket{Number: 1}
	for attempt, away := range []bool{false, true, true, false} {
		ticket.away = away
		b.offer(ticket, uint32(attempt+1))
	}
	for attempt, want := range []bool{false, true, true, false} {
		if got := ticket.callsBack(uint32(attempt + 1)); got != want {
			t.Errorf("attempt %d: an agent calls back: %v, want %v", attempt+1, got, want)
		}
	}
}

// TestWhoHasLeftIsNotThere has a ticket whose first contact has left, and whose other is to be called back.
func TestWhoHasLeftIsNotThere(t *testing.T) {
	b := newBook()
	b.channels = []engine.Channel{{Name: "phone", Live: true}}
	one, two := &Ticket{Number: 1, Channel: "phone", Contacts: []engine.TicketID{2}}, &Ticket{Number: 2, Channel: "phone", away: true}
	b.tickets[1], b.tickets[2] = one, two
	if b.awaited(one) {
		t.Error("an agent calls back although somebody waits")
	}
	if one.Left = true; !b.awaited(one) {
		t.Error("nobody calls back, although who waited has left")
	}
}
