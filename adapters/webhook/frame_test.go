package webhook

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"fairline/adapters/channel/channeltest"
	"fairline/policy/mapping"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// people gives keys in the order of asking, and keeps who was asked for.
type people struct {
	mutex sync.Mutex
	keys  map[string]string
	asked []string
	fail  error
}

func (p *people) Person(_ context.Context, kind, identity string, verified bool) (string, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.fail != nil {
		return "", p.fail
	}
	if p.keys == nil {
		p.keys = map[string]string{}
	}
	p.asked = append(p.asked, fmt.Sprintf("%s %s %t", kind, identity, verified))
	if p.keys[kind+identity] == "" {
		p.keys[kind+identity] = fmt.Sprintf("k%d", len(p.keys)+1)
	}
	return p.keys[kind+identity], nil
}

// A desk is an adapter with all that it needs, and a clock.
type desk struct {
	*Adapter
	line   *channeltest.Line
	people *people
	log    *channeltest.Log
	now    time.Time
	dir    string
}

var began = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

// newDesk serves each mapping at /NAME, with the secret "first secret" in front of "other secret".
func newDesk(t testing.TB, names []string, change func(*Config)) *desk {
	t.Helper()
	d := &desk{line: &channeltest.Line{}, people: &people{}, log: &channeltest.Log{}, now: began, dir: t.TempDir()}
	cfg := Config{Now: func() time.Time { return d.now }, Listen: "127.0.0.1:0"}
	for _, name := range names {
		m, faults, err := mapping.Load(name, nil)
		if m == nil {
			t.Fatal(faults, err)
		}
		cfg.Endpoints = append(cfg.Endpoints, Endpoint{Path: "/" + name, Mapping: m, URL: "https://example.com/" + name, Oldest: oldestMax,
			Secrets: []string{d.file(t, "1", "first secret\n"), d.file(t, "2", "other secret")}, Token: d.file(t, "3", "verify token"), Words: []string{"acme"}})
	}
	if change != nil {
		change(&cfg)
	}
	a, err := New(cfg, d.line, d.people, slog.New(slog.NewTextHandler(d.log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	d.Adapter = a
	return d
}

func (d *desk) file(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(d.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// send posts a body with headers.
func (d *desk) send(path, body string, header map[string]string) *http.Response {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	for name, value := range header {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w.Result()
}

// signed posts a body to Meta's endpoint, signed.
func (d *desk) signed(path, body string) *http.Response {
	return d.send(path, body, signers["meta"]("first secret", body, d.now))
}

func (d *desk) get(target string) (int, string) {
	w := httptest.NewRecorder()
	d.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
	body, _ := io.ReadAll(w.Result().Body)
	return w.Code, string(body)
}

// message is a body of WhatsApp with one message.
func message(id string, at time.Time) string {
	return fmt.Sprintf(`{"entry":[{"changes":[{"value":{"messages":[{"from":"15550001111","id":%q,"timestamp":"%d","type":"text","text":{"body":"Hello Ada Lovelace"}}]}}]}]}`, id, at.Unix())
}

// revoke is a body of WhatsApp that takes one back.
func revoke(id string) string {
	return fmt.Sprintf(`{"entry":[{"changes":[{"value":{"messages":[{"from":"15550001111","id":"r%s","type":"revoke","revoke":{"original_message_id":%q}}]}}]}]}`, id, id)
}
