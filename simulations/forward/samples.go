package forward

import (
	"slices"

	"fairline/engine"
)

// SamplesMax is how many times of work Samples remembers of each channel.
const SamplesMax = 500

// Samples are how long the work on each channel took lately, wrap-up included, read from the events of a line. The zero
// value is ready. They depend on the events alone, so they are the same after a restart. They are not safe for concurrent
// use.
type Samples struct {
	policy   *engine.Policy
	channels map[engine.TicketID]engine.ChannelID  // of tickets in the line
	contacts map[engine.TicketID][]engine.TicketID // that were joined to a ticket
	working  map[engine.OfferID]work
	recent   map[string]*ring // by the channel's name: policies number channels
}

// work is an offer that was accepted.
type work struct {
	ticket engine.TicketID
	began  engine.Instant
}

// A ring is the last times of work of a channel, in no order that means anything.
type ring struct {
	list []engine.Duration
	next int
}

func (r *ring) add(d engine.Duration) {
	if len(r.list) < SamplesMax {
		r.list = append(r.list, d)
		return
	}
	r.list[r.next] = d
	r.next = (r.next + 1) % SamplesMax
}

// Follow hears the events of a line, from its first, in order. It keeps nothing of an event but its Policy.
func (s *Samples) Follow(ev *engine.Event) {
	switch ev.Kind {
	case engine.Adopted:
		s.adopt(ev.Policy)
	case engine.Arrived, engine.Changed:
		s.channels[ev.Ticket] = ev.Facts.Channel
	case engine.Accepted:
		s.working[ev.Offer] = work{ticket: ev.Ticket, began: ev.At}
	case engine.Finished:
		if w, ok := s.working[ev.Offer]; ok {
			s.of(s.channels[w.ticket]).add(ev.Until.Sub(w.began))
		}
		delete(s.working, ev.Offer)
	case engine.Transferred:
		s.channels[ev.Ticket] = ev.Facts.Channel
		delete(s.working, ev.Offer)
	case engine.Returned, engine.Held:
		delete(s.working, ev.Offer)
	case engine.Joined:
		s.contacts[ev.Rival] = append(s.contacts[ev.Rival], ev.Ticket)
	case engine.Unlinked:
		s.contacts[ev.Rival] = slices.DeleteFunc(s.contacts[ev.Rival], func(c engine.TicketID) bool { return c == ev.Ticket })
	case engine.Ended:
		for _, c := range append(s.contacts[ev.Ticket], ev.Ticket) {
			delete(s.channels, c)
		}
		delete(s.contacts, ev.Ticket)
	}
}

func (s *Samples) adopt(p *engine.Policy) {
	was := s.policy
	s.policy = p
	if was == nil {
		s.channels, s.contacts = map[engine.TicketID]engine.ChannelID{}, map[engine.TicketID][]engine.TicketID{}
		s.working, s.recent = map[engine.OfferID]work{}, map[string]*ring{}
		return
	}
	for id, c := range s.channels {
		to := slices.IndexFunc(p.Channels, func(of engine.Channel) bool { return of.Name == was.Channels[c].Name })
		s.channels[id] = engine.ChannelID(max(0, to))
	}
}

func (s *Samples) of(c engine.ChannelID) *ring {
	name := s.policy.Channels[c].Name
	if s.recent[name] == nil {
		s.recent[name] = &ring{}
	}
	return s.recent[name]
}

// Work returns what Estimate asks for. It reads the Samples when it is called.
func (s *Samples) Work() Work {
	return Work{
		Handling: func(c engine.ChannelID) []engine.Duration {
			if s.policy == nil {
				return nil
			}
			return s.of(c).list
		},
		Began: func(o engine.OfferID) (engine.Instant, bool) {
			w, ok := s.working[o]
			return w.began, ok
		},
	}
}
