package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/nats-io/nats.go"

	"fairline/adapters/channel/reply"
	"fairline/adapters/email"
	"fairline/adapters/phone"
	"fairline/adapters/vault"
	"fairline/adapters/webhook"
)

const channelsPolicy = `fairline: 1
policy: one-person
attributes: {reach: {type: int, min: 0, else: 0}}
never: [reach]
channels: {phone: {takes: agent}, chat: {takes: agent, live: false}, email: {takes: agent}}
classes: [{name: all}]
join: {same: [customer], within: 72h}
`

const channelsText = `email:
  state: state
  door: {listen: "127.0.0.1:0", spool: spool, recipients: [{address: help@example.org}]}
  authorities: [mx.test]
phone: {udp: "127.0.0.1:0", tcp: "127.0.0.1:0", asserted: [127.0.0.0/8]}
webhook:
  listen: 127.0.0.1:0
  endpoints: [{path: /crm, mapping: standard, secrets: [secret]}]
`

const channelsSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// A site is a daemon with channels.
type channelSite struct {
	*testing.T
	d *daemon
	s serving
}

// withChannels starts a daemon with a mail door and a webhook.
func withChannels(t *testing.T) (*channelSite, func() error) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"policy.yaml": channelsPolicy, "channels.yaml": channelsText, "secret": channelsSecret} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := &channelSite{T: t}
	var stop func() error
	c.d, c.s, stop = beginDaemonWith(t, func(cfg *config) {
		cfg.HTTP = "127.0.0.1:0"
		cfg.Policy, cfg.Channels = filepath.Join(dir, "policy.yaml"), filepath.Join(dir, "channels.yaml")
	})
	return c, stop
}

// mail hands a mail to the door, as the server in front of it would.
func (c *channelSite) mail(id, from string) { c.mailed(id, from, "pass") }

// forge hands in a mail in somebody else's name.
func (c *channelSite) forge(id, from string) { c.mailed(id, from, "fail") }

func (c *channelSite) mailed(id, from, dmarc string) {
	c.Helper()
	door := c.d.running[0].(*email.Adapter)
	for door.DoorAddr() == nil {
		time.Sleep(time.Millisecond)
	}
	deliver(c.T, door.DoorAddr().String(), id, from, dmarc)
}

// deliver hands a mail to a door, with what the server in front of it found out about its sender.
func deliver(t *testing.T, addr, id, from, dmarc string) {
	t.Helper()
	c := struct{ *testing.T }{t}
	var conn net.Conn
	for try := 0; conn == nil; try++ {
		var err error
		if conn, err = net.Dial("tcp", addr); err != nil && try == 500 {
			c.Fatal(err)
		}
		time.Sleep(10 * time.Millisecond)
	}
	l := smtp.NewClientLMTP(conn)
	defer func() { _ = l.Close() }()
	text := "Authentication-Results: mx.test; dmarc=" + dmarc + " header.from=example.org\r\nMessage-ID: <" + id + "@example.org>\r\nFrom: <" + from +
		">\r\nTo: help@example.org\r\nSubject: no dial tone\r\nDate: Sun, 22 Nov 2026 09:00:00 +0000\r\n\r\nPlease call.\r\n"
	if err := l.Mail(from, nil); err != nil {
		c.Fatal(err)
	}
	if err := l.Rcpt("help@example.org", nil); err != nil {
		c.Fatal(err)
	}
	w, err := l.Data()
	if err != nil {
		c.Fatal(err)
	}
	if _, err := io.WriteString(w, text); err != nil {
		c.Fatal(err)
	}
	if err := w.Close(); err != nil {
		c.Fatal(err)
	}
}

// post sends a signed event, and returns the answer's status.
func (c *channelSite) post(id, from string, followers int, secret string) int {
	c.Helper()
	body := fmt.Sprintf(`{"type":"message.created","timestamp":%q,"data":{"id":%q,"email":%q,"followers":%d,"text":"hello"}}`,
		time.Now().UTC().Format(time.RFC3339), id, from, followers)
	at := strconv.FormatInt(time.Now().Unix(), 10)
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		c.Fatal(err)
	}
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%s.%s", id, at, body)
	hook := c.d.running[len(c.d.running)-1].(*webhook.Adapter)
	for hook.Addr() == nil {
		time.Sleep(time.Millisecond)
	}
	r, err := http.NewRequestWithContext(c.Context(), http.MethodPost, "http://"+hook.Addr().String()+"/crm", strings.NewReader(body))
	if err != nil {
		c.Fatal(err)
	}
	r.Header.Set("webhook-id", id)
	r.Header.Set("webhook-timestamp", at)
	r.Header.Set("webhook-signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		c.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	return answer.StatusCode
}

// call has a telephone ring, until it is told that it waits.
func (c *channelSite) call(id, number string) {
	c.Helper()
	a := c.d.running[1].(*phone.Adapter)
	for a.Ready() != nil {
		time.Sleep(time.Millisecond)
	}
	conn, err := net.Dial("udp", a.Addr("udp"))
	if err != nil {
		c.Fatal(err)
	}
	c.Cleanup(func() { _ = conn.Close() })
	me := conn.LocalAddr().String()
	fmt.Fprintf(conn, "INVITE sip:help@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP %[1]s;branch=z9hG4bK%[2]s\r\nFrom: <sip:%[3]s@%[1]s>;tag=%[2]s\r\n"+
		"To: <sip:help@127.0.0.1>\r\nCall-ID: %[2]s\r\nCSeq: 1 INVITE\r\nContact: <sip:%[3]s@%[1]s>\r\nP-Asserted-Identity: <tel:%[3]s>\r\n"+
		"Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n", me, id, number)
	_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	for buffer := make([]byte, 4096); ; {
		n, err := conn.Read(buffer)
		if err != nil {
			c.Fatal(err)
		}
		if line, _, _ := strings.Cut(string(buffer[:n]), "\r\n"); strings.HasPrefix(line, "SIP/2.0 182 ") {
			return
		} else if !strings.HasPrefix(line, "SIP/2.0 100 ") {
			c.Fatalf("the call was answered with %s", line)
		}
	}
}

// TestOnePersonOfThreeChannels has a customer, whose number and address are linked, write a mail, call, and write a message: one
// ticket with three contacts, at the place of the first. A stranger whom a million follow comes behind. The journal knows no
// number and no address.
func TestOnePersonOfThreeChannels(t *testing.T) {
	c, stop := withChannels(t)
	linked := customerRequest{By: "mia", One: &vault.Identity{Kind: "mail", Name: "ana@example.org"}, Other: &vault.Identity{Kind: "tel", Name: "+351210000000"}}
	var who customerAnswer
	if err := connectAs(t, c.s, c.s.Desk).ask(t.Context(), vaultSubject+"link", linked, &who); err != nil || who.Fault != "" {
		t.Fatal(err, who.Fault)
	}
	if got := strings.Join(c.s.Channels, " "); got != "email phone webhook" {
		t.Errorf("serve says that it has %q", got)
	}
	c.mail("first", "ana@example.org")
	if code := c.post("m1", "loud@example.com", 1_000_000, channelsSecret); code != http.StatusOK {
		t.Errorf("a stranger's message was answered with %d", code)
	}
	c.call("k1", "+351210000000")
	if code := c.post("m2", "ana@example.org", 3, channelsSecret); code != http.StatusOK {
		t.Errorf("a message was answered with %d", code)
	}
	if code := c.post("m3", "ana@example.org", 3, "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"); code != http.StatusUnauthorized && code != http.StatusForbidden {
		t.Errorf("a forged message was answered with %d", code)
	}
	conn := connectTo(t, c.s)
	var first, loud struct {
		Place int `json:"place"`
	}
	if err := conn.ask(t.Context(), "fl.ask.main.place", map[string]uint64{"ticket": 1}, &first); err != nil || first.Place != 1 {
		t.Errorf("the customer: %+v, %v", first, err)
	}
	if err := conn.ask(t.Context(), "fl.ask.main.place", map[string]uint64{"ticket": 2}, &loud); err != nil || loud.Place != 2 {
		t.Errorf("the stranger: %+v, %v", loud, err)
	}
	var ticket map[string]any
	if err := conn.ask(t.Context(), "fl.ask.main.ticket", map[string]uint64{"ticket": 1}, &ticket); err != nil {
		t.Error(err)
	}
	if text, _ := json.Marshal(ticket["contacts"]); string(text) != "[3,4]" {
		t.Errorf("the ticket's other contacts are %s", text)
	}
	if err := stop(); err != nil {
		t.Errorf("serve = %v", err)
	}
	assertNowhere(t, c.d.cfg.Store, "ana@example.org", "loud@example.com", "dial tone", "hello", "+351210000000")
}

// assertNowhere looks for texts in all files of a store.
func assertNowhere(t *testing.T, store string, texts ...string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(store, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		files++
		content, err := os.ReadFile(path)
		for _, text := range texts {
			if bytes.Contains(content, []byte(text)) {
				t.Errorf("%s has %q in it", path, text)
			}
		}
		return err
	})
	if err != nil || files < 3 {
		t.Errorf("%d files: %v", files, err)
	}
}

// freeAddress is one where nobody listens now.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// get fetches a page.
func get(t *testing.T, url string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestAChannelApart runs the mail door as a process would, with its own key.
func TestAChannelApart(t *testing.T) {
	dir := t.TempDir()
	addr, web := freeAddress(t), freeAddress(t)
	text := fmt.Sprintf("email: {state: state, authorities: [mx.test], door: {listen: %q, spool: spool, recipients: [{address: help@example.org}]}}\n", addr)
	file := filepath.Join(dir, "channels.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	d, s, stop := beginDaemonWith(t, func(cfg *config) { cfg.Policy, cfg.Adapters = "weekday", "email" })
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- remote{file: file, nats: s.NATS, key: d.bus.AdapterFile("email"), line: "main", http: web}.run(ctx, "email", slog.New(slog.DiscardHandler))
	}()
	deliver(t, addr, "one", "ana@example.org", "pass")
	deliver(t, addr, "two", "ana@example.org", "pass")
	for _, key := range []string{"", filepath.Join(dir, "nowhere.nk"), filepath.Join(dir, "channels.yaml")} {
		err := remote{file: file, nats: s.NATS, key: key, line: "main", http: none}.run(ctx, "email", slog.New(slog.DiscardHandler))
		if err == nil || !strings.Contains(err.Error(), "adapter-email.nk among the keys of the daemon's store") {
			t.Errorf("with the key %q: %v", key, err)
		}
	}
	conn := connectTo(t, s)
	var second struct {
		Customer string   `json:"customer"`
		Perhaps  []uint64 `json:"perhaps"`
		State    string   `json:"state"`
	}
	if err := conn.ask(t.Context(), "fl.ask.main.ticket", map[string]uint64{"ticket": 2}, &second); err != nil || second.State != "waiting" {
		t.Errorf("the second mail: %+v, %v", second, err)
	}
	for _, want := range []string{`fairline_adapter_ready{adapter="email"} 1`, `fairline_adapter_events_total{adapter="email",event="taken",source=""} 2`} {
		if text := get(t, "http://"+web+"/metrics"); !strings.Contains(text, want) {
			t.Errorf("no %s in the metrics", want)
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("the adapter ended with %v", err)
	}
	if err := stop(); err != nil {
		t.Errorf("serve = %v", err)
	}
	if err := (remote{file: file, nats: s.NATS, line: "main", http: none}).run(t.Context(), "fax", slog.Default()); err == nil {
		t.Error("there is a fax")
	}
}

// TestIdentities are KIND:NAME; a kind that is spelt like that of a channel is a slip, which would link a customer to nobody.
func TestIdentities(t *testing.T) {
	for text, want := range map[string]string{"mail:ana@example.org": "", "crm:17": "", "email:ana@example.org": "did you mean `mail`?",
		"mastadon:109302": "did you mean `mastodon`?", "ana@example.org": "write KIND:NAME", "mail:": "write KIND:NAME"} {
		id, err := identityOf(text)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) || err == nil && id.Kind+":"+id.Name != text {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

// TestCustomersAreLinked at the desk: by mail and by phone it is one customer then.
func TestCustomersAreLinked(t *testing.T) {
	c, stop := withChannels(t)
	c.mail("first", "ana@example.org")
	conn := connectAs(t, c.s, c.s.Desk)
	ask := func(verb string, q customerRequest) (a customerAnswer) {
		t.Helper()
		q.By = "mia"
		if err := conn.ask(t.Context(), vaultSubject+verb, q, &a); err != nil {
			t.Fatal(err)
		}
		return a
	}
	mail, tel := &vault.Identity{Kind: "mail", Name: "ana@example.org"}, &vault.Identity{Kind: "tel", Name: "+351210000000"}
	if a := ask("link", customerRequest{One: mail, Other: tel}); a.Key == "" || a.Fault != "" {
		t.Errorf("link: %+v", a)
	}
	if a := ask("export", customerRequest{One: tel}); a.Export == nil || len(a.Export.Identities) != 2 || len(a.Export.Contacts) != 1 || a.Export.Said[0].By != "mia" {
		t.Errorf("export: %+v", a.Export)
	}
	if a := ask("import", customerRequest{File: []byte("customer,kind,identity\n7,mail,ana@example.org\n7,mail,a@b@c\n")}); a.Fault == "" {
		t.Errorf("a faulty file: %+v", a)
	}
	if a := ask("unlink", customerRequest{One: tel}); a.Key == "" || a.Fault != "" {
		t.Errorf("unlink: %+v", a)
	}
	if a := ask("link", customerRequest{One: mail, Other: tel, How: vault.HowCustomer}); !strings.Contains(a.Fault, "both ends") {
		t.Errorf("a customer's word with one end: %+v", a)
	}
	both := [2]vault.Identity{*mail, *tel}
	both[0].Verified, both[1].Verified = true, true
	if a := ask("link", customerRequest{One: &both[0], Other: &both[1], How: vault.HowCustomer}); a.Fault != "" {
		t.Errorf("a customer's word: %+v", a)
	}
	if a := ask("erase", customerRequest{One: tel}); a.Erased == nil || len(a.Erased.Keys) != 2 {
		t.Errorf("erase: %+v", a)
	}
	if a := ask("export", customerRequest{One: mail}); a.Fault == "" || strings.Contains(a.Fault, "ana") {
		t.Errorf("after it: %+v", a)
	}
	if a := ask("dance", customerRequest{}); a.Fault == "" {
		t.Errorf("dance: %+v", a)
	}
	if err := stop(); err != nil {
		t.Errorf("serve = %v", err)
	}
}

// connectAs connects with the key of a file.
func connectAs(t *testing.T, s serving, file string) *lineConn {
	t.Helper()
	key, err := credentials(file)
	if err != nil {
		t.Fatal(err)
	}
	nc, err := nats.Connect(s.NATS, key)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	return &lineConn{Conn: nc, line: s.Line}
}

// TestDocumentedChannels reads what docs/channels.md shows.
func TestDocumentedChannels(t *testing.T) {
	text, err := os.ReadFile("../../docs/channels.md")
	if err != nil {
		t.Fatal(err)
	}
	_, block, _ := strings.Cut(string(text), "```yaml\n")
	block, _, ok := strings.Cut(block, "```")
	file := filepath.Join(t.TempDir(), "channels.yaml")
	if err := os.WriteFile(file, []byte(block), 0o600); err != nil || !ok {
		t.Fatal(ok, err)
	}
	for _, secret := range []string{"crm-secret", "mastodon-token"} {
		if err := os.WriteFile(filepath.Join(filepath.Dir(file), secret), []byte(channelsSecret), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, err := readChannels(file, nil)
	if err != nil || strings.Join(c.names(), " ") != "email phone social webhook" {
		t.Fatalf("%v, %v", c.names(), err)
	}
	if err := errors.Join(c.Phone.Check(), c.Email.Check(), c.Webhook.Check(), c.Social.Check()); err != nil {
		t.Error(err)
	}
	if filepath.Dir(c.Vault.Keys) != filepath.Dir(file) || c.Email.Door.Spool != filepath.Join(filepath.Dir(file), "mail") {
		t.Errorf("paths are not beside the file: %s, %s", c.Vault.Keys, c.Email.Door.Spool)
	}
}

// TestChannelsFaults are said with their places, and the daemon does not start.
func TestChannelsFaults(t *testing.T) {
	dir := t.TempDir()
	for text, want := range map[string]string{
		"email: {sate: x}\n": "channels.yaml:1:9: email: there is no key `sate` here; did you mean `state`?",
		"fax: {}\n":          "channels.yaml:1:1: the file: there is no key `fax` here; there are `email`, `phone`, `social`, `vault` and `webhook`",
		"webhook: {endpoints: [{path: /crm, mapping: fax}]}\n": "channels.yaml:1:45: webhook.endpoints[0].mapping",
		"phone: {mode: shout, host: localhost}\nemail: {}\n": "channels.yaml:2:8: email: no mail can come: give Mailboxes or a Door\n" +
			"channels.yaml:1:15: phone.mode: \"shout\"; want bridge, redirect, park or early",
		"webhook: {endpoints: [{path: /crm, mapping: standard, secrets: [none]}, {path: x, mapping: standard}]}\n": "channels.yaml:1:64: webhook.endpoints[0].secrets: open none: no such file or directory",
		"webhook: {endpoints: [{path: x, mapping: standard, secrets: []}]}\n": "channels.yaml:1:30: webhook.endpoints[0].path: it begins with / and has no query\n" +
			"channels.yaml:1:61: webhook.endpoints[0].secrets: 0: give 1 to 8 files",
		"social: {mastodon: [{name: a, server: \"https://m.example\", mapping: mastodon}]}\n": "channels.yaml:1:9: social.store: none: give a folder for the positions, or posts are lost while the program is not running\n" +
			"channels.yaml:1:21: social.mastodon[0].token: none: give the file",
		"email: {state: s, door: {listen: \"127.0.0.1:0\", spool: s, recipients: [{address: x}]}}\n": "channels.yaml:1:25: email.door: the recipient \"x\" is no address",
	} {
		file := filepath.Join(dir, "channels.yaml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		cfg := defaultConfig()
		cfg.Store, cfg.Listen, cfg.HTTP, cfg.Policy, cfg.Channels = filepath.Join(t.TempDir(), "store"), "127.0.0.1:0", none, "weekday", file
		d := &daemon{cfg: cfg, out: io.Discard, narration: io.Discard, log: slog.New(slog.DiscardHandler)}
		if err := d.serve(t.Context()); err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), dir+"/", ""), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

// TestDocumentedReplies reads how customers are told, as docs/channels-social.md shows it.
func TestDocumentedReplies(t *testing.T) {
	text, err := os.ReadFile("../../docs/channels-social.md")
	if err != nil {
		t.Fatal(err)
	}
	_, part, _ := strings.Cut(string(text), "## Telling customers\n")
	_, block, _ := strings.Cut(part, "```yaml\n")
	block, table, ok := strings.Cut(block, "```")
	file := filepath.Join(t.TempDir(), "channels.yaml")
	if err := errors.Join(os.WriteFile(file, []byte(block), 0o600), os.WriteFile(filepath.Join(filepath.Dir(file), "app-secret"), []byte("s"), 0o600)); err != nil || !ok {
		t.Fatal(ok, err)
	}
	c, err := readChannels(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	c.Webhook.Contents = contents{}
	if err := c.Webhook.Check(); err != nil {
		t.Error(err)
	}
	rows := 0
	for line := range strings.Lines(table) {
		cells := strings.Split(line, "|")
		if len(cells) < 5 || !strings.Contains(cells[2], "https://") {
			continue
		}
		rows++
		code := func(cell string) string { return strings.Split(cell, "`")[1] }
		if _, err := reply.New(reply.Config{URL: code(cells[2]), Body: code(cells[3]), Text: "{{.Text}}"}); err != nil {
			t.Errorf("%s: %v", cells[1], err)
		}
	}
	if rows != 3 {
		t.Errorf("%d platforms were read, want 3", rows)
	}
}

// TestStartFaults say what to do: a port that two channels have, keys that are not the vault's, a mapping that the policy forbids.
func TestStartFaults(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	write("secret", channelsSecret)
	write("loud.yaml", loudMapping)
	loose, strict := write("policy.yaml", channelsPolicy), write("strict.yaml", loudPolicy("[reach]"))
	start := func(policy, text string) (string, error) {
		cfg := defaultConfig()
		cfg.Store, cfg.Listen, cfg.HTTP, cfg.Policy, cfg.Channels = filepath.Join(dir, "store"), "127.0.0.1:0", none, policy, write("channels.yaml", text)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		var said strings.Builder
		d := &daemon{cfg: cfg, narration: io.Discard, log: slog.New(slog.DiscardHandler), out: writer(func(p []byte) {
			said.Write(p)
			time.AfterFunc(200*time.Millisecond, cancel)
		})}
		err := d.serve(ctx)
		return said.String(), err
	}
	if out, err := start(loose, channelsText); err != nil || out == "" {
		t.Fatal(out, err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	hook := "webhook: {listen: \"" + l.Addr().String() + "\", endpoints: [{path: /crm, mapping: standard, secrets: [secret]}]}\n"
	loud := "webhook: {listen: \"127.0.0.1:0\", endpoints: [{path: /crm, mapping: loud.yaml, secrets: [secret]}]}\n"
	for _, c := range []struct{ policy, text, want string }{
		{"", hook, "channels.yaml:1:19: webhook.listen: " + l.Addr().String() + " is taken: choose another address"},
		{"", channelsText + "vault: {keys: other}\n", "the vault was made with other keys than those of " + filepath.Join(dir, "other") + ": name their file in `vault: {keys: FILE}`, or put it back"},
		{strict, loud, "see `fairline webhook test " + filepath.Join(dir, "loud.yaml") + " --policy " + strict + "`"},
	} {
		if out, err := start(c.policy, c.text); err == nil || !strings.Contains(err.Error(), c.want) || out != "" {
			t.Errorf("%v, want %s; said %q", err, c.want, out)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "other")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("keys that fit nothing were left: %v", err)
	}
}

// TestAPhoneListensWhereItIsTold and nowhere else.
func TestAPhoneListensWhereItIsTold(t *testing.T) {
	file := filepath.Join(t.TempDir(), "channels.yaml")
	for text, want := range map[string][2]string{
		"phone: {host: here}":                                       {":5060", ":5060"},
		"phone: {udp: \"127.0.0.1:5070\"}":                          {"127.0.0.1:5070", ""},
		"phone: {tcp: \"127.0.0.1:5070\"}":                          {"", "127.0.0.1:5070"},
		"phone: {udp: \"127.0.0.1:5070\", tcp: \"127.0.0.1:5071\"}": {"127.0.0.1:5070", "127.0.0.1:5071"},
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := readChannels(file, nil)
		if err != nil || [2]string{c.Phone.UDP, c.Phone.TCP} != want {
			t.Errorf("%s: %v, udp %q, tcp %q", text, err, c.Phone.UDP, c.Phone.TCP)
		}
	}
}
