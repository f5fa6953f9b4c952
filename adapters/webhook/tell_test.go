package webhook

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fairline/adapters/channel"
	"fairline/adapters/channel/channeltest"
	"fairline/adapters/channel/reply"
	"fairline/policy/mapping"
)

// A platform takes what customers are told.
type platform struct {
	*httptest.Server
	mutex sync.Mutex
	told  []string
	fail  int // with this status, once
}

func newPlatform(t *testing.T) *platform {
	p := &platform{}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		p.mutex.Lock()
		defer p.mutex.Unlock()
		if p.fail != 0 {
			w.WriteHeader(p.fail)
			p.fail = 0
			return
		}
		p.told = append(p.told, r.Header.Get("Authorization")+" "+string(body))
	}))
	t.Cleanup(p.Close)
	return p
}

func (p *platform) heard() []string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return slices.Clone(p.told)
}

// await waits until as many were told, and returns them.
func (p *platform) await(t *testing.T, n int) []string {
	t.Helper()
	for try := 0; len(p.heard()) < n; try++ {
		if try > 1000 {
			t.Fatalf("%d were told, want %d: %q", len(p.heard()), n, p.heard())
		}
		time.Sleep(5 * time.Millisecond)
	}
	return p.heard()
}

const replyBody = `{"to":{{json .To}},"text":{{json .Text}}}`

// telling is a desk whose WhatsApp customers are told their place and the end.
func telling(t *testing.T, p *platform, kept *channeltest.Contents) *desk {
	d := newDesk(t, []string{"whatsapp"}, func(c *Config) {
		c.Contents = kept
		c.Endpoints[0].Reply = &reply.Config{URL: p.URL, Token: c.Endpoints[0].Token, Body: replyBody, Text: "{{.Text}}", Tries: 2,
			Ended: &reply.Ended{Text: "We are sorry: {{.End}}."}}
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return d
}

// TestCustomersAreTold the place when a message is stored, and its end, each once and to them alone.
func TestCustomersAreTold(t *testing.T) {
	p, kept := newPlatform(t), &channeltest.Contents{}
	d := telling(t, p, kept)
	for range 2 { // the second is a repeat
		if code := d.signed("/whatsapp", message("m1", began)).StatusCode; code != http.StatusOK {
			t.Fatal(code)
		}
	}
	told := p.await(t, 1)
	id := d.line.Contacts()[0].ID
	if !strings.HasPrefix(told[0], `Bearer verify token {"to":"15550001111","text":"`) {
		t.Errorf("told %s", told[0])
	}
	if text := kept.Of(id + "/reply-to"); text != "k1 15550001111" {
		t.Errorf("kept %q", text)
	}
	for _, n := range []channel.Notice{{Kind: channel.Offered, ID: id}, {Kind: channel.Ended, ID: "other-1", End: "closed"},
		{Kind: channel.Ended, ID: id, End: "closed"}, {Kind: channel.Ended, ID: id, End: "closed"}} {
		d.line.Say(n)
	}
	told = p.await(t, 2)
	if told[1] != `Bearer verify token {"to":"15550001111","text":"We are sorry: closed."}` {
		t.Errorf("told %s", told[1])
	}
	d.signed("/whatsapp", message("m2", began))
	p.await(t, 3)
	d.line.Say(channel.Notice{Kind: channel.Ended, ID: d.line.Contacts()[1].ID, End: "served"})
	for try := 0; kept.Of(d.line.Contacts()[1].ID+"/reply-to") != ""; try++ {
		if try > 1000 {
			t.Fatal("who was served is still to be told")
		}
		time.Sleep(time.Millisecond)
	}
	if n := len(p.heard()); n != 3 {
		t.Errorf("%d were told, want 3: %q", n, p.heard())
	}
	if s := d.Stats()["/whatsapp"]; s.Replies != 3 || s.RepliesFailed+s.RepliesOver != 0 {
		t.Errorf("%+v", s)
	}
}

// TestAPlatformThatFails is tried again; what it refuses is not.
func TestAPlatformThatFails(t *testing.T) {
	p := newPlatform(t)
	d := telling(t, p, &channeltest.Contents{})
	p.mutex.Lock()
	p.fail = 503
	p.mutex.Unlock()
	d.signed("/whatsapp", message("m1", began))
	p.await(t, 1)
	p.mutex.Lock()
	p.fail = 403
	p.mutex.Unlock()
	d.signed("/whatsapp", message("m2", began))
	for try := 0; d.Stats()["/whatsapp"].RepliesFailed == 0; try++ {
		if try > 1000 {
			t.Fatal("the refusal is not counted")
		}
		time.Sleep(5 * time.Millisecond)
	}
	if log := d.log.String(); !strings.Contains(log, "403") || strings.Contains(log, "15550001111") {
		t.Errorf("logged %s", log)
	}
}

// TestNobodyIsToldInPublic: a post that names us is answered by nobody, a private message to the same account is.
func TestNobodyIsToldInPublic(t *testing.T) {
	p := newPlatform(t)
	d := newDesk(t, []string{"x"}, func(c *Config) {
		c.Endpoints[0].Reply = &reply.Config{URL: p.URL, Body: replyBody, Text: "{{.Text}}"}
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	for _, body := range []string{
		`{"for_user_id":"1","tweet_create_events":[{"id_str":"5","text":"@acme it is broken","user":{"id_str":"9"},"in_reply_to_user_id_str":"1"}]}`,
		`{"for_user_id":"1","direct_message_events":[{"type":"message_create","id":"6","message_create":{"sender_id":"9","message_data":{"text":"hello"}}}]}`,
	} {
		if code := d.send("/x", body, signers["x"]("first secret", body, began)).StatusCode; code != http.StatusOK {
			t.Error(code)
		}
	}
	told := p.await(t, 1)
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	var said struct{ To string }
	if err := json.Unmarshal([]byte(strings.TrimSpace(told[0])), &said); err != nil || said.To != "9" || len(p.heard()) != 1 || len(d.line.Contacts()) != 2 {
		t.Errorf("%q, %v", p.heard(), err)
	}
}

// TestOnlyAChatOfTwoIsAnswered at Telegram: a bot that is called into a group, or into a channel's messages, would speak before others.
func TestOnlyAChatOfTwoIsAnswered(t *testing.T) {
	m, faults, err := mapping.Load("telegram", nil)
	if m == nil {
		t.Fatal(faults, err)
	}
	for body, want := range map[string]string{
		`{"message":{"message_id":4,"from":{"id":9},"chat":{"id":9,"type":"private"},"date":1767225600,"text":"help"}}`:                                 "9",
		`{"guest_message":{"message_id":4,"guest_query_id":"g","from":{"id":9},"chat":{"id":-5,"type":"group"},"date":1767225600,"text":"@acme help"}}`: "",
		`{"guest_message":{"message_id":4,"guest_query_id":"g","from":{"id":9},"chat":{"id":8,"type":"private"},"date":1767225600,"text":"help"}}`:      "",
		`{"message":{"message_id":4,"from":{"id":9},"chat":{"id":-3,"type":"supergroup","is_direct_messages":true},"date":1767225600,"text":"help"}}`:   "",
		`{"message":{"message_id":4,"from":{"id":9},"chat":{"id":-3},"date":1767225600,"text":"help"}}`:                                                 "",
	} {
		event, err := mapping.Decode([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		r := m.Read(mapping.Input{Body: event, Now: began})
		if len(r.Contacts) != 1 || r.Contacts[0].ReplyTo != want {
			t.Errorf("%s is answered at %q, want %q", body, r.Contacts[0].ReplyTo, want)
		}
	}
}

// TestRepliesThatCannotBe are said when the adapter is made.
func TestRepliesThatCannotBe(t *testing.T) {
	for want, c := range map[string]reply.Config{
		"has no TLS":         {URL: "http://api.example.com", Body: replyBody, Text: "x"},
		"it has no .To":      {URL: "https://api.example.com", Body: "{}", Text: "x"},
		"nothing is to be":   {URL: "https://api.example.com", Body: replyBody},
		"contents are not":   {URL: "https://api.example.com", Body: replyBody, Ended: &reply.Ended{Text: "x"}},
		"choose of served":   {URL: "https://api.example.com", Body: replyBody, Ended: &reply.Ended{Text: "x", Ends: []string{"dead"}}},
		"can't evaluate":     {URL: "https://api.example.com", Body: replyBody, Text: "{{.Number}}"},
		"give Token, or":     {URL: "https://api.example.com", Body: replyBody, Text: "x", Token: "a", User: "b", PasswordFile: "c"},
		"nothing below zero": {URL: "https://api.example.com", Body: replyBody, Text: "x", Tries: -1},
	} {
		cfg := Config{Endpoints: []Endpoint{{Path: "/here", Mapping: loopbackMapping(t), Reply: &c}}}
		if _, err := New(cfg, &channeltest.Line{}, &people{}, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %s: %v", want, err)
		}
	}
}

// namesake is a shipped mapping under another name.
func namesake(t *testing.T, of, name string) *mapping.Mapping {
	t.Helper()
	text, err := mapping.Read(of)
	if err != nil {
		t.Fatal(err)
	}
	m, faults := mapping.Parse(name+".yaml", []byte(strings.Replace(string(text), "mapping: "+of, "mapping: "+name, 1)), nil)
	if m == nil {
		t.Fatal(faults.Err())
	}
	return m
}

// TestEachIsToldByItsOwn platform: where one mapping's name is the beginning of another's, and where one platform is dead.
func TestEachIsToldByItsOwn(t *testing.T) {
	var kept channeltest.Contents
	eu, dead := newPlatform(t), httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body) // then it notices who hangs up
		<-r.Context().Done()
	}))
	t.Cleanup(dead.Close)
	d := newDesk(t, []string{"whatsapp", "whatsapp"}, func(c *Config) {
		c.Contents = &kept
		c.Endpoints[1].Path, c.Endpoints[1].Mapping = "/eu", namesake(t, "whatsapp", "whatsapp-eu")
		for i, url := range []string{dead.URL, eu.URL} {
			c.Endpoints[i].Reply = &reply.Config{URL: url, Body: replyBody, Tries: 1, Patience: 20 * time.Second, Ended: &reply.Ended{Text: "{{.End}}"}}
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	for n := range 8 {
		for _, path := range []string{"/whatsapp", "/eu"} {
			d.signed(path, message(fmt.Sprint("m", n), began))
		}
	}
	for _, c := range d.line.Contacts() {
		d.line.Say(channel.Notice{Kind: channel.Ended, ID: c.ID, End: "closed"})
	}
	for try := 0; len(eu.heard()) < 8; try++ {
		if try > 400 {
			t.Fatalf("%d of 8 were told while another platform was dead", len(eu.heard()))
		}
		time.Sleep(10 * time.Millisecond)
	}
}
