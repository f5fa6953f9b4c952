package natsbus_test

import (
	"bytes"
	"net"
	"sync"
	"testing"

	"github.com/nats-io/nats.go"

	"fairline/adapters/natsbus"
)

// A proxy is a daemon's connection that loses what it is told to. It works on what one read or
// write carries, which in process is whole messages.
type proxy struct {
	conn *nats.Conn

	mu      sync.Mutex
	text    []byte // what marks a message to lose
	server  bool   // from the server, else to it
	left    int    // how many to lose
	dropped int
}

// lossyConn is the proxy's end of the connection.
type lossyConn struct {
	net.Conn
	p *proxy
}

// A provider makes the proxy's end of each connection to a server.
type provider struct {
	p    *proxy
	from nats.InProcessConnProvider
}

// InProcessConn is what nats.InProcessServer asks for.
func (p provider) InProcessConn() (net.Conn, error) {
	conn, err := p.from.InProcessConn()
	if err != nil {
		return nil, err
	}
	return lossyConn{conn, p.p}, nil
}

func newProxy(t *testing.T, bus *natsbus.Bus) *proxy {
	t.Helper()
	p := &proxy{}
	wrap := func(from nats.InProcessConnProvider) nats.InProcessConnProvider { return provider{p, from} }
	conn, err := natsbus.ConnectThrough(bus, wrap)
	if err != nil {
		t.Fatal(err)
	}
	p.conn = conn
	t.Cleanup(conn.Close)
	return p
}

func (p *proxy) set(text []byte, server bool, n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.text, p.server, p.left = text, server, n
}

func (p *proxy) dropFromServer(text []byte, n int) { p.set(text, true, n) }
func (p *proxy) dropFromClient(text []byte, n int) { p.set(text, false, n) }

// loses says whether to lose what was read or is to be written.
func (p *proxy) loses(b []byte, server bool) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.left == 0 || p.server != server || !bytes.Contains(b, p.text) {
		return false
	}
	p.left--
	p.dropped++
	return true
}

func (p *proxy) wantDropped(t *testing.T, want int) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.dropped != want {
		t.Fatalf("%d messages lost, want %d: the test lost nothing", p.dropped, want)
	}
}

func (c lossyConn) Read(b []byte) (int, error) {
	for {
		n, err := c.Conn.Read(b)
		if err != nil || !c.p.loses(b[:n], true) {
			return n, err
		}
	}
}

func (c lossyConn) Write(b []byte) (int, error) {
	if c.p.loses(b, false) {
		return len(b), nil
	}
	return c.Conn.Write(b)
}
