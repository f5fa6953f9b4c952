package phone

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
)

// over dials a transport, writes parts, and returns what comes until the connection is closed; open: it was not within a while.
func over(t *testing.T, place string, while time.Duration, parts ...string) (heard string, open bool) {
	t.Helper()
	conn, err := net.Dial("tcp", place)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	for _, p := range parts {
		if _, err := conn.Write([]byte(p)); err != nil {
			break // it was closed
		}
	}
	_ = conn.SetReadDeadline(time.Now().Add(while))
	data, err := io.ReadAll(conn)
	return string(data), errors.Is(err, os.ErrDeadlineExceeded)
}

// withLength is a call over a connection with another length, and a body.
func withLength(length, body string) string {
	branch := sip.GenerateBranch()
	return strings.Replace(invite("TCP", "127.0.0.1:9", branch), "Content-Length: 0", length, 1) + body
}

// TestStreamsThatAreNoSIP are closed at once, and what comes behind a lie about a length is not read.
func TestStreamsThatAreNoSIP(t *testing.T) {
	t.Parallel()
	r := start(t, func(c *Config) { c.Trunks = nil })
	for i, text := range []string{
		"garbage garbage\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + strings.Repeat("\x00", 300), "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
		withLength("X: y", ""), withLength("Content-Length: -1", "x"), withLength("Content-Length: 99999999", "x"), withLength("Content-Length: x", ""),
		withLength("Content-Length: 0\r\nl: 500", ""), withLength(strings.Repeat("X: y\r\n", linesMax)+"Content-Length: 0", ""),
		withLength("X: "+strings.Repeat("y", headMax)+"\r\nContent-Length: 0", ""), "INVITE " + strings.Repeat("y", 2*headMax),
		withLength("Content-Length: 1", "xbogus bogus\r\n\r\n"),
	} {
		if heard, open := over(t, r.Addr("tcp"), waitMax, text); open || heard != "" {
			t.Errorf("%d: open %v, answered %q", i, open, heard)
		}
		if s := r.Stats(); s.Garbage != uint64(i+1) || s.Calls != 0 {
			t.Errorf("%d: %+v", i, s)
		}
	}
	eventually(t, "no connections", func() bool { r.guard.mutex.Lock(); defer r.guard.mutex.Unlock(); return r.guard.total == 0 })
}

// TestSlowWriters have a while for each message; who says nothing between messages may rest.
func TestSlowWriters(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := newGuard(r.Adapter)
	g.patience = 200 * time.Millisecond
	served := make(chan error, 1)
	go func() { served <- r.server.ServeTCP(g.listener(l)) }()
	t.Cleanup(func() { _ = l.Close(); <-served })
	for name, parts := range map[string][]string{
		"nothing": nil, "keep-alives": {"\r\n\r\n"}, "half a line": {"INVITE sip:line"}, "half a head": {withLength("X: y", "")[:100]},
		"half a body": {withLength("Content-Length: 10", "x")}, "half a second message": {options("1"), options("2")[:50]},
	} {
		if heard, open := over(t, l.Addr().String(), waitMax, parts...); open {
			t.Errorf("%s: open %v, answered %q", name, open, heard)
		}
	}
	if heard, open := over(t, l.Addr().String(), 5*g.patience, options("3"), "\r\n\r\n"); !open || !strings.HasPrefix(heard, "SIP/2.0 200 OK") {
		t.Errorf("a rest after a message: open %v, answered %q", open, heard)
	}
}

// options is a question over a connection.
func options(id string) string {
	return "OPTIONS sip:line@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKo" + id + "\r\nFrom: <sip:a@x>;tag=1\r\nTo: <sip:line@x>\r\n" +
		"Call-ID: " + id + "\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
}

// FuzzFraming takes a stream apart: in one piece as in many, and where the parser finds a message, there it ends.
func FuzzFraming(f *testing.F) {
	for _, text := range []string{options("1") + options("2"), "\r\n\r\n" + withLength("Content-Length: 3", "abc") + options("2"), withLength("l : 1", "x")} {
		f.Add([]byte(text), 7)
	}
	f.Fuzz(func(t *testing.T, data []byte, piece int) {
		var whole, parts framing
		err := whole.feed(data, 16<<10)
		rest, bad := data, error(nil)
		for size := max(1, piece%100); len(rest) > 0 && bad == nil; rest = rest[min(size, len(rest)):] {
			bad = parts.feed(rest[:min(size, len(rest))], 16<<10)
		}
		if (err == nil) != (bad == nil) || err == nil && (whole.begun != parts.begun || whole.within != parts.within) {
			t.Errorf("%q: %v, %+v; in pieces of %d %v, %+v", data, err, whole, piece, bad, parts)
		}
	})
}

// TestHeaderFloods are dropped before they are read.
func TestHeaderFloods(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	h := newHandset(t, r)
	for i, flood := range []string{strings.Repeat("a:b\r\n", 3000), strings.Repeat("v:SIP/2.0/UDP a;branch=x\r\n", 600), "Route: " + strings.Repeat("<sip:a;lr>,", 1300) + "<sip:a>\r\n",
		"m: " + strings.Repeat("<sip:a@b;c=d;e>,", 900) + "<sip:a>\r\n", "From: <sip:a@b" + strings.Repeat(";a=b", 3500) + ">;tag=x\r\n"} {
		h.send("OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/UDP " + h.conn.LocalAddr().String() + ";branch=z9hG4bK" + fmt.Sprint(i) + "\r\nCSeq: 1 OPTIONS\r\n" + flood + "\r\n")
		h.alive()
		if s := r.Stats(); s.Garbage != uint64(i+1) {
			t.Errorf("%d: %+v", i, s)
		}
	}
}

// TestForgedEnds come from another address: without the tags, or the branch, of the call they end nothing.
func TestForgedEnds(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	h, forger := newHandset(t, r), newHandset(t, r)
	d, _ := h.queued(r, "+4930901820")
	forged := *d
	forged.h = forger
	forged.again("BYE", nil, "") // without our tag
	forger.response(481)
	forged.to += ";tag=guessed"
	for _, method := range []string{"BYE", "INFO", "INVITE", "NOTIFY"} {
		forged.again(method, nil, "")
		forger.response(481)
	}
	forged.branch, forged.cseq, forged.to = sip.GenerateBranch(), 1, "<sip:line@127.0.0.1>"
	forger.send(forged.text("CANCEL", "+4930901820", "")) // of another branch
	forger.response(481)
	forger.send(forged.text("ACK", "+4930901820", ""))
	h.silence(50 * time.Millisecond)
	if len(r.line.leaves) != 0 || r.Stats().Calls != 1 {
		t.Error("a forged end ended a call")
	}
	d.again("CANCEL", nil, "")
	h.response(200)
	h.response(487)
}

// TestOldAndWrongCSeq are refused: a request that is older than the last, or of another method than its line says.
func TestOldAndWrongCSeq(t *testing.T) {
	t.Parallel()
	r, d, agent, invite := talking(t, nil)
	d.cseq = 9
	d.again("INFO", nil, "Signal=5\r\n", "Content-Type: application/dtmf-relay")
	agent.reply(agent.request("INFO"), 200, "OK", "")
	d.response(200)
	for _, method := range []string{"BYE", "INFO", "INVITE"} {
		d.cseq = 3
		d.again(method, nil, "")
		d.response(500)
	}
	d.cseq = 20
	d.again("BYE", nil, "", "CSeq: 21 INFO")
	d.response(400)
	agent.called(invite, "INFO", 1, "application/dtmf", "5") // of its own count
	d.h.reply(d.h.request("INFO"), 200, "OK", "")
	agent.response(200)
	if s := r.Stats(); s.Wrong != 4 {
		t.Errorf("%+v", s)
	}
	d.again("BYE", nil, "")
	d.response(200)
	agent.reply(agent.request("BYE"), 200, "OK", "")
}

// TestGuessingSecrets: an address has a number of wrong answers a minute; one that was never given a challenge has none, so that
// nobody is shut out by who forges an address.
func TestGuessingSecrets(t *testing.T) {
	t.Parallel()
	r := deskRig(t, func(c *Config) { c.Trunks = nil })
	phone := newHandset(t, r)
	phone.register("ana", "60", "")
	challenge := phone.response(401)
	for range 2 * wrongMax { // with a nonce that is not ours
		phone.register("ana", "60", `Digest username="ana", realm="fairline", nonce="x", uri="sip:line@127.0.0.1", response="0", qop=auth, nc=00000001, cnonce="y"`)
		phone.response(401)
		time.Sleep(25 * time.Millisecond) // within the pace
	}
	for n := range wrongMax {
		phone.register("ana", "60", sealed(t, challenge, "MD5", "ana", fmt.Sprint("guess ", n), n+1))
		phone.response(401)
		time.Sleep(25 * time.Millisecond)
	}
	phone.register("ana", "60", sealed(t, challenge, "MD5", "ana", secret, 100))
	if res := phone.response(403); res.GetHeader("Retry-After") == nil {
		t.Errorf("%s", res.String())
	}
	if s := r.Stats(); s.Registered != 0 || s.Denied != 3*wrongMax+1 {
		t.Errorf("%+v", s)
	}
	r.desk.tries.mutex.Lock()
	r.desk.tries.until = time.Now() // the minute is over
	r.desk.tries.mutex.Unlock()
	phone.register("ana", "60", sealed(t, challenge, "MD5", "ana", secret, 101))
	phone.response(200)
}

// TestPlainTextOverTLS ends the handshake.
func TestPlainTextOverTLS(t *testing.T) {
	t.Parallel()
	cert, key := certificate(t, t.TempDir())
	r := start(t, func(c *Config) { c.TLS, c.CertFile, c.KeyFile = "127.0.0.1:0", cert, key })
	heard, open := over(t, r.Addr("tls"), waitMax, options("1"))
	if open || bytes.Contains([]byte(heard), []byte("SIP/2.0")) {
		t.Errorf("open %v, answered %q", open, heard)
	}
	newHandset(t, r).alive()
}
