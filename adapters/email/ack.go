package email

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"text/template"
	"time"

	"github.com/emersion/go-message/mail"
	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"fairline/adapters/channel"
)

// An ack is an answer that is to be sent, at most once.
type ack struct {
	contact  string // its id, to ask for its place
	to       string
	answers  string // the Message-ID of the mail; may be empty
	root     key
	threaded bool
	subject  string
	text     *template.Template
	says     any // what the text is about
}

// standingFields are what a template of a standing may say.
const standingFields = ".Text, .Place, .Waiting, .Known, .P50 and .P90"

func (k Acknowledgement) check() error {
	if _, err := mail.ParseAddress(k.From); err != nil {
		return fmt.Errorf("the From %q is no address: write it as \"Support <support@example.org>\"", k.From)
	}
	if k.Text != "" || k.Ended == nil && k.Place == nil {
		if err := checkMail(k.Subject, k.Text, channel.Standing{}, standingFields); err != nil {
			return err
		}
	}
	if k.Ended != nil {
		if err := k.Ended.check(); err != nil {
			return fmt.Errorf("Ended: %w", err)
		}
	}
	if k.Place != nil {
		if err := k.Place.check(); err != nil {
			return fmt.Errorf("Place: %w", err)
		}
	}
	if k.User != "" && k.PasswordFile == "" {
		return fmt.Errorf("the PasswordFile of User is missing")
	}
	if k.Window < time.Minute || k.MinuteMax < 1 || k.Patience < 0 || k.GiveUp < 0 {
		return fmt.Errorf("the Window at least 1m, MinuteMax at least 1, Patience and GiveUp not below zero")
	}
	return checkLink(k.Address, k.Security)
}

// checkMail holds that a mail can be written.
func checkMail(subject, text string, says any, fields string) error {
	if strings.TrimSpace(subject) == "" || strings.ContainsAny(subject, "\r\n") {
		return fmt.Errorf("the Subject is empty or has more than one line")
	}
	t, err := template.New("Text").Parse(text)
	if err == nil {
		err = t.Execute(io.Discard, says)
	}
	if err != nil || text == "" {
		return fmt.Errorf("the Text cannot be used as a template of %s: %v", fields, err)
	}
	return nil
}

// texts are the templates of what is sent.
type texts struct{ arrived, ended, place *template.Template }

// readyAck prepares what all acknowledgements share. Their sender is one of us.
func (a *Adapter) readyAck(k Acknowledgement) (err error) {
	parse := func(text string) *template.Template {
		t, fault := template.New("Text").Parse(text)
		err = errors.Join(err, fault)
		return t
	}
	a.texts.arrived = parse(k.Text)
	if k.Ended != nil {
		a.texts.ended = parse(k.Ended.Text)
	}
	if k.Place != nil {
		a.texts.place = parse(k.Place.Text)
	}
	if err != nil {
		return err
	}
	from, err := mail.ParseAddress(k.From)
	if err != nil {
		return err
	}
	addr, ok := address(from.Address)
	if !ok {
		return fmt.Errorf("email: Ack: From %q is no address", k.From)
	}
	a.own = append(a.own, addr)
	a.token = "fairline " + addr
	return nil
}

// acknowledge has a customer's mail answered, where it may be: nobody is answered twice in a window, nor one who may be another,
// nor one who asked not to be. It does not wait for the submission server.
func (a *Adapter) acknowledge(h head, c channel.Contact, who author) {
	if a.cfg.Ack == nil || a.cfg.Ack.Text == "" {
		return
	}
	window := time.Now().UnixNano() / int64(a.cfg.Ack.Window)
	once := keyOf("ack", c.Customer+" "+strconv.FormatInt(window, 10))
	if !a.mayAnswer(h, who) || a.memory.knows(once) {
		a.count(func(s *Stats) { s.AcksHeld++ })
		return
	}
	// Remembered before it is sent: a crash between the two leaves one unsent, which is better than two.
	a.memory.remember(once, once)
	k := a.answerTo(h, who.addr)
	k.contact, k.subject, k.text = c.ID, a.cfg.Ack.Subject, a.texts.arrived
	select {
	case a.acks <- k:
	default:
		a.count(func(s *Stats) { s.AcksOver++ })
	}
}

// mayAnswer says whether the author of a customer's mail may be sent one.
func (a *Adapter) mayAnswer(h head, who author) bool {
	_, suppressed := h.first("X-Auto-Response-Suppress")
	return who.addr != "" && !unread(who.addr) && !suppressed && (who.verified || a.cfg.Ack.Unverified)
}

// answerTo begins an answer to a mail.
func (a *Adapter) answerTo(h head, to string) ack {
	k := ack{to: to}
	if mine := h.idsOf("Message-Id"); len(mine) > 0 && graphic(mine[0]) {
		k.answers = mine[0]
	}
	k.root, k.threaded = a.memory.thread(h)
	return k
}

// graphic says that a text may stand in a header as it is.
func graphic(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' })
}

// answer sends acknowledgements, so many a minute, until ctx ends.
func (a *Adapter) answer(ctx context.Context) {
	for {
		var k ack
		select {
		case <-ctx.Done():
			return
		case k = <-a.acks:
		}
		if !a.pace.take(a.cfg.Ack.MinuteMax) {
			a.count(func(s *Stats) { s.AcksOver++ })
			continue
		}
		if err := a.acknowledgeNow(ctx, k); err != nil {
			a.count(func(s *Stats) { s.AcksFailed++ })
			a.cfg.Log.Warn("acknowledgement not sent", "error", cleanSMTP(err))
			continue
		}
		a.count(func(s *Stats) { s.AcksSent++ })
	}
}

// cleanSMTP is an error for the log: of what a server says only the code, for its text may name the recipient.
func cleanSMTP(err error) string {
	if no, ok := errors.AsType[*smtp.SMTPError](err); ok {
		return fmt.Sprintf("the server says %d", no.Code)
	}
	return err.Error()
}

func (a *Adapter) acknowledgeNow(ctx context.Context, k ack) error {
	ask, cancel := context.WithTimeout(ctx, a.cfg.Ack.Patience)
	defer cancel()
	standing, err := a.line.Standing(ask, k.contact)
	if err != nil {
		return fmt.Errorf("ask for the place: %w", err)
	}
	k.says = standing
	return a.send(ctx, k, nil)
}

// send sends an answer, at most once: marks are remembered before its text is on its way. With errLater nothing was sent.
func (a *Adapter) send(ctx context.Context, k ack, marks []key) error {
	ctx, cancel := context.WithTimeout(ctx, a.cfg.Ack.Patience)
	defer cancel()
	text, id, err := a.compose(k)
	if err != nil {
		return err
	}
	return a.submit(ctx, k.to, text, func() error {
		for _, m := range marks {
			a.memory.stamp(m)
		}
		// Known before it is on its way: what comes back is a loop, and who answers it joins the thread.
		a.memory.remember(keyOf("sent", id), keyOf("sent", id))
		if k.threaded {
			a.memory.remember(keyOf("mail", id), k.root)
		}
		return a.memory.sync()
	})
}

// compose writes the mail: Auto-Submitted and Precedence ask programs not to answer, X-Loop finds those that do.
func (a *Adapter) compose(k ack) (text []byte, id string, err error) {
	cfg := a.cfg.Ack
	from, err := mail.ParseAddress(cfg.From)
	if err != nil {
		return nil, "", err
	}
	id = "fairline." + rand.Text() + "@" + domainOf(from.Address)
	var h mail.Header
	h.SetContentType("text/plain", map[string]string{"charset": "utf-8"})
	h.Set("X-Loop", a.token)
	h.Set("X-Auto-Response-Suppress", "All")
	h.Set("Precedence", "bulk")
	h.Set("Auto-Submitted", "auto-replied")
	if k.answers != "" {
		h.SetMsgIDList("References", []string{k.answers})
		h.SetMsgIDList("In-Reply-To", []string{k.answers})
	}
	h.SetMessageID(id)
	h.SetSubject(k.subject)
	h.SetDate(time.Now())
	h.SetAddressList("To", []*mail.Address{{Address: k.to}})
	h.SetAddressList("From", []*mail.Address{from})
	var b bytes.Buffer
	w, err := mail.CreateSingleInlineWriter(&b, h)
	if err != nil {
		return nil, "", err
	}
	if err := k.text.Execute(w, k.says); err != nil {
		return nil, "", err
	}
	err = w.Close() // which writes the rest
	return b.Bytes(), id, err
}

// submit hands a mail to the submission server, with an empty reverse path: nobody is told that it could not be delivered. sure is
// called before the text is handed over. What fails before it is errLater too, but where the server refuses the recipient.
func (a *Adapter) submit(ctx context.Context, to string, text []byte, sure func() error) error {
	conn, err := a.dialOffice(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", errLater, err)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	client, err := a.enterOffice(conn)
	if err != nil {
		return fmt.Errorf("%w: %w", errLater, errors.Join(err, conn.Close()))
	}
	defer func() { _ = client.Close() }()
	if err := client.Mail("", nil); err != nil {
		return fmt.Errorf("%w: %w", errLater, err)
	}
	if err := client.Rcpt(to, nil); err != nil {
		if _, ok := errors.AsType[*smtp.SMTPError](err); ok {
			return err
		}
		return fmt.Errorf("%w: %w", errLater, err)
	}
	if err := sure(); err != nil {
		return err
	}
	w, err := client.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(text); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	_ = client.Quit() // it has the mail
	return nil
}

func (a *Adapter) dialOffice(ctx context.Context) (net.Conn, error) {
	cfg := a.cfg.Ack
	secure, err := secured(cfg.Address, cfg.AuthorityFile)
	if err != nil {
		return nil, err
	}
	return dial(ctx, cfg.Address, cfg.Security, secure)
}

// enterOffice greets the submission server, and logs in where there is a User.
func (a *Adapter) enterOffice(conn net.Conn) (client *smtp.Client, err error) {
	cfg := a.cfg.Ack
	client = smtp.NewClient(conn)
	if cfg.Security == "starttls" {
		secure, err := secured(cfg.Address, cfg.AuthorityFile)
		if err != nil {
			return nil, err
		}
		if client, err = smtp.NewClientStartTLS(conn, secure); err != nil {
			return nil, err
		}
	}
	client.CommandTimeout, client.SubmissionTimeout = cfg.Patience, cfg.Patience
	if cfg.User == "" {
		return client, nil
	}
	password, err := secret(cfg.PasswordFile)
	if err != nil {
		return nil, err
	}
	return client, client.Auth(sasl.NewPlainClient("", cfg.User, password))
}
