package ledger

import (
	"slices"

	"fairline/engine"
)

// A demand is what a ticket asks of an agent: a channel and skills.
type demand struct {
	channel engine.ChannelID
	needs   []engine.Word // sorted
}

// demands gives demands the numbers that rows call them by: in the order in which tickets first came with them. The zero
// value has none.
type demands struct {
	list []demand
}

// of returns the number of what a ticket asks. A demand that is new gets the next number.
func (s *demands) of(f *engine.Facts) engine.DemandID {
	needs := f.Needs[:f.NeedsLen]
	for i, d := range s.list {
		if d.channel == f.Channel && slices.Equal(d.needs, needs) {
			return engine.DemandID(i)
		}
	}
	s.list = append(s.list, demand{channel: f.Channel, needs: slices.Clone(needs)})
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
