package host

import (
	"fairline/engine"
	"fairline/engine/ledger"
)

// sayLife tells adapters, and the agent who had it in hand, what became of a ticket beside its offers.
func (b *Book) sayLife(to []saying, line string, ev *engine.Event) []saying {
	t := b.tickets[ev.Ticket]
	switch ev.Kind {
	case engine.Held:
		if ev.Offer != 0 {
			to = append(to, b.sayAgent(line, ev.Agent, withdrawn{Offer: ev.Offer, Why: withdrawnHeld}))
		}
		return b.sayContacts(to, line, ev.Ticket, func(c *Ticket) notice {
			n := isHeld{ID: c.ID, Ticket: c.Number, Why: whys[ev.Why], Reason: b.words[ev.Reason], Offer: ev.Offer,
				Attempt: t.attemptOf(ev.Offer)}
			if ev.Until != 0 {
				n.Until = stamp(ev.Until)
			}
			return n
		})
	case engine.Released:
		return b.sayContacts(to, line, ev.Ticket, func(c *Ticket) notice {
			return released{ID: c.ID, Ticket: c.Number, Why: whys[ev.Why]}
		})
	case engine.Joined:
		return b.sayJoined(to, line, t, b.tickets[ev.Rival])
	case engine.Unlinked:
		return append(to, b.sayOut(line, t, unlinked{ID: t.ID, Ticket: t.Number, From: ev.Rival}))
	case engine.CalledBack:
		return append(to, b.sayOut(line, t, calledBack{ID: t.ID, Ticket: t.Number, Why: whys[ev.Why]}))
	case engine.Left:
		return append(to, b.sayOut(line, t, hasEnded{ID: t.ID, Ticket: t.Number, End: endName(engine.Abandoned)}))
	}
	return b.sayEnded(to, line, t, ev)
}

// sayJoined tells a contact's adapter that it belongs to a ticket now, and where an agent serves that already, who does: a customer who
// calls about a mail that is being answered is not to wait until it has been.
func (b *Book) sayJoined(to []saying, line string, t, head *Ticket) []saying {
	to = append(to, b.sayOut(line, t, joinedTo{ID: t.ID, Ticket: t.Number, To: head.Number}))
	for _, c := range b.contacts(head) {
		if c.Start != (Start{}) && c != t {
			to = append(to, b.sayOut(line, t, acceptedOut{ID: t.ID, Ticket: t.Number, Offer: c.Start.Offer, Attempt: c.Attempts,
				Agent: b.agents[c.Start.Agent], For: c.Number}))
		}
	}
	return to
}

// sayEnded tells of the end of a ticket the adapter of each of its contacts that had not left before.
func (b *Book) sayEnded(to []saying, line string, t *Ticket, ev *engine.Event) []saying {
	for _, c := range b.contacts(t) {
		if c.Left {
			continue
		}
		if c.moving.line != "" {
			to = append(to, b.sayOut(line, c, movedOut{ID: c.ID, Ticket: c.Number, Line: c.moving.line}),
				saying{subject: "fl.in." + c.moving.line + "." + c.Adapter + ".ticket", data: []byte(c.moving.message)})
		}
		to = append(to, b.sayOut(line, c, hasEnded{ID: c.ID, Ticket: c.Number, End: endName(ev.End), Reason: b.words[ev.Reason]}))
	}
	return to
}

// sayLine tells whoever supervises the line.
func (b *Book) sayLine(to []saying, line string, ev *engine.Event) []saying {
	switch ev.Kind {
	case engine.OverLimit:
		t := b.tickets[ev.Ticket]
		return append(to, sayAll(line, overLimit{Ticket: t.Number, Adapter: t.Adapter, ID: t.ID, Class: b.class(ev.Class), Count: ev.Count}))
	case engine.Lost:
		return append(to, sayAll(line, agentLost{Agent: b.agents[ev.Agent], Until: stamp(ev.Until)}))
	case engine.Found:
		return append(to, sayAll(line, agentFound{Agent: b.agents[ev.Agent]}))
	case engine.Closed:
		return append(to, sayAll(line, b.turned(ev)))
	case engine.Opened:
		return append(to, sayAll(line, lineOpened(b.turned(ev))))
	case engine.Adopted:
		return append(to, sayAll(line, adopted{Policy: ledger.PolicyName(ev.Policy)}))
	}
	return to
}

func (b *Book) turned(ev *engine.Event) lineClosed {
	return lineClosed{Class: b.class(ev.Class), Why: whys[ev.Why], By: b.words[ev.Agent], Reason: b.words[ev.Reason]}
}

// class is the name of a class, "" for all of them.
func (b *Book) class(c engine.ClassID) string {
	if int(c) >= len(b.classes) {
		return ""
	}
	return b.classes[c].Name
}
