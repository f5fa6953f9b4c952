package social

import (
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

	"github.com/coder/websocket"

	"fairline/adapters/channel/channeltest"
)

// A firehose is a Jetstream server that keeps its events, and fails as it is told.
type firehose struct {
	*httptest.Server
	mutex   sync.Mutex
	events  []string
	times   []int64
	chaos   *rand.Rand
	cursors []int64
	news    chan struct{}
}

func newFirehose(t testing.TB) *firehose {
	f := &firehose{news: make(chan struct{})}
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Close)
	return f
}

// add keeps an event, and sends it to who listens.
func (f *firehose) add(at int64, event string) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.events, f.times = append(f.events, event), append(f.times, at)
	close(f.news)
	f.news = make(chan struct{})
}

func (f *firehose) hits(one int) bool {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return f.chaos != nil && f.chaos.IntN(one) == 0
}

// from is the next event from an index on that is not before the cursor.
func (f *firehose) from(i int, cursor int64) (event string, next int, news chan struct{}) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	for ; i < len(f.events); i++ {
		if f.times[i] >= cursor {
			return f.events[i], i + 1, nil
		}
	}
	return "", i, f.news
}

func (f *firehose) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	cursor, err := strconv.ParseInt(r.URL.Query().Get("cursor"), 10, 64)
	if err != nil || r.URL.Query().Get("wantedCollections") != "app.bsky.feed.post" || f.hits(5) {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	f.mutex.Lock()
	f.cursors = append(f.cursors, cursor)
	f.mutex.Unlock()
	c, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer c.CloseNow()
	ctx := c.CloseRead(r.Context())
	for i := 0; ; {
		event, next, news := f.from(i, cursor)
		i = next
		if news != nil {
			select {
			case <-news:
				continue
			case <-ctx.Done():
				return
			}
		}
		if f.hits(40) {
			return // gone, without a word
		}
		if f.hits(80) {
			_ = c.Write(ctx, websocket.MessageText, []byte(strings.Repeat("x", 100<<10)))
			_ = c.Write(ctx, websocket.MessageText, []byte("{garbage"))
		}
		if c.Write(ctx, websocket.MessageText, []byte(event)) != nil {
			return
		}
	}
}

// post is an event in one of the two formats: of every fourth the text has our word, and every seventh answers us.
func (f *firehose) post(n int, at int64) string {
	text, reply := "weather", ""
	if n%4 == 0 {
		text = "ACME"
	}
	if n%7 == 0 {
		reply = `,"reply":{"parent":{"uri":"at://did:plc:us/app.bsky.feed.post/1"}}`
	}
	kind, does := `"kind":"commit"`, `"operation":"create"`
	if n%2 == 0 {
		kind, does = `"type":"com"`, `"type":"c"`
	}
	return fmt.Sprintf(`{"did":"did:plc:lovelace%d","time_us":%d,%s,"commit":{%s,"collection":"app.bsky.feed.post","rkey":"r%d","record":{"$type":"app.bsky.feed.post","text":%q%s}}}`, n, at, kind, does, n, text, reply)
}

func (f *firehose) following(t testing.TB) Config {
	cfg := quick(t)
	cfg.Bluesky = []Bluesky{{Name: "acme", Server: "ws" + strings.TrimPrefix(f.URL, "http") + "/subscribe", Us: "did:plc:us", Words: []string{"acme"}, Mapping: loaded(t, "bluesky"),
		Rewind: 50 * time.Millisecond}}
	return cfg
}

// TestNothingOfTheFirehoseIsLostOrDoubled through connections that break, garbage, events in the wrong order and twice, a
// restart and a rewind.
func TestNothingOfTheFirehoseIsLostOrDoubled(t *testing.T) {
	f := newFirehose(t)
	cfg, line := f.following(t), &channeltest.Line{}
	f.add(time.Now().Add(-time.Hour).UnixMicro(), f.post(4, time.Now().Add(-time.Hour).UnixMicro())) // before the program
	d := newDesk(t, cfg, line)
	d.start(t)
	await(t, "connected", func() bool { return d.Ready() == nil })
	f.mutex.Lock()
	f.chaos = rand.New(rand.NewPCG(3, 4))
	f.mutex.Unlock()
	var want []int64
	var total Stats
	began := time.Now().UnixMicro()
	for n := range 800 {
		at := began + int64(n)*1000
		if n%10 == 3 { // it is told after one that was later
			at -= 2000 - 500
		}
		if n%4 == 0 || n%7 == 0 {
			want = append(want, at/1000)
		}
		f.add(at, f.post(n, at))
		if n%50 == 9 {
			f.add(at, f.post(n, at))
		}
		if n == 400 {
			total = d.Stats()["acme"]
			d.stop(t)
			d = newDesk(t, cfg, line)
			continue
		}
		if n == 500 {
			d.start(t)
		}
		if n%5 == 0 {
			time.Sleep(time.Millisecond)
		}
	}
	slices.Sort(want)
	await(t, "all posts", func() bool { return len(line.Contacts()) >= len(want) })
	time.Sleep(20 * time.Millisecond)
	if got := arrived(line); !slices.Equal(got, want) {
		t.Errorf("got %d, want %d", len(got), len(want))
	}
	st := d.Stats()["acme"]
	if st.Repeats+total.Repeats == 0 || st.Failures+total.Failures == 0 || st.TooLarge+total.TooLarge == 0 || st.Malformed+total.Malformed == 0 || st.Filtered == 0 || st.Connects < 2 {
		t.Errorf("%+v", st)
	}
	said := d.log.String() + fmt.Sprintf("%+v", line.Contacts())
	for _, secret := range []string{"lovelace", "ACME", "weather", "did:plc"} {
		if strings.Contains(said, secret) {
			t.Errorf("%q stands in a contact, a log or a count", secret)
		}
	}
}

func TestTheCursor(t *testing.T) {
	f := newFirehose(t)
	cfg, line := f.following(t), &channeltest.Line{}
	cfg.Bluesky[0].Rewind = 5 * time.Second
	d := newDesk(t, cfg, line)
	d.start(t)
	await(t, "connected", func() bool { return d.Ready() == nil })
	at := time.Now().UnixMicro()
	f.add(at, f.post(4, at))
	far := time.Now().Add(1000 * time.Hour).UnixMicro()
	f.add(far, f.post(8, far)) // an event that says it is of next month moves nothing
	await(t, "both", func() bool { return len(line.Contacts()) == 2 })
	d.stop(t)
	var c cursor
	raw, err := os.ReadFile(cfg.file("acme", "jetstream"))
	if err != nil || json.Unmarshal(raw, &c) != nil || c.Cursor != at {
		t.Errorf("%s %v, want %d", raw, err, at)
	}
	d = newDesk(t, cfg, line)
	d.start(t)
	await(t, "connected again", func() bool { return d.Ready() == nil })
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if got := f.cursors[len(f.cursors)-1]; got != at-5_000_000 {
		t.Errorf("taken up at %d, want 5 s before %d", got, at)
	}
}

func TestDeletionsOfTheFirehose(t *testing.T) {
	f := newFirehose(t)
	line := &channeltest.Line{}
	d := newDesk(t, f.following(t), line)
	d.start(t)
	await(t, "connected", func() bool { return d.Ready() == nil })
	at := time.Now().UnixMicro()
	gone := func(n int, format string) string {
		return fmt.Sprintf(`{"did":"did:plc:lovelace%d","time_us":%d,%s,"collection":"app.bsky.feed.post","rkey":"r%d"}}`, n, at, format, n)
	}
	f.add(at, f.post(4, at))
	f.add(at, gone(4, `"kind":"commit","commit":{"operation":"delete"`))
	f.add(at, gone(8, `"type":"com","commit":{"type":"d"`)) // in the wrong order
	f.add(at, f.post(8, at))
	f.add(at, f.post(12, at))
	await(t, "the last", func() bool { return len(line.Contacts()) == 2 })
	if reason, left := line.Left(line.Contacts()[0].ID); !left || reason != "deleted" {
		t.Errorf("%q %t", reason, left)
	}
	if st := d.Stats()["acme"]; st.Early != 1 || st.Endings != 1 {
		t.Errorf("%+v", st)
	}
}

// TestASilentFirehose is connected again, and one that stops within a message too.
func TestASilentFirehose(t *testing.T) {
	f := newFirehose(t)
	cfg := f.following(t)
	cfg.IdleMax = 50 * time.Millisecond
	d := newDesk(t, cfg, &channeltest.Line{})
	d.start(t)
	await(t, "three connections", func() bool { return d.Stats()["acme"].Connects >= 3 })
	if said := d.log.String(); !strings.Contains(said, "nothing came for 50ms") {
		t.Errorf("why is not said:\n%s", said)
	}
	d.stop(t)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer c.CloseNow()
		ctx := c.CloseRead(r.Context())
		if half, err := c.Writer(ctx, websocket.MessageText); err == nil {
			_, _ = half.Write([]byte(`{"did":`))
		}
		<-ctx.Done()
	}))
	defer s.Close()
	cfg.Bluesky[0].Server = "ws" + strings.TrimPrefix(s.URL, "http")
	d = newDesk(t, cfg, &channeltest.Line{})
	d.start(t)
	await(t, "three connections", func() bool { return d.Stats()["acme"].Connects >= 3 })
	d.stop(t)
	if st := d.Stats()["acme"]; st.Events+st.Malformed > 0 {
		t.Errorf("half an event was taken: %+v", st)
	}
}

func TestRecentForgets(t *testing.T) {
	var r recent
	for n := range recentMax + 1 {
		if !r.add([32]byte{byte(n), byte(n >> 8), byte(n >> 16)}) {
			t.Fatal(n)
		}
	}
	if !r.add([32]byte{}) || r.add([32]byte{2}) || len(r.known) != recentMax {
		t.Errorf("%d are known", len(r.known))
	}
}

// BenchmarkFirehose is one event that is dropped, as nearly all are.
func BenchmarkFirehose(b *testing.B) {
	f := &firehose{}
	cfg := quick(b)
	cfg.Bluesky = []Bluesky{{Name: "acme", Server: "ws://127.0.0.1", Us: "did:plc:us", Words: []string{"acme"}, Mapping: loaded(b, "bluesky")}}
	d := newDesk(b, cfg, &channeltest.Line{})
	j := &jetstream{account: d.accounts[0], server: cfg.Bluesky[0], file: ledger{path: cfg.file("acme", "jetstream")}}
	at := time.Now().UnixMicro()
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		n++
		if err := j.event(b.Context(), []byte(f.post(n*28+1, at+int64(n)))); err != nil {
			b.Fatal(err)
		}
	}
}
