package email

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// nested is a body of parts in parts.
func nested(depth int) string {
	var b strings.Builder
	for n := range depth {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", n, n)
	}
	return b.String()
}

// many are n lines.
func many(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// A bomb is a mail that is made to do harm, with what the door answers, and what becomes of it in a mailbox.
type bomb struct {
	name, text string
	code       int    // of the door, or hungUp
	became     string // of the mail behind Dovecot
}

// hungUp is what becomes of a line that goes on behind its refusal: 552 is said, and whoever still speaks may not hear it.
const hungUp = 0

func bombs() []bomb {
	one := func(more ...string) string { return mailOf("1@a.example", "ann@a.example", more...) }
	head := func(text string) string { return text + one() }
	return []bomb{
		{"parts in parts, 10,000 deep", "Message-ID: <1@a>\r\nFrom: ann@a.example\r\nMIME-Version: 1.0\r\n" + nested(10_000), 250, "taken"},
		{"a header of 3 MB", head(many(100_000, "X-%d: xxxxxxxxxxxxxxxxxxxxxx\r\n")), 552, "refused"},
		{"200,000 fields", head(many(200_000, "X:\r\n")), 552, "refused"},
		{"1,001 fields", head(many(1_001, "X: %d\r\n")), 552, "refused"},
		{"a line of 10 MB", "X: " + strings.Repeat("x", 10<<20) + "\r\n" + one(), hungUp, "refused"},
		{"a line of 60 KB", head("X: " + strings.Repeat("x", 60_000) + "\r\n"), 250, "taken"},
		{"100,000 References", one("References:" + strings.TrimSuffix(many(100_000, " <%d@a.example>\r\n"), "\r\n")), 552, "refused"},
		{"8,000 References", one("References:" + strings.TrimSuffix(many(8_000, " <%d@a.example>\r\n"), "\r\n")), 250, "taken"},
		{"folded without end", "Message-ID: <1@a>\r\nX: y\r\n" + strings.Repeat(" y\r\n", 200_000), 552, "refused"},
		{"folded blanks", head("X: y\r\n" + strings.Repeat(" \r\n", 2_000)), 250, "taken"},
		{"only colons", strings.Repeat(":\r\n", 900) + one(), 250, "taken"},
		{"10,000 lines that are no fields", strings.Repeat("x\r\n", 10_000) + one(), 552, "refused"},
		{"NUL bytes", head("X: a\x00b\r\nY\x00: c\r\n"), 250, "taken"},
		{"bare CR and LF", head("X: a\rb\r\nY: c\nZ: d\r\n"), 250, "taken"},
		{"a charset that lies", one("Content-Type: text/plain; charset=utf-7", "Subject: =?utf-16?b?/////w==?= =?utf-8?q?=ff=fe?="), 250, "taken"},
		{"comments in From", "Message-ID: <1@a>\r\nFrom: " + strings.Repeat("()", 30_000) + "\r\n\r\n", 250, "taken"},
		{"10,000 authors", one("From: " + many(10_000, "p%d@a.example,\r\n ") + "x@a.example"), 250, "taken"},
		{"150 servers", head(strings.Repeat("Received: from a by b; Mon, 2 Nov 2026 10:00:00 +0000\r\n", 150)), 250, "skipped"},
		{"no header", "\r\nhello\r\n", 554, "taken"}, // Dovecot writes fields of its own before it
		{"binary", strings.Repeat("\x01\xff\x80\r\n", 300), 554, "taken"},
	}
}

// TestBombsAtTheDoor: each is answered as it should be, costs no more than its bytes, and the next mail is taken.
func TestBombsAtTheDoor(t *testing.T) {
	for _, b := range bombs() {
		door := doorAt(t, "lmtp")
		door.MessageMax, door.Patience = 64<<20, 20*time.Second
		line := &lined{}
		a, stop := start(t, Config{Door: door}, line, &vault{})
		if got := code(deliver(a, "eve@evil.example", b.text, "help@bank.example")); got != b.code && !(b.code == hungUp && got == 552) {
			t.Errorf("%s: %d, want %d", b.name, got, b.code)
		}
		if got := code(deliver(a, "ann@a.example", mailOf("next@a.example", "ann@a.example"), "help@bank.example")); got != 250 {
			t.Errorf("%s: the next mail is answered %d", b.name, got)
		}
		if n := len(files(t, a, "tmp")) + len(files(t, a, "new")); n != 0 {
			t.Errorf("%s: %d files are left", b.name, n)
		}
		stop()
	}
}

// TestDovecotBombs has the same mails stored by a real server, which knows no limits of ours.
func TestDovecotBombs(t *testing.T) {
	t.Parallel()
	d := newDovecot(t)
	line := &lined{}
	a, _ := start(t, Config{Mailboxes: []Mailbox{d.box()}}, line, &vault{})
	for _, b := range bombs() {
		d.deliver(t, b.text)
	}
	d.deliver(t, mailOf("next@a.example", "ann@a.example"))
	eventually(t, "the next mail is taken", func() bool { return a.Stats().Marked == uint64(len(bombs())+1) })
	got := flags(t, d.login(t), "INBOX")
	for n, b := range bombs() {
		if got[n] != "$fairline"+b.became {
			t.Errorf("%s: %s, want it %s", b.name, got[n], b.became)
		}
	}
	if st := a.Stats(); st.Lost != 0 {
		t.Errorf("the link was lost: %+v", st)
	}
}

// TestManyRecipients: the hundredth is taken, what comes over is refused for now, and it is one mail.
func TestManyRecipients(t *testing.T) {
	line := &lined{}
	a, _ := start(t, Config{Door: doorAt(t, "smtp")}, line, &vault{})
	w := dialDoor(t, a)
	w.hear("220")
	w.say("EHLO x\r\nMAIL FROM:<ann@a.example>\r\n")
	w.hear("250")
	w.hear("250")
	w.say(strings.Repeat("RCPT TO:<help@bank.example>\r\n", 1000) + "DATA\r\n") // all at once: pipelining
	for n := range 1000 {
		if n < recipientsMax {
			w.hear("250")
		} else {
			w.hear("452")
		}
	}
	w.hear("354")
	w.say(mailOf("1@a.example", "ann@a.example") + "\r\n.\r\n")
	w.hear("250")
	if n := len(line.Contacts()); n != 1 {
		t.Errorf("%d contacts", n)
	}
}

// TestSlowWriters say one byte at a time, without end: each is cut off in its time, and others are served meanwhile.
func TestSlowWriters(t *testing.T) {
	door := doorAt(t, "smtp")
	door.Patience, door.PeersMax = 500*time.Millisecond, 8
	line := &lined{}
	a, _ := start(t, Config{Door: door}, line, &vault{})
	ended := make(chan error, 4)
	for n := range 4 {
		go func() {
			c, err := net.Dial("tcp", a.DoorAddr().String())
			if err == nil {
				defer func() { _ = c.Close() }()
				if n%2 == 0 {
					_, err = io.WriteString(c, "EHLO x\r\nMAIL FROM:<a@a.example>\r\nRCPT TO:<help@bank.example>\r\nDATA\r\n")
				}
				go func() { _, _ = io.Copy(io.Discard, c) }()
			}
			for err == nil {
				_, err = io.WriteString(c, "x")
				time.Sleep(50 * time.Millisecond)
			}
			ended <- err
		}()
	}
	for n := range 20 {
		if got := code(deliver(a, "ann@a.example", mailOf(fmt.Sprint(n), "ann@a.example"), "help@bank.example")); got != 250 {
			t.Errorf("mail %d is answered %d", n, got)
		}
	}
	for range 4 {
		select {
		case <-ended:
		case <-time.After(20 * time.Second):
			t.Fatal("a slow writer is not cut off")
		}
	}
	if n := len(files(t, a, "tmp")); n != 0 {
		t.Errorf("%d half mails", n)
	}
}

// TestAFloodOfConnections is turned away, and leaves room when it ends.
func TestAFloodOfConnections(t *testing.T) {
	door := doorAt(t, "lmtp")
	door.PeersMax = 4
	a, _ := start(t, Config{Door: door}, &lined{}, &vault{})
	var open []net.Conn
	for range 300 {
		c, err := net.Dial("tcp", a.DoorAddr().String())
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, c)
	}
	eventually(t, "all but four are turned away", func() bool { return a.Stats().DoorBusy == 296 })
	for _, c := range open {
		_ = c.Close()
	}
	eventually(t, "there is room", func() bool {
		return code(deliver(a, "ann@a.example", mailOf("1", "ann@a.example"), "help@bank.example")) == 250
	})
}

// TestOneMessageIDOfMany: who uses another's Message-ID neither joins the other's ticket nor takes the place of the mail.
func TestOneMessageIDOfMany(t *testing.T) {
	line := &lined{}
	a, _ := start(t, Config{Door: doorAt(t, "lmtp"), Authorities: []string{"mx"}}, line, &vault{})
	pass := "Authentication-Results: mx; dmarc=pass header.from="
	for _, m := range []string{mailOf("1@a.example", "eve@evil.example", pass+"evil.example"), mailOf("1@a.example", "ann@a.example", pass+"a.example"),
		mailOf("1@a.example", "ann@a.example"), mailOf("1@a.example", "\"ann@a.example\" <eve@evil.example>", pass+"evil.example")} {
		if err := deliver(a, "x@a.example", m, "help@bank.example"); err != nil {
			t.Fatal(err)
		}
	}
	got := line.Contacts()
	if len(got) != 4 || got[0].Customer == got[1].Customer || got[3].Customer != got[0].Customer || got[1].Unverified || !got[2].Unverified {
		t.Errorf("%+v", got)
	}
}

// TestRobotsThatAnswerRobots: a program that answers each acknowledgement, whatever it keeps of its fields, gets one.
func TestRobotsThatAnswerRobots(t *testing.T) {
	o, addr := newOffice(t)
	ack := ackAt(addr)
	ack.Window = 100 * 365 * 24 * time.Hour
	a, _ := start(t, Config{Door: doorAt(t, "lmtp"), Ack: ack}, &lined{}, &vault{})
	for n := range 10 {
		answers := ""
		if sent := o.sent(); len(sent) > 0 {
			answers = "In-Reply-To: <" + headOf(t, sent[len(sent)-1].text).idsOf("Message-Id")[0] + ">"
		}
		if err := deliver(a, "robot@a.example", mailOf(fmt.Sprint(n), "robot@a.example", answers+"\r\nX-Loop: somebody@else.example"), "help@bank.example"); err != nil {
			t.Fatal(err)
		}
		eventually(t, "it is decided", func() bool { st := a.Stats(); return st.AcksSent+st.AcksHeld == uint64(n+1) })
	}
	if n := len(o.sent()); n != 1 {
		t.Errorf("%d answers", n)
	}
}
