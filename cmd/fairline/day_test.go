package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"fairline/adapters/player"
	"fairline/simulations/recorded"
)

// The whole recording is `make day`, and the whole of another day `make day LOG=FILE`.
var (
	dayLog   = flag.String("day-log", playExcerpt, "the bank's log that TestDay plays")
	dayDate  = flag.String("day-date", "1999-03-04", "of which day")
	dayFrom  = flag.Duration("day-from", 10*time.Hour, "since midnight: the calls from then on")
	dayTo    = flag.Duration("day-to", 10*time.Hour+8*time.Minute, "and before")
	daySpeed = flag.Int("day-speed", 120, "how many times as fast as time; a minute of the day is one of the line's")
	dayLong  = flag.Duration("day-service", 2*time.Minute, "longer calls are cut short, so that the end does not take so long")
	dayThin  = flag.Bool("day-thin", true, "every second agent stays at home if others can do the work, so that more wait")
	dayUpset = flag.Int("day-upset", 14, "of so many calls three lose their agent for a while, two are handed on, and one is called back")
	dayKills = flag.Int("day-kills", 5, "how often the daemon is killed meanwhile")
)

// What is the case all day, in the line's time.
const (
	dayMinute = time.Minute
	dayLease  = 40 * time.Second
	dayGrace  = 2 * time.Minute // of the policies of dayPolicy
)

// TestDay plays a day of the bank's log into a daemon of its own process. Each minute of the line the policy file is
// replaced, agents vanish at every moment of a call and come back in time or too late, callers hang up and call again,
// calls are handed on and held, a supervisor moves, holds and closes, and the daemon is killed again and again, also
// while it takes a policy. Every ticket ends once, nobody is with two agents, and the journal verifies.
func TestDay(t *testing.T) {
	d := newDay(t)
	defer func() { d.kill() }()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	d.stop = stop
	d.start()
	d.connect()
	calls, agents := d.recording()
	var others sync.WaitGroup
	d.dawn = time.Now()
	for _, part := range []func(context.Context){d.reload, d.die, d.supervise, d.probe} {
		others.Go(func() { part(ctx) })
	}
	r, err := player.Play(ctx, player.Config{Conn: d.nc, Line: "main", Adapter: "play", Run: "day", Speed: float64(*daySpeed),
		Calls: calls, Agents: agents, Lease: dayLease, Timeout: 300 * time.Millisecond,
		Stall: 20 * time.Second})
	if err != nil || !r.Exact() {
		t.Errorf("play: %v; open %v, violations %q", err, r.Open, r.Violations)
	}
	close(d.over)
	others.Wait()
	d.awaitEmpty()
	d.finish()
	d.audit(r)
	d.report(r)
}

// A day is a daemon in a process of its own, on a policy file that changes, and what happens to it. Its parts run until
// the play is over: over is set then.
type day struct {
	*victim
	file     string // the policy
	said     *os.File
	life     sync.Mutex // held by whoever kills the daemon, and while it could not be started
	nc, desk *nats.Conn
	dawn     time.Time
	span     time.Duration // of the recording, in real time
	over     chan struct{}
	stop     func()             // the play: it cannot go on
	killed   chan chan struct{} // a kill that is to come while a policy is taken

	reloads, late, refused int
	deaths                 atomic.Int64
	ready                  []time.Duration // after each kill
	slowest                time.Duration   // answer while the daemon lived
	http                   string          // where the metrics are
	appends                []string        // below how many seconds all appends of each daemon were
	did, refusals          map[string]int  // of the supervisor, by verb and by code
}

func newDay(t *testing.T) *day {
	t.Helper()
	d := &day{victim: newVictim(t), over: make(chan struct{}), killed: make(chan chan struct{}), did: map[string]int{},
		refusals: map[string]int{}}
	dir := t.TempDir()
	d.file = filepath.Join(dir, "policy.yaml")
	put(t, d.file, dayPolicy(0))
	var err error
	if d.said, err = os.Create(filepath.Join(dir, "said")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.tell(); _ = d.said.Close() })
	return d
}

// tell shows the last of what the daemons wrote, if the test failed.
func (d *day) tell() {
	if text, err := os.ReadFile(d.said.Name()); err == nil && d.t.Failed() {
		d.t.Logf("the daemons wrote, at the end:\n%s", text[max(0, len(text)-4000):])
	}
}

// start runs the daemon and returns how long it took to be ready.
func (d *day) start() time.Duration {
	began := time.Now()
	d.cmd = exec.Command(d.binary, "serve", "--json", "--store", d.store, "--policy", d.file, "--listen", d.address,
		"--http", "127.0.0.1:0", "--speed", strconv.Itoa(*daySpeed))
	d.cmd.Stderr = d.said
	out, err := d.cmd.StdoutPipe()
	if err == nil {
		err = d.cmd.Start()
	}
	var s serving
	if err == nil {
		err = json.NewDecoder(out).Decode(&s)
	}
	if err != nil {
		d.t.Errorf("the daemon does not start: %v", err)
		d.stop()
		return 0
	}
	d.url, d.creds, d.http = s.NATS, s.Creds, s.HTTP
	return time.Since(began)
}

// finish stops the daemon as a service manager does.
func (d *day) finish() {
	d.scrape()
	if err := d.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		d.t.Error(err)
	}
	if err := d.cmd.Wait(); err != nil {
		d.t.Errorf("the daemon stops: %v", err)
	}
	d.cmd = nil
}

func (d *day) connect() {
	for _, c := range []struct {
		nc   **nats.Conn
		file string
	}{{&d.nc, d.creds}, {&d.desk, filepath.Join(d.store, "keys", "desk.nk")}} {
		key, err := nats.NkeyOptionFromSeed(c.file)
		if err == nil {
			*c.nc, err = nats.Connect(d.url, key, nats.MaxReconnects(-1), nats.ReconnectWait(5*time.Millisecond),
				nats.ReconnectJitter(0, 0), nats.ReconnectBufSize(-1),
				nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {})) // the daemon dies: that is what it is about
		}
		if err != nil {
			d.t.Fatal(err)
		}
		d.t.Cleanup((*c.nc).Close)
	}
}

// real is how long a span of the line's time takes.
func (d *day) real(span time.Duration) time.Duration { return span / time.Duration(*daySpeed) }

// recording reads the calls and the agents, and spoils some calls, by chance that is the same each time.
func (d *day) recording() ([]player.Call, []player.Agent) {
	log, err := recorded.Open(*dayLog, recorded.Date(*dayDate))
	if err != nil {
		d.t.Fatal(err)
	}
	var kept []recorded.Call
	for _, c := range log.Calls {
		if c.Arrived >= *dayFrom && c.Arrived < *dayTo {
			kept = append(kept, c)
		}
	}
	calls, agents := playedCalls(kept), playedAgents(recorded.Infer(kept, recorded.Gap).Agents)
	if *dayThin {
		agents = thinned(agents)
	}
	if len(calls) < 20 || len(agents) < 3 {
		d.t.Fatalf("%d calls and %d agents are too few for a day", len(calls), len(agents))
	}
	chance := rand.New(rand.NewPCG(1999, 3))
	for i := range calls {
		calls[i].Service = min(calls[i].Service, *dayLong)
		d.upset(&calls[i], agents, chance)
	}
	d.span = d.real(calls[len(calls)-1].Arrives - calls[0].Arrives)
	return calls, agents
}

// thinned leaves out every second agent, but for those who alone have a skill.
func thinned(agents []player.Agent) []player.Agent {
	have := map[string]int{}
	for _, a := range agents {
		for _, skill := range a.Skills {
			have[skill]++
		}
	}
	var kept []player.Agent
	for i, a := range agents {
		if i%2 == 0 || slices.ContainsFunc(a.Skills, func(skill string) bool { return have[skill] == 1 }) {
			kept = append(kept, a)
			continue
		}
		for _, skill := range a.Skills {
			have[skill]--
		}
	}
	return kept
}

// upset has something go otherwise with a call.
func (d *day) upset(c *player.Call, agents []player.Agent, chance *rand.Rand) {
	u := player.Upset{Wrap: time.Duration(chance.IntN(10)) * time.Second}
	c.Customer = "k" + string(c.ID)
	if !c.Stays && chance.IntN(3) > 0 {
		u.Back = time.Duration(1+chance.IntN(180)) * time.Second
	}
	switch chance.IntN(*dayUpset) {
	case 0, 1, 2:
		u.Vanishes = player.Moment(1 + chance.IntN(3))
		u.Wrap += time.Second
		u.Away = time.Duration(30+chance.IntN(300)) * time.Second // lost after 40 s, without work 2 minutes later
	case 3, 4:
		u.Transfer = agents[chance.IntN(len(agents))].Skills[:1]
	case 5:
		u.Callback = time.Duration(20+chance.IntN(300)) * time.Second
	}
	if !slices.ContainsFunc(agents, func(a player.Agent) bool { return slices.Contains(a.Skills, c.Needs[0]) }) {
		u.Back = 0 // nobody will ever serve it
	}
	c.Upset = u
}

// await asks the line for its status until it is as wanted.
func (d *day) await(what string, so func(*dayStatus) bool) {
	for began := time.Now(); time.Since(began) < time.Minute; time.Sleep(3 * time.Millisecond) {
		var s dayStatus
		m, err := d.nc.Request("fl.ask.main.status", nil, 500*time.Millisecond)
		if err == nil && json.Unmarshal(m.Data, &s) == nil && so(&s) {
			return
		}
	}
	d.t.Errorf("after a minute not yet: %s", what)
	d.stop()
}

// A dayStatus is the part of a line's status that a day looks at.
type dayStatus struct {
	Policy struct {
		Hash string `json:"hash"`
	} `json:"policy"`
	Refused *struct {
		Faults []string `json:"faults"`
	} `json:"policy_refused"`
	Tickets map[string]uint64 `json:"tickets"`
}

// awaitEmpty waits until nobody is in the line: whom the player left alone may be held for the grace.
func (d *day) awaitEmpty() {
	d.await("nobody is in the line", func(s *dayStatus) bool {
		t := s.Tickets
		return s.Policy.Hash != "" && t["waiting"]+t["offered"]+t["in_service"]+t["held"] == 0
	})
}

// errOver says that the play is over.
var errOver = errors.New("the play is over")

// sleep waits until a moment after the beginning.
func (d *day) sleep(ctx context.Context, until time.Duration) error {
	select {
	case <-time.After(time.Until(d.dawn.Add(until))):
		return nil
	case <-d.over:
		return errOver
	case <-ctx.Done():
		return fmt.Errorf("day: %w", context.Cause(ctx))
	}
}
