package phone

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"fairline/adapters/channel"
	"fairline/adapters/channel/channeltest"

	"github.com/emiago/sipgo/sip"
)

// A backed is a customer who was told to be called back, and a phone that was started anew since then: nothing of the call is in
// its memory.
type backed struct {
	r              *rig
	ana, ben       *handset
	customer       *handset
	ears           *net.UDPConn // of ana
	sdp            string       // ana's
	ringing, asked *sip.Request // the INVITE of the customer, and of ana
}

const backID = "of-yesterday"

// toBeCalled is a phone that calls back a customer whom it knows from what is kept.
func toBeCalled(t *testing.T, callee string, change func(*Config)) *backed {
	t.Helper()
	kept := &channeltest.Contents{}
	if err := kept.Keep(t.Context(), "key-1820", backID, []byte(callee)); err != nil {
		t.Fatal(err)
	}
	r, customer, ana := agentRig(t, func(c *Config) {
		c.Agents = append(c.Agents, Agent{Name: "ben", URI: "sip:ben@127.0.0.1:9"})
		c.Contents, c.Wrap = kept, time.Minute
		c.Dial = Dial{URI: "sip:{number}@127.0.0.1:9", From: "sip:+4930901000@trunk.example", Ring: 30 * time.Second}
		if change != nil {
			change(c)
		}
	})
	b := &backed{r: r, ana: ana, ben: newHandset(t, r), customer: customer}
	r.desk.mutex.Lock()
	at := r.desk.fixed["ben"]
	at.uri.Port = b.ben.port()
	r.desk.fixed["ben"] = at
	r.desk.mutex.Unlock()
	r.cfg.Dial.URI = strings.Replace(r.cfg.Dial.URI, ":9", ":"+strconv.Itoa(customer.port()), 1)
	b.ears, b.sdp = ears(t)
	if _, err := r.line.Arrive(t.Context(), channel.Contact{ID: backID, Channel: "phone"}); err != nil {
		t.Fatal(err)
	}
	return b
}

// backRig is one whose number somebody vouched for.
func backRig(t *testing.T, change func(*Config)) *backed {
	t.Helper()
	return toBeCalled(t, `{"call":"tel:+4930901820","attested":true}`, change)
}

// say has the line say something of the ticket.
func (b *backed) say(kind channel.Kind, offer uint64, agent, why string) {
	b.r.line.Say(channel.Notice{Kind: kind, ID: backID, Ticket: 1, Offer: offer, Agent: agent, Why: why, CallBack: kind == channel.Offered})
}

// pickUp has ana pick up for an offer; she hears music while the customer's phone rings.
func (b *backed) pickUp(t *testing.T, offer uint64) {
	t.Helper()
	b.say(channel.Offered, offer, "ana", "")
	b.asked = b.ana.request("INVITE")
	b.ana.reply(b.asked, 200, "OK", b.sdp)
	b.ana.request("ACK")
	b.r.line.told(t, "accept", offer)
	b.ringing = b.customer.request("INVITE")
	b.customer.reply(b.ringing, 180, "Ringing", "")
}

// answer has the customer answer, and ana join.
func (b *backed) answer(t *testing.T) {
	t.Helper()
	b.customer.reply(b.ringing, 200, "OK", sdpOfCaller)
	b.customer.request("ACK")
	joined := b.ana.request("INVITE")
	if string(joined.Body()) == "" || destinations(joined.Body())[0] != destinations([]byte(sdpOfCaller))[0] {
		t.Errorf("the agent's phone is joined to %q", joined.Body())
	}
	b.ana.reply(joined, 200, "OK", b.sdp)
	b.ana.request("ACK")
}

// bye takes the BYE of a phone.
func (h *handset) bye() {
	h.t.Helper()
	h.reply(h.request("BYE"), 200, "OK", "")
}

// cancelled takes the CANCEL of an INVITE.
func (h *handset) cancelled(invite *sip.Request) {
	h.t.Helper()
	h.reply(h.request("CANCEL"), 200, "OK", "")
	h.reply(invite, 487, "Request Terminated", "")
	h.request("ACK")
}

// over fails where something is left, or the contact left.
func (b *backed) over(t *testing.T) {
	t.Helper()
	eventually(t, "an empty phone", func() bool { return b.r.empty() && b.r.band.listeners() == 0 })
	b.r.stays(t)
}

// held is how the line was told to hold the ticket.
func (b *backed) held(t *testing.T, offer uint64) channel.Hold {
	t.Helper()
	return b.r.line.told(t, "hold", offer).What.(channel.Hold)
}

// TestACustomerIsCalledBack: the agent first, who hears music, then the customer with the agent's session description; then they
// talk, media from one to the other.
func TestACustomerIsCalledBack(t *testing.T) {
	t.Parallel()
	b := backRig(t, nil)
	b.pickUp(t, 7)
	if len(b.asked.Body()) > 0 || b.asked.From().Address.User != "+4930901820" {
		t.Errorf("the agent's phone was asked with %s", b.asked.String())
	}
	hears(t, b.ears, 5)
	if b.ringing.Recipient.User != "+4930901820" || string(b.ringing.Body()) != b.sdp {
		t.Errorf("the customer was called with %s", b.ringing.String())
	}
	if from := b.ringing.From().Address; from.User != "+4930901000" || from.Host != "trunk.example" {
		t.Errorf("the customer sees %s", from.String())
	}
	b.answer(t)
	eventually(t, "no music", func() bool { return b.r.band.listeners() == 0 })
	b.customer.called(b.ringing, "INFO", 3, "application/dtmf-relay", "Signal=5\r\n")
	b.ana.reply(b.ana.request("INFO"), 200, "OK", "")
	b.customer.response(200)
	b.customer.called(b.ringing, "BYE", 4, "", "")
	b.customer.response(200)
	b.ana.bye()
	if wrap := b.r.line.told(t, "finish", 7).What; wrap != time.Minute {
		t.Errorf("wrap-up %v", wrap)
	}
	b.over(t)
	if s := b.r.Stats(); s.Dialed != 1 || s.Reached != 1 || s.Served != 1 || s.ByHand != 0 {
		t.Errorf("%+v", s)
	}
}

// TestAnAgentEndsACallback by hanging up, when they have talked.
func TestAnAgentEndsACallback(t *testing.T) {
	t.Parallel()
	b := backRig(t, nil)
	b.pickUp(t, 7)
	b.answer(t)
	b.ana.called(b.asked, "BYE", 4, "", "")
	b.ana.response(200)
	b.customer.bye()
	b.r.line.told(t, "finish", 7)
	b.over(t)
}

// TestACustomerWhoIsNotReached is called again as the policy says; whoever could not be called for no cause of theirs, soon.
func TestACustomerWhoIsNotReached(t *testing.T) {
	t.Parallel()
	b := backRig(t, nil)
	for i, c := range []struct {
		code int
		want channel.Hold
	}{
		{486, channel.Hold{Why: "no-answer", Reason: "busy"}}, {603, channel.Hold{Why: "no-answer", Reason: "declined"}},
		{480, channel.Hold{Why: "no-answer", Reason: "no answer"}}, {404, channel.Hold{Why: "no-answer", Reason: "not reached"}},
		{503, channel.Hold{Why: "snooze", For: trunkRest, Reason: "the customer could not be called"}},
		{407, channel.Hold{Why: "snooze", For: trunkRest, Reason: "the customer could not be called"}},
	} {
		b.pickUp(t, uint64(i+1))
		b.customer.reply(b.ringing, c.code, "No", "")
		b.customer.request("ACK")
		b.ana.bye()
		if got := b.held(t, uint64(i+1)); got != c.want {
			t.Errorf("%d: held %+v, want %+v", c.code, got, c.want)
		}
		b.over(t)
	}
	if s := b.r.Stats(); s.Dialed != 6 || s.Unreached != 4 || s.Undialed != 2 || s.Reached != 0 {
		t.Errorf("%+v", s)
	}
	for _, told := range b.r.line.Agents() {
		if told.Verb == "finish" || told.Verb == "decline" {
			t.Errorf("the line was told %+v", told)
		}
	}
}

// TestACustomersPhoneRingsNoLongerThanRing.
func TestACustomersPhoneRingsNoLongerThanRing(t *testing.T) {
	t.Parallel()
	b := backRig(t, func(c *Config) { c.Dial.Ring = time.Second })
	b.pickUp(t, 1)
	b.customer.cancelled(b.ringing)
	b.ana.bye()
	if got := b.held(t, 1); got.Why != "no-answer" {
		t.Errorf("held %+v", got)
	}
	b.over(t)
}

// TestAnAgentWhoDoesNotAnswerACallback costs the customer nothing, and the next is rung at once: also where the line offers the
// ticket before the first is done with.
func TestAnAgentWhoDoesNotAnswerACallback(t *testing.T) {
	t.Parallel()
	b := backRig(t, nil)
	for offer := uint64(1); offer < 20; offer += 2 {
		b.say(channel.Offered, offer, "ana", "")
		b.say(channel.Offered, offer, "ana", "") // said again
		b.ana.reply(b.ana.request("INVITE"), 486, "Busy", "")
		b.ana.request("ACK")
		b.r.line.told(t, "decline", offer)
		b.say(channel.Returned, offer, "", "declined")
		b.say(channel.Offered, offer+1, "ben", "")
		invite := b.ben.request("INVITE")
		b.ben.reply(invite, 180, "Ringing", "")
		b.say(channel.Returned, offer+1, "", "expired")
		b.ben.cancelled(invite)
	}
	b.over(t)
	if s := b.r.Stats(); s.Dialed != 0 || s.Rung != 20 || s.Busy != 10 || s.Unanswered != 10 {
		t.Errorf("%+v", s)
	}
}

// TestAnAgentWhoHangsUpBeforeTheCustomerAnswers costs no attempt.
func TestAnAgentWhoHangsUpBeforeTheCustomerAnswers(t *testing.T) {
	t.Parallel()
	b := backRig(t, nil)
	b.pickUp(t, 1)
	b.ana.called(b.asked, "BYE", 2, "", "")
	b.ana.response(200)
	b.customer.cancelled(b.ringing)
	if got, want := b.held(t, 1), (channel.Hold{Why: "snooze", For: agentRest, Reason: "the agent hung up"}); got != want {
		t.Errorf("held %+v, want %+v", got, want)
	}
	b.over(t)
}

// TestTheLineTakesACallbackBack while the customer's phone rings: the agent holds it at the desk, or somebody releases it.
func TestTheLineTakesACallbackBack(t *testing.T) {
	t.Parallel()
	for _, kind := range []channel.Kind{channel.Held, channel.Returned, channel.Ended} {
		b := backRig(t, nil)
		b.pickUp(t, 1)
		b.say(kind, 1, "", "no-answer")
		b.customer.cancelled(b.ringing)
		b.ana.bye()
		b.over(t)
		for _, told := range b.r.line.Agents() {
			if told.Verb != "accept" {
				t.Errorf("%s: the line was told %+v", kind, told)
			}
		}
	}
}

// TestAnOfferThatIsOverWhenAnAgentPicksUp calls nobody.
func TestAnOfferThatIsOverWhenAnAgentPicksUp(t *testing.T) {
	t.Parallel()
	b := backRig(t, nil)
	b.r.line.refuseAccept(&channel.Refusal{Code: 410, Description: "the offer is over"})
	b.say(channel.Offered, 1, "ana", "")
	b.ana.reply(b.ana.request("INVITE"), 200, "OK", b.sdp)
	b.ana.request("ACK")
	b.ana.bye()
	b.over(t)
	if s := b.r.Stats(); s.Late != 1 || s.Dialed != 0 {
		t.Errorf("%+v", s)
	}
}

// callIn has the customer call in on the ticket.
func (b *backed) callIn(t *testing.T) (*dialed, *handset) {
	t.Helper()
	b.r.line.mutex.Lock()
	b.r.line.in = 1
	b.r.line.mutex.Unlock()
	h := newHandset(t, b.r)
	d, _ := h.queued(b.r, "+4930901820")
	return d, h
}

// TestACustomerWhoCallsInWhileBeingCalled has one call: theirs. The agent who was to call back answers it.
func TestACustomerWhoCallsInWhileBeingCalled(t *testing.T) {
	t.Parallel()
	for _, rings := range []string{"the agent's phone", "the customer's phone"} {
		b := backRig(t, nil)
		var d *dialed
		var h *handset
		if rings == "the agent's phone" {
			b.say(channel.Offered, 1, "ana", "")
			first := b.ana.request("INVITE")
			b.ana.reply(first, 180, "Ringing", "")
			d, h = b.callIn(t)
			b.ana.cancelled(first)
		} else {
			b.pickUp(t, 1)
			d, h = b.callIn(t)
			b.customer.cancelled(b.ringing)
			b.ana.bye()
		}
		b.ana.reply(b.ana.request("INVITE"), 200, "OK", sdpOfAgent)
		b.ana.request("ACK")
		d.again("ACK", h.response(200), "")
		d.again("BYE", nil, "")
		d.response(200)
		b.ana.bye()
		b.r.line.told(t, "finish", 1)
		b.over(t)
		if s := b.r.Stats(); s.Served != 1 || s.Reached != 0 || s.Undialed != 0 {
			t.Errorf("%+v", s)
		}
	}
}

// TestACallInThatComesToNothing: the agent who was to call back does not answer it, or the customer hangs up again. The agent, who has
// the ticket in hand, is free.
func TestACallInThatComesToNothing(t *testing.T) {
	t.Parallel()
	for _, who := range []string{"the agent", "the customer"} {
		b := backRig(t, nil)
		b.pickUp(t, 1)
		b.r.line.mutex.Lock()
		b.r.line.refuse = &channel.Refusal{Code: 409, Description: "it was accepted"}
		b.r.line.mutex.Unlock()
		d, h := b.callIn(t)
		b.customer.cancelled(b.ringing)
		b.ana.bye()
		invite := b.ana.request("INVITE")
		want := channel.Hold{Why: "snooze", For: keptRest, Reason: "busy"}
		if who == "the agent" {
			b.ana.reply(invite, 486, "Busy", "")
			b.ana.request("ACK")
		} else {
			want.Reason = "hung up"
			b.ana.reply(invite, 180, "Ringing", "")
			d.again("CANCEL", nil, "")
			b.ana.cancelled(invite)
		}
		if got := b.held(t, 1); got != want {
			t.Errorf("held %+v, want %+v", got, want)
		}
		if who == "the agent" {
			d.again("CANCEL", nil, "")
		}
		h.response(200)
		d.again("ACK", h.response(487), "")
		if why := b.r.line.left(t); why != "hung up" {
			t.Errorf("left: %q", why)
		}
		b.over(t)
	}
}

// TestACallbackIsGivenOn: the customer, whom we called, waits with music for the next agent like any caller, and hangs up there without
// losing the place.
func TestACallbackIsGivenOn(t *testing.T) {
	t.Parallel()
	for _, last := range []string{"talks", "hangs up"} {
		b := backRig(t, nil)
		b.pickUp(t, 1)
		b.answer(t)
		b.say(channel.Returned, 1, "", "transferred")
		b.ana.bye()
		music, sdp := ears(t)
		b.customer.reply(b.customer.request("INVITE"), 200, "OK", sdp)
		b.customer.request("ACK")
		hears(t, music, 5)
		b.say(channel.Offered, 2, "ben", "")
		invite := b.ben.request("INVITE")
		if string(invite.Body()) != sdpOfCaller {
			t.Errorf("ben is called with %q", invite.Body())
		}
		if last == "hangs up" {
			b.ben.reply(invite, 180, "Ringing", "")
			b.customer.called(b.ringing, "BYE", 4, "", "")
			b.customer.response(200)
			b.ben.cancelled(invite)
			again := b.ben.request("INVITE") // the offer stands: ben calls back
			b.ben.reply(again, 486, "Busy", "")
			b.ben.request("ACK")
			b.r.line.told(t, "decline", 2)
			b.over(t)
			continue
		}
		b.ben.reply(invite, 200, "OK", strings.Replace(sdpOfAgent, "40002", "40004", 1))
		b.ben.request("ACK")
		b.customer.reply(b.customer.request("INVITE"), 200, "OK", sdpOfCaller)
		b.customer.request("ACK")
		b.r.line.told(t, "accept", 2)
		eventually(t, "a talk", func() bool { return b.r.Stats().Served == 2 })
		b.customer.called(b.ringing, "BYE", 4, "", "")
		b.customer.response(200)
		b.ben.bye()
		b.r.line.told(t, "finish", 2)
		b.over(t)
	}
}

// TestAnAgentWhoCannotBeJoined leaves the customer, who has answered, to the next.
func TestAnAgentWhoCannotBeJoined(t *testing.T) {
	t.Parallel()
	b := backRig(t, nil)
	b.pickUp(t, 1)
	b.customer.reply(b.ringing, 200, "OK", sdpOfCaller)
	b.customer.request("ACK")
	b.ana.reply(b.ana.request("INVITE"), 488, "Not Acceptable Here", "")
	b.ana.request("ACK")
	if got := b.held(t, 1); got.Why != "snooze" || got.For != keptRest {
		t.Errorf("held %+v", got)
	}
	b.ana.bye()
	b.customer.reply(b.customer.request("INVITE"), 200, "OK", b.sdp)
	b.customer.request("ACK")
	b.say(channel.Held, 1, "", "snooze")
	b.say(channel.Offered, 2, "ben", "")
	b.ben.reply(b.ben.request("INVITE"), 200, "OK", sdpOfAgent)
	b.ben.request("ACK")
	b.customer.reply(b.customer.request("INVITE"), 200, "OK", b.sdp)
	b.customer.request("ACK")
	b.r.line.told(t, "accept", 2)
	if s := b.r.Stats(); s.Reached != 1 || s.Unreached != 0 {
		t.Errorf("%+v", s)
	}
}

// TestACustomersPhoneThatMovesTheAgentsMedia: what the agent answers is not what the customer was told, and the customer hears of it.
func TestAnAgentWhoseMediaMoves(t *testing.T) {
	t.Parallel()
	b := backRig(t, nil)
	b.pickUp(t, 1)
	b.customer.reply(b.ringing, 200, "OK", sdpOfCaller)
	b.customer.request("ACK")
	b.ana.reply(b.ana.request("INVITE"), 200, "OK", sdpOfAgent)
	b.ana.request("ACK")
	moved := b.customer.request("INVITE")
	if !strings.Contains(string(moved.Body()), "m=audio 40002") {
		t.Errorf("the customer hears of %q", moved.Body())
	}
	b.customer.reply(moved, 200, "OK", sdpOfCaller)
	b.customer.request("ACK")
}

// TestAnAgentWithoutASession is as one who is not reached: nobody is called.
func TestAnAgentWithoutASession(t *testing.T) {
	t.Parallel()
	b := backRig(t, nil)
	b.say(channel.Offered, 1, "ana", "")
	b.ana.reply(b.ana.request("INVITE"), 200, "OK", "")
	b.ana.request("ACK")
	b.ana.bye()
	if why := b.r.line.told(t, "decline", 1).What; why != "not reached" {
		t.Errorf("declined as %v", why)
	}
	b.over(t)
}

// TestAnAgentWaitsInSilence where there is no music, or the phone cannot hear it.
func TestAnAgentWaitsInSilence(t *testing.T) {
	t.Parallel()
	b := backRig(t, func(c *Config) { c.Mode, c.Media = Redirect, "" })
	b.say(channel.Offered, 1, "ana", "")
	b.ana.reply(b.ana.request("INVITE"), 200, "OK", b.sdp+"m=video 9 RTP/AVP 31\r\n")
	if ack := b.ana.request("ACK"); !strings.HasSuffix(string(ack.Body()), "m=audio 9 RTP/AVP 0 8\r\na=inactive\r\nm=video 0 RTP/AVP 31\r\na=inactive\r\n") {
		t.Errorf("%q", ack.Body())
	}
	b.ringing = b.customer.request("INVITE")
	b.answer(t)
	b.customer.reply(b.customer.request("INVITE"), 200, "OK", sdpOfCaller) // ana has no video any more
	b.customer.request("ACK")
	b.customer.called(b.ringing, "BYE", 4, "", "")
	b.customer.response(200)
	b.ana.bye()
	b.r.line.told(t, "finish", 1)
}

// TestStopEndsCallbacks: the customer is not called any more, and the ticket keeps its place.
func TestStopEndsCallbacks(t *testing.T) {
	t.Parallel()
	b := backRig(t, nil)
	b.pickUp(t, 1)
	b.r.over()
	b.customer.cancelled(b.ringing)
	b.ana.bye()
	if got := b.held(t, 1); got.Why != "snooze" || got.Reason != "phone stopped" {
		t.Errorf("held %+v", got)
	}
	b.r.stays(t)
}

// A slowSocket takes its time to say where it is, as the library asks before it reads.
type slowSocket struct{ net.PacketConn }

func (s slowSocket) LocalAddr() net.Addr {
	time.Sleep(20 * time.Millisecond)
	return s.PacketConn.LocalAddr()
}

// A lateLine is followed when the socket is read.
type lateLine struct {
	line
	reads <-chan struct{}
}

func (l *lateLine) Follow(ctx context.Context, handle func(context.Context, channel.Notice) error) error {
	select {
	case <-l.reads:
	default:
		return errors.New("followed before the socket is read")
	}
	return l.line.Follow(ctx, handle)
}

// TestAnOfferThatWaitsForUs: after a restart the line says at once what is open, and the agent's phone is called from the socket that is
// listened on, which the library has to know by then.
func TestAnOfferThatWaitsForUs(t *testing.T) {
	t.Parallel()
	b := backRig(t, nil)
	cfg := b.r.cfg
	cfg.Agents = []Agent{{Name: "ana", URI: b.ana.uri()}}
	l := &lateLine{line: line{leaves: make(chan string, 10)}}
	l.Say(channel.Notice{Kind: channel.Offered, ID: backID, Ticket: 1, Offer: 1, Agent: "ana", CallBack: true})
	a, err := New(cfg, l, l, &people{}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Listen(); err != nil {
		t.Fatal(err)
	}
	a.udp, l.reads = slowSocket{a.udp}, a.guard.reads
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	if invite := b.ana.request("INVITE"); invite.Source() != a.Addr("udp") {
		t.Errorf("called from %s", invite.Source())
	} else {
		b.ana.reply(invite, 486, "Busy", "")
	}
	l.told(t, "decline", 1)
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// TestWhoIsNotCalledByMachine is left to the agent: a number that anybody may have written there, what is no number, an agent
// without a phone.
func TestWhoIsNotCalledByMachine(t *testing.T) {
	t.Parallel()
	for _, callee := range []string{`{"call":"tel:+4930901820"}`, `{"call":"tel:0900123","attested":true}`, `{"call":"http://x/","attested":true}`, `{}`, `7`} {
		b := toBeCalled(t, callee, nil)
		b.say(channel.Offered, 1, "ana", "")
		b.say(channel.Offered, 2, "nobody", "")
		eventually(t, "offers", func() bool { return b.r.Stats().ByHand == 2 })
		b.over(t)
	}
	b := backRig(t, nil)
	b.say(channel.Offered, 1, "nobody", "")
	eventually(t, "an offer", func() bool { return b.r.Stats().ByHand == 1 })
	b.over(t)
}

// TestWhoIsCalledByMachine where the configuration says so, and where the caller had an address.
func TestWhoIsCalledByMachine(t *testing.T) {
	t.Parallel()
	b := toBeCalled(t, `{"call":"tel:+4930901820"}`, func(c *Config) { c.Dial.Anyone, c.Dial.URI, c.Dial.From = true, "sip:00{digits}@127.0.0.1:9", "" })
	b.pickUp(t, 1)
	if b.ringing.Recipient.User != "004930901820" || b.ringing.From().Address.User != "line" {
		t.Errorf("%s", b.ringing.String())
	}
	b = toBeCalled(t, `{"call":"sip:alice@127.0.0.1:9","attested":true}`, nil)
	kept := b.r.cfg.Contents
	_ = kept.Drop(t.Context(), backID)
	_ = kept.Keep(t.Context(), "", backID, []byte(`{"call":"sip:alice@127.0.0.1:`+strconv.Itoa(b.customer.port())+`","attested":true}`))
	b.pickUp(t, 1)
	if b.ringing.Recipient.User != "alice" || b.asked.From().Address.User != "alice" {
		t.Errorf("%s", b.ringing.String())
	}
}

func TestFaultsOfDial(t *testing.T) {
	t.Parallel()
	for want, d := range map[string]Dial{
		"phone: Dial.URI":  {URI: "tel:{number}", Ring: time.Minute},
		"in which number":  {URI: "sip:line@trunk.example", Ring: time.Minute},
		"phone: Dial.From": {URI: "sip:{number}@trunk.example", From: "me", Ring: time.Minute},
		"phone: Dial.Ring": {URI: "sip:{number}@trunk.example"},
	} {
		c := testConfig()
		c.Dial = d
		if want == "in which number" {
			want = "phone: Dial.URI"
		}
		if err := c.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %s", d, err, want)
		}
	}
	c := testConfig()
	c.Dial = Dial{URI: "sip:{number}@trunk.example", Ring: time.Minute}
	if _, err := New(c, &line{}, &line{}, &people{}, nil); err == nil || !strings.Contains(err.Error(), "vault.contents") {
		t.Errorf("without contents: %v", err)
	}
}
