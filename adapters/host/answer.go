package host

import (
	"encoding/json"
	"errors"
	"fmt"

	"fairline/engine"
)

// An answer is what a request gets when its frame is stored.
type answer struct {
	respond   func([]byte)
	refusal   *Refusal
	seq       uint64 // of the frame that did it; 0: of this turn
	duplicate bool
	ticket    engine.TicketID
	joined    engine.TicketID
	offer     engine.OfferID
	door      string
	body      func(seq uint64) any // what to answer instead of an acknowledgement
}

// A publishAck answers fl.in, in the form of JetStream's publish acknowledgement.
type publishAck struct {
	Stream    string          `json:"stream"`
	Seq       uint64          `json:"seq"`
	Duplicate bool            `json:"duplicate,omitempty"`
	Ticket    engine.TicketID `json:"ticket"`
	Joined    engine.TicketID `json:"joined,omitempty"` // the ticket whose contact this one is
}

// An agentAck answers fl.agent.
type agentAck struct {
	Seq    uint64          `json:"seq"`
	Offer  engine.OfferID  `json:"offer,omitempty"`
	Ticket engine.TicketID `json:"ticket,omitempty"` // of pull
}

// A refused answers whatever was refused.
type refused struct {
	Error fault `json:"error"`
}

type fault struct {
	Code        Code   `json:"code"`
	ErrCode     int    `json:"err_code"`
	Description string `json:"description"`
}

// send encodes an answer and sends it; seq is that of the turn's frame, or the last one where it had none.
func (h *Host) send(a *answer, seq uint64) {
	switch {
	case a.refusal != nil:
		h.refuse(a.respond, a.refusal)
		return
	case a.seq != 0:
		seq = a.seq
	}
	switch {
	case a.body != nil:
		a.respond(encode(a.body(seq)))
	case a.door == "in":
		a.respond(encode(publishAck{Stream: h.cfg.Stream, Seq: seq, Duplicate: a.duplicate, Ticket: a.ticket, Joined: a.joined}))
	default:
		a.respond(encode(agentAck{Seq: seq, Offer: a.offer, Ticket: a.ticket}))
	}
}

// refuse answers with a refusal and counts it.
func (h *Host) refuse(respond func([]byte), r *Refusal) {
	for i := range codes {
		if codes[i].code == r.Code {
			h.refusals[i].Add(1)
		}
	}
	if h.cfg.Refused != nil {
		h.cfg.Refused(r.Code)
	}
	respond(encode(refused{fault{Code: r.Code, ErrCode: r.Code.ErrCode(), Description: r.Text}}))
}

// refusalOf has a line for each error of the engine that is somebody else's. All others are ours.
var refusalOf = []struct {
	err  error
	code Code
}{
	{engine.ErrUnknownTicket, Unknown},
	{engine.ErrUnknownAgent, Unknown},
	{engine.ErrOfferOver, Over},
	{engine.ErrInService, Misplaced},
	{engine.ErrState, Misplaced},
	{engine.ErrLimit, TooMuch},
	{engine.ErrLineFull, LineFull},
	{engine.ErrClosed, Closed},
	{engine.ErrProtected, Protected},
	{engine.ErrNoPolicy, Unserved},
}

// refusal says in the bus's terms why the engine refused.
func (h *Host) refusal(err error) *Refusal {
	for _, row := range refusalOf {
		if !errors.Is(err, row.err) {
			continue
		}
		if say := h.rules.policy.Full.Say; row.code == LineFull && say != "" {
			return refuse(row.code, "line %s: %v: %s", h.cfg.Line, err, say)
		}
		return refuse(row.code, "line %s: %v", h.cfg.Line, err)
	}
	h.log.Error("the engine refused a command of the host", "error", err)
	return refuse(Internal, "line %s: %v", h.cfg.Line, err)
}

// encode writes a payload of this package's own types.
func encode(payload any) []byte {
	text, err := json.Marshal(payload)
	if err != nil {
		panic(fmt.Sprintf("host: encode %T: %v", payload, err))
	}
	return text
}
