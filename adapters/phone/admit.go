package phone

import (
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"fairline/adapters/channel"

	"github.com/emiago/sipgo/sip"
)

// A refusal is the answer to a request that is not served. It is sent once and not repeated until it is confirmed: a forged
// sender draws one datagram for one.
type refusal struct {
	code    int
	phrase  string
	headers []sip.Header
	count   func(*Stats)
}

func wrong(code int, phrase string, headers ...sip.Header) *refusal {
	return &refusal{code: code, phrase: phrase, headers: headers, count: func(s *Stats) { s.Wrong++ }}
}

// retryAfter is the header that says when to call again.
func (a *Adapter) retryAfter() sip.Header {
	return sip.NewHeader("Retry-After", strconv.Itoa(int(a.cfg.RetryAfter.Seconds())))
}

// readable says what is wrong with an INVITE that begins a call; nil: nothing.
func readable(req *sip.Request) *refusal {
	from, to, id, seq := req.From(), req.To(), req.CallID(), req.CSeq()
	switch {
	case from == nil || to == nil || id == nil || seq == nil:
		return wrong(400, "Bad Request: From, To, Call-ID or CSeq is missing")
	case seq.MethodName != req.Method:
		return wrong(400, "Bad Request: CSeq is of another method")
	case from.Params.GetOr("tag", "") == "":
		return wrong(400, "Bad Request: From has no tag")
	case len(id.Value()) > valueMax || len(from.Value()) > 2*valueMax:
		return wrong(400, "Bad Request: Call-ID or From is too long")
	case req.Contact() == nil || req.Contact().Address.Host == "":
		return wrong(400, "Bad Request: Contact is missing")
	case len(req.GetHeaders("Record-Route")) > routesMax:
		return wrong(400, "Bad Request: too many Record-Route")
	case req.Recipient.Scheme != "sip" && req.Recipient.Scheme != "sips" && req.Recipient.Scheme != "tel":
		return wrong(416, "Unsupported URI Scheme")
	case req.MaxForwards() != nil && req.MaxForwards().Val() == 0:
		return wrong(483, "Too Many Hops")
	}
	if h := req.GetHeader("Require"); h != nil {
		return wrong(420, "Bad Extension", sip.NewHeader("Unsupported", h.Value()))
	}
	if len(req.Body()) > 0 && (req.ContentType() == nil || !isSDP(req.ContentType().Value())) {
		return wrong(415, "Unsupported Media Type", sip.NewHeader("Accept", "application/sdp"))
	}
	return nil
}

func isSDP(contentType string) bool {
	kind, _, _ := strings.Cut(strings.ToLower(contentType), ";")
	return strings.TrimSpace(kind) == "application/sdp"
}

// admit takes in the call that an INVITE begins, or says why not.
func (a *Adapter) admit(req *sip.Request, tx sip.ServerTransaction) (*call, *refusal) {
	if no := readable(req); no != nil {
		return nil, no
	}
	peer := ipOf(req.Source())
	if len(a.cfg.Callers) > 0 && !within(peer, a.cfg.Callers) {
		return nil, &refusal{code: 403, phrase: "Forbidden", count: func(s *Stats) { s.Forbidden++ }}
	}
	c := a.newCall(req, tx, peer)
	if no := a.enter(c); no != nil {
		return nil, no
	}
	return c, nil
}

// newCall reads what a call needs of its INVITE, once: reading a message of the library changes it.
func (a *Adapter) newCall(req *sip.Request, tx sip.ServerTransaction, peer netip.Addr) *call {
	from := req.From()
	c := &call{phone: a, id: contactID(req, from.Params.GetOr("tag", "")), req: req, tx: tx, peer: peer, born: time.Now(),
		sdp: req.Body(), hops: 69, private: wantsPrivacy(req), display: plain(from.DisplayName), user: plain(from.Address.User),
		box: newMailbox(), hungUp: make(chan struct{}), notified: make(chan int, 1)}
	if from.Address.Scheme == "tel" {
		c.user = plain(from.Address.Raw())
	}
	if h := req.MaxForwards(); h != nil {
		c.hops = min(int(h.Val())-1, 69)
	}
	c.callee = a.calleeOf(req, peer)
	c.box.nowhere = c.callee.Call == ""
	c.leg = a.answering(req, c)
	return c
}

// plain is a text of somebody else's that can stand in a header of ours, also between quotes: a lone line feed in it would begin a
// header of theirs at phones that take it for the end of a line.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == '"' || r == '\\' || r == 0x7f {
			return -1
		}
		return r
	}, name)
}

// enter counts a call in, where there is room.
func (a *Adapter) enter(c *call) *refusal {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	switch {
	case a.draining || len(a.calls) >= a.cfg.CallsMax:
		return &refusal{code: 503, phrase: "Too many calls", headers: []sip.Header{a.retryAfter()},
			count: func(s *Stats) { s.Unavailable++ }}
	case a.sources[c.peer] >= a.cfg.CallsPerSource && !a.believed(c.peer):
		return &refusal{code: 486, phrase: "Too many calls from there", headers: []sip.Header{a.retryAfter()},
			count: func(s *Stats) { s.Greedy++ }}
	case a.calls[c.id] != nil: // the same request on another way (RFC 3261, 8.2.2.2)
		return wrong(482, "Loop Detected")
	}
	a.calls[c.id] = c
	a.sources[c.peer]++
	a.legs[c.leg.key()] = c.leg
	a.work.Add(1)
	return nil
}

// depart counts a call out.
func (a *Adapter) depart(c *call) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if n := c.box.orphan(c.refused); n != nil && !a.draining {
		a.adopt(c, *n)
	}
	if a.backs[c.ticket] == c {
		delete(a.backs, c.ticket)
	}
	delete(a.calls, c.id)
	for _, ticket := range []uint64{c.ticket, c.joined} {
		if ticket != 0 && a.tickets[ticket] == c {
			delete(a.tickets, ticket)
		}
	}
	delete(a.legs, c.leg.key())
	a.work.Done()
	if c.dialed {
		return
	}
	if a.sources[c.peer]--; a.sources[c.peer] == 0 {
		delete(a.sources, c.peer)
	}
}

// adopt acts on an offer that came to a call in the moment of its end: one of a customer who is to be called back is heard again, and
// one that another call gave it is given back.
func (a *Adapter) adopt(c *call, n channel.Notice) {
	if c.box.given(n.Offer) {
		a.work.Go(func() { c.decline(n, "hung up") })
		return
	}
	a.work.Go(func() {
		if c.rung != nil {
			<-c.rung // the agent's phone is free
		}
		_ = a.hear(a.life, n) // where the line does not hear of it the offer runs out
	})
}

// refuse answers once, outside the transaction.
func (a *Adapter) refuse(req *sip.Request, tx sip.ServerTransaction, no *refusal) {
	a.count(no.count)
	once(req, tx, no.code, no.phrase, no.headers...)
}

// once answers a request of anybody: one datagram for one, and nothing of it is kept. Where it is lost the request comes again, and
// is answered with the same words (RFC 3261, 8.2.7).
func once(req *sip.Request, tx sip.ServerTransaction, code int, phrase string, headers ...sip.Header) {
	res := sip.NewResponseFromRequest(req, code, phrase, nil)
	if asked, to := req.To(), res.To(); asked != nil && to != nil && !asked.Params.Has("tag") && to.Params.Has("tag") {
		to.Params.Add("tag", hex.EncodeToString(imprint(req))[:16])
	}
	for _, h := range headers {
		res.AppendHeader(h)
	}
	if of, ok := tx.(interface{ Connection() sip.Connection }); ok {
		_ = of.Connection().WriteMsg(res)
	}
}

// imprint is a hash of what is the same in a request and its copies, and in no other.
func imprint(req *sip.Request) []byte {
	h := sha256.New()
	if via := req.Via(); via != nil {
		h.Write([]byte(via.Value()))
	}
	for _, name := range []string{"Call-ID", "CSeq", "From"} {
		if part := req.GetHeader(name); part != nil {
			h.Write([]byte("\x00" + part.Value()))
		}
	}
	return h.Sum(nil)
}
