package host

import (
	"cmp"
	"maps"
	"slices"

	"fairline/engine"
)

// The standing report of everything in the line that is not offered to anybody, with the cause.
type (
	unofferedAnswer struct {
		Tickets []notOffered `json:"tickets"`
		More    bool         `json:"more,omitempty"`
	}
	notOffered struct {
		Ticket  engine.TicketID `json:"ticket"`
		Adapter string          `json:"adapter,omitempty"`
		ID      string          `json:"id,omitempty"`
		Channel string          `json:"channel"`
		Class   string          `json:"class"`
		Arrived string          `json:"arrived"`
		Why     string          `json:"why"`
		Reason  string          `json:"reason,omitempty"`
		Since   string          `json:"since,omitempty"`
		Until   string          `json:"until,omitempty"`
	}
)

// askHeld lists those who are held.
func (h *Host) askHeld(m *message) (any, *Refusal) {
	limit := limitOf(m)
	list := h.held(limit + 1)
	return unofferedAnswer{Tickets: list[:min(len(list), limit)], More: len(list) > limit}, nil
}

// askUnoffered lists everybody who is not offered, whatever the cause.
func (h *Host) askUnoffered(m *message) (any, *Refusal) {
	limit := limitOf(m)
	list := h.unoffered(limit + 1)
	return unofferedAnswer{Tickets: list[:min(len(list), limit)], More: len(list) > limit}, nil
}

// held gives those who are held, by number, at most limit of them.
func (h *Host) held(limit int) []notOffered {
	list := []notOffered{}
	tickets := slices.SortedFunc(maps.Values(h.book.held), func(a, b *Ticket) int { return cmp.Compare(a.Number, b.Number) })
	for _, t := range tickets[:min(len(tickets), limit)] {
		list = append(list, h.notOffered(t))
	}
	return list
}

// notOffered describes one who is held.
func (h *Host) notOffered(t *Ticket) notOffered {
	n := h.idle(t, t.Hold.Why, t.Hold.Until)
	n.Reason, n.Since = h.book.Word(t.Hold.Reason), stamp(t.Hold.Since)
	return n
}

// idle describes one who is not offered, for a cause.
func (h *Host) idle(t *Ticket, why engine.Cause, until engine.Instant) notOffered {
	n := notOffered{Ticket: t.Number, Adapter: t.Adapter, ID: t.ID, Channel: t.Channel, Arrived: stamp(t.Arrived), Why: whys[why]}
	if until != 0 {
		n.Until = stamp(until)
	}
	if v, ok := h.engine.Ticket(t.Number); ok {
		n.Class = h.book.class(v.Class)
		if since := h.book.closed[v.Class]; why == engine.ByHours && since != 0 {
			n.Since = stamp(max(since, t.Arrived))
		}
	}
	if since := h.book.closed[engine.AllClasses]; why == engine.ByWish && since != 0 {
		n.Since = stamp(max(since, t.Arrived))
	}
	return n
}

// unoffered gives everybody who is not offered, by place, at most limit of them.
func (h *Host) unoffered(limit int) []notOffered {
	list := []notOffered{}
	for _, u := range h.engine.Unoffered(limit) {
		if t := h.book.Ticket(u.Ticket); t.Hold != (Hold{}) {
			list = append(list, h.notOffered(t))
		} else {
			list = append(list, h.idle(t, u.Why, u.Until))
		}
	}
	return list
}

// stuck gives those whom nothing but somebody's wish brings back soon: snoozed, waiting for the customer's answer, or not
// reached. A callback has its time, and a caller who was cut off is not there to be offered.
func (h *Host) stuck(limit int) (list []engine.TicketID, more bool) {
	for _, id := range slices.Sorted(maps.Keys(h.book.held)) {
		switch h.book.held[id].Hold.Why {
		case engine.BySnooze, engine.ByCustomer, engine.ByNoAnswer:
			list = append(list, id)
		}
	}
	return list[:min(len(list), limit)], len(list) > limit
}
