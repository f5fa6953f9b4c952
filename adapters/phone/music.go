package phone

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

const (
	rate      = 8000      // samples a second of G.711, a byte each
	frame     = rate / 50 // samples of 20 ms
	musicMax  = 64 << 20  // bytes of a file
	mediaMax  = 8         // media of a session description
	rtpHeader = 12
)

// A band plays one tune to everybody who listens, from one socket: a seat is where the next frame goes.
type band struct {
	place string
	host  string
	max   int
	tune  []byte
	conn  net.PacketConn

	mutex sync.Mutex
	seats map[*call]*seat
}

type seat struct {
	to   *net.UDPAddr
	ssrc uint32
	seq  uint16
	time uint32
}

func newBand(cfg *Config) (*band, error) {
	b := &band{place: cfg.Media, host: mediaHost(cfg), max: cfg.MediaMax, tune: tune(), seats: map[*call]*seat{}}
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

// sit has a call hear the music, or hear it elsewhere. It says no when all seats are taken.
func (b *band) sit(c *call, to netip.AddrPort) bool {
	var chance [10]byte
	_, _ = rand.Read(chance[:])
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if s := b.seats[c]; s != nil {
		s.to = net.UDPAddrFromAddrPort(to)
		return true
	}
	if len(b.seats) >= b.max {
		return false
	}
	b.seats[c] = &seat{to: net.UDPAddrFromAddrPort(to), ssrc: binary.BigEndian.Uint32(chance[:]),
		seq: binary.BigEndian.Uint16(chance[4:]), time: binary.BigEndian.Uint32(chance[6:])}
	return true
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
	delete(b.seats, c)
}

// An offer is what a session description says of its audio, and our answer to it.
type offer struct {
	to     netip.AddrPort
	answer []byte
}

// errNoMusic says that a caller cannot hear our music.
var errNoMusic = errors.New("no PCMU at an address of the caller's")

// read answers a session description (RFC 3264): the first audio with PCMU is taken, all other media refused.
func (b *band) read(sdp []byte) (o offer, err error) {
	_, port, _ := net.SplitHostPort(b.conn.LocalAddr().String())
	var media []string
	var session, address string // the c= of the session, and that of the audio that is taken
	taken, open := uint64(0), false
	for line := range strings.Lines(string(sdp)) {
		f := strings.Fields(line)
		switch {
		case strings.HasPrefix(line, "c=") && len(f) == 3 && len(media) == 0:
			session = f[2]
		case strings.HasPrefix(line, "c=") && len(f) == 3 && open:
			address = f[2]
		case strings.HasPrefix(line, "m=") && len(f) >= 4:
			n, bad := strconv.ParseUint(f[1], 10, 16)
			if open = taken == 0 && f[0] == "m=audio" && bad == nil && n > 0 && f[2] == "RTP/AVP" && slices.Contains(f[3:], "0"); open {
				taken = n
				media = append(media, "m=audio "+port+" RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n")
			} else {
				media = append(media, f[0]+" 0 "+f[2]+" "+f[3]+"\r\n")
			}
		}
	}
	ip, bad := netip.ParseAddr(cmp.Or(address, session))
	if taken == 0 || bad != nil || len(media) > mediaMax {
		return o, errNoMusic
	}
	o.to = netip.AddrPortFrom(ip.Unmap(), uint16(taken))
	family := "IP4 " + b.host
	if strings.Contains(b.host, ":") {
		family = "IP6 " + b.host
	}
	o.answer = fmt.Appendf(nil, "v=0\r\no=- %d 1 IN %s\r\ns=-\r\nc=IN %s\r\nt=0 0\r\n%s", time.Now().Unix(), family, family,
		strings.Join(media, ""))
	return o, nil
}

// hearing is where a caller hears our music, and our session description. Music goes only where the call comes from, or where a
// peer that is believed says: else anybody could have it sent to anybody.
func (c *call) hearing(sdp []byte) (offer, error) {
	a := c.phone
	if a.band == nil {
		return offer{}, errNoMusic
	}
	o, err := a.band.read(sdp)
	if err == nil && o.to.Addr() != c.peer && !a.believed(c.peer) {
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
	c.phone.band.sit(c, c.music.to)
	return nil
}

// earlyMusic plays before the answer, where that can be. Over UDP nothing has shown yet that the caller is where the request says,
// so there it is for peers that are believed.
func (c *call) earlyMusic() error {
	a := c.phone
	o, err := c.hearing(c.offered())
	if err != nil || !sip.IsReliable(c.leg.transport) && !a.believed(c.peer) || !a.band.sit(c, o.to) {
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
