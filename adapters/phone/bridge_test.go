package phone

import (
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
)

// talking is a bridged call; the INVITE is the agent's.
func talking(t *testing.T, change func(*Config)) (r *rig, d *dialed, agent *handset, invite *sip.Request) {
	t.Helper()
	r, caller, agent := agentRig(t, change)
	d, contact := caller.queued(r, "+4930901820")
	r.offer(contact.ID, 1, "ana")
	invite = agent.request("INVITE")
	agent.reply(invite, 200, "OK", sdpOfAgent)
	agent.request("ACK")
	d.again("ACK", caller.response(200), "")
	return r, d, agent, invite
}

func TestHoldingAndKeysGoThroughABridge(t *testing.T) {
	t.Parallel()
	r, d, agent, invite := talking(t, nil)
	held := strings.NewReplacer("o=- 1 1", "o=- 1 2", "t=0 0\r\n", "t=0 0\r\na=sendonly\r\n").Replace(sdpOfCaller)
	d.again("INVITE", nil, held)
	again := agent.request("INVITE")
	if string(again.Body()) != held || again.CSeq().SeqNo != 2 || again.To().Params.GetOr("tag", "") != "agent-tag" {
		t.Errorf("%s", again.String())
	}
	agent.reply(again, 200, "OK", sdpOfAgent)
	ok := d.h.response(200)
	if string(ok.Body()) != sdpOfAgent {
		t.Errorf("%s", ok.String())
	}
	d.again("ACK", ok, "")
	if ack := agent.request("ACK"); ack.CSeq().SeqNo != 2 {
		t.Errorf("%s", ack.String())
	}
	agent.called(invite, "INVITE", 5, "application/sdp", held) // the agent holds, and is refused
	d.h.reply(d.h.request("INVITE"), 491, "Request Pending", "")
	d.h.request("ACK")
	agent.response(491)
	d.again("INFO", nil, "Signal=5\r\n", "Content-Type: application/dtmf-relay")
	info := agent.request("INFO")
	if string(info.Body()) != "Signal=5\r\n" {
		t.Errorf("%s", info.String())
	}
	agent.reply(info, 200, "OK", "")
	d.h.response(200)
	agent.called(invite, "BYE", 6, "", "")
	d.h.reply(d.h.request("BYE"), 200, "OK", "")
	r.line.told(t, "finish", 1)
}

func TestCallerWithoutAnOffer(t *testing.T) {
	t.Parallel()
	r, caller, agent := agentRig(t, nil)
	d := &dialed{h: caller, id: "late", tag: "late", branch: sip.GenerateBranch(), cseq: 1, to: "<sip:line@127.0.0.1>"}
	caller.send(d.text("INVITE", "+4930901820", ""))
	caller.response(182)
	r.offer(r.line.contact(t, 0).ID, 1, "ana")
	invite := agent.request("INVITE")
	if len(invite.Body()) > 0 {
		t.Errorf("%s", invite.String())
	}
	agent.reply(invite, 200, "OK", sdpOfAgent)
	ok := caller.response(200)
	if string(ok.Body()) != sdpOfAgent {
		t.Errorf("%s", ok.String())
	}
	d.again("ACK", ok, sdpOfCaller)
	if ack := agent.request("ACK"); string(ack.Body()) != sdpOfCaller {
		t.Errorf("%s", ack.String())
	}
	d.again("BYE", ok, "")
	agent.reply(agent.request("BYE"), 200, "OK", "")
}

func TestAnswerThatIsNeverConfirmed(t *testing.T) {
	t.Parallel()
	r, caller, agent := agentRig(t, func(c *Config) { c.Wrap = time.Minute })
	_, contact := caller.queued(r, "+4930901820")
	r.offer(contact.ID, 1, "ana")
	invite := agent.request("INVITE")
	agent.reply(invite, 200, "OK", sdpOfAgent)
	agent.request("ACK")
	caller.response(200)
	caller.response(200) // again, until somebody confirms it
	agent.reply(agent.request("BYE"), 200, "OK", "")
	if wrap := r.line.told(t, "finish", 1).What; wrap != time.Duration(0) {
		t.Errorf("wrap-up %v of a call that was none", wrap)
	}
	if s := r.Stats(); s.Unconfirmed != 1 {
		t.Errorf("%+v", s)
	}
	eventually(t, "BYE for the caller", func() bool {
		m := caller.next(182, 200)
		req, ok := m.(*sip.Request)
		if ok {
			caller.reply(req, 200, "OK", "")
		}
		return ok && req.Method == sip.BYE
	})
}

// TestAnswersThatBeginNoDialog are of phones that are broken: the offer goes back, and the caller stays.
func TestAnswersThatBeginNoDialog(t *testing.T) {
	t.Parallel()
	r, caller, agent := agentRig(t, nil)
	_, contact := caller.queued(r, "+4930901820")
	for i, without := range []string{"To", "Contact", "tag"} {
		offer := uint64(i + 1)
		r.offer(contact.ID, offer, "ana")
		res := sip.NewSDPResponseFromRequest(agent.request("INVITE"), []byte(sdpOfAgent))
		res.AppendHeader(sip.NewHeader("Contact", "<"+agent.uri()+">"))
		if without == "tag" {
			res.To().Params.Remove("tag")
		} else {
			res.RemoveHeader(without)
		}
		agent.send(res.String())
		if why := r.line.told(t, "decline", offer).What; why != "not reached" {
			t.Errorf("without %s: declined as %v", without, why)
		}
	}
	caller.silence(10 * time.Millisecond)
}

func TestStopEndsBridges(t *testing.T) {
	t.Parallel()
	r, d, agent, _ := talking(t, nil)
	r.over()
	agent.reply(agent.request("BYE"), 200, "OK", "")
	d.h.reply(d.h.request("BYE"), 200, "OK", "")
	r.line.told(t, "finish", 1)
}

func TestProxiesStayInThePath(t *testing.T) {
	t.Parallel()
	r, caller, agent := agentRig(t, nil)
	proxy := newHandset(t, r)
	route := "<sip:" + proxy.conn.LocalAddr().String() + ";lr>"
	d, contact := caller.queued(r, "+4930901820", "Record-Route: "+route)
	r.offer(contact.ID, 1, "ana")
	invite := agent.request("INVITE")
	agent.reply(invite, 200, "OK", sdpOfAgent, "Record-Route: "+route)
	ack := proxy.request("ACK")
	if ack.Recipient.Port != agent.port() || ack.Route() == nil {
		t.Errorf("%s", ack.String())
	}
	ok := caller.response(200)
	if len(ok.GetHeaders("Record-Route")) != 1 {
		t.Errorf("%s", ok.String())
	}
	d.again("ACK", ok, "")
	agent.called(invite, "BYE", 1, "", "")
	bye := proxy.request("BYE")
	if bye.Recipient.Port != caller.port() || bye.Route().Value() != route {
		t.Errorf("%s", bye.String())
	}
	proxy.reply(bye, 200, "OK", "")
}

func TestWhatAnAgentSeesOfWhoWantsPrivacy(t *testing.T) {
	t.Parallel()
	r, caller, agent := agentRig(t, nil)
	d, contact := caller.queued(r, "+4930901820", "Privacy: id")
	r.offer(contact.ID, 1, "ana")
	invite := agent.request("INVITE")
	if text := invite.String(); strings.Contains(text, "4930901820") || strings.Contains(text, "Alice") {
		t.Errorf("%s", text)
	}
	d.again("CANCEL", nil, "")
	agent.reply(invite, 486, "Busy", "")
}

func TestNobodyWritesHeadersOfOurs(t *testing.T) {
	t.Parallel()
	r, caller, agent := agentRig(t, nil)
	_, contact := caller.queued(r, "x", "From: \"Al\nX-Evil: 1\" <sip:+4930\nX-Evil: 2@127.0.0.1>;tag=evil", "Max-Forwards: 7")
	r.offer(contact.ID, 1, "ana")
	invite := agent.request("INVITE")
	if text := invite.String(); strings.Contains(text, "\nX-Evil") || invite.MaxForwards().Val() != 6 {
		t.Errorf("%s", text)
	}
	agent.reply(invite, 486, "Busy", "")
}

// TestEveryAddress listens on all addresses of the machine, IPv6 and IPv4 in one socket.
func TestEveryAddress(t *testing.T) {
	t.Parallel()
	r, caller, agent := agentRig(t, func(c *Config) { c.UDP, c.TCP, c.Host = ":0", "", "127.0.0.1" })
	caller.peer.IP, agent.peer.IP = net.IPv4(127, 0, 0, 1), net.IPv4(127, 0, 0, 1)
	d, contact := caller.queued(r, "+4930901820")
	if contact.Unverified {
		t.Error("the peer was not known in IPv6 clothes")
	}
	r.offer(contact.ID, 1, "ana")
	invite := agent.request("INVITE")
	if invite.Contact().Address.Host != "127.0.0.1" || invite.Contact().Address.Port != caller.peer.Port {
		t.Errorf("%s", invite.String())
	}
	agent.reply(invite, 200, "OK", sdpOfAgent)
	agent.request("ACK")
	hangUp(d, agent)
}

func TestRequestsOfNoCall(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	h := newHandset(t, r)
	d := &dialed{h: h, id: "x", tag: "y", branch: sip.GenerateBranch(), cseq: 1, to: "<sip:line@127.0.0.1>;tag=z"}
	for _, c := range []struct {
		method string
		code   int
	}{{"BYE", 481}, {"INFO", 481}, {"NOTIFY", 481}, {"INVITE", 481}, {"PUBLISH", 405}, {"OPTIONS", 200}} {
		d.branch = sip.GenerateBranch()
		h.send(d.text(c.method, "+4930901820", ""))
		h.response(c.code)
	}
}
