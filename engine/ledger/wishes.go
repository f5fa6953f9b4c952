package ledger

import "fairline/engine"

// A wish is that somebody wants a ticket to be the next.
type wish struct {
	by     engine.AgentID
	reason engine.Word
}

// wishes are those that are not fulfilled yet, by ticket. The zero value has none.
type wishes struct {
	of       map[engine.TicketID]wish
	heads    map[engine.TicketID]engine.TicketID // the tickets that contacts belong to
	contacts map[engine.TicketID][]engine.TicketID
	links    *Index // knows what was joined before the first event; nil: nobody does
}

func (s *wishes) follow(ev *engine.Event) {
	switch ev.Kind {
	case engine.Pulled, engine.Moved:
		if s.of == nil {
			s.of = map[engine.TicketID]wish{}
		}
		s.of[ev.Ticket] = wish{by: ev.Agent, reason: ev.Reason}
	case engine.Joined:
		if s.heads == nil {
			s.heads, s.contacts = map[engine.TicketID]engine.TicketID{}, map[engine.TicketID][]engine.TicketID{}
		}
		delete(s.of, ev.Ticket)
		s.heads[ev.Ticket] = ev.Rival
		s.contacts[ev.Rival] = append(s.contacts[ev.Rival], ev.Ticket)
	case engine.Unlinked:
		delete(s.heads, ev.Ticket)
	case engine.Accepted:
		s.forget(ev.Ticket)
	case engine.Ended:
		s.forget(ev.Ticket)
		for _, c := range s.contacts[ev.Ticket] {
			if s.heads[c] == ev.Ticket {
				delete(s.heads, c)
			}
		}
		delete(s.contacts, ev.Ticket)
	}
}

// find returns the wish for a ticket, or for the one that it is a contact of. Who was unlinked since has its own.
func (s *wishes) find(id engine.TicketID) wish {
	if w, ok := s.of[id]; ok {
		return w
	}
	if w, ok := s.of[s.heads[id]]; ok || s.links == nil {
		return w
	}
	for _, k := range s.links.links {
		if k.contact == id && s.of[k.ticket] != (wish{}) {
			return s.of[k.ticket]
		}
	}
	return wish{}
}

// forget drops the wish for a ticket and for the one that it is a contact of.
func (s *wishes) forget(id engine.TicketID) {
	delete(s.of, id)
	delete(s.of, s.heads[id])
}
