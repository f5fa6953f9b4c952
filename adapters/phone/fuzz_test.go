package phone

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"fairline/adapters/channel"
	"fairline/adapters/channel/channeltest"

	"github.com/emiago/sipgo/sip"
)

// A wire is a socket without a network: what is put on it is read, and what is written to it goes to a peer.
type wire struct {
	in   chan []byte
	out  chan []byte
	peer *net.UDPAddr
	over chan struct{}
	shut atomic.Bool
}

func newWire() *wire {
	return &wire{in: make(chan []byte), out: make(chan []byte, 1000), peer: &net.UDPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 5060}, over: make(chan struct{})}
}

func (w *wire) ReadFrom(b []byte) (int, net.Addr, error) {
	select {
	case data := <-w.in:
		return copy(b, data), w.peer, nil
	case <-w.over:
		return 0, nil, net.ErrClosed
	}
}

func (w *wire) WriteTo(b []byte, _ net.Addr) (int, error) {
	select {
	case w.out <- bytes.Clone(b):
	default: // nobody reads
	}
	return len(b), nil
}

func (w *wire) Close() error {
	if !w.shut.Swap(true) {
		close(w.over)
	}
	return nil
}

func (w *wire) LocalAddr() net.Addr              { return &net.UDPAddr{IP: net.IPv4(192, 0, 2, 9), Port: 5060} }
func (w *wire) SetDeadline(time.Time) error      { return nil }
func (w *wire) SetReadDeadline(time.Time) error  { return nil }
func (w *wire) SetWriteDeadline(time.Time) error { return nil }

// A busy line refuses every contact, so that no call stays.
type busy struct{ channeltest.Line }

func (*busy) Arrive(context.Context, channel.Contact) (channel.Ack, error) {
	return channel.Ack{}, &channel.Refusal{Code: 429}
}

// fuzzed is a phone on a wire, or on nothing, that believes who calls.
func fuzzed(t testing.TB, mode Mode) (*Adapter, *wire) {
	t.Helper()
	cfg := testConfig()
	cfg.Mode = mode
	cfg.Trunks = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	cfg.Agents, cfg.SecretsFile = []Agent{{Name: "ana"}}, secrets(t, "ana "+secret)
	cfg.Matter, cfg.Attributes = "X-Matter", []HeaderValue{{Header: "X-Language", Attribute: "language"}}
	keysThatMean(&cfg)
	line := &busy{}
	a, err := New(cfg, line, line, &people{}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	w := newWire()
	a.udp = w
	if err := a.band.listen(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.over(); _ = w.Close(); a.work.Wait(); a.band.close(); _ = a.ua.Close() })
	return a, w
}

// seeds are messages that a phone may get.
func seeds(f *testing.F) {
	h := &handset{}
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = conn.Close() })
	h.conn = conn
	d := &dialed{h: h, id: "id", tag: "tag", branch: "z9hG4bKx", cseq: 1, to: "<sip:line@127.0.0.1>"}
	for _, method := range []string{"INVITE", "ACK", "BYE", "CANCEL", "INFO", "NOTIFY", "REGISTER", "OPTIONS", "PUBLISH"} {
		f.Add([]byte(d.text(method, "+4930901820", sdpOfCaller, "P-Asserted-Identity: \"A\" <tel:+4930901820>", "Privacy: id;user", "X-Matter: m",
			"Record-Route: <sip:192.0.2.7;lr>", "Diversion: <sip:x@y>")))
	}
	d.to += ";tag=x"
	f.Add([]byte(d.text("INVITE", "+4930901820", "")))
	f.Add([]byte(d.text("INFO", "+4930901820", "Signal=5\r\nDuration=160\r\n", "Content-Type: application/dtmf-relay")))
	f.Add([]byte(d.text("REGISTER", "ana", "", `Authorization: Digest username="ana", realm="fairline", nonce="x", uri="sip:x", response="0", qop=auth, nc=00000001, cnonce="y"`,
		"Expires: 60", "Contact: <sip:ana@192.0.2.1>;expires=60")))
	f.Add([]byte("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKx\r\nCSeq: 1 INVITE\r\nCall-ID: id\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>;tag=2\r\n\r\n"))
}

// FuzzDatagram puts datagrams on the socket of a phone that runs: it must go on, and answer the next one who asks.
func FuzzDatagram(f *testing.F) {
	seeds(f)
	a, w := fuzzed(f, Bridge)
	go func() { _ = a.guard.serveUDP(w) }()
	n := 0
	f.Fuzz(func(t *testing.T, data []byte) {
		n++
		w.in <- data
		branch := fmt.Sprintf("z9hG4bK%d", n)
		w.in <- []byte("OPTIONS sip:line@192.0.2.9 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=" + branch + "\r\nFrom: <sip:a@b>;tag=1\r\n" +
			"To: <sip:c@d>\r\nCall-ID: " + branch + "\r\nCSeq: 1 OPTIONS\r\n\r\n")
		for limit := time.After(waitMax); ; {
			select {
			case answer := <-w.out:
				if bytes.HasPrefix(answer, []byte("SIP/2.0 200 OK\r\n")) && bytes.Contains(answer, []byte(branch+"\r\n")) {
					return
				}
			case <-limit:
				t.Fatalf("after %q nothing is answered", data)
			}
		}
	})
}

// FuzzCall reads a message as each of our own readers would, and writes what is made of it for an agent's phone: that is one message
// with the headers that we wrote, whatever the caller wrote into names and numbers.
func FuzzCall(f *testing.F) {
	seeds(f)
	a, _ := fuzzed(f, Bridge)
	at := target{uri: sip.Uri{Scheme: "sip", User: "ana", Host: "192.0.2.5"}, transport: "UDP"}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := sip.ParseMessage(data)
		req, is := m.(*sip.Request)
		if err != nil || !is || readable(req) != nil {
			return
		}
		peer := netip.MustParseAddr("192.0.2.1")
		c := a.newCall(req, nil, peer)
		pressed(req)
		contact := a.contact(t.Context(), req, c.id, peer)
		for name, value := range contact.Attributes {
			if text := value.(string); len(text) > valueMax || strings.ContainsAny(text, "\r\n\x00") {
				t.Errorf("%s: %q", name, text)
			}
		}
		if contact.Customer != "" && c.private {
			t.Errorf("who wants privacy is known: %q", data)
		}
		l := a.calling(c, at)
		again, err := sip.ParseMessage([]byte(l.request(sip.INVITE, l.tell(c.sdp), "application/sdp").String()))
		if err != nil {
			t.Fatalf("of %q: %v", data, err)
		}
		for _, name := range []string{"Via", "From", "To", "Call-ID", "CSeq", "Contact", "Max-Forwards", "Content-Length"} {
			if got := len(again.GetHeaders(name)); got != 1 {
				t.Errorf("of %q: %d %s:\n%s", data, got, name, again)
			}
		}
		for _, h := range again.(*sip.Request).Headers() {
			if !slices.Contains([]string{"Via", "From", "To", "Call-ID", "CSeq", "Contact", "Max-Forwards", "Content-Length", "Content-Type"}, h.Name()) {
				t.Errorf("of %q: a header of theirs: %s", data, h.Name())
			}
		}
		_ = c.response(182, words(channel.Standing{}, 0)).String()
		_ = c.leg.request(sip.BYE, nil, "").String()
	})
}

// FuzzDescription reads session descriptions, and says them again.
func FuzzDescription(f *testing.F) {
	for _, sdp := range []string{sdpOfCaller, eventsOf(sdpOfCaller, 101), sdpOfAgent + "a=sendonly\r\n", "o=\r\nc=\r\nm=\r\na=\r\n",
		"o=a 1 2 IN IP6 ::1\r\nm=audio 1 RTP/AVP 0\r\nc=IN IP6 ::1\r\nm=video 1 x 1\r\na=rtpmap:101 telephone-event/8000"} {
		f.Add([]byte(sdp), []byte(sdpOfAgent))
	}
	a, _ := fuzzed(f, Park)
	f.Fuzz(func(t *testing.T, first, second []byte) {
		o, err := a.band.read(first)
		if err == nil {
			again, bad := a.band.read(o.answer)
			if len(sections(o.answer)) != len(sections(first)) || bad != nil || again.events != o.events {
				t.Errorf("%q is answered with %q: %v", first, o.answer, bad)
			}
			if o.events != 0 && o.events < 96 || !o.to.IsValid() {
				t.Errorf("%q: %+v", first, o)
			}
		}
		s := session{}
		for _, sdp := range [][]byte{first, second, first} {
			if said := s.say(sdp); len(destinations(said)) != len(destinations(sdp)) {
				t.Errorf("%q is said as %q", sdp, said)
			}
		}
		for _, line := range strings.Split(string(silenced(first)), "\n") {
			if d := strings.TrimSpace(line); slices.Contains(directions[:3], d) {
				t.Errorf("%q is not silent: %q", first, silenced(first))
			}
		}
	})
}

// FuzzCredentials is asked for a registration by who does not know the secret.
func FuzzCredentials(f *testing.F) {
	a, _ := fuzzed(f, Bridge)
	nonce := a.desk.nonces.make(time.Now(), nil, "192.0.2.1")
	f.Add(`Digest username="ana", realm="fairline", nonce="` + nonce + `", uri="sip:x", response="00000000000000000000000000000000", qop=auth, nc=00000001, cnonce="y"`)
	f.Add(`Digest username="ana", realm="fairline", nonce="", uri="", response="", qop=auth, nc=ffffffff, cnonce="", algorithm=MD5`)
	f.Add(`Basic YW5hOng=`)
	f.Fuzz(func(t *testing.T, value string) {
		req := sip.NewRequest(sip.REGISTER, sip.Uri{Scheme: "sip", Host: "x"})
		req.AppendHeader(sip.NewHeader("Authorization", value))
		req.SetSource("192.0.2.1:5060")
		if worth := a.authentic(req, "ana"); worth == proved || worth == stale {
			t.Errorf("%q is believed", value)
		}
		if a.desk.nonces.good(time.Now(), value, "192.0.2.1") && value != nonce {
			t.Errorf("%q is a nonce", value)
		}
	})
}
