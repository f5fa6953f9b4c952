package engine

import "slices"

// claim lets other contacts of the same customer and matter find t, whose facts are f.
func (e *Engine) claim(t *ticket, f *Facts) {
	e.disown(t)
	if e.policy.Join == nil {
		return
	}
	if t.same = e.policy.Join(f); t.same != 0 {
		e.joins[t.same] = append(e.joins[t.same], t.place.Seq)
	}
}

// disown is the reverse of claim.
func (e *Engine) disown(t *ticket) {
	if t.same == 0 {
		return
	}
	list := slices.DeleteFunc(e.joins[t.same], func(id TicketID) bool { return id == t.place.Seq })
	if e.joins[t.same] = list; len(list) == 0 {
		delete(e.joins, t.same)
	}
	t.same = 0
}

// partner returns the open ticket that a contact with these facts belongs to, or 0.
func (e *Engine) partner(f *Facts) handle {
	if e.policy.Join == nil {
		return 0
	}
	within := e.policy.JoinWithin
	if within == 0 {
		within = 30 * Day
	}
	same := e.policy.Join(f)
	if same == 0 {
		return 0
	}
	for _, id := range e.joins[same] {
		if h := e.headOf(e.tickets.find(id)); e.now.Sub(e.tickets.at(h).place.Arrived) <= within {
			return h
		}
	}
	return 0
}

// An ending is what is remembered of a ticket that ended, for one that is opened again.
type ending struct {
	arrived Instant
	until   Instant
}

// letGo lets go of what others found t by, and remembers it where it may be opened again.
func (e *Engine) letGo(t *ticket, how EndKind) {
	if len(e.cutOff) > 0 {
		e.uncut(t)
	}
	if e.policy.Join == nil && len(e.joins)+len(e.ended) == 0 {
		return
	}
	for m := e.tickets.find(t.place.Seq); m != 0; m = e.tickets.at(m).mate {
		k := e.tickets.at(m)
		if x, ok := e.ended[k.same]; ok && x.until > e.now { // the window is that of the first end
			e.disown(k)
			continue
		}
		if k.same != 0 && e.policy.ReopenedWithin > 0 && (how == Served || how == ClosedBy) {
			e.ended[k.same] = ending{arrived: t.place.Arrived, until: e.now.Add(e.policy.ReopenedWithin)}
			e.endings = append(e.endings, k.same)
		}
		e.disown(k)
	}
}

// forgetEndings forgets the tickets that cannot be opened again any more.
func (e *Engine) forgetEndings() {
	n := 0
	for n < len(e.endings) {
		x, ok := e.ended[e.endings[n]]
		if ok && x.until > e.now {
			break
		}
		delete(e.ended, e.endings[n])
		n++
	}
	if n > 0 {
		e.endings = e.endings[:copy(e.endings, e.endings[n:])]
	}
}

// reopened returns the arrival of a ticket that a contact with these facts opens again, or 0.
func (e *Engine) reopened(f *Facts) Instant {
	if len(e.ended) == 0 || e.policy.Join == nil || e.policy.EndOfLine&AtReopening != 0 {
		return 0
	}
	if x, ok := e.ended[e.policy.Join(f)]; ok && x.until > e.now {
		return x.arrived
	}
	return 0
}

// settleJoin decides what becomes of a contact that has just arrived as ticket id: joined to h, or only related to it. Two who
// are there waiting are not joined, nor is one to be served later, or to a ticket that is held for another reason than that
// it was its customer's turn.
func (e *Engine) settleJoin(id TicketID, h handle, later bool) {
	t, to := e.tickets.at(e.tickets.find(id)), e.tickets.at(h)
	if later || e.channel(t).Live && !t.called && e.present(h) || to.state == held && to.why != ByCustomer {
		e.emit(Event{Kind: Related, Ticket: id, Rival: to.place.Seq})
		return
	}
	if to.state == held {
		e.release(to, ByReturn, 0, 0)
	}
	e.emit(Event{Kind: Joined, Ticket: id, Rival: to.place.Seq})
}

// comesBack returns the ticket whose customer was cut off and is back with a contact of these facts, or 0.
func (e *Engine) comesBack(f *Facts) handle {
	if f.Customer == 0 {
		return 0
	}
	return e.tickets.find(e.cutOff[cutKey(f.Customer, f.Matter, f.Channel)])
}

// cutKey is what a caller who comes back has in common with the one who was cut off.
func cutKey(who, matter Word, c ChannelID) Word {
	return Word(mix(mix(uint64(who), uint64(matter)), uint64(c)))
}

// cut lets the customer of t, who was cut off, be found; uncut is the reverse.
func (e *Engine) cut(t *ticket) {
	if t.who != 0 {
		e.cutOff[cutKey(t.who, t.matter, e.skills.demands[t.demand].channel)] = t.place.Seq
	}
}

func (e *Engine) uncut(t *ticket) {
	if k := cutKey(t.who, t.matter, e.skills.demands[t.demand].channel); e.cutOff[k] == t.place.Seq {
		delete(e.cutOff, k)
	}
}
