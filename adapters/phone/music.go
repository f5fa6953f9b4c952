package phone

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"math"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

const (
	rate      = 8000      // samples a second of G.711, a byte each
	frame     = rate / 50 // samples of 20 ms
	musicMax  = 64 << 20  // bytes of a file
	rtpHeader = 12
)

// A band plays one tune to everybody who listens, from one socket, and hears the keys that they press: a seat is where the next
// frame goes.
type band struct {
	place string
	host  string
	max   int
	tune  []byte
	conn  net.PacketConn

	mutex sync.Mutex
	seats map[*call]*seat
	from  map[netip.AddrPort]*seat // whose packets come from there: of who sat down first
}

// sources are where the packets of a seat come from: where it wants the music, or that port at the address of the signalling, for
// phones with several addresses.
func (s *seat) sources() [2]netip.AddrPort {
	return [2]netip.AddrPort{s.at, netip.AddrPortFrom(s.call.peer, s.at.Port())}
}

type seat struct {
	call   *call
	to     *net.UDPAddr
	at     netip.AddrPort // the same
	events uint8          // the payload type of telephone events; 0: none
	keys   keys
	ssrc   uint32
	seq    uint16
	time   uint32
}

func newBand(cfg *Config) (*band, error) {
	b := &band{place: cfg.Media, host: mediaHost(cfg), max: cfg.MediaMax, tune: tune(),
		seats: map[*call]*seat{}, from: map[netip.AddrPort]*seat{}}
	if cfg.Music == "" {
		return b, nil
	}
	text, err := os.ReadFile(cfg.Music)
	if err != nil {
		return nil, fmt.Errorf("phone: Music: %w", err)
	}
	if len(text) < frame || len(text) > musicMax {
		return nil, fmt.Errorf("phone: Music: %s has %d bytes; want G.711 mu-law at 8 kHz of %d to %d",
			cfg.Music, len(text), frame, musicMax)
	}
	b.tune = text[:len(text)/frame*frame]
	return b, nil
}

// mediaHost is where phones are told that the music comes from: the address that it is sent from, where that is one; else what they
// are told of the signalling.
func mediaHost(cfg *Config) string {
	if host, _, _ := net.SplitHostPort(cfg.Media); !anywhere(host) {
		return host
	}
	for _, place := range []string{cfg.UDP, cfg.TCP, cfg.TLS} {
		if host, _, err := net.SplitHostPort(place); err == nil && cfg.Host == "" {
			return host
		}
	}
	return cfg.Host
}

func (b *band) listen() (err error) {
	if b.conn, err = net.ListenPacket("udp", b.place); err != nil {
		return fmt.Errorf("phone: Media: %w", err)
	}
	return nil
}

func (b *band) close() {
	if b.conn != nil {
		_ = b.conn.Close()
	}
}

// play sends a frame to each seat every 20 ms until ctx ends.
func (b *band) play(ctx context.Context) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for at := 0; ; at = (at + frame) % len(b.tune) {
		select {
		case <-tick.C:
			b.send(b.tune[at : at+frame])
		case <-ctx.Done():
			return
		}
	}
}

// send sends one frame to each seat (RFC 3550, 5.1; payload type 0 is PCMU).
func (b *band) send(samples []byte) {
	packet := make([]byte, rtpHeader+frame)
	copy(packet[rtpHeader:], samples)
	packet[0] = 2 << 6
	b.mutex.Lock()
	defer b.mutex.Unlock()
	for _, s := range b.seats {
		binary.BigEndian.PutUint16(packet[2:], s.seq)
		binary.BigEndian.PutUint32(packet[4:], s.time)
		binary.BigEndian.PutUint32(packet[8:], s.ssrc)
		s.seq++
		s.time += frame
		_, _ = b.conn.WriteTo(packet, s.to) // a frame that is lost is lost
	}
}

// sit has a call hear the music as its session description says, or hear it elsewhere, or not where it is on hold. It says no when
// all seats are taken.
func (b *band) sit(c *call, o offer) bool {
	var chance [10]byte
	_, _ = rand.Read(chance[:])
	b.mutex.Lock()
	defer b.mutex.Unlock()
	s := b.seats[c]
	switch {
	case o.deaf:
		b.leave(c)
		return true
	case s != nil:
		b.vacate(s)
	case len(b.seats) >= b.max:
		return false
	default:
		s = &seat{call: c, ssrc: binary.BigEndian.Uint32(chance[:]), seq: binary.BigEndian.Uint16(chance[4:]),
			time: binary.BigEndian.Uint32(chance[6:])}
		b.seats[c] = s
	}
	s.to, s.at, s.events = net.UDPAddrFromAddrPort(o.to), o.to, o.events
	for _, at := range s.sources() {
		if b.from[at] == nil {
			b.from[at] = s
		}
	}
	return true
}

func (b *band) vacate(s *seat) {
	for _, at := range s.sources() {
		if b.from[at] == s {
			delete(b.from, at)
		}
	}
}

func (b *band) leave(c *call) {
	if s := b.seats[c]; s != nil {
		b.vacate(s)
		delete(b.seats, c)
	}
}

// listeners is how many hear the music.
func (b *band) listeners() int {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return len(b.seats)
}

func (b *band) stand(c *call) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.leave(c)
}

// hearing is where a caller hears our music, and our session description. Music goes only where the call comes from, or where a
// peer that is believed says: else anybody could have it sent to anybody.
func (c *call) hearing(sdp []byte) (offer, error) {
	a := c.phone
	if a.band == nil {
		return offer{}, errNoMusic
	}
	o, err := a.band.read(sdp)
	if err == nil && !o.deaf && !c.dialed && o.to.Addr() != c.peer && !a.believed(c.peer) {
		return o, errNoMusic
	}
	return o, err
}

// mute refuses a caller who was to be parked and cannot hear music, before the line is told. It returns true where it did.
func (c *call) mute() bool {
	a := c.phone
	if a.cfg.Mode != Park {
		return false
	}
	var err error
	if c.music, err = c.hearing(c.offered()); err != nil {
		a.count(func(s *Stats) { s.Mute++ })
		_ = c.respond(488, "Not Acceptable Here: want PCMU")
		return true
	}
	if a.band.listeners() >= a.cfg.MediaMax {
		a.count(func(s *Stats) { s.Unavailable++ })
		_ = c.respond(503, "Too many calls", a.retryAfter())
		return true
	}
	return false
}

// answerWithMusic answers a caller who waits with music, and plays when the answer is confirmed.
func (c *call) answerWithMusic() error {
	sdp, kind := c.leg.tell(c.music.answer), "application/sdp"
	acked, done := c.leg.awaitACK(c.req)
	defer done()
	if err := c.answer(sdp, kind); err != nil {
		return err
	}
	if _, ok := c.confirmed(acked, answer{sdp: sdp, kind: kind}); !ok {
		return errGone
	}
	c.phone.band.sit(c, c.music)
	return nil
}

// earlyMusic plays before the answer, where that can be. Over UDP nothing has shown yet that the caller is where the request says,
// so there it is for peers that are believed.
func (c *call) earlyMusic() error {
	a := c.phone
	o, err := c.hearing(c.offered())
	if err != nil || !sip.IsReliable(c.leg.transport) && !a.believed(c.peer) || !a.band.sit(c, o) {
		return nil // 182 without music
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	res := c.response(183, "Session Progress")
	res.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
	res.SetBody(c.leg.tell(o.answer))
	return c.write(res)
}

// refer has a parked caller call the agent, and hears how it went (RFC 3515).
func (c *call) refer(ctx context.Context, at target, as *asking) {
	req := c.leg.request(sip.REFER, nil, "")
	req.AppendHeader(sip.NewHeader("Refer-To", "<"+at.uri.String()+">"))
	req.AppendHeader(sip.NewHeader("Referred-By", "<"+c.phone.contactHeader(c.leg.transport).Address.Addr()+">"))
	res, err := c.leg.do(ctx, req)
	if err != nil || !res.IsSuccess() {
		as.hand(ctx, answer{why: "the caller cannot be referred"})
		return
	}
	limit := time.NewTimer(c.phone.cfg.Ring)
	defer limit.Stop()
	select {
	case code := <-c.notified:
		if code < 300 {
			as.hand(ctx, answer{referred: true})
			return
		}
		as.hand(ctx, answer{why: whyNot(code)})
	case <-limit.C:
		as.hand(ctx, answer{why: "no answer"})
	case <-ctx.Done():
	}
}

// tune is a quiet arpeggio of eight seconds.
func tune() []byte {
	notes := []float64{261.63, 329.63, 392.00, 523.25, 392.00, 329.63, 293.66, 349.23}
	out := make([]byte, 0, len(notes)*rate)
	for _, hertz := range notes {
		for i := range rate {
			t := float64(i) / rate
			out = append(out, muLaw(int16(2000*math.Exp(-2*t)*math.Sin(2*math.Pi*hertz*t))))
		}
	}
	return out
}

// muLaw is a sample of 16 bits in G.711 (ITU-T G.711, 1988, table 2a): the sign, the segment and four bits, inverted.
func muLaw(sample int16) byte {
	const bias, clip = 0x84, 32635
	v, sign := int(sample), 0
	if v < 0 {
		v, sign = -v, 0x80
	}
	v = min(v, clip) + bias
	segment := 7
	for mask := 0x4000; segment > 0 && v&mask == 0; mask >>= 1 {
		segment--
	}
	return byte(^(sign | segment<<4 | v>>(segment+3)&0x0f))
}
