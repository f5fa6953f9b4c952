package phone

import (
	"context"
	"errors"
	"time"

	"fairline/adapters/channel"

	"github.com/emiago/sipgo/sip"
)

// welcome lets the caller hear that the call waits: 182, or music.
func (c *call) welcome() error {
	switch c.phone.cfg.Mode {
	case Park:
		return c.answerWithMusic()
	case Early:
		if err := c.earlyMusic(); err != nil {
			return err
		}
	}
	c.mutex.Lock()
	c.waiting = !c.final
	c.phrase, c.told = "Queued", time.Time{}
	c.mutex.Unlock()
	c.phone.count(func(s *Stats) { s.Told++ })
	return c.provisional(sip.StatusQueued, "Queued")
}

// wait stays with a call until the caller and an agent were brought together, or one side gave up.
func (c *call) wait() {
	a := c.phone
	defer c.stopAsking()
	if a.band != nil {
		defer a.band.stand(c)
	}
	c.limit = time.NewTimer(a.cfg.WaitMax)
	defer c.limit.Stop()
	for {
		var answers chan answer
		if c.asking != nil {
			answers = c.asking.answers
		}
		select {
		case <-c.hungUp:
			c.abandon()
			return
		case <-c.leg.over: // of a call that was answered
			c.abandon()
			return
		case <-c.tx.Done():
			if !c.answered { // the connection was lost
				c.abandon()
				return
			}
			c.tx = doneForever{c.tx}
		case <-c.box.wake:
			if c.heed() {
				return
			}
		case got := <-answers:
			if c.asked(got) {
				return
			}
		case <-c.limit.C:
			c.give("waited too long", 480, "Waited too long")
			return
		case <-a.life.Done():
			c.give("phone stopped", 503, "Service Unavailable")
			return
		}
	}
}

// doneForever is a transaction that ended and is of no interest any more.
type doneForever struct{ sip.ServerTransaction }

// Done never happens.
func (doneForever) Done() <-chan struct{} { return nil }

// give gives a call up for a cause of ours: the line first, then the caller.
func (c *call) give(why string, code int, phrase string) {
	a := c.phone
	a.count(func(s *Stats) { s.Stopped++ })
	c.quit(why)
	c.close(code, phrase, a.retryAfter(), reason(code, why))
}

// heed does what the line said last. It returns true when the call is over.
func (c *call) heed() (over bool) {
	offer, end := c.box.read()
	if end != nil {
		c.endAs(end)
		return true
	}
	if c.box.keeps() {
		c.remember()
	}
	if c.asking != nil && (offer == nil || offer.Offer != c.asking.offer.Offer) {
		c.phone.count(func(s *Stats) { s.Unanswered++ })
		c.stopAsking()
	}
	if offer == nil || c.asking != nil || offer.Offer == c.refused {
		return false
	}
	return c.ask(*offer)
}

// endAs ends a call that waits as the line says.
func (c *call) endAs(n *channel.Notice) {
	a := c.phone
	switch {
	case c.box.keeps() && (n.Kind == channel.CalledBack || n.Kind == channel.Held):
		c.remember()
		a.count(func(s *Stats) { s.CalledBack++ })
		warning := sip.NewHeader("Warning", `399 `+a.host(c.leg.transport)+` "An agent will call you back; your place is kept"`)
		c.close(480, "An agent will call you back", reason(480, "called back"), warning)
		return
	case n.Kind == channel.CalledBack: // nobody knows whom to call
		a.count(func(s *Stats) { s.Closed++ })
		c.close(480, "Closed at this hour", a.retryAfter(), reason(480, "closed at this hour"))
		return
	}
	a.count(func(s *Stats) { s.Ended++ })
	phrase := map[string]string{"served": "Served by another contact", "closed": "Closed", "expired": "Waited too long"}[n.End]
	if n.Kind == channel.Moved || n.End == "moved" {
		phrase = "Moved to another line"
	}
	if phrase == "" {
		phrase = "Not in the line any more"
	}
	c.close(480, phrase, a.retryAfter(), reason(480, phrase))
}

// An answer is what came of asking an agent.
type answer struct {
	leg      *leg                  // of the agent, who picked up; nil: not
	tx       sip.ClientTransaction // of its INVITE
	asked    bool                  // for an offer: its answer is to be in the ACK
	sdp      []byte
	kind     string // its Content-Type
	referred bool   // the caller reached the agent without us
	why      string // the agent cannot take it
	code     int    // of the response that says so; 0: none came
}

// asking is one offer that an agent has not answered yet.
type asking struct {
	offer   channel.Notice
	answers chan answer // unbuffered: who asks hangs up itself when nobody takes the answer
	stop    context.CancelFunc
}

// stopAsking hangs up at the agent who is asked.
func (c *call) stopAsking() {
	if c.asking != nil {
		c.asking.stop()
		c.asking = nil
	}
}

// ask brings an offer to the agent. It returns true when the call is over.
func (c *call) ask(n channel.Notice) (over bool) {
	a := c.phone
	at, known := a.desk.where(n.Agent)
	if !known {
		c.decline(n, "no phone")
		return false
	}
	if !c.dialed && (a.cfg.Mode == Redirect || a.cfg.Mode == Early) {
		return c.redirect(n, at)
	}
	a.count(func(s *Stats) { s.Rung++ })
	ctx, stop := context.WithCancel(a.life)
	as := &asking{offer: n, answers: make(chan answer), stop: stop}
	work := func() { c.ring(ctx, at, as) }
	if !c.dialed && a.cfg.Mode == Park {
		work = func() { c.refer(ctx, at, as) }
	}
	rung := make(chan struct{})
	if !a.begin(func() { work(); close(rung) }) {
		stop()
		return false
	}
	c.asking, c.rung = as, rung
	return false
}

// asked does what follows from an agent's answer. It returns true when the call is over.
func (c *call) asked(got answer) (over bool) {
	n := c.asking.offer
	c.stopAsking() // who asked has ended with the answer
	switch {
	case got.leg != nil:
		return c.connect(n, got)
	case got.referred:
		return c.handedOver(n)
	}
	c.phone.count(func(s *Stats) { s.Busy++ })
	c.decline(n, got.why)
	return false
}

// decline gives an offer back in the agent's name: the caller stays in place. One of another contact of the customer stays open. One that
// the agent has in hand, because the caller called in while the agent was to call back, cannot be declined: the ticket is held for a moment.
func (c *call) decline(n channel.Notice, why string) {
	a := c.phone
	c.refused = n.Offer
	if n.For != 0 {
		return // what the agent was offered can still be answered
	}
	err := a.tellLine(func(ctx context.Context) error { return a.agents.Decline(ctx, n.Agent, n.Offer, why) }) // else it expires
	if no := (*channel.Refusal)(nil); errors.As(err, &no) && no.Code == 409 && c.box.given(n.Offer) {
		c.hold(n, channel.Hold{Why: "snooze", For: keptRest, Reason: why})
	}
}

// redirect answers 302 with the agent's address: first the caller, because the library alone knows whether a CANCEL was faster.
func (c *call) redirect(n channel.Notice, at target) (over bool) {
	uri := at.uri
	res := c.response(302, "Moved Temporarily")
	res.AppendHeader(&sip.ContactHeader{Address: *uri.Clone()})
	if c.finish(res) != nil {
		c.abandon()
		return true
	}
	return c.handedOver(n)
}

// handedOver tells the line that the agent has the caller, who is out of our hands. Where the offer was over in this very moment
// the contact leaves: the agent's phone will ring all the same.
func (c *call) handedOver(n channel.Notice) bool {
	a := c.phone
	if err := a.tellLine(func(ctx context.Context) error { return a.agents.Accept(ctx, n.Agent, n.Offer) }); err != nil {
		a.count(func(s *Stats) { s.Late++ })
		c.leave("given over")
	} else {
		a.count(func(s *Stats) { s.Served++ })
		if a.cfg.RedirectTalk > 0 {
			c.release(n, a.cfg.RedirectTalk+a.cfg.Wrap)
		} else {
			c.remember() // the agent may want to call back, and says so at the desk
		}
	}
	if c.answered {
		c.leg.bye()
	}
	return true
}

// release ends the agent's work. Where the line has taken it from the agent meanwhile the contact leaves, unless an agent calls back:
// who held the ticket in this moment was faster than the line's word of it.
func (c *call) release(n channel.Notice, wrap time.Duration) {
	if !c.finishWork(n, wrap) {
		c.await(n.Offer)
		c.quit("hung up")
	}
}

// await waits until the line says what became of work that it did not let us finish; not for long.
func (c *call) await(offer uint64) {
	limit := time.NewTimer(partMax)
	defer limit.Stop()
	for c.box.stands(offer) {
		select {
		case <-c.box.wake:
		case <-limit.C:
			return
		case <-c.phone.life.Done():
			return
		}
	}
}

// finishWork ends the agent's work. It says no when the line has taken it from the agent meanwhile.
func (c *call) finishWork(n channel.Notice, wrap time.Duration) bool {
	a := c.phone
	err := a.tellLine(func(ctx context.Context) error { return a.agents.Finish(ctx, n.Agent, n.Offer, wrap) })
	var no *channel.Refusal
	if errors.As(err, &no) {
		return false
	}
	if err != nil {
		a.log.Warn("line did not hear that a call ended: the agent has to say it", "agent", n.Agent, "offer", n.Offer, "error", err)
	}
	return true
}
