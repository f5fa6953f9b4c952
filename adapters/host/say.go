package host

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"fairline/engine"
)

// A saying is a message that waits until its frame is stored.
type saying struct {
	subject string
	data    []byte
}

// What the line says; see docs/bus.md.
type (
	offeredToAgent struct {
		Offer    engine.OfferID `json:"offer"`
		Attempt  uint32         `json:"attempt"`
		Adapter  string         `json:"adapter"`
		ID       string         `json:"id"`
		Channel  string         `json:"channel"`
		Arrived  string         `json:"arrived"`
		Deadline string         `json:"deadline"`
		Ref      string         `json:"ref,omitempty"`
	}
	withdrawn struct {
		Offer engine.OfferID `json:"offer"`
		Why   string         `json:"why"`
	}
	onBreak struct {
		Why string `json:"why"`
	}
	withAgent struct {
		ID      string          `json:"id"`
		Ticket  engine.TicketID `json:"ticket"`
		Offer   engine.OfferID  `json:"offer"`
		Attempt uint32          `json:"attempt"`
		Agent   string          `json:"agent"`
	}
	offeredOut  withAgent
	acceptedOut withAgent
	returned    struct {
		ID     string          `json:"id"`
		Ticket engine.TicketID `json:"ticket"`
		Why    string          `json:"why"`
	}
	hasEnded struct {
		ID     string          `json:"id"`
		Ticket engine.TicketID `json:"ticket"`
		End    string          `json:"end"`
	}
)

// A notice is a payload that the line says of itself. Its kind is the door and the last token of its subject.
type notice interface {
	kind() (door, what string)
}

// notices has one of each kind.
var notices = []notice{
	offeredToAgent{}, withdrawn{}, onBreak{}, offeredOut{}, acceptedOut{}, returned{}, hasEnded{},
}

func (offeredToAgent) kind() (string, string) { return "agent", "offered" }
func (withdrawn) kind() (string, string)      { return "agent", "withdrawn" }
func (onBreak) kind() (string, string)        { return "agent", "on-break" }
func (offeredOut) kind() (string, string)     { return "out", "offered" }
func (acceptedOut) kind() (string, string)    { return "out", "accepted" }
func (returned) kind() (string, string)       { return "out", "returned" }
func (hasEnded) kind() (string, string)       { return "out", "ended" }

// whys are the causes as the line says them.
var whys = map[engine.Cause]string{
	engine.ByDecline: "declined",
	engine.ByExpiry:  "expired",
	engine.ByLeaving: "left",
	engine.ByBreak:   "break",
	engine.BySignOut: "sign-out",
	engine.ByChange:  "changed",
}

// endName is an end as the line says it.
func endName(end engine.EndKind) string {
	return [...]string{"", "served", "abandoned"}[end]
}

// stamp writes an instant as payloads have it.
func stamp(i engine.Instant) string { return time.Unix(0, int64(i)).UTC().Format(time.RFC3339Nano) }

// say appends what the line says of an event that the book has followed. It depends on nothing that a
// later event changes, so that a start can say again what may not have gone out. Resumed says nothing by
// itself: see sayRinging.
func (b *Book) say(to []saying, line string, ev *engine.Event) []saying {
	switch ev.Kind {
	case engine.Offered:
		return b.sayOffer(to, line, &engine.OfferView{Offer: ev.Offer, Ticket: ev.Ticket, Agent: ev.Agent,
			Attempt: ev.Attempt, Until: ev.Until})
	case engine.Accepted:
		t := b.tickets[ev.Ticket]
		return append(to, b.sayOut(line, t, acceptedOut{ID: t.ID, Ticket: t.Number, Offer: ev.Offer,
			Attempt: ev.Attempt, Agent: b.agents[ev.Agent]}))
	case engine.Withdrawn:
		why := whys[ev.Why]
		to = append(to, b.sayAgent(line, ev.Agent, withdrawn{Offer: ev.Offer, Why: why}))
		if ev.Why == engine.ByLeaving {
			return to
		}
		return append(to, b.sayReturned(line, ev.Ticket, why))
	case engine.Returned:
		return append(to, b.sayReturned(line, ev.Ticket, whys[ev.Why]))
	case engine.OnBreak:
		if ev.Why == engine.ByMissing {
			why := fmt.Sprintf("%d offers missed in a row", cmp.Or(b.misses, 2))
			return append(to, b.sayAgent(line, ev.Agent, onBreak{Why: why}))
		}
	case engine.Ended:
		t := b.tickets[ev.Ticket]
		return append(to, b.sayOut(line, t, hasEnded{ID: t.ID, Ticket: t.Number, End: endName(ev.End)}))
	}
	return to
}

// sayRinging says the open offers again, in the order in which they were made.
func (b *Book) sayRinging(to []saying, line string, ringing []engine.OfferView) []saying {
	slices.SortFunc(ringing, func(x, y engine.OfferView) int { return cmp.Compare(x.Offer, y.Offer) })
	for i := range ringing {
		to = b.sayOffer(to, line, &ringing[i])
	}
	return to
}

// sayOffer tells the agent and the adapter of an open offer.
func (b *Book) sayOffer(to []saying, line string, o *engine.OfferView) []saying {
	t := b.tickets[o.Ticket]
	to = append(to, b.sayAgent(line, o.Agent, offeredToAgent{
		Offer: o.Offer, Attempt: o.Attempt, Adapter: t.Adapter, ID: t.ID, Channel: t.Channel,
		Arrived: stamp(t.Arrived), Deadline: stamp(o.Until), Ref: t.Ref,
	}))
	return append(to, b.sayOut(line, t, offeredOut{ID: t.ID, Ticket: t.Number, Offer: o.Offer,
		Attempt: o.Attempt, Agent: b.agents[o.Agent]}))
}

func (b *Book) sayReturned(line string, ticket engine.TicketID, why string) saying {
	t := b.tickets[ticket]
	return b.sayOut(line, t, returned{ID: t.ID, Ticket: t.Number, Why: why})
}

func (b *Book) sayAgent(line string, agent engine.AgentID, n notice) saying {
	door, what := n.kind()
	return saying{subject: "fl." + door + "." + line + "." + b.agents[agent] + "." + what, data: encode(n)}
}

func (b *Book) sayOut(line string, t *Ticket, n notice) saying {
	door, what := n.kind()
	return saying{subject: "fl." + door + "." + t.Adapter + "." + line + "." + what, data: encode(n)}
}
