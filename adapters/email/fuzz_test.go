package email

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// fuzzed is an adapter that is not run, or is until the end of the fuzz test.
func fuzzed(f *testing.F, cfg Config, line *lined) *Adapter {
	f.Helper()
	cfg.State, cfg.Authorities, cfg.Own = f.TempDir(), []string{"mx.bank.example"}, []string{"help@bank.example"}
	cfg.Headers, cfg.Forms, cfg.Lists = map[string]string{"X-Priority": "urgency"}, []string{"site@a.example"}, []string{"<help.bank.example>"}
	if cfg.Door == nil {
		cfg.Mailboxes = []Mailbox{{Address: "127.0.0.1:1", Security: "none", User: "u", PasswordFile: "p"}}
	}
	a, err := New(cfg, line, &vault{})
	if err != nil {
		f.Fatal(err)
	}
	return a
}

// FuzzHead reads whatever a mail may begin with: it is refused, or is a contact that the bus takes, of an address that can be one,
// always the same, and not of another author where lines end in another way.
func FuzzHead(f *testing.F) {
	a := fuzzed(f, Config{}, &lined{})
	f.Cleanup(func() { _ = a.Close() })
	files, _ := filepath.Glob("testdata/mails/*.eml")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	for _, k := range kinds {
		f.Add([]byte(strings.ReplaceAll(k.text, "\n", "\r\n") + "\r\n"))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		const max = 16 << 10
		h, err := readHead(bytes.NewReader(text), max)
		if err != nil {
			return
		}
		if len(h) == 0 || len(h) > fieldsMax {
			t.Fatalf("%d fields", len(h))
		}
		class, who := a.classify(h), a.author(h)
		if who.addr != "" && (strings.Count(who.addr, "@") != 1 || who.addr != lower(who.addr) || strings.ContainsAny(who.addr, " \t\r\n\x00<>") || len(who.addr) > addressMax) {
			t.Fatalf("author %q", who.addr)
		}
		if who.verified && !bytes.Contains(bytes.ToLower(text), []byte("mx.bank.example")) {
			t.Fatalf("%q is verified by nobody", who.addr)
		}
		c, _, err := a.contact(context.Background(), letter{head: h, id: a.idOf(h, "x")})
		urgency, _ := c.Attributes["urgency"].(string)
		if err != nil || len(c.ID) != 40 || len(c.Matter) > 32 || !utf8.ValidString(urgency) || len(urgency) > valueMax || strings.ContainsAny(urgency, "\x00\x1b\r\n") {
			t.Fatalf("%+v, %v", c, err)
		}
		again, err := readHead(bytes.NewReader(text), max)
		if err != nil || !slices.Equal(h, again) || a.classify(again) != class || a.idOf(again, "x") != c.ID {
			t.Fatalf("read again it is another: %v", err)
		}
		if who.verified { // whatever a server in front drops, nobody but this author is verified by it
			if other, err := readHead(bytes.NewReader(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))), max); err == nil {
				if o := a.author(other); o.verified && o.addr != who.addr {
					t.Fatalf("%q and %q", who.addr, o.addr)
				}
			}
		}
	})
}

// domainToken is a domain in results that are believed.
var domainToken = regexp.MustCompile(`dmarc[^;]*pass`)

// FuzzResults: what is believed says plainly that DMARC passed for the domain, and a name in the results is of ASCII.
func FuzzResults(f *testing.F) {
	for _, text := range []string{"mx; dmarc=pass header.from=a.example", "mx 1; none", "Mx.Bank.Example 1; spf=pass smtp.mailfrom=x.example; dkim=pass header.d=a.example; dmarc=pass header.from=a.example",
		"mx; DMARC/1 = Pass reason=\"a; dmarc=fail\" header.from = \"a.example\"", "mx (a (nested \\) ) comment); dmarc=pass action=none header.from=a.example",
		"\"mx; x\"; dmarc=pass header.from=a.example", "(x) mx; dmarc=pass header.from=a.example", "mx; dmarc=pass header.from=a.example (unfinished"} {
		f.Add(text)
	}
	a := fuzzed(f, Config{}, &lined{})
	f.Cleanup(func() { _ = a.Close() })
	a.authorities = []string{"mx"}
	f.Fuzz(func(t *testing.T, text string) {
		server, list, ok := readResults(text)
		if server != lower(server) || strings.ContainsFunc(server, func(r rune) bool { return r <= ' ' || r > '~' }) {
			t.Fatalf("server %q", server)
		}
		if !ok && len(list) > 0 {
			t.Fatalf("%q: unreadable, and %v", text, list)
		}
		if !a.vouched(head{{resultsKey, text}}, "ann@a.example") {
			return
		}
		plain := lower(text)
		if !strings.HasPrefix(strings.TrimLeft(plain, " \t"), "mx") || !domainToken.MatchString(plain) || !strings.Contains(strings.ReplaceAll(plain, "\\", ""), "a.example") {
			t.Fatalf("%q is believed", text)
		}
		if a.vouched(head{{resultsKey, text}}, "ann@b.example") {
			t.Fatalf("%q vouches for two domains", text)
		}
	})
}

// answerLine is what a server says.
var answerLine = regexp.MustCompile(`^[2-5][0-9][0-9][ -][\x20-\x7e]*\r$`)

// FuzzDoor says whatever a peer may say, and hangs up: the door answers in whole lines, stores no mail that it did not ask for, and
// leaves nothing half. No seed has RSET or the end of the connection meet a mail in chunks, which are not offered: two goroutines of
// go-smtp 0.25.1 use one field then, as the race detector says; it recovers from what comes of that.
func FuzzDoor(f *testing.F) {
	mail := mailOf("1@a.example", "ann@a.example")
	to := "LHLO x\r\nMAIL FROM:<ann@a.example>\r\nRCPT TO:<help@bank.example>\r\n"
	for _, text := range []string{"QUIT\r\n", to + "DATA\r\n" + mail + ".\r\nQUIT\r\n", to + "BDAT 10 LAST\r\n0123456789QUIT\r\n", to + "BDAT 5\r\n01234BDAT 0 LAST\r\nRSET\r\n",
		to + "DATA\r\n" + mail + "\n.\nMAIL FROM:<x@a.example>\r\n.\r\n", to + "DATA\r\n.\r\nDATA\r\n", "EHLO x\r\nNOOP\r\nVRFY x\r\nHELP\r\nSTARTTLS\r\nAUTH PLAIN\r\n",
		to + "RSET\r\nDATA\r\n", "\x00\xff\r\x00 250 ok\r\n", "EHLO x\r\nMAIL FROM:<\xff\r>\r\n", "LHLO x\r\nMAIL FROM:<> SIZE=99999999999 BODY=8BITMIME SMTPUTF8\r\nRCPT TO:<\"help\"@bank.example> NOTIFY=NEVER\r\nDATA\r\n", "\x00\xff\r\r\n\n",
		"LHLO x\r\nMAIL FROM:<a@b>\r\nMAIL FROM:<c@d>\r\nRCPT TO:<@x:help@bank.example>\r\nDATA\r\n" + mail + "\r.\r"} {
		f.Add([]byte(text))
	}
	line := &lined{}
	a := fuzzed(f, Config{Door: &Door{Listen: "127.0.0.1:0", Spool: f.TempDir(), Recipients: []Recipient{{Address: "help@bank.example"}},
		MessageMax: 64 << 10, Patience: 2 * time.Second}}, line)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	f.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			f.Error(err)
		}
	})
	f.Fuzz(func(t *testing.T, text []byte) {
		before := len(line.Contacts())
		heard := converse(t, a, text)
		asked := 0
		for _, l := range strings.Split(strings.TrimSuffix(heard, "\n"), "\n") {
			if heard != "" && !answerLine.MatchString(l) {
				t.Fatalf("heard %q", l)
			}
			if strings.HasPrefix(l, "354") {
				asked++
			}
		}
		asked += bytes.Count(bytes.ToUpper(text), []byte("BDAT")) // who uses chunks is not asked
		if n := len(line.Contacts()) - before; n > asked {
			t.Fatalf("%d contacts of %d mails", n, asked)
		}
		left, err := os.ReadDir(filepath.Join(a.cfg.Door.Spool, inTmp))
		if err != nil || len(left) > 0 {
			t.Fatalf("%d half mails, %v", len(left), err)
		}
	})
}

// converse says a text, ends the saying, and hears until the door hangs up, which it does after all is done.
func converse(t *testing.T, a *Adapter, text []byte) string {
	t.Helper()
	c, err := net.Dial("tcp", a.DoorAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	go func() {
		_, _ = c.Write(text) // it may be closed meanwhile
		_ = c.(*net.TCPConn).CloseWrite()
	}()
	var heard bytes.Buffer
	if _, err := io.Copy(&heard, bufio.NewReader(c)); err != nil && !strings.Contains(err.Error(), "reset") {
		t.Fatalf("heard %q and then %v", heard.String(), err)
	}
	return heard.String()
}

// FuzzState opens a memory on whatever a crash left: what is whole is known, and what is remembered then is there after the next
// start.
func FuzzState(f *testing.F) {
	m, err := openMemory(f.TempDir(), 1000)
	if err != nil {
		f.Fatal(err)
	}
	for _, id := range []string{"1", "2", "3"} {
		m.remember(keyOf("mail", id), keyOf("mail", "1"))
	}
	whole, err := os.ReadFile(m.path("threads"))
	if err != nil || m.close() != nil {
		f.Fatal(err)
	}
	for _, cut := range []int{0, 1, 35, 36, 37, 71, 108} {
		f.Add(whole[:cut], whole)
	}
	f.Add(append([]byte("x"), whole...), []byte("\x00"))
	f.Fuzz(func(t *testing.T, young, old []byte) {
		records, size := wholeRecords(young)
		if size > int64(len(young)) || size%recordSize != 0 || int64(len(records)) > size/recordSize {
			t.Fatalf("%d records in %d bytes of %d", len(records), size, len(young))
		}
		dir := t.TempDir()
		for name, text := range map[string][]byte{"threads": young, "threads.old": old} {
			if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		fresh := keyOf("mail", "fresh")
		for range 2 {
			m, err := openMemory(dir, 1000)
			if err != nil {
				t.Fatal(err)
			}
			for k, root := range records {
				if got, ok := m.get(k); !ok || got != root {
					t.Fatalf("%s is %s, want %s", k, got, root)
				}
			}
			m.remember(fresh, fresh)
			m.placed("x", placement{1, 2, 3, time.Unix(4, 0)})
			if err := m.close(); err != nil {
				t.Fatal(err)
			}
			records = map[key]key{fresh: fresh}
		}
	})
}
