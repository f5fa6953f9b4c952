package engine

import "slices"

// A stamp is a start that counts against the limit of its class: it overtook somebody. An open offer counts; one that
// fails is taken back.
type stamp struct {
	offer OfferID
	at    Instant
}

// counted returns how many starts of class c stand in its window now.
func (e *Engine) counted(c ClassID) int {
	per := e.policy.Classes[c].Per
	n := 0
	for _, s := range e.tree.leaves[c].window {
		if s.at.Add(per) > e.now {
			n++
		}
	}
	return n
}

// stampIn notes an offer that overtakes; stampOut takes it back.
func (e *Engine) stampIn(c ClassID, ev *Event) {
	p := &e.policy.Classes[c]
	if p.Limit == 0 || ev.Count == 0 {
		return
	}
	l := e.tree.leaves[c]
	l.window = slices.DeleteFunc(l.window, func(s stamp) bool { return s.at.Add(p.Per) <= e.now })
	l.window = append(l.window, stamp{offer: ev.Offer, at: ev.At})
}

func (e *Engine) stampOut(c ClassID, id OfferID) {
	l := e.tree.leaves[c]
	if i := slices.IndexFunc(l.window, func(s stamp) bool { return s.offer == id }); i >= 0 {
		l.window = slices.Delete(l.window, i, i+1)
	}
}

// alarm notes a start that goes ahead although its class is over its limit.
func (e *Engine) alarm(ev *Event) {
	p := &e.policy.Classes[ev.Class]
	if p.Beyond != GoAhead || p.Limit == 0 || ev.Count == 0 {
		return
	}
	if n := e.counted(ev.Class); n > p.Limit {
		e.emit(Event{Kind: OverLimit, Offer: ev.Offer, Ticket: ev.Ticket, Class: ev.Class, Count: uint32(n)})
	}
}

// limit brings every class over or under its limit, as its window says, and its tickets with it. It reports whether all
// was done: a command yields so many events only.
func (e *Engine) limit() bool {
	for _, l := range e.tree.limited {
		p := &e.policy.Classes[l.class]
		if over := e.counted(l.class) >= p.Limit; over != l.over {
			e.emit(Event{Kind: Classified, Class: l.class, Why: map[bool]Cause{true: ByLimit, false: ByRoom}[over]})
		}
		if l.over && !e.moveOn(l) {
			return false
		}
	}
	return !e.astray || e.moveBack()
}

// moveOn lets the tickets of a class over its limit count as their next class.
func (e *Engine) moveOn(l *leaf) bool {
	for _, r := range l.regs {
		for r != nil && r.first != 0 {
			if len(e.out) >= EventsMax {
				return false
			}
			t := e.tickets.at(r.first)
			e.own(t, &e.scratch)
			e.emit(Event{Kind: Classified, Ticket: t.place.Seq, Class: e.beyond(&e.scratch, l.class), Why: ByLimit})
		}
	}
	return true
}

// beyond returns the class a ticket counts as while its own, c, is over its limit.
func (e *Engine) beyond(f *Facts, c ClassID) ClassID {
	for e.tree.leaves[c].over {
		c = e.policy.Next(f, c)
	}
	return c
}

// moveBack lets the tickets of classes over their limits count as what they are to count as now: their own class again,
// where that has room.
func (e *Engine) moveBack() bool {
	for i := len(e.strays) - 1; i >= 0; i-- {
		t := e.tickets.at(e.tickets.find(e.strays[i]))
		e.own(t, &e.scratch)
		c := e.beyond(&e.scratch, t.home-1)
		if c == t.class || t.state != waiting || t.gone {
			continue
		}
		if len(e.out) >= EventsMax {
			return false
		}
		why := ByLimit
		if c == t.home-1 {
			why = ByRoom
		}
		e.emit(Event{Kind: Classified, Ticket: t.place.Seq, Class: c, Why: why})
	}
	e.astray = false
	return true
}

// endLimits takes the timers of all windows away.
func (e *Engine) endLimits() {
	for _, l := range e.tree.leaves {
		if l.timer >= 0 {
			e.timers.remove(l.timer)
		}
	}
}

func (e *Engine) applyClassified(ev *Event) {
	if ev.Ticket == 0 {
		e.applyOver(e.tree.leaves[ev.Class], ev.Why == ByLimit)
		return
	}
	h := e.tickets.find(ev.Ticket)
	t := e.tickets.at(h)
	e.sum -= t.hash()
	home := t.home
	if home == 0 {
		home = t.class + 1
	}
	e.redescribe(h, func() { t.class = ev.Class })
	e.comeHome(t)
	if ev.Why == ByLimit {
		t.home = home
		e.strays = append(e.strays, ev.Ticket)
	}
	e.relaxed(t)
	e.wake(h)
	e.sum += t.hash()
}

// comeHome forgets that t counts as another class than its own.
func (e *Engine) comeHome(t *ticket) {
	if t.home != 0 {
		e.notAstray(t)
	}
}

func (e *Engine) notAstray(t *ticket) {
	t.home = 0
	e.strays = slices.DeleteFunc(e.strays, func(id TicketID) bool { return id == t.place.Seq })
}

// applyOver sets whether a class is over its limit, and the timer for when its window has room.
func (e *Engine) applyOver(l *leaf, over bool) {
	l.over, e.astray = over, true
	if l.timer >= 0 {
		e.timers.remove(l.timer)
	}
	if over {
		p := &e.policy.Classes[l.class]
		room := l.window[max(0, len(l.window)-p.Limit)].at.Add(p.Per)
		e.timers.add(room, limitTimer, uint32(l.class))
	}
}

// keepWindows brings the windows of the classes of an old tree to those of the same name.
func (e *Engine) keepWindows(old *tree, was *Policy) {
	for _, l := range old.leaves {
		for _, now := range e.tree.leaves {
			if e.policy.Classes[now.class].Name == was.Classes[l.class].Name {
				now.window = l.window
			}
		}
	}
	for _, x := range e.offers.ringing {
		o := e.offers.at(x)
		o.class = ClassID(max(0, slices.IndexFunc(e.policy.Classes, func(c Class) bool { return c.Name == was.Classes[o.class].Name })))
	}
	e.strays = e.strays[:0]
}
