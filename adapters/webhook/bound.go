package webhook

import (
	"net"
	"sync"
	"time"
)

// A bucket holds so many requests, and fills at a rate (a token bucket). The zero time is when it was full.
type bucket struct {
	rate  float64 // in a second
	burst float64

	mutex sync.Mutex
	level float64
	at    time.Time
}

// take takes one out, or says how long it takes until there is one.
func (b *bucket) take(now time.Time) (wait time.Duration) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if b.at.IsZero() {
		b.level = b.burst
	} else if d := now.Sub(b.at); d > 0 {
		b.level = min(b.burst, b.level+d.Seconds()*b.rate)
	}
	b.at = now
	if b.level < 1 {
		return time.Duration((1 - b.level) / b.rate * float64(time.Second))
	}
	b.level--
	return 0
}

// A bounded listener has so many connections open at most; others wait in the system's own queue.
type bounded struct {
	net.Listener
	places chan struct{}
	closed chan struct{}
	once   sync.Once
}

func bound(l net.Listener, n int) *bounded {
	return &bounded{Listener: l, places: make(chan struct{}, n), closed: make(chan struct{})}
}

// Accept waits for a place, then for a connection.
func (b *bounded) Accept() (net.Conn, error) {
	select {
	case b.places <- struct{}{}:
	case <-b.closed:
		return nil, net.ErrClosed
	}
	c, err := b.Listener.Accept()
	if err != nil {
		<-b.places
		return nil, err
	}
	return &held{Conn: c, free: func() { <-b.places }}, nil
}

// Close ends waiting too.
func (b *bounded) Close() error {
	b.once.Do(func() { close(b.closed) })
	return b.Listener.Close()
}

// A held connection frees its place once.
type held struct {
	net.Conn
	once sync.Once
	free func()
}

// Close closes the connection and frees its place.
func (h *held) Close() error {
	h.once.Do(h.free)
	return h.Conn.Close()
}
