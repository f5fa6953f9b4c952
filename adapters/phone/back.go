package phone

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"fairline/adapters/channel"

	"github.com/emiago/sipgo/sip"
)

const (
	agentRest = 30 * time.Second // until a customer is offered again whose agent hung up before they answered
	trunkRest = 10 * time.Minute // until one is who could not be called for a cause that is not theirs
	keptRest  = time.Second      // until one is who has answered, and waits with music for another agent
)

// numberForm is a number in E.164.
var numberForm = regexp.MustCompile(`^\+[1-9][0-9]{4,14}$`)

// target is where a number is called; it says no where that is nowhere.
func (d *Dial) target(number string) (at target, ok bool) {
	if !numberForm.MatchString(number) {
		return at, false
	}
	return targetOf(strings.NewReplacer("{number}", number, "{digits}", number[1:]).Replace(d.URI))
}

func targetOf(uri string) (at target, ok bool) {
	if sip.ParseUri(uri, &at.uri) != nil || at.uri.Host == "" || at.uri.Scheme != "sip" && at.uri.Scheme != "sips" {
		return target{}, false
	}
	at.transport = transportOf(at.uri)
	return at, true
}

// reach is where somebody is called by machine; it says no where an agent has to: nobody knows whom, or nobody vouches for it.
func (a *Adapter) reach(to callee) (at target, ok bool) {
	if a.cfg.Dial.URI == "" || !to.Attested && !a.cfg.Dial.Anyone {
		return target{}, false
	}
	if number, is := strings.CutPrefix(to.Call, "tel:"); is {
		return a.cfg.Dial.target(number)
	}
	return targetOf(to.Call)
}

// callBack begins to call a customer back for an offer. It says no where that is left to the agent.
func (a *Adapter) callBack(n channel.Notice, to callee) bool {
	at, ok := a.reach(to)
	_, phone := a.desk.where(n.Agent)
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if other := a.tickets[n.Ticket]; other != nil && n.Ticket != 0 { // the customer has called in meanwhile
		other.box.hand(n)
		return true
	}
	if !ok || !phone || a.draining || a.calls[n.ID] != nil || len(a.calls) >= a.cfg.CallsMax {
		return false
	}
	n.CallBack = true // the line may know of somebody who waits and is not here
	user, number := strings.CutPrefix(to.Call, "tel:")
	if !number {
		user = at.uri.User
	}
	c := &call{phone: a, id: n.ID, ticket: n.Ticket, tx: doneForever{}, born: time.Now(), hops: 70, user: user, callee: to, kept: true, dialed: true,
		final: true, box: newMailbox(), hungUp: make(chan struct{}), notified: make(chan int, 1)}
	c.leg = a.dialing(c, at)
	c.box.post(n)
	a.calls[c.id], a.backs[n.Ticket] = c, c
	a.work.Add(1)
	go func() {
		defer a.depart(c)
		c.back(n)
	}()
	return true
}

// back brings an agent and a customer together who are both called: the agent first, so that no customer is called whom nobody
// wants to talk to (RFC 3725). The agent's phone is asked for its session description, and hears music while the customer's phone
// rings with it; the two are joined as a caller who waits with music is joined to an agent.
func (c *call) back(n channel.Notice) {
	if c.phone.band != nil {
		defer c.phone.band.stand(c)
	}
	c.limit = time.NewTimer(c.phone.cfg.WaitMax)
	defer c.limit.Stop()
	agent, ok := c.summon(n)
	if !ok {
		return
	}
	defer func() {
		if c.phone.legKnown(agent.leg) && agent.leg.partner() == nil {
			agent.leg.bye()
		}
	}()
	if !c.accept(n) {
		agent.leg.ack(agent.tx, agent.leg.tell(stilled(c.phone.host("UDP"), agent.sdp)), "application/sdp")
		return
	}
	c.entertain(agent)
	c.fetch(n, agent)
}

// summon has the agent's phone ring until the agent picks up; it says no where that is not so, and the offer is given back.
func (c *call) summon(n channel.Notice) (got answer, ok bool) {
	a := c.phone
	at, _ := a.desk.where(n.Agent)
	ctx, stop := context.WithCancel(a.life)
	defer stop()
	as := &asking{offer: n, answers: make(chan answer), stop: stop}
	ended := make(chan struct{})
	a.count(func(s *Stats) { s.Rung++ })
	a.work.Go(func() { c.ring(ctx, at, as); close(ended) })
	for {
		select {
		case got = <-as.answers:
			if got.leg != nil && len(got.sdp) > 0 {
				return got, true
			}
			if got.leg != nil {
				got.leg.ack(got.tx, nil, "")
				got.leg.bye()
				got.why = "not reached"
			}
			a.count(func(s *Stats) { s.Busy++ })
			c.decline(n, got.why)
			return got, false
		case <-c.box.wake:
			if !c.box.stands(n.Offer) {
				a.count(func(s *Stats) { s.Unanswered++ })
				return got, false
			}
			if c.calledIn() {
				stop()
				<-ended // the phone is free
				c.handOver(n)
				return got, false
			}
		case <-a.life.Done():
			return got, false
		}
	}
}

// calledIn says whether the customer is calling us while we call.
func (c *call) calledIn() bool {
	c.phone.mutex.Lock()
	defer c.phone.mutex.Unlock()
	other := c.phone.tickets[c.ticket]
	return other != nil && other != c
}

// handOver gives the agent's offer to the call of a customer who called in while we called. It says no where that is gone again, or the
// line has taken the offer back.
func (c *call) handOver(n channel.Notice) bool {
	a := c.phone
	a.mutex.Lock()
	defer a.mutex.Unlock()
	other := a.tickets[c.ticket]
	if other == nil || other == c || !c.box.stands(n.Offer) {
		return false
	}
	c.refused, n.CallBack = n.Offer, false
	other.box.hand(n)
	return true
}

// entertain confirms the answer of an agent's phone, which hears music from then on, or nothing where that cannot be.
func (c *call) entertain(agent answer) {
	a := c.phone
	sdp := stilled(a.host("UDP"), agent.sdp)
	o, err := offer{}, errNoMusic
	if a.band != nil {
		o, err = a.band.read(agent.sdp)
	}
	if err == nil {
		sdp, o.events = o.answer, 0 // an agent's keys say nothing of the customer
	}
	agent.leg.ack(agent.tx, agent.leg.tell(sdp), "application/sdp")
	if err == nil {
		a.band.sit(c, o)
	}
}

// fetch calls the customer for an agent who has the ticket in hand and waits with music.
func (c *call) fetch(n channel.Notice, agent answer) {
	a := c.phone
	a.count(func(s *Stats) { s.Dialed++ })
	got := c.dial(n, agent)
	if got.leg != nil {
		c.meet(n, agent.leg, got)
		return
	}
	if a.legKnown(agent.leg) {
		agent.leg.byeNow()
	}
	switch {
	case got.why == dialTaken:
	case got.why == dialedIn:
		if !c.handOver(n) {
			c.hold(n, channel.Hold{Why: "snooze", For: agentRest, Reason: dialedIn})
		}
	case got.why == dialStopped || got.why == dialDeserted:
		a.count(func(s *Stats) { s.Undialed++ })
		c.hold(n, channel.Hold{Why: "snooze", For: agentRest, Reason: got.why})
	case slices.Contains(unreached, got.code):
		a.count(func(s *Stats) { s.Unreached++ })
		c.hold(n, channel.Hold{Why: "no-answer", Reason: got.why})
	default:
		a.count(func(s *Stats) { s.Undialed++ })
		c.hold(n, channel.Hold{Why: "snooze", For: trunkRest, Reason: "the customer could not be called"})
	}
}

// unreached are the responses that are the customer's: they are not there, do not want, or there is no such number. All others are
// of those in between, and no attempt.
var unreached = []int{404, 408, 410, 480, 484, 486, 487, 600, 603, 604}

// Why a customer is not called any more before there is a response.
const (
	dialedIn     = "the customer called in"
	dialTaken    = "the line took it back"
	dialDeserted = "the agent hung up"
	dialStopped  = "phone stopped"
)

// dial calls the customer with the session description of the agent's phone until they answer, or nobody wants it any more.
func (c *call) dial(n channel.Notice, agent answer) (got answer) {
	a := c.phone
	ctx, stop := context.WithCancel(a.life)
	defer stop()
	as := &asking{answers: make(chan answer), stop: stop}
	a.work.Go(func() { c.leg.ring(ctx, agent.sdp, a.cfg.Dial.Ring, as) })
	for {
		select {
		case got = <-as.answers:
			if got.leg == nil && c.calledIn() { // that is what they are busy with
				got.why = dialedIn
			}
			return got
		case <-agent.leg.over:
			return answer{why: dialDeserted}
		case <-c.box.wake:
			if !c.box.stands(n.Offer) {
				return answer{why: dialTaken}
			}
			if c.calledIn() {
				return answer{why: dialedIn}
			}
		case <-a.life.Done():
			return answer{why: dialStopped}
		}
	}
}

// meet joins a customer who answered and the agent, and stays with them. Where the agent cannot be joined the customer, who is there
// now, waits with music for another.
func (c *call) meet(n channel.Notice, agent *leg, got answer) {
	a := c.phone
	a.count(func(s *Stats) { s.Reached++ })
	c.leg.takeSoon() // nobody else is there yet
	c.answered = true
	c.leg.ack(got.tx, nil, "")
	c.offers(got.sdp)
	reply, err := agent.change(got.sdp)
	if err != nil {
		c.leg.give()
		c.hold(n, channel.Hold{Why: "snooze", For: keptRest, Reason: dialDeserted})
		c.remain(agent)
		return
	}
	if a.band != nil {
		a.band.stand(c)
	}
	pair(c.leg, agent)
	c.leg.give()
	if !slices.Equal(destinations(reply), destinations(c.leg.said())) {
		_, _ = c.leg.change(reply) // who cannot is heard as far as it can be, and hangs up
	}
	a.count(func(s *Stats) { s.Served++ })
	if c.talk(n, agent) == bereft {
		c.remain(agent)
	}
}

// remain has a customer who answered wait with music for another agent, as a caller does whom the line took from one.
func (c *call) remain(agent *leg) {
	if c.phone.life.Err() == nil && !c.keep(agent) {
		c.wait()
		return
	}
	c.hangUpBoth(agent)
}

// hold has the line hold the ticket in the agent's name, who is free.
func (c *call) hold(n channel.Notice, h channel.Hold) {
	a := c.phone
	err := a.tellLine(func(ctx context.Context) error { return a.agents.Hold(ctx, n.Agent, n.Offer, h) })
	if no := (*channel.Refusal)(nil); err != nil && !errors.As(err, &no) {
		a.log.Warn("line did not hear that a customer was not reached: the agent has to say it", "agent", n.Agent, "offer", n.Offer, "error", err)
	}
}
