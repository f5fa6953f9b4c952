package host

import "testing"

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
