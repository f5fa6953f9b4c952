package engine

import (
	"cmp"
	"math/bits"
)

// match returns the agent for h: of those available who can serve it, may be asked, and did not just miss it, the one the
// policy chooses; or 0.
func (e *Engine) match(h handle) uint32 {
	t := e.tickets.at(h)
	if only := e.skills.demands[t.demand].only; only != 0 {
		a := e.agents.find(only)
		if !e.agents.canTake(a, t.demand, &e.skills) || e.missedBy(t, a) || e.agents.fences.barred(e.agents.list[a].benched, t.class) != 0 {
			return 0
		}
		return a
	}
	if e.policy.Choose.Rule == LongestIdle {
		return e.longestIdle(t)
	}
	return e.favourite(t)
}

// askable reports whether there is anybody for h.
func (e *Engine) askable(h handle) bool {
	t := e.tickets.at(h)
	if e.skills.demands[t.demand].only != 0 {
		return e.match(h) != 0
	}
	return e.longestIdle(t) != 0
}

func (e *Engine) longestIdle(t *ticket) uint32 {
	best := uint32(0)
	for _, b := range e.agents.busy {
		if !b.serve.has(int(t.demand)) || e.agents.fences.barred(b, t.class) != 0 {
			continue
		}
		a := b.first
		for a != 0 && e.cools.count > 0 && e.missedBy(t, a) {
			a = e.agents.list[a].below
		}
		if a != 0 && (best == 0 || e.agents.sooner(a, best)) {
			best = a
		}
	}
	return best
}

// byBench reports whether all who are on one bench are alike to the rule, so that the first of them will do.
func (r ChoiceRule) byBench() bool {
	return r == MostFreeCapacity || r == FullestFirst || r == FewestSkills || r == IdlenessRatio
}

// favourite is longestIdle for the other rules.
func (e *Engine) favourite(t *ticket) uint32 {
	e.countPools()
	best, heads := uint32(0), e.policy.Choose.Rule.byBench()
	for _, b := range e.agents.busy {
		if !b.serve.has(int(t.demand)) || e.agents.fences.barred(b, t.class) != 0 {
			continue
		}
		for a := b.first; a != 0; a = e.agents.list[a].below {
			if e.missedBy(t, a) {
				continue
			}
			if best == 0 || e.rather(t, a, best) {
				best = a
			}
			if heads {
				break
			}
		}
	}
	return best
}

// rather reports whether agent a is asked for t before agent b, if both may be.
func (e *Engine) rather(t *ticket, a, b uint32) bool {
	if c := e.favour(t, a, b); c != 0 {
		return c < 0
	}
	return e.agents.sooner(a, b)
}

// favour compares two agents by the policy's rule: below 0 for a.
func (e *Engine) favour(t *ticket, a, b uint32) int {
	x, y := &e.agents.list[a], &e.agents.list[b]
	p, q := e.skills.profiles[x.profile], e.skills.profiles[y.profile]
	switch e.policy.Choose.Rule {
	case LeastOccupied:
		return e.spent(a).compare(e.spent(b))
	case MostFreeCapacity:
		return cmp.Compare(y.free, x.free)
	case FullestFirst:
		return cmp.Compare(x.free, y.free)
	case FewestSkills:
		return cmp.Compare(len(p.skills), len(q.skills))
	case Fastest:
		c := e.skills.demands[t.demand].channel
		return cmp.Compare(e.pace(a, c), e.pace(b, c))
	case OrderedList:
		return cmp.Compare(e.agents.rank(x.name), e.agents.rank(y.name))
	case IdlenessRatio:
		return cmp.Compare(e.idler(q), e.idler(p))
	case ByLot:
		return cmp.Compare(e.lot(x.name), e.lot(y.name))
	}
	return 0
}

// compare compares the parts of their time on duty that two agents worked. Who was not on duty yet did not work.
func (o occupation) compare(p occupation) int {
	hi, lo := bits.Mul64(uint64(o.worked), uint64(max(1, p.duty)))
	high, low := bits.Mul64(uint64(p.worked), uint64(max(1, o.duty)))
	return cmp.Or(cmp.Compare(hi, high), cmp.Compare(lo, low))
}

// rank returns the position of an agent in the policy's list. Who is not in it comes last.
func (s *agents) rank(name AgentID) int {
	if r, ok := s.ranks[name]; ok {
		return r
	}
	return len(s.ranks)
}

// A ranking says where everybody stands in a list. It is read-only: copies of a line share it.
type ranking map[AgentID]int

func ranked(list []AgentID) ranking {
	if len(list) == 0 {
		return nil
	}
	ranks := make(ranking, len(list))
	for _, a := range list {
		if _, ok := ranks[a]; !ok {
			ranks[a] = len(ranks)
		}
	}
	return ranks
}

// lot is what an agent draws for the next offer: the least wins. Nothing that a customer sends enters it.
func (e *Engine) lot(name AgentID) uint64 {
	return scramble(scramble(scramble(e.policy.Choose.Seed)^uint64(e.nextOffer)) ^ uint64(name))
}

// countPools counts who is on duty and who of them has nothing in hand, for IdlenessRatio.
func (e *Engine) countPools() {
	if e.policy.Choose.Rule != IdlenessRatio {
		return
	}
	e.view.duty, e.view.idle = 0, 0
	for _, p := range e.skills.profiles {
		e.view.duty += int64(p.onDuty)
		e.view.idle += p.idle()
	}
}

// idle returns how many agents of p are available and have nothing in hand.
func (p *profile) idle() (n int64) {
	for _, b := range p.bench {
		if b.free == whole {
			n += int64(b.n)
		}
	}
	return n
}

// idler returns by how much those of p are idler than all who are on duty: their part of all the idle against their part of
// all on duty (Gurvich and Whitt 2009), without the division.
func (e *Engine) idler(p *profile) int64 {
	return p.idle()*e.view.duty - int64(p.onDuty)*e.view.idle
}
