package email

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// Bounds of the door that are not settings.
const (
	recipientsMax = 100              // of a mail, RFC 5321, 4.5.3.1.8
	lineMax       = 64 << 10         // bytes; RFC 5321 allows 1,000, and programs do not hold to it
	sessionMax    = 30 * time.Minute // of a connection
)

// What the door answers.
var (
	noSuchBox  = answerOf(550, smtp.EnhancedCode{5, 1, 1}, "No mail is taken for this address here")
	tryLater   = answerOf(451, smtp.EnhancedCode{4, 3, 0}, "The line cannot be reached: try again later")
	lineFull   = answerOf(452, smtp.EnhancedCode{4, 3, 1}, "The line is full or closed: try again later")
	lineNo     = answerOf(554, smtp.EnhancedCode{5, 7, 0}, "The line refuses this mail")
	noSpool    = answerOf(452, smtp.EnhancedCode{4, 3, 1}, "The mail cannot be stored: try again later")
	notAMail   = answerOf(554, smtp.EnhancedCode{5, 6, 0}, "This is no mail: it has no header")
	headTooBig = answerOf(552, smtp.EnhancedCode{5, 3, 4}, "The header is over the limit")
	longLine   = answerOf(552, smtp.EnhancedCode{5, 3, 4}, "A line is over the limit")
	brokeOff   = answerOf(451, smtp.EnhancedCode{4, 4, 2}, "The mail broke off")
)

func answerOf(code int, enhanced smtp.EnhancedCode, text string) *smtp.SMTPError {
	return &smtp.SMTPError{Code: code, EnhancedCode: enhanced, Message: text}
}

// openDoor listens.
func openDoor(d Door) (net.Listener, error) {
	if path, ok := strings.CutPrefix(d.Listen, "unix:"); ok {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		l, err := net.Listen("unix", path)
		if err == nil {
			err = os.Chmod(path, 0o666) // the folder says who may connect: the server in front is another user
		}
		return l, err
	}
	return net.Listen("tcp", d.Listen)
}

// serve answers the door until ctx ends.
func (a *Adapter) serve(ctx context.Context) error {
	d := a.cfg.Door
	nets, err := networks(d.Peers)
	if err != nil {
		return err
	}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &visit{a: a, ctx: ctx}, nil
	}))
	server.LMTP, server.Domain, server.EnableSMTPUTF8 = d.Protocol == "lmtp", d.Domain, true
	server.MaxRecipients, server.MaxLineLength, server.MaxMessageBytes = recipientsMax, lineMax, d.MessageMax
	server.ReadTimeout, server.WriteTimeout = d.Patience, d.Patience
	server.ErrorLog = quiet{a}
	ctx, cancel := context.WithCancel(ctx) // ends the connections
	defer cancel()
	served := make(chan error, 1)
	go func() {
		served <- server.Serve(&gate{Listener: a.door, ctx: ctx, a: a, nets: nets, free: make(chan struct{}, d.PeersMax)})
	}()
	select {
	case <-ctx.Done():
	case err = <-served:
		err = fmt.Errorf("email: the door: %w", err)
	}
	cancel()
	_ = server.Shutdown(context.Background()) // of the listener, which may be closed; it waits for the connections
	return err
}

// quiet says that the library found a fault. What it says may hold what a peer wrote.
type quiet struct{ a *Adapter }

func (q quiet) Printf(string, ...any) { q.a.cfg.Log.Debug("a peer of the door broke off") }
func (q quiet) Println(...any)        { q.Printf("") }

// A gate lets in peers that may connect, so many at a time.
type gate struct {
	net.Listener
	ctx  context.Context // its end closes the connections: the library has none
	a    *Adapter
	nets []netip.Prefix
	free chan struct{} // of PeersMax: one entry a connection
}

// Accept waits for a peer that is let in.
func (g *gate) Accept() (net.Conn, error) {
	for {
		c, err := g.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if !g.known(c.RemoteAddr()) {
			g.a.count(func(s *Stats) { s.DoorStrangers++ })
			turnAway(c, "554 5.7.1 This server does not know you\r\n")
			continue
		}
		select {
		case g.free <- struct{}{}:
			stop := context.AfterFunc(g.ctx, func() { _ = c.Close() })
			return &bounded{Conn: c, end: time.Now().Add(sessionMax), leave: sync.OnceFunc(func() {
				stop()
				<-g.free
			})}, nil
		default:
			g.a.count(func(s *Stats) { s.DoorBusy++ })
			turnAway(c, "421 4.7.0 Too many connections: try again later\r\n")
		}
	}
}

func (g *gate) known(addr net.Addr) bool {
	tcp, ok := addr.(*net.TCPAddr)
	if !ok {
		return true // the folder of a socket says who may connect
	}
	ip := tcp.AddrPort().Addr().Unmap()
	return slices.ContainsFunc(g.nets, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// turnAway writes without waiting: what does not fit into the socket's buffer is not said.
func turnAway(c net.Conn, text string) {
	_ = c.SetWriteDeadline(time.Now().Add(time.Second))
	_, _ = io.WriteString(c, text)
	_ = c.Close()
}

// A bounded connection ends in time, whatever is said on it.
type bounded struct {
	net.Conn
	end   time.Time
	leave func()
}

// SetReadDeadline sets a deadline that is not behind the end.
func (b *bounded) SetReadDeadline(t time.Time) error {
	if t.IsZero() || t.After(b.end) {
		t = b.end
	}
	return b.Conn.SetReadDeadline(t)
}

// notOffered is what go-smtp offers and 0.25.1 does not do safely: where RSET or the end of a connection meets a mail in chunks,
// two of its goroutines use one field.
var notOffered = []byte("250-CHUNKING\r\n")

// Write writes an answer, of which go-smtp hands over each line by itself. It repeats what the peer said in some: that must not be
// more than a line.
func (b *bounded) Write(line []byte) (int, error) {
	if bytes.Equal(line, notOffered) {
		return len(line), nil
	}
	text := bytes.TrimSuffix(line, []byte("\r\n"))
	plain := make([]byte, 0, len(line))
	for _, c := range text {
		if c < ' ' || c > '~' {
			c = '?'
		}
		plain = append(plain, c)
	}
	return b.Conn.Write(append(plain, line[len(text):]...))
}

// Close gives the place free.
func (b *bounded) Close() error {
	b.leave()
	return b.Conn.Close()
}

// A visit is one connection.
type visit struct {
	a     *Adapter
	ctx   context.Context // of Run: the library has none
	mutex sync.Mutex      // a mail in chunks is read by another goroutine than commands are
	mail  envelope
}

// An envelope is what is known of a mail before it comes.
type envelope struct{ reverse, to string }

// Mail begins a mail.
func (v *visit) Mail(from string, _ *smtp.MailOptions) error {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	v.mail = envelope{reverse: from}
	return nil
}

// Rcpt names a recipient. The first one's attributes count.
func (v *visit) Rcpt(to string, _ *smtp.RcptOptions) error {
	addr, ok := address(to)
	if _, known := v.a.recipients[addr]; !ok || !known {
		v.a.count(func(s *Stats) { s.DoorRecipients++ })
		return noSuchBox
	}
	v.mutex.Lock()
	defer v.mutex.Unlock()
	if v.mail.to == "" {
		v.mail.to = addr
	}
	return nil
}

// Reset forgets a mail.
func (v *visit) Reset() {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	v.mail = envelope{}
}

// Logout ends the visit.
func (v *visit) Logout() error { return nil }

// Data takes a mail: it is on the disk, and in the line, before it is answered for. To more than one of our recipients it is one.
func (v *visit) Data(r io.Reader) error {
	v.mutex.Lock()
	mail := v.mail
	v.mutex.Unlock()
	arrived := time.Now()
	name, err := v.a.spool.write(mail.reverse, mail.to, r)
	if err != nil {
		return v.unwritten(err)
	}
	h, err := v.a.spool.head(inTmp, name, v.a.cfg.HeaderMax)
	if err == nil && len(h) == 2 {
		err = errNoHead // Return-Path and Delivered-To are our own
	}
	if err != nil {
		v.a.spool.remove(inTmp, name)
		v.a.count(func(s *Stats) { s.Unreadable++ })
		if errors.Is(err, errBigHead) {
			return headTooBig
		}
		return notAMail
	}
	l := letter{head: h, id: v.a.idOf(h, name), arrived: arrived, attributes: v.a.recipients[mail.to]}
	if err := v.a.spool.move(inTmp, name, inNew, l.id); err != nil {
		return v.unwritten(err)
	}
	return v.reply(l, v.a.settle(v.ctx, l))
}

// unwritten is the answer to a mail that is not in the spool.
func (v *visit) unwritten(err error) error {
	if _, disk := errors.AsType[*fs.PathError](err); disk {
		v.a.count(func(s *Stats) { s.DoorDisk++ })
		v.a.cfg.Log.Error("the spool cannot be written", "error", err)
		return noSpool
	}
	if errors.Is(err, smtp.ErrDataTooLarge) {
		v.a.count(func(s *Stats) { s.DoorTooLarge++ })
		return smtp.ErrDataTooLarge
	}
	if errors.Is(err, smtp.ErrTooLongLine) {
		v.a.count(func(s *Stats) { s.DoorTooLarge++ })
		return longLine
	}
	v.a.count(func(s *Stats) { s.DoorBroken++ })
	return brokeOff
}

// reply is what the server in front is told. It keeps what is not taken, and tries again or tells the sender; of what the line may
// have, the spool keeps it too.
func (v *visit) reply(l letter, err error) error {
	if err != nil && !errors.Is(err, errUnheard) {
		v.a.spool.remove(inNew, l.id)
	}
	no, final := errors.AsType[refusal](err)
	switch {
	case final && no.code != 423 && no.code != 429:
		return lineNo
	case final:
		return lineFull
	case err != nil:
		return tryLater
	}
	return nil
}

// settle takes a mail that lies in new, and puts it where it belongs then. With an error it still lies there.
func (a *Adapter) settle(ctx context.Context, l letter) error {
	l.ref = "spool:" + l.id
	v, err := a.take(ctx, l)
	a.remembered()
	switch {
	case err != nil:
		return err
	case v == skipped:
		return a.spool.move(inNew, l.id, inSkipped, l.id)
	}
	return a.spool.move(inNew, l.id, inCur, l.id)
}
