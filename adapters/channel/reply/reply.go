// Package reply tells customers of private messages how they stand, through the platform's own interface: a request over HTTP,
// written by templates. It never writes where others read: whom it may write to says the mapping, by `reply_to`.
package reply

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"text/template"
	"time"

	"fairline/adapters/channel"
)

// A Config says how a platform is told something. Zero values are the defaults.
type Config struct {
	URL   string // https, or http on this machine; TOKEN in it stands for the token, which goes nowhere else then
	Token string // file: sent as Authorization: Bearer; read each time
	// User and PasswordFile are sent as Authorization: Basic, in place of Token.
	User, PasswordFile string
	Type               string // of the body; default application/json
	// Body is a text/template of .To, .Text and .ID, a key that is the same when a message is sent again; json and query write a text as
	// JSON and as a part of a form.
	Body string

	// Unverified tells customers for whom the platform does not vouch too. A forged sender has others get messages then.
	Unverified bool
	Text       string // a text/template of channel.Standing: said when a contact is stored; empty: nothing
	Ended      *Ended // nil: nobody is told of the end

	Tries     int           // of one message; default 3, a second apart, then two, and so on
	Patience  time.Duration // for one try; default 10s
	MinuteMax int           // messages a minute; what is over is not sent; default 600
}

// An Ended says who is told that a contact has ended.
type Ended struct {
	Ends []string // served, abandoned, moved, closed, expired; default closed, expired and moved
	Text string   // a text/template of .End and .Reason
}

// WithDefaults is c with what was left out.
func (c Config) WithDefaults() Config {
	c.Type, c.Tries = cmp.Or(c.Type, "application/json"), cmp.Or(c.Tries, 3)
	c.Patience, c.MinuteMax = cmp.Or(c.Patience, 10*time.Second), cmp.Or(c.MinuteMax, 600)
	if c.Ended != nil && len(c.Ended.Ends) == 0 {
		c.Ended = &Ended{Ends: []string{"closed", "expired", "moved"}, Text: c.Ended.Text}
	}
	return c
}

// A message is what Body is a template of.
type message struct{ To, Text, ID string }

var functions = template.FuncMap{
	"json": func(text string) (string, error) {
		b, err := json.Marshal(text)
		return string(b), err
	},
	"query": url.QueryEscape,
}

// A Sender sends. It may be used by any goroutine.
type Sender struct {
	cfg               Config
	body, text, ended *template.Template
	client            *http.Client
	pace              pace
}

// New returns a sender. The error names every field that cannot be used.
func New(c Config) (*Sender, error) {
	c = c.WithDefaults()
	s := &Sender{cfg: c, pace: pace{most: c.MinuteMax}, client: &http.Client{Timeout: c.Patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}} // the token is for this server
	var errs []error
	read := func(field, text string, example any) *template.Template {
		t, err := template.New(field).Funcs(functions).Parse(text)
		if err == nil {
			err = t.Execute(io.Discard, example)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", field, err))
		}
		return t
	}
	s.body, s.text = read("Body", c.Body, message{}), read("Text", c.Text, channel.Standing{})
	if c.Ended != nil {
		s.ended = read("Ended.Text", c.Ended.Text, channel.Notice{})
	}
	if err := errors.Join(append(errs, c.check()...)...); err != nil {
		return nil, err
	}
	return s, nil
}

func (c Config) check() (errs []error) {
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if err := checkURL(c.URL); err != nil {
		wrong("URL: %w", err)
	}
	if !strings.Contains(c.Body, ".To") || !strings.Contains(c.Body, ".Text") {
		wrong("Body: it has no .To or no .Text: write where the platform wants them, such as {\"to\":{{json .To}},\"text\":{{json .Text}}}")
	}
	if c.Text == "" && c.Ended == nil {
		wrong("Text, Ended: nothing is to be said: give one")
	}
	if c.User != "" && c.Token != "" || c.User == "" != (c.PasswordFile == "") {
		wrong("Token, User, PasswordFile: give Token, or User with PasswordFile, or none")
	}
	if c.Tries < 0 || c.Tries > 10 || c.Patience < 0 || c.MinuteMax < 0 {
		wrong("Tries at most 10; nothing below zero")
	}
	if c.Ended != nil {
		for _, end := range c.Ended.Ends {
			if all := []string{"served", "abandoned", "moved", "closed", "expired"}; !slices.Contains(all, end) {
				wrong("Ended.Ends: %q: choose of %s", end, strings.Join(all, ", "))
			}
		}
		if c.Ended.Text == "" {
			wrong("Ended.Text: empty: say what is told")
		}
	}
	return errs
}

// checkURL wants TLS, but on this machine.
func checkURL(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil {
		return fmt.Errorf("%q: write https://host/path", text)
	}
	ip := net.ParseIP(u.Hostname())
	here := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	if u.Scheme == "https" || u.Scheme == "http" && here {
		return nil
	}
	return fmt.Errorf("%q has no TLS: write https://", text)
}

// Arrival is what is said when a contact is stored; ok is false where nothing is.
func (s *Sender) Arrival(at channel.Standing) (text string, ok bool) {
	return fill(s.text, at), s.cfg.Text != ""
}

// Arrivals says whether anything is said when a contact is stored.
func (s *Sender) Arrivals() bool { return s.cfg.Text != "" }

// End is what is said of an end; ok is false where nothing is.
func (s *Sender) End(n channel.Notice) (text string, ok bool) {
	if s.ended == nil || n.Kind != channel.Ended || !slices.Contains(s.cfg.Ended.Ends, n.End) {
		return "", false
	}
	return fill(s.ended, n), true
}

func fill(t *template.Template, values any) string {
	var b strings.Builder
	if err := t.Execute(&b, values); err != nil {
		return "" // New has tried it with these types
	}
	return b.String()
}

var (
	// ErrPace says that more was to be said than MinuteMax.
	ErrPace = errors.New("over MinuteMax")
	// ErrRefused says that the platform refused a message for good.
	ErrRefused = errors.New("the platform refuses the message")
)

// Send says something to somebody; id is a key of the message. Errors have no name and no text in them. It takes as long as its
// tries do.
func (s *Sender) Send(ctx context.Context, to, text, id string) error {
	if !s.pace.take(time.Now()) {
		return ErrPace
	}
	var body bytes.Buffer
	if err := s.body.Execute(&body, message{to, text, id}); err != nil {
		return errors.New("the body cannot be written")
	}
	var err error
	for try := range s.cfg.Tries {
		if try > 0 && !channel.Rest(ctx, time.Duration(try)*time.Second) {
			return ctx.Err()
		}
		if err = s.try(ctx, body.Bytes(), id); err == nil || errors.Is(err, ErrRefused) {
			return err
		}
	}
	return err
}

// try sends a message once.
func (s *Sender) try(ctx context.Context, body []byte, id string) error {
	token, err := s.token()
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.ReplaceAll(s.cfg.URL, tokenMark, token), bytes.NewReader(body))
	if err != nil {
		return errors.New("the request cannot be made")
	}
	r.Header.Set("Content-Type", s.cfg.Type)
	r.Header.Set("Idempotency-Key", id)
	switch {
	case s.cfg.User != "":
		r.SetBasicAuth(s.cfg.User, token)
	case token != "" && !strings.Contains(s.cfg.URL, tokenMark):
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := s.client.Do(r)
	if err != nil {
		return errors.New("the platform does not answer")
	}
	defer func() { _ = answer.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 64<<10)) // so that the connection can be used again
	switch code := answer.StatusCode; {
	case code < 300:
		return nil
	case code == http.StatusTooManyRequests || code == http.StatusRequestTimeout || code >= 500:
		return fmt.Errorf("the platform answers %d", code)
	default:
		return fmt.Errorf("%w: %d", ErrRefused, code)
	}
}

// tokenMark stands in a URL for the token.
const tokenMark = "TOKEN"

// token is what says who we are: the token, or the password.
func (s *Sender) token() (string, error) {
	file := cmp.Or(s.cfg.Token, s.cfg.PasswordFile)
	if file == "" {
		return "", nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("the secret cannot be read: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}
