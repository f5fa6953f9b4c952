package phone

import (
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
)

// The six traps are properties of the SIP library that were found by probing it; each has a test here.

// Trap 1: the library answers a CANCEL that matches nothing with 405.
func TestTrapLateCancel(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	caller := newHandset(t, r)
	d := &dialed{h: caller, id: "late", tag: "late", branch: sip.GenerateBranch(), cseq: 1, to: "<sip:line@127.0.0.1>"}
	d.again("CANCEL", nil, "")
	caller.response(481)
}

// Trap 2: the library's dialog waits for the ACK of a refusal, up to timer H. The place must be free before.
func TestTrapUnconfirmedFinalResponse(t *testing.T) {
	t.Parallel()
	r, caller, _ := agentRig(t, func(c *Config) { c.Mode = Redirect })
	_, contact := caller.queued(r, "+4930901820")
	began := time.Now()
	r.offer(contact.ID, 1, "ana")
	caller.response(302)
	r.line.told(t, "accept", 1)
	eventually(t, "an empty phone", func() bool { return r.empty() })
	if took := time.Since(began); took > sip.Timer_H/2 {
		t.Errorf("the place was free after %v", took)
	}
	caller.response(302) // and is said again, as nobody confirmed it
}

// Trap 3: a CANCEL that is faster than the final response makes Respond fail: the caller is gone, and was not served.
func TestTrapCancelInTheMomentOfAssignment(t *testing.T) {
	r, caller, _ := agentRig(t, func(c *Config) { c.Mode = Redirect })
	const calls = 200
	moved, cancelled := 0, 0
	for i := range calls {
		drain(caller)
		d, contact := caller.queued(r, "+4930901820")
		first, second := func() { r.offer(contact.ID, uint64(i+1), "ana") }, func() { d.again("CANCEL", nil, "") }
		if i%4 > 0 {
			first, second = second, first
		}
		first()
		for began := time.Now(); time.Since(began) < time.Duration(i)*time.Microsecond; {
		}
		second()
		for final, answered := false, false; !final || !answered; {
			res := caller.next(182).(*sip.Response)
			switch {
			case res.CallID().Value() != d.id || final && res.CSeq().MethodName == sip.INVITE: // said again
			case res.CSeq().MethodName == sip.CANCEL:
				answered = true
			case res.StatusCode == 302:
				final = true
				moved++
				d.again("ACK", res, "")
			case res.StatusCode == 487:
				final = true
				cancelled++
				d.again("ACK", res, "")
			default:
				t.Fatalf("got %s", res.StartLine())
			}
		}
	}
	eventually(t, "an empty phone", func() bool { return r.empty() })
	if s := r.Stats(); s.Served != uint64(moved) || s.Abandoned != uint64(cancelled) || moved+cancelled != calls {
		t.Errorf("%d moved, %d cancelled; %+v", moved, cancelled, s)
	}
	if moved == 0 || cancelled == 0 {
		t.Errorf("%d moved, %d cancelled: the moment was not met", moved, cancelled)
	}
}

// drain takes what is still on its way.
func drain(h *handset) {
	for {
		select {
		case <-h.in:
		case <-time.After(2 * time.Millisecond):
			return
		}
	}
}

// Trap 3, the other half: what the library would say again after such a race is 487, and never an answer.
func TestTrapCancelledCallIsNotAnswered(t *testing.T) {
	t.Parallel()
	r, caller, agent := agentRig(t, nil)
	d, contact := caller.queued(r, "+4930901820")
	r.offer(contact.ID, 1, "ana")
	invite := agent.request("INVITE")
	c := r.find(contact.ID)
	d.again("CANCEL", nil, "")
	caller.response(200)
	caller.response(487)
	if err := c.write(c.response(200, "OK")); err == nil {
		t.Error("a call that was cancelled was answered")
	}
	caller.response(487) // said again by timer G
	agent.reply(invite, 487, "Request Terminated", "")
}

func (r *rig) find(id string) *call {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.calls[id]
}

// Trap 4: the library does not send datagrams over 1,300 bytes.
func TestTrapLargeMessages(t *testing.T) {
	t.Parallel()
	r, caller, agent := agentRig(t, nil)
	sdp := sdpOfCaller + strings.Repeat("a=candidate:1 1 udp 2130706431 192.0.2.1 40000 typ host\r\n", 100)
	d := &dialed{h: caller, id: "large", tag: "large", branch: sip.GenerateBranch(), cseq: 1, to: "<sip:line@127.0.0.1>"}
	caller.send(d.text("INVITE", "+4930901820", sdp))
	caller.response(182)
	r.offer(r.line.contact(t, 0).ID, 1, "ana")
	invite := agent.request("INVITE")
	if string(invite.Body()) != sdp {
		t.Errorf("%d bytes came, %d went", len(invite.Body()), len(sdp))
	}
	agent.reply(invite, 200, "OK", sdp)
	agent.request("ACK")
	if ok := caller.response(200); string(ok.Body()) != sdp {
		t.Errorf("%d bytes came back", len(ok.Body()))
	} else {
		d.again("ACK", ok, "")
		d.again("BYE", ok, "")
		agent.reply(agent.request("BYE"), 200, "OK", "")
	}
}

// Trap 5: the library leaves an INVITE that it cannot make a dialog of without an answer.
func TestTrapInviteThatIsNoCall(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	caller := newHandset(t, r)
	for _, c := range []struct {
		header string
		code   int
	}{
		{"Contact:", 400}, {"From: <sip:+4930901820@127.0.0.1>", 400}, {"Call-ID: " + strings.Repeat("x", 300), 400},
		{"CSeq: 1 BYE", 400}, {"Max-Forwards: 0", 483}, {"Require: 100rel", 420}, {"Content-Type: text/plain", 415},
	} {
		caller.dial("+4930901820", c.header)
		res := caller.response(c.code)
		if c.code == 420 && res.GetHeader("Unsupported").Value() != "100rel" {
			t.Errorf("%s", res.String())
		}
	}
	if len(r.line.Contacts()) != 0 || !r.empty() {
		t.Error("what is no call was handed in")
	}
	if s := r.Stats(); s.Wrong != 7 {
		t.Errorf("%+v", s)
	}
}

// Trap 6: a copy of the last 182 looks like a retransmission.
func TestTrapIdenticalProvisionals(t *testing.T) {
	t.Parallel()
	r := start(t, func(c *Config) { c.Tell, c.CallsMax = time.Second, 100 })
	caller := newHandset(t, r)
	d, _ := caller.queued(r, "+4930901820")
	last := "Queued"
	for range 2 {
		res := caller.response(182)
		if res.Reason == last {
			t.Errorf("%q again", last)
		}
		last = res.Reason
	}
	if !strings.HasPrefix(last, "Queued; place 1 of 1; expect 1 to 2 min") {
		t.Errorf("%q", last)
	}
	d.again("CANCEL", nil, "")
}
