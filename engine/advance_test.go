package engine

import "testing"

// A crowd is a line that always has a few tickets of each class waiting, served by agents who never rest.
type crowd struct {
	*adopted
	starts map[ClassID]int
	in     map[TicketID]ClassID
}

func newCrowd(t *testing.T, p *Policy, classes int) *crowd {
	t.Helper()
	c := &crowd{adopted: newAdopted(t, p), starts: map[ClassID]int{}, in: map[TicketID]ClassID{}}
	for range 10 {
		for k := range classes {
			c.comes(ClassID(k))
		}
	}
	return c
}

func (c *crowd) comes(k ClassID) {
	f := &Facts{Has: 3, Channel: ChannelID(k)}
	f.Attrs[0] = int64(k)
	c.in[c.e.nextTicket] = k
	c.do(Command{Kind: Arrive, Facts: f})
}

// serve lets every agent finish so many tickets; for each one served another of its class comes.
func (c *crowd) serve(rounds int) {
	c.t.Helper()
	for range rounds {
		c.now = c.now.Add(Second)
		for _, o := range c.e.Ringing() {
			c.do(Command{Kind: Accept, Agent: o.Agent, Offer: o.Offer})
			k := c.in[o.Ticket]
			c.starts[k]++
			c.do(Command{Kind: Finish, Agent: o.Agent, Offer: o.Offer})
			c.comes(k)
		}
	}
}

// threeFlows shares among a, b and c, each of a channel of its own.
func threeFlows(o Share, g ...Protection) *Policy {
	p := flowsPolicy(o, &vector{weights: o.Weight})
	p.Root.Protect = g
	return p
}

// TestOthersAgentsMoveNobody holds the shares of two flows that one agent serves, 3 to 1, while an agent of its own lets a third
// flow run far ahead.
func TestOthersAgentsMoveNobody(t *testing.T) {
	c := newCrowd(t, threeFlows(Share{Weight: []int64{3, 1, 1}}), 3)
	c.do(Command{Kind: SignIn, Agent: 1, Profile: &Profile{Takes: [ChannelsMax]uint8{1, 1}}})
	c.do(Command{Kind: SignIn, Agent: 2, Profile: &Profile{Takes: [ChannelsMax]uint8{0, 0, 1}}})
	c.serve(400)
	if a, b := c.starts[0], c.starts[1]; a < 3*b-3 || a > 3*b+3 || c.starts[2] < 399 {
		t.Errorf("a and b had %d and %d starts, want 3 to 1; c had %d", a, b, c.starts[2])
	}
}

// TestRightsMoveNobody holds the shares of a and b, 6 to 2, where a least share lets c have far more than its own.
func TestRightsMoveNobody(t *testing.T) {
	least := Protection{Kind: MinShare, Over: Hour, Parts: []Part{{Name: "c", Classes: []ClassID{2}, Percent: 30}}}
	c := newCrowd(t, threeFlows(Share{Weight: []int64{6, 2, 1}}, least), 3)
	c.do(Command{Kind: SignIn, Agent: 1, Profile: &Profile{Takes: [ChannelsMax]uint8{1, 1, 1}}})
	c.serve(1000)
	if a, b := c.starts[0], c.starts[1]; a < 3*b-3 || a > 3*b+3 || c.starts[2] < 299 || c.starts[2] > 301 {
		t.Errorf("a and b had %d and %d starts, want 3 to 1; c had %d, want 300", a, b, c.starts[2])
	}
}

// TestWhoIsClosedSavesNothingUp holds that a class which was closed while others were served takes turns from its opening on.
func TestWhoIsClosedSavesNothingUp(t *testing.T) {
	p := threeFlows(Share{Weight: []int64{1, 1}})
	p.Classes[1].Hours = NewCalendar([]Span{{nine + Instant(100*Second), nine + Instant(Hour)}})
	c := newCrowd(t, p, 2)
	c.do(Command{Kind: SignIn, Agent: 1, Profile: &Profile{Takes: [ChannelsMax]uint8{1, 1}}})
	c.serve(99)
	for d := c.e.Due(); d != 0 && d <= c.now.Add(2*Second); d = c.e.Due() {
		c.now = d
		c.do(Command{Kind: Tick})
	}
	if c.starts[0] != 99 {
		t.Fatalf("a had %d starts while b was closed, want 99", c.starts[0])
	}
	c.serve(20)
	if a := c.starts[0] - 99; a < 9 || a > 11 {
		t.Errorf("of 20 starts since the opening a had %d, want half", a)
	}
}

// TestSharesHoldTheirNumbers holds the sums of a very large line to what fits: with 1,000 agents day and night for a year the
// virtual time has used an eighth of its range at most, and with a half-life of a month a flow half.
func TestSharesHoldTheirNumbers(t *testing.T) {
	day := int64(24 * Hour / Millisecond)
	for _, o := range []Share{{Weight: []int64{997, 991, 983}, Minutes: true}, {WeightBy: 1, By: 2, Minutes: true}} {
		if most := float64(o.unit()) * 1000 * float64(day) * 365; most > float64(1<<63)/8 {
			t.Errorf("a year of charges is %g, of %g", most, float64(1<<63))
		}
		month := float64(o.unit()) * 1000 * float64(day) * 30 / 0.69 * (1 << (eraLen + 1))
		if month > float64(1<<63)/2 {
			t.Errorf("a half-life of a month is %g, of %g", month, float64(1<<63))
		}
	}
}
