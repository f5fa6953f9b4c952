package engine

import (
	"slices"
)

// whole is the capacity of an agent in units that every 1 of N up to TakesMax divides.
const whole = 720720

// A demand is what a ticket asks of an agent.
type demand struct {
	channel ChannelID
	needs   []Word  // sorted
	only    AgentID // who alone may be asked; 0: anybody
}

func (d *demand) equal(o *demand) bool {
	if d.channel != o.channel || d.only != o.only || len(d.needs) != len(o.needs) {
		return false
	}
	for i := range d.needs {
		if d.needs[i] != o.needs[i] {
			return false
		}
	}
	return true
}

// demandOf is what a ticket with these facts asks. Its needs belong to f.
func demandOf(f *Facts) demand {
	return demand{channel: f.Channel, needs: f.Needs[:f.NeedsLen], only: f.Only}
}

// A profile is what an agent can do, shared by all agents who can do the same.
type profile struct {
	skills []Word
	takes  [ChannelsMax]uint8
	cost   []int32 // by demand: the units one such ticket takes of the agent; 0: the agent cannot serve it
	onDuty int     // agents signed in and not on break
	bench  []*bench
}

func (p *profile) equal(o *Profile) bool {
	return p.takes == o.Takes && slices.Equal(p.skills, o.Skills)
}

// serves returns the cost of a demand, whoever is preferred for it.
func (p *profile) serves(d demand) int32 {
	n := p.takes[d.channel]
	if n == 0 {
		return 0
	}
	for _, s := range d.needs {
		if _, ok := slices.BinarySearch(p.skills, s); !ok {
			return 0
		}
	}
	return whole / int32(n)
}

// skills knows all demands and profiles of a line and which profile serves which demand.
type skills struct {
	demands  []demand
	held     []DemandID // those for one agent only
	profiles []*profile
}

// demand returns the number of d, which it learns if it is new. Its needs are copied.
func (s *skills) demand(d demand) DemandID {
	if i := s.find(&d); i >= 0 {
		return DemandID(i)
	}
	d.needs = slices.Clone(d.needs)
	s.demands = append(s.demands, d)
	if d.only != 0 {
		s.held = append(s.held, DemandID(len(s.demands)-1))
	}
	for _, p := range s.profiles {
		p.cost = append(p.cost, p.serves(d))
		for _, b := range p.bench {
			b.learn(len(p.cost)-1, p, s)
		}
	}
	return DemandID(len(s.demands) - 1)
}

// find returns the number of d, or -1.
func (s *skills) find(d *demand) int {
	for i := range s.demands {
		if s.demands[i].equal(d) {
			return i
		}
	}
	return -1
}

// full reports whether a ticket like that would make a demand more than there may be.
func (s *skills) full(d demand) bool {
	return len(s.demands) >= DemandsMax && s.find(&d) < 0
}

// crowded reports whether p would be a profile more than there may be.
func (s *skills) crowded(p *Profile) bool {
	return len(s.profiles) >= ProfilesMax && !slices.ContainsFunc(s.profiles, func(q *profile) bool { return q.equal(p) })
}

// profile returns the number of p, which it learns if it is new. p is copied.
func (s *skills) profile(p *Profile) uint32 {
	if i := slices.IndexFunc(s.profiles, func(q *profile) bool { return q.equal(p) }); i >= 0 {
		return uint32(i)
	}
	q := &profile{skills: slices.Clone(p.Skills), takes: p.Takes}
	for _, d := range s.demands {
		q.cost = append(q.cost, q.serves(d))
	}
	s.profiles = append(s.profiles, q)
	return uint32(len(s.profiles) - 1)
}
