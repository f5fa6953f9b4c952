package engine

// How long a ticket is kept from an agent who missed it, and how long when nobody else on duty could take it.
const (
	coolOff      = 60 * Second
	coolOffAlone = 15 * Second
)

// A cooloff keeps a ticket from an agent who missed it. It stays with the ticket after it ended, to know who missed it.
type cooloff struct {
	ticket handle
	agent  uint32
	timer  int32
	active bool
	missed bool   // the agent let it ring or declined
	nextT  uint32 // the next one of the ticket
	nextA  uint32 // the next active one of the agent
}

// cooloffs is the slab of them, from 1.
type cooloffs struct {
	slab  []cooloff
	free  []uint32
	count int // active ones
}

// between returns the cool-off of a ticket with an agent, or 0.
func (s *cooloffs) between(t *ticket, agent uint32) uint32 {
	for c := t.cools; c != 0; c = s.slab[c].nextT {
		if s.slab[c].agent == agent {
			return c
		}
	}
	return 0
}

func (s *cooloffs) active(t *ticket, agent uint32) bool {
	c := s.between(t, agent)
	return c != 0 && s.slab[c].active
}

// start begins a cool-off, or begins it again.
func (s *cooloffs) start(h handle, t *ticket, a uint32, ag *agent) uint32 {
	c := s.between(t, a)
	if c == 0 {
		c = s.add()
		s.slab[c] = cooloff{ticket: h, agent: a, timer: -1, nextT: t.cools}
		t.cools = c
	}
	s.slab[c].active = true
	s.count++
	s.slab[c].nextA = ag.cools
	ag.cools = c
	return c
}

func (s *cooloffs) add() uint32 {
	if n := len(s.free); n > 0 {
		c := s.free[n-1]
		s.free = s.free[:n-1]
		return c
	}
	if len(s.slab) == 0 {
		s.slab = append(s.slab, cooloff{})
	}
	s.slab = append(s.slab, cooloff{})
	return uint32(len(s.slab) - 1)
}

// end makes c inactive.
func (s *cooloffs) end(c uint32, ag *agent) {
	s.slab[c].active = false
	s.count--
	for p := &ag.cools; *p != 0; p = &s.slab[*p].nextA {
		if *p == c {
			*p = s.slab[c].nextA
			return
		}
	}
}
