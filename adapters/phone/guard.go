package phone

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Bounds of the doors.
const (
	writeMax   = 5 * time.Second  // of a message to a peer over TCP or TLS
	messageMax = 10 * time.Second // from a connection to the end of its first message, the TLS handshake in it; and of each message
	sourcesMax = 50_000           // addresses that sipgo's table of a UDP socket may hold before it is begun anew
	readBuffer = 4 << 20          // bytes of datagrams that wait to be read
	pacedMax   = 20_000           // addresses whose pace is watched in one second
)

// A guard stands at the sockets: it drops what is no SIP and what is too much, before it costs a parse.
type guard struct {
	phone    *Adapter
	mutex    sync.Mutex
	pace     map[netip.Addr]int // messages of this second
	all      int
	until    time.Time
	conns    map[netip.Addr]int
	total    int
	room     int           // sourcesMax
	patience time.Duration // messageMax
	deaf     atomic.Bool   // nothing is heard any more
	reads    chan struct{} // closed: the UDP socket is read
	begin    sync.Once
}

func newGuard(a *Adapter) *guard {
	return &guard{phone: a, pace: map[netip.Addr]int{}, conns: map[netip.Addr]int{}, room: sourcesMax, patience: messageMax, reads: make(chan struct{})}
}

// within says whether an address is in one of the ranges.
func within(ip netip.Addr, ranges []netip.Prefix) bool {
	for _, r := range ranges {
		if r.Contains(ip) {
			return true
		}
	}
	return false
}

// believed says whether a peer vouches for callers.
func (a *Adapter) believed(ip netip.Addr) bool {
	return within(ip, a.cfg.Asserted) || within(ip, a.cfg.Trunks)
}

// ipOf is the address in host:port; the zero Addr where there is none.
func ipOf(place string) netip.Addr {
	at, err := netip.ParseAddrPort(place)
	if err != nil {
		return netip.Addr{}
	}
	return at.Addr().Unmap()
}

// fits says whether one more message of an address is within its pace, and within that of all. When very many addresses send in
// one second, those that are new in it are refused: their number costs memory.
func (g *guard) fits(ip netip.Addr) bool {
	if g.phone.believed(ip) {
		return true
	}
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if now := time.Now(); now.After(g.until) {
		clear(g.pace)
		g.all, g.until = 0, now.Add(time.Second)
	}
	n, known := g.pace[ip]
	if n >= g.phone.cfg.PacePerSource || g.all >= g.phone.cfg.PaceMax || !known && len(g.pace) >= pacedMax {
		return false
	}
	g.all++
	g.pace[ip] = n + 1
	return true
}

// errFull ends one reading of a UDP socket: sipgo remembers each address that a reading has heard, and forgets them when it ends.
var errFull = errors.New("too many addresses for one table")

// serveUDP reads the socket until it is closed.
func (g *guard) serveUDP(conn net.PacketConn) error {
	for {
		p := &packets{PacketConn: conn, guard: g, heard: map[netip.AddrPort]struct{}{}}
		if err := g.phone.server.ServeUDP(p); err != nil {
			return err
		}
		if !errors.Is(p.end, errFull) {
			return p.end
		}
	}
}

// awaitUDP returns when the socket is read: before that the library does not know it, and would open another for what we send from it.
func (g *guard) awaitUDP(ctx context.Context) {
	select {
	case <-g.reads:
	case <-ctx.Done():
	}
}

// packets is a UDP socket of which only SIP within the pace is seen.
type packets struct {
	net.PacketConn
	guard *guard
	heard map[netip.AddrPort]struct{}
	end   error
}

// ReadFrom returns the next datagram that may be SIP.
func (p *packets) ReadFrom(b []byte) (n int, from net.Addr, err error) {
	p.guard.begin.Do(func() { close(p.guard.reads) })
	for {
		n, from, err = p.PacketConn.ReadFrom(b)
		if err != nil {
			p.end = err
			return n, from, err
		}
		at := from.(*net.UDPAddr).AddrPort()
		switch {
		case p.guard.deaf.Load():
		case !p.guard.fits(at.Addr().Unmap()):
			p.guard.phone.count(func(s *Stats) { s.Flooded++ })
		case len(bytes.Trim(b[:n], "\r\n\x00")) == 0: // a keep-alive
		case n > p.guard.phone.cfg.MessageMax || !looksLikeSIP(b[:n]):
			p.guard.phone.count(func(s *Stats) { s.Garbage++ })
		default:
			p.heard[at] = struct{}{}
			if len(p.heard) > p.guard.room { // this one is lost, as datagrams are: it comes again
				p.end = errFull
				time.Sleep(tableRest)
				return 0, nil, errFull
			}
			return n, from, nil
		}
	}
}

// listener returns a listener of connections that are not too many and say something in time.
func (g *guard) listener(l net.Listener) net.Listener { return &door{Listener: l, guard: g} }

type door struct {
	net.Listener
	guard *guard
}

// Accept returns the next connection that there is room for.
func (d *door) Accept() (net.Conn, error) {
	for {
		conn, err := d.Listener.Accept()
		if err != nil {
			var temporary interface{ Timeout() bool }
			if errors.As(err, &temporary) && !errors.Is(err, net.ErrClosed) {
				time.Sleep(acceptRest) // no descriptors left
				continue
			}
			return nil, err
		}
		ip := ipOf(conn.RemoteAddr().String())
		if !d.guard.enter(ip) {
			d.guard.phone.count(func(s *Stats) { s.Flooded++ })
			_ = conn.Close()
			continue
		}
		_ = conn.SetReadDeadline(time.Now().Add(d.guard.patience))
		return &guarded{Conn: conn, guard: d.guard, leave: sync.OnceFunc(func() { d.guard.leave(ip) })}, nil
	}
}

const (
	acceptRest = 50 * time.Millisecond // after a connection could not be taken
	tableRest  = 50 * time.Millisecond // before a table is forgotten: until then who was heard last has found the way to answer
)

func (g *guard) enter(ip netip.Addr) bool {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if g.total >= g.phone.cfg.ConnsMax || g.conns[ip] >= g.phone.cfg.ConnsMax/4 && !g.phone.believed(ip) {
		return false
	}
	g.total++
	g.conns[ip]++
	return true
}

func (g *guard) leave(ip netip.Addr) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.total--
	if g.conns[ip]--; g.conns[ip] == 0 {
		delete(g.conns, ip)
	}
}

// guarded is a connection that must say a whole message before it may rest, and each further one in time.
type guarded struct {
	net.Conn
	guard *guard
	frame framing // of the one reader
	leave func()
}

// Read reads what is SIP. A connection that says anything else, or more than is taken, ends.
func (c *guarded) Read(b []byte) (int, error) {
	before := c.frame.begun
	n, err := c.Conn.Read(b)
	if c.frame.feed(b[:n], c.guard.phone.cfg.MessageMax) != nil {
		c.guard.phone.count(func(s *Stats) { s.Garbage++ })
		return 0, errFrame
	}
	switch {
	case c.frame.begun == 0: // nothing but keep-alives
	case !c.frame.within:
		_ = c.Conn.SetReadDeadline(time.Time{})
	case c.frame.begun != before:
		_ = c.Conn.SetReadDeadline(time.Now().Add(c.guard.patience))
	}
	return n, err
}

// Close closes.
func (c *guarded) Close() error {
	c.leave()
	return c.Conn.Close()
}

// A listener hears what the library would log: nothing of it is written, because there are numbers in it; messages that it could
// not read are counted.
type listener struct{ phone *Adapter }

// Enabled says that only errors are heard.
func (l listener) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelError }

// Handle counts.
func (l listener) Handle(_ context.Context, r slog.Record) error {
	if strings.HasPrefix(r.Message, "failed to parse") {
		l.phone.count(func(s *Stats) { s.Malformed++ })
	}
	return nil
}

// WithAttrs is the same.
func (l listener) WithAttrs([]slog.Attr) slog.Handler { return l }

// WithGroup is the same.
func (l listener) WithGroup(string) slog.Handler { return l }
