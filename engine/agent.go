package engine

import "slices"

type agentState uint8

const (
	offDuty agentState = iota
	onDuty
	onBreak
	lost // not heard of; work in hand is kept for a while
)

// An agent serves. Agents are never forgotten, so that nobody gains by signing out and in.
type agent struct { // what each offer reads stands together
	name      AgentID
	since     Instant // idle since: the end of the last work, or the first sign-in
	free      int32   // capacity left, of whole
	profile   uint32
	missed    int        // offers missed in a row
	offers    []uint32   // slots of offers ringing, worked on, or wrapping up
	benched   *bench     // where it waits for work; nil: it does not
	up, below uint32     // neighbours on the bench, by number; 0: none
	time      occupation // how it spent its time on duty
	cools     uint32     // first of its cool-offs
	state     agentState
	was       agentState // lost: what it was before
	loose     bool       // it is not in Engine.sum
	answers   bool       // what it is offered is accepted at once
	folds     folds      // what of this is in its hash
	capped    uint16     // the caps that are reached
	timer     int32      // lost: of the end of its work in hand, -1: none
	drain     TicketID   // it is offered nothing until it has room for this ticket; 0: none
	paces     []pace     // by channel; nil: it served nobody yet

	room   int32    // position of the timer of room under one of them, -1: none
	until  Instant  // lost: that end
	lease  Duration // for the record; 0: none
	starts []start  // that caps of the policy count, in the order of their offers
	begun  uint64   // sum of the hashes of starts
}

// A bench is where available agents of one profile wait who have the same free capacity and reached the same caps, the
// longest idle first.
type bench struct {
	profile     uint32
	free        int32
	capped      uint16 // the caps they reached
	kept        uint16 // the reserves they belong to
	n           int    // how many they are
	first, last uint32
	serve       bitset // demands they can take now
}

func (b *bench) learn(d int, p *profile, s *skills) {
	if c := p.cost[d]; c > 0 && c <= b.free && s.demands[d].only == 0 {
		b.serve.add(d)
	}
}

// agents knows everybody who ever signed in, from number 1.
type agents struct {
	list  []agent
	names map[AgentID]uint32
	found uint32   // the last one that was asked for by name
	busy  []*bench // benches with somebody on them
	open  bitset   // demands that somebody on a bench can take
	was   bitset   // the last open that was another one
	turns uint64   // how often open changed
	stale bool     // open is to be made anew
	holds bool     // there are demands for one agent only

	fences fences
	ranks  ranking // in the list of the policy's choice
	folds  folds   // what of agents is in their hashes
}

// find returns the number of an agent, or 0.
func (s *agents) find(name AgentID) uint32 {
	if n := s.found; n != 0 && s.list[n].name == name {
		return n
	}
	n := s.names[name]
	s.found = n
	return n
}

func (s *agents) add(name AgentID) uint32 {
	if len(s.list) == 0 {
		s.list = append(s.list, agent{})
		s.names = map[AgentID]uint32{}
	}
	s.list = append(s.list, agent{name: name, free: whole, timer: -1, room: -1, folds: s.folds})
	s.names[name] = uint32(len(s.list) - 1)
	return uint32(len(s.list) - 1)
}

// sooner reports whether agent a has been idle longer than b, or as long and signed in first.
func (s *agents) sooner(a, b uint32) bool {
	x, y := &s.list[a], &s.list[b]
	return x.since < y.since || x.since == y.since && a < b
}

// seat puts agent a where it belongs by its state and capacity.
func (s *agents) seat(a uint32, k *skills) {
	ag := &s.list[a]
	if ag.benched != nil {
		s.unseat(a)
	}
	if ag.state != onDuty || ag.free <= 0 || ag.drain != 0 {
		return
	}
	b := s.benchFor(ag, k)
	b.n++
	after := b.last
	for after != 0 && s.sooner(a, after) {
		after = s.list[after].up
	}
	ag.benched, ag.up, ag.below = b, after, b.first
	if after != 0 {
		ag.below = s.list[after].below
		s.list[after].below = a
	} else {
		b.first = a
	}
	if ag.below != 0 {
		s.list[ag.below].up = a
	} else {
		b.last = a
	}
	if b.first == b.last {
		s.busy, s.stale = append(s.busy, b), true
	}
	s.stale = s.stale || s.holds || b.kept != 0
}

func (s *agents) unseat(a uint32) {
	ag := &s.list[a]
	b := ag.benched
	if b == nil {
		return
	}
	if ag.up != 0 {
		s.list[ag.up].below = ag.below
	} else {
		b.first = ag.below
	}
	if ag.below != 0 {
		s.list[ag.below].up = ag.up
	} else {
		b.last = ag.up
	}
	ag.benched, ag.up, ag.below = nil, 0, 0
	b.n--
	s.stale = s.stale || s.holds || b.kept != 0
	if b.first == 0 {
		s.leave(b)
	}
}

func (s *agents) leave(b *bench) {
	for i := range s.busy {
		if s.busy[i] == b {
			s.busy[i] = s.busy[len(s.busy)-1]
			s.busy = s.busy[:len(s.busy)-1]
			break
		}
	}
	s.stale = true
}

// reckon finds out which demands somebody on a bench can take.
func (s *agents) reckon(k *skills) {
	s.stale = false
	if len(s.busy) == 1 && !s.holds && s.fences.of == nil && slices.Equal(s.open, s.busy[0].serve) {
		return
	}
	s.open, s.was = s.was, s.open
	clear(s.open)
	for _, b := range s.busy {
		s.open.join(b.serve)
	}
	for _, d := range k.held {
		if s.canTake(s.find(k.demands[d].only), d, k) {
			s.open.add(int(d))
		}
	}
	s.reopen(k)
	if s.fences.of != nil || !slices.Equal(s.open, s.was) {
		s.turns++
	}
}

// canTake reports whether agent a waits for work and has the skills and the room for demand d.
func (s *agents) canTake(a uint32, d DemandID, k *skills) bool {
	if a == 0 || s.list[a].benched == nil {
		return false
	}
	c := k.profiles[s.list[a].profile].cost[d]
	return c > 0 && c <= s.list[a].free
}

// benchFor returns where ag waits for work.
func (s *agents) benchFor(ag *agent, k *skills) *bench {
	p := k.profiles[ag.profile]
	for _, b := range p.bench {
		if b.free == ag.free && b.capped == ag.capped {
			return b
		}
	}
	b := &bench{profile: ag.profile, free: ag.free, capped: ag.capped}
	if ag.free == whole {
		b.kept = s.fences.keeps(p)
	}
	for d := range p.cost {
		b.learn(d, p, k)
	}
	p.bench = append(p.bench, b)
	return b
}
