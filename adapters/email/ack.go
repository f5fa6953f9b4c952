package email

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/template"
	"time"

	"github.com/emersion/go-message/mail"
	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"fairline/adapters/channel"
)

// An ack is an answer that is to be sent. It is in memory alone, and is sent at most once.
type ack struct {
	contact  string // its id, to ask for its place
	to       string
	answers  string // the Message-ID of the mail; may be empty
	root     key
	threaded bool
}

func (k Acknowledgement) check() error {
	if strings.TrimSpace(k.Subject) == "" || strings.ContainsAny(k.Subject, "\r\n") {
		return fmt.Errorf("the Subject is empty or has more than one line")
	}
	if _, err := mail.ParseAddress(k.From); err != nil {
		return fmt.Errorf("the From %q is no address: write it as \"Support <support@example.org>\"", k.From)
	}
	text, err := template.New("Text").Parse(k.Text)
	if err == nil {
		err = text.Execute(io.Discard, channel.Standing{})
	}
	if err != nil || k.Text == "" {
		return fmt.Errorf("the Text cannot be used as a template of .Text, .Place, .Waiting, .Known, .P50 and .P90: %v", err)
	}
	if k.User != "" && k.PasswordFile == "" {
		return fmt.Errorf("the PasswordFile of User is missing")
	}
	if k.Window < time.Minute || k.MinuteMax < 1 || k.Patience < 0 {
		return fmt.Errorf("the Window at least 1m, MinuteMax at least 1, Patience not below zero")
	}
	return checkLink(k.Address, k.Security)
}

// readyAck prepares what all acknowledgements share. Their sender is one of us.
func (a *Adapter) readyAck(k Acknowledgement) (err error) {
	if a.text, err = template.New("Text").Parse(k.Text); err != nil {
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
func (a *Adapter) acknowledge(h head, c channel.Contact, from string) {
	if a.cfg.Ack == nil {
		return
	}
	_, suppressed := h.first("X-Auto-Response-Suppress")
	if c.Customer == "" || suppressed || c.Unverified && !a.cfg.Ack.Unverified {
		a.count(func(s *Stats) { s.AcksHeld++ })
		return
	}
	window := time.Now().UnixNano() / int64(a.cfg.Ack.Window)
	once := keyOf("ack", c.Customer+" "+strconv.FormatInt(window, 10))
	if a.memory.knows(once) {
		a.count(func(s *Stats) { s.AcksHeld++ })
		return
	}
	// Remembered before it is sent: a crash between the two leaves one unsent, which is better than two.
	a.memory.remember(once, once)
	k := ack{contact: c.ID, to: from}
	if mine := h.idsOf("Message-Id"); len(mine) > 0 && graphic(mine[0]) {
		k.answers = mine[0]
	}
	k.root, k.threaded = a.memory.thread(h)
	select {
	case a.acks <- k:
	default:
		a.count(func(s *Stats) { s.AcksOver++ })
	}
}

// graphic says that a text may stand in a header as it is.
func graphic(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' })
}

// answer sends acknowledgements, so many a minute, until ctx ends.
func (a *Adapter) answer(ctx context.Context) {
	var minute int64
	for sent := 0; ; {
		var k ack
		select {
		case <-ctx.Done():
			return
		case k = <-a.acks:
		}
		if now := time.Now().Unix() / 60; now != minute {
			minute, sent = now, 0
		}
		if sent++; sent > a.cfg.Ack.MinuteMax {
			a.count(func(s *Stats) { s.AcksOver++ })
			continue
		}
		if err := a.send(ctx, k); err != nil {
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

func (a *Adapter) send(ctx context.Context, k ack) error {
	ctx, cancel := context.WithTimeout(ctx, a.cfg.Ack.Patience)
	defer cancel()
	standing, err := a.line.Standing(ctx, k.contact)
	if err != nil {
		return fmt.Errorf("ask for the place: %w", err)
	}
	text, id, err := a.compose(k, standing)
	if err != nil {
		return err
	}
	// Known before it is on its way: what comes back is a loop, and who answers it joins the thread.
	a.memory.remember(keyOf("sent", id), keyOf("sent", id))
	if k.threaded {
		a.memory.remember(keyOf("mail", id), k.root)
	}
	if err := a.memory.sync(); err != nil {
		return err
	}
	return a.submit(ctx, k.to, text)
}

// compose writes the mail: Auto-Submitted and Precedence ask programs not to answer, X-Loop finds those that do.
func (a *Adapter) compose(k ack, s channel.Standing) (text []byte, id string, err error) {
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
	h.SetSubject(cfg.Subject)
	h.SetDate(time.Now())
	h.SetAddressList("To", []*mail.Address{{Address: k.to}})
	h.SetAddressList("From", []*mail.Address{from})
	var b bytes.Buffer
	w, err := mail.CreateSingleInlineWriter(&b, h)
	if err != nil {
		return nil, "", err
	}
	if err := a.text.Execute(w, s); err != nil {
		return nil, "", err
	}
	err = w.Close() // which writes the rest
	return b.Bytes(), id, err
}

// submit hands a mail to the submission server, with an empty reverse path: nobody is told that it could not be delivered.
func (a *Adapter) submit(ctx context.Context, to string, text []byte) error {
	cfg := a.cfg.Ack
	secure, err := secured(cfg.Address, cfg.AuthorityFile)
	if err != nil {
		return err
	}
	conn, err := dial(ctx, cfg.Address, cfg.Security, secure)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	client := smtp.NewClient(conn)
	if cfg.Security == "starttls" {
		if client, err = smtp.NewClientStartTLS(conn, secure); err != nil {
			return errors.Join(err, conn.Close())
		}
	}
	defer func() { _ = client.Close() }()
	client.CommandTimeout, client.SubmissionTimeout = cfg.Patience, cfg.Patience
	if cfg.User != "" {
		password, err := secret(cfg.PasswordFile)
		if err != nil {
			return err
		}
		if err := client.Auth(sasl.NewPlainClient("", cfg.User, password)); err != nil {
			return err
		}
	}
	if err := client.SendMail("", []string{to}, bytes.NewReader(text)); err != nil {
		return err
	}
	return client.Quit()
}
