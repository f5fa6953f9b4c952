package phone

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"fairline/adapters/channel"

	"github.com/emiago/sipgo/sip"
)

const (
	tellLineMax = 15 * time.Second // all tries together to tell the line something of a call
	triesMax    = 3
	triesRest   = 200 * time.Millisecond
)

// A call is a caller of ours, from INVITE to the end. What has no comment is the property of the goroutine of its INVITE.
type call struct {
	phone *Adapter
	id    string // of the contact
	req   *sip.Request
	tx    sip.ServerTransaction
	leg   *leg
	peer  netip.Addr
	born  time.Time
	hops  int // Max-Forwards of what we send on

	private       bool
	display, user string // for the agent's phone alone
	customer      string // the key
	callee        callee // whom to call back
	kept          bool   // and it is kept
	dialed        bool   // the customer is called by us: there is no INVITE of theirs

	ticket, joined uint64 // under phone.mutex
	again          bool   // the line had the contact before: it may have ended
	box            mailbox
	hungUp         chan struct{} // closed: CANCEL, BYE or the connection was lost before the answer
	hangUp         sync.Once
	notified       chan int // what became of a REFER

	asking   *asking         // who is being asked to take the call; nil: nobody
	rung     <-chan struct{} // closed: the agent's phone that was called last does not ring any more; nil: none was
	refused  uint64          // the offer that was given back last
	answered bool            // by an agent or by music: it ends with BYE
	unfit    int             // agents in a row with whom the caller could not be joined
	music    offer           // of a call that is to be parked
	limit    *time.Timer     // of the wait

	mutex   sync.Mutex // of what follows
	sdp     []byte     // what the caller offers agents; empty: the caller wants an offer
	final   bool       // the INVITE has its final response
	waiting bool       // hears of its place
	told    time.Time
	seen    uint64 // moves, when it was told
	place   int
	phrase  string
}

// errGone says that the caller hung up before the answer reached it.
var errGone = errors.New("the caller is gone")

// onInvite serves a call from its first request to its end.
func (a *Adapter) onInvite(req *sip.Request, tx sip.ServerTransaction) {
	if to := req.To(); to != nil && to.Params.Has("tag") {
		a.onReinvite(req, tx)
		return
	}
	c, no := a.admit(req, tx)
	if no != nil {
		a.refuse(req, tx, no)
		return
	}
	defer a.depart(c)
	c.serve()
}

// gone notes that the caller hung up. It may be called inside the library's state machine: it locks nothing.
func (c *call) gone() { c.hangUp.Do(func() { close(c.hungUp) }) }

// serve hands the call to the line and stays with it.
func (c *call) serve() {
	a := c.phone
	if !c.tx.OnCancel(func(*sip.Request) { c.gone() }) {
		return // cancelled before it began: nobody was told
	}
	if c.provisional(100, "Trying") != nil {
		return
	}
	if c.mute() {
		return
	}
	ack, err := c.arrive()
	if err != nil {
		c.refuseAs(err)
		return
	}
	a.count(func(s *Stats) { s.Calls++ })
	c.index(ack)
	defer a.moves.Add(1)
	if err := c.welcome(); err != nil {
		c.abandon()
		return
	}
	c.wait()
}

// arrive hands the contact in. Where nobody knows whether it was heard it is asked again, and in the end taken back.
func (c *call) arrive() (ack channel.Ack, err error) {
	a := c.phone
	contact := a.contact(a.life, c.req, c.id, c.peer)
	c.customer = contact.Customer
	err = a.tellLine(func(ctx context.Context) (err error) {
		ack, err = a.line.Arrive(ctx, contact)
		return err
	})
	var no *channel.Refusal
	if err != nil && !errors.As(err, &no) {
		a.log.Warn("line does not answer: a call is refused", "contact", c.id, "error", err)
		a.begin(func() { c.leave("not heard") })
	}
	return ack, err
}

// tellLine tries until the line answers. Its answers are an error of type *channel.Refusal, which is final unless Again.
func (a *Adapter) tellLine(tell func(context.Context) error) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), tellLineMax)
	defer cancel()
	for try := 1; ; try++ {
		var no *channel.Refusal
		err = tell(ctx)
		if err == nil || errors.As(err, &no) && !no.Again() || try == triesMax {
			return err
		}
		select {
		case <-time.After(triesRest):
		case <-ctx.Done():
			return err
		}
	}
}

// index has notices about the call's ticket find it.
func (c *call) index(ack channel.Ack) {
	a := c.phone
	c.again = ack.Duplicate
	a.mutex.Lock()
	defer a.mutex.Unlock()
	c.ticket, c.joined = ack.Ticket, ack.Joined
	for _, ticket := range []uint64{ack.Ticket, ack.Joined} {
		if ticket == 0 {
			continue
		}
		a.tickets[ticket] = c
		if back := a.backs[ticket]; back != nil {
			back.box.poke() // who is being called is calling in
		}
	}
}

// refuseAs answers a caller whom the line refuses.
func (c *call) refuseAs(err error) {
	a := c.phone
	var no *channel.Refusal
	switch errors.As(err, &no); {
	case no != nil && no.Code == 429:
		a.count(func(s *Stats) { s.Full++ })
		_ = c.respond(486, "Busy Here: the line is full", a.retryAfter(), reason(486, "line is full"))
	case no != nil && no.Code == 423:
		a.count(func(s *Stats) { s.Closed++ })
		_ = c.respond(480, "Closed at this hour", a.retryAfter(), reason(480, "closed at this hour"))
	case no == nil || no.Again():
		a.count(func(s *Stats) { s.Unavailable++ })
		_ = c.respond(503, "Service Unavailable", a.retryAfter())
	default:
		a.log.Error("line refuses a contact", "contact", c.id, "code", no.Code, "description", no.Description)
		a.count(func(s *Stats) { s.Unavailable++ })
		_ = c.respond(500, "Server Internal Error")
	}
}

// reason is the header that says why (RFC 3326).
func reason(code int, text string) sip.Header {
	return sip.NewHeader("Reason", fmt.Sprintf(`SIP;cause=%d;text="%s"`, code, plain(text)))
}

// response is one of the dialog: with our tag, and where it can begin a dialog with our Contact.
func (c *call) response(code int, phrase string) *sip.Response {
	res := sip.NewResponseFromRequest(c.req, code, phrase, nil)
	if code > 100 {
		res.To().Params.Remove("tag")
		res.To().Params.Add("tag", c.leg.from.Params.GetOr("tag", ""))
	}
	if code > 100 && code < 300 {
		res.AppendHeader(c.phone.contactHeader(c.leg.transport))
	}
	return res
}

func (c *call) isFinal() bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.final
}

// provisional sends a provisional response where no final one was sent.
func (c *call) provisional(code int, phrase string) error {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.final {
		return nil
	}
	return c.write(c.response(code, phrase))
}

// respond sends the final response; it does not wait until it is confirmed. errGone: the caller hung up first.
func (c *call) respond(code int, phrase string, headers ...sip.Header) error {
	if c.dialed {
		return nil
	}
	res := c.response(code, phrase)
	for _, h := range headers {
		res.AppendHeader(h)
	}
	return c.finish(res)
}

func (c *call) finish(res *sip.Response) error {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.final {
		return nil
	}
	c.final, c.waiting = true, false
	return c.write(res)
}

// write sends a response of the INVITE. A caller who cancelled in this moment has 487 already, which the library would forget for
// what is sent now: it is put back, so that it is what a lost datagram makes it say again.
func (c *call) write(res *sip.Response) error {
	err := c.tx.Respond(res)
	if errors.Is(err, sip.ErrTransactionCanceled) {
		_ = c.tx.Respond(c.response(487, "Request Terminated"))
		c.gone()
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errGone, err)
	}
	return nil
}

// close ends a call that waits: with a final response, or with BYE where it was answered by us.
func (c *call) close(code int, phrase string, headers ...sip.Header) {
	c.stopAsking()
	if c.answered {
		c.leg.bye()
		return
	}
	_ = c.respond(code, phrase, headers...)
}

// abandon tells the line that the caller hung up. The place is free before anything is waited for.
func (c *call) abandon() {
	c.stopAsking()
	c.phone.count(func(s *Stats) {
		if c.box.keeps() {
			s.CalledBack++
		} else {
			s.Abandoned++
		}
	})
	c.quit("hung up")
	if c.answered && c.phone.legKnown(c.leg) {
		c.leg.bye() // it never confirmed the answer
		return
	}
	_ = c.respond(487, "Request Terminated") // to who cancelled the library has said it already
}

// quit gives the contact up, unless an agent calls back: then the ticket keeps its place, and whom to call is kept.
func (c *call) quit(why string) {
	if c.box.keeps() {
		c.remember()
		return
	}
	c.leave(why)
}

// leave gives the contact up. That it ended already is no error.
func (c *call) leave(why string) {
	err := c.phone.tellLine(func(ctx context.Context) error { return c.phone.line.Leave(ctx, c.id, why) })
	var no *channel.Refusal
	if err != nil && !errors.As(err, &no) {
		c.phone.log.Warn("line does not answer: a call that ended stands in it until it is offered", "contact", c.id, "error", err)
	}
}
