package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"fairline/adapters/channel"
	"fairline/adapters/natsbus"
)

// An adapted is a store whose line has a mail adapter.
type adapted struct {
	t     *testing.T
	store string
}

// bus opens the bus alone: nobody serves the line.
func (a adapted) bus(do func(bus *natsbus.Bus, mail *nats.Conn)) {
	a.t.Helper()
	bus, err := natsbus.Open(a.t.Context(), natsbus.Config{StoreDir: a.store, Listen: "127.0.0.1:0", Adapters: []natsbus.Adapter{{Name: "mail"}}})
	if err != nil {
		a.t.Fatal(err)
	}
	if _, err := bus.OpenIntake(a.t.Context(), "main"); err != nil {
		a.t.Fatal(err)
	}
	mail := a.connect(bus.ClientURL(), bus.AdapterFile("mail"))
	do(bus, mail)
	mail.Close()
	if err := bus.Close(); err != nil {
		a.t.Error(err)
	}
}

// connect connects the mail adapter with its key.
func (a adapted) connect(url, seed string) *nats.Conn {
	a.t.Helper()
	key, err := nats.NkeyOptionFromSeed(seed)
	if err != nil {
		a.t.Fatal(err)
	}
	conn, err := nats.Connect(url, key, nats.CustomInboxPrefix(natsbus.AdapterInbox("mail")))
	if err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(conn.Close)
	return conn
}

// put hands in contacts through door B.
func (a adapted) put(mail *nats.Conn, ids ...string) {
	a.t.Helper()
	js, err := jetstream.New(mail)
	if err != nil {
		a.t.Fatal(err)
	}
	for _, id := range ids {
		text := channel.Encode("main", channel.Contact{ID: id, Channel: "email"})
		if _, err := js.Publish(a.t.Context(), "fl.q.main.mail.ticket", text); err != nil {
			a.t.Fatal(err)
		}
	}
}

// serve runs the daemon until stop is called.
func (a adapted) serve() (s serving, stop func()) {
	a.t.Helper()
	cfg := defaultConfig()
	cfg.Store, cfg.Listen, cfg.HTTP, cfg.Policy, cfg.Adapters = a.store, "127.0.0.1:0", none, "one-line", "mail"
	ready, out := io.Pipe()
	d := &daemon{cfg: cfg, out: out, narration: io.Discard, json: true, log: slog.New(slog.DiscardHandler)}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- d.serve(ctx) }()
	if err := json.NewDecoder(ready).Decode(&s); err != nil {
		a.t.Fatal(err)
	}
	return s, func() {
		a.t.Helper()
		cancel()
		if err := <-done; err != nil {
			a.t.Errorf("serve = %v", err)
		}
	}
}

// waiting asks until so many tickets wait.
func (a adapted) waiting(s serving, want int) {
	a.t.Helper()
	conn := connectTo(a.t, s)
	var got struct {
		Tickets struct {
			Waiting int `json:"waiting"`
		} `json:"tickets"`
	}
	for end := time.Now().Add(answerMax); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if err := conn.ask(a.t.Context(), "fl.ask.main.status", struct{}{}, &got); err != nil {
			a.t.Fatal(err)
		}
		if got.Tickets.Waiting == want {
			return
		}
	}
	a.t.Fatalf("%d tickets wait, want %d", got.Tickets.Waiting, want)
}

// TestAdaptersKeepWhatComesWhileNobodyServes by themselves, and it is a ticket with its arrival after the start.
func TestAdaptersKeepWhatComesWhileNobodyServes(t *testing.T) {
	a := adapted{t: t, store: filepath.Join(t.TempDir(), "store")}
	came := time.Now().Add(-time.Minute).UTC().Truncate(time.Second)
	a.bus(func(_ *natsbus.Bus, mail *nats.Conn) {
		line := channel.Storing{Bus: channel.NewBus(mail, "main", "mail")}
		for range 2 {
			ack, err := line.Arrive(t.Context(), channel.Contact{ID: "1", Channel: "email", Arrived: came})
			if err != nil || !ack.Later {
				t.Errorf("%+v, %v", ack, err)
			}
		}
	})
	s, stop := a.serve()
	defer stop()
	a.waiting(s, 1)
	var shown shownTicket
	if err := connectTo(t, s).ask(t.Context(), "fl.ask.main.ticket", map[string]int{"ticket": 1}, &shown); err != nil || shown.Arrived != came.Format(time.RFC3339) {
		t.Errorf("arrived %s, %v; want %s", shown.Arrived, err, came.Format(time.RFC3339))
	}
}

// TestDoorBWhileNobodyServes hands in contacts while no daemon runs: each is a ticket after the start, once, also where it is
// handed in again by either door, and across another start. What becomes of one is heard by the adapter, once.
func TestDoorBWhileNobodyServes(t *testing.T) {
	a := adapted{t: t, store: filepath.Join(t.TempDir(), "store")}
	a.bus(func(_ *natsbus.Bus, mail *nats.Conn) { a.put(mail, "1", "2", "1") })
	s, stop := a.serve()
	a.waiting(s, 2)
	mail := a.connect(s.NATS, s.Adapters["mail"])
	line := channel.NewBus(mail, "main", "mail")
	if ack, err := line.Arrive(t.Context(), channel.Contact{ID: "2", Channel: "email"}); err != nil || !ack.Duplicate || ack.Ticket != 2 {
		t.Errorf("the same contact at door A = %+v, %v", ack, err)
	}
	a.put(mail, "3", "2")
	a.waiting(s, 3)
	if err := line.Leave(t.Context(), "1", "sent by mistake"); err != nil {
		t.Error(err)
	}
	stop()
	mail.Close()
	cfg := defaultConfig()
	cfg.Store = a.store
	if r, err := verifyStore(t.Context(), cfg); err != nil || !r.OK {
		t.Errorf("verify = %+v, %v", r, err)
	}
	a.bus(func(bus *natsbus.Bus, mail *nats.Conn) {
		a.put(mail, "3", "4")
		js, err := jetstream.New(bus.Conn())
		if err != nil {
			t.Fatal(err)
		}
		if dead, err := js.Stream(t.Context(), natsbus.DeadStream); err != nil || dead.CachedInfo().State.Msgs != 0 {
			t.Errorf("contacts were refused: %v", err)
		}
	})
	s, stop = a.serve()
	defer stop()
	a.waiting(s, 3) // 2, 3 and 4
	mail = a.connect(s.NATS, s.Adapters["mail"])
	line = channel.NewBus(mail, "main", "mail")
	if err := line.Leave(t.Context(), "4", "too"); err != nil {
		t.Error(err)
	}
	var heard []string
	ctx, cancel := context.WithTimeout(t.Context(), answerMax)
	defer cancel()
	if err := line.Follow(ctx, func(_ context.Context, n channel.Notice) error {
		heard = append(heard, fmt.Sprintf("%s %s %s", n.ID, n.Kind, n.End))
		if n.ID == "4" {
			cancel()
		}
		return nil
	}); err != nil || fmt.Sprint(heard) != "[1 ended abandoned 4 ended abandoned]" {
		t.Errorf("Follow = %v, heard %q", err, heard)
	}
}
