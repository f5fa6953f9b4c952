package engine

import "slices"

// A shareWindow is what a protection by MinShare remembers: the starts of the last Over, each at its offer, with what it took. At
// each decision at which a ticket of a part is to be had, either its earliest is next, or one of another part that is below its percentage, or
// the part had at least its percentage of what was taken, the next start counted.
type shareWindow struct {
	portions []portion // by offer
	got      []int64   // of them all, by part
	all      int64
	sum      uint64 // of the hashes of the portions
}

// A portion is one start.
type portion struct {
	offer OfferID
	made  Instant
	at    Duration // on the open clock
	part  int      // which of the parts; -1: none
	worth int64    // 1, or milliseconds of work
}

// count adds a portion to the sums, or with by -1 takes it off.
func (w *shareWindow) count(p *portion, by int64) {
	w.all += by * p.worth
	w.sum += uint64(by) * mix(uint64(p.offer), uint64(p.worth))
	for p.part >= len(w.got) {
		w.got = append(w.got, 0)
	}
	if p.part >= 0 {
		w.got[p.part] += by * p.worth
	}
}

// sums sets got to what each part got in the time up to now, and returns what all got together.
func (w *shareWindow) sums(g *guard, now Duration, got []int64) (all int64) {
	all = w.all
	copy(got, w.got)
	for i := range w.portions {
		p := &w.portions[i]
		if p.at+g.Over > now {
			break
		}
		if all -= p.worth; p.part >= 0 {
			got[p.part] -= p.worth
		}
	}
	return all
}

// below returns the earliest ticket of a part that has less than its percentage, or 0.
func (e *Engine) below(g *guard) handle {
	if g.asked != e.view.number {
		g.asked = e.view.number
		if len(g.got) == 0 {
			g.got = make([]int64, len(g.Parts))
		}
		clear(g.got)
		g.all = g.window.sums(g, e.view.opened, g.got)
		if e.view.freed {
			g.all -= e.ringingPart(g)
		}
	}
	var first handle
	for i := range g.Parts {
		p := &g.Parts[i]
		h := e.earliest(p.Classes)
		if h == 0 || first != 0 && e.tickets.at(first).place.Before(e.tickets.at(h).place) {
			continue
		}
		if 100*g.got[i] < p.Percent*(g.all+e.portionOf(g, e.tickets.at(h))) {
			first = h
		}
	}
	return first
}

// ringingPart takes what rings at the agent of the view off what the parts of g got, and returns all of it.
func (e *Engine) ringingPart(g *guard) (all int64) {
	for _, x := range e.agents.list[e.view.as].offers {
		o := e.offers.at(x)
		for _, p := range g.window.portions {
			if p.offer == o.id && o.state == ringing && p.at+g.Over > e.view.opened {
				all += p.worth
				if p.part >= 0 {
					g.got[p.part] -= p.worth
				}
			}
		}
	}
	return all
}

// portionOf is what a start of t is expected to take.
func (e *Engine) portionOf(g *guard, t *ticket) int64 {
	if g.Minutes {
		return int64(e.handling(e.skills.demands[t.demand].channel) / Millisecond)
	}
	return 1
}

// eachWindow calls do for each MinShare above l that counts starts of its class.
func (e *Engine) eachWindow(l *leaf, do func(g *guard)) {
	if !e.tree.remembers {
		return
	}
	for n := l.up; n != nil; n = n.up {
		for i := range n.guards {
			if g := &n.guards[i]; g.Kind == MinShare && !g.except[l.class] {
				do(g)
			}
		}
	}
}

// take notes the offer x of t in the windows above it.
func (e *Engine) take(x uint32, t *ticket) {
	now := e.policy.Clock.Opened(e.now)
	e.eachWindow(e.tree.leaves[t.class], func(g *guard) {
		part := slices.IndexFunc(g.Parts, func(p Part) bool { return slices.Contains(p.Classes, t.class) })
		e.remember(g, func() {
			w := &g.window
			old := 0
			for old < len(w.portions) && w.portions[old].at+g.Over <= now {
				w.count(&w.portions[old], -1)
				old++
			}
			p := portion{offer: e.offers.at(x).id, made: e.now, at: now, part: part, worth: e.portionOf(g, t)}
			w.count(&p, 1)
			w.portions = append(slices.Delete(w.portions, 0, old), p)
		})
	})
}

// correct says what the offer id took in fact; 0: nothing, it failed.
func (w *shareWindow) correct(id OfferID, worth int64) {
	i, found := slices.BinarySearchFunc(w.portions, id, func(p portion, id OfferID) int { return int(int64(p.offer) - int64(id)) })
	if !found {
		return
	}
	p := &w.portions[i]
	w.count(p, -1)
	if worth == 0 {
		w.portions = slices.Delete(w.portions, i, i+1)
		return
	}
	p.worth = worth
	w.count(p, 1)
}

// hash leaves a window out of the digest in which nothing is.
func (w *shareWindow) hash(place uint64) uint64 {
	if len(w.portions) == 0 {
		return 0
	}
	return mix(place, w.sum)
}
