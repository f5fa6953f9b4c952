package phone

import (
	"context"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// allowed is what a phone may ask of us.
const allowed = "INVITE, ACK, BYE, CANCEL, INFO, NOTIFY, REGISTER, OPTIONS"

// reply answers a request other than INVITE, of a call or an agent that is known: the library says it again where it is asked
// again.
func reply(req *sip.Request, tx sip.ServerTransaction, code int, phrase string, headers ...sip.Header) {
	res := sip.NewResponseFromRequest(req, code, phrase, nil)
	for _, h := range headers {
		res.AppendHeader(h)
	}
	_ = tx.Respond(res) // where it is lost the request comes again
}

// onCancel answers a CANCEL that is too late, or of nothing: the library has handled the others.
func (a *Adapter) onCancel(req *sip.Request, tx sip.ServerTransaction) {
	once(req, tx, 481, "Call/Transaction Does Not Exist")
}

// onAck confirms an answer of ours.
func (a *Adapter) onAck(req *sip.Request, _ sip.ServerTransaction) {
	if l := a.legOf(req); l != nil {
		l.confirm(req)
	}
}

// onBye ends a call: one that waits (RFC 3261, 15, allows BYE in an early dialog too), or one that is answered.
func (a *Adapter) onBye(req *sip.Request, tx sip.ServerTransaction) {
	l := a.dialogOf(req, tx)
	if l == nil {
		return
	}
	reply(req, tx, 200, "OK")
	a.forget(l)
	if c := l.call; l == c.leg && !c.isFinal() {
		c.gone()
		return
	}
	l.hungUp()
}

// onOptions says what we can.
func (a *Adapter) onOptions(req *sip.Request, tx sip.ServerTransaction) {
	once(req, tx, 200, "OK", sip.NewHeader("Allow", allowed), sip.NewHeader("Accept", "application/sdp"))
}

// onOther refuses what we do not speak.
func (a *Adapter) onOther(req *sip.Request, tx sip.ServerTransaction) {
	once(req, tx, 405, "Method Not Allowed", sip.NewHeader("Allow", allowed))
}

// onInfo takes a key that was pressed. Of a bridged call it is passed on to the other phone.
func (a *Adapter) onInfo(req *sip.Request, tx sip.ServerTransaction) {
	l := a.dialogOf(req, tx)
	if l == nil {
		return
	}
	if other := l.partner(); other != nil {
		ctx, cancel := context.WithTimeout(a.life, inDialogMax)
		defer cancel()
		res, err := other.do(ctx, other.request(sip.INFO, req.Body(), contentType(req)))
		if err != nil {
			reply(req, tx, 408, "Request Timeout")
			return
		}
		reply(req, tx, res.StatusCode, plain(res.Reason))
		return
	}
	reply(req, tx, 200, "OK")
	if key := pressed(req); key != "" && l == l.call.leg {
		l.call.press(key)
	}
}

// onNotify hears what became of a REFER (RFC 3515, 2.4.4): the body is the status line of the caller's own call.
func (a *Adapter) onNotify(req *sip.Request, tx sip.ServerTransaction) {
	l := a.dialogOf(req, tx)
	if l == nil {
		return
	}
	reply(req, tx, 200, "OK")
	fields := strings.Fields(string(req.Body()))
	if len(fields) < 2 || fields[0] != "SIP/2.0" {
		return
	}
	code, err := strconv.Atoi(fields[1])
	if err != nil || code < 200 {
		return
	}
	select {
	case l.call.notified <- code:
	default: // there is one already
	}
}
