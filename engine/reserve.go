package engine

import (
	"fmt"
	"slices"
)

// A reserve keeps agents free for tickets that are not there yet: whoever has the skill and nothing in hand is closed to
// other classes while no more than so many of them are free. Which of them take the other tickets is not fixed: the last
// ones stay.
//
// It stands against protections too: who was overtaken as often as is granted waits for an agent who may be asked.

// keeps returns the reserves that agents of p belong to when they are free.
func (f *fences) keeps(p *profile) (mask uint16) {
	for i, r := range f.reserves {
		if _, has := slices.BinarySearch(p.skills, r.Skill); has {
			mask |= 1 << i
		}
	}
	return mask
}

// countFree counts the free agents of each reserve.
func (s *agents) countFree() {
	f := &s.fences
	clear(f.free)
	for _, b := range s.busy {
		for i := range f.free {
			if b.kept>>i&1 != 0 {
				f.free[i] += b.n
			}
		}
	}
	f.short = 0
	for i, r := range f.reserves {
		if f.free[i] <= r.Agents {
			f.short |= 1 << i
		}
	}
}

// checkAgents reports whether the policy's rules of who is asked have a shape that a line can run.
func (p *Policy) checkAgents() error {
	if len(p.Reserve) > FencesMax || len(p.Caps) > FencesMax {
		return fmt.Errorf("%w: %d reserves and %d caps, want at most %d of each", ErrPolicy, len(p.Reserve), len(p.Caps), FencesMax)
	}
	for _, r := range p.Reserve {
		if r.Agents < 1 || r.Skill == 0 || !p.names(r.For) {
			return fmt.Errorf("%w: a reserve of %d agents for %d classes", ErrPolicy, r.Agents, len(r.For))
		}
	}
	for _, c := range p.Caps {
		if c.Starts < 1 || c.Per < 1 || !p.names(c.Classes) || !slices.IsSorted(c.Classes) {
			return fmt.Errorf("%w: a cap of %d starts of %d classes", ErrPolicy, c.Starts, len(c.Classes))
		}
	}
	if p.Choose.Rule > ByLot {
		return fmt.Errorf("%w: agents are chosen by an unknown rule, %d", ErrPolicy, p.Choose.Rule)
	}
	return nil
}

// names reports whether list is classes of p, at least one.
func (p *Policy) names(list []ClassID) bool {
	return len(list) > 0 && int(slices.Max(list)) < len(p.Classes)
}
