package social

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"

	"fairline/policy/mapping"
)

// A stream is one of Mastodon's, with the feeds by which its gaps are filled.
type stream struct {
	name  string
	path  string // with its query
	feeds []feed
}

// A feed is what the server tells over REST of one kind of event.
type feed struct {
	kind string
	path string
	id   []string // where the id of an item stands
}

var tagForm = regexp.MustCompile(`^[\p{L}\p{N}_]{1,64}$`)

// streamOf is the stream of a name.
func streamOf(name string) (stream, error) {
	plain := []string{"id"}
	notices := feed{"notification", "/api/v1/notifications?types[]=mention", plain}
	posts := func(path string) []feed { return []feed{{"update", path, plain}} }
	kind, value, _ := strings.Cut(name, ":")
	switch {
	case name == "user":
		return stream{name, "/api/v1/streaming/user", []feed{notices, posts("/api/v1/timelines/home?")[0]}}, nil
	case name == "user:notification":
		return stream{name, "/api/v1/streaming/user/notification", []feed{notices}}, nil
	case name == "direct":
		return stream{name, "/api/v1/streaming/direct", []feed{{"conversation", "/api/v1/conversations?", []string{"last_status", "id"}}}}, nil
	case name == "public":
		return stream{name, "/api/v1/streaming/public", posts("/api/v1/timelines/public?")}, nil
	case name == "public:local", name == "public:remote":
		return stream{name, "/api/v1/streaming/public/" + value, posts("/api/v1/timelines/public?" + value + "=true")}, nil
	case kind == "hashtag" && tagForm.MatchString(value):
		return stream{name, "/api/v1/streaming/hashtag?tag=" + url.QueryEscape(value), posts("/api/v1/timelines/tag/" + url.PathEscape(value) + "?")}, nil
	case kind == "list" && tagForm.MatchString(value):
		return stream{name, "/api/v1/streaming/list?list=" + url.QueryEscape(value), posts("/api/v1/timelines/list/" + url.PathEscape(value) + "?")}, nil
	}
	return stream{}, fmt.Errorf("no stream is called %q: there is user, user:notification, direct, public, public:local, public:remote, hashtag:NAME and list:ID", name)
}

// A mastodon follows one stream.
type mastodon struct {
	*account
	server    Mastodon
	stream    stream
	file      ledger
	positions map[string]*position // by the kind of event
	own       string               // our account's id
}

// follow follows the stream until ctx ends, over as many connections as it takes.
func (m *mastodon) follow(ctx context.Context) error {
	m.positions, m.own = map[string]*position{}, m.us
	if err := m.file.load(&m.positions); err != nil {
		return err
	}
	for _, f := range m.stream.feeds {
		if m.positions[f.kind] == nil {
			m.positions[f.kind] = &position{}
		}
	}
	cfg := &m.adapter.cfg
	again := again{least: cfg.AgainMin, most: cfg.AgainMax}
	for ctx.Err() == nil {
		began := time.Now()
		err := m.connection(ctx)
		m.save(true)
		if ctx.Err() != nil {
			return nil
		}
		if time.Since(began) >= cfg.AgainMax {
			again.reset()
		}
		m.tally.Count(func(s *Stats) { s.Failures++ })
		m.adapter.log.Warn("a stream ended", "account", m.name, "stream", m.stream.name, "error", plain(err))
		again.wait(ctx, err)
	}
	return nil
}

// silent is the end of a stream that said nothing for so long: it is connected again.
func silent(d time.Duration) error { return fmt.Errorf("nothing came for %v", d) }

// plain takes the URL out of an error of the HTTP client: its query may name a person.
func plain(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

func (m *mastodon) save(atOnce bool) {
	if err := m.file.save(m.positions, m.adapter.cfg.Now(), atOnce); err != nil {
		m.adapter.log.Error("a position cannot be kept: posts may come twice", "account", m.name, "error", err)
	}
}

// refillAfter is how long a stream is believed: then its feeds are asked whether it left something out.
const refillAfter = 5 * time.Minute

// connection opens the stream, fills the gap before it, and hears it until it ends.
func (m *mastodon) connection(ctx context.Context) error {
	if m.own == "" {
		id, err := m.whoWeAre(ctx)
		if err != nil {
			return err
		}
		m.own = id
	}
	for _, f := range m.stream.feeds {
		if err := m.begin(ctx, f); err != nil {
			return err
		}
	}
	live, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r, err := m.open(live, m.stream.path, "text/event-stream")
	if err != nil {
		return err
	}
	defer r.Body.Close()
	m.tally.Count(func(s *Stats) { s.Connects++ })
	if err := m.fillAll(ctx); err != nil { // the stream is open: what comes from now on waits in it
		return err
	}
	m.streams.Add(1)
	defer m.streams.Add(-1)
	filled, idleMax := time.Now(), m.adapter.cfg.IdleMax
	idle := time.AfterFunc(idleMax, func() { cancel(silent(idleMax)) })
	defer idle.Stop()
	in := newSSE(r.Body, m.adapter.cfg.EventMax)
	for {
		kind, data, err := in.next(func() { idle.Reset(idleMax) })
		idle.Stop() // the line may take its time
		switch {
		case errors.Is(err, errLarge):
			m.tally.Count(func(s *Stats) { s.TooLarge++ })
		case err != nil && live.Err() != nil:
			return context.Cause(live)
		case err != nil:
			return fmt.Errorf("the stream ended: %w", err)
		case kind != heartbeat:
			err = m.event(ctx, kind, data)
		}
		if err == nil && time.Since(filled) >= refillAfter {
			filled, err = time.Now(), m.fillAll(ctx)
		}
		if err != nil && !errors.Is(err, errLarge) {
			return err
		}
		idle.Reset(idleMax)
	}
}

func (m *mastodon) fillAll(ctx context.Context) error {
	for _, f := range m.stream.feeds {
		if err := m.fill(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

// event takes one event of the stream.
func (m *mastodon) event(ctx context.Context, kind string, data []byte) error {
	body, err := mapping.DecodeStream(data)
	if err != nil {
		m.tally.Count(func(s *Stats) { s.Malformed++ })
		return nil
	}
	for _, f := range m.stream.feeds {
		if f.kind == kind {
			return m.item(ctx, f, body, data)
		}
	}
	return m.take(ctx, kind, m.own, body, data)
}

// item takes an item of a feed, from the stream or a gap, and moves the position on.
func (m *mastodon) item(ctx context.Context, f feed, body any, raw []byte) error {
	id, p := idOf(body, f.id), m.positions[f.kind]
	if p.heard(id) {
		m.tally.Count(func(s *Stats) { s.Repeats++ })
		return nil
	}
	if err := m.take(ctx, f.kind, m.own, body, raw); err != nil {
		return err
	}
	p.hear(id)
	m.save(false)
	return nil
}

var idForm = regexp.MustCompile(`^[0-9]{1,40}$`)

// idOf is the id of an item, empty where it has none.
func idOf(body any, steps []string) string {
	for _, s := range steps {
		object, _ := body.(map[string]any)
		body = object[s]
	}
	id := fmt.Sprint(body)
	if !idForm.MatchString(id) {
		return ""
	}
	return id
}

// open asks the server for something, with the token as it stands in its file now.
func (m *mastodon) open(ctx context.Context, path, accept string) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(m.server.Server, "/")+path, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", accept)
	r.Header.Set("User-Agent", "fairline")
	if m.server.Token != "" {
		token, err := os.ReadFile(m.server.Token)
		if err != nil {
			return nil, err
		}
		r.Header.Set("Authorization", "Bearer "+string(bytes.TrimSpace(token)))
	}
	res, err := m.adapter.client.Do(r)
	if err != nil {
		return nil, plain(err)
	}
	if err := answered(res, m.adapter.cfg.Now()); err != nil {
		return nil, errors.Join(err, res.Body.Close())
	}
	return res, nil
}

// whoWeAre is the id of our account.
func (m *mastodon) whoWeAre(ctx context.Context) (string, error) {
	body, err := m.ask(ctx, "/api/v1/accounts/verify_credentials")
	if err != nil {
		return "", err
	}
	id := idOf(body, []string{"id"})
	if id == "" {
		return "", errors.New("the server does not say who we are: give Us")
	}
	return id, nil
}

// pageMax is how large an answer over REST may be.
const pageMax = 8 << 20

// ask asks for JSON.
func (m *mastodon) ask(ctx context.Context, path string) (any, error) {
	ctx, cancel := context.WithTimeout(ctx, m.adapter.cfg.AnswerMax)
	defer cancel()
	r, err := m.open(ctx, path, "application/json")
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(r.Body, pageMax+1))
	if err != nil {
		return nil, err
	}
	if len(raw) > pageMax {
		return nil, fmt.Errorf("the answer is larger than %d bytes", pageMax)
	}
	return mapping.Decode(raw)
}
