package phone

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"fairline/adapters/channel"

	"github.com/emiago/sipgo/sip"
	"github.com/pion/rtp"
)

// An event is a packet of a key.
type event struct {
	ssrc, at uint32
	key      byte
	end      bool
}

func (e event) packet(payload uint8) []byte {
	p := rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: payload, Timestamp: e.at, SSRC: e.ssrc}, Payload: []byte{e.key, 10, 0, 160}}
	if e.end {
		p.Payload[1] |= 0x80
	}
	data, err := p.Marshal()
	if err != nil {
		panic(err)
	}
	return data
}

func TestKeysAreHeardOnce(t *testing.T) {
	t.Parallel()
	for want, list := range map[string][]event{
		"5":    {{1, 1000, 5, false}, {1, 1000, 5, false}, {1, 1000, 5, true}, {1, 1000, 5, true}, {1, 1000, 5, true}},
		"6":    {{1, 1000, 6, true}, {1, 1000, 6, true}}, // only its end came
		"77":   {{1, 1000, 7, false}, {1, 1000, 7, true}, {1, 2000, 7, false}, {1, 2000, 7, true}},
		"88":   {{1, 1000, 8, false}, {1, 2000, 8, false}},                                                 // the end was lost
		"12":   {{1, 1000, 1, false}, {1, 2000, 2, false}, {1, 1000, 1, true}, {1, 2000, 2, true}},         // out of order
		"9":    {{1, 1000, 9, false}, {1, 1000 + segment, 9, false}, {1, 1000 + 2*segment, 9, true}},       // held for 16 s
		"00":   {{1, 1000, 0, true}, {1, 1000 + segment, 0, false}},                                        // and one that was not
		"*#AD": {{1, 1, 10, true}, {1, 2, 11, true}, {1, 3, 12, true}, {1, 4, 16, true}, {1, 5, 15, true}}, // 16 is a hook flash
		"33":   {{1, 1000, 3, true}, {2, 1000, 3, true}},                                                   // another stream
		"44":   {{1, 0xffffff00, 4, true}, {1, 0x100, 4, true}},                                            // round the end
		"21":   {{1, 1_000_000, 2, true}, {1, 1_000_000 - lateMax - 1, 1, true}},                           // begun anew
	} {
		k, got := keys{}, ""
		for _, e := range list {
			var p rtp.Packet
			if err := p.Unmarshal(e.packet(101)); err != nil {
				t.Fatal(err)
			}
			got += k.hear(&p, time.Time{})
		}
		if got != want {
			t.Errorf("%v: heard %q, want %q", list, got, want)
		}
	}
}

func TestKeysAreNotTooMany(t *testing.T) {
	t.Parallel()
	k, now, heard := keys{}, time.Now(), 0
	for i := range 100 {
		p := rtp.Packet{Header: rtp.Header{Timestamp: uint32(i)}, Payload: []byte{5, 0, 0, 0}}
		if k.hear(&p, now) != "" {
			heard++
		}
	}
	if p := (rtp.Packet{Header: rtp.Header{Timestamp: 100}, Payload: []byte{5, 0, 0, 0}}); heard != keysMax || k.hear(&p, now.Add(keysEach)) != "5" {
		t.Errorf("%d in one second", heard)
	}
}

// TestWhoseKeys: a packet is of who named its address first, or calls from there and named its port.
func TestWhoseKeys(t *testing.T) {
	t.Parallel()
	b := &band{max: 9, seats: map[*call]*seat{}, from: map[netip.AddrPort]*seat{}}
	peer := netip.MustParseAddr("198.51.100.7")
	first, second, mute := &call{peer: peer}, &call{}, &call{}
	at, other := netip.MustParseAddrPort("192.0.2.1:4000"), netip.MustParseAddrPort("192.0.2.1:4002")
	b.sit(first, offer{to: at, events: 101})
	b.sit(second, offer{to: at, events: 101})
	b.sit(mute, offer{to: other})
	press := func(from netip.AddrPort, stamp uint32, payload uint8) *call {
		c, _ := b.key(from, event{1, stamp, 5, false}.packet(payload), time.Time{})
		return c
	}
	if press(at, 1, 101) != first || press(netip.AddrPortFrom(peer, 4000), 8, 101) != first || press(at, 2, 100) != nil || press(other, 3, 101) != nil || press(netip.AddrPort{}, 4, 101) != nil {
		t.Error("keys of others are heard")
	}
	b.stand(second)
	if press(at, 5, 101) != first {
		t.Error("somebody else's going took the keys away")
	}
	b.sit(first, offer{to: other, events: 96})
	if press(at, 6, 101) != nil || press(other, 7, 96) != nil {
		t.Error("keys come from where nobody is any more, or from where somebody else was first")
	}
	b.stand(mute)
	b.stand(first)
	if len(b.from) != 0 || len(b.seats) != 0 {
		t.Error("seats stay")
	}
}

func FuzzKeys(f *testing.F) {
	f.Add(event{1, 1000, 5, true}.packet(101))
	f.Add([]byte("\x90\x65\x00\x01\x00\x00\x00\x01\x00\x00\x00\x01\xbe\xde\x00\x01\x10\xff\x00\x00\x05\x80\x00\xa0"))
	at := netip.MustParseAddrPort("192.0.2.1:4000")
	f.Fuzz(func(t *testing.T, data []byte) {
		b := &band{max: 1, seats: map[*call]*seat{}, from: map[netip.AddrPort]*seat{}}
		b.sit(&call{}, offer{to: at, events: 101})
		if _, key := b.key(at, data, time.Time{}); key != "" && !strings.Contains(digits, key) {
			t.Errorf("%x is the key %q", data, key)
		}
		if _, key := b.key(at, data, time.Time{}); key != "" {
			t.Errorf("%x is the key %q twice", data, key)
		}
	})
}

// eventsOf adds telephone events to a session description.
func eventsOf(sdp string, payload int) string {
	return strings.Replace(sdp, "AVP 0 8", fmt.Sprintf("AVP 0 8 %d", payload), 1) + fmt.Sprintf("a=rtpmap:%d telephone-event/8000\r\n", payload)
}

// heardOf waits for the attributes that the line heard.
func (r *rig) heardOf(t *testing.T, n int) (values []string) {
	t.Helper()
	eventually(t, "keys", func() bool { return len(r.line.Changes()) >= n })
	for _, told := range r.line.Changes() {
		values = append(values, fmt.Sprint(told.What.(channel.Change).Attributes["key"]))
	}
	slices.Sort(values)
	return values
}

func keysThatMean(c *Config) {
	c.Digits = map[string]Value{"1": {"key", "one"}, "5": {"key", "five"}, "#": {"key", "hash"}}
}

// TestKeysInTheMedia: in park, early, and of a call that was given on.
func TestKeysInTheMedia(t *testing.T) {
	t.Parallel()
	for _, mode := range []Mode{Park, Early, Bridge} {
		r, caller, agent := agentRig(t, func(c *Config) { c.Mode = mode; keysThatMean(c) })
		conn, sdp := ears(t)
		sdp = eventsOf(sdp, 97)
		d := &dialed{h: caller, id: "keys", tag: "k", branch: sip.GenerateBranch(), cseq: 1, to: "<sip:line@127.0.0.1>"}
		caller.send(d.text("INVITE", "+4930901820", sdp))
		var answer []byte
		switch mode {
		case Park:
			ok := caller.response(200)
			answer = ok.Body()
			d.again("ACK", ok, "")
		case Early:
			answer = caller.response(183).Body()
		case Bridge:
			caller.response(182)
			r.offer(r.line.contact(t, 0).ID, 1, "ana")
			agent.reply(agent.request("INVITE"), 200, "OK", sdpOfAgent)
			agent.request("ACK")
			d.again("ACK", caller.response(200), "")
			r.line.Say(channel.Notice{Kind: channel.Returned, ID: r.line.Contacts()[0].ID, Offer: 1, Why: "transferred"})
			music := caller.request("INVITE")
			answer = music.Body()
			caller.reply(music, 200, "OK", sdp)
			caller.request("ACK")
		}
		if !strings.Contains(string(answer), " RTP/AVP 0 97\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:97 telephone-event/8000\r\na=fmtp:97 0-15\r\n") {
			t.Errorf("%s: %q", mode, answer)
		}
		hears(t, conn, 5)
		to := r.band.conn.LocalAddr()
		for _, e := range []event{{1, 1, 5, false}, {1, 1, 5, true}, {1, 1, 5, true}, {1, 1, 5, true}, {1, 900, 11, true}, {1, 1800, 9, true}} {
			if _, err := conn.WriteTo(e.packet(97), to); err != nil {
				t.Fatal(err)
			}
		}
		if got := r.heardOf(t, 2); !slices.Equal(got, []string{"five", "hash"}) {
			t.Errorf("%s: the line heard %q", mode, got)
		}
		stranger, _ := ears(t)
		if _, err := stranger.WriteTo(event{1, 9000, 1, true}.packet(97), to); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.WriteTo(event{1, 9000, 5, true}.packet(97), to); err != nil {
			t.Fatal(err)
		}
		if got := r.heardOf(t, 3); !slices.Equal(got, []string{"five", "five", "hash"}) {
			t.Errorf("%s: the line heard %q", mode, got)
		}
		if s := r.Stats(); s.Digits != 3 {
			t.Errorf("%+v", s)
		}
	}
}

// TestOnHold plays nothing to a caller who waits and put us on hold, in the new words and the old, until it is back.
func TestOnHold(t *testing.T) {
	t.Parallel()
	r, d, _, conn := parked(t)
	_, port, _ := net.SplitHostPort(conn.LocalAddr().String())
	sdp := strings.Replace(sdpOfCaller, "40000", port, 1)
	for _, c := range []struct{ held, answer string }{
		{sdp + "a=sendonly\r\n", "a=recvonly"}, {sdp + "a=inactive\r\n", "a=inactive"}, {strings.Replace(sdp, "c=IN IP4 127.0.0.1", "c=IN IP4 0.0.0.0", 1), "m=audio"},
	} {
		for _, again := range []struct {
			sdp     string
			answer  string
			hearing int
		}{{c.held, c.answer, 0}, {sdp, "m=audio", 1}} {
			d.again("INVITE", nil, again.sdp)
			ok := d.response(200)
			d.again("ACK", ok, "")
			if !strings.Contains(string(ok.Body()), again.answer) || r.band.listeners() != again.hearing {
				t.Errorf("%q: %d hear music, answered %q", again.sdp, r.band.listeners(), ok.Body())
			}
		}
	}
}
