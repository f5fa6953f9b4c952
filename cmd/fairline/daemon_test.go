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
)

// startDaemon serves a line in this process until stop is called, which gives what serve returned.
func startDaemon(t *testing.T) (s serving, stop func() error) {
	t.Helper()
	_, s, stop = beginDaemon(t, "one-line")
	return s, stop
}

// beginDaemon is startDaemon under a policy, and gives the daemon itself too.
func beginDaemon(t testing.TB, policy string) (d *daemon, s serving, stop func() error) {
	t.Helper()
	return beginDaemonWith(t, func(cfg *config) { cfg.Policy = policy })
}

// beginDaemonWith is beginDaemon with a configuration that is changed.
func beginDaemonWith(t testing.TB, change func(*config)) (d *daemon, s serving, stop func() error) {
	t.Helper()
	cfg := defaultConfig()
	cfg.Store, cfg.Listen, cfg.HTTP = filepath.Join(t.TempDir(), "store"), "127.0.0.1:0", none
	change(&cfg)
	ready, out := io.Pipe()
	d = &daemon{cfg: cfg, out: out, narration: io.Discard, json: true, log: slog.New(slog.DiscardHandler)}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- d.serve(ctx) }()
	if err := json.NewDecoder(ready).Decode(&s); err != nil {
		t.Fatal(err)
	}
	return d, s, func() error {
		cancel()
		return <-done
	}
}

func connectTo(t *testing.T, s serving) *lineConn {
	t.Helper()
	key, err := credentials(s.Creds)
	if err != nil {
		t.Fatal(err)
	}
	nc, err := nats.Connect(s.NATS, key)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	return &lineConn{Conn: nc, line: s.Line}
}

// TestStopAnswersWhatCame stops a daemon while requests are on their way: each that reached the bus is stored and
// acknowledged, and the stop does not dawdle.
func TestStopAnswersWhatCame(t *testing.T) {
	s, stop := startDaemon(t)
	conn := connectTo(t, s)
	const n = 1000
	answers := make(chan *nats.Msg, n)
	inbox := nats.NewInbox()
	if _, err := conn.ChanSubscribe(inbox, answers); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		text := fmt.Appendf(nil, `{"id":"%d","data":{"channel":"phone"}}`, i)
		if err := conn.PublishRequest("fl.in.main.test.ticket", inbox, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := conn.Flush(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := stop(); err != nil {
		t.Errorf("serve = %v", err)
	}
	if took := time.Since(began); took > answerMax {
		t.Errorf("the stop took %v", took)
	}
	for i := range n {
		select {
		case m := <-answers:
			var a ack
			if err := json.Unmarshal(m.Data, &a); err != nil || a.Ticket == 0 {
				t.Fatalf("answer %d of %d: %s", i, n, m.Data)
			}
		case <-time.After(answerMax):
			t.Fatalf("%d of %d were answered", i, n)
		}
	}
}

// TestAgentTakesUpWhatItMissed loses all messages of an agent: signing in again, it knows its offer.
func TestAgentTakesUpWhatItMissed(t *testing.T) {
	s, stop := startDaemon(t)
	a := &agent{name: "ana", conn: connectTo(t, s), out: io.Discard, messages: make(chan *nats.Msg, 16),
		again: make(chan struct{}, 1), offers: map[uint64]*agentOffer{}}
	l := &loner{agent: a}
	if err := a.begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	var done ack
	m := ticketMessage{SpecVersion: "1.0", Type: "fairline.ticket", ID: "1", Data: ticketData{Channel: "phone"}}
	if err := a.conn.ask(t.Context(), "fl.in.main.test.ticket", m, &done); err != nil {
		t.Fatal(err)
	}
	if len(a.offers) != 0 {
		t.Fatal("an offer without having heard of it")
	}
	if err := l.signInAgain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(a.offers) != 1 || len(l.duties) != 1 || l.duties[0].verb != "accept" {
		t.Errorf("after signing in again: %d offers, duties %+v; want the one that rings, to be accepted", len(a.offers), l.duties)
	}
	if err := l.work(t.Context()); err != nil || len(l.duties) != 1 || l.duties[0].verb != "finish" {
		t.Errorf("after accepting: %v, duties %+v; want it to be finished", err, l.duties)
	}
	if err := stop(); err != nil {
		t.Errorf("serve = %v", err)
	}
}
