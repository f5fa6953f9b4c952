package ledger

import (
	"testing"

	"fairline/engine"
)

// TestReserveIsShown keeps five of seven agents for public posts while calls wait. Who looks at the ledger must see what that
// costs the callers.
func TestReserveIsShown(t *testing.T) {
	p := testPolicy("posts first", &engine.Node{Name: "line", Order: engine.Arrival{},
		Members: []engine.Member{{Class: 0}, {Class: 1}, {Class: 2}}})
	p.Reserve = []engine.Reserve{{Agents: 5, Skill: testSkills[0], For: []engine.ClassID{0}}}
	e := engine.New()
	var c Census
	now := engine.Instant(engine.Hour)
	do := func(cmd engine.Command) (offered []engine.Event) {
		cmd.At = now
		events, err := e.Do(cmd)
		if err != nil {
			t.Fatal(err)
		}
		for i := range events {
			if err := c.Add(&events[i]); err != nil {
				t.Fatal(err)
			}
			if events[i].Kind == engine.Offered {
				offered = append(offered, events[i])
			}
		}
		return offered
	}
	arrive := func(class int64) []engine.Event {
		f := engine.Facts{Has: 1}
		f.Attrs[0] = class
		now = now.Add(engine.Second)
		return do(engine.Command{Kind: engine.Arrive, Facts: &f})
	}
	do(engine.Command{Kind: engine.Adopt, Policy: p})
	for n := range engine.AgentID(7) {
		profile := engine.Profile{Takes: p.Takes()}
		if n < 5 {
			profile.Skills = testSkills[:1]
		}
		do(engine.Command{Kind: engine.SignIn, Agent: n + 1, Profile: &profile})
	}
	for range 4 { // two take the two who are not kept
		for _, o := range arrive(1) {
			do(engine.Command{Kind: engine.Accept, Agent: o.Agent, Offer: o.Offer})
		}
	}
	for range 3 { // each passes the two who wait
		for _, o := range arrive(0) {
			do(engine.Command{Kind: engine.Accept, Agent: o.Agent, Offer: o.Offer})
		}
	}
	if got := c.Book().Totals(); got.Reserved != 6 || got.Pairs != 6 || got.Entries != 3 {
		t.Errorf("%d of %d overtakings in %d entries are because of the reserve, want 6 of 6 in 3", got.Reserved, got.Pairs, got.Entries)
	}
	now = now.Add(10 * engine.Second)
	do(engine.Command{Kind: engine.Tick})
	if got, want := e.Idle()[engine.ByReserve], 5*2*engine.Second+4*engine.Second+3*engine.Second+2*10*engine.Second; got != want {
		t.Errorf("agents were kept beside a caller for %d s, want %d", got/engine.Second, want/engine.Second)
	}
}
