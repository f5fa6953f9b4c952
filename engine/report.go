package engine

import (
	"fmt"
	"slices"
)

// An Unoffered is a ticket that is in the line and is not being offered to anybody, though agents may be free, and why.
type Unoffered struct {
	Ticket TicketID
	// Why is the cause of a hold, ByHours or ByWish for a class or a line that is closed, BySkill where nobody on duty can
	// serve it, ByPreference where it is for an agent who cannot take it now, ByCoolOff where everybody who could has just
	// missed it, ByReserve or ByCap where those available may not be asked for it, ByMissing where three agents or more missed it and a supervisor must look, ByLoss where it is in the hands
	// of an agent who is lost.
	Why   Cause
	Until Instant // 0: open
}

// MissedByMany is how many different agents must have missed a ticket for a supervisor to be shown it.
const MissedByMany = 3

// Unoffered returns the tickets that are not being offered, by place, at most limit of them; those that only wait for
// their turn are not among them. It costs O(tickets).
func (e *Engine) Unoffered(limit int) []Unoffered {
	if e.policy == nil {
		return nil
	}
	e.look()
	var list []handle
	for h := range e.tickets.slab {
		if t := &e.tickets.slab[h]; t.state != free && t.head == 0 {
			list = append(list, handle(h))
		}
	}
	slices.SortFunc(list, func(a, b handle) int {
		if e.tickets.at(a).place.Before(e.tickets.at(b).place) {
			return -1
		}
		return 1
	})
	var out []Unoffered
	for _, h := range list {
		if u, ok := e.unoffered(h); ok && len(out) < limit {
			out = append(out, u)
		}
	}
	return out
}

func (e *Engine) unoffered(h handle) (Unoffered, bool) {
	t := e.tickets.at(h)
	u := Unoffered{Ticket: t.place.Seq}
	switch t.state {
	case held:
		u.Why, u.Until = t.why, t.until
		return u, true
	case serving:
		a := &e.agents.list[e.offers.at(t.offer).agent]
		u.Why, u.Until = ByLoss, a.until
		return u, a.state == lost
	case waiting:
		for m := h; m != 0; m = e.tickets.at(m).mate { // the contact that is nearest to being offered
			if k := e.tickets.at(m); !k.gone {
				if u.Why, u.Until = e.hindrance(m); u.Why == 0 {
					break
				}
			}
		}
	}
	if (u.Why == 0 || u.Why == ByCoolOff) && t.state == waiting && t.decline >= MissedByMany {
		u.Why = ByMissing
	}
	return u, u.Why != 0
}

// hindrance returns why a waiting contact is not being offered, though agents may be free, or 0.
func (e *Engine) hindrance(h handle) (Cause, Instant) {
	t := e.tickets.at(h)
	l := e.tree.leaves[t.class]
	d := e.skills.demands[t.demand]
	switch {
	case e.lineShut:
		return ByWish, 0
	case l.shut:
		until := l.hours.Turn(e.now)
		if until == None {
			until = 0
		}
		return ByHours, until
	case !slices.ContainsFunc(e.skills.profiles, func(p *profile) bool { return p.onDuty > 0 && p.cost[t.demand] > 0 }):
		return BySkill, 0
	case e.view.open.has(int(t.demand)) && !e.openTo(t.class).has(int(t.demand)):
		return e.fencedOff(t), 0
	case d.only != 0 && e.match(h) == 0:
		return ByPreference, e.preferredUntil(t)
	case e.view.open.has(int(t.demand)) && e.cooling(h):
		return ByCoolOff, 0
	}
	return 0, 0
}

// preferredUntil returns until when a ticket is held for one agent, as far as that is known; else 0.
func (e *Engine) preferredUntil(t *ticket) Instant {
	switch {
	case t.to != 0:
		return t.toUntil
	case t.relax != None:
		return e.policy.Clock.When(t.relax)
	}
	return 0
}

// Ahead returns the tickets that would be served before a waiting one if one agent with all skills drained the line, at most
// PlaceMax: those whom a Move of it would delay. Where a protection stands against such a Move now the error is
// ErrProtected, and the list is as without it. Other errors are those of Place.
func (e *Engine) Ahead(id TicketID, at Instant) ([]TicketID, error) {
	s, err := e.Place(id, at)
	if err != nil {
		return nil, err
	}
	d, err := e.rehearsal(at)
	if err != nil {
		return nil, err
	}
	c := d.e
	c.look()
	against := c.standsAgainst(c.tickets.find(id))
	d.begin()
	var ahead []TicketID
	limit := PlaceMax
	if s.Place > 0 {
		limit = s.Place - 1
	}
	for range limit {
		next := d.drain()
		if next == 0 {
			break
		}
		ahead = append(ahead, next)
	}
	if against != 0 {
		return ahead, fmt.Errorf("move ticket %d: ticket %d: %w", id, e.tickets.at(against).place.Seq, ErrProtected)
	}
	return ahead, nil
}
