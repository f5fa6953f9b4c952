package host

import (
	"fairline/engine"
	"fairline/engine/journal"
)

// What supervisors do. Each request has a reason, and its input ends with the reason and the supervisor's name.

// A deskAck answers fl.desk.
type deskAck struct {
	Seq    uint64          `json:"seq"`
	Ticket engine.TicketID `json:"ticket,omitempty"`
}

// A releaseAck answers a release of many.
type releaseAck struct {
	Seq      uint64        `json:"seq"`
	Released int           `json:"released"` // those that did not wait before
	Refused  []notReleased `json:"refused,omitempty"`
	More     bool          `json:"more,omitempty"` // there are more than one request takes: ask again
}

type notReleased struct {
	Ticket      engine.TicketID `json:"ticket"`
	Code        Code            `json:"code"`
	Description string          `json:"description"`
}

// deskDo gives a command of the supervisor who stands in the subject, by whom its event will be, and reports whether
// anything followed. What links contacts is about the customer and is nobody's: the name is kept with the input alone.
func (h *Host) deskDo(r *request, c engine.Command) (bool, *Refusal) {
	c.Reason = engine.WordOf(r.message.reason)
	if c.Kind != engine.Link && c.Kind != engine.Unlink {
		c.Agent = engine.WordOf(r.subject.who)
	}
	n, err := h.do(&Input{Command: c, Texts: []string{r.message.reason, r.subject.who}})
	if err != nil {
		return false, h.refusal(err)
	}
	return n > 0, nil
}

// deskTicket gives a command about the ticket that a supervisor means.
func (h *Host) deskTicket(r *request, c engine.Command) (answer, *Refusal) {
	t, refusal := h.meant(&r.message)
	if refusal != nil {
		return answer{}, refusal
	}
	c.Ticket = t.Number
	_, refusal = h.deskDo(r, c)
	return deskAnswer(t.Number), refusal
}

// deskAnswer says that it is done.
func deskAnswer(ticket engine.TicketID) answer {
	return answer{body: func(seq uint64) any { return deskAck{Seq: seq, Ticket: ticket} }}
}

func (h *Host) holdTicket(r *request) (answer, *Refusal) {
	until, refusal := h.holdUntil(&r.message)
	if refusal != nil {
		return answer{}, refusal
	}
	return h.deskTicket(r, engine.Command{Kind: engine.Hold, Why: r.message.why, Until: until})
}

func (h *Host) link(r *request) (answer, *Refusal) {
	if h.book.Ticket(r.message.other) == nil {
		return answer{}, refuse(Unknown, "other: no ticket %d", r.message.other)
	}
	return h.deskTicket(r, engine.Command{Kind: engine.Link, Other: r.message.other})
}

func (h *Host) unlink(r *request) (answer, *Refusal) {
	return h.deskTicket(r, engine.Command{Kind: engine.Unlink})
}

// shut ends a ticket, or where none is named stops the service of the line.
func (h *Host) shut(r *request) (answer, *Refusal) {
	c := engine.Command{Kind: engine.Close}
	if m := &r.message; m.ticket == 0 && m.adapter == "" && m.id == "" {
		_, refusal := h.deskDo(r, c)
		return deskAnswer(0), refusal
	}
	return h.deskTicket(r, c)
}

// reopen begins the service of the line again.
func (h *Host) reopen(r *request) (answer, *Refusal) {
	_, refusal := h.deskDo(r, engine.Command{Kind: engine.Open})
	return deskAnswer(0), refusal
}

// release lets tickets wait again: one command for each, so that one which cannot does not hold up the others.
func (h *Host) release(r *request) (answer, *Refusal) {
	list, more := r.message.tickets, false
	switch {
	case r.message.stuck == (len(list) > 0):
		return answer{}, refuse(Malformed, "payload: names no tickets, want tickets, or stuck: true")
	case r.message.stuck:
		list, more = h.stuck(ticketsMax)
	}
	ack := releaseAck{More: more}
	for _, id := range list {
		if h.turn.size > 2*journal.FrameLenGood || h.late() {
			ack.More = true
			break
		}
		done, refusal := h.deskDo(r, engine.Command{Kind: engine.Release, Ticket: id})
		switch {
		case refusal != nil:
			ack.Refused = append(ack.Refused, notReleased{Ticket: id, Code: refusal.Code, Description: refusal.Text})
		case done:
			ack.Released++
		}
	}
	if !r.message.stuck && len(list) == 1 && len(ack.Refused) == 1 {
		return answer{}, &Refusal{Code: ack.Refused[0].Code, Text: ack.Refused[0].Description}
	}
	return answer{body: func(seq uint64) any { ack.Seq = seq; return ack }}, nil
}
