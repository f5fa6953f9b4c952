package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/spf13/pflag"

	"fairline/adapters/host"
)

// answerMax bounds the wait for one answer of a line.
const answerMax = 5 * time.Second

// busFlags say where the line is. Without --nats the daemon on the store says it.
type busFlags struct {
	config configFlags
	nats   string
	creds  string
	json   bool
	desk   bool // with the supervisors' key, unless another is given
}

// register adds the flags of a command that talks to a line.
func (f *busFlags) register(flags *pflag.FlagSet) {
	f.config.register(flags, false)
	flags.StringVar(&f.nats, "nats", "", "where the bus is (default: the daemon on the store)")
	flags.StringVar(&f.creds, "creds", "", "file of the key or credentials (default: the daemon's on the store)")
	flags.BoolVar(&f.json, "json", false, "print JSON")
}

// A lineConn is a connection to the bus of a line.
type lineConn struct {
	*nats.Conn
	line   string
	denied chan error // size 1: the key does not allow what was asked
}

// dial connects to the bus; name is what the server calls the connection.
func (f *busFlags) dial(name string, options ...nats.Option) (*lineConn, error) {
	cfg, err := f.config.load()
	if err != nil {
		return nil, err
	}
	return f.connect(name, cfg, options...)
}

// connect is dial with a configuration that was read.
func (f *busFlags) connect(name string, cfg config, options ...nats.Option) (*lineConn, error) {
	if err := checkToken("--line", cfg.Line); err != nil {
		return nil, err
	}
	url, creds, err := f.where(cfg.Store)
	if err != nil {
		return nil, err
	}
	// While the bus is away a request fails at once, and none is sent late when it is back.
	denied := make(chan error, 1)
	options = append([]nats.Option{nats.Name("fairline " + name), nats.MaxReconnects(-1), nats.ReconnectBufSize(-1),
		nats.ReconnectWait(100 * time.Millisecond), nats.ErrorHandler(hearDenials(denied))}, options...)
	if creds != "" {
		key, err := credentials(creds)
		if err != nil {
			return nil, err
		}
		options = append(options, key)
	}
	nc, err := nats.Connect(url, options...)
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w%s", url, err, f.staleHint(cfg.Store))
	}
	return &lineConn{Conn: nc, line: cfg.Line, denied: denied}, nil
}

// hearDenials hands on that the key does not allow something. The server says so beside the request, which would else
// wait for its answer in vain.
func hearDenials(denied chan<- error) nats.ErrHandler {
	return func(_ *nats.Conn, _ *nats.Subscription, err error) {
		if !errors.Is(err, nats.ErrPermissionViolation) {
			return
		}
		select {
		case denied <- err:
		default: // one is enough
		}
	}
}

// checkToken refuses what cannot be a part of a subject, before the bus does so in its own words.
func checkToken(what, text string) error {
	plain := func(r rune) bool {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '_' || r == '-'
	}
	if text == "" || len(text) > host.TokenLenMax || strings.ContainsFunc(text, func(r rune) bool { return !plain(r) }) {
		return fmt.Errorf("%s %q: want 1 to %d of a-z A-Z 0-9 _ -", what, text, host.TokenLenMax)
	}
	return nil
}

// where finds the bus and the key: flags first, then the daemon on the store.
func (f *busFlags) where(store string) (url, creds string, err error) {
	if f.nats != "" {
		return f.nats, f.creds, nil
	}
	r, err := readRunning(store)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", "", fmt.Errorf("no daemon runs on store %s: start one with fairline serve, or say where it is with "+
			"--store, or with --nats and --creds", store)
	case err != nil:
		return "", "", err
	case r.NATS == "":
		return "", "", fmt.Errorf("the daemon on store %s listens nowhere: start it without --listen none", store)
	case f.creds != "":
		return r.NATS, f.creds, nil
	case f.desk && r.Desk != "":
		return r.NATS, r.Desk, nil
	}
	return r.NATS, r.Creds, nil
}

// staleHint helps whoever found the file of a daemon that was killed.
func (f *busFlags) staleHint(store string) string {
	if f.nats != "" {
		return ""
	}
	return fmt.Sprintf(" (the daemon on store %s seems to have been killed: start it again with fairline serve)", store)
}

// credentials reads a file with the seed of a key, or with a JWT and its key.
func credentials(name string) (nats.Option, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read credentials: %w", err)
	}
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("SU")) {
		key, err := nats.NkeyOptionFromSeed(name)
		if err != nil {
			return nil, fmt.Errorf("read credentials %s: %w", name, err)
		}
		return key, nil
	}
	return nats.UserCredentials(name), nil
}

// A refusal is the line's answer that nothing was done.
type refusal struct {
	Code        int    `json:"code"`
	ErrCode     int    `json:"err_code"`
	Description string `json:"description"`
}

// Error is the line's own text.
func (r *refusal) Error() string { return fmt.Sprintf("refused (%d): %s", r.Code, r.Description) }

// ask sends a request and reads its answer into reply. A refusal comes as a *refusal; then reply is as it was.
func (c *lineConn) ask(ctx context.Context, subject string, payload, reply any) error {
	text, err := json.Marshal(payload)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, answerMax)
	defer cancel()
	ctx, deny := context.WithCancelCause(ctx)
	defer deny(nil)
	go func() {
		select {
		case err := <-c.denied:
			deny(err)
		case <-ctx.Done():
		}
	}()
	m, err := c.RequestWithContext(ctx, subject, text)
	switch {
	case err != nil && errors.Is(context.Cause(ctx), nats.ErrPermissionViolation):
		return fmt.Errorf("request %s: the key does not allow it: give --creds the one of its user (keys/desk.nk in the store is "+
			"the supervisors')", subject)
	case errors.Is(err, nats.ErrNoResponders):
		return fmt.Errorf("request %s: nobody serves a line on this bus", subject)
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("request %s: no answer within %s", subject, answerMax)
	case err != nil:
		return fmt.Errorf("request %s: %w", subject, err)
	}
	var failed struct {
		Error *refusal `json:"error"`
	}
	if err := json.Unmarshal(m.Data, &failed); err != nil {
		return fmt.Errorf("read the answer to %s: %w", subject, err)
	}
	if failed.Error != nil {
		return failed.Error
	}
	if err := json.Unmarshal(m.Data, reply); err != nil {
		return fmt.Errorf("read the answer to %s: %w", subject, err)
	}
	return nil
}

// refused gives an error its exit code: what the line could not read is input, any other refusal is a finding.
func refused(err error) error {
	r, ok := errors.AsType[*refusal](err)
	if ok && r.Code != http.StatusBadRequest && r.Code != http.StatusRequestEntityTooLarge {
		return exitError{exitFindings, err}
	}
	return err
}
