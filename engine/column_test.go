package engine

import "testing"

// TestColumnRanksAsCountedByHand sets and clears positions in columns of one and of many stretches and reaches.
func TestColumnRanksAsCountedByHand(t *testing.T) {
	for _, blocks := range []int{4, 8, 9, 32, 33, 100, 2100} {
		c, n := newColumn(blocks), int32(blocks*blockLen)
		in := make([]bool, n)
		for i := range int32(4000) {
			pos := i * 7919 % n
			if in[pos] = !in[pos]; in[pos] {
				c.set(pos)
			} else {
				c.clear(pos)
			}
			if i%1000 != 999 {
				continue
			}
			below := int32(0)
			for p := range n {
				if c.below(p) != below || c.has(p) != in[p] {
					t.Fatalf("%d blocks: %d below %d, want %d", blocks, c.below(p), p, below)
				}
				if in[p] {
					below++
				}
				if c.above(p) != c.total-below {
					t.Fatalf("%d blocks: %d above %d, want %d", blocks, c.above(p), p, c.total-below)
				}
			}
		}
	}
}

// TestDigestsAgreeWithoutWatching replays a line whose digest is asked for after each command only.
func TestDigestsAgreeWithoutWatching(t *testing.T) {
	for _, order := range benchOrders {
		line := newBenchLine(t, benchPolicy(order, 16), 4, 0)
		replay := New()
		replay.Apply(Event{Kind: Adopted, At: line.now, Policy: line.e.policy})
		replay.Apply(Event{Kind: SignedIn, At: line.now, Agent: line.agent, Profile: &Profile{Skills: line.e.skills.profiles[0].skills, Takes: line.e.policy.Takes()}})
		follow := func() {
			for i := range line.e.out {
				replay.Apply(line.e.out[i])
			}
			if replay.Digest() != line.e.Digest() {
				t.Fatalf("%s: the replay has another digest", order)
			}
		}
		for range 100 {
			line.arrive(t)
			follow()
		}
		for range 200 {
			line.arrive(t)
			follow()
			o := line.offer
			line.do(t, Command{Kind: Accept, Agent: line.agent, Offer: o})
			follow()
			line.do(t, Command{Kind: Finish, Agent: line.agent, Offer: o})
			follow()
		}
	}
}

// TestFirstAfterBeginsAtItsTime has a ticket that has waited exactly as long as the right says.
func TestFirstAfterBeginsAtItsTime(t *testing.T) {
	p := benchPolicy("strict", 2)
	p.Root.Protect = []Protection{{Kind: FirstAfter, Limit: fill(2, int64(10*Second))}}
	line := newBenchLine(t, p, 1, 0)
	line.do(t, Command{Kind: SignOut, Agent: line.agent})
	line.do(t, Command{Kind: Arrive, Facts: &line.facts[1]})
	line.now += Instant(10 * Second)
	line.do(t, Command{Kind: Arrive, Facts: &line.facts[0]})
	line.do(t, Command{Kind: SignIn, Agent: line.agent, Profile: &Profile{Takes: p.Takes()}})
	if o := line.e.out[1]; o.Kind != Offered || o.Ticket != 1 {
		t.Errorf("the ticket that waited for 10 s is not next, %d is", o.Ticket)
	}
}

// TestMarksOutliveALayout has everybody overtaken by an offer that still rings when the index is laid out anew.
func TestMarksOutliveALayout(t *testing.T) {
	line := newBenchLine(t, benchPolicy("strict", 2), 1, 0)
	arrive := func(n, class int) {
		for range n {
			line.do(t, Command{Kind: Arrive, Facts: &line.facts[class]})
		}
	}
	room := blocksMin*blockLen - 2
	arrive(room, 1)
	line.do(t, Command{Kind: Accept, Agent: line.agent, Offer: line.offer})
	arrive(1, 0)
	line.do(t, Command{Kind: Finish, Agent: line.agent, Offer: line.offer})
	arrive(room/10, 1)
	if len(line.e.index.slots) == blocksMin*blockLen {
		t.Fatal("the index was not laid out anew")
	}
	for id := TicketID(2); id <= TicketID(room); id++ {
		if v, _ := line.e.Ticket(id); v.Slips != 1 {
			t.Fatalf("ticket %d was overtaken %d times, want once", id, v.Slips)
		}
	}
}
