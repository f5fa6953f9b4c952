package host

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"fairline/engine"
)

// A saying is a message that waits until its frame is stored. Its frame and its number among what the frame's events say are
// the same when it is made anew.
type saying struct {
	subject string
	data    []byte
	seq     uint64
	index   int // below 0: of no event
}

// named gives what events of a frame say their names, behind the first n, and returns how many there are now.
func named(says []saying, seq uint64, n int) int {
	for i := range says {
		says[i].seq, says[i].index = seq, n+i
	}
	return n + len(says)
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
		return b.sayContacts(to, line, ev.Ticket, func(c *Ticket) notice {
			return acceptedOut{ID: c.ID, Ticket: c.Number, Offer: ev.Offer, Attempt: ev.Attempt, Agent: b.agents[ev.Agent],
				For: another(c, ev.Ticket), CallBack: t.callsBack(ev.Attempt)}
		})
	case engine.Withdrawn:
		return b.sayWithdrawn(to, line, ev)
	case engine.Returned:
		if ev.Why != engine.BySignOut {
			to = append(to, b.sayAgent(line, ev.Agent, withdrawn{Offer: ev.Offer, Why: whys[ev.Why]}))
		}
		return b.sayReturned(to, line, ev, b.tickets[ev.Ticket].attemptOf(ev.Offer), whys[ev.Why])
	case engine.Transferred:
		return b.sayReturned(to, line, ev, b.tickets[ev.Ticket].attemptOf(ev.Offer), withdrawnTransferred)
	case engine.OnBreak:
		if ev.Why == engine.ByMissing {
			why := fmt.Sprintf("%d offers missed in a row", cmp.Or(b.misses, 2))
			return append(to, b.sayAgent(line, ev.Agent, onBreak{Why: why}))
		}
	case engine.PutAside:
		return append(to, b.sayAgent(line, ev.Agent, putAside{Offer: ev.Offer}))
	case engine.TakenUp:
		return append(to, b.sayAgent(line, ev.Agent, takenUp{Offer: ev.Offer}))
	case engine.Held, engine.Released, engine.Joined, engine.Unlinked, engine.Left, engine.CalledBack, engine.Ended:
		return b.sayLife(to, line, ev)
	}
	return b.sayLine(to, line, ev)
}

func (b *Book) sayWithdrawn(to []saying, line string, ev *engine.Event) []saying {
	why := whys[ev.Why]
	to = append(to, b.sayAgent(line, ev.Agent, withdrawn{Offer: ev.Offer, Why: why}))
	if ev.Why != engine.ByLeaving {
		to = b.sayReturned(to, line, ev, ev.Attempt, why)
	}
	if t := b.tickets[ev.Ticket]; t.alarm == ev.Offer {
		n := attention{Ticket: t.Number, Adapter: t.Adapter, ID: t.ID}
		for _, agent := range t.missers {
			n.MissedBy = append(n.MissedBy, b.agents[agent])
		}
		to = append(to, sayAll(line, n))
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

// sayOffer tells the agent and the adapters of an open offer.
func (b *Book) sayOffer(to []saying, line string, o *engine.OfferView) []saying {
	t := b.tickets[o.Ticket]
	to = append(to, b.sayAgent(line, o.Agent, offeredToAgent{
		Offer: o.Offer, Attempt: o.Attempt, Adapter: t.Adapter, ID: t.ID, Channel: t.Channel,
		Arrived: stamp(t.Arrived), Deadline: stamp(o.Until), Ref: t.Ref,
	}))
	return b.sayContacts(to, line, o.Ticket, func(c *Ticket) notice {
		return offeredOut{ID: c.ID, Ticket: c.Number, Offer: o.Offer, Attempt: o.Attempt, Agent: b.agents[o.Agent],
			For: another(c, o.Ticket), CallBack: t.callsBack(o.Attempt)}
	})
}

func (b *Book) sayReturned(to []saying, line string, ev *engine.Event, attempt uint32, why string) []saying {
	return b.sayContacts(to, line, ev.Ticket, func(c *Ticket) notice {
		return returned{ID: c.ID, Ticket: c.Number, Offer: ev.Offer, Attempt: attempt, Why: why}
	})
}

// another is a ticket's number, where c is another contact.
func another(c *Ticket, offered engine.TicketID) engine.TicketID {
	if c.Number == offered {
		return 0
	}
	return offered
}

// sayContacts tells the adapter of each contact of a ticket that has not left: the customer may be on the telephone although it is
// the mail that has the place.
func (b *Book) sayContacts(to []saying, line string, ticket engine.TicketID, n func(c *Ticket) notice) []saying {
	for _, c := range b.contacts(b.head(b.tickets[ticket])) {
		if !c.Left {
			to = append(to, b.sayOut(line, c, n(c)))
		}
	}
	return to
}

func (b *Book) sayAgent(line string, agent engine.AgentID, n notice) saying {
	door, what := n.kind()
	return saying{subject: "fl." + door + "." + line + "." + b.agents[agent] + "." + what, data: encode(n)}
}

func (b *Book) sayOut(line string, t *Ticket, n notice) saying {
	door, what := n.kind()
	return saying{subject: "fl." + door + "." + t.Adapter + "." + line + "." + what, data: encode(n)}
}

// sayAll tells whoever supervises the line.
func sayAll(line string, n notice) saying {
	door, what := n.kind()
	return saying{subject: "fl." + door + "." + line + "." + what, data: encode(n)}
}
