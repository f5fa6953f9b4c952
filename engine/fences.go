package engine

import "slices"

// FencesMax is how many reserves, and how many caps, a policy may have.
const FencesMax = 16

// fences are the reserves and the caps of the policy in force. What they forbid is no excuse: an agent who was kept from an
// earlier ticket could have served it.
type fences struct {
	reserves []Reserve
	caps     []Cap
	of       []uint8 // the audience of each class; nil: any agent may be asked for any class
	list     []audience
	free     []int  // of each reserve: the agents who have the skill, are available, and have nothing in hand
	short    uint16 // the reserves of which no more are free than are kept
}

// An audience is the classes that are treated alike by all reserves and caps.
type audience struct {
	outside uint16 // reserves that are for others
	capped  uint16 // caps that count them
	open    bitset // demands that somebody on a bench can take and may be asked for
}

// fenced compiles the reserves and caps of p.
func fenced(p *Policy) fences {
	f := fences{reserves: p.Reserve, caps: p.Caps, free: make([]int, len(p.Reserve))}
	if len(p.Reserve)+len(p.Caps) == 0 {
		return f
	}
	f.of = make([]uint8, len(p.Classes))
	for c := range p.Classes {
		var a audience
		for i, r := range p.Reserve {
			if !slices.Contains(r.For, ClassID(c)) {
				a.outside |= 1 << i
			}
		}
		for i, l := range p.Caps {
			if slices.Contains(l.Classes, ClassID(c)) {
				a.capped |= 1 << i
			}
		}
		i := slices.IndexFunc(f.list, func(b audience) bool { return b.outside == a.outside && b.capped == a.capped })
		if i < 0 {
			i, f.list = len(f.list), append(f.list, a)
		}
		f.of[c] = uint8(i)
	}
	return f
}

func (f *fences) clone() fences {
	to := *f
	to.of, to.list, to.free = slices.Clone(f.of), slices.Clone(f.list), slices.Clone(f.free)
	for i := range to.list {
		to.list[i].open = slices.Clone(f.list[i].open)
	}
	return to
}

// reopen finds out which demands somebody on a bench can take and may be asked for, for each audience.
func (s *agents) reopen(k *skills) {
	f := &s.fences
	if f.of == nil {
		return
	}
	s.countFree()
	for i := range f.list {
		a := &f.list[i]
		clear(a.open)
		for _, b := range s.busy {
			if f.bars(b, a) == 0 {
				a.open.join(b.serve)
			}
		}
		for _, d := range k.held {
			if n := s.find(k.demands[d].only); s.canTake(n, d, k) && f.bars(s.list[n].benched, a) == 0 {
				a.open.add(int(d))
			}
		}
	}
}

// bars returns why agents on b may not be asked for the classes of a, or 0.
func (f *fences) bars(b *bench, a *audience) Cause {
	switch {
	case b.kept&a.outside&f.short != 0:
		return ByReserve
	case b.capped&a.capped != 0:
		return ByCap
	}
	return 0
}

// barred returns why agents on b may not be asked for class c, or 0.
func (f *fences) barred(b *bench, c ClassID) Cause {
	if f.of == nil {
		return 0
	}
	return f.bars(b, &f.list[f.of[c]])
}

// openTo returns the demands of tickets of class c that the view can serve.
func (e *Engine) openTo(c ClassID) bitset {
	f := &e.agents.fences
	switch {
	case f.of == nil:
		return e.view.open
	case e.view.by != nil:
		return e.view.by[f.of[c]]
	}
	return f.list[f.of[c]].open
}

// withheld returns why tickets of a register that nobody available may be asked for were not for agent a, who could take them.
func (e *Engine) withheld(a *agent, r *register) Cause {
	if only := e.skills.demands[r.demand].only; only != 0 && only != a.name {
		return ByPreference
	}
	return e.agents.fences.barred(a.benched, r.class)
}

// forbids returns why agent n may not take a ticket of class c on its own wish, or 0. It counts as free where nothing but
// what rings is in its hands, on a break too, and what rings does not count under its caps: it goes back first.
func (e *Engine) forbids(n uint32, c ClassID, idle bool) Cause {
	f := &e.agents.fences
	if f.of == nil {
		return 0
	}
	a, au := &e.agents.list[n], &f.list[f.of[c]]
	keeps := f.keeps(e.skills.profiles[a.profile]) & au.outside
	for i, r := range f.reserves {
		others := f.free[i]
		if a.benched != nil && a.benched.kept>>i&1 != 0 {
			others--
		}
		if idle && keeps>>i&1 != 0 && others < r.Agents {
			return ByReserve
		}
	}
	if mask, _ := e.reached(n, true); mask&au.capped != 0 {
		return ByCap
	}
	return 0
}

// openAlone returns, for each audience, the demands of open that agent n may take on its own wish; nil: all of them.
func (e *Engine) openAlone(n uint32, open bitset, idle bool) (by []bitset) {
	f := &e.agents.fences
	if f.of == nil {
		return nil
	}
	by = make([]bitset, len(f.list))
	for c, i := range f.of {
		if e.forbids(n, ClassID(c), idle) == 0 {
			by[i] = open
		}
	}
	return by
}

// cappedFor returns the caps that count class c.
func (f *fences) cappedFor(c ClassID) uint16 {
	if f.of == nil {
		return 0
	}
	return f.list[f.of[c]].capped
}

// fencedOff returns why t is asked of nobody though agents are available who can take it: ByCap where that is all.
func (e *Engine) fencedOff(t *ticket) Cause {
	f := &e.agents.fences
	only := e.skills.demands[t.demand].only
	if only != 0 {
		return f.barred(e.agents.list[e.agents.find(only)].benched, t.class)
	}
	for _, b := range e.agents.busy {
		if b.serve.has(int(t.demand)) && f.barred(b, t.class) == ByReserve {
			return ByReserve
		}
	}
	return ByCap
}
