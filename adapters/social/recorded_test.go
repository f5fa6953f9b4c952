package social

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"fairline/adapters/channel/channeltest"
)

// TestRecordedStreams plays recordings of a real server over a socket, in pieces, slowly.
func TestRecordedStreams(t *testing.T) {
	for file, row := range map[string]struct {
		stream, us string
		contacts   int
		skipped    uint64
	}{
		"direct.sse":      {"direct", "117020617532860042", 1, 0},
		"user-direct.sse": {"direct", "117020617532860042", 1, 1}, // one is our own answer
		"user-local.sse":  {"public:local", "117020617532860042", 0, 0},
	} {
		text, err := os.ReadFile("testdata/" + file)
		if err != nil {
			t.Fatal(err)
		}
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !strings.Contains(r.URL.Path, "streaming") {
				_, _ = w.Write([]byte("[]"))
				return
			}
			for rest := text; len(rest) > 0; {
				n := min(len(rest), 97)
				_, _ = w.Write(rest[:n])
				w.(http.Flusher).Flush()
				rest = rest[n:]
				if len(rest)%1000 < 97 {
					time.Sleep(time.Millisecond)
				}
			}
			<-r.Context().Done()
		}))
		cfg, line := quick(t), &channeltest.Line{}
		cfg.Mastodon = []Mastodon{{Name: "acme", Server: s.URL, Us: row.us, Streams: []string{row.stream}, Mapping: loaded(t, "mastodon")}}
		d := newDesk(t, cfg, line)
		d.start(t)
		events := uint64(strings.Count(string(text), "\ndata: "))
		await(t, file, func() bool { return d.Stats()["acme"].Events == events })
		d.stop(t)
		s.Close()
		if st := d.Stats()["acme"]; len(line.Contacts()) != row.contacts || st.Skipped != row.skipped || st.Malformed+st.Others+st.NoAnswer > 0 {
			t.Errorf("%s: %d contacts, %+v", file, len(line.Contacts()), st)
		}
		for _, c := range line.Contacts() {
			if c.Overheard || c.Unverified || c.Customer == "" || c.Arrived.Year() != 2026 {
				t.Errorf("%s: %+v", file, c)
			}
		}
	}
}

// TestRecordedEvents plays recorded events of both formats.
func TestRecordedEvents(t *testing.T) {
	text, err := os.ReadFile("testdata/jetstream.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer c.CloseNow()
		ctx := c.CloseRead(r.Context())
		for _, line := range lines {
			_ = c.Write(ctx, websocket.MessageText, []byte(line))
		}
		<-ctx.Done()
	}))
	defer s.Close()
	cfg, line := quick(t), &channeltest.Line{}
	cfg.Bluesky = []Bluesky{{Name: "acme", Server: "ws" + strings.TrimPrefix(s.URL, "http"), Us: "did:plc:person2", Mapping: loaded(t, "bluesky")}}
	d := newDesk(t, cfg, line)
	d.start(t)
	await(t, "all events", func() bool { return d.Stats()["acme"].Events == uint64(len(lines)) })
	d.stop(t)
	if st := d.Stats()["acme"]; st.Contacts != 1 || st.Filtered != 1 || st.Skipped != 2 || st.Others+st.NoAnswer+st.Malformed > 0 {
		t.Errorf("%+v", st)
	}
	if c := line.Contacts()[0]; c.Overheard || c.Unverified { // it names us
		t.Errorf("%+v", c)
	}
}
