package phone

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"time"

	"fairline/adapters/channel"

	"github.com/emiago/sipgo/sip"
	"github.com/pion/rtp"
)

// digits are the keys of a telephone.
const digits = "0123456789*#ABCD"

// pressed is the key in an INFO: application/dtmf-relay has Signal=5, application/dtmf the key alone.
func pressed(req *sip.Request) string {
	kind, _, _ := strings.Cut(strings.ToLower(contentType(req)), ";")
	body := string(req.Body())
	switch kind {
	case "application/dtmf":
		body = strings.TrimSpace(body)
	case "application/dtmf-relay":
		_, rest, _ := strings.Cut(body, "Signal=")
		rest, _, _ = strings.Cut(rest, "\n")
		body = strings.TrimSpace(rest)
	default:
		return ""
	}
	if len(body) != 1 || !strings.Contains(digits, body) {
		return ""
	}
	return body
}

// press tells the line what a key says.
func (c *call) press(key string) {
	a := c.phone
	v, means := a.cfg.Digits[key]
	if !means {
		return
	}
	a.count(func(s *Stats) { s.Digits++ })
	a.begin(func() {
		_ = a.tellLine(func(ctx context.Context) error { // a refusal is of a call that is answered or over
			_, err := a.line.Change(ctx, c.id, channel.Change{Attributes: map[string]any{v.Attribute: v.Value}})
			return err
		})
	})
}

const (
	datagramMax = 1500            // bytes of a packet of RTP; what is longer is cut, and no telephone event
	segment     = 0xffff          // of an event that lasts longer: the next part begins where it ends (RFC 4733, 2.5.1.3)
	lateMax     = 10 * rate       // a packet that is older than the last event by more is of a stream that begins anew
	keysMax     = 10              // keys a second of one caller; more are dropped
	keysEach    = 1 * time.Second // in which they are counted
)

// keys hears the keys in one stream of telephone events (RFC 4733). An event is many packets with one timestamp, the last of which
// is sent three times: each key is heard once, with the first packet of it that comes.
type keys struct {
	known bool
	ssrc  uint32
	at    uint32 // the timestamp of the last event
	event byte
	ended bool
	since time.Time
	count int
}

// hear returns the key that a packet begins, or empty: it is more of the last, of one before it, no key, or there were too many.
func (k *keys) hear(p *rtp.Packet, now time.Time) string {
	if len(p.Payload) < 4 {
		return ""
	}
	event, end := p.Payload[0], p.Payload[1]&0x80 != 0
	if k.known && k.ssrc == p.SSRC {
		after := int32(p.Timestamp - k.at)
		switch {
		case after == 0 && event == k.event:
			k.ended = k.ended || end
			return ""
		case after < 0 && after > -lateMax:
			return ""
		case after == segment && event == k.event && !k.ended:
			k.at, k.ended = p.Timestamp, end
			return ""
		}
	}
	k.known, k.ssrc, k.at, k.event, k.ended = true, p.SSRC, p.Timestamp, event, end
	if int(event) >= len(digits) || !k.fits(now) {
		return ""
	}
	return digits[event : event+1]
}

func (k *keys) fits(now time.Time) bool {
	if now.Sub(k.since) >= keysEach {
		k.since, k.count = now, 0
	}
	k.count++
	return k.count <= keysMax
}

// listenKeys hears the keys of who has a seat until the socket is closed. What comes from elsewhere is dropped.
func (b *band) listenKeys() {
	conn := b.conn.(*net.UDPConn)
	buffer := make([]byte, datagramMax)
	for {
		n, from, err := conn.ReadFromUDPAddrPort(buffer)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			time.Sleep(acceptRest) // the system has no room
			continue
		}
		from = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
		if c, key := b.key(from, buffer[:n], time.Now()); key != "" {
			c.press(key)
		}
	}
}

// key is the key that a packet from somewhere begins, and whose it is; empty: none.
func (b *band) key(from netip.AddrPort, data []byte, now time.Time) (c *call, key string) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	s := b.from[from]
	if s == nil || s.events == 0 || len(data) < rtpHeader || data[1]&0x7f != s.events || data[0]>>6 != 2 {
		return nil, ""
	}
	var p rtp.Packet
	if p.Unmarshal(data) != nil {
		return nil, ""
	}
	return s.call, s.keys.hear(&p, now)
}
