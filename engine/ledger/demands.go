package ledger

import (
	"slices"

	"fairline/engine"
)

// A demand is what a ticket asks of an agent: a channel, skills, and perhaps to be that very agent.
type demand struct {
	channel engine.ChannelID
	needs   []engine.Word  // sorted
	only    engine.AgentID // whom it is held for; 0: nobody
}

// demandOf reads a demand from facts, whose needs it keeps.
func demandOf(f *engine.Facts) demand {
	return demand{channel: f.Channel, needs: f.Needs[:f.NeedsLen], only: f.Only}
}

// demands gives demands the numbers that rows call them by: in the order in which tickets first came with them. The zero
// value has none.
type demands struct {
	policy *engine.Policy
	list   []demand
}

// follow learns what an event says of demands. It reports whether there is a new one.
func (s *demands) follow(ev *engine.Event) bool {
	known := len(s.list)
	switch ev.Kind {
	case engine.Adopted:
		if s.policy != nil {
			s.adopt(s.policy, ev.Policy)
		}
		s.policy = ev.Policy
	case engine.Arrived, engine.Changed, engine.Relaxed, engine.Transferred:
		s.of(ev.Facts)
	}
	return len(s.list) > known
}

// find returns the number of what a ticket asks, or unnumbered.
func (s *demands) find(f *engine.Facts) engine.DemandID {
	k := demandOf(f)
	for i, d := range s.list {
		if d.channel == k.channel && d.only == k.only && slices.Equal(d.needs, k.needs) {
			return engine.DemandID(i)
		}
	}
	return unnumbered
}

// of returns the number of what a ticket asks. A demand that is new gets the next number.
func (s *demands) of(f *engine.Facts) engine.DemandID {
	if d := s.find(f); d != unnumbered {
		return d
	}
	k := demandOf(f)
	k.needs = slices.Clone(k.needs)
	s.list = append(s.list, k)
	return engine.DemandID(len(s.list) - 1)
}

// at returns the demand with a number.
func (s *demands) at(d engine.DemandID) demand {
	if int(d) < len(s.list) {
		return s.list[d]
	}
	return demand{}
}

// adopt carries the channels over to another policy, by name. Numbers stay. A demand whose channel is gone, which nobody
// in the line has, goes to the first.
func (s *demands) adopt(was, now *engine.Policy) {
	for i := range s.list {
		s.list[i].channel = carried(s.list[i].channel, was, now)
	}
}

// carried returns the channel of the policy now that has the name that c has in was, or the first.
func carried(c engine.ChannelID, was, now *engine.Policy) engine.ChannelID {
	to := slices.IndexFunc(now.Channels, func(of engine.Channel) bool { return of.Name == was.Channels[c].Name })
	return engine.ChannelID(max(0, to))
}
