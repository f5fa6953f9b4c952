package host

import (
	"fairline/engine"
)

// What agents do with work beside taking and finishing it.

// pull starts on a ticket that the agent picked.
func (h *Host) pull(r *request) (answer, *Refusal) {
	t, refusal := h.meant(&r.message)
	if refusal != nil {
		return answer{}, refusal
	}
	reason := r.message.reason
	a, refusal := h.agentDo(r, engine.Command{Kind: engine.Pull, Ticket: t.Number, Reason: engine.WordOf(reason)}, textOf(reason))
	a.ticket, a.offer = t.Number, h.turn.accepted
	return a, refusal
}

// inHand finds the work that an agent means.
func (h *Host) inHand(r *request) (*engine.OfferView, *Refusal) {
	v, ok := h.engine.Offer(r.message.offer)
	if !ok || v.Agent != engine.WordOf(r.subject.who) || v.State == "wrapping" {
		return nil, refuse(Over, "offer %d: agent %s has no such work in hand", r.message.offer, r.subject.who)
	}
	return &v, nil
}

// holdOffer holds the ticket of an offer or of work in hand.
func (h *Host) holdOffer(r *request) (answer, *Refusal) {
	v, refusal := h.inHand(r)
	if refusal != nil {
		return answer{}, refusal
	}
	until, refusal := h.holdUntil(&r.message)
	if refusal != nil {
		return answer{}, refusal
	}
	reason := r.message.reason
	return h.agentDo(r, engine.Command{Kind: engine.Hold, Offer: v.Offer, Ticket: v.Ticket, Why: r.message.why, Until: until,
		Reason: engine.WordOf(reason)}, textOf(reason))
}

// holdUntil is when a hold ends; 0 stands for when it is told.
func (h *Host) holdUntil(m *message) (engine.Instant, *Refusal) {
	switch {
	case m.until != 0 && m.length != 0:
		return 0, refuse(Malformed, "for: stands beside until, want one of them")
	case m.length != 0:
		return h.turn.at.Add(m.length), nil
	case m.until != 0 && m.until <= h.turn.at:
		return 0, refuse(Malformed, "until: is over, want a time to come")
	case m.until > h.turn.at.Add(engine.HoldMax):
		return 0, refuse(Malformed, "until: is more than %d days away, want one before", engine.HoldMax/engine.Day)
	}
	return m.until, nil
}

// transfer gives work in hand to somebody else: to the line, to an agent, or to another line.
func (h *Host) transfer(r *request) (answer, *Refusal) {
	v, refusal := h.inHand(r)
	if refusal != nil {
		return answer{}, refusal
	}
	if r.message.toLine != "" {
		return h.depart(r, v)
	}
	var facts engine.Facts
	h.engine.Facts(v.Ticket, &facts)
	if facts.Only = 0; r.message.to != "" {
		if facts.Only = engine.WordOf(r.message.to); h.book.Agent(facts.Only) == "" {
			return answer{}, refuse(Unknown, "to: no agent %s ever signed in", shown(r.message.to))
		}
	}
	reason := r.message.reason
	texts := textOf(reason)
	if r.message.hasNeeds {
		needs := wordsOf(r.message.needs)
		facts.Needs, facts.Given, facts.NeedsLen = [engine.NeedsMax]engine.Word{}, 0, uint8(len(needs))
		copy(facts.Needs[:], needs)
		texts = append(texts, r.message.needs...)
	}
	return h.agentDo(r, engine.Command{Kind: engine.Transfer, Offer: v.Offer, Facts: &facts, Reason: engine.WordOf(reason)}, texts)
}

// depart ends work in hand as moved to another line, and hands the ticket in there. What is handed in is part of the
// input, so that a start can say it again.
func (h *Host) depart(r *request, v *engine.OfferView) (answer, *Refusal) {
	m := &r.message
	switch {
	case m.hasNeeds || m.to != "":
		return answer{}, refuse(Malformed, "line: stands beside needs or to, want it alone")
	case m.toLine == h.cfg.Line:
		return answer{}, refuse(Malformed, "line: is this one, want another")
	}
	handed := encode(h.handOver(h.book.Ticket(v.Ticket), m.toLine))
	return h.agentDo(r, engine.Command{Kind: engine.Depart, Offer: v.Offer, Ticket: v.Ticket, Reason: engine.WordOf(m.reason)},
		append([]string{m.toLine, string(handed)}, textOf(m.reason)...))
}
