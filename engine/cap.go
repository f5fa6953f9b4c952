package engine

import "slices"

// A start is an offer to an agent that the policy's caps count: it rings, or was accepted. One that fails is taken back.
type start struct {
	offer OfferID
	at    Instant
	class ClassID // of the ticket then
}

func (s start) hash() uint64 { return mix(mix(mix(5, uint64(s.offer)), uint64(s.at)), uint64(s.class)) }

// began notes that agent n was offered a ticket.
func (e *Engine) began(n uint32, ev *Event) {
	f := &e.agents.fences
	if f.of == nil || f.list[f.of[ev.Class]].capped == 0 {
		return
	}
	a := &e.agents.list[n]
	s := start{offer: ev.Offer, at: ev.At, class: ev.Class}
	a.starts, a.begun = append(a.starts, s), a.begun+s.hash()
	e.recap(n)
}

// failed takes an offer back.
func (e *Engine) failed(n uint32, id OfferID) {
	a := &e.agents.list[n]
	if i := slices.IndexFunc(a.starts, func(s start) bool { return s.offer == id }); i >= 0 {
		a.begun -= a.starts[i].hash()
		a.starts = slices.Delete(a.starts, i, i+1)
		e.recap(n)
	}
}

// recap finds out which caps agent n has reached, forgets what none counts any more, and sets the timer for when the
// first of them has room. The agent is to be seated anew.
func (e *Engine) recap(n uint32) {
	a := &e.agents.list[n]
	longest := Duration(0)
	for _, c := range e.agents.fences.caps {
		longest = max(longest, c.Per)
	}
	a.starts = slices.DeleteFunc(a.starts, func(s start) bool {
		old := s.at.Add(longest) <= e.now
		if old {
			a.begun -= s.hash()
		}
		return old
	})
	if a.room >= 0 {
		e.timers.remove(a.room)
	}
	var room Instant
	if a.capped, room = e.reached(n, false); a.capped != 0 {
		e.timers.add(room, capTimer, n)
	}
}

// reached returns the caps that agent n has reached, without what rings where answered is set, and when the first of them
// has room.
func (e *Engine) reached(n uint32, answered bool) (mask uint16, room Instant) {
	room = None
	for i := range e.agents.fences.caps {
		c := &e.agents.fences.caps[i]
		count := 0
		for _, s := range e.agents.list[n].starts {
			if e.stands(s, i, answered) {
				count++
			}
		}
		if count < c.Starts {
			continue
		}
		mask |= 1 << i
		for _, s := range e.agents.list[n].starts { // the one after whose end too few are left
			if !e.stands(s, i, answered) {
				continue
			}
			if count--; count < c.Starts {
				room = min(room, s.at.Add(c.Per))
				break
			}
		}
	}
	return mask, room
}

// stands reports whether s counts now under the i-th cap.
func (e *Engine) stands(s start, i int, answered bool) bool {
	f := &e.agents.fences
	if f.list[f.of[s.class]].capped>>i&1 == 0 || s.at.Add(f.caps[i].Per) <= e.now {
		return false
	}
	x := uint32(0)
	if answered {
		x = e.offers.find(s.offer)
	}
	return x == 0 || e.offers.at(x).state != ringing
}

// uncap lets go all who have room under a cap again.
func (e *Engine) uncap() {
	for n := 1; n < len(e.agents.list); n++ {
		if r := e.agents.list[n].room; r >= 0 && e.timers.heap[r].at <= e.now {
			e.emit(Event{Kind: Uncapped, Agent: e.agents.list[n].name})
		}
	}
}

func (e *Engine) applyUncapped(ev *Event) {
	n := e.agents.find(ev.Agent)
	e.sum -= e.agents.list[n].hash()
	e.recap(n)
	e.agents.seat(n, &e.skills)
	e.sum += e.agents.list[n].hash()
}

// keepStarts brings the starts of agent n to the policy in force: what it started counts under the caps of today by the
// name of its class. What no cap of the old policy counted, or so far back, is not known.
func (e *Engine) keepStarts(n uint32, was *Policy) {
	a, f := &e.agents.list[n], &e.agents.fences
	kept := a.starts[:0]
	a.begun = 0
	for _, s := range a.starts {
		c := slices.IndexFunc(e.policy.Classes, func(c Class) bool { return c.Name == was.Classes[s.class].Name })
		if c < 0 || f.of == nil || f.list[f.of[c]].capped == 0 {
			continue
		}
		s.class = ClassID(c)
		kept, a.begun = append(kept, s), a.begun+s.hash()
	}
	a.starts = kept
	e.recap(n)
}
