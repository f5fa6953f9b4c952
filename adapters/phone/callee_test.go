package phone

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"fairline/adapters/channel"
	"fairline/adapters/channel/channeltest"
)

// keeping is a rig with an agent, which keeps whom to call.
func keeping(t *testing.T, change func(*Config)) (r *rig, caller, agent *handset, kept *channeltest.Contents) {
	t.Helper()
	kept = &channeltest.Contents{}
	r, caller, agent = agentRig(t, func(c *Config) {
		c.Contents = kept
		if change != nil {
			change(c)
		}
	})
	return r, caller, agent, kept
}

// stays fails where a contact left, or leaves within a while.
func (r *rig) stays(t *testing.T) {
	t.Helper()
	select {
	case why := <-r.line.leaves:
		t.Errorf("left: %q", why)
	case <-time.After(50 * time.Millisecond):
	}
}

// TestACallbackKeepsThePlace: who is told to be called back hangs up, and the ticket is offered as it stands, also by a phone that
// was started anew in between; when it has ended nobody knows any more whom to call.
func TestACallbackKeepsThePlace(t *testing.T) {
	t.Parallel()
	r, caller, _, kept := keeping(t, nil)
	d, contact := caller.queued(r, "+4930901820")
	r.line.Say(channel.Notice{Kind: channel.CalledBack, ID: contact.ID, Ticket: 1, Why: "wait"})
	d.again("ACK", caller.response(480), "")
	if got, want := kept.Of(contact.ID), `key-1820 {"call":"tel:+4930901820","attested":true}`; got != want {
		t.Errorf("kept %q, want %q", got, want)
	}
	eventually(t, "an empty phone", r.empty)
	anew := start(t, func(c *Config) { c.Contents = kept })
	for i, phone := range []*rig{r, anew} {
		phone.line.Say(channel.Notice{Kind: channel.Offered, ID: contact.ID, Ticket: 1, Offer: 1, Agent: "ana", CallBack: true})
		phone.line.Say(channel.Notice{Kind: channel.Offered, ID: contact.ID, Ticket: 1, Offer: 2, Agent: "ana"}) // the line took another contact for one who waits
		eventually(t, "two offers", func() bool { return phone.Stats().ByHand == 2 })
		phone.stays(t)
		if lost := phone.Stats().Lost; lost != 0 {
			t.Errorf("phone %d lost %d", i, lost)
		}
	}
	bare := start(t, nil) // it keeps nothing: the line alone knows
	bare.line.Say(channel.Notice{Kind: channel.Offered, ID: contact.ID, Ticket: 1, Offer: 1, Agent: "ana", CallBack: true})
	eventually(t, "an offer", func() bool { return bare.Stats().ByHand == 1 })
	bare.stays(t)
	anew.line.Say(channel.Notice{Kind: channel.Ended, ID: contact.ID, Ticket: 1, End: "served"})
	eventually(t, "nothing kept", func() bool { return kept.Len() == 0 })
	anew.line.Say(channel.Notice{Kind: channel.Offered, ID: contact.ID, Ticket: 1, Offer: 3, Agent: "ana"})
	if why := anew.line.left(t); why != "the call is gone" {
		t.Errorf("left: %q", why)
	}
}

// TestWhoIsHeldAndHangsUpKeepsThePlace, whatever the line held it for, and is told so where they asked to be called.
func TestWhoIsHeldAndHangsUpKeepsThePlace(t *testing.T) {
	t.Parallel()
	r, caller, _, kept := keeping(t, nil)
	for i, why := range []string{"callback", "snooze", "customer"} {
		d, contact := caller.queued(r, "+4930901820")
		r.line.Say(channel.Notice{Kind: channel.Held, ID: contact.ID, Why: why})
		if why == "callback" {
			d.again("ACK", caller.response(480), "")
		} else {
			eventually(t, "whom to call", func() bool { return kept.Len() == i+1 })
			d.again("CANCEL", nil, "")
			caller.response(200)
			d.again("ACK", caller.response(487), "")
		}
		eventually(t, "an empty phone", r.empty)
		r.stays(t)
	}
	if s := r.Stats(); s.CalledBack != 3 || s.Abandoned != 0 || kept.Len() != 3 {
		t.Errorf("%+v, %d kept", s, kept.Len())
	}
	d, contact := caller.queued(r, "+4930901820")
	r.line.Say(channel.Notice{Kind: channel.Held, ID: contact.ID, Why: "hang-up"})
	r.line.Say(channel.Notice{Kind: channel.Released, ID: contact.ID, Why: "end"})
	d.again("CANCEL", nil, "")
	if why := r.line.left(t); why != "hung up" {
		t.Errorf("left: %q", why)
	}
}

// TestWhoIsHeldWhileTalkingKeepsThePlace, also where they or the agent hang up before the line's word of the hold.
func TestWhoIsHeldWhileTalkingKeepsThePlace(t *testing.T) {
	t.Parallel()
	for _, first := range []string{"the line", "the caller", "the agent"} {
		kept := &channeltest.Contents{}
		r, d, agent, invite := talking(t, func(c *Config) { c.Contents = kept })
		contact := r.line.Contacts()[0]
		held := channel.Notice{Kind: channel.Held, ID: contact.ID, Ticket: 1, Offer: 1, Why: "callback"}
		if first == "the line" {
			r.line.Say(held)
			eventually(t, "whom to call", func() bool { return kept.Len() == 1 })
		} else {
			r.line.refuseFinish(&channel.Refusal{Code: 410, Description: "the offer is over"})
		}
		if first == "the agent" {
			agent.called(invite, "BYE", 5, "", "")
			agent.response(200)
		} else {
			d.again("BYE", nil, "")
			d.response(200)
			agent.reply(agent.request("BYE"), 200, "OK", "")
		}
		if first != "the line" {
			r.line.Say(held)
		}
		if first == "the agent" {
			d.h.reply(d.h.request("BYE"), 200, "OK", "")
		}
		eventually(t, "an empty phone", r.empty)
		r.stays(t)
		if got := kept.Of(contact.ID); !strings.Contains(got, "tel:+4930901820") {
			t.Errorf("%s: kept %q", first, got)
		}
	}
}

// TestWhoCannotBeCalledHoldsOn: nobody promises to call back whoever wants no name.
func TestWhoCannotBeCalledHoldsOn(t *testing.T) {
	t.Parallel()
	r, caller, agent, kept := keeping(t, nil)
	d, contact := caller.queued(r, "anonymous")
	r.line.Say(channel.Notice{Kind: channel.CalledBack, ID: contact.ID, Why: "wait"})
	r.line.Say(channel.Notice{Kind: channel.Held, ID: contact.ID, Why: "callback"})
	r.line.Say(channel.Notice{Kind: channel.Released, ID: contact.ID, Why: "end"})
	r.line.Say(channel.Notice{Kind: channel.Offered, ID: contact.ID, Offer: 1, Agent: "ana", CallBack: true})
	agent.reply(agent.request("INVITE"), 486, "Busy", "") // the caller is still there
	d.again("CANCEL", nil, "")
	if why := r.line.left(t); why != "hung up" {
		t.Errorf("left: %q", why)
	}
	caller.response(200)
	d.again("ACK", caller.response(487), "")
	d, contact = caller.queued(r, "anonymous")
	r.line.Say(channel.Notice{Kind: channel.CalledBack, ID: contact.ID, Why: "hours"})
	if res := caller.response(480); res.Reason != "Closed at this hour" {
		t.Errorf("%s", firstLine(res))
	}
	d.again("ACK", nil, "")
	if kept.Len() != 0 {
		t.Errorf("%d kept", kept.Len())
	}
}

// TestWhomToCall is what is kept of each caller: a number, or an address; and that nobody vouches for it where that is so.
func TestWhomToCall(t *testing.T) {
	t.Parallel()
	r, caller, _, kept := keeping(t, func(c *Config) { c.Trunks = nil })
	for from, want := range map[string]string{
		`"Alice" <sip:+4930901820@127.0.0.1>`:   `key-1820 {"call":"tel:+4930901820"}`,
		`<sip:alice@example.org:5070;x=1>`:      ` {"call":"sip:alice@example.org:5070"}`,
		`<sip:al%22ice@example.org>`:            ``,
		`<sip:alice:pass@example.org>`:          ` {"call":"sip:alice@example.org"}`,
		`"Anonymous" <sip:x@anonymous.invalid>`: ``,
	} {
		d, contact := caller.queued(r, "x", "From: "+from+";tag="+"from-"+t.Name())
		r.line.Say(channel.Notice{Kind: channel.CalledBack, ID: contact.ID, Why: "hours"})
		caller.response(480)
		if got := kept.Of(contact.ID); got != want {
			t.Errorf("of %s is kept %q, want %q", from, got, want)
		}
		_ = d
	}
}

// full are contents that take nothing and cannot be read.
type full struct{ channeltest.Contents }

var errNoRoom = errors.New("no room")

func (*full) Keep(context.Context, string, string, []byte) error { return errNoRoom }
func (*full) Content(context.Context, string) ([]byte, error)    { return nil, errNoRoom }

// TestContentsThatFail cost nobody the place.
func TestContentsThatFail(t *testing.T) {
	t.Parallel()
	r, caller, _ := agentRig(t, func(c *Config) { c.Contents = &full{} })
	_, contact := caller.queued(r, "+4930901820")
	r.line.Say(channel.Notice{Kind: channel.CalledBack, ID: contact.ID, Why: "wait"})
	caller.response(480)
	eventually(t, "an empty phone", r.empty)
	r.line.Say(channel.Notice{Kind: channel.Offered, ID: contact.ID, Offer: 1, Agent: "ana"})
	r.line.Say(channel.Notice{Kind: channel.Ended, ID: contact.ID})
	eventually(t, "an offer", func() bool { return r.Stats().ByHand == 1 })
	r.stays(t)
	if s := r.Stats(); s.Unkept != 1 {
		t.Errorf("%+v", s)
	}
}

// TestWhatIsSaidAgain after a restart of the line is no news: neither an offer of before nor that it was taken back ends the talk.
func TestWhatIsSaidAgain(t *testing.T) {
	t.Parallel()
	r, caller, agent := agentRig(t, nil)
	d, contact := caller.queued(r, "+4930901820")
	say := func(kind channel.Kind, offer uint64) {
		r.line.Say(channel.Notice{Kind: kind, ID: contact.ID, Offer: offer, Agent: "ana", Why: "transferred"})
	}
	say(channel.Offered, 1)
	invite := agent.request("INVITE")
	agent.reply(invite, 180, "Ringing", "")
	say(channel.Returned, 1)
	cancel := agent.request("CANCEL")
	agent.reply(cancel, 200, "OK", "")
	agent.reply(invite, 487, "Request Terminated", "")
	agent.request("ACK")
	say(channel.Offered, 1)
	caller.silence(20 * time.Millisecond)
	say(channel.Offered, 2)
	agent.reply(agent.request("INVITE"), 200, "OK", sdpOfAgent)
	agent.request("ACK")
	d.again("ACK", caller.response(200), "")
	for range 2 {
		say(channel.Offered, 1)
		say(channel.Returned, 1)
		say(channel.Held, 1)
		say(channel.Held, 0)
	}
	d.again("INFO", nil, "Signal=5\r\n", "Content-Type: application/dtmf-relay")
	agent.reply(agent.request("INFO"), 200, "OK", "") // they are still one bridge
	d.response(200)
	say(channel.Returned, 2) // and this is news
	agent.reply(agent.request("BYE"), 200, "OK", "")
	d.h.reply(d.h.request("INVITE"), 200, "OK", sdpOfCaller)
	if s := r.Stats(); s.Rung != 2 || s.GivenOn != 1 {
		t.Errorf("%+v", s)
	}
}
