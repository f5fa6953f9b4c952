package social

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"fairline/adapters/channel/channeltest"
	"fairline/policy/mapping"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// people gives everybody a key.
type people struct {
	mutex sync.Mutex
	asked []string
	fails int // so often it does not answer
}

func (p *people) Person(_ context.Context, kind, identity string, verified bool) (string, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.fails > 0 {
		p.fails--
		return "", errors.New("no key for " + identity)
	}
	p.asked = append(p.asked, fmt.Sprintf("%s %s %t", kind, identity, verified))
	return fmt.Sprintf("k%d", len(p.asked)), nil
}

// A desk is an adapter with all that it needs.
type desk struct {
	*Adapter
	line   *channeltest.Line
	people *people
	log    *channeltest.Log
	cancel context.CancelFunc
	done   chan error
}

// quick is a Config that does not wait long.
func quick(t testing.TB) Config {
	return Config{Store: t.TempDir(), AgainMin: 2 * time.Millisecond, AgainMax: 20 * time.Millisecond, IdleMax: 5 * time.Second, AnswerMax: 5 * time.Second, EventMax: 64 << 10}
}

func loaded(t testing.TB, name string) *mapping.Mapping {
	t.Helper()
	m, faults, err := mapping.Load(name, nil)
	if m == nil {
		t.Fatal(faults, err)
	}
	return m
}

// newDesk makes an adapter of a line; start runs it, and stop ends it.
func newDesk(t testing.TB, cfg Config, line *channeltest.Line) *desk {
	t.Helper()
	d := &desk{line: line, people: &people{}, log: &channeltest.Log{}}
	a, err := New(cfg, d.line, d.people, slog.New(slog.NewTextHandler(d.log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	d.Adapter = a
	return d
}

func (d *desk) start(t testing.TB) {
	ctx, cancel := context.WithCancel(t.Context())
	d.cancel, d.done = cancel, make(chan error, 1)
	go func() { d.done <- d.Run(ctx) }()
	t.Cleanup(func() { d.stop(t) })
}

func (d *desk) stop(t testing.TB) {
	t.Helper()
	if d.cancel == nil {
		return
	}
	d.cancel()
	d.cancel = nil
	select {
	case err := <-d.done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("it does not end")
	}
}

// await waits until something holds.
func await(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for until := time.Now().Add(20 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("in vain: %s", what)
		}
	}
}

// arrived are the contacts that a line has, as the times that their posts say, in milliseconds: each post of a test has its own.
func arrived(line *channeltest.Line) []int64 {
	var list []int64
	for _, c := range line.Contacts() {
		list = append(list, c.Arrived.UnixMilli())
	}
	slices.Sort(list)
	return list
}

func TestCheck(t *testing.T) {
	file := t.TempDir() + "/token"
	_ = os.WriteFile(file, []byte("token"), 0o600)
	m, b, w := loaded(t, "mastodon"), loaded(t, "bluesky"), loaded(t, "whatsapp")
	masto := Mastodon{Name: "m", Server: "https://a.example", Token: file, Mapping: m}
	blue := Bluesky{Name: "b", Server: "wss://a.example/subscribe", Us: "did:plc:us", Mapping: b}
	with := func(change func(*Mastodon, *Bluesky)) Config {
		m, b := masto, blue
		change(&m, &b)
		return Config{Store: "x", Mastodon: []Mastodon{m}, Bluesky: []Bluesky{b}}
	}
	for want, cfg := range map[string]Config{
		"":                            with(func(*Mastodon, *Bluesky) {}),
		"nothing is followed":         {Store: "x"},
		"Store: none":                 {Mastodon: []Mastodon{masto}},
		"EventMax: 5":                 {Store: "x", EventMax: 5, Mastodon: []Mastodon{masto}},
		"IdleMax: it is negative":     {Store: "x", IdleMax: -1, Mastodon: []Mastodon{masto}},
		"AgainMax: 1ns is less":       {Store: "x", AgainMax: 1, Mastodon: []Mastodon{masto}},
		"give each a name of its own": with(func(m *Mastodon, b *Bluesky) { b.Name = "m" }),
		`"M": give each`:              with(func(m *Mastodon, b *Bluesky) { m.Name = "M" }),
		"has no TLS: write https":     with(func(m *Mastodon, b *Bluesky) { m.Server = "http://a.example" }),
		"write wss://host":            with(func(m *Mastodon, b *Bluesky) { b.Server = "https://a.example" }),
		"has no TLS: write wss":       with(func(m *Mastodon, b *Bluesky) { b.Server = "ws://192.0.2.1" }),
		"verify: stream":              with(func(m *Mastodon, b *Bluesky) { m.Mapping = w }),
		"no stream is called":         with(func(m *Mastodon, b *Bluesky) { m.Streams = []string{"hashtag:a b"} }),
		"Token: none":                 with(func(m *Mastodon, b *Bluesky) { m.Token = "" }),
		"give our DID":                with(func(m *Mastodon, b *Bluesky) { b.Us = "us.example" }),
		"Streams: 17":                 with(func(m *Mastodon, b *Bluesky) { m.Streams = make([]string, 17) }),
	} {
		err := cfg.Check()
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestPositionsThatCannotBeRead(t *testing.T) {
	cfg := quick(t)
	cfg.Bluesky = []Bluesky{{Name: "b", Server: "ws://127.0.0.1:1", Us: "did:plc:us", Mapping: loaded(t, "bluesky")}}
	if err := os.WriteFile(cfg.Store+"/b.jetstream.json", []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	d := newDesk(t, cfg, &channeltest.Line{})
	if err := d.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "take the file away") {
		t.Errorf("%v", err)
	}
}

func TestPositions(t *testing.T) {
	p := position{Since: "5"}
	for _, id := range []string{"9", "10", "7", "10", "", "100"} {
		p.hear(id)
	}
	if fmt.Sprint(p) != "{5 [7 9 10 100]}" || !p.heard("10") || p.heard("8") || p.heard("") {
		t.Errorf("%v", p)
	}
	for n := range trailMax {
		p.hear(fmt.Sprint(1000 + n))
	}
	if p.Since != "100" || len(p.Trail) != trailMax || p.Trail[0] != "1000" {
		t.Errorf("%v", p)
	}
}

func TestEventsOfAStream(t *testing.T) {
	in := newSSE(strings.NewReader(":)\n\nevent: update\r\ndata: 1\r\ndata: 2\r\n\r\n: thump\n\nevent: empty\n\ndata:3\nid: 7\nretry: 1\n\nevent: large\ndata: "+
		strings.Repeat("x", 20_000)+"\n\nevent: a\ndata: "+strings.Repeat("y", 50)+"\ndata: "+strings.Repeat("y", 50)+"\n\n"+strings.Repeat("z", 20_000)+"\n\nevent: last\ndata: 4\n\nevent: cut\ndata: 5\n"), 100)
	var got []string
	for {
		kind, data, err := in.next(func() {})
		if err != nil && !errors.Is(err, errLarge) {
			break
		}
		got = append(got, fmt.Sprintf("%s %q %v", kind, data, err != nil))
	}
	want := []string{`: "" false`, `update "1\n2" false`, `: "" false`, ` "3" false`, `large "" true`, `a "" true`, ` "" true`, `last "4" false`}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
