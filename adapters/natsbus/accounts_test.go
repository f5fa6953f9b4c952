package natsbus_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// TestAnAnswerGoesToWhoAsked and nowhere else: where an answer goes is up to the question, and the daemon and the server answer with
// rights that who asks does not have.
func TestAnAnswerGoesToWhoAsked(t *testing.T) {
	bus := withAdapters(t)
	out := openOut(t, bus)
	js, err := jetstream.New(bus.Conn())
	if err != nil {
		t.Fatal(err)
	}
	rows, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "KV_ROWS", Subjects: []string{"$KV.ROWS.>"}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = js.Publish(t.Context(), "$KV.ROWS.a", []byte("a row"))
	heard := make(chan *nats.Msg, 100)
	for _, subject := range []string{"fl.desk.>", "fl.vault.*"} {
		_, other := bus.Conn().ChanSubscribe(subject, heard)
		err = errors.Join(err, other)
	}
	for subject, answer := range map[string]string{"fl.who.*": "{}", "fl.in.>": `{"stream":"S","seq":1}`, "fl.ask.>": `{"seq":1}`} {
		_, other := bus.Conn().Subscribe(subject, func(m *nats.Msg) { _ = m.Respond([]byte(answer)) })
		err = errors.Join(err, other)
	}
	if err := errors.Join(err, out.Publish(1, 0, "fl.out.mail.main.ended", []byte("a notice")), bus.Conn().Flush()); err != nil {
		t.Fatal(err)
	}
	agents := connectLocal(t, bus)
	_, offers := agents.ChanSubscribe("fl.agent.>", heard)
	phone := connectAs(t, bus, "phone")
	_, inbox := phone.ChanSubscribe("_INBOX_phone.x", heard)
	if err := errors.Join(offers, inbox, agents.Flush(), phone.Flush()); err != nil {
		t.Fatal(err)
	}
	const pull, ack = "$JS.API.CONSUMER.MSG.NEXT.FL_OUT.mail", "$JS.ACK.FL_OUT.mail.1.1.1.1.0"
	mail := connectAs(t, bus, "mail")
	for _, reply := range []string{"$JS.API.STREAM.DELETE.KV_ROWS", "$JS.API.STREAM.PURGE.KV_ROWS", "$JS.API.STREAM.MSG.DELETE.KV_ROWS",
		"fl.desk.main.mia.close", "fl.vault.erase", "fl.agent.main.ana.offered", "_INBOX_phone.x"} {
		for subject, payload := range map[string]string{pull: `{"batch":2,"no_wait":true}`, ack: "+ACK", "fl.who.mail": "{}", "fl.in.main.mail.ticket": "{}",
			"fl.q.main.mail.ticket": "{}", "fl.ask.main.place": "{}"} {
			mail.wantAllowed(t, subject, func() error { return mail.PublishRequest(subject, reply, []byte(payload)) })
		}
		if !strings.HasPrefix(reply, "fl.agent.") { // of agents who share a key each is all of them
			agents.wantAllowed(t, "fl.in.main.pbx.ticket", func() error { return agents.PublishRequest("fl.in.main.pbx.ticket", reply, []byte("{}")) })
		}
	}
	select {
	case m := <-heard:
		t.Errorf("an answer was heard as %s: %q", m.Subject, m.Data)
	case <-time.After(500 * time.Millisecond):
	}
	if info, err := rows.Info(t.Context()); err != nil || info.State.Msgs != 1 {
		t.Errorf("the stream: %+v, %v", info, err)
	}
	if m, err := mail.Request("fl.who.mail", []byte("{}"), answerMax); err != nil || string(m.Data) != "{}" {
		t.Errorf("who asks for itself: %v, %v", m, err)
	}
}

// TestWhoComesBackHearsTheLine at once, also who was faster than the daemon's own start.
func TestWhoComesBackHearsTheLine(t *testing.T) {
	cfg := config(t)
	cfg.Listen = "127.0.0.1:0"
	bus := open2(t, cfg)
	cfg.Listen = strings.TrimPrefix(bus.ClientURL(), "nats://")
	key, err := nats.NkeyOptionFromSeed(bus.CredsFile())
	if err != nil {
		t.Fatal(err)
	}
	var offers []*nats.Subscription
	for range 20 {
		conn, err := nats.Connect(bus.ClientURL(), key, nats.ReconnectWait(5*time.Millisecond), nats.MaxReconnects(-1))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(conn.Close)
		sub, err := conn.SubscribeSync("fl.agent.main.ana.offered")
		if err := errors.Join(err, conn.Flush()); err != nil {
			t.Fatal(err)
		}
		offers = append(offers, sub)
	}
	for round := range 5 {
		closeBus(t, bus)
		bus = open2(t, cfg)
		deadline := time.Now().Add(answerMax)
		for i, sub := range offers {
			for heard := false; !heard; {
				m, err := sub.NextMsg(50 * time.Millisecond)
				if heard = err == nil && string(m.Data) == strconv.Itoa(round); err == nil {
					continue
				}
				err = errors.Join(bus.Conn().Publish("fl.agent.main.ana.offered", []byte(strconv.Itoa(round))), bus.Conn().Flush())
				if err != nil || time.Now().After(deadline) {
					t.Fatalf("start %d: agent %d hears nothing, %v", round, i, err)
				}
			}
		}
	}
	closeBus(t, bus)
}
