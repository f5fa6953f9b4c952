package email

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"fairline/adapters/channel"
)

func doorAt(t *testing.T, protocol string) *Door {
	t.Helper()
	return &Door{Listen: "127.0.0.1:0", Protocol: protocol, Spool: t.TempDir(), Patience: 2 * time.Second,
		RetryMax: 50 * time.Millisecond, MessageMax: 1 << 20,
		Recipients: []Recipient{{Address: "Help@Bank.example"}, {Address: "vip@bank.example", Attributes: map[string]any{"vip": true}}}}
}

// deliver hands a mail in, as a mail server does.
func deliver(a *Adapter, reverse, mail string, to ...string) error {
	conn, err := net.Dial(a.DoorAddr().Network(), a.DoorAddr().String())
	if err != nil {
		return err
	}
	c := smtp.NewClient(conn)
	if a.cfg.Door.Protocol == "lmtp" {
		c = smtp.NewClientLMTP(conn)
	}
	defer func() { _ = c.Close() }()
	return c.SendMail(reverse, to, strings.NewReader(mail))
}

// code is that of an answer: 250 for none.
func code(err error) int {
	if err == nil {
		return 250
	}
	if many, ok := errors.AsType[smtp.LMTPDataError](err); ok {
		for _, e := range many {
			return e.Code
		}
	}
	if e, ok := errors.AsType[*smtp.SMTPError](err); ok {
		return e.Code
	}
	return 0
}

// files are the names in a folder of a spool.
func files(t *testing.T, a *Adapter, folder string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(a.cfg.Door.Spool, folder))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestDoor(t *testing.T) {
	for _, protocol := range []string{"lmtp", "smtp"} {
		t.Run(protocol, func(t *testing.T) {
			line, door := &lined{}, doorAt(t, protocol)
			if protocol == "lmtp" {
				dir, err := os.MkdirTemp("", "door") // the path of a socket has 108 bytes
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = os.RemoveAll(dir) }()
				door.Listen = "unix:" + filepath.Join(dir, "lmtp")
			}
			a, stop := start(t, Config{Door: door}, line, &vault{})
			defer stop()
			one := mailOf("1@a.example", "ann@a.example")
			for _, c := range []struct {
				name, reverse, mail, to string
				want                    int
			}{
				{"a mail", "ann@a.example", one, "vip@bank.example", 250},
				{"again", "ann@a.example", one, "VIP@bank.example", 250},
				{"another under its name", "ann@a.example", one + "Pay to another account.\r\n", "help@bank.example", 250},
				{"automatic", "", mailOf("2@a.example", "ann@a.example"), "help@bank.example", 250},
				{"to another", "ann@a.example", one, "other@bank.example", 550},
				{"to the world", "ann@a.example", one, "help@bank.example.evil.example", 550},
				{"too large", "ann@a.example", one + strings.Repeat("x\r\n", 1<<19), "help@bank.example", 552},
				{"a header too large", "ann@a.example", "X: " + strings.Repeat("x\r\n ", 100_000) + "\r\n" + one, "help@bank.example", 552},
				{"no header", "ann@a.example", "\r\nhello\r\n", "help@bank.example", 554},
				{"broken", "ann@a.example", "no field\r\nFrom: ann@a.example\r\n\r\nhello\r\n", "help@bank.example", 250},
			} {
				if got := code(deliver(a, c.reverse, c.mail, c.to)); got != c.want {
					t.Errorf("%s: %d, want %d", c.name, got, c.want)
				}
			}
			got := line.Contacts()
			if len(got) != 2 || got[0].Ref != "spool:"+got[0].ID || got[0].Attributes["vip"] != true || time.Since(got[0].Arrived) > time.Minute {
				t.Fatalf("contacts %+v", got)
			}
			text, err := os.ReadFile(filepath.Join(a.cfg.Door.Spool, "cur", got[0].ID+":2,"))
			if want := "Return-Path: <ann@a.example>\r\nDelivered-To: vip@bank.example\r\n" + one; err != nil || string(text) != want {
				t.Errorf("stored %q (%v), want %q", text, err, want)
			}
			if n, s, left := len(files(t, a, "cur")), len(files(t, a, ".Skipped/cur")), len(files(t, a, "new"))+len(files(t, a, "tmp")); n != 2 || s != 1 || left != 0 {
				t.Errorf("%d kept, %d skipped, %d left; want 2, 1, 0", n, s, left)
			}
			if st := a.Stats(); st.Taken != 2 || st.Duplicates != 2 || st.AutoReplies != 1 || st.DoorRecipients != 2 || st.DoorTooLarge != 1 || st.Unreadable != 2 {
				t.Errorf("%+v", st)
			}
		})
	}
}

// TestDoorWhenTheLineIsAway: the server in front keeps the mail, and hands it in again.
func TestDoorWhenTheLineIsAway(t *testing.T) {
	line := &lined{}
	a, _ := start(t, Config{Door: doorAt(t, "lmtp")}, line, &vault{})
	one := mailOf("1@a.example", "ann@a.example")
	for _, c := range []struct {
		refuse error
		code   int
		kept   int // in new
	}{
		{&channel.Refusal{Code: 503}, 451, 0},
		{&channel.Refusal{Code: 429}, 452, 0},
		{&channel.Refusal{Code: 423}, 452, 0},
		{&channel.Refusal{Code: 400}, 554, 0},
		{errors.New("timeout"), 451, 1},
		{nil, 250, 0},
	} {
		line.Refuse(c.refuse)
		if got := code(deliver(a, "ann@a.example", one, "help@bank.example")); got != c.code {
			t.Errorf("%v: %d, want %d", c.refuse, got, c.code)
		}
		if got := len(files(t, a, "new")); got != c.kept {
			t.Errorf("%v: %d in the spool, want %d", c.refuse, got, c.kept)
		}
	}
	if n := len(line.Contacts()); n != 1 || len(files(t, a, "cur")) != 1 {
		t.Errorf("%d contacts, %d mails", n, len(files(t, a, "cur")))
	}
}

// TestDoorAfterACrash: what lies in the spool is taken, with the attributes of its recipient; a mail that was not whole is not.
func TestDoorAfterACrash(t *testing.T) {
	door := doorAt(t, "lmtp")
	line := &lined{}
	line.after = func(channel.Contact) error { return errors.New("killed") } // the line has it, nobody heard
	a, stop := start(t, Config{Door: door}, line, &vault{})
	if got := code(deliver(a, "ann@a.example", mailOf("1@a.example", "ann@a.example"), "vip@bank.example")); got != 451 {
		t.Errorf("%d", got)
	}
	stop()
	line.after = nil
	path := filepath.Join(door.Spool, "new", strings.Repeat("ab", 20))
	text := "Return-Path: <ben@a.example>\r\nDelivered-To: vip@bank.example\r\n" + mailOf("2@a.example", "ben@a.example")
	if err := errors.Join(os.WriteFile(path, []byte(text), 0o600), os.WriteFile(filepath.Join(door.Spool, "tmp", "half"), []byte("From: x"), 0o600)); err != nil {
		t.Fatal(err)
	}
	a, _ = start(t, Config{Door: door}, line, &vault{})
	eventually(t, "both are in the line", func() bool { return len(files(t, a, "cur")) == 2 })
	if got := line.Contacts(); len(got) != 2 || got[1].Attributes["vip"] != true || len(files(t, a, "tmp")) != 0 {
		t.Errorf("%+v", got)
	}
	if got := code(deliver(a, "ann@a.example", mailOf("1@a.example", "ann@a.example"), "vip@bank.example")); got != 250 || len(line.Contacts()) != 2 {
		t.Errorf("handed in again: %d, %d contacts", got, len(line.Contacts()))
	}
}

// TestTheSameMailAtOnce comes in on many connections: it is one contact, and one file.
func TestTheSameMailAtOnce(t *testing.T) {
	line := &lined{}
	a, _ := start(t, Config{Door: doorAt(t, "lmtp")}, line, &vault{})
	var group sync.WaitGroup
	for n := range 16 {
		group.Go(func() {
			if err := deliver(a, "ann@a.example", mailOf(fmt.Sprint(n%2), "ann@a.example"), "help@bank.example", "vip@bank.example"); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if n, f, left := len(line.Contacts()), len(files(t, a, "cur")), len(files(t, a, "new")); n != 2 || f != 2 || left != 0 {
		t.Errorf("%d contacts, %d files, %d left; want 2, 2, 0", n, f, left)
	}
}

// A wire is a raw connection to the door.
type wire struct {
	t *testing.T
	net.Conn
	in *bufio.Reader
}

func dialDoor(t *testing.T, a *Adapter) *wire {
	t.Helper()
	c, err := net.Dial("tcp", a.DoorAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	return &wire{t, c, bufio.NewReader(c)}
}

func (w *wire) say(text string) {
	w.t.Helper()
	if _, err := io.WriteString(w, text); err != nil {
		w.t.Errorf("say %.20q: %v", text, err)
	}
}

// hear reads an answer, and holds it to a code; what it says may be on more than one line.
func (w *wire) hear(want string) (text string) {
	w.t.Helper()
	for {
		line, err := w.in.ReadString('\n')
		if err != nil || !strings.HasPrefix(line, want) {
			w.t.Errorf("heard %q (%v), want %s", line, err, want)
			return text
		}
		if text += line; line[3] == ' ' {
			return text
		}
	}
}

// TestSmuggling: what looks like the end of a mail to some other server is a part of it here.
func TestSmuggling(t *testing.T) {
	for _, end := range []string{"\n.\n", "\n.\r\n", "\r.\r", "\r\n.\n", "\r\n.\r", "\r.\r\n", "\r\n\x00.\r\n", "\n\n.\r\r\n"} {
		line := &lined{}
		a, stop := start(t, Config{Door: doorAt(t, "smtp")}, line, &vault{})
		w := dialDoor(t, a)
		w.hear("220")
		w.say("EHLO x\r\n")
		w.hear("250")
		w.say("MAIL FROM:<ann@a.example>\r\nRCPT TO:<help@bank.example>\r\nDATA\r\n")
		w.hear("250")
		w.hear("250")
		w.hear("354")
		w.say(mailOf("1@a.example", "ann@a.example") + end + "MAIL FROM:<ceo@bank.example>\r\nRCPT TO:<help@bank.example>\r\nDATA\r\n" +
			mailOf("2@bank.example", "ceo@bank.example") + "\r\n.\r\n")
		w.hear("250")
		w.say("QUIT\r\n")
		w.hear("221")
		if n := len(line.Contacts()); n != 1 {
			t.Errorf("%q: %d mails", end, n)
		}
		stop()
	}
}

func TestPeers(t *testing.T) {
	door := doorAt(t, "smtp")
	door.Patience, door.PeersMax = time.Second, 2
	line := &lined{}
	a, _ := start(t, Config{Door: door}, line, &vault{})
	slow, stopped := dialDoor(t, a), dialDoor(t, a)
	slow.hear("220")
	stopped.hear("220")
	third := dialDoor(t, a)
	third.hear("421") // too many
	stopped.say("EHLO x\r\nMAIL FROM:<a@a.example>\r\nRCPT TO:<help@bank.example>\r\nDATA\r\n")
	for _, want := range []string{"250", "250", "250", "354"} {
		stopped.hear(want)
	}
	stopped.say("From: a@a.example\r\n") // and then nothing
	slow.hear("421")                     // said nothing for too long
	eventually(t, "the mail that broke off is gone", func() bool { return a.Stats().DoorBroken == 1 && len(files(t, a, "tmp")) == 0 })
	eventually(t, "there is room again", func() bool {
		return code(deliver(a, "ann@a.example", mailOf("1@a.example", "ann@a.example"), "help@bank.example")) == 250
	})
	if st := a.Stats(); st.DoorBusy == 0 || len(line.Contacts()) != 1 {
		t.Errorf("%+v, %d contacts", st, len(line.Contacts()))
	}
}

func TestStrangersAreTurnedAway(t *testing.T) {
	door := doorAt(t, "smtp")
	door.Peers = []string{"192.0.2.0/24"}
	a, _ := start(t, Config{Door: door}, &lined{}, &vault{})
	dialDoor(t, a).hear("554")
	if st := a.Stats(); st.DoorStrangers != 1 {
		t.Errorf("%+v", st)
	}
}

// TestChunks: BDAT is not offered, and who uses it nevertheless is answered as with DATA.
func TestChunks(t *testing.T) {
	line := &lined{}
	a, _ := start(t, Config{Door: doorAt(t, "lmtp")}, line, &vault{})
	mail := mailOf("1@a.example", "ann@a.example")
	for what, codes := range map[string][]string{
		fmt.Sprintf("BDAT 40\r\n%sBDAT %d LAST\r\n%s", mail[:40], len(mail)-40, mail[40:]): {"250", "250"},
		"BDAT 99999999 LAST\r\n": {"552"},
	} {
		w := dialDoor(t, a)
		w.hear("220")
		w.say("LHLO x\r\n")
		if offer := w.hear("250"); !strings.Contains(offer, "PIPELINING") || strings.Contains(offer, "CHUNKING") {
			t.Errorf("offered %q", offer)
		}
		w.say("MAIL FROM:<ann@a.example>\r\nRCPT TO:<help@bank.example>\r\n" + what)
		for _, want := range append([]string{"250", "250"}, codes...) {
			w.hear(want)
		}
		_ = w.Close()
	}
	eventually(t, "one mail, and nothing half", func() bool { return len(line.Contacts()) == 1 && len(files(t, a, "tmp")) == 0 })
}

func TestLinesAreBounded(t *testing.T) {
	line := &lined{}
	a, _ := start(t, Config{Door: doorAt(t, "smtp")}, line, &vault{})
	w := dialDoor(t, a)
	w.hear("220")
	go func() { _, _ = io.WriteString(w, strings.Repeat("x", 2*lineMax)) }() // it may be closed meanwhile
	w.hear("500")
	err := deliver(a, "ann@a.example", mailOf("1", "ann@a.example")+strings.Repeat("x", 2*lineMax), "help@bank.example")
	if err == nil || len(line.Contacts()) != 0 {
		t.Errorf("%v, %d contacts", err, len(line.Contacts()))
	}
	eventually(t, "it is counted", func() bool { return a.Stats().DoorTooLarge == 1 })
}

func TestASpoolThatCannotBeWritten(t *testing.T) {
	line := &lined{}
	a, _ := start(t, Config{Door: doorAt(t, "lmtp")}, line, &vault{})
	if err := os.RemoveAll(filepath.Join(a.cfg.Door.Spool, "tmp")); err != nil {
		t.Fatal(err)
	}
	if got := code(deliver(a, "ann@a.example", mailOf("1@a.example", "ann@a.example"), "help@bank.example")); got != 452 || len(line.Contacts()) != 0 {
		t.Errorf("%d, %d contacts", got, len(line.Contacts()))
	}
	if st := a.Stats(); st.DoorDisk != 1 {
		t.Errorf("%+v", st)
	}
}
