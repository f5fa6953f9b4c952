package engine

import "math/bits"

// Idling is how long agents were available beside a ticket that they could have served and were not offered it.
//
// Where more than one thing keeps an agent from tickets it is charged to the first of these: nothing, a reserve, a cap, that
// they are held for others, that the agent has just missed them.

// idling measures it. It is no part of the state: a replay has none.
type idling struct {
	at     Instant          // up to when it is measured
	agents [ByCap + 1]int64 // how many sit so since then, by cause
	some   bool             // there are any
	sums   [ByCap + 1]Duration
	waits  bitset // used again: demands for which somebody waits
}

// notIdle stands for no cause.
const notIdle = ByCap + 1

// Idle returns the time that agents have been available beside a ticket that they could have served and were not offered, by
// what kept them from it: ByReserve, ByCap, ByPreference, ByCoolOff, ByDrain. What nothing is known to have caused would
// stand under 0. It is measured by Do, from the engine's first command to its last: not across a restart.
func (e *Engine) Idle() map[Cause]Duration {
	sums := map[Cause]Duration{}
	for c, d := range e.idle.sums {
		if d > 0 {
			sums[Cause(c)] = d
		}
	}
	return sums
}

// measure counts the time until now, and who sits beside a ticket from now on.
func (e *Engine) measure() {
	i := &e.idle
	if i.some {
		for c, n := range i.agents {
			i.sums[c] += Duration(n) * e.now.Sub(i.at)
		}
		i.agents, i.some = [ByCap + 1]int64{}, false
	}
	i.at = e.now
	if e.late || e.count.Waiting == 0 || len(e.agents.busy)+len(e.drains) == 0 {
		return
	}
	e.look()
	clear(i.waits)
	for _, l := range e.tree.leaves {
		if !l.shut {
			i.waits.join(l.open)
		}
	}
	for _, b := range e.agents.busy {
		if e.couldServe(e.skills.profiles[b.profile], b.free) {
			e.measureBench(b)
		}
	}
	for _, d := range e.drains {
		if a := &e.agents.list[d.agent]; a.state == onDuty && e.couldServe(e.skills.profiles[a.profile], a.free) {
			i.agents[ByDrain]++
			i.some = true
		}
	}
}

// couldServe reports whether agents of p with so much free could serve somebody who waits.
func (e *Engine) couldServe(p *profile, free int32) bool {
	for w, set := range e.idle.waits {
		for ; set != 0; set &= set - 1 {
			if c := p.cost[w*64+bits.TrailingZeros64(set)]; c > 0 && c <= free {
				return true
			}
		}
	}
	return false
}

// measureBench counts those who wait for work on b by what keeps them from tickets. For most it is the same for all of them.
func (e *Engine) measureBench(b *bench) {
	all, each := e.keepsAll(b)
	for a := b.first; a != 0; a = e.agents.list[a].below {
		why := all
		if each {
			why = worse(why, e.keepsOne(a, b))
		}
		if why != notIdle {
			e.idle.agents[why]++
			e.idle.some = true
		}
	}
}

// keepsAll returns what keeps all on b from tickets; each says that some registers must be looked at for each of them.
func (e *Engine) keepsAll(b *bench) (why Cause, each bool) {
	why = notIdle
	e.couldTake(b, func(r *register) {
		if bar := e.agents.fences.barred(b, r.class); bar == 0 || e.skills.demands[r.demand].only != 0 {
			each = true
		} else {
			why = worse(why, bar)
		}
	})
	return why, each
}

// keepsOne returns what keeps agent a, who waits on b, from the tickets that not all on b are kept from.
func (e *Engine) keepsOne(a uint32, b *bench) Cause {
	why := notIdle
	e.couldTake(b, func(r *register) {
		only, bar := e.skills.demands[r.demand].only, e.agents.fences.barred(b, r.class)
		switch {
		case only != 0 && only != e.agents.list[a].name:
			why = worse(why, ByPreference)
		case bar != 0:
			why = worse(why, bar)
		case e.missedAll(r, a):
			why = worse(why, ByCoolOff)
		default:
			why = 0
		}
	})
	return why
}

// missedAll reports whether agent a missed everybody in r a moment ago.
func (e *Engine) missedAll(r *register, a uint32) bool {
	h := r.first
	for h != 0 && e.missedBy(e.tickets.at(h), a) {
		h = e.tickets.at(h).next
	}
	return h == 0
}

// couldTake calls do for each register where somebody waits whom those on b could serve.
func (e *Engine) couldTake(b *bench, do func(*register)) {
	cost := e.skills.profiles[b.profile].cost
	for _, l := range e.tree.leaves {
		for w, set := range l.open {
			for ; set != 0 && !l.shut; set &= set - 1 {
				d := w*64 + bits.TrailingZeros64(set)
				if c := cost[d]; c > 0 && c <= b.free {
					do(l.regs[d])
				}
			}
		}
	}
}

// worse returns the one of two causes that idling is charged to.
func worse(a, b Cause) Cause {
	for _, c := range [...]Cause{0, ByReserve, ByCap, ByPreference, ByCoolOff} {
		if a == c || b == c {
			return c
		}
	}
	return notIdle
}
