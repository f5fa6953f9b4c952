package policy_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"fairline/engine"
	"fairline/policy"
)

// A centre is the shipped contact centre with an engine, for stories of a few lines.
type centre struct {
	t   *testing.T
	p   *policy.Policy
	e   *engine.Engine
	loc *time.Location
}

func newCentre(t *testing.T) *centre {
	p, _, err := policy.Load("contact-centre")
	if err != nil {
		t.Fatal(err)
	}
	return &centre{t, p, adopt(t, p), location(t, "Europe/Vienna")}
}

func (c *centre) do(at string, cmd engine.Command) []engine.Event {
	c.t.Helper()
	c.tick(at)
	cmd.At = instantOf(c.t, c.loc, at)
	evs, err := c.e.Do(cmd)
	if err != nil {
		c.t.Fatal(err)
	}
	return slices.Clone(evs)
}

func instantOf(t *testing.T, loc *time.Location, s string) engine.Instant {
	t.Helper()
	when, err := time.ParseInLocation(time.DateTime, s, loc)
	if err != nil {
		t.Fatal(err)
	}
	return engine.Instant(when.UnixNano())
}

func (c *centre) arrive(when, key string, in policy.Ticket) ([]engine.Event, error) {
	c.t.Helper()
	c.tick(when)
	in.Arrived = instantOf(c.t, c.loc, when)
	r := c.p.Ticket(in)
	if r.Err() != nil {
		c.t.Fatal(r.Err())
	}
	evs, err := c.e.Do(engine.Command{Kind: engine.Arrive, At: in.Arrived, Key: engine.KeyOf("test", key), Facts: &r.Facts})
	return slices.Clone(evs), err
}

// tick goes on to a time, past all that falls due before it.
func (c *centre) tick(to string) (evs []engine.Event) {
	c.t.Helper()
	end := instantOf(c.t, c.loc, to)
	for at := c.e.Due(); at <= end && at != engine.None; at = c.e.Due() {
		more, err := c.e.Do(engine.Command{Kind: engine.Tick, At: at})
		if err != nil {
			c.t.Fatal(err)
		}
		evs = append(evs, more...)
	}
	return evs
}

func offered(evs []engine.Event) (tickets []engine.TicketID) {
	for _, ev := range evs {
		if ev.Kind == engine.Offered {
			tickets = append(tickets, ev.Ticket)
		}
	}
	return tickets
}

func kinds(evs []engine.Event) (ks []engine.EventKind) {
	for _, ev := range evs {
		ks = append(ks, ev.Kind)
	}
	return ks
}

// On a Sunday danger is served, a chat is refused, a call becomes a callback, and a mail waits for Monday.
func TestSundayInTheEngine(t *testing.T) {
	c := newCentre(t)
	c.do("2026-11-22 09:00:00", engine.Command{Kind: engine.SignIn, Agent: engine.WordOf("ada"), Profile: &engine.Profile{
		Skills: wordsOf(policy.Skills("language:it", 2)...), Takes: c.p.Engine.Takes()}})
	if _, err := c.arrive("2026-11-22 10:00:00", "chat", policy.Ticket{Channel: "chat"}); !errors.Is(err, engine.ErrClosed) {
		t.Errorf("a chat on Sunday: got %v, want ErrClosed", err)
	}
	call, err := c.arrive("2026-11-22 10:01:00", "call", policy.Ticket{Channel: "phone"})
	if err != nil || !slices.Contains(kinds(call), engine.CalledBack) {
		t.Errorf("a call on Sunday: got %v, %v", kinds(call), err)
	}
	if mail, err := c.arrive("2026-11-22 10:02:00", "mail", policy.Ticket{Channel: "email"}); err != nil || len(offered(mail)) > 0 {
		t.Errorf("a mail on Sunday: got %v, %v", kinds(mail), err)
	}
	danger, err := c.arrive("2026-11-22 10:03:00", "danger", policy.Ticket{Channel: "phone", Attributes: map[string]any{"need": "medical", "language": "de"}})
	if err != nil || !slices.Equal(offered(danger), []engine.TicketID{danger[0].Ticket}) {
		t.Fatalf("danger on Sunday: got %v, %v", kinds(danger), err)
	}
	last := danger[len(danger)-1]
	for _, ev := range danger {
		if ev.Kind == engine.Offered {
			last = ev
		}
	}
	c.do("2026-11-22 10:03:05", engine.Command{Kind: engine.Accept, Agent: engine.WordOf("ada"), Offer: last.Offer})
	c.do("2026-11-22 10:20:00", engine.Command{Kind: engine.Finish, Agent: engine.WordOf("ada"), Offer: last.Offer})
	if got := offered(c.tick("2026-11-23 07:59:59")); len(got) > 0 {
		t.Errorf("before Monday's opening: %v are offered", got)
	}
	if got := offered(c.tick("2026-11-23 08:00:00")); !slices.Equal(got, []engine.TicketID{call[0].Ticket}) {
		t.Errorf("at Monday's opening: %v are offered, want the callback %d", got, call[0].Ticket)
	}
}

// A language is waited for, at a lower level after two minutes, and by a mail over a weekend for no minute more.
func TestLanguageIsRelaxedInOpenTime(t *testing.T) {
	c := newCentre(t)
	c.do("2026-11-20 19:00:00", engine.Command{Kind: engine.SignIn, Agent: engine.WordOf("ada"), Profile: &engine.Profile{
		Skills: wordsOf(policy.Skills("language:it", 2)...), Takes: c.p.Engine.Takes()}})
	friday, err := c.arrive("2026-11-20 19:59:00", "mail", policy.Ticket{Channel: "email", Attributes: map[string]any{"language": "it"}})
	if err != nil || len(offered(friday)) > 0 {
		t.Fatalf("an Italian mail: got %v, %v", kinds(friday), err)
	}
	if got := offered(c.tick("2026-11-21 09:00:59")); len(got) > 0 {
		t.Errorf("after one minute on Friday and one on Saturday: %v", got)
	}
	if got := offered(c.tick("2026-11-21 09:01:00")); len(got) != 1 {
		t.Errorf("after two open minutes: got %v, want the mail", got)
	}
}
