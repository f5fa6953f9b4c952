package phone

import (
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"fairline/adapters/channel"

	"github.com/emiago/sipgo/sip"
)

// A given is a call that an agent, ana, gives on to another, ben.
type given struct {
	r      *rig
	d      *dialed
	ana    *handset
	invite *sip.Request // of ana
	ben    *handset
	ears   *net.UDPConn // of the caller
	sdp    string       // the caller's
	last   *sip.Response
	offer  uint64 // the last
}

// talked is a bridged call whose caller can hear.
func talked(t *testing.T, change func(*Config)) *given {
	t.Helper()
	r, caller, ana := agentRig(t, func(c *Config) {
		c.Agents = append(c.Agents, Agent{Name: "ben", URI: "sip:ben@127.0.0.1:9"})
		if change != nil {
			change(c)
		}
	})
	g := &given{r: r, ana: ana, ben: newHandset(t, r), offer: 1}
	r.desk.mutex.Lock()
	at := r.desk.fixed["ben"]
	at.uri.Port = g.ben.port()
	r.desk.fixed["ben"] = at
	r.desk.mutex.Unlock()
	g.ears, g.sdp = ears(t)
	g.d = &dialed{h: caller, id: sip.GenerateTagN(8), tag: "g", branch: sip.GenerateBranch(), cseq: 1, to: "<sip:line@127.0.0.1>"}
	caller.send(g.d.text("INVITE", "+4930901820", g.sdp))
	caller.response(182)
	r.offer(r.line.contact(t, 0).ID, 1, "ana")
	g.invite = ana.request("INVITE")
	ana.reply(g.invite, 200, "OK", sdpOfAgent)
	ana.request("ACK")
	g.last = caller.response(200)
	g.d.again("ACK", g.last, "")
	return g
}

// back has the line say that it took the ticket back.
func (g *given) back(why string) {
	g.r.line.Say(channel.Notice{Kind: channel.Returned, ID: g.r.line.Contacts()[0].ID, Ticket: 1, Offer: g.offer, Why: why})
}

// kept is what follows: ana's phone is hung up, and the caller hears music.
func (g *given) kept(t *testing.T) (music *sip.Request) {
	t.Helper()
	g.ana.reply(g.ana.request("BYE"), 200, "OK", "")
	music = g.d.h.request("INVITE")
	g.d.h.reply(music, 200, "OK", g.sdp)
	g.d.h.request("ACK")
	hears(t, g.ears, 5)
	return music
}

// offerBen offers the ticket to ben, and returns the INVITE.
func (g *given) offerBen(offer uint64) *sip.Request {
	g.ben.t.Helper()
	g.offer = offer
	g.r.offer(g.r.line.Contacts()[0].ID, offer, "ben")
	return g.ben.request("INVITE")
}

// origin is what an o= line says: the session, its version, and where.
func origin(t *testing.T, sdp []byte) (session string, version int) {
	t.Helper()
	_, words, _, found := originOf(sdp)
	if !found {
		t.Fatalf("no origin: %q", sdp)
	}
	version, _ = strconv.Atoi(words[2])
	return words[0] + words[1] + words[5], version
}

func TestACallThatIsGivenOn(t *testing.T) {
	t.Parallel()
	for _, why := range []string{"transferred", "wish"} {
		g := talked(t, func(c *Config) { c.Wrap = time.Minute })
		caller := g.d.h
		g.back(why)
		music := g.kept(t)
		first, one := origin(t, g.last.Body())
		if second, two := origin(t, music.Body()); first != second || two != one+1 {
			t.Errorf("the session %q %d became %q %d", first, one, second, two)
		}
		invite := g.offerBen(2)
		if string(invite.Body()) != g.sdp {
			t.Errorf("the second agent's phone was offered %q", invite.Body())
		}
		g.ben.reply(invite, 180, "Ringing", "")
		hears(t, g.ears, 5) // while it rings
		g.ben.reply(invite, 200, "OK", strings.Replace(sdpOfAgent, "40002", "40004", 1))
		g.ben.request("ACK")
		joined := caller.request("INVITE")
		if third, three := origin(t, joined.Body()); third != first || three != one+2 || !strings.Contains(string(joined.Body()), "40004") {
			t.Errorf("the caller was given %q", joined.Body())
		}
		caller.reply(joined, 200, "OK", g.sdp)
		caller.request("ACK")
		g.r.line.told(t, "accept", 2)
		eventually(t, "no music", func() bool { return g.r.band.listeners() == 0 })
		g.d.again("BYE", nil, "")
		g.d.response(200)
		g.ben.reply(g.ben.request("BYE"), 200, "OK", "")
		if wrap := g.r.line.told(t, "finish", 2).What; wrap != time.Minute {
			t.Errorf("wrap-up %v", wrap)
		}
		for _, told := range g.r.line.Agents() {
			if told.Verb == "finish" && told.Offer == 1 || told.Verb == "decline" {
				t.Errorf("the line was told %+v", told)
			}
		}
		if s := g.r.Stats(); s.GivenOn != 1 || s.Served != 2 || s.Abandoned != 0 {
			t.Errorf("%+v", s)
		}
		eventually(t, "an empty phone", func() bool { return g.r.empty() })
	}
}

// TestWhoDoesNotAnswerAGivenCall costs the caller nothing: the music goes on.
func TestWhoDoesNotAnswerAGivenCall(t *testing.T) {
	t.Parallel()
	g := talked(t, nil)
	g.back("transferred")
	g.kept(t)
	g.ben.reply(g.offerBen(2), 486, "Busy", "")
	g.ben.request("ACK")
	g.r.line.told(t, "decline", 2)
	invite := g.offerBen(3)
	g.ben.reply(invite, 180, "Ringing", "")
	g.back("expired")
	g.ben.reply(g.ben.request("CANCEL"), 200, "OK", "")
	g.ben.reply(invite, 487, "Request Terminated", "")
	g.d.silence(200, 10*time.Millisecond)
	hears(t, g.ears, 5)
	g.d.again("BYE", nil, "")
	g.d.response(200)
	if why := g.r.line.left(t); why != "hung up" {
		t.Errorf("left: %q", why)
	}
	eventually(t, "an empty phone", func() bool { return g.r.empty() && g.r.band.listeners() == 0 })
	if s := g.r.Stats(); s.Abandoned != 1 || s.Served != 1 {
		t.Errorf("%+v", s)
	}
}

// TestAnOfferThatIsOverWhenAGivenCallIsAnswered has the caller hear music again.
func TestAnOfferThatIsOverWhenAGivenCallIsAnswered(t *testing.T) {
	t.Parallel()
	g := talked(t, nil)
	g.back("transferred")
	g.kept(t)
	g.r.line.refuseAccept(&channel.Refusal{Code: 410, Description: "the offer is over"})
	g.ben.reply(g.offerBen(2), 200, "OK", sdpOfAgent)
	g.ben.request("ACK")
	for range 2 { // ben's session, and music
		g.d.h.reply(g.d.h.request("INVITE"), 200, "OK", g.sdp)
		g.d.h.request("ACK")
	}
	g.ben.reply(g.ben.request("BYE"), 200, "OK", "")
	hears(t, g.ears, 5)
	if s := g.r.Stats(); s.Late != 1 || s.Served != 1 {
		t.Errorf("%+v", s)
	}
}

// TestAnAgentWhoHangsUpBeforeTheLinesWord has given the caller on all the same: the line refuses that the work is finished.
func TestAnAgentWhoHangsUpBeforeTheLinesWord(t *testing.T) {
	t.Parallel()
	g := talked(t, nil)
	g.r.line.refuseFinish(&channel.Refusal{Code: 410, Description: "the offer is over"})
	g.ana.called(g.invite, "BYE", 1, "", "")
	g.ana.response(200)
	g.d.h.reply(g.d.h.request("INVITE"), 200, "OK", g.sdp)
	g.d.h.request("ACK")
	hears(t, g.ears, 5)
	g.back("transferred")
	g.offerBen(2)
}

// TestWhoSignsOutTalksOn as long as the phone has the call; then the ticket leaves the line, as its caller does not wait.
func TestWhoSignsOutTalksOn(t *testing.T) {
	t.Parallel()
	for _, why := range []string{"sign-out", "lost"} {
		g := talked(t, nil)
		g.back(why)
		g.ana.reply(g.ana.request("OPTIONS"), 200, "OK", "")
		if said := g.r.line.left(t); said != "talks on" {
			t.Errorf("left: %q", said)
		}
		g.d.silence(200, 10*time.Millisecond)
		g.d.again("INFO", nil, "Signal=5\r\n", "Content-Type: application/dtmf-relay")
		g.ana.reply(g.ana.request("INFO"), 200, "OK", "")
		g.d.response(200)
		g.d.again("BYE", nil, "")
		g.d.response(200)
		g.ana.reply(g.ana.request("BYE"), 200, "OK", "")
		eventually(t, "an empty phone", func() bool { return g.r.empty() })
		for _, told := range g.r.line.Agents() {
			if told.Verb == "finish" {
				t.Errorf("%s: the line was told %+v", why, told)
			}
		}
	}
}

// TestWhoIsGoneIsNotTalkedTo: of an agent who was lost or signed out and whose phone knows of no call the caller is kept.
func TestWhoIsGoneIsNotTalkedTo(t *testing.T) {
	t.Parallel()
	for _, why := range []string{"sign-out", "lost"} {
		g := talked(t, nil)
		g.back(why)
		g.ana.reply(g.ana.request("OPTIONS"), 481, "No such call", "")
		g.kept(t)
		g.ben.reply(g.offerBen(2), 486, "Busy", "")
	}
}

// TestWhoHoldsTheTicketTalksOn, and the ticket stays as it is held when the talk is over.
func TestWhoHoldsTheTicketTalksOn(t *testing.T) {
	t.Parallel()
	g := talked(t, nil)
	g.r.line.Say(channel.Notice{Kind: channel.Held, ID: g.r.line.Contacts()[0].ID, Ticket: 1, Offer: 1, Why: "callback"})
	g.d.silence(200, 10*time.Millisecond)
	g.d.again("BYE", nil, "")
	g.d.response(200)
	g.ana.reply(g.ana.request("BYE"), 200, "OK", "")
	eventually(t, "an empty phone", func() bool { return g.r.empty() })
	if _, left := g.r.line.Left(g.r.line.Contacts()[0].ID); left {
		t.Error("a ticket that is held left")
	}
}

// TestGlare: both sides change the session at once (RFC 3261, 14.1). The caller's is refused while ours is under way, and ours is
// asked again when the caller refuses it.
func TestGlare(t *testing.T) {
	t.Parallel()
	g := talked(t, nil)
	caller := g.d.h
	g.back("transferred")
	g.ana.reply(g.ana.request("BYE"), 200, "OK", "")
	ours := caller.request("INVITE")
	theirs := *g.d
	theirs.again("INVITE", nil, g.sdp)
	g.d.cseq = theirs.cseq
	refused := theirs.response(491)
	theirs.again("ACK", refused, "")
	caller.reply(ours, 491, "Request Pending", "")
	caller.request("ACK")
	g.d.again("INVITE", nil, g.sdp) // in our rest it is answered, by the music
	again := caller.next(182)
	if req, ok := again.(*sip.Request); ok { // we were faster
		caller.reply(req, 200, "OK", g.sdp)
		caller.request("ACK")
		return
	}
	ok := again.(*sip.Response)
	if ok.StatusCode != 200 || !strings.Contains(string(ok.Body()), "m=audio") {
		t.Fatalf("%s", ok.String())
	}
	g.d.again("ACK", ok, "")
	caller.reply(caller.request("INVITE"), 200, "OK", g.sdp)
	caller.request("ACK")
	hears(t, g.ears, 5)
}

// TestACallerWhoIsGoneWhenGivenOn does not answer the re-INVITE, or has no such call: the ticket is given up.
func TestACallerWhoIsGoneWhenGivenOn(t *testing.T) {
	t.Parallel()
	g := talked(t, nil)
	g.back("transferred")
	g.ana.reply(g.ana.request("BYE"), 200, "OK", "")
	g.d.h.reply(g.d.h.request("INVITE"), 481, "No such call", "")
	if why := g.r.line.left(t); why != "hung up" {
		t.Errorf("left: %q", why)
	}
	eventually(t, "an empty phone", func() bool { return g.r.empty() })
}

// TestACallerWhoRefusesEverySession has the one that it had, and is hung up in the end.
func TestACallerWhoRefusesEverySession(t *testing.T) {
	t.Parallel()
	g := talked(t, nil)
	caller := g.d.h
	refuse := func() {
		t.Helper()
		caller.reply(caller.request("INVITE"), 488, "Not Acceptable Here", "")
		caller.request("ACK")
	}
	g.back("transferred")
	g.ana.reply(g.ana.request("BYE"), 200, "OK", "")
	refuse() // music
	for offer := uint64(2); offer < 2+unfitMax; offer++ {
		g.ben.reply(g.offerBen(offer), 200, "OK", sdpOfAgent)
		g.ben.request("ACK")
		refuse()
		g.ben.reply(g.ben.request("BYE"), 200, "OK", "")
		if offer < 1+unfitMax {
			if why := g.r.line.told(t, "decline", offer).What; why != "the caller cannot be connected" {
				t.Errorf("declined as %v", why)
			}
		}
	}
	if why := g.r.line.left(t); why != "cannot be connected" {
		t.Errorf("left: %q", why)
	}
	caller.reply(caller.request("BYE"), 200, "OK", "")
	eventually(t, "an empty phone", func() bool { return g.r.empty() && g.r.band.listeners() == 0 })
}

// TestWaitingInSilence is what is left where no music can be played.
func TestWaitingInSilence(t *testing.T) {
	t.Parallel()
	g := talked(t, func(c *Config) { c.Media = "" })
	g.back("transferred")
	g.ana.reply(g.ana.request("BYE"), 200, "OK", "")
	held := g.d.h.request("INVITE")
	if !strings.Contains(string(held.Body()), "a=inactive\r\nm=audio 40002") {
		t.Errorf("%q", held.Body())
	}
	g.d.h.reply(held, 200, "OK", g.sdp)
	g.d.h.request("ACK")
	g.ben.reply(g.offerBen(2), 200, "OK", sdpOfAgent)
	g.ben.request("ACK")
	g.d.h.reply(g.d.h.request("INVITE"), 200, "OK", g.sdp)
	g.d.h.request("ACK")
	g.r.line.told(t, "accept", 2)
}

// TestAPhoneThatMovesItsMedia: what the agent was told is not what the caller answers, and the agent hears of it.
func TestAPhoneThatMovesItsMedia(t *testing.T) {
	t.Parallel()
	g := talked(t, nil)
	g.back("transferred")
	g.kept(t)
	g.ben.reply(g.offerBen(2), 200, "OK", sdpOfAgent)
	g.ben.request("ACK")
	moved := strings.Replace(sdpOfCaller, "o=- 1 1", "o=- 1 2", 1)
	g.d.h.reply(g.d.h.request("INVITE"), 200, "OK", moved)
	g.d.h.request("ACK")
	again := g.ben.request("INVITE")
	if string(again.Body()) != moved {
		t.Errorf("the agent hears of %q", again.Body())
	}
	g.ben.reply(again, 200, "OK", sdpOfAgent)
	g.ben.request("ACK")
}

// TestSessionTimers: a caller who waits with music asks for the same session again, with a description and without.
func TestSessionTimers(t *testing.T) {
	t.Parallel()
	r, d, _, conn := parked(t)
	_, elsewhere := ears(t)
	for _, sdp := range []string{"", strings.Replace(sdpOfCaller, "40000", strconv.Itoa(conn.LocalAddr().(*net.UDPAddr).Port), 1)} {
		d.again("INVITE", nil, sdp)
		ok := d.response(200)
		if !strings.Contains(string(ok.Body()), "m=audio") {
			t.Errorf("%s", ok.String())
		}
		d.again("ACK", ok, elsewhere)
		hears(t, conn, 5)
	}
	d.again("INVITE", nil, strings.Replace(sdpOfCaller, "AVP 0 8", "AVP 8", 1))
	d.again("ACK", d.response(488), "")
	hears(t, conn, 5)
	if n := r.band.listeners(); n != 1 {
		t.Errorf("%d listen", n)
	}
}
