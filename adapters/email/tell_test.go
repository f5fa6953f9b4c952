package email

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"fairline/adapters/channel"
)

// tellingAt is an acknowledgement that tells ends and places, and not the arrival.
func tellingAt(addr string) *Acknowledgement {
	k := ackAt(addr)
	k.Subject, k.Text, k.Window = "", "", 100*365*24*time.Hour
	k.Ended = &Ended{Subject: "Not answered", Text: "Your mail was {{.End}}.\n"}
	k.Place = &Place{Subject: "Still in line", Text: "You are {{.Text}}.\n", Every: time.Hour}
	return k
}

func endOf(c channel.Contact, end string) channel.Notice {
	return channel.Notice{Kind: channel.Ended, Line: "main", ID: c.ID, End: end}
}

// TestTheEndIsTold to who wrote the mail, once, and to nobody who may not be answered.
func TestTheEndIsTold(t *testing.T) {
	o, addr := newOffice(t)
	line, ack, state := &lined{}, tellingAt(addr), t.TempDir()
	ack.Unverified = false
	cfg := Config{Door: doorAt(t, "lmtp"), State: state, Ack: ack, Authorities: []string{"mx"}}
	a, stop := start(t, cfg, line, &vault{})
	pass := "Authentication-Results: mx; dmarc=pass header.from=a.example"
	for _, mail := range []string{
		mailOf("1@a.example", "ann@a.example", pass), // closed
		mailOf("2@a.example", "ben@a.example", pass), // served
		mailOf("3@a.example", "carl@a.example"),      // closed, and may be another
		mailOf("4@a.example", "dora@a.example", pass, "X-Auto-Response-Suppress: OOF"),
		mailOf("5@a.example", "ann@a.example", pass, "In-Reply-To: <1@a.example>"), // of the first one's thread
		mailOf("6@a.example", "ann@a.example", pass),                               // of her other one
		mailOf("7@a.example", "eva@a.example", pass),
	} {
		if err := deliver(a, "x@a.example", mail, "help@bank.example"); err != nil {
			t.Fatal(err)
		}
	}
	c := line.Contacts()
	line.Say(channel.Notice{Kind: channel.Offered, ID: c[0].ID})
	line.Say(channel.Notice{Kind: channel.Accepted, ID: c[1].ID})
	line.Say(endOf(c[1], "served"))
	for _, i := range []int{0, 2, 3, 4, 5, 0} {
		line.Say(endOf(c[i], "closed"))
	}
	line.Say(endOf(channel.Contact{ID: strings.Repeat("ab", 20)}, "closed")) // not of this adapter
	eventually(t, "all are heard", func() bool { st := a.Stats(); return st.TellsSent+st.TellsHeld+st.TellsFailed == 7 })
	if st := a.Stats(); st.TellsSent != 2 || st.TellsFailed != 1 || st.Heard != 10 || st.AcksSent+st.AcksHeld != 0 {
		t.Errorf("%+v", st)
	}
	got := o.sent()
	if len(got) != 2 || got[0].to != "ann@a.example" || got[0].reverse != "" || got[1].to != "ann@a.example" {
		t.Fatalf("sent %+v", got)
	}
	h := headOf(t, got[0].text)
	for key, want := range map[string]string{"Auto-Submitted": "auto-replied", "In-Reply-To": "<1@a.example>", "X-Loop": "fairline robot@bank.example",
		"Subject": "Not answered", "X-Auto-Response-Suppress": "All", "Precedence": "bulk"} {
		if v, _ := h.first(key); v != want {
			t.Errorf("%s is %q, want %q", key, v, want)
		}
	}
	if !strings.Contains(got[0].text, "Your mail was closed.") || strings.Contains(got[0].text, "S3cret") {
		t.Errorf("the text is %q", got[0].text)
	}
	if err := deliver(a, "", got[0].text, "help@bank.example"); err != nil || a.Stats().Loops != 1 {
		t.Errorf("what we sent came back: %v, %+v", err, a.Stats())
	}
	stop()
	// All is said again after a restart, and something new.
	line.Say(endOf(c[6], "expired"))
	a, stop = start(t, cfg, line, a.people)
	eventually(t, "the new one is told", func() bool { return a.Stats().TellsSent == 1 })
	if got := o.sent(); len(got) != 3 || got[2].to != "eva@a.example" {
		t.Errorf("%d were sent, the last to %s", len(got), got[len(got)-1].to)
	}
	stop()
	files, _ := filepath.Glob(filepath.Join(state, "*"))
	for _, f := range files {
		if text, err := os.ReadFile(f); err != nil || bytes.Contains(text, []byte("example")) {
			t.Errorf("%s has an address in it (%v)", f, err)
		}
	}
}

// TestTheEndIsToldFromAMailbox, wherever the mail lies by then: where it was, moved, or in a mailbox made anew.
func TestTheEndIsToldFromAMailbox(t *testing.T) {
	o, addr := newOffice(t)
	s := newStore(t, "Done", "Other")
	put := func(box, mail string, ago time.Duration) {
		t.Helper()
		if _, err := s.user.Append(box, literal{strings.NewReader(mail)}, &imap.AppendOptions{Time: time.Now().Add(-ago)}); err != nil {
			t.Fatal(err)
		}
	}
	moved, stays := s.box(s.addr), s.box(s.addr)
	moved.Move, stays.Name = "Done", "Other"
	put("INBOX", mailOf("1@a.example", "ann@a.example"), time.Hour)
	put("INBOX", mailOf("2@a.example", "ben@a.example"), time.Hour) // came in the same second
	put("INBOX", "From: carl@a.example\r\n\r\nno id, no date\r\n", 2*time.Hour)
	put("Other", mailOf("4@a.example", "dora@a.example"), time.Hour)
	put("Other", mailOf("5@a.example", "eva@a.example"), 5*time.Hour)
	line := &lined{}
	a, _ := start(t, Config{Mailboxes: []Mailbox{moved, stays}, Ack: tellingAt(addr)}, line, &vault{})
	eventually(t, "all are taken", func() bool { return a.Stats().Marked == 5 && a.Stats().Moved == 3 })
	who := func(n int) string { return []string{"ann", "ben", "carl", "dora", "eva"}[n] + "@a.example" }
	by := map[string]channel.Contact{}
	for _, c := range line.Contacts() {
		by[a.people.(*vault).name(c.Customer)] = c
	}
	for n := range 4 {
		line.Say(endOf(by[who(n)], "closed"))
		eventually(t, who(n)+" is told", func() bool { return len(o.sent()) == n+1 })
		if got := o.sent()[n]; got.to != who(n) {
			t.Errorf("%s is told, want %s", got.to, who(n))
		}
	}
	s.recreate("Other")
	put("Other", mailOf("9@a.example", "fred@a.example"), 5*time.Hour)
	put("Other", mailOf("5@a.example", "eva@a.example"), 5*time.Hour)
	line.Say(endOf(by[who(4)], "expired"))
	line.Say(endOf(by[who(3)], "moved")) // this mail is there no more
	eventually(t, "both are heard", func() bool { st := a.Stats(); return st.TellsSent+st.TellsFailed == 6 })
	if got, st := o.sent(), a.Stats(); len(got) != 5 || got[4].to != who(4) || st.TellsFailed != 1 || st.Lost != 0 {
		t.Errorf("%+v, %+v", got, st)
	}
}

// name is whose key it is.
func (v *vault) name(key string) string {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	for name, k := range v.keys {
		if k == key {
			return strings.TrimPrefix(name, "mail:")
		}
	}
	return ""
}

// TestDovecotTells has the mail moved by a real server, and read again there, with a link that nobody else uses.
func TestDovecotTells(t *testing.T) {
	t.Parallel()
	o, addr := newOffice(t)
	d := newDovecot(t)
	if err := d.login(t).Create("Done", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	box, line := d.box(), &lined{}
	box.Move = "Done"
	a, _ := start(t, Config{Mailboxes: []Mailbox{box}, Ack: tellingAt(addr)}, line, &vault{})
	for n := range 3 {
		d.deliver(t, mailOf(fmt.Sprint(n), fmt.Sprintf("p%d@a.example", n)))
	}
	eventually(t, "all are moved", func() bool { return a.Stats().Moved == 3 })
	for _, c := range line.Contacts() {
		line.Say(endOf(c, "closed"))
	}
	eventually(t, "all are told", func() bool { return a.Stats().TellsSent == 3 })
	for n, got := range o.sent() {
		if want := a.people.(*vault).name(line.Contacts()[n].Customer); got.to != want {
			t.Errorf("%s is told, want %s", got.to, want)
		}
	}
	if st := a.Stats(); st.Lost != 0 {
		t.Errorf("%+v", st)
	}
}

// TestPlacesAreTold when a contact is in the line again, and no oftener than Every.
func TestPlacesAreTold(t *testing.T) {
	o, addr := newOffice(t)
	s := newStore(t)
	for n, ago := range []time.Duration{2 * time.Hour, time.Minute} {
		mail := literal{strings.NewReader(mailOf(fmt.Sprint(n), fmt.Sprintf("p%d@a.example", n)))}
		if _, err := s.user.Append("INBOX", mail, &imap.AppendOptions{Time: time.Now().Add(-ago)}); err != nil {
			t.Fatal(err)
		}
	}
	line := &lined{}
	cfg := Config{Mailboxes: []Mailbox{s.box(s.addr)}, State: t.TempDir(), Ack: tellingAt(addr)}
	a, stop := start(t, cfg, line, &vault{})
	eventually(t, "both are taken", func() bool { return a.Stats().Marked == 2 })
	c := line.Contacts()
	for _, kind := range []channel.Kind{channel.Returned, channel.Released, channel.Unlinked} {
		line.Say(channel.Notice{Kind: kind, ID: c[0].ID})
		line.Say(channel.Notice{Kind: kind, ID: c[1].ID})
	}
	eventually(t, "all are heard", func() bool { st := a.Stats(); return st.TellsSent+st.TellsHeld == 6 })
	got := o.sent()
	if len(got) != 1 || got[0].to != "p0@a.example" || !strings.Contains(got[0].text, "You are place 1 of 2.") {
		t.Errorf("%+v", got)
	}
	stop()
	// The hour is over: it is told again, but not where the contact has left.
	a, stop = start(t, cfg, line, a.people)
	eventually(t, "all are heard again", func() bool { return a.Stats().TellsHeld == 6 })
	stop()
	cfg.Ack.Place.Every = time.Nanosecond // no such setting can be made
	a.cfg.Ack.Place.Every = time.Nanosecond
	m := opened(t, cfg.State, 1000)
	a.memory = m
	if err := a.wordFor(channel.Notice{Kind: channel.Returned, ID: c[0].ID}).tell(t.Context()); err != nil || len(o.sent()) != 2 {
		t.Errorf("%v, %d were sent", err, len(o.sent()))
	}
	if err := line.Leave(t.Context(), c[0].ID, "gone"); err != nil {
		t.Fatal(err)
	}
	if err := a.wordFor(channel.Notice{Kind: channel.Returned, ID: c[0].ID}).tell(t.Context()); err != errHeld || len(o.sent()) != 2 {
		t.Errorf("%v, %d were sent", err, len(o.sent()))
	}
}

// TestADeadServerHoldsNobodyUpForEver: notices wait for it, and are given up when it is away too long; it is asked again with each.
func TestADeadServerHoldsNobodyUpForEver(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes links, and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	o, addr := newOffice(t)
	p := newProxy(t, addr, nil)
	for name, dead := range map[string]string{"silent": silent.Addr().String(), "refuses": freeAddr(t)} {
		line, ack := &lined{}, tellingAt(dead)
		ack.Patience, ack.GiveUp = 100*time.Millisecond, 300*time.Millisecond
		a, stop := start(t, Config{Door: doorAt(t, "lmtp"), Ack: ack}, line, &vault{})
		for n := range 4 {
			if err := deliver(a, "x@a.example", mailOf(fmt.Sprint(n), fmt.Sprintf("p%d@a.example", n)), "help@bank.example"); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range line.Contacts() {
			line.Say(endOf(c, "closed"))
		}
		eventually(t, name+": all are given up", func() bool { return a.Stats().TellsFailed == 4 })
		if st := a.Stats(); st.Heard < 6 {
			t.Errorf("%s: the first was not tried again: %+v", name, st)
		}
		stop()
	}
	// One that comes back in time has all told.
	line, ack := &lined{}, tellingAt(p.addr())
	ack.Patience = 200 * time.Millisecond
	restore := p.silence()
	a, _ := start(t, Config{Door: doorAt(t, "lmtp"), Ack: ack}, line, &vault{})
	if err := deliver(a, "x@a.example", mailOf("1", "ann@a.example"), "help@bank.example"); err != nil {
		t.Fatal(err)
	}
	line.Say(endOf(line.Contacts()[0], "closed"))
	eventually(t, "it is tried again", func() bool { return a.Stats().Heard > 2 })
	restore()
	eventually(t, "she is told", func() bool { return a.Stats().TellsSent == 1 })
	if n := len(o.sent()); n != 1 {
		t.Errorf("%d mails", n)
	}
}

func freeAddr(t *testing.T) string {
	t.Helper()
	return fmt.Sprintf("127.0.0.1:%d", freePort(t))
}

// TestAMailWhoseEndIsNotKnownIsNotSentTwice: the link breaks behind the text.
func TestAMailWhoseEndIsNotKnownIsNotSentTwice(t *testing.T) {
	o, addr := newOffice(t)
	p := newProxy(t, addr, func(_ int, line string) cut {
		if line == ".\r\n" {
			return after
		}
		return never
	})
	line := &lined{}
	a, _ := start(t, Config{Door: doorAt(t, "lmtp"), Ack: tellingAt(p.addr())}, line, &vault{})
	if err := deliver(a, "x@a.example", mailOf("1", "ann@a.example"), "help@bank.example"); err != nil {
		t.Fatal(err)
	}
	line.Say(endOf(line.Contacts()[0], "closed"))
	line.Say(endOf(line.Contacts()[0], "closed"))
	eventually(t, "both are heard", func() bool { st := a.Stats(); return st.TellsFailed == 1 && st.TellsHeld == 1 })
	if n := len(o.sent()); n != 1 {
		t.Errorf("%d mails", n)
	}
}

// TestTellsArePaced: what is over the minute's number waits.
func TestTellsArePaced(t *testing.T) {
	o, addr := newOffice(t)
	line, ack := &lined{}, tellingAt(addr)
	ack.MinuteMax = 2
	a, _ := start(t, Config{Door: doorAt(t, "lmtp"), Ack: ack}, line, &vault{})
	for n := range 5 {
		if err := deliver(a, "x@a.example", mailOf(fmt.Sprint(n), fmt.Sprintf("p%d@a.example", n)), "help@bank.example"); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range line.Contacts() {
		line.Say(endOf(c, "closed"))
	}
	// A minute may end in between: then two more are sent.
	eventually(t, "the third is asked for again", func() bool { return a.Stats().Heard > 4 })
	if n := len(o.sent()); n < 2 || n > 4 || a.Stats().TellsFailed+a.Stats().TellsHeld != 0 {
		t.Errorf("%d mails, %+v", n, a.Stats())
	}
}
