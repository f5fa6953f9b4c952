package host

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"fairline/engine/journal"
)

// TestAnyPublishWorks hands in tickets with the publish of JetStream clients, the new one and the old one,
// which know nothing of a line: they wait for a publish acknowledgement, and a refusal is an API error.
func TestAnyPublishWorks(t *testing.T) {
	nc := connect(t)
	h, err := New(Config{Line: "main", Node: "test", Log: journal.NewMemory(), Publish: plain{nc},
		PolicyFile: "one-line.yaml", PolicySource: shippedPolicy(t, "one-line")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := nc.Subscribe("fl.in.>", func(m *nats.Msg) {
		h.Handle(m.Subject, m.Data, func(b []byte) {
			if err := m.Respond(b); err != nil {
				t.Errorf("respond: %v", err)
			}
		})
	}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	done := make(chan error, 1)
	go func() { done <- h.Run(ctx) }()
	defer func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	}()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	payload := []byte(`{"id":"1","data":{"channel":"phone"}}`)
	publish := func() (*jetstream.PubAck, error) {
		for { // the first ones may come before the line is served
			ack, err := js.Publish(ctx, "fl.in.main.pbx.ticket", payload)
			if e, ok := errors.AsType[*jetstream.APIError](err); ok && e.ErrorCode == 60503 && ctx.Err() == nil {
				continue
			}
			return ack, err
		}
	}
	ack, err := publish()
	if err != nil || ack.Stream != "FL_JRN_0_0" || ack.Sequence != 3 || ack.Duplicate {
		t.Errorf("Publish: %+v, %v; want sequence 3 of FL_JRN_0_0", ack, err)
	}
	if ack, err = publish(); err != nil || ack.Sequence != 3 || !ack.Duplicate {
		t.Errorf("Publish again: %+v, %v; want the same, as a duplicate", ack, err)
	}
	_, err = js.Publish(ctx, "fl.in.main.pbx.ticket", []byte(`{"id":"2","data":{"channel":"fax"}}`))
	if e, ok := errors.AsType[*jetstream.APIError](err); !ok || e.Code != 400 || e.ErrorCode != 60400 {
		t.Errorf("Publish of a ticket by fax: %v, want an API error 400, 60400", err)
	}
	old, err := nc.JetStream()
	if err != nil {
		t.Fatal(err)
	}
	if ack, err := old.Publish("fl.in.main.pbx.ticket", []byte(`{"id":"3","data":{"channel":"phone"}}`)); err != nil || ack.Sequence != 4 {
		t.Errorf("the old client's Publish: %+v, %v; want sequence 4", ack, err)
	}
}

// plain publishes on core NATS.
type plain struct{ conn *nats.Conn }

func (p plain) Publish(_ uint64, _ int, subject string, data []byte) error {
	return p.conn.Publish(subject, data)
}
func (p plain) Unstored() uint64 { return 0 }

// connect gives a connection to a server in this process that listens nowhere.
func connect(t *testing.T) *nats.Conn {
	t.Helper()
	s, err := server.NewServer(&server.Options{DontListen: true, NoSigs: true, NoLog: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the server is not ready")
	}
	nc, err := nats.Connect("", nats.InProcessServer(s))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	return nc
}
