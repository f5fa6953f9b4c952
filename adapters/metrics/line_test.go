package metrics

import (
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"fairline/engine"
	"fairline/policy"
)

// A line is an engine whose events a Recorder hears.
type line struct {
	t     testing.TB
	e     *engine.Engine
	p     *policy.Policy
	r     *Recorder
	now   engine.Instant
	turns uint64
	all   []engine.Event // everything that happened, for a replay
}

// start is some Monday at nine.
var start = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func newLine(t testing.TB, name string) *line {
	t.Helper()
	p, faults, err := policy.Load(name)
	if err != nil || p == nil {
		t.Fatal(err, faults)
	}
	l := &line{t: t, e: engine.New(), p: p, now: engine.Instant(start.UnixNano())}
	l.r = New("main", func() time.Time { return time.Unix(0, int64(l.now)) })
	l.r.Adopt(p)
	l.must(engine.Command{Kind: engine.Adopt, Policy: p.Engine})
	return l
}

// do gives a command, after what is due; the Recorder hears of both.
func (l *line) do(c engine.Command) error {
	for due := l.e.Due(); due != 0 && due <= l.now; due = l.e.Due() {
		l.hear(l.e.Do(engine.Command{Kind: engine.Tick, At: max(due, l.e.Now())}))
	}
	c.At = l.now
	return l.hear(l.e.Do(c))
}

func (l *line) hear(events []engine.Event, err error) error {
	if len(events) == 0 {
		return err
	}
	var kept []engine.Event
	for _, ev := range events {
		if ev.Facts != nil {
			facts := *ev.Facts
			ev.Facts = &facts
		}
		ev.Profile = nil // as the host does
		kept = append(kept, ev)
	}
	l.turns++
	l.all = append(l.all, kept...)
	l.r.Observe(Turn{Seq: l.turns, At: events[0].At, Inputs: 1, Bytes: 300, Took: 2 * time.Millisecond, Events: kept})
	return err
}

func (l *line) must(c engine.Command) {
	l.t.Helper()
	if err := l.do(c); err != nil {
		l.t.Fatal(err)
	}
}

func (l *line) pass(d engine.Duration) { l.now = l.now.Add(d) }

func (l *line) arrive(channel string, attributes map[string]any, needs ...string) engine.TicketID {
	l.t.Helper()
	reading := l.p.Ticket(policy.Ticket{Channel: channel, Attributes: attributes, Needs: needs})
	before := len(l.all)
	l.must(engine.Command{Kind: engine.Arrive, Facts: &reading.Facts})
	for _, ev := range l.all[before:] {
		if ev.Kind == engine.Arrived {
			return ev.Ticket
		}
	}
	l.t.Fatal("the ticket did not arrive")
	return 0
}

func (l *line) signIn(name string) engine.AgentID {
	l.t.Helper()
	l.must(engine.Command{Kind: engine.SignIn, Agent: engine.WordOf(name), Profile: &engine.Profile{Takes: l.p.Engine.Takes()}})
	return engine.WordOf(name)
}

// answer accepts, declines or finishes the offer of a ticket.
func (l *line) answer(kind engine.CommandKind, id engine.TicketID) {
	l.t.Helper()
	v, _ := l.e.Ticket(id)
	l.must(engine.Command{Kind: kind, Agent: v.Agent, Offer: v.Offer})
}

var sampleForm = regexp.MustCompile(`^([a-z_:][a-z0-9_:]*)(\{[a-z_]+="[^"]*"(?:,[a-z_]+="[^"]*")*\})? (NaN|[-+0-9.e]+)$`)

// scrape gets the metrics as Prometheus does, and fails on a line that it could not read.
func scrape(t testing.TB, r *Recorder) map[string]float64 {
	t.Helper()
	w := httptest.NewRecorder()
	Handler(r, func() bool { return true }).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain; version=0.0.4") {
		t.Fatalf("/metrics: %d %s", w.Code, w.Header().Get("Content-Type"))
	}
	samples := map[string]float64{}
	for text := range strings.Lines(w.Body.String()) {
		text = strings.TrimSuffix(text, "\n")
		if strings.HasPrefix(text, "# HELP ") || strings.HasPrefix(text, "# TYPE ") {
			continue
		}
		m := sampleForm.FindStringSubmatch(text)
		if m == nil {
			t.Fatalf("no sample: %q", text)
		}
		if _, twice := samples[m[1]+m[2]]; twice {
			t.Fatalf("twice: %q", text)
		}
		v, err := strconv.ParseFloat(m[3], 64)
		if err != nil {
			t.Fatal(err)
		}
		samples[m[1]+m[2]] = v
	}
	return samples
}

// wantSamples wants values, written without the label of the line.
func wantSamples(t *testing.T, r *Recorder, want map[string]float64) {
	t.Helper()
	got := scrape(t, r)
	for name, v := range want {
		full := "fairline_" + name
		switch base, labels, has := strings.Cut(full, "{"); {
		case !has:
			full += `{line="main"}`
		default:
			full = base + "{" + insertLine(labels)
		}
		if g, ok := got[full]; !ok || g != v && (g == g || v == v) {
			t.Errorf("%s is %v (there: %v), want %v", full, g, ok, v)
		}
	}
}

// insertLine puts the line's label where the alphabet wants it.
func insertLine(labels string) string {
	parts := strings.Split(strings.TrimSuffix(labels, "}"), ",")
	at := 0
	for at < len(parts) && parts[at] < "line" && !strings.HasPrefix(parts[at], "le=") { // le is always last
		at++
	}
	parts = append(parts[:at], append([]string{`line="main"`}, parts[at:]...)...)
	return strings.Join(parts, ",") + "}"
}

// history does n commands at random.
func (l *line) history(rnd *rand.Rand, n int, after func()) {
	channels := []string{"phone", "chat", "email", "social"}
	needs := []string{"medical", "other"}
	for range n {
		l.pass(engine.Duration(rnd.Int64N(int64(40 * engine.Second))))
		agent := engine.WordOf(fmt.Sprint("agent", rnd.IntN(4)))
		c := engine.Command{Agent: agent, Offer: engine.OfferID(rnd.IntN(40) + max(0, len(l.all)/6-20))}
		switch rnd.IntN(12) {
		case 0, 1, 2, 3:
			reading := l.p.Ticket(policy.Ticket{Channel: channels[rnd.IntN(4)], Attributes: map[string]any{"need": needs[rnd.IntN(2)]}})
			c.Kind, c.Facts = engine.Arrive, &reading.Facts
		case 4:
			c.Kind, c.Profile = engine.SignIn, &engine.Profile{Takes: l.p.Engine.Takes()}
		case 5:
			c.Kind = []engine.CommandKind{engine.SignOut, engine.Break, engine.Ready}[rnd.IntN(3)]
		case 6:
			c.Kind, c.Ticket = engine.Leave, engine.TicketID(rnd.IntN(n))
		case 7:
			l.someLife(rnd, &c)
		default:
			l.someOffer(rnd, &c)
		}
		_ = l.do(c) // what is refused changes nothing
		after()
	}
}

// someLife makes a command about a ticket's life, or an agent's.
func (l *line) someLife(rnd *rand.Rand, c *engine.Command) {
	c.Kind = []engine.CommandKind{engine.Hold, engine.Hold, engine.Release, engine.Release, engine.Move, engine.Pull, engine.Close,
		engine.Transfer, engine.Lose, engine.Link, engine.Unlink}[rnd.IntN(11)]
	c.Why = []engine.Cause{engine.ByCallback, engine.BySnooze, engine.ByCustomer}[rnd.IntN(3)]
	c.Until, c.Offer = l.now.Add(engine.Minute), 0
	if open := l.e.Arrivals(1000); len(open) > 1 {
		c.Ticket, c.Other = open[rnd.IntN(len(open))].Ticket, open[rnd.IntN(len(open))].Ticket
	}
	for _, a := range l.e.Agents() {
		for _, o := range a.Offers {
			if o.State == "working" && rnd.IntN(2) == 0 && (c.Kind == engine.Hold || c.Kind == engine.Transfer) {
				var facts engine.Facts
				l.e.Facts(o.Ticket, &facts)
				c.Agent, c.Offer, c.Ticket, c.Facts = a.Agent, o.Offer, o.Ticket, &facts
			}
		}
	}
	if c.Kind == engine.Transfer && c.Facts == nil {
		c.Kind = engine.Ready
	}
	if c.Kind == engine.Close && c.Ticket == 0 {
		c.Kind = engine.Open // the line stays open
	}
}

// someOffer makes a command about an offer of the agents.
func (l *line) someOffer(rnd *rand.Rand, c *engine.Command) {
	c.Kind = engine.Ready
	for _, a := range l.e.Agents() {
		for _, o := range a.Offers {
			if rnd.IntN(2) == 0 {
				c.Agent, c.Offer = a.Agent, o.Offer
				c.Kind = map[string]engine.CommandKind{"ringing": engine.Accept, "working": engine.Finish,
					"wrapping": engine.Ready}[o.State]
				if o.State == "ringing" && rnd.IntN(4) == 0 {
					c.Kind = engine.Decline
				}
				if rnd.IntN(3) == 0 {
					c.Wrap = 20 * engine.Second
				}
				return
			}
		}
	}
}
