package natsbus_test

import (
	"errors"
	"testing"

	"github.com/nats-io/nats.go"

	"fairline/adapters/natsbus"
)

// withAdapters is a bus that listens, with a mail adapter and a phone.
func withAdapters(t testing.TB) *natsbus.Bus {
	cfg := config(t)
	cfg.Listen = "127.0.0.1:0"
	cfg.Adapters = []natsbus.Adapter{{Name: "mail"}, {Name: "phone", Agents: true}}
	return open(t, cfg)
}

// connectAs connects an adapter over TCP, as its program would.
func connectAs(t testing.TB, bus *natsbus.Bus, name string) local {
	t.Helper()
	key, err := nats.NkeyOptionFromSeed(bus.AdapterFile(name))
	if err != nil {
		t.Fatal(err)
	}
	l := local{refused: make(chan error, 100)}
	l.Conn, err = nats.Connect(bus.ClientURL(), key, nats.CustomInboxPrefix(natsbus.AdapterInbox(name)),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { l.refused <- err }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l
}

// TestAdapterUser says what an adapter may and may not.
func TestAdapterUser(t *testing.T) {
	bus := withAdapters(t)
	openOut(t, bus)
	mail := connectAs(t, bus, "mail")
	publish := func(l local, subject string) func() error {
		return func() error { return l.Publish(subject, []byte("{}")) }
	}
	for _, subject := range []string{"fl.in.main.mail.ticket", "fl.in.other.mail.leave", "fl.q.main.mail.ticket", "fl.ask.main.place",
		"$JS.API.CONSUMER.MSG.NEXT.FL_OUT.mail", "$JS.ACK.FL_OUT.mail.1.1.1.1.0"} {
		mail.wantAllowed(t, "publish "+subject, publish(mail, subject))
	}
	for what, subject := range map[string]string{
		"forge a ticket of another":            "fl.in.main.phone.ticket",
		"forge one at door B":                  "fl.q.main.phone.ticket",
		"read the notices of another":          "$JS.API.CONSUMER.MSG.NEXT.FL_OUT.phone",
		"hear for another":                     "$JS.ACK.FL_OUT.phone.1.1.1.1.0",
		"look at the stream":                   "$JS.API.STREAM.INFO.FL_OUT",
		"look at its own consumer":             "$JS.API.CONSUMER.INFO.FL_OUT.mail",
		"make a consumer":                      "$JS.API.CONSUMER.CREATE.FL_OUT.x",
		"read a message of the stream":         "$JS.API.DIRECT.GET.FL_OUT",
		"read the vault":                       "$JS.API.DIRECT.GET.KV_FL_VAULT",
		"write the vault":                      "$KV.FL_VAULT.p.x",
		"say what a line says":                 "fl.out.mail.main.ended",
		"say it to another":                    "fl.out.phone.main.ended",
		"answer for an agent":                  "fl.agent.main.ana.accept",
		"ask what is not for customers":        "fl.ask.main.waiting",
		"act at the desk":                      "fl.desk.main.mia.move",
		"write the journal":                    "fl.jrn.0.1",
		"answer somebody's request":            "_INBOX_phone.x",
		"put something among the refused ones": "fl.dlq.main",
	} {
		mail.wantRefused(t, what, publish(mail, subject))
	}
	for _, subject := range []string{"fl.out.mail.>", "fl.out.>", "_INBOX_phone.>", "_INBOX.>", ">", "fl.agent.>", "fl.say.>", "$KV.>"} {
		mail.wantRefused(t, "subscribe "+subject, func() error { _, err := mail.SubscribeSync(subject); return err })
	}
	mail.wantAllowed(t, "subscribe its own inbox", func() error { _, err := mail.SubscribeSync(mail.NewInbox()); return err })
	phone := connectAs(t, bus, "phone")
	for _, verb := range []string{"sign-in", "renew", "sign-out", "accept", "decline", "finish", "hold"} {
		phone.wantAllowed(t, verb, publish(phone, "fl.agent.main.ana."+verb))
	}
	for _, verb := range []string{"pull", "transfer", "break", "offered"} {
		phone.wantRefused(t, verb, publish(phone, "fl.agent.main.ana."+verb))
	}
}

// TestAdapterKeys says that keys stay, that an adapter without a place in the configuration is nobody, and which names are none.
func TestAdapterKeys(t *testing.T) {
	cfg := config(t)
	cfg.Listen = "127.0.0.1:0"
	cfg.Adapters = []natsbus.Adapter{{Name: "mail"}}
	bus, err := natsbus.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	key, err := nats.NkeyOptionFromSeed(bus.AdapterFile("mail"))
	if err != nil {
		t.Fatal(err)
	}
	closeBus(t, bus)
	again := open2(t, cfg)
	conn, err := nats.Connect(again.ClientURL(), key)
	if err != nil {
		t.Fatalf("the key of the first start: %v", err)
	}
	conn.Close()
	closeBus(t, again)
	cfg.Adapters = nil
	without := open2(t, cfg)
	if conn, err := nats.Connect(without.ClientURL(), key); !errors.Is(err, nats.ErrAuthorization) {
		t.Errorf("an adapter that is not in the configuration: %v, %v", conn, err)
	}
	closeBus(t, without)
	for _, bad := range [][]natsbus.Adapter{{{Name: ""}}, {{Name: "a.b"}}, {{Name: "*"}}, {{Name: ">"}}, {{Name: "a"}, {Name: "a", Agents: true}}} {
		cfg.Adapters = bad
		wantRefused(t, cfg, nil)
	}
	for text, want := range map[string]natsbus.Adapter{"mail": {Name: "mail"}, "phone:agents": {Name: "phone", Agents: true}} {
		if a, err := natsbus.ParseAdapter(text); a != want || err != nil {
			t.Errorf("ParseAdapter(%q) = %+v, %v", text, a, err)
		}
	}
	for _, text := range []string{"", "a b", "mail:", "mail:all", ":agents", "a.b"} {
		if a, err := natsbus.ParseAdapter(text); err == nil {
			t.Errorf("ParseAdapter(%q) = %+v", text, a)
		}
	}
}

// open2 opens a bus that the test closes itself.
func open2(t *testing.T, cfg natsbus.Config) *natsbus.Bus {
	t.Helper()
	bus, err := natsbus.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return bus
}

func openOut(t testing.TB, bus *natsbus.Bus) *natsbus.Out {
	t.Helper()
	out, err := bus.OpenOut(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
