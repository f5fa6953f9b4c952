package metrics

import (
	"testing"

	"fairline/engine"
	"fairline/policy"
)

// TestLifeIsCounted holds, releases, transfers and closes, and loses an agent.
func TestLifeIsCounted(t *testing.T) {
	l := newLine(t, "one-line")
	first, second := l.arrive("phone", nil), l.arrive("phone", nil)
	l.pass(5 * engine.Minute)
	l.must(engine.Command{Kind: engine.Hold, Ticket: first, Why: engine.BySnooze, Until: l.now.Add(engine.Hour)})
	wantSamples(t, l.r, map[string]float64{
		`tickets{channel="phone",state="held"}`:       1,
		`tickets{channel="phone",state="waiting"}`:    1,
		`tickets_held{channel="phone",why="snooze"}`:  1,
		`tickets_held{channel="phone",why="hang-up"}`: 0,
		`tickets_overdue{channel="phone"}`:            1, // who is held does not wait
		`oldest_wait_seconds{channel="phone"}`:        300,
	})
	l.pass(engine.Hour)
	ana := l.signIn("ana")
	wantSamples(t, l.r, map[string]float64{
		`tickets{channel="phone",state="held"}`:      0,
		`tickets_held{channel="phone",why="snooze"}`: 0,
		`tickets_overdue{channel="phone"}`:           2,
	})
	l.answer(engine.Accept, first)
	v, _ := l.e.Ticket(first)
	l.must(engine.Command{Kind: engine.Hold, Agent: ana, Offer: v.Offer, Ticket: first, Why: engine.ByCustomer})
	l.answer(engine.Accept, second)
	l.transfer(second)
	l.must(engine.Command{Kind: engine.Lose, Agent: ana})
	wantSamples(t, l.r, map[string]float64{
		`tickets_held{channel="phone",why="customer"}`: 1,
		`tickets_transferred_total{channel="phone"}`:   1,
		`tickets{channel="phone",state="serving"}`:     0,
		`offers_total{channel="phone",outcome="lost"}`: 1,
		`agents{state="lost"}`:                         1,
		`agents_lost_total`:                            1,
	})
	l.signIn("ana")
	wantSamples(t, l.r, map[string]float64{`agents{state="lost"}`: 0, `agents{state="working"}`: 1})
	l.must(engine.Command{Kind: engine.Close, Ticket: first, Reason: 1})
	l.must(engine.Command{Kind: engine.Close, Ticket: second, Reason: 1})
	wantSamples(t, l.r, map[string]float64{
		`tickets{channel="phone",state="held"}`:             0,
		`tickets_held{channel="phone",why="customer"}`:      0,
		`tickets_ended_total{channel="phone",end="closed"}`: 2,
		`offers_total{channel="phone",outcome="wish"}`:      1,
		`agents{state="available"}`:                         1,
	})
}

// transfer gives work in hand back to the line as it is.
func (l *line) transfer(id engine.TicketID) {
	l.t.Helper()
	var facts engine.Facts
	l.e.Facts(id, &facts)
	v, _ := l.e.Ticket(id)
	l.must(engine.Command{Kind: engine.Transfer, Agent: v.Agent, Offer: v.Offer, Facts: &facts})
}

// TestReloadsAndPromises counts what the host tells of.
func TestReloadsAndPromises(t *testing.T) {
	l := newLine(t, "one-line")
	wantSamples(t, l.r, map[string]float64{`policy_reloads_total`: 0, `policy_reload_failed_total`: 0})
	p, _, err := policy.Load("weekday")
	if err != nil {
		t.Fatal(err)
	}
	l.r.Adopt(p)
	l.must(engine.Command{Kind: engine.Adopt, Policy: p.Engine})
	l.r.NotAdopted()
	l.r.Promised(true, -3*engine.Second)
	l.r.Promised(false, 5*engine.Second)
	l.r.Promised(true, 0)
	l.r.Observe(Turn{At: l.now, Events: []engine.Event{{Kind: engine.OverLimit, At: l.now, Class: 0, Count: 4}}})
	wantSamples(t, l.r, map[string]float64{
		`policy_reloads_total`: 1, `policy_reload_failed_total`: 1, `promise_error_seconds_total`: 8,
		`promises_total{kept="true"}`: 2, `promises_total{kept="false"}`: 1,
		`limits_exceeded_total{class="` + p.Engine.Classes[0].Name + `"}`: 1,
	})
}

// TestContactsAreOneTicket joins by events as the engine makes them, and takes them apart again.
func TestContactsAreOneTicket(t *testing.T) {
	l := newLine(t, "one-line")
	call, mail := l.arrive("phone", nil), l.arrive("email", nil)
	joins := func(kind engine.EventKind) {
		l.r.Observe(Turn{At: l.now, Events: []engine.Event{{Kind: kind, At: l.now, Ticket: mail, Rival: call}}})
	}
	joins(engine.Joined)
	wantSamples(t, l.r, map[string]float64{
		`tickets{channel="phone",state="waiting"}`: 1,
		`tickets{channel="email",state="waiting"}`: 0,
		`tickets_joined_total{channel="email"}`:    1,
		`oldest_wait_seconds{channel="email"}`:     0,
	})
	agent := engine.WordOf("ana")
	offered := []engine.Event{{Kind: engine.SignedIn, Agent: agent},
		{Kind: engine.Offered, At: l.now, Ticket: mail, Agent: agent, Offer: 1, Guard: -1},
		{Kind: engine.Accepted, At: l.now, Ticket: mail, Agent: agent, Offer: 1}}
	l.r.Observe(Turn{At: l.now, Events: offered})
	wantSamples(t, l.r, map[string]float64{`tickets{channel="phone",state="serving"}`: 1})
	joins(engine.Unlinked)
	wantSamples(t, l.r, map[string]float64{
		`tickets{channel="phone",state="waiting"}`: 1,
		`tickets{channel="email",state="serving"}`: 1,
	})
	joins(engine.Joined)
	joins(engine.Left)
	wantSamples(t, l.r, map[string]float64{`tickets{channel="email",state="serving"}`: 0})
	if len(l.r.tickets) != 1 {
		t.Errorf("%d tickets are known, want the call", len(l.r.tickets))
	}
}
