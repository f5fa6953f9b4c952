package host

import (
	"errors"

	"fairline/engine"
)

// What a supervisor's move costs others.
type (
	// A moveAck answers a move, or the question what it would do.
	moveAck struct {
		Seq     uint64          `json:"seq"`
		Ticket  engine.TicketID `json:"ticket"`
		Offer   engine.OfferID  `json:"offer,omitempty"` // made at once
		Preview bool            `json:"preview,omitempty"`
		Delayed []delayed       `json:"delayed,omitempty"`
		More    bool            `json:"more,omitempty"`    // others are delayed too
		Against string          `json:"against,omitempty"` // of a preview: whose rights forbid it now; it would be next when they allow it
	}

	// A delayed ticket is served one start later.
	delayed struct {
		Ticket  engine.TicketID `json:"ticket"`
		Adapter string          `json:"adapter,omitempty"`
		ID      string          `json:"id,omitempty"`
		Class   string          `json:"class"`
		Arrived string          `json:"arrived"`
		ByMS    int64           `json:"by_ms"` // 0 where the policy does not say how long the work takes
	}
)

// move wants a ticket next, or with preview says whom that would delay and does nothing.
func (h *Host) move(r *request) (answer, *Refusal) {
	t, refusal := h.meant(&r.message)
	if refusal != nil {
		return answer{}, refusal
	}
	ack := moveAck{Ticket: t.Number, Preview: r.message.preview}
	if ack.Preview {
		refusal = h.delays(h.book.head(t).Number, &ack)
	} else {
		_, refusal = h.deskDo(r, engine.Command{Kind: engine.Move, Ticket: t.Number})
		ack.Offer = h.turn.offered
	}
	return answer{body: func(seq uint64) any { ack.Seq = seq; return ack }}, refusal
}

// delays says who would be served a start later if a ticket went next: whoever stands before it. By how much is what
// the policy expects a ticket of its channel to take, divided among the agents on duty who serve that channel.
func (h *Host) delays(id engine.TicketID, ack *moveAck) *Refusal {
	v, ok := h.engine.Ticket(id)
	if !ok || v.State != "waiting" {
		return refuse(Misplaced, "ticket %d: does not wait, want one that does", id)
	}
	ahead, err := h.engine.Ahead(id, h.clock.now())
	switch {
	case errors.Is(err, engine.ErrProtected):
		ack.Against = err.Error()
	case err != nil:
		return h.refusal(err)
	}
	ack.More = len(ahead) == engine.PlaceMax
	by := millis(h.handling(v.Channel))
	for _, other := range ahead {
		t := h.book.Ticket(other)
		d := delayed{Ticket: other, Adapter: t.Adapter, ID: t.ID, Arrived: stamp(t.Arrived), ByMS: by}
		if of, ok := h.engine.Ticket(other); ok {
			d.Class = h.book.class(of.Class)
		}
		ack.Delayed = append(ack.Delayed, d)
	}
	return nil
}

// handling is the work on a ticket of a channel, divided among those on duty who serve it.
func (h *Host) handling(channel engine.ChannelID) engine.Duration {
	agents := 0
	for _, a := range h.engine.Agents() {
		if a.State != "off duty" && a.Takes[channel] > 0 {
			agents++
		}
	}
	return h.rules.policy.Channels[channel].Handling / engine.Duration(max(1, agents))
}
