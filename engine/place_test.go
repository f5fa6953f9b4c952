package engine

import (
	"errors"
	"testing"

	"pgregory.net/rapid"
)

// TestPlaceIsTheOrderOfARealDrain asks a random line for the places of all who wait, and then really lets one agent with
// all skills serve them, at one instant.
func TestPlaceIsTheOrderOfARealDrain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := newHistory(testPolicies()[0])
		h.plain = true
		p := h.policies()[rapid.IntRange(0, len(h.policies())-1).Draw(t, "policy")]
		h.m.policy, h.m.tree = p, newTree(p)
		e := h.e
		h.do(t, Command{Kind: Adopt, At: Instant(Hour), Policy: p})
		for range rapid.IntRange(1, 80).Draw(t, "steps") {
			h.step(t)
		}
		for d := e.Due(); d != 0 && d <= e.now; d = e.Due() {
			h.do(t, Command{Kind: Tick, At: e.now})
		}
		for _, a := range e.Agents() {
			if a.State != "off duty" {
				h.do(t, Command{Kind: SignOut, At: e.now, Agent: a.Agent})
			}
		}
		h.openAll()
		want := map[TicketID]int{}
		digest := e.Digest()
		for _, v := range e.Arrivals(1000) {
			s, err := e.Place(v.Ticket, 0)
			if err != nil || s.Of != e.Counts().Waiting {
				t.Fatalf("Place(%d) = %+v, %v; %d wait", v.Ticket, s, err, e.Counts().Waiting)
			}
			want[v.Ticket] = s.Place
			delete(want, v.Ticket)
			want[v.Head] = s.Place
		}
		if e.Digest() != digest {
			t.Fatal("asking for places changed the line")
		}
		h.drain(t, want)
	})
}

// openAll opens every class from here on, as a question about a place does.
func (h *history) openAll() {
	h.e.openAll()
	h.copy.openAll()
	h.m.closed, h.m.shut, h.opened = map[ClassID]bool{}, false, true
}

// drain serves everybody by one agent and compares the order.
func (h *history) drain(t *rapid.T, want map[TicketID]int) {
	zoe := WordOf("zoe")
	h.e.rehearses, h.copy.rehearses, h.m.rehearses = true, true, true // all is served at one instant, and takes what is expected
	one := Profile{Skills: h.e.skills.needed(), Takes: [ChannelsMax]uint8{1, 1, 1}}
	h.do(t, Command{Kind: SignIn, At: h.e.now, Agent: zoe, Profile: &one})
	for n := 1; n <= len(want); n++ {
		open := h.e.Ringing()
		if len(open) != 1 || want[h.m.ticket(open[0].Ticket).main().id] != n {
			t.Fatalf("the %d-th to be served is %+v, whose place was %v", n, open, want)
		}
		h.do(t, Command{Kind: Accept, At: h.e.now, Agent: zoe, Offer: open[0].Offer})
		h.do(t, Command{Kind: Finish, At: h.e.now, Agent: zoe, Offer: open[0].Offer})
	}
}

func TestPlaceRefuses(t *testing.T) {
	e := New()
	do := func(c Command) {
		t.Helper()
		c.At = Instant(Hour)
		if _, err := e.Do(c); err != nil {
			t.Fatal(err)
		}
	}
	do(Command{Kind: Adopt, Policy: testPolicies()[0]})
	if _, err := e.Place(1, 0); !errors.Is(err, ErrUnknownTicket) {
		t.Errorf("Place of nobody: %v, want ErrUnknownTicket", err)
	}
	do(Command{Kind: SignIn, Agent: 7, Profile: &Profile{Takes: e.policy.Takes()}})
	do(Command{Kind: Arrive, Facts: &Facts{}})
	if _, err := e.Place(1, 0); !errors.Is(err, ErrState) {
		t.Errorf("Place of an offered ticket: %v, want ErrState", err)
	}
	for range PlaceMax + 2 {
		do(Command{Kind: Arrive, Facts: &Facts{}})
	}
	for id, want := range map[TicketID]int{2: 1, PlaceMax + 1: PlaceMax, PlaceMax + 2: 0} {
		if s, err := e.Place(id, 0); err != nil || s.Place != want || s.Of != PlaceMax+2 {
			t.Errorf("Place(%d) = %+v, %v; want %d of %d", id, s, err, want, PlaceMax+2)
		}
	}
	for range PlaceLineMax - PlaceMax {
		do(Command{Kind: Arrive, Facts: &Facts{}})
	}
	if _, err := e.Place(2, 0); !errors.Is(err, ErrLimit) {
		t.Errorf("Place in a line of %d: %v, want ErrLimit", e.count.Waiting, err)
	}
}
