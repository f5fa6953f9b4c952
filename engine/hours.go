package engine

// hours returns when a class is served.
func (p *Policy) hours(c ClassID) *Calendar {
	if h := p.Classes[c].Hours; h != nil {
		return h
	}
	return p.Hours
}

// startHours sets each class of a new tree to what its hours say now.
func (e *Engine) startHours() {
	e.shut = 0
	for _, l := range e.tree.leaves {
		l.closed = !l.hours.Open(e.now)
		if l.shut = l.closed || e.lineShut; l.shut {
			e.shut++
		}
	}
	e.setHours(e.now)
}

// setHours sets the timer of the next opening or closing after t.
func (e *Engine) setHours(t Instant) {
	if e.hoursPos >= 0 {
		e.timers.remove(e.hoursPos)
	}
	next := Instant(None)
	for _, l := range e.tree.leaves {
		next = min(next, l.hours.Turn(t))
	}
	if next < None {
		e.timers.add(next, hoursTimer, 0)
	}
}

// turnHours lets the classes open and close whose hours say so since at. One that did both in the meantime does both.
func (e *Engine) turnHours(at Instant) {
	for _, l := range e.tree.leaves {
		turn := l.hours.Turn(at - 1)
		for n := 0; turn <= e.now && n < 2; n++ {
			if l.closed == l.hours.Open(e.now) || n == 0 && l.hours.Turn(turn) <= e.now {
				e.turnClass(l)
			}
			turn = l.hours.Turn(turn)
		}
	}
}

// turnClass opens a class that is closed, and closes one that is open.
func (e *Engine) turnClass(l *leaf) {
	kind := Closed
	if l.closed {
		kind = Opened
	}
	e.emit(Event{Kind: kind, Class: l.class, Why: ByHours})
}

// openAll opens every class whatever its hours say.
func (e *Engine) openAll() {
	for _, l := range e.tree.leaves {
		l.closed, l.shut, l.kept = false, false, 0
	}
	e.shut, e.lineShut = 0, false
}

// excused returns the contacts under offer whose class is shut.
func (e *Engine) excused() []TicketID {
	if e.shut == 0 {
		return nil
	}
	return e.excusedNow()
}

func (e *Engine) excusedNow() (list []TicketID) {
	for _, x := range e.offers.ringing {
		for m := e.headOf(e.offers.at(x).ticket); m != 0; m = e.tickets.at(m).mate {
			if t := e.tickets.at(m); e.tree.leaves[t.class].shut {
				list = append(list, t.place.Seq)
			}
		}
	}
	return list
}

func (e *Engine) applyHours(ev *Event) {
	e.shut = 0
	if ev.Class == AllClasses {
		e.lineShut = ev.Kind == Closed
	} else {
		e.tree.leaves[ev.Class].closed = ev.Kind == Closed
		e.setHours(e.now)
	}
	for _, l := range e.tree.leaves {
		l.kept = 0
		was := l.shut
		if l.shut = l.closed || e.lineShut; l.shut {
			e.shut++
		} else if was {
			e.opened(l)
		}
	}
}
