package phone

import (
	"encoding/binary"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"fairline/adapters/channel"

	"github.com/emiago/sipgo/sip"
)

// ears is where a caller hears.
func ears(t *testing.T) (conn *net.UDPConn, sdp string) {
	t.Helper()
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	port := strconv.Itoa(conn.LocalAddr().(*net.UDPAddr).Port)
	return conn, strings.Replace(sdpOfCaller, "40000", port, 1)
}

// hears reads packets of music.
func hears(t *testing.T, conn *net.UDPConn, packets int) {
	t.Helper()
	b := make([]byte, 2000)
	var last uint16
	loud := false
	for i := range packets {
		_ = conn.SetReadDeadline(time.Now().Add(waitMax))
		n, err := conn.Read(b)
		if err != nil {
			t.Fatal(err)
		}
		seq := binary.BigEndian.Uint16(b[2:])
		if n != rtpHeader+frame || b[0] != 0x80 || b[1] != 0 || i > 0 && seq != last+1 {
			t.Errorf("packet %d: %d bytes, %x", i, n, b[:rtpHeader])
		}
		for _, sample := range b[rtpHeader:n] {
			loud = loud || sample != 0xff
		}
		last = seq
	}
	if !loud {
		t.Error("it is silence")
	}
}

// parked is a caller who waits with music.
func parked(t *testing.T) (r *rig, d *dialed, agent *handset, ears_ *net.UDPConn) {
	t.Helper()
	r, caller, agent := agentRig(t, func(c *Config) { c.Mode = Park })
	conn, sdp := ears(t)
	d = &dialed{h: caller, id: "parked", tag: "p", branch: sip.GenerateBranch(), cseq: 1, to: "<sip:line@127.0.0.1>"}
	caller.send(d.text("INVITE", "+4930901820", sdp))
	ok := caller.response(200)
	if !strings.Contains(string(ok.Body()), "m=audio") {
		t.Errorf("%s", ok.String())
	}
	d.again("ACK", ok, "")
	hears(t, conn, 5)
	return r, d, agent, conn
}

func TestPark(t *testing.T) {
	t.Parallel()
	r, d, agent, _ := parked(t)
	id := r.line.contact(t, 0).ID
	for offer, code := range []int{486, 200} {
		r.offer(id, uint64(offer+1), "ana")
		refer := d.h.request("REFER")
		if to := refer.GetHeader("Refer-To"); to == nil || !strings.Contains(to.Value(), strconv.Itoa(agent.port())) {
			t.Errorf("%s", refer.String())
		}
		d.h.reply(refer, 202, "Accepted", "")
		for _, status := range []int{100, code} {
			d.again("NOTIFY", nil, "SIP/2.0 "+strconv.Itoa(status)+" So\r\n", "Event: refer", "Content-Type: message/sipfrag")
			d.h.response(200)
		}
		r.line.told(t, map[int]string{486: "decline", 200: "accept"}[code], uint64(offer+1))
	}
	if why := r.line.told(t, "decline", 1).What; why != "busy" {
		t.Errorf("declined as %v", why)
	}
	d.h.reply(d.h.request("BYE"), 200, "OK", "")
	if s := r.Stats(); s.Served != 1 || s.Busy != 1 {
		t.Errorf("%+v", s)
	}
	eventually(t, "an empty phone", func() bool { return r.empty() && r.band.listeners() == 0 })
}

func TestParkedCallerHangsUp(t *testing.T) {
	t.Parallel()
	r, d, _, _ := parked(t)
	d.again("BYE", nil, "")
	d.h.response(200)
	if why := r.line.left(t); why != "hung up" {
		t.Errorf("left: %q", why)
	}
}

func TestParkedCallerIsCalledBack(t *testing.T) {
	t.Parallel()
	r, d, _, _ := parked(t)
	r.line.Say(channel.Notice{Kind: channel.CalledBack, ID: r.line.contact(t, 0).ID})
	d.h.reply(d.h.request("BYE"), 200, "OK", "")
	eventually(t, "an empty phone", func() bool { return r.empty() })
	if s := r.Stats(); s.CalledBack != 1 || s.Abandoned != 0 {
		t.Errorf("%+v", s)
	}
}

func TestEarly(t *testing.T) {
	t.Parallel()
	r, caller, _ := agentRig(t, func(c *Config) { c.Mode = Early })
	conn, sdp := ears(t)
	d := &dialed{h: caller, id: "early", tag: "e", branch: sip.GenerateBranch(), cseq: 1, to: "<sip:line@127.0.0.1>"}
	caller.send(d.text("INVITE", "+4930901820", sdp))
	progress := caller.response(183)
	if !strings.Contains(string(progress.Body()), "m=audio") {
		t.Errorf("%s", progress.String())
	}
	hears(t, conn, 5)
	r.offer(r.line.contact(t, 0).ID, 1, "ana")
	d.again("ACK", caller.response(302), "")
	r.line.told(t, "accept", 1)
	eventually(t, "an empty phone", func() bool { return r.empty() && r.band.listeners() == 0 })
}

// TestMusicIsForCallersOnly: nobody can have it sent to somebody else.
func TestMusicIsForCallersOnly(t *testing.T) {
	t.Parallel()
	elsewhere := strings.ReplaceAll(sdpOfCaller, "127.0.0.1", "192.0.2.1")
	for _, c := range []struct {
		mode Mode
		sdp  string
		code int
	}{{Early, sdpOfCaller, 182}, {Park, elsewhere, 488}, {Park, strings.Replace(sdpOfCaller, "AVP 0 8", "AVP 8", 1), 488}, {Park, "", 488}} {
		r := start(t, func(cfg *Config) { cfg.Mode, cfg.Trunks = c.mode, nil })
		h := newHandset(t, r)
		d := &dialed{h: h, id: "x", tag: "y", branch: sip.GenerateBranch(), cseq: 1, to: "<sip:line@127.0.0.1>"}
		h.send(d.text("INVITE", "+4930901820", c.sdp))
		d.again("ACK", h.response(c.code), "")
		if n := r.band.listeners(); n != 0 {
			t.Errorf("%s: %d hear music", c.mode, n)
		}
		if c.code == 488 {
			if s := r.Stats(); s.Mute != 1 || s.Calls != 0 || len(r.line.Contacts()) != 0 {
				t.Errorf("%+v", s)
			}
		}
	}
}

func TestReadSessionDescriptions(t *testing.T) {
	t.Parallel()
	b := &band{host: "192.0.2.9"}
	var err error
	if b.conn, err = net.ListenPacket("udp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	defer b.close()
	head := "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n"
	for sdp, want := range map[string]string{
		head + "c=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n":                                         "192.0.2.1:4000",
		head + "t=0 0\r\nm=audio 4000 RTP/AVP 8 0\r\nc=IN IP4 192.0.2.2\r\n":                                       "192.0.2.2:4000",
		head + "c=IN IP4 192.0.2.1\r\nm=video 5000 RTP/AVP 96\r\nc=IN IP4 192.0.2.3\r\nm=audio 4000 RTP/AVP 0\r\n": "192.0.2.1:4000",
		head + "c=IN IP6 2001:db8::1\r\nm=audio 4000 RTP/AVP 0\r\n":                                                "[2001:db8::1]:4000",
		head + "c=IN IP4 192.0.2.1\r\nm=audio 0 RTP/AVP 0\r\n":                                                     "",
		head + "c=IN IP4 192.0.2.1\r\nm=audio 4000 RTP/SAVP 0\r\n":                                                 "",
		head + "c=IN IP4 phone.example\r\nm=audio 4000 RTP/AVP 0\r\n":                                              "",
		head + "m=audio 4000 RTP/AVP 0\r\n":                                                                        "",
		head + "c=IN IP4 192.0.2.1\r\nm=audio 99999 RTP/AVP 0\r\n":                                                 "",
		head + "c=IN IP4 192.0.2.1\r\nm=audio 4000 RTP/AVP 0\r\n" + strings.Repeat("m=video 1 RTP/AVP 96\r\n", 20): "",
		"m=\r\nc=\r\nm=audio\r\n\x00":                                                                              "",
	} {
		o, err := b.read([]byte(sdp))
		if got := o.to.String(); (err == nil) != (want != "") || err == nil && got != want {
			t.Errorf("%q: %s, %v; want %q", sdp, got, err, want)
		}
		if err == nil && strings.Count(string(o.answer), "m=") != strings.Count(sdp, "m=") {
			t.Errorf("%q is answered with %q", sdp, o.answer)
		}
	}
}

func TestWhereMusicComesFrom(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ media, host, udp, want string }{
		{"192.0.2.1:4000", "phone.test", ":5060", "192.0.2.1"}, {":0", "phone.test", ":5060", "phone.test"},
		{":0", "", "192.0.2.2:5060", "192.0.2.2"}, {"0.0.0.0:0", "", "[2001:db8::1]:5060", "2001:db8::1"},
	} {
		if got := mediaHost(&Config{Media: c.media, Host: c.host, UDP: c.udp}); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

func TestMuLaw(t *testing.T) {
	t.Parallel()
	for sample, want := range map[int16]byte{0: 0xff, 1: 0xff, -1: 0x7f, 8: 0xfe, 32767: 0x80, -32768: 0x00, 1000: 0xce, -1000: 0x4e} {
		if got := muLaw(sample); got != want {
			t.Errorf("%d: %#x, want %#x", sample, got, want)
		}
	}
}

func TestMusicFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "tune.ulaw")
	for size, fits := range map[int]bool{frame*3 + 7: true, frame - 1: false} {
		if err := os.WriteFile(file, make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
		b, err := newBand(&Config{Music: file, MediaMax: 1})
		if (err == nil) != fits || fits && len(b.tune) != 3*frame {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}
