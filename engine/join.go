package engine

// claim lets other contacts of the same customer and matter find t, whose facts are f.
func (e *Engine) claim(t *ticket, f *Facts) {
	e.disown(t)
	if e.policy.Join == nil {
		return
	}
	if t.same = e.policy.Join(f); t.same != 0 && e.joins[t.same] == 0 {
		e.joins[t.same] = t.place.Seq
	}
}

// disown is the reverse of claim.
func (e *Engine) disown(t *ticket) {
	if t.same != 0 && e.joins[t.same] == t.place.Seq {
		delete(e.joins, t.same)
	}
	t.same = 0
}

// partner returns the open ticket that a contact with these facts belongs to, or 0.
func (e *Engine) partner(f *Facts) handle {
	if e.policy.Join == nil {
		return 0
	}
	same := e.policy.Join(f)
	if same == 0 || e.joins[same] == 0 {
		return 0
	}
	within := e.policy.JoinWithin
	if within == 0 {
		within = 30 * Day
	}
	h := e.headOf(e.tickets.find(e.joins[same]))
	if e.now.Sub(e.tickets.at(h).place.Arrived) > within {
		return 0
	}
	return h
}

// An ending is what is remembered of a ticket that ended, for one that is opened again.
type ending struct {
	arrived Instant
	until   Instant
}

// letGo lets go of what others found t by, and remembers it where it may be opened again.
func (e *Engine) letGo(t *ticket, how EndKind) {
	if e.cutOff[t.who] == t.place.Seq {
		delete(e.cutOff, t.who)
	}
	for m := e.tickets.find(t.place.Seq); m != 0; m = e.tickets.at(m).mate {
		k := e.tickets.at(m)
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
	h := e.tickets.find(e.cutOff[f.Customer])
	if h == 0 || e.skills.demands[e.tickets.at(h).demand].channel != f.Channel {
		return 0
	}
	return h
}
