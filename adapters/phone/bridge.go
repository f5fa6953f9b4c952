package phone

import (
	"context"
	"time"

	"fairline/adapters/channel"

	"github.com/emiago/sipgo/sip"
)

// cancelMax is the time that a phone has to end a call or its ringing when we stop.
const cancelMax = 2 * time.Second

// ring calls an agent's phone with the caller's session description, until it answers or nobody wants it any more.
func (c *call) ring(ctx context.Context, at target, as *asking) {
	a := c.phone
	a.calling(c, at).ring(ctx, c.offered(), a.cfg.Ring, as)
}

// ring calls a phone with a session description, or asks it for one where that is empty, until it answers, or nobody wants it any
// more. It rings no longer than most.
func (l *leg) ring(ctx context.Context, sdp []byte, most time.Duration, as *asking) {
	a := l.phone
	offered := l.tell(sdp)
	req := l.request(sip.INVITE, offered, "application/sdp")
	tx, err := l.send(ctx, req)
	if err != nil {
		as.hand(ctx, answer{why: "not reached"})
		return
	}
	limit := time.NewTimer(most)
	defer limit.Stop()
	heard := false
	for {
		select {
		case res := <-tx.Responses():
			switch {
			case res.IsProvisional():
				heard = true
			case res.IsSuccess() && l.settle(res):
				a.know(l)
				if !as.hand(ctx, answer{leg: l, tx: tx, asked: len(offered) == 0, sdp: res.Body(), kind: contentType(res)}) {
					l.ack(tx, nil, "")
					l.bye()
				}
				return
			default:
				as.hand(ctx, answer{why: whyNot(res.StatusCode), code: res.StatusCode})
				return
			}
		case <-tx.Done():
			as.hand(ctx, answer{why: "not reached"})
			return
		case <-limit.C:
			l.cancel(req, tx, heard)
			as.hand(ctx, answer{why: "no answer", code: sip.StatusRequestTimeout})
			return
		case <-ctx.Done():
			l.cancel(req, tx, heard)
			return
		}
	}
}

// hand gives an answer to the call, unless it is not waited for any more.
func (as *asking) hand(ctx context.Context, got answer) bool {
	select {
	case as.answers <- got:
		return true
	case <-ctx.Done():
		return false
	}
}

func contentType(m sip.Message) string {
	for _, h := range m.GetHeaders("Content-Type") {
		return plain(h.Value())
	}
	return "application/sdp"
}

// whyNot is an agent's refusal in words.
func whyNot(code int) string {
	switch code {
	case 486, 600:
		return "busy"
	case 603:
		return "declined"
	case 408, 480, 487:
		return "no answer"
	}
	return "not reached"
}

// cancel ends the ringing of a phone. Before its first response a request must not be cancelled (RFC 3261, 9.1); an answer that
// crosses the CANCEL is hung up.
func (l *leg) cancel(invite *sip.Request, tx sip.ClientTransaction, heard bool) {
	defer tx.Terminate()
	limit := time.NewTimer(64 * sip.T1)
	defer limit.Stop()
	closing := l.phone.life.Done()
	for cancelled := false; ; {
		if heard && !cancelled {
			cancelled = true
			l.sendCancel(invite)
		}
		select {
		case res := <-tx.Responses():
			heard = true
			if res.IsProvisional() {
				continue
			}
			if res.IsSuccess() && l.settle(res) {
				l.ack(tx, nil, "")
				l.bye()
			}
			return
		case <-closing:
			closing = nil
			limit.Reset(cancelMax)
		case <-tx.Done():
			return
		case <-limit.C:
			return
		}
	}
}

func (l *leg) sendCancel(invite *sip.Request) {
	req := sip.NewRequest(sip.CANCEL, invite.Recipient)
	for _, h := range []sip.Header{invite.Via(), invite.From(), invite.To(), invite.CallID()} {
		req.AppendHeader(sip.HeaderClone(h))
	}
	req.AppendHeader(&sip.CSeqHeader{SeqNo: invite.CSeq().SeqNo, MethodName: sip.CANCEL})
	sip.CopyHeaders("Route", invite, req)
	hops := sip.MaxForwardsHeader(70)
	req.AppendHeader(&hops)
	req.SetBody(nil)
	req.SetTransport(invite.Transport())
	req.SetDestination(invite.Destination())
	req.Laddr = invite.Laddr
	l.phone.begin(func() {
		ctx, cancel := context.WithTimeout(context.Background(), inDialogMax)
		defer cancel()
		_, _ = l.do(ctx, req) // the INVITE's own response is what counts
	})
}

// connect joins a caller and an agent who picked up, and stays with them. It returns true when the call is over, and false when
// the caller waits: the line has given up the offer, the two cannot be joined, or the line took the caller from the agent.
func (c *call) connect(n channel.Notice, got answer) (over bool) {
	joined := false
	if c.answered {
		joined, over = c.rejoin(n, got)
	} else {
		joined, over = c.join(n, got)
	}
	if !joined {
		return over
	}
	c.phone.count(func(s *Stats) { s.Served++ })
	if c.talk(n, got.leg) == bereft {
		return c.keep(got.leg)
	}
	return true
}

// accept tells the line that an agent has the caller. It says no when the line has given up the offer.
func (c *call) accept(n channel.Notice) bool {
	a := c.phone
	c.box.watch(n.Offer)
	if a.tellLine(func(ctx context.Context) error { return a.agents.Accept(ctx, n.Agent, n.Offer) }) == nil {
		return true
	}
	a.count(func(s *Stats) { s.Late++ })
	c.refused = n.Offer
	return false
}

// join answers a caller with the session of an agent who picked up.
func (c *call) join(n channel.Notice, got answer) (joined, over bool) {
	a := c.phone
	if !c.accept(n) {
		got.leg.ack(got.tx, nil, "")
		got.leg.bye()
		return false, false
	}
	if !got.asked {
		got.leg.ack(got.tx, nil, "")
	}
	c.leg.takeSoon() // nobody else is there yet
	defer c.leg.give()
	pair(c.leg, got.leg)
	acked, done := c.leg.awaitACK(c.req)
	defer done()
	sdp := c.leg.tell(got.sdp)
	if err := c.answer(sdp, got.kind); err != nil {
		if got.asked {
			got.leg.ack(got.tx, nil, "")
		}
		got.leg.bye()
		a.count(func(s *Stats) { s.Abandoned++ })
		c.release(n, 0)
		return false, true
	}
	a.moves.Add(1)
	body, confirmed := c.confirmed(acked, answer{sdp: sdp, kind: got.kind})
	if got.asked {
		c.offers(body)
		got.leg.ack(got.tx, got.leg.tell(body), "application/sdp")
	}
	if !confirmed {
		c.hangUpBoth(got.leg)
		c.release(n, 0)
	}
	return confirmed, !confirmed
}

// pair makes two legs a bridge, and parts what they were bridged with before; nil: nobody.
func pair(x, y *leg) {
	if was := x.partner(); was != nil {
		was.meet(nil)
	}
	x.meet(y)
	if y != nil {
		y.meet(x)
	}
}

func (l *leg) meet(other *leg) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.other = other
}

// answer answers the caller.
func (c *call) answer(sdp []byte, kind string) error {
	res := c.response(200, "OK")
	if len(sdp) > 0 {
		res.AppendHeader(sip.NewHeader("Content-Type", kind))
	}
	res.AppendHeader(sip.NewHeader("Allow", "INVITE, ACK, BYE, CANCEL, INFO, OPTIONS"))
	res.SetBody(sdp)
	err := c.finish(res)
	c.answered = err == nil
	return err
}

// confirmed waits for the ACK of our answer, and repeats the answer until then (RFC 3261, 13.3.1.4). It returns what the ACK
// carries. A caller who hangs up has heard the answer too.
func (c *call) confirmed(acked <-chan *sip.Request, got answer) (body []byte, ok bool) {
	res := c.response(200, "OK")
	if len(got.sdp) > 0 {
		res.AppendHeader(sip.NewHeader("Content-Type", got.kind))
	}
	res.SetBody(got.sdp)
	limit, every := time.NewTimer(64*sip.T1), sip.T1
	again := time.NewTimer(every)
	defer limit.Stop()
	defer again.Stop()
	for {
		select {
		case req := <-acked:
			return req.Body(), true
		case req := <-c.tx.Acks():
			return req.Body(), true
		case <-again.C:
			_ = c.tx.Respond(res)
			every = min(2*every, sip.T2)
			again.Reset(every)
		case <-c.leg.over:
			return nil, true
		case <-limit.C:
			c.phone.count(func(s *Stats) { s.Unconfirmed++ })
			return nil, false
		case <-c.phone.life.Done():
			return nil, false
		}
	}
}

func (a *Adapter) legKnown(l *leg) bool {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	return a.legs[l.key()] == l
}
