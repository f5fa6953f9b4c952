package host

import (
	"slices"

	"fairline/engine"
)

func (b *Book) arrive(ev *engine.Event, seq uint64) {
	t := b.keys[ev.Key]
	t.Number, t.Seq, t.Arrived = ev.Ticket, seq, ev.Facts.Arrived
	t.Channel = b.channels[ev.Facts.Channel].Name
	t.Unverified = t.Customer != "" && ev.Facts.Customer == 0
	b.tickets[t.Number] = t
	if t.Customer != "" {
		b.customers[t.Customer] = append(b.customers[t.Customer], t)
	}
}

// applyLife follows what happens to a ticket beside its offers.
func (b *Book) applyLife(ev *engine.Event, seq uint64) {
	t := b.tickets[ev.Ticket]
	switch ev.Kind {
	case engine.Held:
		if ev.Offer != 0 {
			b.giveBack(ev)
		}
		t.Hold = Hold{Why: ev.Why, Since: ev.At, Until: ev.Until, Reason: ev.Reason}
		b.sendAway(t, ev.Why)
		b.held[t.Number] = t
	case engine.Released:
		b.release(t, ev, seq)
	case engine.Joined:
		b.join(t, b.tickets[ev.Rival])
	case engine.Unlinked:
		rival := b.tickets[ev.Rival]
		t.Head = 0
		rival.Contacts = without(rival.Contacts, t.Number)
	case engine.Related:
		rival := b.tickets[ev.Rival]
		t.Related, rival.Related = append(t.Related, rival.Number), append(rival.Related, t.Number)
	case engine.Left:
		t.Left = true
		if t.Number != ev.Rival {
			b.end(t, &engine.Event{End: engine.Abandoned, At: ev.At}, seq)
			head := b.tickets[ev.Rival]
			head.Contacts = without(head.Contacts, t.Number)
		}
		t.EndSeq = seq
	case engine.CalledBack:
		t.CalledBack, t.away = true, true
	}
}

// giveBack takes work in hand from a ticket.
func (b *Book) giveBack(ev *engine.Event) {
	t := b.tickets[ev.Ticket]
	t.given = append(t.given, givenBack{offer: ev.Offer, attempt: t.Start.Attempt})
	t.Start = Start{}
	delete(b.starts, ev.Offer)
}

// release ends a hold. A customer who is back comes by another contact: it stands for the ticket from now on.
func (b *Book) release(t *Ticket, ev *engine.Event, seq uint64) {
	t.Hold = Hold{}
	delete(b.held, t.Number)
	if back := b.keys[ev.Key]; ev.Key != (engine.Key{}) && back != nil && back != t {
		t.Adapter, t.ID, t.Ref = back.Adapter, back.ID, back.Ref
		t.aliases, t.away = append(t.aliases, alias{key: ev.Key, seq: seq}), false
		b.keys[ev.Key] = t
	}
}

// join makes a ticket, with the contacts it has, contacts of another.
func (b *Book) join(t, to *Ticket) {
	for _, c := range b.contacts(t) {
		c.Head = to.Number
		if !slices.Contains(to.Contacts, c.Number) {
			to.Contacts = append(to.Contacts, c.Number)
		}
	}
	t.Contacts = nil
}

// end notes the end of a contact, once.
func (b *Book) end(t *Ticket, ev *engine.Event, seq uint64) {
	if t.End != 0 {
		return
	}
	t.End, t.EndedAt, t.EndSeq = ev.End, ev.At, seq
	b.ended = append(b.ended, t)
	delete(b.held, t.Number)
	if t.Customer == "" {
		return
	}
	same := slices.DeleteFunc(b.customers[t.Customer], func(c *Ticket) bool { return c == t })
	if b.customers[t.Customer] = same; len(same) == 0 {
		delete(b.customers, t.Customer)
	}
}

// miss notes who missed a ticket.
func (t *Ticket) miss(ev *engine.Event) {
	if len(t.missers) == alarmAt || slices.Contains(t.missers, ev.Agent) {
		return
	}
	if t.missers = append(t.missers, ev.Agent); len(t.missers) == alarmAt {
		t.alarm = ev.Offer
	}
}

// perhaps are the tickets whose customer may be the same as t's, as nobody checked for one of the two.
func (b *Book) perhaps(t *Ticket) []engine.TicketID {
	var list []engine.TicketID
	for _, c := range b.customers[t.Customer] {
		if c != t && (c.Unverified || t.Unverified) && len(list) < listDefault {
			list = append(list, c.Number)
		}
	}
	return list
}

func without(list []engine.TicketID, id engine.TicketID) []engine.TicketID {
	return slices.DeleteFunc(list, func(x engine.TicketID) bool { return x == id })
}

// head is the ticket that t is a contact of, which may be t.
func (b *Book) head(t *Ticket) *Ticket {
	if head := b.tickets[t.Head]; head != nil {
		return head
	}
	return t
}

// contacts are the tickets that are one: the first is t itself.
func (b *Book) contacts(t *Ticket) []*Ticket {
	list := []*Ticket{t}
	for _, id := range t.Contacts {
		if c := b.tickets[id]; c != nil && !slices.Contains(list, c) {
			list = append(list, c)
		}
	}
	return list
}
