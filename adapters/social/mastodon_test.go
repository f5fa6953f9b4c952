package social

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"fairline/adapters/channel"
	"fairline/adapters/channel/channeltest"
)

// A server is a Mastodon with one stream, `public`, and one that fails as it is told.
type server struct {
	*httptest.Server
	mutex    sync.Mutex
	posts    []int       // ids
	listener chan string // of the stream that is open
	requests int         // of every kind
	chaos    *rand.Rand  // nil: nothing fails
	broken   http.HandlerFunc
	began    time.Time
}

func newServer(t *testing.T) *server {
	s := &server{began: time.Date(2026, 8, 2, 0, 0, 0, 0, time.UTC)}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

// status is a post: of every fourth the text has our word, and every seventh answers us.
func (s *server) status(id int) string {
	text, answers := "weather", "null"
	if id%4 == 0 {
		text = "Acme"
	}
	if id%7 == 0 {
		answers = `"1"`
	}
	return fmt.Sprintf(`{"id":"%d","created_at":%q,"in_reply_to_account_id":%s,"content":"<p>%s</p>","mentions":[],"reblog":null,"reblogs_count":0,"account":{"id":"9%d","acct":"lovelace","followers_count":3}}`,
		id, s.began.Add(time.Duration(id)*time.Millisecond).Format(time.RFC3339Nano), answers, text, id)
}

// ours are the times of the posts that concern us.
func (s *server) ours() (list []int64) {
	for _, id := range s.posts {
		if id%4 == 0 || id%7 == 0 {
			list = append(list, s.began.Add(time.Duration(id)*time.Millisecond).UnixMilli())
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func (s *server) hits(one int) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.chaos != nil && s.chaos.IntN(one) == 0
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mutex.Lock()
	s.requests++
	broken := s.broken
	s.mutex.Unlock()
	switch {
	case broken != nil:
		broken(w, r)
	case r.Header.Get("Authorization") != "Bearer token":
		w.WriteHeader(http.StatusUnauthorized)
	case s.hits(9):
		w.WriteHeader(http.StatusBadGateway)
	case r.URL.Path == "/api/v1/accounts/verify_credentials":
		fmt.Fprint(w, `{"id":"1","acct":"us"}`)
	case r.URL.Path == "/api/v1/timelines/public":
		s.page(w, r)
	case r.URL.Path == "/api/v1/streaming/public":
		s.stream(w, r)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// page answers as Mastodon does: the newest first, between since_id and max_id.
func (s *server) page(w http.ResponseWriter, r *http.Request) {
	if s.hits(7) {
		fmt.Fprint(w, `[{"id":"1"`)
		return
	}
	q := r.URL.Query()
	number := func(name string, or int) int {
		if n, err := strconv.Atoi(q.Get(name)); err == nil {
			return n
		}
		return or
	}
	since, below, limit := number("since_id", 0), number("max_id", 1<<60), min(40, number("limit", 20))
	s.mutex.Lock()
	ids := slices.DeleteFunc(slices.Clone(s.posts), func(id int) bool { return id <= since || id >= below })
	s.mutex.Unlock()
	slices.Sort(ids)
	slices.Reverse(ids)
	var list []string
	for _, id := range ids[:min(len(ids), limit)] {
		list = append(list, s.status(id))
	}
	fmt.Fprintf(w, "[%s]", strings.Join(list, ","))
}

func (s *server) stream(w http.ResponseWriter, r *http.Request) {
	listener := make(chan string, 10_000)
	s.mutex.Lock()
	s.listener = listener
	s.mutex.Unlock()
	w.Header().Set("Content-Type", "text/event-stream")
	fmt.Fprint(w, ":)\n")
	flush := w.(http.Flusher).Flush
	flush()
	for {
		select {
		case text := <-listener:
			if s.hits(12) { // the connection goes in the middle of an event
				fmt.Fprint(w, text[:len(text)/2])
				flush()
				panic(http.ErrAbortHandler)
			}
			fmt.Fprint(w, text)
			flush()
		case <-r.Context().Done():
			return
		}
	}
}

// say sends an event to who listens; nobody hears it where nobody does.
func (s *server) say(kind, data string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.listener != nil {
		s.listener <- "event: " + kind + "\ndata: " + data + "\n\n"
	}
}

func (s *server) post(id int) {
	s.mutex.Lock()
	s.posts = append(s.posts, id)
	s.mutex.Unlock()
	s.say("update", s.status(id))
}

func (s *server) breaks(with http.HandlerFunc) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.broken = with
}

// following is a Config that follows a server.
func (s *server) following(t testing.TB) Config {
	cfg := quick(t)
	token := t.TempDir() + "/token"
	if err := os.WriteFile(token, []byte("token\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg.Mastodon = []Mastodon{{Name: "acme", Server: s.URL, Token: token, Streams: []string{"public"}, Words: []string{"acme"}, Mapping: loaded(t, "mastodon")}}
	return cfg
}

// noise is what else a stream brings: repeats, garbage, what is too large or unknown, and silence.
func (s *server) noise(n, id int) {
	switch n % 50 {
	case 5:
		s.say("update", s.status(id))
	case 15:
		s.say("update", "{garbage")
	case 25:
		s.say("update", strings.Repeat("x", 100<<10))
	case 35:
		time.Sleep(3 * time.Millisecond)
	case 45:
		s.say("unknown", "{}")
	}
}

// TestNothingIsLostOrDoubled through connections that break in the middle of an event, answers that are garbage, posts in the
// wrong order and twice, events that are too large, and a restart.
func TestNothingIsLostOrDoubled(t *testing.T) {
	s := newServer(t)
	s.posts = []int{1, 4, 7} // before the program: not taken
	cfg, line := s.following(t), &channeltest.Line{}
	d := newDesk(t, cfg, line)
	d.start(t)
	await(t, "connected", func() bool { return d.Ready() == nil })
	s.mutex.Lock()
	s.posts, s.chaos = nil, rand.New(rand.NewPCG(1, 2))
	s.mutex.Unlock()
	first := 100
	for n := range 600 {
		id := first + n
		if n%10 == 3 { // the next comes first
			id++
		} else if n%10 == 4 {
			id--
		}
		s.post(id)
		s.noise(n, id)
		time.Sleep(time.Millisecond)
		if n == 300 {
			d.stop(t)
			if st := d.Stats()["acme"]; st.Filled == 0 || st.Failures == 0 || st.Filtered == 0 || st.Gaps != 0 {
				t.Errorf("%+v", st)
			}
			for range 90 { // more than two pages, while nobody listens
				first++
				s.post(first + n)
			}
			d = newDesk(t, cfg, line)
			d.start(t)
		}
	}
	s.mutex.Lock()
	want := s.ours()
	s.mutex.Unlock()
	await(t, "all posts", func() bool { return len(line.Contacts()) >= len(want) })
	time.Sleep(20 * time.Millisecond)
	if got := arrived(line); !slices.Equal(got, want) {
		t.Errorf("got %d, want %d\n%v\n%v", len(got), len(want), got, want)
	}
	if st := d.Stats()["acme"]; st.Filled < 90 || st.Failures == 0 || st.Gaps != 0 {
		t.Errorf("%+v", st)
	}
	overheard := 0
	for _, c := range line.Contacts() {
		if c.Overheard {
			overheard++
		}
		if c.Overheard != c.Unverified {
			t.Errorf("%+v", c)
		}
	}
	if overheard == 0 || overheard == len(want) {
		t.Errorf("%d of %d are overheard", overheard, len(want))
	}
	for _, secret := range []string{"lovelace", "Acme", "weather", "token\"", "Bearer"} {
		said := d.log.String() + fmt.Sprintf("%+v", line.Contacts())
		if strings.Contains(said, secret) {
			t.Errorf("%q stands in a contact, a log or a count", secret)
		}
	}
}

func TestDeletedPosts(t *testing.T) {
	s := newServer(t)
	line := &channeltest.Line{}
	d := newDesk(t, s.following(t), line)
	d.start(t)
	await(t, "connected", func() bool { return d.Ready() == nil })
	s.post(8)
	s.say("delete", "8")
	s.say("delete", "12") // in the wrong order
	s.post(12)
	s.say("delete", "13") // none of ours
	s.say("update", "{garbage")
	s.say("update", strings.Repeat("x", 100<<10))
	s.say("update", s.status(12))
	s.say("status.update", s.status(8))
	s.post(16)
	await(t, "the last", func() bool { return len(line.Contacts()) == 2 })
	if reason, left := line.Left(line.Contacts()[0].ID); !left || reason != "deleted" {
		t.Errorf("%q %t", reason, left)
	}
	if _, left := line.Left(line.Contacts()[1].ID); left {
		t.Error("the last left")
	}
	if st := d.Stats()["acme"]; st.Early != 1 || st.Endings != 1 || st.Skipped != 1 || st.Malformed != 1 || st.TooLarge != 1 || st.Repeats != 1 {
		t.Errorf("%+v", st)
	}
}

// A slow line is told of something else while a contact arrives.
type slow struct {
	*channeltest.Line
	meanwhile func()
}

func (s slow) Arrive(ctx context.Context, c channel.Contact) (channel.Ack, error) {
	s.meanwhile()
	return s.Line.Arrive(ctx, c)
}

// TestDeletedOnTheWay: another stream tells of the deletion, and nobody waits yet whom it could end.
func TestDeletedOnTheWay(t *testing.T) {
	s := newServer(t)
	line := &channeltest.Line{}
	d := newDesk(t, s.following(t), line)
	d.Adapter.line = slow{line, func() {
		if err := d.accounts[0].take(t.Context(), "delete", "1", map[string]any{"id": "8"}, nil); err != nil {
			t.Error(err)
		}
	}}
	d.start(t)
	await(t, "connected", func() bool { return d.Ready() == nil })
	s.post(8)
	await(t, "it is gone", func() bool {
		cs := line.Contacts()
		if len(cs) == 0 {
			return false
		}
		_, left := line.Left(cs[0].ID)
		return left
	})
}

// TestTheStreamWaits while the line cannot be reached, and goes on behind what it refuses for good.
func TestTheStreamWaits(t *testing.T) {
	s := newServer(t)
	line := &channeltest.Line{}
	d := newDesk(t, s.following(t), line)
	d.people.fails = 2
	d.start(t)
	await(t, "connected", func() bool { return d.Ready() == nil })
	line.Refuse(&channel.Refusal{Code: 429})
	s.post(8)
	s.post(12)
	await(t, "some tries", func() bool { return d.Stats()["acme"].Retries > 5 })
	line.Refuse(&channel.Refusal{Code: 422})
	await(t, "both are refused", func() bool { return d.Stats()["acme"].Refused == 2 })
	line.Refuse(nil)
	s.post(16)
	await(t, "the last", func() bool { return len(line.Contacts()) == 1 })
	if strings.Contains(d.log.String(), "no key for") {
		t.Error("an identity stands in the log")
	}
}

// TestAFailingServerIsLeftAlone: it is asked a few times in a second, not thousands.
func TestAFailingServerIsLeftAlone(t *testing.T) {
	for what, row := range map[string]struct {
		with http.HandlerFunc
		most int
	}{
		"it fails":     {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, 15},
		"it says when": {func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Retry-After", "60"); w.WriteHeader(429) }, 1},
		"it redirects": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) }, 15},
		"it hangs up":  {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, 30}, // the client asks once more by itself
		"it ends at once": {func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, map[bool]string{true: "[]", false: `{"id":"1"}`}[strings.Contains(r.URL.Path, "timelines")])
		}, 45},
		"it answers garbage": {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, strings.Repeat("\x00", 10_000)) }, 15},
	} {
		s := newServer(t)
		s.breaks(row.with)
		cfg := s.following(t)
		cfg.AgainMin, cfg.AgainMax = 5*time.Millisecond, 50*time.Millisecond
		d := newDesk(t, cfg, &channeltest.Line{})
		d.start(t)
		time.Sleep(200 * time.Millisecond)
		d.stop(t)
		s.mutex.Lock()
		n := s.requests
		s.mutex.Unlock()
		if n == 0 || n > row.most {
			t.Errorf("%s: %d requests in 0.2 s", what, n)
		}
	}
}

// TestASilentStream is connected again.
func TestASilentStream(t *testing.T) {
	s := newServer(t)
	cfg := s.following(t)
	cfg.IdleMax = 50 * time.Millisecond
	d := newDesk(t, cfg, &channeltest.Line{})
	d.start(t)
	await(t, "three connections", func() bool { return d.Stats()["acme"].Connects >= 3 })
	if said := d.log.String(); !strings.Contains(said, "nothing came for 50ms") {
		t.Errorf("why is not said:\n%s", said)
	}
}

// TestALargeGap is counted, and as much of it taken as the pages hold.
func TestALargeGap(t *testing.T) {
	s := newServer(t)
	cfg, line := s.following(t), &channeltest.Line{}
	cfg.PagesMax = 2
	d := newDesk(t, cfg, line)
	d.start(t)
	await(t, "connected", func() bool { return d.Ready() == nil })
	d.stop(t)
	for id := range 200 {
		s.post(1000 + id)
	}
	d = newDesk(t, cfg, line)
	d.start(t)
	await(t, "the gap", func() bool { return d.Stats()["acme"].Filled == 80 })
	if st := d.Stats()["acme"]; st.Gaps != 1 {
		t.Errorf("%+v", st)
	}
	await(t, "connected", func() bool { return d.Ready() == nil })
	d.stop(t)
	d = newDesk(t, cfg, line)
	d.start(t)
	await(t, "connected again", func() bool { return d.Ready() == nil })
	if st := d.Stats()["acme"]; st.Filled != 0 || st.Gaps != 0 || st.Events != 0 {
		t.Errorf("nothing is new: %+v", st)
	}
}

// TestNotificationsAndConversations come by streams of their own; the same post is one contact.
func TestNotificationsAndConversations(t *testing.T) {
	status := func(id int, visibility string) string {
		return fmt.Sprintf(`{"id":"%d","created_at":"2026-08-02T05:21:%02d.000Z","visibility":%q,"content":"x","mentions":[{"id":"1"}],"reblog":null,"reblogs_count":0,"account":{"id":"9","followers_count":3}}`, id, id, visibility)
	}
	notice := func(id int) string {
		return fmt.Sprintf(`{"id":"%d","type":"mention","status":%s}`, 500+id, status(id, "direct"))
	}
	talk := func(id int) string { return fmt.Sprintf(`{"id":"3","last_status":%s}`, status(id, "direct")) }
	mux := http.NewServeMux()
	release := make(chan struct{})
	serve := func(path, text string) {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, text)
			w.(http.Flusher).Flush()
			if strings.Contains(path, "streaming") {
				select {
				case <-release:
				case <-r.Context().Done():
				}
			}
		})
	}
	serve("/api/v1/streaming/user", "event: notification\ndata: "+notice(20)+"\n\nevent: notification\ndata: {\"id\":\"530\",\"type\":\"favourite\"}\n\n")
	serve("/api/v1/streaming/direct", "event: conversation\ndata: "+talk(20)+"\n\nevent: conversation\ndata: "+talk(20)+"\n\nevent: conversation\ndata: "+talk(21)+"\n\n")
	serve("/api/v1/notifications", "["+notice(19)+","+notice(18)+"]")
	serve("/api/v1/timelines/home", "[]")
	serve("/api/v1/conversations", "["+talk(22)+"]")
	s := httptest.NewServer(mux)
	defer s.Close()
	defer close(release)
	cfg, line := quick(t), &channeltest.Line{}
	cfg.Mastodon = []Mastodon{{Name: "acme", Server: s.URL, Us: "1", Streams: []string{"user", "direct"}, Mapping: loaded(t, "mastodon")}}
	known := map[string]*position{"notification": {Since: "510"}, "update": {Since: "3"}}
	raw, _ := json.Marshal(known)
	if err := os.WriteFile(cfg.file("acme", "user"), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(cfg.file("acme", "direct"), []byte(`{"conversation":{"since":"5"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	d := newDesk(t, cfg, line)
	d.start(t)
	await(t, "five posts", func() bool {
		return len(line.Contacts()) == 5 && d.Stats()["acme"].Skipped == 1 && d.Stats()["acme"].Repeats == 1
	})
	if st := d.Stats()["acme"]; st.Filled != 3 || st.Duplicates != 1 {
		t.Errorf("%+v", st)
	}
}

func TestStreamNames(t *testing.T) {
	for name, want := range map[string]string{"user": "/api/v1/streaming/user", "direct": "/api/v1/streaming/direct", "public:local": "/api/v1/streaming/public/local",
		"hashtag:Füße": "/api/v1/streaming/hashtag?tag=F%C3%BC%C3%9Fe", "list:12": "/api/v1/streaming/list?list=12", "user:notification": "/api/v1/streaming/user/notification"} {
		if s, err := streamOf(name); err != nil || s.path != want || len(s.feeds) == 0 {
			t.Errorf("%s: %+v %v", name, s, err)
		}
	}
	for _, name := range []string{"", "users", "hashtag:", "hashtag:../..", "list:1?a", "public:all"} {
		if s, err := streamOf(name); err == nil {
			t.Errorf("%q is %+v", name, s)
		}
	}
}
