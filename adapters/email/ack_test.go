package email

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// A post office takes what is sent through it.
type office struct {
	mutex sync.Mutex
	mails []posted
	no    error
}

type posted struct{ reverse, to, text string }

type counter struct {
	o *office
	posted
}

func (c *counter) Mail(from string, _ *smtp.MailOptions) error { c.reverse = from; return nil }
func (c *counter) Rcpt(to string, _ *smtp.RcptOptions) error   { c.to = to; return nil }
func (c *counter) Reset()                                      {}
func (c *counter) Logout() error                               { return nil }
func (c *counter) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	c.o.mutex.Lock()
	defer c.o.mutex.Unlock()
	c.text = string(text)
	if c.o.no == nil {
		c.o.mails = append(c.o.mails, c.posted)
	}
	return errors.Join(err, c.o.no)
}

func (o *office) sent() []posted {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return append([]posted(nil), o.mails...)
}

func newOffice(t *testing.T) (o *office, addr string) {
	t.Helper()
	o = &office{}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &counter{o: o}, nil }))
	server.Domain, server.ErrorLog = "office", log.New(io.Discard, "", 0)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(l)
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-done
	})
	return o, l.Addr().String()
}

func ackAt(addr string) *Acknowledgement {
	return &Acknowledgement{Address: addr, Security: "none", From: "Bank <robot@bank.example>", Subject: "We have your mail",
		Text: "You are {{.Text}}, in about {{.P50}}.\n", Unverified: true, Patience: 2 * time.Second}
}

func TestAcknowledgement(t *testing.T) {
	o, addr := newOffice(t)
	line, door := &lined{}, doorAt(t, "lmtp")
	ack := ackAt(addr)
	ack.Window = 100 * 365 * 24 * time.Hour // no window ends during the test
	state := t.TempDir()
	a, stop := start(t, Config{Door: door, State: state, Ack: ack}, line, &vault{})
	hand := func(reverse, mail string) {
		t.Helper()
		if err := deliver(a, reverse, mail, "help@bank.example"); err != nil {
			t.Error(err)
		}
	}
	hand("ann@a.example", mailOf("1@a.example", "Ann <ann@a.example>"))
	eventually(t, "an answer", func() bool { return a.Stats().AcksSent == 1 })
	got := o.sent()[0]
	if got.reverse != "" || got.to != "ann@a.example" {
		t.Errorf("from %q to %q, want an empty reverse path", got.reverse, got.to)
	}
	h := headOf(t, got.text)
	for key, want := range map[string]string{"Auto-Submitted": "auto-replied", "In-Reply-To": "<1@a.example>", "References": "<1@a.example>",
		"X-Loop": "fairline robot@bank.example", "Subject": "We have your mail", "X-Auto-Response-Suppress": "All"} {
		if v, _ := h.first(key); v != want {
			t.Errorf("%s is %q, want %q", key, v, want)
		}
	}
	if !strings.Contains(got.text, "You are place 1 of 1, in about 1m0s.") || strings.Contains(got.text, "S3cret") {
		t.Errorf("the text is %q", got.text)
	}
	id := h.idsOf("Message-Id")[0]

	// None of these may be answered, now or after a restart.
	for round := range 2 {
		hand("", got.text)                                                     // it comes back
		hand("ann@a.example", strings.ReplaceAll(got.text, "X-Loop", "X-Was")) // with its token taken off
		hand("ann@a.example", mailOf(fmt.Sprint("2-", round), "ann@a.example"))
		hand("", mailOf(fmt.Sprint("3-", round), "ben@a.example"))
		hand("ben@a.example", mailOf(fmt.Sprint("4-", round), "ben@a.example", "List-Id: <x.example>"))
		hand("ben@a.example", mailOf(fmt.Sprint("5-", round), "ben@a.example", "X-Auto-Response-Suppress: OOF"))
		hand("ben@a.example", mailOf(fmt.Sprint("6-", round), "robot@bank.example"))
		hand("ben@a.example", mailOf(fmt.Sprint("7-", round), "nobody that can be read"))
		if st := a.Stats(); st.Loops != 2 {
			t.Errorf("round %d: %+v", round, st)
		}
		stop()
		a, stop = start(t, Config{Door: door, State: state, Ack: ack}, line, a.people)
	}
	hand("carl@a.example", mailOf("8@a.example", "carl@a.example"))
	eventually(t, "one more answer", func() bool { return a.Stats().AcksSent == 1 })
	if n := len(o.sent()); n != 2 {
		t.Errorf("%d answers, want 2", n)
	}
	// Who answers the answer is in the thread.
	hand("ann@a.example", mailOf("9@a.example", "ann@a.example", "In-Reply-To: <"+id+">"))
	contacts := line.Contacts()
	if first, last := contacts[0], contacts[len(contacts)-1]; first.Matter != last.Matter {
		t.Error("the answer to an acknowledgement began a thread")
	}
	stop()
	// An adapter that knows nothing any more does not answer what the line had.
	a, _ = start(t, Config{Door: door, Ack: ack}, line, a.people)
	hand("ann@a.example", mailOf("1@a.example", "Ann <ann@a.example>"))
	hand("dora@a.example", mailOf("10@a.example", "dora@a.example"))
	eventually(t, "the next is answered", func() bool { return len(o.sent()) > 2 })
	if last := o.sent()[2]; last.to != "dora@a.example" || a.Stats().Duplicates != 1 {
		t.Errorf("%s is answered, %+v", last.to, a.Stats())
	}
}

func TestAcknowledgementsAreBounded(t *testing.T) {
	o, addr := newOffice(t)
	o.no = &smtp.SMTPError{Code: 550, Message: "ann@a.example is not known"}
	ack := ackAt(addr)
	ack.MinuteMax = 3
	line := &lined{}
	a, _ := start(t, Config{Door: doorAt(t, "lmtp"), Ack: ack}, line, &vault{})
	for n := range 12 {
		if err := deliver(a, "x@a.example", mailOf(fmt.Sprint(n), fmt.Sprintf("p%d@a.example", n)), "help@bank.example"); err != nil {
			t.Error(err)
		}
	}
	// A minute may end in between: then three more are tried.
	eventually(t, "all are decided", func() bool { st := a.Stats(); return st.AcksFailed+st.AcksOver == 12 })
	if st := a.Stats(); st.AcksFailed > 6 || st.AcksFailed < 3 || st.Taken != 12 {
		t.Errorf("%+v", st)
	}
	if got := cleanSMTP(o.no); strings.Contains(got, "ann") {
		t.Errorf("logged %q", got)
	}
}

// TestOnlyTheVerifiedAreAnswered by default: a forged author gets nothing.
func TestOnlyTheVerifiedAreAnswered(t *testing.T) {
	o, addr := newOffice(t)
	ack := ackAt(addr)
	ack.Unverified = false
	a, _ := start(t, Config{Door: doorAt(t, "lmtp"), Ack: ack, Authorities: []string{"mx"}}, &lined{}, &vault{})
	pass := "Authentication-Results: mx; dmarc=pass header.from=a.example"
	for _, mail := range []string{mailOf("1", "ann@a.example"), mailOf("2", "ben@b.example", pass), mailOf("3", "carl@a.example", pass)} {
		if err := deliver(a, "x@a.example", mail, "help@bank.example"); err != nil {
			t.Error(err)
		}
	}
	eventually(t, "one is answered", func() bool { return a.Stats().AcksSent == 1 && a.Stats().AcksHeld == 2 })
	if got := o.sent(); len(got) != 1 || got[0].to != "carl@a.example" {
		t.Errorf("%+v", got)
	}
}
