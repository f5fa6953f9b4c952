package run

import (
	"strings"
	"testing"

	"fairline/engine"
	"fairline/simulations/dist"
	"fairline/simulations/measure"
	"fairline/simulations/scenario"
)

// graceful is mixed, where the place of a caller who hangs up is kept for five minutes.
var graceful = strings.Replace(mixed, "phone: {takes: agent", "phone: {takes: agent, grace: 5m", 1)

// TestWhoHangsUpAndIsBackInTime has the old place, and is counted as gone once for each call.
func TestWhoHangsUpAndIsBackInTime(t *testing.T) {
	s, late := recorded("calls", 0, 1), recorded("late", 2.5)
	s.Known, s.Handling.Law, late.Handling.Law = 1, must(dist.Constant(600)), must(dist.Constant(600))
	s.Patience = scenario.Patience{Span: scenario.Span{Law: must(dist.Constant(60))},
		Retry: []scenario.Retry{{Probability: 1, After: must(dist.Constant(60)), As: 2, Most: 1}}}
	again := recorded("again")
	again.Known = 1
	same(t, fates(played(t, modelOf(t, shop(1, engine.Hour, s, late, again), graceful, Options{}), Play{})), []fate{
		{1, 0, 1, -1, 2, measure.Abandoned, 0}, {0, 0, 0, 0, 10, measure.Served, 0}, {1, 1, 3, 10, 11, measure.Served, 0}, {0, 0, 2.5, 11, 21, measure.Served, 0}})
}

// TestASecondTicketWhoseFirstHungUp ends nobody else's: who came later may have the first's place in memory.
func TestASecondTicketWhoseFirstHungUp(t *testing.T) {
	busy, both, other := recorded("busy", 0), recorded("both", 1), recorded("other", 9)
	busy.Handling.Law, both.Patience.Law = must(dist.Constant(600)), must(dist.Constant(60))
	both.Actions = []scenario.Action{{Name: "both", Share: 1, Also: "email"}}
	same(t, fates(played(t, modelOf(t, shop(1, engine.Hour, busy, both, other), graceful, Options{}), Play{})), []fate{
		{0, 0, 1, -1, 2, measure.Abandoned, 0}, {0, 0, 0, 0, 10, measure.Served, 0}, {0, 0, 1, 10, 11, measure.Served, 1}, {0, 0, 9, 11, 12, measure.Served, 0}})
}

// TestBothTicketsStartedByOneCommand are served both: an agent with room for both signs in.
func TestBothTicketsStartedByOneCommand(t *testing.T) {
	s := recorded("both", 1)
	s.Channel, s.Actions = "chat", []scenario.Action{{Name: "both", Share: 1, Also: "chat"}}
	sc := shop(1, engine.Hour, s)
	sc.Groups[0].Shifts[0].From = 5 * engine.Minute
	same(t, fates(played(t, modelOf(t, sc, mixed, Options{}), Play{})), []fate{{0, 0, 1, 5, 6, measure.Served, 2}, {0, 0, 1, 5, 6, measure.Served, 2}})
}

// TestWorkPutAsideAtTheEndOfAShift is handed back with the call it was put aside for, and each second of it is counted once.
func TestWorkPutAsideAtTheEndOfAShift(t *testing.T) {
	call, mail := recorded("calls", 5), recorded("mails", 0)
	mail.Channel, mail.Handling.Law, call.Handling.Law = "email", must(dist.Constant(1200)), must(dist.Constant(600))
	policy := strings.Replace(mixed, "phone: {takes: agent", "phone: {takes: agent, interrupt: [email]", 1)
	for leaving, handled := range map[scenario.Leaving][2]engine.Duration{scenario.HandingBack: {5, 5}, scenario.Finishing: {10, 20}} {
		sc := shop(1, engine.Hour, call, mail)
		sc.Groups[0].Shifts[0].To, sc.Groups[0].Leaving = 10*engine.Minute, leaving
		for _, x := range played(t, modelOf(t, sc, policy, Options{}), Play{}) {
			if want := handled[x.Channel] * engine.Minute; x.Handled != want {
				t.Errorf("leaving %d: channel %d was handled for %d ns, want %d", leaving, x.Channel, x.Handled, want)
			}
		}
	}
}
