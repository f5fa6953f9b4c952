package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"fairline/policy"
)

// loudMapping computes something from a signal that a policy may forbid.
const loudMapping = `fairline: 1
mapping: loud
verify: standard
events:
  - name: message
    channel: chat
    id: /data/id
    customer: {kind: mail, id: /data/email}
    attributes: {reach: /data/followers, loud: event.data.followers > 1000}
`

// loudPolicy declares what the mapping gives; never is a list such as [reach].
func loudPolicy(never string) string {
	return `fairline: 1
policy: loud
attributes: {reach: {type: int, min: 0, else: 0}, loud: {type: bool, else: false}}
never: ` + never + `
channels: {chat: {takes: agent}}
classes: [{name: all}]
order: arrival
`
}

// TestAPolicyThatAMappingDoesNotFit is refused, with the place in the mapping, and the one in force goes on; one that it fits
// holds the mapping from then on.
func TestAPolicyThatAMappingDoesNotFit(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"policy.yaml": loudPolicy("[]"), "loud.yaml": loudMapping, "secret": channelsSecret,
		"channels.yaml": "webhook: {listen: \"127.0.0.1:0\", endpoints: [{path: /crm, mapping: loud.yaml, secrets: [secret]}]}\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d, s, stop := beginDaemonWith(t, func(cfg *config) {
		cfg.Policy, cfg.Channels = filepath.Join(dir, "policy.yaml"), filepath.Join(dir, "channels.yaml")
	})
	c := &channelSite{T: t, d: d, s: s}
	desk := connectAs(t, s, s.Desk)
	adopt := func(text string) error {
		var done map[string]any
		return desk.ask(t.Context(), "fl.desk.main.mia.adopt", map[string]any{"file": "new.yaml", "source": text}, &done)
	}
	if err := adopt(loudPolicy("[reach]")); err == nil || !strings.Contains(err.Error(), "FL0606") || !strings.Contains(err.Error(), "loud.yaml:9") {
		t.Errorf("a policy that forbids what the mapping computes from: %v", err)
	}
	if code := c.post("m1", "ana@example.org", 70000, channelsSecret); code != http.StatusOK {
		t.Errorf("answered %d", code)
	}
	kept := func() uint64 {
		for _, n := range d.measureAdapters()[0].Counts {
			if n.Event == "kept_back" {
				return n.N
			}
		}
		return 0
	}
	if kept() != 0 {
		t.Errorf("%d attributes are kept back", kept())
	}
	if err := adopt(strings.ReplaceAll(strings.ReplaceAll(loudPolicy("[]"), "loud: {type: bool, else: false}", "plan: {one_of: [gold, none], else: none}"), "never: []\n", "")); err != nil {
		t.Fatal(err)
	}
	for n := 2; kept() == 0; n++ {
		if n > 200 {
			t.Fatal("the mapping does not hear of the policy")
		}
		c.post(fmt.Sprint("m", n), "ana@example.org", 70000, channelsSecret)
		time.Sleep(10 * time.Millisecond)
	}
	if err := stop(); err != nil {
		t.Errorf("serve = %v", err)
	}
}

// A fakeChannel runs until it is told to end, and fits each policy that has no word "unfit" in it.
type fakeChannel struct {
	mutex   sync.Mutex
	running int
	held    []string
}

func (f *fakeChannel) Run(ctx context.Context) error {
	f.change(1)
	defer f.change(-1)
	<-ctx.Done()
	return nil
}

func (f *fakeChannel) Ready() error { return nil }

func (f *fakeChannel) change(n int) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.running += n
}

func (f *fakeChannel) Under(p *policy.Policy) (func(), error) {
	if strings.Contains(p.Engine.Name, "unfit") {
		return nil, errors.New("it does not fit")
	}
	return func() { f.held = append(f.held, p.Engine.Name) }, nil
}

func (f *fakeChannel) runs() bool {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return f.running == 1
}

// TestAChannelApartRests while it does not know the policy, or its mappings do not fit it.
func TestAChannelApartRests(t *testing.T) {
	var mutex sync.Mutex
	inForce := ""
	put := func(name string) {
		mutex.Lock()
		defer mutex.Unlock()
		inForce = name
	}
	ask := func(context.Context) (policyFile, error) {
		mutex.Lock()
		defer mutex.Unlock()
		if inForce == "" {
			return policyFile{}, errors.New("nobody answers")
		}
		return policyFile{"p.yaml", strings.Replace(loudPolicy("[]"), "policy: loud", "policy: "+inForce, 1)}, nil
	}
	f := &fakeChannel{}
	d := &distant{adapter: f, holder: f, ask: ask, every: time.Millisecond, log: slog.New(slog.DiscardHandler)}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- d.run(ctx) }()
	for _, step := range []struct {
		name string
		runs bool
	}{{"", false}, {"one", true}, {"two", true}, {"unfit", false}, {"three", true}, {"", true}} {
		put(step.name)
		time.Sleep(20 * time.Millisecond)
		for try := 0; f.runs() != step.runs; try++ {
			if try > 1000 {
				t.Fatalf("under %q it runs: %t, want %t", step.name, f.runs(), step.runs)
			}
			time.Sleep(time.Millisecond)
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if got := strings.Join(f.held, " "); got != "one two three" {
		t.Errorf("it was held to %s", got)
	}
}

// TestStartWithMappings: at a start the mappings are held to the policy that comes into force, not to the one that the journal had; and
// where they do not fit it the daemon ends before it says that it serves.
func TestStartWithMappings(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"strict.yaml": loudPolicy("[reach]"), "loose.yaml": loudPolicy("[]"), "loud.yaml": loudMapping, "secret": channelsSecret,
		"channels.yaml": "webhook: {listen: \"127.0.0.1:0\", endpoints: [{path: /crm, mapping: loud.yaml, secrets: [secret]}]}\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	begin := func(policy, channels string, stopAt func(out string) bool) (out, log string, err error) {
		cfg := defaultConfig()
		cfg.Store, cfg.Listen, cfg.HTTP, cfg.Policy = filepath.Join(dir, "store"), "127.0.0.1:0", none, policy
		if channels != "" {
			cfg.Channels = filepath.Join(dir, channels)
		}
		var said, logged strings.Builder
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		d := &daemon{cfg: cfg, out: writer(func(p []byte) {
			said.Write(p)
			if stopAt(said.String()) {
				time.AfterFunc(100*time.Millisecond, cancel) // what goes wrong goes wrong at once
			}
		}), narration: io.Discard, log: slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelError}))}
		err = d.serve(ctx)
		return said.String(), logged.String(), err
	}
	served := func(out string) bool { return strings.Contains(out, "Ctrl-C") }
	if _, _, err := begin(filepath.Join(dir, "strict.yaml"), "", served); err != nil {
		t.Fatal(err)
	}
	if out, _, err := begin("", "channels.yaml", served); err == nil || !strings.Contains(err.Error(), "loud.yaml:9") || out != "" {
		t.Errorf("a mapping that does not fit the journal's policy: %v, and said\n%s", err, out)
	}
	if out, log, err := begin(filepath.Join(dir, "loose.yaml"), "channels.yaml", served); err != nil || !served(out) || log != "" {
		t.Errorf("one that fits the policy that is asked for: %v\n%s\n%s", err, out, log)
	}
}

// A writer hears what is written.
type writer func(p []byte)

func (w writer) Write(p []byte) (int, error) {
	w(p)
	return len(p), nil
}
