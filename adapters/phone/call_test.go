package phone

import (
	"strings"
	"testing"
	"time"

	"fairline/adapters/channel"

	"github.com/emiago/sipgo/sip"
)

// agentRig is a rig with an agent whose phone is a handset.
func agentRig(t *testing.T, change func(*Config)) (r *rig, caller, agent *handset) {
	t.Helper()
	r = start(t, func(c *Config) {
		c.Agents = []Agent{{Name: "ana", URI: "sip:ana@127.0.0.1:9"}}
		if change != nil {
			change(c)
		}
	})
	caller, agent = newHandset(t, r), newHandset(t, r)
	r.desk.mutex.Lock()
	defer r.desk.mutex.Unlock()
	at := r.desk.fixed["ana"]
	at.uri.Port = agent.port()
	r.desk.fixed["ana"] = at
	return r, caller, agent
}

func TestBridge(t *testing.T) {
	t.Parallel()
	r, caller, agent := agentRig(t, func(c *Config) { c.Wrap = 20 * time.Second })
	d, contact := caller.queued(r, "+4930901820")
	if contact.Channel != "phone" || contact.Customer != "key-1820" || contact.Unverified {
		t.Errorf("contact %+v", contact)
	}
	r.offer(contact.ID, 7, "ana")
	invite := agent.request("INVITE")
	if string(invite.Body()) != sdpOfCaller {
		t.Errorf("the agent's phone was offered %q", invite.Body())
	}
	if invite.Source() != r.Addr("udp") {
		t.Errorf("the agent's phone is called from %s, want %s", invite.Source(), r.Addr("udp"))
	}
	if from := invite.From(); from.Address.User != "+4930901820" || from.DisplayName != "Alice" {
		t.Errorf("the agent's phone shows %s", from.Value())
	}
	agent.reply(invite, 180, "Ringing", "")
	agent.reply(invite, 200, "OK", sdpOfAgent)
	agent.request("ACK")
	r.line.told(t, "accept", 7)
	ok := caller.response(200)
	if string(ok.Body()) != sdpOfAgent {
		t.Errorf("the caller was answered %q", ok.Body())
	}
	d.again("ACK", ok, "")
	d.again("BYE", ok, "")
	caller.response(200)
	agent.reply(agent.request("BYE"), 200, "OK", "")
	if wrap := r.line.told(t, "finish", 7).What; wrap != 20*time.Second {
		t.Errorf("wrap-up %v", wrap)
	}
	if _, left := r.line.Left(contact.ID); left {
		t.Error("a call that was served left")
	}
	if s := r.Stats(); s.Served != 1 || s.Abandoned != 0 || s.Calls != 1 || s.Rung != 1 {
		t.Errorf("%+v", s)
	}
	eventually(t, "an empty phone", func() bool { return r.empty() })
}

// empty says whether nothing is remembered of calls.
func (r *rig) empty() bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return len(r.backs)+len(r.calls)+len(r.tickets)+len(r.sources)+len(r.legs) == 0
}

func TestAgentHangsUp(t *testing.T) {
	t.Parallel()
	r, caller, agent := agentRig(t, nil)
	d, contact := caller.queued(r, "+4930901820")
	r.offer(contact.ID, 7, "ana")
	invite := agent.request("INVITE")
	agent.reply(invite, 200, "OK", sdpOfAgent)
	agent.request("ACK")
	ok := caller.response(200)
	d.again("ACK", ok, "")
	agent.called(invite, "BYE", 1, "", "")
	agent.response(200)
	bye := caller.request("BYE")
	if bye.To().Params.GetOr("tag", "") != d.tag || bye.Recipient.User != "caller" {
		t.Errorf("BYE %s", bye.String())
	}
	caller.reply(bye, 200, "OK", "")
	r.line.told(t, "finish", 7)
}

func TestWhoDoesNotAnswerCostsTheCallerNothing(t *testing.T) {
	t.Parallel()
	r, caller, agent := agentRig(t, nil)
	d, contact := caller.queued(r, "+4930901820")
	for i, c := range []struct {
		code int
		why  string
	}{{486, "busy"}, {603, "declined"}, {480, "no answer"}, {404, "not reached"}} {
		offer := uint64(i + 1)
		r.offer(contact.ID, offer, "ana")
		agent.reply(agent.request("INVITE"), c.code, "No", "")
		agent.request("ACK")
		if why := r.line.told(t, "decline", offer).What; why != c.why {
			t.Errorf("%d: declined as %q, want %q", c.code, why, c.why)
		}
	}
	r.offer(contact.ID, 9, "ana") // and the line takes this one back
	invite := agent.request("INVITE")
	agent.reply(invite, 180, "Ringing", "")
	r.line.Say(channel.Notice{Kind: channel.Returned, ID: contact.ID, Why: "expired"})
	cancel := agent.request("CANCEL")
	agent.reply(cancel, 200, "OK", "")
	agent.reply(invite, 487, "Request Terminated", "")
	agent.request("ACK")
	caller.silence(50 * time.Millisecond)
	if _, left := r.line.Left(contact.ID); left || len(r.line.Contacts()) != 1 {
		t.Error("the caller lost the place")
	}
	if s := r.Stats(); s.Busy != 4 || s.Unanswered != 1 || s.Abandoned != 0 {
		t.Errorf("%+v", s)
	}
	d.again("CANCEL", nil, "")
	caller.response(200)
	caller.response(487)
}

// TestOfferInPlaceOfAnother rings for the new offer, also where nobody had time to read that the old one was taken back; and a
// repeat of an offer, as after a restart of the line, rings once.
func TestOfferInPlaceOfAnother(t *testing.T) {
	t.Parallel()
	r, caller, agent := agentRig(t, nil)
	d, contact := caller.queued(r, "+4930901820")
	r.offer(contact.ID, 1, "ana")
	first := agent.request("INVITE")
	agent.reply(first, 180, "Ringing", "")
	r.offer(contact.ID, 1, "ana")
	r.offer(contact.ID, 2, "ana")
	var second *sip.Request
	for cancelled := false; second == nil || !cancelled; {
		switch req := agent.next(200).(*sip.Request); req.Method {
		case sip.CANCEL:
			cancelled = true
			agent.reply(req, 200, "OK", "")
			agent.reply(first, 487, "Request Terminated", "")
		case sip.INVITE:
			second = req
		}
	}
	agent.reply(second, 200, "OK", sdpOfAgent)
	r.line.told(t, "accept", 2)
	ok := caller.response(200)
	d.again("ACK", ok, "")
	d.again("BYE", ok, "")
	r.line.told(t, "finish", 2)
	if s := r.Stats(); s.Rung != 2 || s.Unanswered != 1 || s.Served != 1 {
		t.Errorf("%+v", s)
	}
	for bye := (*sip.Request)(nil); bye == nil; {
		if req := agent.next(200).(*sip.Request); req.Method == sip.BYE {
			bye = req
			agent.reply(bye, 200, "OK", "")
		}
	}
}

func TestOfferThatIsOverWhenItIsAnswered(t *testing.T) {
	t.Parallel()
	r, caller, agent := agentRig(t, nil)
	d, contact := caller.queued(r, "+4930901820")
	r.line.refuseAccept(&channel.Refusal{Code: 410, Description: "the offer is over"})
	r.offer(contact.ID, 1, "ana")
	agent.reply(agent.request("INVITE"), 200, "OK", sdpOfAgent)
	agent.request("ACK")
	agent.reply(agent.request("BYE"), 200, "OK", "")
	caller.silence(50 * time.Millisecond)
	r.line.refuseAccept(nil)
	r.offer(contact.ID, 2, "ana")
	agent.reply(agent.request("INVITE"), 200, "OK", sdpOfAgent)
	agent.request("ACK")
	hangUp(d, agent)
	if s := r.Stats(); s.Late != 1 || s.Served != 1 {
		t.Errorf("%+v", s)
	}
}

func TestCallerHangsUpWhileTheAgentRings(t *testing.T) {
	t.Parallel()
	r, caller, agent := agentRig(t, nil)
	d, contact := caller.queued(r, "+4930901820")
	r.offer(contact.ID, 1, "ana")
	invite := agent.request("INVITE")
	agent.reply(invite, 180, "Ringing", "")
	eventually(t, "ringing", func() bool { return r.Stats().Rung == 1 })
	d.again("CANCEL", nil, "")
	caller.response(200)
	caller.response(487)
	if why := r.line.left(t); why != "hung up" {
		t.Errorf("left: %q", why)
	}
	agent.reply(agent.request("CANCEL"), 200, "OK", "")
	agent.reply(invite, 200, "OK", sdpOfAgent) // the answer crossed the CANCEL
	agent.request("ACK")
	agent.reply(agent.request("BYE"), 200, "OK", "")
	if s := r.Stats(); s.Abandoned != 1 || s.Served != 0 {
		t.Errorf("%+v", s)
	}
}

func TestByeWhileWaiting(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	caller := newHandset(t, r)
	d := caller.dial("+4930901820")
	queued := caller.response(182)
	r.line.contact(t, 0)
	invite := *d
	d.again("BYE", queued, "")
	first, second := caller.next(182), caller.next(182)
	if got := firstLine(first) + firstLine(second); !strings.Contains(got, "200 OK") || !strings.Contains(got, "487") {
		t.Errorf("got %s", got)
	}
	invite.again("ACK", nil, "")
	if why := r.line.left(t); why != "hung up" {
		t.Errorf("left: %q", why)
	}
}

func TestRedirect(t *testing.T) {
	t.Parallel()
	r, caller, agent := agentRig(t, func(c *Config) { c.Mode, c.RedirectTalk, c.Wrap = Redirect, time.Minute, time.Second })
	d, contact := caller.queued(r, "+4930901820")
	r.offer(contact.ID, 4, "ana")
	moved := caller.response(302)
	d.again("ACK", moved, "")
	if got, want := moved.Contact().Address.Port, agent.port(); got != want {
		t.Errorf("the caller is sent to port %d, want %d", got, want)
	}
	r.line.told(t, "accept", 4)
	if wrap := r.line.told(t, "finish", 4).What; wrap != 61*time.Second {
		t.Errorf("the agent counts as talking for %v", wrap)
	}
	eventually(t, "an empty phone", func() bool { return r.empty() })
}

func TestHowTheLineEndsACall(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	caller := newHandset(t, r)
	for _, c := range []struct {
		notice channel.Notice
		phrase string
		count  func(Stats) uint64
	}{
		{channel.Notice{Kind: channel.CalledBack, Why: "wait"}, "An agent will call you back", func(s Stats) uint64 { return s.CalledBack }},
		{channel.Notice{Kind: channel.Ended, End: "closed"}, "Closed", func(s Stats) uint64 { return s.Ended }},
		{channel.Notice{Kind: channel.Ended, End: "expired"}, "Waited too long", func(s Stats) uint64 { return s.Ended }},
		{channel.Notice{Kind: channel.Ended, End: "served"}, "Served by another contact", func(s Stats) uint64 { return s.Ended }},
		{channel.Notice{Kind: channel.Ended, End: "abandoned"}, "Not in the line any more", func(s Stats) uint64 { return s.Ended }},
		{channel.Notice{Kind: channel.Moved}, "Moved to another line", func(s Stats) uint64 { return s.Ended }},
	} {
		before := c.count(r.Stats())
		d, contact := caller.queued(r, "+4930901820")
		c.notice.ID = contact.ID
		r.line.Say(c.notice)
		res := caller.response(480)
		if res.Reason != c.phrase || res.GetHeader("Reason") == nil {
			t.Errorf("%v: %s", c.notice, res.String())
		}
		d.again("ACK", res, "")
		eventually(t, "an empty phone", func() bool { return r.empty() })
		if _, left := r.line.Left(contact.ID); left {
			t.Errorf("%v: the adapter gave up what the line ended", c.notice)
		}
		if c.count(r.Stats()) != before+1 {
			t.Errorf("%v: %+v", c.notice, r.Stats())
		}
	}
}

func TestWhatALineRefuses(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	caller := newHandset(t, r)
	for _, c := range []struct {
		err   error
		code  int
		retry bool
		count func(Stats) uint64
	}{
		{&channel.Refusal{Code: 429}, 486, true, func(s Stats) uint64 { return s.Full }},
		{&channel.Refusal{Code: 423}, 480, true, func(s Stats) uint64 { return s.Closed }},
		{&channel.Refusal{Code: 503}, 503, true, func(s Stats) uint64 { return s.Unavailable }},
		{&channel.Refusal{Code: 400}, 500, false, func(s Stats) uint64 { return s.Unavailable }},
		{errDown, 503, true, func(s Stats) uint64 { return s.Unavailable }},
	} {
		before := c.count(r.Stats())
		r.line.Refuse(c.err)
		d := caller.dial("+4930901820")
		res := caller.response(c.code)
		if (res.GetHeader("Retry-After") != nil) != c.retry {
			t.Errorf("%v: %s", c.err, res.String())
		}
		d.again("ACK", res, "")
		if c.count(r.Stats()) != before+1 {
			t.Errorf("%v: %+v", c.err, r.Stats())
		}
	}
	if r.Stats().Calls != 0 {
		t.Error("a call that was refused was counted")
	}
}

func TestStopTellsThoseWhoWait(t *testing.T) {
	t.Parallel()
	r, caller, _ := agentRig(t, nil)
	_, contact := caller.queued(r, "+4930901820")
	r.over() // as Run does when its context ends
	res := caller.response(503)
	if res.GetHeader("Retry-After") == nil {
		t.Error("nobody says when to call again")
	}
	if why := r.line.left(t); why != "phone stopped" {
		t.Errorf("%s left: %q", contact.ID, why)
	}
}

func TestOfferOfACallThatIsGone(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	if _, err := r.line.Arrive(t.Context(), channel.Contact{ID: "of-yesterday", Channel: "phone"}); err != nil {
		t.Fatal(err)
	}
	r.line.Say(channel.Notice{Kind: channel.Returned, ID: "of-yesterday"})
	r.offer("of-yesterday", 1, "ana")
	if why := r.line.left(t); why != "the call is gone" {
		t.Errorf("left: %q", why)
	}
	if r.Stats().Lost != 1 {
		t.Errorf("%+v", r.Stats())
	}
}

func TestOfferOfTheTicketThatACallJoined(t *testing.T) {
	t.Parallel()
	r, caller, agent := agentRig(t, nil)
	d, contact := caller.queued(r, "+4930901820")
	r.line.Say(channel.Notice{Kind: channel.Joined, ID: contact.ID, Ticket: 1, To: 17})
	r.line.Say(channel.Notice{Kind: channel.Offered, ID: "of-yesterday", Ticket: 17, Offer: 3, Agent: "ana"})
	agent.reply(agent.request("INVITE"), 200, "OK", sdpOfAgent)
	agent.request("ACK")
	r.line.told(t, "accept", 3)
	hangUp(d, agent)
}

// hangUp takes a caller's 200, confirms it and hangs up.
func hangUp(d *dialed, agent *handset) {
	d.h.t.Helper()
	ok := d.h.response(200)
	d.again("ACK", ok, "")
	d.again("BYE", ok, "")
	d.h.response(200)
	agent.reply(agent.request("BYE"), 200, "OK", "")
}

// TestTheMailIsOfferedAndTheCallerRings: the customer's mail has the place, and the agent's phone rings with the call. Who does not
// take it can still answer the mail: the offer is not declined.
func TestTheMailIsOfferedAndTheCallerRings(t *testing.T) {
	t.Parallel()
	r, caller, agent := agentRig(t, nil)
	d, contact := caller.queued(r, "+4930901820")
	offered := channel.Notice{Kind: channel.Offered, ID: contact.ID, Ticket: 2, For: 1, Offer: 5, Agent: "ana"}
	r.line.Say(offered)
	agent.reply(agent.request("INVITE"), 486, "Busy Here", "")
	agent.request("ACK")
	eventually(t, "busy", func() bool { return r.Stats().Busy == 1 })
	offered.Offer = 6
	r.line.Say(offered)
	agent.reply(agent.request("INVITE"), 200, "OK", sdpOfAgent)
	agent.request("ACK")
	r.line.told(t, "accept", 6)
	hangUp(d, agent)
	for _, told := range r.line.Agents() {
		if told.Verb == "decline" {
			t.Errorf("the mail was declined: %+v", told)
		}
	}
}

// TestTheMailIsServedWhenTheCustomerCalls: the agent who answers the mail is called.
func TestTheMailIsServedWhenTheCustomerCalls(t *testing.T) {
	t.Parallel()
	r, caller, agent := agentRig(t, nil)
	d, contact := caller.queued(r, "+4930901820")
	r.line.Say(channel.Notice{Kind: channel.Joined, ID: contact.ID, Ticket: 2, To: 1})
	r.line.Say(channel.Notice{Kind: channel.Accepted, ID: contact.ID, Ticket: 2, For: 1, Offer: 5, Agent: "ana"})
	agent.reply(agent.request("INVITE"), 200, "OK", sdpOfAgent)
	agent.request("ACK")
	r.line.told(t, "accept", 5)
	hangUp(d, agent)
}

func TestAgentWithoutAPhone(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	caller := newHandset(t, r)
	_, contact := caller.queued(r, "+4930901820")
	r.offer(contact.ID, 1, "ben")
	if why := r.line.told(t, "decline", 1).What; why != "no phone" {
		t.Errorf("declined as %v", why)
	}
}
