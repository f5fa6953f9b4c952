package phone

import (
	"context"
	"errors"
	"slices"
	"time"

	"fairline/adapters/channel"

	"github.com/emiago/sipgo/sip"
)

const (
	partMax  = 2 * time.Second // the line says within it that an agent who hung up had given the caller on, or the call ends
	unfitMax = 3               // agents in a row with whom a caller cannot be joined; then the call ends
)

// A parting is how a talk ended.
type parting int

const (
	parted parting = iota // the call is over
	bereft                // the line took the caller from the agent: the caller waits
)

// talk stays with a bridged call until it is over or the line has taken the caller from the agent.
//
// An agent who gave the caller on, or whose supervisor did, has no more to say. One who signed out, or of whom nothing was heard,
// may talk on: the phone is asked, and who has the call keeps it. The ticket leaves the line then, because its caller does not wait.
// One who held the ticket at the desk, to call back, talks on too, and the ticket stays as it is held.
func (c *call) talk(n channel.Notice, agent *leg) parting {
	a := c.phone
	for mine := true; ; {
		select {
		case <-c.leg.over:
			c.hangUpBoth(agent)
			if mine {
				c.release(n, a.cfg.Wrap)
			}
			return parted
		case <-agent.over:
			if mine && c.givenOn(n) && !c.heldOver(n) {
				return bereft
			}
			c.hangUpBoth(agent)
			return parted
		case <-a.life.Done():
			c.hangUpBoth(agent)
			if mine {
				c.release(n, a.cfg.Wrap)
			}
			return parted
		case <-c.box.wake:
			lost := c.box.lost()
			switch {
			case lost == nil || !mine:
			case lost.Kind == channel.Held:
				mine = false
				c.remember()
			case !deserted(lost.Why) || !agent.there():
				return bereft
			default:
				mine = false
				c.leave("talks on")
			}
		}
	}
}

// deserted says whether the line took a caller from an agent for nothing that anybody wanted of this call.
func deserted(why string) bool { return slices.Contains([]string{"sign-out", "lost"}, why) }

// there says whether a phone still has the call: it is asked within the dialog, and who does not answer, or knows of no call, has
// not.
func (l *leg) there() bool {
	ctx, cancel := l.lasting(inDialogMax)
	defer cancel()
	res, err := l.do(ctx, l.request(sip.OPTIONS, nil, ""))
	return err == nil && res.StatusCode != 481 && res.StatusCode != 408
}

// givenOn ends the work of an agent who hung up, and says whether the line had taken it from the agent meanwhile: who gives a caller
// on and hangs up at once may be faster than the line's word of it.
func (c *call) givenOn(n channel.Notice) bool {
	refused := make(chan bool, 1) // who tells the line outlives this where the line does not answer
	c.phone.work.Go(func() { refused <- !c.finishWork(n, c.phone.cfg.Wrap) })
	limit := time.NewTimer(partMax)
	defer limit.Stop()
	select {
	case is := <-refused:
		return is
	case <-limit.C:
		return false
	}
}

// heldOver says whether work that the line did not let us finish was held by its agent: the talk is over, and the ticket stays.
func (c *call) heldOver(n channel.Notice) bool {
	c.await(n.Offer)
	lost := c.box.lost()
	if lost == nil || lost.Kind != channel.Held {
		return false
	}
	c.remember()
	return true
}

// hangUpBoth ends what is left of a bridge. Who hung up is forgotten already.
func (c *call) hangUpBoth(agent *leg) {
	for _, l := range []*leg{c.leg, agent} {
		if c.phone.legKnown(l) {
			l.bye()
		}
	}
}

// keep has a caller whom the line took from an agent wait with music. It returns true when the call is over.
func (c *call) keep(agent *leg) (over bool) {
	a := c.phone
	a.count(func(s *Stats) { s.GivenOn++ })
	c.limit.Reset(a.cfg.WaitMax)
	pair(c.leg, nil)
	if a.legKnown(agent) {
		agent.bye()
	}
	return c.comfort() || c.heed()
}

// comfort has a caller who was answered hear music, or nothing where that cannot be: one who refuses has the session as it was. It
// returns true when the caller is gone.
func (c *call) comfort() (over bool) {
	sdp, plays := silenced(c.leg.said()), false
	if o, err := c.hearing(c.offered()); err == nil {
		sdp, plays = o.answer, true
	}
	answer, err := c.leg.change(sdp)
	if errors.Is(err, errGone) && c.phone.life.Err() == nil {
		c.abandon()
		return true
	}
	if o, bad := c.hearing(answer); plays && err == nil && bad == nil {
		c.phone.band.sit(c, o)
	}
	return false
}

// rejoin gives a caller who waits with music to an agent who picked up: the caller is asked to take the agent's session, and where
// its answer is not what the agent was told, the agent hears of it.
func (c *call) rejoin(n channel.Notice, got answer) (joined, over bool) {
	a := c.phone
	if !got.asked {
		got.leg.ack(got.tx, nil, "")
	}
	reply, err := c.leg.change(got.sdp)
	if got.asked {
		got.leg.ack(got.tx, got.leg.tell(reply), "application/sdp")
	}
	switch {
	case a.life.Err() != nil:
		got.leg.bye()
		return false, false
	case errors.Is(err, errGone):
		got.leg.bye()
		c.abandon()
		return false, true
	case err != nil:
		got.leg.bye()
		return false, c.misfit(n)
	case !c.accept(n):
		got.leg.bye()
		return false, c.comfort() || c.heed()
	}
	c.unfit = 0
	if a.band != nil {
		a.band.stand(c)
	}
	pair(c.leg, got.leg)
	if !got.asked && !slices.Equal(destinations(reply), destinations(got.leg.said())) {
		_, _ = got.leg.change(reply) // who cannot is heard as far as it can be, and hangs up
	}
	return true, false
}

// misfit gives back the offer of an agent whose session the caller refused. It returns true when there were so many that the call
// ends.
func (c *call) misfit(n channel.Notice) (over bool) {
	if c.unfit++; c.unfit < unfitMax {
		c.decline(n, "the caller cannot be connected")
		return false
	}
	c.give("cannot be connected", 488, "Not Acceptable Here")
	return true
}

// offered is what the caller offers agents.
func (c *call) offered() []byte {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.sdp
}

// offers notes what the caller offers agents from now on; nothing: as before.
func (c *call) offers(sdp []byte) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if len(sdp) > 0 {
		c.sdp = sdp
	}
}

// reseat answers a caller who waits with music and asks for another session, or for the same, as phones with a session timer do.
func (c *call) reseat(ctx context.Context, req *sip.Request, tx sip.ServerTransaction) {
	a, l := c.phone, c.leg
	sdp, to := l.said(), offer{}
	if len(req.Body()) > 0 {
		var err error
		if to, err = c.hearing(req.Body()); err != nil {
			a.refuse(req, tx, wrong(488, "Not Acceptable Here"))
			return
		}
		c.offers(req.Body())
		sdp = l.tell(to.answer)
		a.band.sit(c, to)
	}
	l.retarget(req)
	back := l.within(req, 200, "OK")
	back.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
	back.SetBody(sdp)
	l.accepted(ctx, req, tx, back)
}
