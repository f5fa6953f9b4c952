package player

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

func startServer(t *testing.T, port int) *server.Server {
	t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: port, NoLog: true, NoSigs: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("server is not ready")
	}
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	return s
}

func connect(t *testing.T, url string) *nats.Conn {
	t.Helper()
	nc, err := nats.Connect(url, nats.MaxReconnects(-1), nats.ReconnectWait(10*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	return nc
}

const randomPort = -1

// setUp returns a line and a config that plays into it.
func setUp(t *testing.T, calls []Call, agents []Agent) (*fakeLine, Config) {
	t.Helper()
	url := startServer(t, randomPort).ClientURL()
	line := startFakeLine(t, url)
	return line, Config{Conn: connect(t, url), Line: "main", Adapter: "play", Run: "r1", Speed: 100,
		Calls: calls, Agents: agents, Timeout: 100 * time.Millisecond, Stall: 20 * time.Second}
}

func play(t *testing.T, config Config) Result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r, err := Play(ctx, config)
	if err != nil {
		t.Fatalf("play: %v; open %v, violations %q", err, r.Open, r.Violations)
	}
	if !r.Exact() {
		t.Errorf("open %v, violations %q", r.Open, r.Violations)
	}
	if a := r.All; a.Offered != a.Served+a.HungUp+a.Other+a.Open || len(r.Outcomes) != len(config.Calls) {
		t.Errorf("counts do not add up: %+v", a)
	}
	return r
}

func ends(r Result) string {
	var b strings.Builder
	for _, o := range r.Outcomes {
		fmt.Fprintf(&b, "%s %s, ", o.ID, o.End)
	}
	return strings.TrimSuffix(b.String(), ", ")
}

func stays(id CallID, at, service time.Duration, needs ...string) Call {
	return Call{ID: id, Class: "all", Channel: "phone", Needs: needs, Arrives: at, Stays: true, Service: service}
}

func hangs(id CallID, at, patience time.Duration, needs ...string) Call {
	return Call{ID: id, Class: "all", Channel: "phone", Needs: needs, Arrives: at, Patience: patience, Service: time.Second}
}

func agent(id AgentID, from, to time.Duration, skills ...string) Agent {
	return Agent{ID: id, Skills: skills, Shifts: []Shift{{from, to}}}
}

func TestPlay(t *testing.T) {
	const s = time.Second
	for _, tc := range []struct {
		name   string
		calls  []Call
		agents []Agent
		want   string
	}{
		{"in turn", []Call{stays("a", 0, s), stays("b", 0, s)}, []Agent{agent("x", 0, 9*s)}, "a served, b served"},
		{"hangs up behind a long call", []Call{stays("a", 0, 20*s), hangs("b", 1*s, 5*s), stays("c", 2*s, s)},
			[]Agent{agent("x", 0, 90*s)}, "a served, b abandoned, c served"},
		{"patient enough", []Call{stays("a", 0, 5*s), hangs("b", 1*s, 100*s)}, []Agent{agent("x", 0, 90*s)}, "a served, b served"},
		{"no patience", []Call{hangs("a", 0, 0)}, nil, "a abandoned"},
		{"by skill", []Call{hangs("a", 5*s, 20*s, "PS"), stays("b", 5*s, s, "NE")},
			[]Agent{agent("x", 0, 90*s, "NE")}, "a abandoned, b served"},
		{"comes back", []Call{stays("a", 30*s, s, "IN"), stays("b", 40*s, s)},
			[]Agent{agent("x", 0, 10*s, "IN"), agent("y", 0, 50*s)}, "a served, b served"},
		{"nothing to play", nil, []Agent{agent("x", 0, 9*s)}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			line, config := setUp(t, tc.calls, tc.agents)
			r := play(t, config)
			if got := ends(r); got != tc.want {
				t.Errorf("ends: %s; want %s", got, tc.want)
			}
			want := map[string]int{}
			for _, o := range r.Outcomes {
				want[string(o.End)]++
			}
			if got := line.counts(); !reflect.DeepEqual(got, want) {
				t.Errorf("line counts %v, player %v", got, want)
			}
		})
	}
}

func TestWaitsAreInRecordedTime(t *testing.T) {
	_, config := setUp(t, []Call{stays("a", 0, 20*time.Second), stays("b", 0, 0), hangs("c", 0, 5*time.Second)},
		[]Agent{agent("x", 0, time.Minute)})
	r := play(t, config)
	// The machine may be slow: there is no upper bound that holds always.
	if b := r.Outcomes[1].Wait; b < 20*time.Second {
		t.Errorf("b waited %v behind a call of 20 s, want at least that", b)
	}
	if c := r.Outcomes[2].Wait; c < 5*time.Second {
		t.Errorf("c hung up after %v, want at least 5 s", c)
	}
	if r.Outcomes[1].Agent != "x" || r.All.Wait.Max != r.Outcomes[1].Wait {
		t.Errorf("outcome %+v, stats %+v", r.Outcomes[1], r.All)
	}
}

func TestShiftEndsAfterTheWorkInHand(t *testing.T) {
	const s = time.Second
	line, config := setUp(t, []Call{stays("a", 1*s, 20*s), hangs("b", 2*s, 40*s), hangs("c", 90*s, 0)},
		[]Agent{agent("x", 0, 10*s)})
	if got, want := ends(play(t, config)), "a served, b abandoned, c abandoned"; got != want {
		t.Errorf("ends: %s; want %s", got, want)
	}
	want := []string{"x sign-in", "x accept", "x break", "x finish", "x sign-out"}
	if i := len(want); len(line.log) < i || !slices.Equal(line.log[:i], want) {
		t.Errorf("agent did %q, want first %q", line.log, want)
	}
}

// TestOfferBetweenShifts loses the answer to a sign-in until the second shift has begun, and has a caller come
// between the shifts: the line, which knows of no end of a shift, offers the call.
func TestOfferBetweenShifts(t *testing.T) {
	const s = time.Second
	line, config := setUp(t, []Call{stays("a", 15*s, s)},
		[]Agent{{ID: "x", Shifts: []Shift{{0, 10 * s}, {20 * s, 60 * s}}}})
	config.Timeout = 300 * time.Millisecond
	lost := false
	line.fault = func(_ int, subject string) fault {
		if !strings.HasSuffix(subject, "sign-in") || lost {
			return fine
		}
		lost = true
		return lostReply
	}
	if got := ends(play(t, config)); got != "a served" {
		t.Errorf("ends: %s; want a served", got)
	}
}

// TestLostWorkIsDoneByWhoComesBack has the line take back the work of an agent whose shift is over, when the
// last caller has come and nobody else on duty can do it.
func TestLostWorkIsDoneByWhoComesBack(t *testing.T) {
	const s = time.Second
	line, config := setUp(t, []Call{stays("a", 1*s, 60*s, "IN"), stays("b", 20*s, s)},
		[]Agent{agent("x", 0, 10*s, "IN"), agent("y", 0, 90*s)})
	nc, lost := connect(t, config.Conn.ConnectedUrl()), false
	line.fault = func(_ int, subject string) fault {
		if strings.HasSuffix(subject, "y.finish") && !lost {
			lost = true
			line.putBack(nc, line.agents[0], "sign-out")
		}
		return fine
	}
	r := play(t, config)
	if got, want := ends(r), "a served, b served"; got != want || r.CalledBack != 1 || !lost {
		t.Errorf("ends: %s, called back %d; want %s, 1", got, r.CalledBack, want)
	}
}

// aDay makes n calls in an hour and agents with shifts and skills, by arithmetic alone.
func aDay(n int) (calls []Call, agents []Agent) {
	kinds := []string{"PS", "PS", "PS", "NE", "NW"}
	for i := range n {
		at := time.Duration(i*7919%3600) * time.Second
		kind, id := kinds[i%len(kinds)], CallID(fmt.Sprintf("c%d", i))
		c := stays(id, at, time.Duration(20+i*31%160)*time.Second, kind)
		if i%4 == 0 {
			c = hangs(id, at, time.Duration(i*13%120)*time.Second, kind)
		}
		c.Class = fmt.Sprint(i % 3)
		calls = append(calls, c)
	}
	for i := range 8 {
		skills := [][]string{{"PS", "NE"}, {"PS", "NW"}, {"PS"}, {"NE", "NW"}}[i%4]
		a := Agent{ID: AgentID(fmt.Sprintf("ag%d", i)), Skills: skills}
		from := time.Duration(i) * time.Minute
		a.Shifts = []Shift{{from, from + 20*time.Minute}, {from + 25*time.Minute, from + 50*time.Minute}}
		agents = append(agents, a)
	}
	return calls, agents
}

// agree checks that player and line count the same, and that who stays was served.
func agree(t *testing.T, line *fakeLine, config Config, r Result) {
	t.Helper()
	want := map[string]int{string(Served): r.All.Served, string(HungUp): r.All.HungUp}
	if got := line.counts(); !reflect.DeepEqual(got, want) || r.All.Offered != len(config.Calls) {
		t.Errorf("line counts %v of %d, player %v", got, len(config.Calls), want)
	}
	for i, o := range r.Outcomes {
		if slips := line.tickets["r1-"+string(o.ID)].slips; o.Slips != slips {
			t.Errorf("call %s has %d slips, the line says %d", o.ID, o.Slips, slips)
		}
		if config.Calls[i].Stays && o.End != Served {
			t.Errorf("call %s stays, but ended %s", o.ID, o.End)
		}
	}
}

func TestDay(t *testing.T) {
	calls, agents := aDay(240)
	line, config := setUp(t, calls, agents)
	config.Speed = 2000
	last := Progress{}
	config.Progress = func(p Progress) { last = p }
	r := play(t, config)
	agree(t, line, config, r)
	if len(r.Classes) != 3 || r.All.HungUp == 0 {
		t.Errorf("classes %d, hung up %d: want 3, some", len(r.Classes), r.All.HungUp)
	}
	if last.Arrived != 240 || last.Waiting != 0 || last.With != 0 || last.OnDuty != 0 || last.Served != r.All.Served {
		t.Errorf("last progress %+v", last)
	}
}

func TestLostAndRepeatedMessages(t *testing.T) {
	for name, faults := range map[string][]fault{
		"lost requests": {fine, fine, lostRequest},
		"lost replies":  {fine, lostReply, fine},
		"duplicates":    {twice},
		"not now":       {notNow, fine, fine},
		"all":           {fine, lostReply, twice, lostRequest, fine, notNow, fine},
	} {
		t.Run(name, func(t *testing.T) {
			calls, agents := aDay(120)
			line, config := setUp(t, calls, agents)
			chance := rand.New(rand.NewPCG(4711, 0)) // a regular pattern may hit one request for ever
			line.fault = func(int, string) fault { return faults[chance.IntN(len(faults))] }
			line.repeat, line.mute = 3, name == "lost replies"
			config.Speed, config.Timeout = 2000, 20*time.Millisecond
			r := play(t, config)
			agree(t, line, config, r)
			if name != "duplicates" && r.Retries == 0 {
				t.Error("nothing was sent again")
			}
		})
	}
}

// TestRestart stops and starts first the line, then the server and with it all connections, in the middle.
func TestRestart(t *testing.T) {
	s := startServer(t, randomPort)
	line := startFakeLine(t, s.ClientURL())
	calls, agents := aDay(240)
	config := Config{Conn: connect(t, s.ClientURL()), Line: "main", Adapter: "play", Run: "r1", Speed: 1500,
		Calls: calls, Agents: agents, Timeout: 50 * time.Millisecond, Stall: 20 * time.Second}
	second := connect(t, s.ClientURL())
	steps := []func(){
		func() {
			line.mu.Lock()
			defer line.mu.Unlock()
			if err := line.sub.Unsubscribe(); err != nil {
				t.Error(err)
			}
		},
		func() { line.listen(second); line.sayAgain(second) },
		func() {
			port := s.Addr().(interface{ String() string }).String()
			s.Shutdown()
			s.WaitForShutdown()
			var n int
			if _, err := fmt.Sscanf(port[strings.LastIndex(port, ":")+1:], "%d", &n); err != nil {
				t.Error(err)
			}
			s = startServer(t, n)
		},
		func() { line.sayAgain(second) },
	}
	config.Progress = func(p Progress) {
		for done := 4 - len(steps); len(steps) > 0 && p.Now > time.Duration(10+10*done)*time.Minute; done++ {
			steps[0]()
			steps = steps[1:]
		}
	}
	r := play(t, config)
	agree(t, line, config, r)
	if len(steps) > 0 || r.Resumed == 0 {
		t.Errorf("%d steps not taken; resumed %d times", len(steps), r.Resumed)
	}
}

func TestStallIsReported(t *testing.T) {
	line, config := setUp(t, []Call{stays("a", 0, 0)}, []Agent{agent("x", 0, 0)})
	line.fault = func(int, string) fault { return lostRequest }
	config.Stall = 200 * time.Millisecond
	r, err := Play(t.Context(), config)
	if !errors.Is(err, ErrStalled) || !slices.Equal(r.Open, []CallID{"a"}) || r.Exact() {
		t.Errorf("play = %v, open %v; want %v and the call", err, r.Open, ErrStalled)
	}
}

// TestALostTicketIsAStall has a line forget a ticket that it answered, and go on to answer everything else.
func TestALostTicketIsAStall(t *testing.T) {
	line, config := setUp(t, []Call{stays("a", 0, 0), stays("b", 0, 0)}, []Agent{agent("x", 20*time.Second, 30*time.Second)})
	line.fault = func(int, string) fault {
		delete(line.tickets, "r1-a")
		line.queue = slices.DeleteFunc(line.queue, func(t *fakeTicket) bool { return t.id == "r1-a" })
		return fine
	}
	config.Stall, config.Lease = 600*time.Millisecond, 10*time.Second
	r, err := Play(t.Context(), config)
	if !errors.Is(err, ErrStalled) || !slices.Equal(r.Open, []CallID{"a"}) {
		t.Errorf("play = %v, open %v; want %v and a", err, r.Open, ErrStalled)
	}
}

func TestCancel(t *testing.T) {
	_, config := setUp(t, []Call{stays("a", 0, time.Hour)}, []Agent{agent("x", 0, time.Hour)})
	config.Speed = 1
	ctx, cancel := context.WithCancel(t.Context())
	config.Progress = func(p Progress) {
		if p.With == 1 {
			cancel()
		}
	}
	r, err := Play(ctx, config)
	if !errors.Is(err, context.Canceled) || len(r.Open) != 1 {
		t.Errorf("play = %v, open %v; want %v and one call", err, r.Open, context.Canceled)
	}
}

// TestViolations has a line that breaks its promises, and a player that says so.
func TestViolations(t *testing.T) {
	for _, tc := range []struct {
		name, after, subject, payload, want string
	}{
		{"ends again, differently", "finish", "fl.out.play.main.ended", `{"id":"r1-a","ticket":1,"end":"abandoned"}`, "again abandoned"},
		{"no JSON", "finish", "fl.out.play.main.ended", `ended`, "said"},
		{"a second call at once", "accept", "fl.agent.main.x.offered", `{"offer":99,"attempt":1,"adapter":"play","id":"r1-b"}`, "while with call a"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			line, config := setUp(t, []Call{stays("a", 0, 10*time.Second), stays("b", 20*time.Second, 0)},
				[]Agent{agent("x", 0, time.Minute)})
			nc, done := connect(t, config.Conn.ConnectedUrl()), false
			line.fault = func(_ int, subject string) fault {
				if !strings.HasSuffix(subject, tc.after) || done {
					return fine
				}
				done = true
				time.AfterFunc(20*time.Millisecond, func() {
					if err := nc.Publish(tc.subject, []byte(tc.payload)); err != nil {
						t.Error(err)
					}
				})
				return fine
			}
			r, err := Play(t.Context(), config)
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Violations) == 0 || !strings.Contains(r.Violations[0], tc.want) {
				t.Errorf("violations %q, want one with %q", r.Violations, tc.want)
			}
		})
	}
}

func TestARunIsPlayedOnce(t *testing.T) {
	_, config := setUp(t, []Call{stays("a", 0, 0)}, []Agent{agent("x", 0, time.Second)})
	play(t, config)
	config.Stall = 100 * time.Millisecond
	r, err := Play(t.Context(), config)
	if err != nil || r.Exact() || !strings.Contains(r.Violations[0], "played before") {
		t.Errorf("second play = %v, violations %q; want a word that it was played before", err, r.Violations)
	}
}

func TestConfig(t *testing.T) {
	nc := connect(t, startServer(t, randomPort).ClientURL())
	good := Config{Conn: nc, Line: "main", Adapter: "play", Run: "r", Speed: 1}
	for name, spoil := range map[string]func(*Config){
		"no connection":  func(c *Config) { c.Conn = nil },
		"line":           func(c *Config) { c.Line = "a.b" },
		"run":            func(c *Config) { c.Run = "" },
		"speed 0":        func(c *Config) { c.Speed = 0 },
		"speed negative": func(c *Config) { c.Speed = -1 },
		"twice":          func(c *Config) { c.Calls = []Call{hangs("a", 0, 0), hangs("a", 0, 0)} },
		"for ever":       func(c *Config) { c.Calls = []Call{stays("a", 0, 0, "PS")} },
		"attribute":      func(c *Config) { c.Calls = []Call{{ID: "a", Attributes: map[string]any{"f": func() {}}}} },
		"agent's name":   func(c *Config) { c.Agents = []Agent{agent("*", 0, 0)} },
		"shift":          func(c *Config) { c.Agents = []Agent{agent("a", 2, 1)} },
		"shifts":         func(c *Config) { c.Agents = []Agent{{ID: "a", Shifts: []Shift{{0, 2}, {1, 3}}}} },
	} {
		config := good
		spoil(&config)
		if _, err := Play(t.Context(), config); !errors.Is(err, ErrConfig) {
			t.Errorf("%s: play = %v, want %v", name, err, ErrConfig)
		}
	}
}
