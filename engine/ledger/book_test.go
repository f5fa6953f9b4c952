package ledger

import (
	"fmt"
	"testing"

	"fairline/engine"
)

// bank is the rule of the bank of 1999: priority customers start with 90 seconds.
func bank() *engine.Policy {
	return &engine.Policy{Name: "bank", Hash: [32]byte{0x3f, 0x9c, 0x21}, Attrs: []string{"priority"},
		Channels: []engine.Channel{{Name: "phone", Takes: 1, Late: engine.Hour}},
		Classes:  []engine.Class{{Name: "priority", Reason: "Priority customers start with 90 seconds", Line: 11}, {Name: "regular"}},
		Classify: func(f *engine.Facts) engine.ClassID { return engine.ClassID(1 - f.Attrs[0]) },
		Root: &engine.Node{Name: "line", Line: 16, Order: engine.HeadStart{Credit: []engine.Duration{90 * engine.Second, 0}},
			Members: []engine.Member{{Class: 0}, {Class: 1}}}}
}

// A clerk feeds an engine with what a test says, and hears the events.
type clerk struct {
	e    *engine.Engine
	t    testing.TB
	hear func(*engine.Event)
}

func (c *clerk) do(at int, cmd engine.Command) {
	c.t.Helper()
	cmd.At = engine.Instant(engine.Hour) + engine.Instant(at)*engine.Instant(engine.Second)
	for d := c.e.Due(); d != 0 && d <= cmd.At; d = c.e.Due() {
		c.run(engine.Command{Kind: engine.Tick, At: d})
	}
	c.run(cmd)
}

func (c *clerk) run(cmd engine.Command) {
	c.t.Helper()
	events, err := c.e.Do(cmd)
	if err != nil {
		c.t.Fatalf("Do(%+v): %v", cmd, err)
	}
	for i := range events {
		c.hear(&events[i])
	}
}

func (c *clerk) arrive(at int, priority int64) {
	c.do(at, engine.Command{Kind: engine.Arrive, Facts: &engine.Facts{Has: 1, Attrs: [engine.AttrsMax]int64{priority}}})
}

// story is a morning at the bank: a regular and a priority customer wait when ana comes; ana lets the first offer ring.
func story(t testing.TB, hear func(*engine.Event)) {
	ana, ben := engine.WordOf("ana"), engine.WordOf("ben")
	c := &clerk{e: engine.New(), t: t, hear: hear}
	c.do(0, engine.Command{Kind: engine.Adopt, Policy: bank()})
	c.arrive(0, 0)  // 1
	c.arrive(30, 1) // 2
	c.arrive(40, 0) // 3
	one := &engine.Profile{Takes: bank().Takes()}
	c.do(60, engine.Command{Kind: engine.SignIn, Agent: ana, Profile: one}) // offer 1: ticket 2
	c.do(61, engine.Command{Kind: engine.Accept, Agent: ana, Offer: 1})
	c.do(70, engine.Command{Kind: engine.SignIn, Agent: ben, Profile: one})             // offer 2: ticket 1 to ben
	c.do(100, engine.Command{Kind: engine.Tick})                                        // ben lets it ring until 90; offer 3: ticket 3
	c.do(100, engine.Command{Kind: engine.Accept, Agent: ben, Offer: 3})                // passes 1, which cools off
	c.do(121, engine.Command{Kind: engine.Finish, Agent: ana, Offer: 1})                // worked 60 s; offer 4: ticket 1
	c.do(122, engine.Command{Kind: engine.Accept, Agent: ana, Offer: 4})                //
	c.do(140, engine.Command{Kind: engine.Finish, Agent: ana, Offer: 4})                //
	c.do(160, engine.Command{Kind: engine.Finish, Agent: ben, Offer: 3, Wrap: 5 * 1e9}) // worked 60 s
}

func TestBookOfAMorning(t *testing.T) {
	var b Book
	var got []string
	story(t, func(ev *engine.Event) {
		e, ok := b.Add(ev)
		if !ok {
			return
		}
		for i := range e.Rows {
			r := &e.Rows[i]
			k := e.KeysOf(r)
			got = append(got, fmt.Sprintf("%d: %d over %d of %s, %s %s %q %s %d", e.Number, e.Ticket, r.Count,
				e.Policy.Classes[r.Class].Name, e.Rule(r), e.Rule(r).What, e.ReasonOf(r), k.Kind,
				(k.Lost-k.Won)/int64(engine.Second)))
		}
	})
	want := []string{
		`1: 2 over 1 of regular, bank:16@3f9c21 head_start "Priority customers start with 90 seconds" instant 60`,
		`2: 3 over 1 of regular, cool-off cool-off ""  0`,
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("entries\n%q\nwant\n%q", got, want)
	}
	if b.Pending() != 0 || b.Number() != 2 || b.Totals().Pairs != 2 {
		t.Errorf("book has %d pending, %d entries, %d pairs; want 0, 2, 2", b.Pending(), b.Number(), b.Totals().Pairs)
	}
}

// TestCost is the definition of the package by numbers: ticket 1 is passed by 2, which takes ana alone 60 s, and by 3, which
// takes ben 60 s while two agents could serve 1.
func TestCost(t *testing.T) {
	var c Census
	var got []string
	c.Each = func(p Pair) {
		got = append(got, fmt.Sprintf("%d over %d: %d s / %d", p.By, p.Over, p.Handled/engine.Second, p.Able))
	}
	story(t, func(ev *engine.Event) {
		if err := c.Add(ev); err != nil {
			t.Fatal(err)
		}
	})
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if want := []string{"2 over 1: 60 s / 1", "3 over 1: 60 s / 2"}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("costs %q, want %q", got, want)
	}
	if got := c.Tally(); got.Cost != 90*engine.Second || got.Open != 0 || got.Starts != 3 {
		t.Errorf("tally %+v, want a cost of 90 s and three starts", got)
	}
}
