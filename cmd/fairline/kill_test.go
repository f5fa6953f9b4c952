package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"fairline/adapters/natsbus"
	"fairline/engine"
	"fairline/engine/journal"
)

// The full run is `make soak`: -kills=20 -kill-waiting=10000 -kill-down=1m.
var (
	kills       = flag.Int("kills", 3, "how often TestKilled kills the daemon")
	killWaiting = flag.Int("kill-waiting", 500, "how many tickets wait meanwhile")
	killDown    = flag.Duration("kill-down", 2*time.Second, "how long the daemon stays down the second time")
)

// TestKilled kills the daemon under load again and again: customers go on sending and agents go on answering. Nothing
// that was acknowledged is lost, nothing is assigned twice, no agent is sent on a break for it, no offer expires while
// nobody serves, and the order is the same.
func TestKilled(t *testing.T) {
	d := newVictim(t)
	defer func() { d.kill() }()
	d.start()
	load := newLoad(t, d.url, d.creds, 20)
	load.fill(*killWaiting)
	load.begin()
	for i := range *kills {
		time.Sleep(time.Duration(200+rand.IntN(400)) * time.Millisecond) // the moment of the kill is chance
		var order string
		if i%2 == 1 {
			load.pause.Lock() // nobody speaks: what the line says must be what it says again
			order = load.status(t).Order
		}
		d.kill()
		down := time.Duration(0)
		if i == 1 {
			down = *killDown
		}
		time.Sleep(down)
		ready := d.start()
		s := load.status(t)
		if i%2 == 1 {
			if s.Order != order {
				t.Errorf("kill %d: the order is %s, was %s", i+1, s.Order, order)
			}
			load.pause.Unlock()
		}
		first := load.firstDecision(d.began)
		t.Logf("kill %d: down %v, %d waiting, ready after %v, first decision after %v", i+1, down, s.Tickets.Waiting,
			ready.Round(time.Millisecond), first.Round(time.Millisecond))
	}
	load.end()
	d.kill()
	d.audit(load)
}

// A victim is a daemon in a process of its own, on one store and one address.
type victim struct {
	t          *testing.T
	binary     string
	store      string
	address    string
	url, creds string
	cmd        *exec.Cmd
	began      time.Time
}

func newVictim(t *testing.T) *victim {
	t.Helper()
	dir := t.TempDir()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	d := &victim{t: t, binary: filepath.Join(dir, "fairline"), store: filepath.Join(dir, "store"), address: l.Addr().String()}
	if out, err := exec.Command("go", "build", "-o", d.binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return d
}

// start runs the daemon and returns how long it took to be ready.
func (d *victim) start() time.Duration {
	d.began = time.Now()
	d.cmd = exec.Command(d.binary, "serve", "--json", "--store", d.store, "--policy", "bank", "--listen", d.address, "--http", "none")
	d.cmd.Stderr = os.Stderr
	out, err := d.cmd.StdoutPipe()
	if err != nil {
		d.t.Fatal(err)
	}
	if err := d.cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	var s serving
	if err := json.NewDecoder(bufio.NewReader(out)).Decode(&s); err != nil {
		d.t.Fatalf("the daemon does not say where it is: %v", err)
	}
	d.url, d.creds = s.NATS, s.Creds
	return time.Since(d.began)
}

func (d *victim) kill() {
	if d.cmd != nil {
		_ = d.cmd.Process.Kill()
		_ = d.cmd.Wait()
		d.cmd = nil
	}
}

// audit reads the journal without the daemon and compares it with what customers and agents were told.
func (d *victim) audit(l *load) {
	t := d.t
	bus, err := natsbus.Open(t.Context(), natsbus.Config{StoreDir: d.store})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = bus.Close() }()
	log, err := bus.OpenJournal(t.Context(), natsbus.JournalConfig{Generation: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	ends, with := map[engine.TicketID]int{}, map[engine.TicketID]engine.OfferID{}
	keys := map[engine.Key]engine.TicketID{}
	chain := journal.Chain{Stream: "FL_JRN_0_1", Generation: 1}
	err = journal.Replay(t.Context(), log, &chain, func(seq uint64, f *journal.Frame) error {
		for _, b := range f.Events {
			ev, err := engine.DecodeEvent(b)
			if err != nil {
				return err
			}
			switch ev.Kind {
			case engine.Arrived:
				keys[ev.Key] = ev.Ticket
			case engine.Accepted:
				if o, ok := with[ev.Ticket]; ok {
					t.Errorf("frame %d: ticket %d is assigned by offer %d while offer %d is worked on", seq, ev.Ticket, ev.Offer, o)
				}
				with[ev.Ticket] = ev.Offer
			case engine.Finished:
				delete(with, ev.Ticket)
			case engine.Ended:
				ends[ev.Ticket]++
			case engine.OnBreak:
				t.Errorf("frame %d: an agent was sent on a break", seq)
			case engine.Withdrawn:
				t.Errorf("frame %d: offer %d was withdrawn (%d)", seq, ev.Offer, ev.Why)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	l.compare(t, keys, ends)
}

// A load is customers and agents who do not give up: what is not answered is asked again with the same id.
type load struct {
	t        *testing.T
	nc       *nats.Conn
	pause    sync.RWMutex // held for reading by who speaks
	stop     chan struct{}
	done     sync.WaitGroup
	next     atomic.Int64
	decision atomic.Pointer[time.Time] // the last durable answer
	mu       sync.Mutex
	acked    map[string]engine.TicketID
	accepted map[engine.OfferID]string
}

const loadAgents = 20

func newLoad(t *testing.T, url, creds string, agents int) *load {
	t.Helper()
	key, err := nats.NkeyOptionFromSeed(creds)
	if err != nil {
		t.Fatal(err)
	}
	nc, err := nats.Connect(url, key, nats.MaxReconnects(-1), nats.ReconnectWait(5*time.Millisecond),
		nats.ReconnectJitter(0, 0), nats.CustomInboxPrefix("_INBOX"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	l := &load{t: t, nc: nc, stop: make(chan struct{}), acked: map[string]engine.TicketID{}, accepted: map[engine.OfferID]string{}}
	for i := range agents {
		l.agent(fmt.Sprintf("agent%d", i))
	}
	return l
}

// An answer is what a line says to any request.
type loadAnswer struct {
	Seq    uint64          `json:"seq"`
	Ticket engine.TicketID `json:"ticket"`
	Error  *struct {
		Code        int    `json:"code"`
		Description string `json:"description"`
	} `json:"error"`
	Order   string `json:"order"`
	Tickets struct {
		Waiting   int `json:"waiting"`
		Offered   int `json:"offered"`
		InService int `json:"in_service"`
	} `json:"tickets"`
}

// ask sends until there is an answer other than that nobody serves the line.
func (l *load) ask(subject string, payload any) loadAnswer {
	text, err := json.Marshal(payload)
	if err != nil {
		panic(err)
	}
	for {
		var a loadAnswer
		m, err := l.nc.Request(subject, text, 500*time.Millisecond)
		if err == nil && json.Unmarshal(m.Data, &a) == nil && (a.Error == nil || a.Error.Code != 503) {
			return a
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// say is ask for who acts on the line.
func (l *load) say(subject string, payload any) loadAnswer {
	l.pause.RLock()
	defer l.pause.RUnlock()
	a := l.ask(subject, payload)
	now := time.Now()
	l.decision.Store(&now)
	return a
}

func (l *load) status(t *testing.T) loadAnswer {
	t.Helper()
	return l.ask("fl.ask.main.status", struct{}{})
}

// firstDecision waits for the first durable answer after began.
func (l *load) firstDecision(began time.Time) time.Duration {
	for {
		if at := l.decision.Load(); at != nil && at.After(began) {
			return at.Sub(began)
		}
		time.Sleep(time.Millisecond)
	}
}

func (l *load) customer() {
	id := fmt.Sprint("k", l.next.Add(1))
	data := map[string]any{"channel": "phone", "attributes": map[string]any{"priority": rand.IntN(3)}}
	a := l.say("fl.in.main.load.ticket", map[string]any{"id": id, "data": data})
	if a.Error != nil {
		l.t.Errorf("ticket %s: %s", id, a.Error.Description)
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.acked[id] = a.Ticket
}

// fill sends n tickets before any agent is there.
func (l *load) fill(n int) {
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			for l.next.Load() < int64(n) {
				l.customer()
			}
		})
	}
	wg.Wait()
}

// begin lets customers come for as long as there are kills, and agents sign in.
func (l *load) begin() {
	for i := range loadAgents {
		l.say(fmt.Sprintf("fl.agent.main.agent%d.sign-in", i), struct{}{})
	}
	for range 4 {
		l.done.Go(func() {
			for {
				select {
				case <-l.stop:
					return
				case <-time.After(20 * time.Millisecond):
					l.customer()
				}
			}
		})
	}
}

// agent answers offers: it looks for a moment, accepts, works, and finishes.
func (l *load) agent(name string) {
	offers := make(chan *nats.Msg, 1024)
	if _, err := l.nc.ChanSubscribe("fl.agent.main."+name+".offered", offers); err != nil {
		l.t.Fatal(err)
	}
	go func() {
		last := engine.OfferID(0)
		for m := range offers {
			var o struct {
				Offer engine.OfferID `json:"offer"`
				ID    string         `json:"id"`
			}
			if err := json.Unmarshal(m.Data, &o); err != nil || o.Offer <= last {
				continue // said again
			}
			last = o.Offer
			time.Sleep(time.Duration(rand.IntN(60)) * time.Millisecond)
			if a := l.say("fl.agent.main."+name+".accept", map[string]any{"offer": o.Offer}); a.Error != nil {
				l.t.Errorf("%s: accept %d: %s", name, o.Offer, a.Error.Description)
				continue
			}
			l.mu.Lock()
			l.accepted[o.Offer] = o.ID
			l.mu.Unlock()
			time.Sleep(10 * time.Millisecond)
			if a := l.say("fl.agent.main."+name+".finish", map[string]any{"offer": o.Offer}); a.Error != nil && a.Error.Code != 410 {
				l.t.Errorf("%s: finish %d: %s", name, o.Offer, a.Error.Description)
			}
		}
	}()
}

// end sends the customers home and waits until nobody waits.
func (l *load) end() {
	close(l.stop)
	l.done.Wait()
	for began := time.Now(); time.Since(began) < 2*time.Minute; time.Sleep(20 * time.Millisecond) {
		s := l.ask("fl.ask.main.status", struct{}{})
		if s.Tickets.Waiting+s.Tickets.Offered+s.Tickets.InService == 0 {
			return
		}
	}
	l.t.Error("after two minutes somebody still waits")
}

// compare holds what was acknowledged against what the journal says.
func (l *load) compare(t *testing.T, keys map[engine.Key]engine.TicketID, ends map[engine.TicketID]int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.acked) < *killWaiting || len(keys) != len(l.acked) {
		t.Errorf("%d tickets were acknowledged, %d stand in the journal", len(l.acked), len(keys))
	}
	for id, n := range l.acked {
		if keys[engine.KeyOf("load", id)] != n || ends[n] != 1 {
			t.Errorf("ticket %s was acknowledged as %d; the journal has %d, ended %d times", id, n,
				keys[engine.KeyOf("load", id)], ends[n])
		}
	}
	t.Logf("%d tickets, %d accepted offers that agents were told of", len(l.acked), len(l.accepted))
}
