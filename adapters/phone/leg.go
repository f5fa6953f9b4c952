package phone

import (
	"context"
	"errors"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
)

const (
	inDialogMax = 5 * time.Second // a BYE, REFER or relayed request is answered within it, or the peer is gone
	routesMax   = 8               // proxies that stay in the path of a call
)

// A leg is a dialog of ours with one phone (RFC 3261, 12): the caller's, whom we answer, or the agent's, whom we call.
type leg struct {
	phone     *Adapter
	call      *call
	callID    string
	transport string
	from      sip.FromHeader // us, with our tag
	to        sip.ToHeader   // them, with theirs
	routes    []string
	dest      string        // where requests go; empty: to the target
	turn      chan struct{} // holds one: an INVITE of either side within the dialog
	over      chan struct{} // closed: they hung up after the answer
	end       sync.Once

	mutex   sync.Mutex
	target  sip.Uri // their Contact
	cseq    uint32
	newest  uint32                       // the highest CSeq of theirs
	invited uint32                       // the CSeq of the last INVITE: an ACK has it
	acks    map[uint32]chan *sip.Request // that are waited for, by the CSeq of their INVITE; each holds one
	other   *leg                         // of a bridge
	told    session                      // of media, by us
}

// key names a dialog in the table of an adapter.
func key(callID, ourTag, theirTag string) string { return callID + "\x00" + ourTag + "\x00" + theirTag }

// hungUp notes that they ended the dialog.
func (l *leg) hungUp() { l.end.Do(func() { close(l.over) }) }

// tell is a session description as this phone is to read it.
func (l *leg) tell(sdp []byte) []byte {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.told.say(sdp)
}

// said is the session description that this phone was told last.
func (l *leg) said() []byte {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.told.last
}

func (l *leg) key() string {
	return key(l.callID, l.from.Params.GetOr("tag", ""), l.to.Params.GetOr("tag", ""))
}

// answering is the leg of a caller's INVITE, which has a From tag and a Contact.
func (a *Adapter) answering(req *sip.Request, c *call) *leg {
	to := req.To()
	l := &leg{phone: a, call: c, callID: req.CallID().Value(), transport: req.Transport(), from: to.AsFrom(), to: req.From().AsTo(),
		target: *req.Contact().Address.Clone(), cseq: 1, newest: req.CSeq().SeqNo, turn: make(chan struct{}, 1), over: make(chan struct{})}
	l.from.Params.Add("tag", sip.GenerateTagN(16))
	for _, h := range req.GetHeaders("Record-Route") {
		l.routes = append(l.routes, h.Value())
	}
	if len(l.routes) == 0 && (sip.IsReliable(l.transport) || a.cfg.NAT) {
		l.dest = req.Source()
	}
	return l
}

// calling is a leg to an agent's phone, before its first request.
func (a *Adapter) calling(c *call, at target) *leg {
	l := &leg{phone: a, call: c, callID: sip.GenerateTagN(24) + "@" + a.host(at.transport), transport: at.transport, target: at.uri,
		dest: at.dest, from: a.callerToAgent(c, at.transport), turn: make(chan struct{}, 1), over: make(chan struct{})}
	l.from.Params = sip.NewParams()
	l.from.Params.Add("tag", sip.GenerateTagN(16))
	l.to = sip.ToHeader{Address: sip.Uri{Scheme: at.uri.Scheme, User: at.uri.User, Host: at.uri.Host, Port: at.uri.Port}}
	return l
}

// dialing is a leg to a customer's phone, before its first request. The customer sees the line.
func (a *Adapter) dialing(c *call, at target) *leg {
	l := a.calling(c, at)
	host, port := a.place(at.transport)
	l.from.DisplayName, l.from.Address = "", sip.Uri{Scheme: "sip", User: "line", Host: host, Port: port}
	if from := a.cfg.Dial.From; from != "" {
		_ = sip.ParseUri(from, &l.from.Address) // Check read it
	}
	return l
}

// settle takes what a 2xx of the called says of the dialog; it says no where that begins none.
func (l *leg) settle(res *sip.Response) bool {
	to, contact := res.To(), res.Contact()
	if to == nil || contact == nil || contact.Address.Host == "" || !to.Params.Has("tag") {
		return false
	}
	l.to.Params = sip.NewParams()
	l.to.Params.Add("tag", to.Params.GetOr("tag", ""))
	l.target = *contact.Address.Clone()
	for _, h := range res.GetHeaders("Record-Route") {
		l.routes = append([]string{h.Value()}, l.routes...)
	}
	if len(l.routes) > 0 {
		l.dest = ""
	}
	return true
}

// retarget follows a phone that moved (RFC 3261, 12.2).
func (l *leg) retarget(m sip.Message) {
	var contact *sip.ContactHeader
	switch m := m.(type) {
	case *sip.Request:
		contact = m.Contact()
	case *sip.Response:
		contact = m.Contact()
	}
	if contact != nil && contact.Address.Host != "" {
		l.mutex.Lock()
		l.target = *contact.Address.Clone()
		l.mutex.Unlock()
	}
}

// awaitACK returns where the ACK of an INVITE of theirs will come, from before it is answered until done is called.
func (l *leg) awaitACK(invite *sip.Request) (acked <-chan *sip.Request, done func()) {
	seq, there := invite.CSeq().SeqNo, make(chan *sip.Request, 1)
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.acks == nil {
		l.acks = map[uint32]chan *sip.Request{}
	}
	l.acks[seq] = there
	return there, func() {
		l.mutex.Lock()
		defer l.mutex.Unlock()
		delete(l.acks, seq)
	}
}

// confirm takes an ACK of theirs to who waits for it. One that nobody waits for is a copy.
func (l *leg) confirm(ack *sip.Request) {
	if ack.CSeq() == nil {
		return
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	select {
	case l.acks[ack.CSeq().SeqNo] <- ack:
	default:
	}
}

func (l *leg) partner() *leg {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.other
}

// request builds the next request of the dialog; an ACK has the number of the INVITE that it is for.
func (l *leg) request(method sip.RequestMethod, body []byte, contentType string) *sip.Request {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	seq := l.invited
	if method != sip.ACK {
		l.cseq++
		seq = l.cseq
	}
	if method == sip.INVITE {
		l.invited = seq
	}
	req := sip.NewRequest(method, *l.target.Clone())
	req.SetTransport(l.transport)
	host, port := l.phone.place(l.transport)
	via := &sip.ViaHeader{ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: l.transport, Host: host, Port: port}
	via.Params.Add("branch", sip.GenerateBranch())
	via.Params.Add("rport", "")
	req.AppendHeader(via)
	for _, r := range l.routes {
		req.AppendHeader(sip.NewHeader("Route", r))
	}
	hops := sip.MaxForwardsHeader(70)
	if method == sip.INVITE { // a call that comes back to us ends some time
		hops = sip.MaxForwardsHeader(l.call.hops)
	}
	id := sip.CallIDHeader(l.callID)
	from, to := l.from, l.to
	req.AppendHeader(&hops)
	req.AppendHeader(&from)
	req.AppendHeader(&to)
	req.AppendHeader(&id)
	req.AppendHeader(&sip.CSeqHeader{SeqNo: seq, MethodName: method})
	req.AppendHeader(l.phone.contactHeader(l.transport))
	if len(body) > 0 {
		req.AppendHeader(sip.NewHeader("Content-Type", contentType))
	}
	req.SetBody(body)
	l.aim(req)
	return req
}

// aim says where a request goes: the first proxy, where the phone is known to be, or its Contact. Over UDP it leaves from the
// socket that is listened on, so that it passes the ways that the phone's own messages opened.
func (l *leg) aim(req *sip.Request) {
	switch {
	case len(l.routes) > 0:
		if uri, ok := routeURI(l.routes[0]); ok {
			req.SetDestination(destination(uri, l.transport))
		}
	case l.dest != "":
		req.SetDestination(l.dest)
	}
	if l.transport == "UDP" {
		if host, port, err := net.SplitHostPort(l.phone.Addr("udp")); err == nil {
			n, _ := strconv.Atoi(port)
			req.Laddr = sip.Addr{IP: net.ParseIP(host), Port: n}
		}
	}
}

func routeURI(value string) (uri sip.Uri, ok bool) {
	if _, inner, found := strings.Cut(value, "<"); found {
		value, _, _ = strings.Cut(inner, ">")
	}
	return uri, sip.ParseUri(value, &uri) == nil && uri.Host != ""
}

func destination(uri sip.Uri, transport string) string {
	port := uri.Port
	if port == 0 {
		port = sip.DefaultPort(transport)
	}
	return net.JoinHostPort(strings.Trim(uri.Host, "[]"), strconv.Itoa(port))
}

// asBuilt has the library send a request as it is.
func asBuilt(*sipgo.Client, *sip.Request) error { return nil }

// send begins a transaction.
func (l *leg) send(ctx context.Context, req *sip.Request) (sip.ClientTransaction, error) {
	return l.phone.client.TransactionRequest(ctx, req, asBuilt)
}

// errNoAnswer says that a phone did not answer a request.
var errNoAnswer = errors.New("no answer")

// do sends a request other than INVITE and waits for the final response.
func (l *leg) do(ctx context.Context, req *sip.Request) (*sip.Response, error) {
	tx, err := l.send(ctx, req)
	if err != nil {
		return nil, err
	}
	defer tx.Terminate()
	for {
		select {
		case res := <-tx.Responses():
			if !res.IsProvisional() {
				return res, nil
			}
		case <-tx.Done():
			return nil, errNoAnswer
		case <-ctx.Done():
			return nil, errNoAnswer
		}
	}
}

// ack confirms a 2xx, and each time that it comes again.
func (l *leg) ack(tx sip.ClientTransaction, body []byte, contentType string) {
	req := l.request(sip.ACK, body, contentType)
	again := req.Clone()
	_ = l.phone.client.WriteRequest(req, asBuilt) // where it is lost the 2xx comes again
	tx.OnRetransmission(func(*sip.Response) { _ = l.phone.client.WriteRequest(again.Clone(), asBuilt) })
}

// bye ends the dialog, and does not wait. It is called by goroutines that Run waits for.
func (l *leg) bye() {
	l.phone.forget(l)
	req := l.request(sip.BYE, nil, "")
	limit := inDialogMax
	if l.phone.life.Err() != nil {
		limit = cancelMax
	}
	l.phone.work.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		defer cancel()
		_, _ = l.do(ctx, req) // where the phone does not answer there is nothing more to do
	})
}

// byeNow ends the dialog, and waits until the phone has heard of it: it is to be free for another call.
func (l *leg) byeNow() {
	if l.phone.life.Err() != nil {
		l.bye()
		return
	}
	l.phone.forget(l)
	ctx, cancel := context.WithTimeout(l.phone.life, inDialogMax)
	defer cancel()
	_, _ = l.do(ctx, l.request(sip.BYE, nil, ""))
}

// know puts a leg into the table of dialogs.
func (a *Adapter) know(l *leg) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.legs[l.key()] = l
}

func (a *Adapter) forget(l *leg) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	delete(a.legs, l.key())
}

// legOf is the dialog of a request; nil: none of ours.
func (a *Adapter) legOf(req *sip.Request) *leg {
	if req.CallID() == nil || req.From() == nil || req.To() == nil {
		return nil
	}
	a.mutex.Lock()
	defer a.mutex.Unlock()
	return a.legs[key(req.CallID().Value(), req.To().Params.GetOr("tag", ""), req.From().Params.GetOr("tag", ""))]
}

// dialogOf is the dialog of a request other than ACK; nil: it was refused, because none is ours, its CSeq is of another method, or
// newer requests came before it (RFC 3261, 12.2.2).
func (a *Adapter) dialogOf(req *sip.Request, tx sip.ServerTransaction) *leg {
	l := a.legOf(req)
	switch {
	case l == nil:
		a.refuse(req, tx, wrong(481, "Call/Transaction Does Not Exist"))
	case req.CSeq() == nil || req.CSeq().MethodName != req.Method:
		a.refuse(req, tx, wrong(400, "Bad Request: CSeq is of another method"))
	case !l.follows(req.CSeq().SeqNo):
		a.refuse(req, tx, wrong(500, "Server Internal Error: CSeq is out of order"))
	default:
		return l
	}
	return nil
}

// follows takes the CSeq of a request of theirs, and says whether it is in order.
func (l *leg) follows(seq uint32) bool {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if seq < l.newest {
		return false
	}
	l.newest = seq
	return true
}

// place is the host and port that phones are told for a transport.
func (a *Adapter) place(transport string) (host string, port int) {
	listened, text, _ := net.SplitHostPort(a.Addr(strings.ToLower(transport)))
	port, _ = strconv.Atoi(text)
	if a.cfg.Host != "" {
		return a.cfg.Host, port
	}
	return listened, port
}

func (a *Adapter) host(transport string) string {
	host, _ := a.place(transport)
	return host
}

// contactHeader says where we are.
func (a *Adapter) contactHeader(transport string) *sip.ContactHeader {
	host, port := a.place(transport)
	uri := sip.Uri{Scheme: "sip", User: "line", Host: host, Port: port}
	uri.UriParams.Add("transport", strings.ToLower(transport))
	return &sip.ContactHeader{Address: uri}
}

// callerToAgent is who an agent's phone shows: the caller's name and number as they came, at our address. A caller who wants
// privacy has neither (RFC 3323, 4.1.1.3).
func (a *Adapter) callerToAgent(c *call, transport string) sip.FromHeader {
	if c.private {
		return sip.FromHeader{DisplayName: "Anonymous", Address: sip.Uri{Scheme: "sip", User: "anonymous", Host: "anonymous.invalid"}}
	}
	host, port := a.place(transport)
	return sip.FromHeader{DisplayName: c.display, Address: sip.Uri{Scheme: "sip", User: c.user, Host: host, Port: port}}
}
