package email

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"go.uber.org/goleak"

	"fairline/adapters/channel"
	"fairline/adapters/channel/channeltest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A vault knows who is who.
type vault struct {
	mutex    sync.Mutex
	keys     map[string]string
	verified map[string]bool
	broken   error
}

func (v *vault) Person(_ context.Context, kind, identity string, verified bool) (string, error) {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	if v.broken != nil {
		return "", v.broken
	}
	if v.keys == nil {
		v.keys, v.verified = map[string]string{}, map[string]bool{}
	}
	name := kind + ":" + identity
	if v.keys[name] == "" {
		v.keys[name] = fmt.Sprintf("k%d", len(v.keys)+1)
	}
	v.verified[name] = v.verified[name] || verified
	return v.keys[name], nil
}

// A lined line calls a test before and after it stores a contact.
type lined struct {
	channeltest.Line
	before, after func(channel.Contact) error
}

func (l *lined) Arrive(ctx context.Context, c channel.Contact) (channel.Ack, error) {
	if l.before != nil {
		if err := l.before(c); err != nil {
			return channel.Ack{}, err
		}
	}
	ack, err := l.Line.Arrive(ctx, c)
	if err == nil && l.after != nil {
		err = l.after(c)
	}
	return ack, err
}

// A store is an IMAP server in memory, with one user.
type store struct {
	t    *testing.T
	user *imapmemserver.User
	addr string
}

func newStore(t *testing.T, boxes ...string) *store {
	t.Helper()
	return newSecureStore(t, "none", nil, boxes...)
}

// newSecureStore is one that speaks TLS.
func newSecureStore(t *testing.T, security string, secure *tls.Config, boxes ...string) *store {
	t.Helper()
	s := &store{t: t, user: imapmemserver.NewUser("line", "secret")}
	for _, name := range append([]string{"INBOX"}, boxes...) {
		if err := s.user.Create(name, nil); err != nil {
			t.Fatal(err)
		}
	}
	all := imapmemserver.New()
	all.AddUser(s.user)
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return all.NewSession(), nil, nil
		},
		Caps: imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapIMAP4rev2: {}}, InsecureAuth: security == "none", TLSConfig: secure, Logger: log.New(io.Discard, "", 0),
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.addr = l.Addr().String()
	if security == "tls" {
		l = tls.NewListener(l, secure)
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
	return s
}

// A literal is a mail that is appended.
type literal struct{ *strings.Reader }

func (l literal) Size() int64 { return int64(l.Len()) }

func (s *store) put(box, mail string) {
	s.t.Helper()
	if _, err := s.user.Append(box, literal{strings.NewReader(mail)}, &imap.AppendOptions{}); err != nil {
		s.t.Fatal(err)
	}
}

// recreate makes a mailbox anew, with mails.
func (s *store) recreate(box string, mails ...string) {
	s.t.Helper()
	if err := errors.Join(s.user.Delete(box), s.user.Create(box, nil)); err != nil {
		s.t.Fatal(err)
	}
	for _, m := range mails {
		s.put(box, m)
	}
}

// size is how many mails a mailbox has.
func (s *store) size(box string) int {
	s.t.Helper()
	data, err := s.user.Status(box, &imap.StatusOptions{NumMessages: true})
	if err != nil {
		s.t.Fatal(err)
	}
	return int(*data.NumMessages)
}

// box is the configuration of a mailbox of a store, fast enough for a test.
func (s *store) box(addr string) Mailbox {
	path := filepath.Join(s.t.TempDir(), "password")
	if err := os.WriteFile(path, []byte("secret\n"), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return Mailbox{Address: addr, Security: "none", User: "line", PasswordFile: path, Name: "INBOX", Renew: time.Second,
		Patience: 3 * time.Second, RetryMin: 5 * time.Millisecond, RetryMax: 50 * time.Millisecond}
}

// start runs an adapter. The end of it is awaited by stop, and by the end of the test.
func start(t *testing.T, cfg Config, line channel.Line, people channel.People) (a *Adapter, stop func()) {
	t.Helper()
	if cfg.State == "" {
		cfg.State = t.TempDir()
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	}
	a, err := New(cfg, line, people)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	t.Cleanup(stop)
	return a, stop
}

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !holds(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

// mailOf is an ordinary mail; more are further fields.
func mailOf(id, from string, more ...string) string {
	head := "Message-ID: <" + id + ">\r\nFrom: " + from + "\r\nTo: help@bank.example\r\nDate: Mon, 2 Nov 2026 10:00:00 +0000\r\nSubject: S3cret words\r\n"
	for _, m := range more {
		head += m + "\r\n"
	}
	return head + "\r\nThe body is nobody's business.\r\n"
}

// A proxy stands between an adapter and a server. It can break in every way that a network does.
type proxy struct {
	listener net.Listener
	target   string
	mutex    sync.Mutex
	conns    []net.Conn
	silent   bool                         // of the links that are there, nothing is passed on any more
	command  func(n int, line string) cut // called with each command; n counts from 1
	change   func(line string) string     // what the server hears in place of a command
	answer   func(text string) string     // what the adapter hears in place of an answer
	commands int
	group    sync.WaitGroup
}

// A cut says where a link is broken.
type cut int

const (
	never  cut = iota
	before     // the server does not hear the command
	after      // it does, and its answer is not heard
)

func newProxy(t *testing.T, target string, command func(n int, line string) cut) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: l, target: target, command: command}
	p.group.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			p.group.Go(func() { p.pass(c) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		p.kick()
		p.group.Wait()
	})
	return p
}

func (p *proxy) addr() string { return p.listener.Addr().String() }

// kick closes all links.
func (p *proxy) kick() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	for _, c := range p.conns {
		_ = c.Close()
	}
	p.conns = nil
}

// silence has the links that there are stay open, and carry nothing.
func (p *proxy) silence() (restore func()) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.silent = true
	return func() {
		p.mutex.Lock()
		defer p.mutex.Unlock()
		p.silent = false
	}
}

func (p *proxy) quiet() bool {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.silent
}

func (p *proxy) pass(c net.Conn) {
	s, err := net.Dial("tcp", p.target)
	if err != nil {
		_ = c.Close()
		return
	}
	p.mutex.Lock()
	p.conns = append(p.conns, c, s)
	p.mutex.Unlock()
	deaf := make(chan struct{}) // closed: no answer is passed on
	var once sync.Once
	p.group.Go(func() { p.answers(c, s, deaf) })
	in := bufio.NewReader(c)
	defer func() { _, _ = s.Close(), c.Close() }()
	for dead := false; ; {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		if dead = dead || p.quiet(); dead {
			continue // half open: taken, and lost
		}
		switch p.judge(line) {
		case before:
			return
		case after:
			once.Do(func() { close(deaf) })
		}
		if p.change != nil {
			line = p.change(line)
		}
		if _, err := io.WriteString(s, line); err != nil {
			return
		}
	}
}

func (p *proxy) judge(line string) cut {
	if p.command == nil {
		return never
	}
	p.mutex.Lock()
	p.commands++
	n := p.commands
	p.mutex.Unlock()
	return p.command(n, line)
}

func (p *proxy) answers(c, s net.Conn, deaf chan struct{}) {
	buf := make([]byte, 4096)
	for {
		n, err := s.Read(buf)
		select {
		case <-deaf:
			_ = c.Close() // the server has done it
			_ = s.Close()
			return
		default:
		}
		if err != nil {
			_ = c.Close()
			return
		}
		if !p.quiet() {
			text := string(buf[:n])
			if p.answer != nil {
				text = p.answer(text)
			}
			_, _ = io.WriteString(c, text)
		}
	}
}

func imapNo(text string) error {
	return &imap.Error{Type: imap.StatusResponseTypeNo, Code: imap.ResponseCodeAuthenticationFailed, Text: text}
}
