package phone

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

const mediaMax = 8 // media of a session description

// An offer is what a session description says of its audio, and our answer to it.
type offer struct {
	to     netip.AddrPort
	deaf   bool  // it wants to hear nothing: it is on hold
	events uint8 // the payload type of telephone events; 0: none
	answer []byte
}

// stilled answers a session description with one in which nothing is sent either way, for a phone that is to wait in silence.
func stilled(host string, sdp []byte) []byte {
	family := cmp.Or(map[bool]string{true: "IP6 "}[strings.Contains(host, ":")], "IP4 ") + host
	text := fmt.Appendf(nil, "v=0\r\no=- %d 1 IN %s\r\ns=-\r\nc=IN %[2]s\r\nt=0 0\r\n", time.Now().Unix(), family)
	for _, m := range sections(sdp) {
		port := 0
		if m.kind == "audio" && m.port > 0 {
			port = 9 // discard: nothing is sent there
		}
		text = fmt.Appendf(text, "m=%s %d %s %s\r\na=inactive\r\n", m.kind, port, m.proto, strings.Join(m.formats, " "))
	}
	return text
}

// errNoMusic says that a caller cannot hear our music.
var errNoMusic = errors.New("no PCMU at an address of the caller's")

// A medium is an m= section of a session description.
type medium struct {
	kind, proto string
	port        uint16
	formats     []string
	address     string
	events      string // the format of telephone events
	direction   string
}

// taken says whether a medium is one that music can be played to.
func (m *medium) taken() bool {
	return m.kind == "audio" && m.port > 0 && m.proto == "RTP/AVP" && slices.Contains(m.formats, "0")
}

// payload is the payload type of the medium's telephone events; 0: none.
func (m *medium) payload() uint8 {
	n, err := strconv.ParseUint(m.events, 10, 7)
	if err != nil || n < 96 || !slices.Contains(m.formats, m.events) { // those below are spoken for (RFC 3551, 6)
		return 0
	}
	return uint8(n)
}

// attribute takes an a= line.
func (m *medium) attribute(line string) {
	if slices.Contains(directions, line) {
		m.direction = line
		return
	}
	if rest, is := strings.CutPrefix(line, "a=rtpmap:"); is && m.events == "" {
		format, name, _ := strings.Cut(rest, " ")
		if strings.EqualFold(strings.TrimSuffix(strings.TrimSpace(name), "/1"), "telephone-event/8000") {
			m.events = format
		}
	}
}

// sections reads the media of a session description; what is said of all of them is said of each.
func sections(sdp []byte) (list []medium) {
	all := medium{}
	now := &all
	for line := range strings.Lines(string(sdp)) {
		f := strings.Fields(line)
		switch {
		case strings.HasPrefix(line, "c=") && len(f) == 3:
			now.address = f[2]
		case strings.HasPrefix(line, "a="):
			now.attribute(strings.TrimSpace(line))
		case strings.HasPrefix(line, "m=") && len(f) >= 4:
			port, bad := strconv.ParseUint(f[1], 10, 16)
			if bad != nil {
				port = 0 // refused, like none
			}
			list = append(list, medium{kind: f[0][len("m="):], port: uint16(port), proto: f[2], formats: f[3:], address: all.address,
				direction: all.direction})
			now = &list[len(list)-1]
		}
	}
	return list
}

// turned is the direction of the answer to one (RFC 3264, 6.1).
var turned = map[string]string{"a=sendonly": "a=recvonly\r\n", "a=recvonly": "a=sendonly\r\n", "a=inactive": "a=inactive\r\n"}

// read answers a session description (RFC 3264): the first audio with PCMU is taken, with its telephone events, all other media
// refused.
func (b *band) read(sdp []byte) (o offer, err error) {
	_, port, _ := net.SplitHostPort(b.conn.LocalAddr().String())
	media := sections(sdp)
	var text strings.Builder
	for i := range media {
		m := &media[i]
		if o.to.IsValid() || !m.taken() {
			fmt.Fprintf(&text, "m=%s 0 %s %s\r\n", m.kind, m.proto, m.formats[0])
			continue
		}
		ip, bad := netip.ParseAddr(m.address)
		if bad != nil {
			return offer{}, errNoMusic
		}
		o.deaf = ip.IsUnspecified() || m.direction == "a=sendonly" || m.direction == "a=inactive"
		o.to, o.events = netip.AddrPortFrom(ip.Unmap(), m.port), m.payload()
		if o.events == 0 {
			fmt.Fprintf(&text, "m=audio %s RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n", port)
		} else {
			fmt.Fprintf(&text, "m=audio %s RTP/AVP 0 %d\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:%[2]d telephone-event/8000\r\na=fmtp:%[2]d 0-15\r\n",
				port, o.events)
		}
		text.WriteString(turned[m.direction])
	}
	if !o.to.IsValid() || len(media) > mediaMax {
		return offer{}, errNoMusic
	}
	family := cmp.Or(map[bool]string{true: "IP6 "}[strings.Contains(b.host, ":")], "IP4 ") + b.host
	o.answer = fmt.Appendf(nil, "v=0\r\no=- %d 1 IN %s\r\ns=-\r\nc=IN %s\r\nt=0 0\r\n%s", time.Now().Unix(), family, family, text.String())
	return o, nil
}
