package natsbus_test

import (
	"errors"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"fairline/adapters/natsbus"
	"fairline/engine/journal/journaltest"
)

// A local is a connection of the local user over TCP, with what the server refused it.
type local struct {
	*nats.Conn
	refused chan error // size: more than any test is refused
}

func connectLocal(t testing.TB, bus *natsbus.Bus) local {
	t.Helper()
	return connectBy(t, bus, bus.CredsFile())
}

// connectBy connects the user whose seed is in a file.
func connectBy(t testing.TB, bus *natsbus.Bus, seed string) local {
	t.Helper()
	key, err := nats.NkeyOptionFromSeed(seed)
	if err != nil {
		t.Fatalf("key of the user: %v", err)
	}
	l := local{refused: make(chan error, 100)}
	l.Conn, err = nats.Connect(bus.ClientURL(), key,
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { l.refused <- err }))
	if err != nil {
		t.Fatalf("connect with %s: %v", seed, err)
	}
	t.Cleanup(l.Close)
	return l
}

// wantAllowed does something and wants that the server lets it pass.
func (l local) wantAllowed(t *testing.T, what string, do func() error) {
	t.Helper()
	if err := do(); err != nil {
		t.Errorf("%s = %v", what, err)
	}
	if err := l.Flush(); err != nil {
		t.Fatalf("%s: flush = %v", what, err)
	}
	select {
	case err := <-l.refused:
		t.Errorf("%s: refused with %v, want it allowed", what, err)
	default:
	}
}

// wantRefused does something and waits for the server's refusal.
func (l local) wantRefused(t *testing.T, what string, do func() error) {
	t.Helper()
	if err := do(); err != nil {
		t.Errorf("%s = %v", what, err)
	}
	select {
	case err := <-l.refused:
		if !errors.Is(err, nats.ErrPermissionViolation) {
			t.Errorf("%s: refused with %v, want a permissions violation", what, err)
		}
	case <-time.After(answerMax):
		t.Errorf("%s: not refused", what)
	}
}

func listening(t testing.TB) *natsbus.Bus {
	cfg := config(t)
	cfg.Listen = "127.0.0.1:0"
	return open(t, cfg)
}

func TestLocalUser(t *testing.T) {
	l := connectLocal(t, listening(t))
	publish := func(subject string) func() error {
		return func() error { return l.Publish(subject, []byte("{}")) }
	}
	subscribe := func(subject string) func() error {
		return func() error {
			_, err := l.SubscribeSync(subject)
			return err
		}
	}
	for _, subject := range []string{
		"fl.in.main.pbx.ticket", "fl.agent.main.ana.accept", "fl.ask.main.status",
	} {
		l.wantAllowed(t, "publish "+subject, publish(subject))
	}
	for _, subject := range []string{
		"fl.agent.main.ana.offered", "fl.out.pbx.main.ended", "fl.out.>", "fl.say.main.attention", nats.NewInbox(),
	} {
		l.wantAllowed(t, "subscribe "+subject, subscribe(subject))
	}
	for _, subject := range []string{
		"fl.desk.main.mia.move", "fl.say.main.lost", "fl.jrn.0.1", "fl.out.pbx.main.ended", "fl.hb.0", "fl.other", "$JS.API.INFO",
		"$JS.API.STREAM.INFO.FL_JRN_0_1", "$JS.API.STREAM.PURGE.FL_JRN_0_1",
		"$JS.API.STREAM.CREATE.MINE", "$JS.API.DIRECT.GET.FL_JRN_0_1", "$SYS.REQ.SERVER.PING", "_INBOX.a",
	} {
		l.wantRefused(t, "publish "+subject, publish(subject))
	}
	for _, subject := range []string{"fl.in.>", "fl.desk.>", "fl.jrn.>", "fl.>", ">", "fl.ask.>", "$SYS.>", "$JS.>"} {
		l.wantRefused(t, "subscribe "+subject, subscribe(subject))
	}
}

// TestDeskUser says what supervisors may that others may not, and that it is no more than the desk.
func TestDeskUser(t *testing.T) {
	bus := listening(t)
	l := connectBy(t, bus, bus.DeskFile())
	for _, subject := range []string{"fl.desk.main.mia.move", "fl.agent.main.ana.accept", "fl.ask.main.status"} {
		l.wantAllowed(t, "publish "+subject, func() error { return l.Publish(subject, []byte("{}")) })
	}
	for _, subject := range []string{"fl.say.main.lost", "fl.jrn.0.1", "$JS.API.STREAM.PURGE.FL_JRN_0_1"} {
		l.wantRefused(t, "publish "+subject, func() error { return l.Publish(subject, []byte("{}")) })
	}
	l.wantAllowed(t, "subscribe", func() error { _, err := l.SubscribeSync("fl.say.>"); return err })
	l.wantRefused(t, "subscribe", func() error { _, err := l.SubscribeSync("fl.desk.>"); return err })
}

func TestLocalUserCannotForgeAFrame(t *testing.T) {
	bus := listening(t)
	log, err := bus.OpenJournal(t.Context(), natsbus.JournalConfig{Generation: 1})
	if err != nil {
		t.Fatal(err)
	}
	frames := journaltest.Frames(t, 3, 10)
	journaltest.MustAppend(t, log, frames[:2]...)
	l := connectLocal(t, bus)
	l.wantRefused(t, "forge a frame", func() error { return l.Publish("fl.jrn.0.1", frames[2]) })
	l.wantRefused(t, "delete the stream", func() error {
		return l.Publish("$JS.API.STREAM.DELETE.FL_JRN_0_1", nil)
	})
	js, err := jetstream.New(bus.Conn())
	if err != nil {
		t.Fatal(err)
	}
	stream, err := js.Stream(t.Context(), "FL_JRN_0_1")
	if err != nil || stream.CachedInfo().State.LastSeq != 2 {
		t.Fatalf("stream = %v, %v; want it with 2 frames", stream, err)
	}
	if err := stream.Purge(t.Context()); err == nil {
		t.Error("Purge by the daemon = nil, want it denied")
	}
	if err := stream.DeleteMsg(t.Context(), 1); err == nil {
		t.Error("DeleteMsg by the daemon = nil, want it denied")
	}
	journaltest.MustAppend(t, log, frames[2])
}

func TestLocalUserAsksTheDaemon(t *testing.T) {
	bus := listening(t)
	_, err := bus.Conn().Subscribe("fl.ask.>", func(m *nats.Msg) {
		if err := m.Respond([]byte("fine")); err != nil {
			t.Error(err)
		}
	})
	if err := errors.Join(err, bus.Conn().Flush()); err != nil { // the server must know of it before somebody asks
		t.Fatal(err)
	}
	answer, err := connectLocal(t, bus).Request("fl.ask.main.status", nil, answerMax)
	if err != nil || string(answer.Data) != "fine" {
		t.Errorf("Request = %v, %v; want the daemon's answer", answer, err)
	}
}
