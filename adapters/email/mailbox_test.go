package email

import (
	"context"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"fairline/adapters/channel"
)

// refs are where the contacts of a line lie, in order.
func refs(l *lined) (list []string) {
	for _, c := range l.Contacts() {
		list = append(list, c.Ref)
	}
	return list
}

func TestMailBecomesContacts(t *testing.T) {
	s := newStore(t, "Done")
	before := time.Now().Add(-2 * time.Second)
	s.put("INBOX", mailOf("1@a.example", "Ann <Ann+shop@A.Example>", "X-Priority: 1 (Highest)"))
	s.put("INBOX", mailOf("2@a.example", "ann+shop@a.example", "Auto-Submitted: auto-replied"))
	s.put("INBOX", mailOf("3@a.example", "ben@b.example", "References: <1@a.example>"))
	line, people := &lined{}, &vault{}
	box := s.box(s.addr)
	box.Move, box.Attributes = "Done", map[string]any{"box": "help"}
	a, _ := start(t, Config{Mailboxes: []Mailbox{box}, Headers: map[string]string{"X-Priority": "urgency"}}, line, people)
	eventually(t, "two contacts, moved", func() bool { return len(line.Contacts()) == 2 && s.size("Done") == 2 })
	s.put("INBOX", mailOf("4@a.example", "ben@b.example")) // while it idles
	eventually(t, "a third", func() bool { return len(line.Contacts()) == 3 && a.Stats().Moved == 3 })
	if s.size("INBOX") != 1 {
		t.Errorf("%d mails are left in INBOX, want the automatic one", s.size("INBOX"))
	}
	if err := a.Ready(); err != nil {
		t.Error(err)
	}
	got := line.Contacts()
	if want := []string{"imap:INBOX;UIDVALIDITY=1;UID=1", "imap:INBOX;UIDVALIDITY=1;UID=3", "imap:INBOX;UIDVALIDITY=1;UID=4"}; !slices.Equal(refs(line), want) {
		t.Errorf("refs %v, want %v", refs(line), want)
	}
	first := got[0]
	if first.Channel != "email" || !first.Unverified || first.Customer != people.keys["mail:ann+shop@a.example"] || first.Customer == "" {
		t.Errorf("first contact: %+v", first)
	}
	if first.Arrived.Before(before) || first.Arrived.After(time.Now()) {
		t.Errorf("arrived %s", first.Arrived)
	}
	if first.Attributes["urgency"] != "1 (Highest)" || first.Attributes["box"] != "help" {
		t.Errorf("attributes %v", first.Attributes)
	}
	if first.Matter == "" || got[1].Matter != first.Matter || got[2].Matter == first.Matter {
		t.Errorf("matters %s, %s, %s: the first two are one thread", first.Matter, got[1].Matter, got[2].Matter)
	}
	for _, c := range got {
		if text := fmt.Sprintf("%+v", c); strings.Contains(text, "example") || strings.Contains(text, "S3cret") || strings.Contains(text, "Ann") {
			t.Errorf("a contact names somebody: %s", text)
		}
	}
	if st := a.Stats(); st.Taken != 3 || st.AutoReplies != 1 || st.Marked != 4 || st.Moved != 3 || st.Connected != 1 || st.Lost != 0 {
		t.Errorf("%+v", st)
	}
}

// TestArrival is when the mail server got a mail, however late the adapter comes; and never in the time to come.
func TestArrival(t *testing.T) {
	s := newStore(t)
	now := time.Now().Truncate(time.Second)
	for n, at := range []time.Time{now.Add(-30 * time.Hour), now.Add(time.Hour)} {
		mail := literal{strings.NewReader(mailOf(fmt.Sprint(n), "ann@a.example"))}
		if _, err := s.user.Append("INBOX", mail, &imap.AppendOptions{Time: at}); err != nil {
			t.Fatal(err)
		}
	}
	line := &lined{}
	a, _ := start(t, Config{Mailboxes: []Mailbox{s.box(s.addr)}}, line, &vault{})
	eventually(t, "both are taken", func() bool { return a.Stats().Marked == 2 })
	got := line.Contacts()
	if !got[0].Arrived.Equal(now.Add(-30*time.Hour)) || got[1].Arrived.After(time.Now()) {
		t.Errorf("arrived %s and %s, now it is %s", got[0].Arrived, got[1].Arrived, now)
	}
}

// TestDuplicatesAreOne, however often a mail is delivered; and mails of a program that uses one Message-ID are as many as there are.
func TestDuplicatesAreOne(t *testing.T) {
	s := newStore(t)
	for range 3 {
		s.put("INBOX", mailOf("1@a.example", "ann@a.example"))
	}
	s.put("INBOX", strings.Replace(mailOf("1@a.example", "ann@a.example"), "10:00:00", "11:00:00", 1))
	nothing := "From: ann@a.example\r\n\r\nno id, no date\r\n"
	s.put("INBOX", nothing)
	s.put("INBOX", nothing)
	line := &lined{}
	a, _ := start(t, Config{Mailboxes: []Mailbox{s.box(s.addr)}}, line, &vault{})
	eventually(t, "all are marked", func() bool { return a.Stats().Marked == 6 })
	if st := a.Stats(); len(line.Contacts()) != 4 || st.Taken != 4 || st.Duplicates != 2 {
		t.Errorf("%d contacts, %+v", len(line.Contacts()), st)
	}
}

// TestLineAway: mail waits, in its order, and what the line refuses for good does not hold up the rest.
func TestLineAway(t *testing.T) {
	s := newStore(t)
	line := &lined{}
	line.Refuse(&channel.Refusal{Code: 503})
	s.put("INBOX", mailOf("1@a.example", "ann@a.example"))
	s.put("INBOX", mailOf("2@a.example", "ben@a.example"))
	a, _ := start(t, Config{Mailboxes: []Mailbox{s.box(s.addr)}}, line, &vault{})
	eventually(t, "tried again", func() bool { return a.Stats().Later > 3 })
	line.Refuse(errors.New("timeout"))
	eventually(t, "asked again", func() bool { return a.Stats().Kept > 2 })
	if st := a.Stats(); st.Marked != 0 {
		t.Errorf("marked while the line was away: %+v", st)
	}
	line.Refuse(nil)
	eventually(t, "taken", func() bool { return a.Stats().Marked == 2 })
	if got := refs(line); len(got) != 2 || !strings.HasSuffix(got[0], "UID=1") || !strings.HasSuffix(got[1], "UID=2") {
		t.Errorf("order %v", got)
	}
	line.Refuse(&channel.Refusal{Code: 429})
	s.put("INBOX", mailOf("3@a.example", "ben@a.example"))
	eventually(t, "refused", func() bool { return a.Stats().Refused[429] == 1 && a.Stats().Marked == 3 })
	line.Refuse(nil)
	s.put("INBOX", mailOf("4@a.example", "ben@a.example"))
	eventually(t, "taken behind it", func() bool { return a.Stats().Taken == 3 && a.Ready() == nil })
	line.Refuse(&channel.Refusal{Code: 503})
	s.put("INBOX", mailOf("5@a.example", "ben@a.example"))
	eventually(t, "it is not ready while the line is away", func() bool { return a.Ready() != nil })
	line.Refuse(nil)
	eventually(t, "ready again", func() bool { return a.Ready() == nil && a.Stats().Taken == 4 })
}

// TestAnswersToAgentsJoin, where the mailbox gets a copy of what agents write: nobody queues, and the thread is known.
func TestAnswersToAgentsJoin(t *testing.T) {
	s := newStore(t)
	s.put("INBOX", mailOf("1@a.example", "ann@a.example"))
	s.put("INBOX", mailOf("2@bank.example", "Agent <Help@bank.example>", "In-Reply-To: <1@a.example>"))
	s.put("INBOX", mailOf("3@a.example", "ann@a.example", "In-Reply-To: <2@bank.example>"))
	line := &lined{}
	a, _ := start(t, Config{Mailboxes: []Mailbox{s.box(s.addr)}, Own: []string{"help@bank.example"}}, line, &vault{})
	eventually(t, "all are marked", func() bool { return a.Stats().Marked == 3 })
	if got := line.Contacts(); len(got) != 2 || got[0].Matter != got[1].Matter || a.Stats().Own != 1 {
		t.Errorf("%+v, %+v", got, a.Stats())
	}
}

// TestOrderIsKept: mail behind one that must wait waits too.
func TestOrderIsKept(t *testing.T) {
	s := newStore(t)
	var first string
	tries := 0
	line := &lined{before: func(c channel.Contact) error {
		if first == "" {
			first = c.ID
		}
		if tries++; c.ID == first && tries < 4 {
			return &channel.Refusal{Code: 503}
		}
		return nil
	}}
	for n := range 5 {
		s.put("INBOX", mailOf(fmt.Sprint(n), "ann@a.example"))
	}
	a, _ := start(t, Config{Mailboxes: []Mailbox{s.box(s.addr)}}, line, &vault{})
	eventually(t, "all are taken", func() bool { return a.Stats().Marked == 5 })
	if got := line.Contacts(); got[0].ID != first || a.Stats().Later != 3 {
		t.Errorf("the first came behind others: %v, %+v", refs(line), a.Stats())
	}
}

// TestSecureLinks: TLS at once and STARTTLS, with a certificate of our own authority; without that authority nothing is said.
func TestSecureLinks(t *testing.T) {
	web := httptest.NewTLSServer(nil) // for its certificate
	defer web.Close()
	file := filepath.Join(t.TempDir(), "authority.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: web.Certificate().Raw})
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, security := range []string{"tls", "starttls"} {
		s := newSecureStore(t, security, &tls.Config{Certificates: web.TLS.Certificates})
		s.put("INBOX", mailOf("1@a.example", "ann@a.example"))
		box := s.box(s.addr)
		box.Security = security
		a, stop := start(t, Config{Mailboxes: []Mailbox{box}}, &lined{}, &vault{})
		eventually(t, "it is not trusted", func() bool { return a.Stats().Lost > 1 })
		if err := a.Ready(); err == nil || !strings.Contains(err.Error(), "certificate") {
			t.Errorf("%s: ready: %v", security, err)
		}
		stop()
		box.AuthorityFile = file
		box.Address = strings.Replace(s.addr, "127.0.0.1", "localhost", 1) // which the certificate does not name
		a, stop = start(t, Config{Mailboxes: []Mailbox{box}}, &lined{}, &vault{})
		eventually(t, "it is another's", func() bool { return a.Stats().Lost > 1 })
		stop()
		box.Address = s.addr
		a, stop = start(t, Config{Mailboxes: []Mailbox{box}}, &lined{}, &vault{})
		eventually(t, "the mail is taken", func() bool { return a.Stats().Marked == 1 })
		stop()
	}
}

func TestVaultAway(t *testing.T) {
	s := newStore(t)
	people, line := &vault{broken: errors.New("gone")}, &lined{}
	s.put("INBOX", mailOf("1@a.example", "ann@a.example"))
	a, _ := start(t, Config{Mailboxes: []Mailbox{s.box(s.addr)}}, line, people)
	eventually(t, "tried again", func() bool { return a.Stats().Later > 2 })
	people.mutex.Lock()
	people.broken = nil
	people.mutex.Unlock()
	eventually(t, "taken", func() bool { return a.Stats().Taken == 1 })
}

// TestLinks break, in the ways that they do, and no mail is lost or there twice.
func TestLinks(t *testing.T) {
	one, two := mailOf("1@a.example", "ann@a.example"), mailOf("2@a.example", "ben@a.example")
	for name, fault := range map[string]func(s *store, p *proxy, a *Adapter){
		"kicked": func(s *store, p *proxy, _ *Adapter) {
			p.kick()
			s.put("INBOX", two)
		},
		"half open": func(s *store, p *proxy, a *Adapter) {
			restore := p.silence()
			s.put("INBOX", two)
			eventually(t, "the dead link is noticed", func() bool { return a.Stats().Lost > 0 })
			restore()
		},
		"mailbox made anew": func(s *store, _ *proxy, a *Adapter) {
			s.recreate("INBOX", one, two)
			eventually(t, "it is noticed", func() bool { return a.Stats().Recreated == 1 })
		},
		"mailbox made anew while the link is down": func(s *store, p *proxy, _ *Adapter) {
			s.recreate("INBOX", two, one)
			p.kick()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStore(t)
			p := newProxy(t, s.addr, nil)
			line := &lined{}
			s.put("INBOX", one)
			box := s.box(p.addr())
			box.Patience = 500 * time.Millisecond
			a, _ := start(t, Config{Mailboxes: []Mailbox{box}}, line, &vault{})
			eventually(t, "the first is taken", func() bool { return a.Stats().Marked == 1 })
			fault(s, p, a)
			eventually(t, "the second is taken", func() bool { return a.Stats().Taken == 2 })
			eventually(t, "it is ready", func() bool { return a.Ready() == nil })
			if n := len(line.Contacts()); n != 2 {
				t.Errorf("%d contacts, want 2", n)
			}
		})
	}
}

// TestRestartInTheMiddle kills the adapter at each of its commands, once before the server hears it and once after, and after each
// contact that the line stored. Whoever comes after it finishes the work: every mail is a contact once, is marked, and is moved.
func TestRestartInTheMiddle(t *testing.T) {
	mails := []string{mailOf("1@a.example", "ann@a.example"), mailOf("2@a.example", "ben@a.example", "Precedence: bulk"),
		mailOf("3@a.example", "ben@a.example", "In-Reply-To: <1@a.example>")}
	kills := 0
	for _, where := range []cut{before, after} {
		for k, died := 1, true; died; k++ {
			died = false
			died = killed(t, mails, func(n int, _ string) cut {
				if n == k {
					return where
				}
				return never
			}, 0)
			if died {
				kills++
			}
		}
	}
	for k := 1; k <= 2; k++ {
		if killed(t, mails, nil, k) {
			kills++
		}
	}
	if kills < 16 {
		t.Errorf("killed at %d places only", kills)
	}
}

// killed runs an adapter until it is killed, or has nothing left to do; then another.
func killed(t *testing.T, mails []string, at func(int, string) cut, contacts int) (died bool) {
	t.Helper()
	s := newStore(t, "Done")
	for _, m := range mails {
		s.put("INBOX", m)
	}
	line := &lined{}
	dead := make(chan struct{}, 8)
	p := newProxy(t, s.addr, func(n int, command string) cut {
		if at == nil || at(n, command) == never {
			return never
		}
		dead <- struct{}{}
		return at(n, command)
	})
	count := 0
	line.after = func(channel.Contact) error {
		if count++; count == contacts {
			dead <- struct{}{}
			p.kick()
			return context.Canceled // it never heard the answer
		}
		return nil
	}
	box, state := s.box(p.addr()), t.TempDir()
	box.Move, box.RetryMin, box.RetryMax, box.Renew = "Done", time.Minute, time.Minute, 20*time.Minute
	a, stop := start(t, Config{Mailboxes: []Mailbox{box}, State: state}, line, &vault{})
	eventually(t, "killed or idle", func() bool {
		return len(dead) > 0 && a.Stats().Lost > 0 || a.Ready() == nil || contacts > 0 && len(dead) > 0
	})
	died = len(dead) > 0
	stop()
	line.after = nil
	box.Address = s.addr
	b, stop := start(t, Config{Mailboxes: []Mailbox{box}, State: state}, line, &vault{})
	defer stop()
	eventually(t, "the next is idle", func() bool { return b.Ready() == nil })
	got := line.Contacts()
	if len(got) != 2 || got[0].Matter != got[1].Matter {
		t.Errorf("%d contacts, want the first and the third in one thread", len(got))
	}
	if s.size("Done") != 2 || s.size("INBOX") != 1 {
		t.Errorf("%d mails moved, %d stay; want 2 and 1", s.size("Done"), s.size("INBOX"))
	}
	return died
}

func TestNobodyIsToldWhatServersSay(t *testing.T) {
	got := clean(fmt.Errorf("log in: %w", imapNo("ann@a.example is locked"))).Error()
	if want := "log in: the server says NO AUTHENTICATIONFAILED"; got != want {
		t.Errorf("said %q, want %q", got, want)
	}
}

// TestOddServers: one that keeps no keywords is not used at all; one that loses them is not asked in a circle; one that finds what is
// not there neither; and one that knows no IDLE is asked again and again.
func TestOddServers(t *testing.T) {
	none := func(text string) string { return text }
	var tag atomic.Value // of the last search
	for name, c := range map[string]struct {
		answer, command func(string) string
		wrong           string // what Ready says
		contacts        int
	}{
		"no keywords": {func(text string) string { return strings.ReplaceAll(text, `\*`, `\Seen`) }, none, "keeps no keywords", 0},
		"keywords are lost": {none, func(line string) string {
			if tag, rest, _ := strings.Cut(line, " "); strings.HasPrefix(rest, "UID STORE") {
				return tag + " NOOP\r\n"
			}
			return line
		}, "does not show the keywords", 1},
		"found and not there": {func(text string) string {
			if !strings.HasPrefix(text, "* SEARCH 1\r\n") {
				return text
			}
			return fmt.Sprintf("* ESEARCH (TAG %q) UID ALL 7:4294967295\r\n", tag.Load()) + strings.TrimPrefix(text, "* SEARCH 1\r\n")
		}, func(line string) string {
			if t, rest, _ := strings.Cut(line, " "); strings.HasPrefix(rest, "UID SEARCH") {
				tag.Store(t)
			}
			return line
		}, "", 0},
		"no IDLE": {func(text string) string {
			return strings.ReplaceAll(strings.ReplaceAll(text, "IMAP4rev2", "X-NOTHING"), " IDLE", " X-IDLY")
		}, func(line string) string { return strings.ReplaceAll(line, " IDLE\r\n", " X-IDLE\r\n") }, "", 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStore(t)
			p := newProxy(t, s.addr, nil)
			p.change, p.answer = c.command, c.answer
			line := &lined{}
			s.put("INBOX", mailOf("1@a.example", "ann@a.example"))
			a, _ := start(t, Config{Mailboxes: []Mailbox{s.box(p.addr())}}, line, &vault{})
			if c.wrong == "" {
				eventually(t, "it is ready", func() bool { return a.Ready() == nil })
			} else {
				eventually(t, "it says what is wrong", func() bool { err := a.Ready(); return err != nil && strings.Contains(err.Error(), c.wrong) })
			}
			if c.contacts == 2 {
				s.put("INBOX", mailOf("2@a.example", "ann@a.example"))
				eventually(t, "the second is taken", func() bool { return a.Stats().Marked == 2 })
				if st := a.Stats(); st.Lost != 0 {
					t.Errorf("%+v", st)
				}
			}
			if n := len(line.Contacts()); n != c.contacts {
				t.Errorf("%d contacts, want %d", n, c.contacts)
			}
		})
	}
}
