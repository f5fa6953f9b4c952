package engine

import "slices"

// recent remembers the offers since the oldest one that still rings. When that one fails, it tells who passed its
// ticket in the meantime.
type recent struct {
	first OfferID // of asks[0]
	asks  []ask
	fails []failure
}

type outcome uint8

const (
	pending outcome = iota
	started
	failed
)

// An ask is an offer as it was made.
type ask struct {
	place   Place
	profile uint32
	had     int32
	class   ClassID // of its ticket
	outcome outcome
	aside   *askAside // nil: there is nothing to it
}

// An askAside is what is seldom known of an offer.
type askAside struct {
	excused []TicketID // under offer then, but of a class that was shut: not passed
	frozen  bool       // a policy was adopted since
	over    []TicketID // frozen: those under offer then whom it passes
	room    []TicketID // frozen: those it passes for want of room
	counted bitset     // likewise: the counters that it counts for, by the numbers of today
}

// A failure is an offer that failed while others, made after it, were still open.
type failure struct {
	offer  OfferID
	place  Place
	demand DemandID
	agent  uint32
	next   OfferID // the offers before this one were made before it failed
}

func (r *recent) add(o *offer, c ClassID, excused []TicketID) {
	if len(r.asks) == 0 {
		r.first = o.id
	}
	n := len(r.asks)
	if n == cap(r.asks) {
		r.asks = slices.Grow(r.asks, 1)
	}
	r.asks = r.asks[:n+1]
	k := &r.asks[n]
	k.place, k.profile, k.had, k.class, k.outcome, k.aside = o.place, o.profile, o.had, c, pending, nil
	if excused != nil {
		k.aside = &askAside{excused: excused}
	}
}

// settle notes what became of offer id, and forgets what no open offer needs.
func (r *recent) settle(id OfferID, what outcome) {
	r.asks[id-r.first].outcome = what
	k := 0
	for k < len(r.asks) && r.asks[k].outcome != pending {
		k++
	}
	if k < len(r.asks) && k < 64 && k < len(r.asks)/2 {
		return // not worth moving yet
	}
	r.first += OfferID(k)
	if r.asks = r.asks[:copy(r.asks, r.asks[k:])]; len(r.fails) == 0 {
		return
	}
	keep := r.fails[:0]
	for _, f := range r.fails {
		if len(r.asks) > 0 && f.next > r.first {
			keep = append(keep, f)
		}
	}
	r.fails = keep
}

// could reports whether the agent who was asked could have served demand d; or with room, whether it would have fit the
// agent as a whole but not what was free.
func (a *ask) could(k *skills, d DemandID, room bool) bool {
	cost := k.profiles[a.profile].cost
	return int(d) < len(cost) && cost[d] > 0 && (cost[d] <= a.had) != room
}

// passes reports whether the start passes a contact that was under offer then, at place p; with room: for want of room.
func (a *ask) passes(p Place, d DemandID, k *skills, room bool) bool {
	x := a.aside
	switch {
	case x != nil && x.frozen && room:
		return slices.Contains(x.room, p.Seq)
	case x != nil && x.frozen:
		return slices.Contains(x.over, p.Seq)
	}
	return p.Before(a.place) && a.could(k, d, room) && (x == nil || !slices.Contains(x.excused, p.Seq))
}

// passed counts the starts, already made, that passed a ticket while offer id rang in vain.
func (r *recent) passed(id OfferID, t *ticket, k *skills) uint32 {
	n := uint32(0)
	for i := id + 1 - r.first; int(i) < len(r.asks); i++ {
		if a := &r.asks[i]; a.outcome == started && a.passes(t.place, t.demand, k, false) {
			n++
		}
	}
	return n
}

// met appends the failures of tickets that the start of o passed while they rang in vain, which ended meanwhile.
func (r *recent) met(to []failure, o *offer, k *skills) []failure {
	a := &r.asks[o.id-r.first]
	for _, f := range r.fails {
		if f.offer < o.id && o.id < f.next && a.passes(f.place, f.demand, k, false) {
			to = append(to, f)
		}
	}
	return to
}

// counts reports whether the start counts for counter k of the policy in force.
func (a *ask) counts(k int, t *tree) bool {
	if a.aside != nil && a.aside.frozen {
		return a.aside.counted.has(k)
	}
	return t.counts(k, a.class)
}

// freeze writes down whom each start passes, of those who were under offer, and what it counts for, before a new policy
// changes that. plan tells which counter carries on each old one.
func (e *Engine) freeze(old *tree, plan []int) {
	r := &e.recent
	for i := range r.asks {
		a := &r.asks[i]
		counted := bitset{0}
		for c, to := range plan {
			if to >= 0 && a.counts(c, old) {
				counted.add(to)
			}
		}
		id := r.first + OfferID(i)
		a.aside = &askAside{over: e.passedBy(id, a, false), room: e.passedBy(id, a, true), counted: counted, frozen: true}
	}
}

// passedBy returns the contacts that were under offer when offer id was made, as a, and that its start passes, or passes for
// want of room.
func (e *Engine) passedBy(id OfferID, a *ask, room bool) (over []TicketID) {
	for _, x := range e.offers.ringing {
		for m := e.headOf(e.offers.at(x).ticket); m != 0; m = e.tickets.at(m).mate {
			if t := e.tickets.at(m); !t.gone && t.rang < id && a.passes(t.place, t.demand, &e.skills, room) {
				over = append(over, t.place.Seq)
			}
		}
	}
	for _, f := range e.recent.fails {
		if f.offer < id && id < f.next && a.passes(f.place, f.demand, &e.skills, room) {
			over = append(over, f.place.Seq)
		}
	}
	return over
}
