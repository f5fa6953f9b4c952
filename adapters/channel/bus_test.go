package channel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"fairline/adapters/channel/bustest"
)

// newConn connects to a server of its own, without a network.
func newConn(t *testing.T) *nats.Conn {
	t.Helper()
	conn, _ := bustest.Start(t, t.TempDir())
	return conn
}

// serve answers requests on a subject with a text, and tells what it got.
func serve(t *testing.T, conn *nats.Conn, subject, answer string) <-chan *nats.Msg {
	t.Helper()
	got := make(chan *nats.Msg, 16)
	if _, err := conn.Subscribe(subject, func(m *nats.Msg) {
		got <- m
		_ = m.Respond([]byte(answer))
	}); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestContactsAreHandedIn(t *testing.T) {
	conn := newConn(t)
	b := NewBus(conn, "main", "mail")
	if _, err := b.Arrive(t.Context(), Contact{ID: "1", Channel: "email"}); !again(err) {
		t.Errorf("where nobody serves: %v", err)
	}
	got := serve(t, conn, "fl.in.main.mail.*", `{"stream":"S","seq":7,"ticket":17,"joined":9,"duplicate":true}`)
	at := time.Date(2026, 11, 21, 9, 0, 0, 0, time.FixedZone("", 3600))
	ack, err := b.Arrive(t.Context(), Contact{ID: "<a@b>", Channel: "email", Arrived: at, Customer: "k1", Unverified: true, Overheard: true,
		Needs: []string{"de"}, Attributes: map[string]any{"n": 2}, Ref: "INBOX/4"})
	if err != nil || ack != (Ack{Ticket: 17, Joined: 9, Duplicate: true, Seq: 7}) {
		t.Errorf("%+v, %v", ack, err)
	}
	const want = `{"id":"\u003ca@b\u003e","data":{"line":"main","channel":"email","customer":"k1","verified":false,"arrived":"2026-11-21T08:00:00Z",` +
		`"needs":["de"],"attributes":{"n":2},"origin":"overheard","ref":"INBOX/4"}}`
	if m := <-got; m.Subject != "fl.in.main.mail.ticket" || string(m.Data) != want {
		t.Errorf("%s: %s", m.Subject, m.Data)
	}
	if err := b.Leave(t.Context(), "1", "hung up"); err != nil {
		t.Error(err)
	}
	if m := <-got; m.Subject != "fl.in.main.mail.leave" || string(m.Data) != `{"id":"1","data":{"reason":"hung up"}}` {
		t.Errorf("%s: %s", m.Subject, m.Data)
	}
	if _, err := b.Change(t.Context(), "1", Change{Needs: []string{"fr"}}); err != nil {
		t.Error(err)
	}
	if m := <-got; m.Subject != "fl.in.main.mail.change" || string(m.Data) != `{"id":"1","data":{"needs":["fr"]}}` {
		t.Errorf("%s: %s", m.Subject, m.Data)
	}
}

func again(err error) bool {
	r, ok := errors.AsType[*Refusal](err)
	return ok && r.Again()
}

func TestRefusalsAndStandings(t *testing.T) {
	conn := newConn(t)
	b := NewBus(conn, "main", "mail")
	serve(t, conn, "fl.in.main.mail.ticket", `{"error":{"code":429,"err_code":60429,"description":"line main is full: Later"}}`)
	if _, err := b.Arrive(t.Context(), Contact{ID: "1", Channel: "email"}); err == nil || again(err) || err.Error() != "the line refuses (429): line main is full: Later" {
		t.Errorf("a full line: %v", err)
	}
	got := serve(t, conn, "fl.ask.main.place", `{"ticket":17,"place":3,"of":12,"expect":{"p50_ms":60000,"p90_ms":125000},"text":"You are third."}`)
	s, err := b.Standing(t.Context(), "1")
	if want := (Standing{Place: 3, Waiting: 12, P50: time.Minute, P90: 125 * time.Second, Known: true, Text: "You are third."}); err != nil || s != want {
		t.Errorf("%+v, %v", s, err)
	}
	if m := <-got; string(m.Data) != `{"adapter":"mail","id":"1"}` {
		t.Errorf("asked with %s", m.Data)
	}
}

func TestAgentsAreToldOf(t *testing.T) {
	conn := newConn(t)
	b := NewBus(conn, "main", "phone")
	got := serve(t, conn, "fl.agent.main.ana.*", `{"seq":1}`)
	for want, do := range map[string]func() error{
		`sign-in {"skills":["de"],"channels":{"phone":1},"lease":"30s"}`: func() error {
			return b.SignIn(t.Context(), "ana", SignIn{Skills: []string{"de"}, Channels: map[string]int{"phone": 1}, Lease: 30 * time.Second})
		},
		`renew {}`:                            func() error { return b.Renew(t.Context(), "ana") },
		`sign-out {}`:                         func() error { return b.SignOut(t.Context(), "ana") },
		`accept {"offer":8}`:                  func() error { return b.Accept(t.Context(), "ana", 8) },
		`decline {"offer":8,"reason":"busy"}`: func() error { return b.Decline(t.Context(), "ana", 8, "busy") },
		`finish {"offer":8,"wrap":"1m30s"}`:   func() error { return b.Finish(t.Context(), "ana", 8, 90*time.Second) },
		`hold {"offer":8,"why":"no-answer"}`: func() error {
			return b.Hold(t.Context(), "ana", 8, Hold{Why: "no-answer"})
		},
		`hold {"offer":8,"reason":"later","why":"snooze","for":"1m0s"}`: func() error {
			return b.Hold(t.Context(), "ana", 8, Hold{Why: "snooze", For: time.Minute, Reason: "later"})
		},
	} {
		if err := do(); err != nil {
			t.Error(err)
		}
		if m := <-got; m.Subject[len("fl.agent.main.ana."):]+" "+string(m.Data) != want {
			t.Errorf("%s %s, want %s", m.Subject, m.Data, want)
		}
	}
}

// TestNoticesAreHeardOnce in order, whatever fails in between, and by another process after the first.
func TestNoticesAreHeardOnce(t *testing.T) {
	conn := newConn(t)
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: OutStream, Subjects: []string{"fl.out.>"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stream.CreateConsumer(t.Context(), jetstream.ConsumerConfig{Durable: "mail", AckPolicy: jetstream.AckExplicitPolicy,
		FilterSubject: "fl.out.mail.>", MaxAckPending: 1}); err != nil {
		t.Fatal(err)
	}
	for n := range 5 {
		text, _ := json.Marshal(map[string]any{"id": fmt.Sprint(n), "ticket": n, "agent": "ana", "offer": 3, "attempt": 2, "call_back": true})
		if _, err := js.Publish(t.Context(), "fl.out.mail.main.accepted", text); err != nil {
			t.Fatal(err)
		}
	}
	b := NewBus(conn, "main", "mail")
	var heard []string
	hear := func(until string, fail string) {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		err := b.Follow(ctx, func(_ context.Context, n Notice) error {
			if n.ID == fail {
				fail = ""
				return errors.New("not now")
			}
			heard = append(heard, n.ID)
			if n.Kind != Accepted || n.Line != "main" || n.Agent != "ana" || n.Offer != 3 || n.Attempt != 2 || !n.CallBack {
				t.Errorf("%+v", n)
			}
			if n.ID == until {
				cancel()
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	hear("2", "1")
	hear("4", "")
	if fmt.Sprint(heard) != "[0 1 2 3 4]" {
		t.Errorf("heard %v", heard)
	}
}

func TestReadNotice(t *testing.T) {
	for _, subject := range []string{"fl.out.mail.main", "fl.in.mail.main.ended", "x"} {
		if _, err := ReadNotice(subject, []byte("{}")); err == nil {
			t.Errorf("%s was read", subject)
		}
	}
	if _, err := ReadNotice("fl.out.mail.main.ended", []byte("{")); err == nil {
		t.Error("broken JSON was read")
	}
}
