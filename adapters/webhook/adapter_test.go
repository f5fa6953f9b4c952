package webhook

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"fairline/adapters/channel"
	"fairline/adapters/channel/channeltest"
	"fairline/adapters/channel/mapped"
	"fairline/policy/mapping"
)

// httptestQuery is one parameter of a URL.
type httptestQuery struct{ name, value string }

func (q *httptestQuery) String() string { return url.Values{q.name: {q.value}}.Encode() }

func loopbackMapping(t testing.TB) *mapping.Mapping {
	t.Helper()
	m, faults := mapping.Parse("here.yaml", []byte("fairline: 1\nmapping: here\nverify: none-on-loopback\nevents:\n"+
		"  - {name: a, channel: email, id: /id, customer: {kind: mail, id: /who}, line: 'event.?line.orValue(\"\")'}\n"), nil)
	if m == nil {
		t.Fatal(faults)
	}
	return m
}

func TestAnswers(t *testing.T) {
	d := newDesk(t, []string{"whatsapp"}, func(c *Config) { c.BodyMax = 2048 })
	check := func(what string, r *http.Response, want int, retry string) {
		t.Helper()
		if r.StatusCode != want || r.Header.Get("Retry-After") != retry {
			t.Errorf("%s: %d, again after %q, want %d, %q", what, r.StatusCode, r.Header.Get("Retry-After"), want, retry)
		}
	}
	check("elsewhere", d.signed("/other", "{}"), 404, "")
	check("no JSON", d.signed("/whatsapp", "{"), 400, "")
	check("a key twice", d.signed("/whatsapp", `{"entry":[],"entry":[]}`), 400, "")
	check("deep", d.signed("/whatsapp", strings.Repeat("[", 200)), 400, "")
	check("nothing in it", d.signed("/whatsapp", "{}"), 200, "")
	check("as large as it may be", d.signed("/whatsapp", message("1", began)+strings.Repeat(" ", 2048-len(message("1", began)))), 200, "")
	check("too large", d.signed("/whatsapp", strings.Repeat(" ", 2049)), 413, "")
	body := message("2", began)
	header := signers["meta"]("first secret", body, began)
	header["Content-Encoding"] = "gzip"
	check("compressed", d.send("/whatsapp", body, header), 415, "")
	for code, want := range map[int]int{503: 503, 429: 429, 400: 422, 404: 422} {
		d.line.Refuse(&channel.Refusal{Code: code, Description: "no"})
		check(fmt.Sprint("the line says ", code), d.signed("/whatsapp", body), want, map[bool]string{true: "5"}[want != 422])
	}
	d.line.Refuse(errors.New("no answer"))
	check("the line says nothing", d.signed("/whatsapp", body), 503, "5")
	d.line.Refuse(nil)
	d.people.fail = errors.New("no key for 15550001111")
	check("nobody keeps people apart", d.signed("/whatsapp", body), 503, "5")
	d.people.fail = nil
	check("again", d.signed("/whatsapp", body), 200, "")
	check("a repeat", d.signed("/whatsapp", body), 200, "")
	s := d.Stats()["/whatsapp"]
	want := Stats{Requests: 15, TooLarge: 1, Malformed: 4, Unreached: 3, Stats: mapped.Stats{Contacts: 2, Duplicates: 1, Others: 1, Refused: 3}}
	if s != want {
		t.Errorf("%+v, want %+v", s, want)
	}
}

// TestTheRestIsStored when one contact of a body is refused, and what the sender is told is what needs it to come again.
func TestTheRestIsStored(t *testing.T) {
	m := loopbackMapping(t)
	m2, _ := mapping.Parse("m.yaml", []byte("fairline: 1\nmapping: here\nverify: none-on-loopback\nevents:\n  - {name: a, each: /list/*, channel: email, id: /id, line: 'event.?line.orValue(\"\")'}\n"), nil)
	d := newDesk(t, nil, func(c *Config) { c.Endpoints = []Endpoint{{Path: "/a", Mapping: m}, {Path: "/b", Mapping: m2}} })
	post := func(body string) int {
		r, _ := http.NewRequest(http.MethodPost, "/b", strings.NewReader(body))
		r.RemoteAddr = "127.0.0.1:1"
		w := &recorder{header: http.Header{}}
		d.ServeHTTP(w, r)
		return w.code
	}
	if code := post(`{"list":[{"id":1},{"id":2,"line":"nowhere"},{"id":3}]}`); code != 422 || len(d.line.Contacts()) != 2 {
		t.Errorf("%d, %d stored", code, len(d.line.Contacts()))
	}
	d.line.Refuse(&channel.Refusal{Code: 503})
	if code := post(`{"list":[{"id":2,"line":"nowhere"},{"id":4},{"id":2,"line":"nowhere"}]}`); code != 503 {
		t.Errorf("%d", code)
	}
}

type recorder struct {
	header http.Header
	code   int
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) Write(b []byte) (int, error) { return len(b), nil }
func (r *recorder) WriteHeader(code int)        { r.code = code }

func TestRate(t *testing.T) {
	d := newDesk(t, []string{"whatsapp"}, func(c *Config) { c.Endpoints[0].Rate, c.Endpoints[0].Burst = 2, 3 })
	var codes []int
	for n := range 5 {
		codes = append(codes, d.signed("/whatsapp", message(fmt.Sprint(n), began)).StatusCode)
		d.send("/whatsapp", "{}", nil) // what is not signed takes nothing away
	}
	d.now = d.now.Add(500 * time.Millisecond)
	codes = append(codes, d.signed("/whatsapp", message("5", began)).StatusCode, d.signed("/whatsapp", message("6", began)).StatusCode)
	d.now = d.now.Add(-time.Hour) // a clock that is set back takes no one's turn
	codes = append(codes, d.signed("/whatsapp", message("7", began)).StatusCode)
	if want := "[200 200 200 429 429 200 429 429]"; fmt.Sprint(codes) != want {
		t.Errorf("%v, want %s", codes, want)
	}
}

func TestAtOnce(t *testing.T) {
	d := newDesk(t, []string{"whatsapp"}, func(c *Config) { c.RequestsMax = 1 })
	d.places <- struct{}{}
	if r := d.signed("/whatsapp", message("1", began)); r.StatusCode != 503 || r.Header.Get("Retry-After") != "1" {
		t.Errorf("%d", r.StatusCode)
	}
	<-d.places
	for range 3 {
		if r := d.signed("/whatsapp", message("1", began)); r.StatusCode != 200 {
			t.Errorf("%d: a place was not freed", r.StatusCode)
		}
	}
}

func TestReplays(t *testing.T) {
	d := newDesk(t, []string{"whatsapp"}, func(c *Config) { c.Endpoints[0].Oldest = time.Hour })
	body := message("1", began)
	for range 3 {
		d.signed("/whatsapp", body)
	}
	d.now = d.now.Add(time.Hour + time.Second)
	if code := d.signed("/whatsapp", message("2", began)).StatusCode; code != 200 {
		t.Errorf("%d", code)
	}
	if s := d.Stats()["/whatsapp"]; s.Contacts != 1 || s.Duplicates != 2 || s.Old != 1 || len(d.line.Contacts()) != 1 {
		t.Errorf("%+v", s)
	}
}

func TestRotation(t *testing.T) {
	d := newDesk(t, []string{"whatsapp"}, nil)
	try := func(secret string) int {
		body := message("1", began)
		return d.send("/whatsapp", body, signers["meta"](secret, body, began)).StatusCode
	}
	if try("first secret") != 200 || try("brand new") != 401 {
		t.Error("before")
	}
	d.file(t, "1", "brand new")
	d.now = d.now.Add(rereadAfter)
	if try("brand new") != 200 || try("other secret") != 200 || try("first secret") != 401 {
		t.Error("after a rotation")
	}
	if err := os.Remove(d.dir + "/1"); err != nil {
		t.Fatal(err)
	}
	d.now = d.now.Add(rereadAfter)
	if try("brand new") != 200 || !strings.Contains(d.log.String(), "the one before goes on") {
		t.Error("while the file is gone")
	}
	if strings.Contains(d.log.String(), "brand new") {
		t.Error("a secret stands in the log")
	}
}

func TestTakenBack(t *testing.T) {
	d := newDesk(t, []string{"whatsapp"}, nil)
	d.signed("/whatsapp", message("1", began))
	d.signed("/whatsapp", revoke("1"))
	d.signed("/whatsapp", revoke("1"))
	if reason, left := d.line.Left(d.line.Contacts()[0].ID); !left || reason != "revoked" {
		t.Errorf("%q %t", reason, left)
	}
	d.signed("/whatsapp", revoke("2")) // in the wrong order
	d.signed("/whatsapp", message("2", began))
	if s := d.Stats()["/whatsapp"]; s.Contacts != 1 || s.Endings != 3 || s.Early != 1 {
		t.Errorf("%+v", s)
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

// TestTakenBackOnTheWay: the ending is heard, and nobody waits yet whom it could end.
func TestTakenBackOnTheWay(t *testing.T) {
	d := newDesk(t, []string{"whatsapp"}, nil)
	d.Adapter.line = slow{d.line, func() { d.signed("/whatsapp", revoke("1")) }}
	d.signed("/whatsapp", message("1", began))
	if cs := d.line.Contacts(); len(cs) != 1 {
		t.Fatalf("%+v", cs)
	} else if reason, left := d.line.Left(cs[0].ID); !left || reason != "revoked" {
		t.Errorf("it waits: %q %t", reason, left)
	}
}

// TestTakenBackMeanwhile: whatever of the two is first, the contact ends.
func TestTakenBackMeanwhile(t *testing.T) {
	d := newDesk(t, []string{"whatsapp"}, func(c *Config) { c.Endpoints[0].Rate = 1e6 })
	var wg sync.WaitGroup
	for n := range 50 {
		wg.Go(func() { d.signed("/whatsapp", message(fmt.Sprint("m", n), began)) })
		wg.Go(func() { d.signed("/whatsapp", revoke(fmt.Sprint("m", n))) })
	}
	wg.Wait()
	for _, c := range d.line.Contacts() {
		if _, left := d.line.Left(c.ID); !left {
			t.Errorf("%s waits though it was taken back", c.ID)
		}
	}
}

// TestNobodysNameStandsAnywhere but with who keeps people apart.
func TestNobodysNameStandsAnywhere(t *testing.T) {
	var kept channeltest.Contents
	d := newDesk(t, []string{"whatsapp"}, func(c *Config) { c.Contents = &kept })
	body := message("wamid.15550001111", began)
	d.signed("/whatsapp", body)
	d.line.Refuse(&channel.Refusal{Code: 400, Description: "no"})
	d.signed("/whatsapp", message("wamid.2.15550001111", began))
	d.people.fail = errors.New("15550001111 cannot be found")
	d.signed("/whatsapp", message("wamid.3.15550001111", began))
	d.signed("/whatsapp", `{"15550001111`)
	if d.people.asked[0] != "whatsapp 15550001111 true" {
		t.Errorf("asked for %v", d.people.asked)
	}
	c := d.line.Contacts()[0]
	if c.Customer != "k1" || c.Unverified || c.Channel != "chat" || !c.Due.Equal(began.Add(24*time.Hour)) || !c.Arrived.Equal(began) {
		t.Errorf("%+v", c)
	}
	if text := kept.Of(c.ID); !strings.HasPrefix(text, "k1 {") || !strings.Contains(text, "Hello") || kept.Len() != 1 {
		t.Errorf("kept %d contents; of the first %q", kept.Len(), text)
	}
	d.line.Refuse(nil)
	d.signed("/whatsapp", revoke("wamid.15550001111"))
	if kept.Len() != 0 {
		t.Error("the content of a message that was taken back is still kept")
	}
	said := string(channel.Encode("main", c)) + d.log.String() + fmt.Sprintf("%+v", d.Stats())
	for _, secret := range []string{"15550001111", "Ada", "Lovelace", "Hello", "first secret", "other secret"} {
		if strings.Contains(said, secret) {
			t.Errorf("%q stands in\n%s", secret, said)
		}
	}
}

func TestOverheard(t *testing.T) {
	samples := filepath.Join(t.TempDir(), "samples")
	d := newDesk(t, []string{"x"}, func(c *Config) { c.SampleEvery, c.Samples = 2, samples })
	for n, text := range []string{"weather", "ACME is down", "weather", "weather"} {
		body := fmt.Sprintf(`{"for_user_id":"1","tweet_create_events":[{"id_str":"%d","text":%q,"user":{"id_str":"9","followers_count":4},"entities":{"user_mentions":[]}}]}`, n, text)
		d.send("/x", body, signers["x"]("first secret", body, began))
	}
	cs := d.line.Contacts()
	if len(cs) != 1 || !cs[0].Overheard || !cs[0].Unverified {
		t.Fatalf("%+v", cs)
	}
	if s := d.Stats()["/x"]; s.Filtered != 3 || s.Contacts != 1 {
		t.Errorf("%+v", s)
	}
	if files, err := os.ReadDir(samples); err != nil || len(files) != 2 {
		t.Errorf("%d samples, %v", len(files), err)
	}
	both := `{"for_user_id":"1","tweet_create_events":[{"id_str":"8","text":"weather","user":{"id_str":"9"},"entities":{"user_mentions":[]}}],
		"direct_message_events":[{"type":"message_create","id":"6","message_create":{"sender_id":"7","message_data":{"text":"between us"}}}]}`
	for range 2 { // one of them is sampled
		d.send("/x", both, signers["x"]("first secret", both, began))
	}
	text := ""
	for n := range 3 {
		one, err := os.ReadFile(filepath.Join(samples, fmt.Sprintf("sample-%03d.json", n)))
		if err != nil {
			t.Fatal(err)
		}
		text += string(one)
	}
	if strings.Contains(text, "between us") || !strings.Contains(text, "weather") {
		t.Errorf("a private message that came with a post is in a sample of it: %s", text)
	}
}

// running starts the server and returns its address; it ends with the test.
func running(t *testing.T, d *desk) string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if d.Ready() == nil {
			t.Error("it is ready though it has ended")
		}
	})
	for until := time.Now().Add(10 * time.Second); d.Ready() != nil; time.Sleep(time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal("it does not listen")
		}
	}
	return d.Addr().String()
}

func TestOverSockets(t *testing.T) {
	d := newDesk(t, []string{"whatsapp"}, func(c *Config) { c.ReadMax, c.ConnsMax = 300*time.Millisecond, 4 })
	addr := running(t, d)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
	post := func(id string) (int, error) {
		body := message(id, began)
		r, _ := http.NewRequest(http.MethodPost, "http://"+addr+"/whatsapp", strings.NewReader(body))
		r.Header.Set("X-Hub-Signature-256", signers["meta"]("first secret", body, began)["X-Hub-Signature-256"])
		res, err := client.Do(r)
		if err != nil {
			return 0, err
		}
		return res.StatusCode, res.Body.Close()
	}
	if code, err := post("1"); code != 200 {
		t.Fatal(code, err)
	}
	// Slow ones are let go, and keep nobody out for longer than that.
	for _, begin := range []string{"POST /whatsapp HTTP/1.1\r\nHost: a\r\nContent-Le", "POST /whatsapp HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n{", "", "garbage\r\n\r\n"} {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := c.Write([]byte(begin)); err != nil {
			t.Fatal(err)
		}
		_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
		go func() { _, _ = bufio.NewReader(c).ReadString(0) }()
	}
	began := time.Now()
	if code, err := post("2"); code != 200 || time.Since(began) > 5*time.Second {
		t.Errorf("beside four slow ones: %d %v after %v", code, err, time.Since(began))
	}
}

func TestCheck(t *testing.T) {
	m, _, _ := mapping.Load("whatsapp", nil)
	s, _, _ := mapping.Load("mastodon", nil)
	tw, _, _ := mapping.Load("twilio-voice", nil)
	file := t.TempDir() + "/secret"
	_ = os.WriteFile(file, []byte("secret"), 0o600)
	ok := Endpoint{Path: "/a", Mapping: m, Secrets: []string{file}}
	with := func(change func(*Endpoint)) Config {
		e := ok
		change(&e)
		return Config{Endpoints: []Endpoint{e}}
	}
	for want, cfg := range map[string]Config{
		"":                                {Endpoints: []Endpoint{ok}},
		"Endpoints: 0: give 1 to 64":      {},
		"can be reached from other":       {Listen: "0.0.0.0:80", Endpoints: []Endpoint{ok}},
		"one without the other":           {Cert: "a", Endpoints: []Endpoint{ok}},
		"write host:port":                 {Listen: "80", Endpoints: []Endpoint{ok}},
		"stands twice":                    {Endpoints: []Endpoint{ok, ok}},
		"BodyMax: 5":                      {BodyMax: 5, Endpoints: []Endpoint{ok}},
		"ReadMax: it is negative":         {ReadMax: -1, Endpoints: []Endpoint{ok}},
		"begins with /":                   with(func(e *Endpoint) { e.Path = "a" }),
		"Mapping: none":                   with(func(e *Endpoint) { e.Mapping = nil }),
		"is for a stream":                 with(func(e *Endpoint) { e.Mapping = s }),
		"Secrets: 0: give 1 to 8":         with(func(e *Endpoint) { e.Secrets = nil }),
		"no such file":                    with(func(e *Endpoint) { e.Secrets = []string{file + "x"} }),
		"Token: open":                     with(func(e *Endpoint) { e.Token = file + "x" }),
		"Twilio signs the URL":            with(func(e *Endpoint) { e.Mapping = tw }),
		"Age: 2h0m0s":                     with(func(e *Endpoint) { e.Age = 2 * time.Hour }),
		"Oldest: 240h0m0s":                with(func(e *Endpoint) { e.Oldest = 240 * time.Hour }),
		"Rate, Burst: they are negative":  with(func(e *Endpoint) { e.Rate = -1 }),
		"verifies nothing: Listen on 127": {Listen: "0.0.0.0:80", Cert: "a", Key: "b", Endpoints: []Endpoint{{Path: "/a", Mapping: loopbackMapping(t)}}},
	} {
		err := cfg.Check()
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if _, err := New(Config{}, nil, nil, nil); err == nil {
		t.Error("New takes what Check refuses")
	}
}

func BenchmarkWebhook(b *testing.B) {
	d := newDesk(b, []string{"whatsapp"}, func(c *Config) { c.Endpoints[0].Rate = 1e9 })
	body := message("1", began)
	header := signers["meta"]("first secret", body, began)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		r, _ := http.NewRequest(http.MethodPost, "/whatsapp", bytes.NewReader([]byte(body)))
		r.Header.Set("X-Hub-Signature-256", header["X-Hub-Signature-256"])
		w := &recorder{header: http.Header{}}
		d.ServeHTTP(w, r)
		if w.code != 200 {
			b.Fatal(w.code)
		}
	}
}
