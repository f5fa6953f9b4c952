package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fairline/adapters/phone"
	"fairline/adapters/vault"
)

const callbackPolicy = `fairline: 1
policy: patience
channels: {phone: {takes: agent, offer: 20s, leave_after: 1s}}
classes: [{name: all}]
callback: {attempts: 2, apart: 1s, then: close, reason: We could not reach you twice}
`

// A telephone is a UDP socket that speaks as much SIP as a test needs.
type telephone struct {
	*testing.T
	conn net.PacketConn
	peer net.Addr
}

func newTelephone(t *testing.T) *telephone {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &telephone{T: t, conn: conn}
}

// hear waits for a message that begins so, and returns it.
func (p *telephone) hear(begin string) string {
	p.Helper()
	_ = p.conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	for b := make([]byte, 65536); ; {
		n, from, err := p.conn.ReadFrom(b)
		if err != nil {
			p.Fatalf("waited in vain for %s: %v", begin, err)
		}
		if text := string(b[:n]); strings.HasPrefix(text, begin) {
			p.peer = from
			return text
		}
	}
}

func (p *telephone) say(format string, args ...any) {
	p.Helper()
	if _, err := p.conn.WriteTo(fmt.Appendf(nil, format, args...), p.peer); err != nil {
		p.Fatal(err)
	}
}

// answer answers a request.
func (p *telephone) answer(request, status, sdp string) {
	p.Helper()
	text := "SIP/2.0 " + status + "\r\n"
	for line := range strings.SplitSeq(request, "\r\n") {
		name, _, _ := strings.Cut(line, ":")
		switch name {
		case "To":
			if !strings.Contains(line, "tag=") {
				line += ";tag=theirs"
			}
			fallthrough
		case "Via", "From", "Call-ID", "CSeq":
			text += line + "\r\n"
		}
	}
	p.say("%sContact: <sip:x@%s>\r\nContent-Type: application/sdp\r\nContent-Length: %d\r\n\r\n%s", text, p.conn.LocalAddr(), len(sdp), sdp)
}

// TestACallbackSurvivesARestart: a caller is told that an agent will call, and hangs up; the daemon is started anew; an agent signs in,
// whose phone rings, and the customer's. Who does not answer twice is told so by the policy's end, and nobody knows any more whom to call.
func TestACallbackSurvivesARestart(t *testing.T) {
	dir, customer, agent := t.TempDir(), newTelephone(t), newTelephone(t)
	channels := fmt.Sprintf("phone:\n  udp: 127.0.0.1:0\n  tcp: \"\"\n  asserted: [127.0.0.0/8]\n  agents: [{name: ana, uri: \"sip:ana@%s\"}]\n"+
		"  dial: {uri: \"sip:{number}@%s\", ring: 20s}\n", agent.conn.LocalAddr(), customer.conn.LocalAddr())
	for name, text := range map[string]string{"policy.yaml": callbackPolicy, "channels.yaml": channels} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	begin := func() (*daemon, serving, func() error) {
		return beginDaemonWith(t, func(cfg *config) {
			cfg.Store, cfg.Policy, cfg.Channels = filepath.Join(dir, "store"), filepath.Join(dir, "policy.yaml"), filepath.Join(dir, "channels.yaml")
		})
	}
	d, _, stop := begin()
	door := d.running[0].(*phone.Adapter)
	for door.Ready() != nil {
		time.Sleep(time.Millisecond)
	}
	customer.peer, _ = net.ResolveUDPAddr("udp", door.Addr("udp"))
	me := customer.conn.LocalAddr()
	customer.say("INVITE sip:help@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP %[1]s;branch=z9hG4bKone\r\nFrom: <sip:x@%[1]s>;tag=one\r\nTo: <sip:help@127.0.0.1>\r\n"+
		"Call-ID: one\r\nCSeq: 1 INVITE\r\nContact: <sip:x@%[1]s>\r\nP-Asserted-Identity: <tel:+351210000000>\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n", me)
	refused := customer.hear("SIP/2.0 480 An agent will call you back")
	customer.say("ACK sip:help@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bKone\r\nFrom: <sip:x@%[1]s>;tag=one\r\nTo:%s\r\nCall-ID: one\r\n"+
		"CSeq: 1 ACK\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n", me, headerOf(refused, "To"))
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	d, s, stop := begin()
	conn := connectTo(t, s)
	var a ack
	if err := conn.ask(t.Context(), "fl.agent.main.ana.sign-in", map[string]any{}, &a); err != nil {
		t.Fatal(err)
	}
	var ticket shownTicket
	for range 2 {
		invite := agent.hear("INVITE")
		if err := conn.ask(t.Context(), "fl.ask.main.ticket", map[string]any{"ticket": 1}, &ticket); err != nil {
			t.Fatal(err)
		}
		content, err := d.vault.Content(t.Context(), vault.Source{Adapter: "phone", ID: ticket.ID})
		if string(content) != `{"call":"tel:+351210000000","attested":true}` {
			t.Errorf("whom to call: %s, %v", content, err)
		}
		agent.answer(invite, "200 OK", "v=0\r\no=- 2 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40002 RTP/AVP 0\r\n")
		ring := customer.hear("INVITE sip:+351210000000@")
		if !strings.Contains(ring, "m=audio 40002") {
			t.Errorf("the customer was called with %s", ring)
		}
		customer.answer(ring, "486 Busy Here", "")
		agent.answer(agent.hear("BYE"), "200 OK", "")
	}
	for limit := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if err := conn.ask(t.Context(), "fl.ask.main.ticket", map[string]any{"ticket": 1}, &ticket); err != nil {
			t.Fatal(err)
		}
		content, _ := d.vault.Content(t.Context(), vault.Source{Adapter: "phone", ID: ticket.ID})
		if ticket.End == "closed" && content == nil {
			break
		}
		if time.Now().After(limit) {
			t.Fatalf("the ticket ended as %q, still kept: %s", ticket.End, content)
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	assertNowhere(t, filepath.Join(dir, "store"), "351210000000")
}

func headerOf(message, name string) string {
	_, rest, _ := strings.Cut(message, "\r\n"+name+":")
	value, _, _ := strings.Cut(rest, "\r\n")
	return value
}
