package phone

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"fairline/adapters/channel"

	"github.com/emiago/sipgo/sip"
)

const (
	changeMax = 3 * inDialogMax        // in which a phone takes another session, the rests after a glare in it, or it is gone
	turnMax   = 100 * time.Millisecond // an INVITE within a dialog waits for it while another is under way, before it is refused
)

// errUnfit says that a phone refused another session: it has the one that it had.
var errUnfit = errors.New("the phone refuses the session")

// take has the dialog's turn, of which there is one: while an INVITE of one side is under way neither may send another (RFC 3261,
// 14.1). It waits until ctx ends.
func (l *leg) take(ctx context.Context) bool {
	select {
	case l.turn <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

// takeSoon is take that waits no longer than the ACK of the last INVITE, which the library handles beside what comes behind it.
func (l *leg) takeSoon() bool {
	ctx, cancel := context.WithTimeout(l.phone.life, turnMax)
	defer cancel()
	return l.take(ctx)
}

func (l *leg) give() { <-l.turn }

// lasting is a context of at most d that ends when the phone hangs up or we stop.
func (l *leg) lasting(d time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(l.phone.life, d)
	l.phone.work.Go(func() {
		select {
		case <-l.over:
			cancel()
		case <-ctx.Done():
		}
	})
	return ctx, cancel
}

// change gives a phone another session, and returns its answer. Where both sides ask at once (glare, 491) ours is asked again after
// a random rest. An empty one is refused. errGone: the phone has not the call any more, or does not answer; errUnfit: it refuses. It is called by
// goroutines that Run waits for.
func (l *leg) change(sdp []byte) (answer []byte, err error) {
	if len(sdp) == 0 {
		return nil, errUnfit
	}
	ctx, cancel := l.lasting(changeMax)
	defer cancel()
	for {
		if !l.take(ctx) {
			return nil, errGone
		}
		answer, code := l.offer(ctx, l.tell(sdp))
		l.give()
		switch {
		case code < 300 && code > 0:
			return answer, nil
		case code == 491:
			channel.Rest(ctx, rand.N(4*sip.T1)) // who called chose the Call-ID and rests longer (RFC 3261, 14.1)
		case code == 0 || code == 481 || code == 408:
			return nil, errGone
		default:
			return nil, errUnfit
		}
	}
}

// offer sends a re-INVITE, and returns the code of the answer, and what it carries; 0: none came.
func (l *leg) offer(ctx context.Context, sdp []byte) (answer []byte, code int) {
	ctx, cancel := context.WithTimeout(ctx, inDialogMax)
	defer cancel()
	tx, res, err := l.invite(ctx, sdp)
	if err != nil {
		return nil, 0
	}
	if res.IsSuccess() {
		l.retarget(res)
		l.ack(tx, nil, "")
	}
	return res.Body(), res.StatusCode
}

// invite sends a re-INVITE and waits for the final response.
func (l *leg) invite(ctx context.Context, sdp []byte) (sip.ClientTransaction, *sip.Response, error) {
	tx, err := l.send(ctx, l.request(sip.INVITE, sdp, "application/sdp"))
	if err != nil {
		return nil, nil, err
	}
	for {
		select {
		case res := <-tx.Responses():
			if !res.IsProvisional() {
				return tx, res, nil
			}
		case <-tx.Done():
			return nil, nil, errNoAnswer
		case <-ctx.Done():
			tx.Terminate()
			return nil, nil, errNoAnswer
		}
	}
}

// onReinvite changes the session of a call that was answered. Of a bridge it is holding, another codec, a phone that moved: what
// one phone asks is asked of the other, and its answer is passed back. A caller who waits is answered by the music.
func (a *Adapter) onReinvite(req *sip.Request, tx sip.ServerTransaction) {
	l := a.dialogOf(req, tx)
	switch {
	case l == nil:
		return
	case len(req.Body()) > 0 && !isSDP(contentType(req)):
		a.refuse(req, tx, wrong(488, "Not Acceptable Here"))
		return
	case !l.call.isFinal():
		a.refuse(req, tx, wrong(488, "Not Acceptable Here"))
		return
	case !l.takeSoon():
		_ = tx.Respond(l.within(req, 491, "Request Pending"))
		return
	}
	defer l.give()
	ctx, cancel := context.WithTimeout(a.life, inDialogMax)
	defer cancel()
	switch other := l.partner(); {
	case other != nil:
		l.pass(ctx, other, req, tx)
	case l == l.call.leg:
		l.call.reseat(ctx, req, tx)
	default: // of an agent whose caller is being asked
		_ = tx.Respond(l.within(req, 491, "Request Pending"))
	}
}

// pass asks of the other phone of a bridge what this one asks.
func (l *leg) pass(ctx context.Context, other *leg, req *sip.Request, tx sip.ServerTransaction) {
	if !other.takeSoon() {
		_ = tx.Respond(l.within(req, 491, "Request Pending"))
		return
	}
	defer other.give()
	l.retarget(req)
	client, res, err := other.invite(ctx, other.tell(req.Body()))
	switch {
	case err != nil && l.partner() != other: // the line has taken the caller from the agent meanwhile
		_ = tx.Respond(l.within(req, 491, "Request Pending"))
		return
	case err != nil:
		_ = tx.Respond(l.within(req, 408, "Request Timeout"))
		return
	case !res.IsSuccess():
		_ = tx.Respond(l.within(req, res.StatusCode, plain(res.Reason)))
		return
	}
	other.retarget(res)
	if l == l.call.leg {
		l.call.offers(req.Body())
	}
	back := l.within(req, res.StatusCode, plain(res.Reason))
	if len(res.Body()) > 0 {
		back.AppendHeader(sip.NewHeader("Content-Type", contentType(res)))
		back.SetBody(l.tell(res.Body()))
	}
	other.ack(client, other.tell(l.accepted(ctx, req, tx, back)), "application/sdp")
}

// within is a response within the dialog.
func (l *leg) within(req *sip.Request, code int, phrase string) *sip.Response {
	res := sip.NewResponseFromRequest(req, code, phrase, nil)
	if code < 300 {
		res.AppendHeader(l.phone.contactHeader(l.transport))
	}
	return res
}

// accepted sends a 2xx until its ACK comes (RFC 3261, 13.3.1.4) or ctx ends; it returns what the ACK carries.
func (l *leg) accepted(ctx context.Context, req *sip.Request, tx sip.ServerTransaction, res *sip.Response) []byte {
	acked, done := l.awaitACK(req)
	defer done()
	for every := sip.T1; tx.Respond(res) == nil; every = min(2*every, sip.T2) {
		select {
		case ack := <-acked:
			return ack.Body()
		case ack := <-tx.Acks():
			return ack.Body()
		case <-time.After(every):
		case <-ctx.Done():
			return nil
		}
	}
	return nil
}
