package engine

import (
	"fmt"
	"slices"
)

func (e *Engine) handle(c *Command) error {
	switch c.Kind {
	case Adopt:
		return e.adopt(c)
	case Arrive:
		return e.arrive(c)
	case Change:
		return e.change(c)
	case Leave:
		return e.leave(c)
	case SignIn:
		return e.signIn(c)
	case SignOut:
		return e.signOut(c)
	case Break:
		return e.goOnBreak(c)
	case Ready:
		return e.ready(c)
	case Accept:
		return e.accept(c)
	case Decline:
		return e.decline(c)
	case Finish:
		return e.finish(c)
	case Resume:
		e.emit(Event{Kind: Resumed})
		e.uncap() // what is due comes with the next Tick, but who is available must be known now
		return nil
	case Tick:
		return e.tick()
	case Link:
		return e.link(c)
	case Unlink:
		return e.unlink(c)
	case Hold:
		return e.hold(c)
	case Release:
		return e.releaseBy(c)
	case Lease:
		return e.leaseTo(c)
	case Lose:
		return e.lose(c)
	case Pull:
		return e.pull(c)
	case Transfer:
		return e.transfer(c)
	case Move:
		return e.move(c)
	case Close, Open:
		return e.close(c)
	case Depart:
		return e.depart(c)
	}
	return fmt.Errorf("%w: unknown command %d", ErrState, c.Kind)
}

func (e *Engine) adopt(c *Command) error {
	if e.policy != nil && e.policy.Hash == c.Policy.Hash {
		return nil
	}
	if err := e.fits(c.Policy); err != nil {
		return fmt.Errorf("adopt policy %s: %w", c.Policy.Name, err)
	}
	known := len(e.skills.demands)
	e.emit(Event{Kind: Adopted, Policy: c.Policy})
	e.tellDemands(known, 0)
	return nil
}

func (e *Engine) arrive(c *Command) error {
	if c.Key != (Key{}) {
		if id, ok := e.known[c.Key]; ok {
			return &DuplicateError{Ticket: id}
		}
	}
	if err := e.learn(c.Facts); err != nil {
		return fmt.Errorf("arrive: %w", err)
	}
	if len(e.cutOff) > 0 {
		if h := e.comesBack(&e.facts); h != 0 {
			e.emitReturn(h, c.Key)
			return nil
		}
	}
	if n := e.index.live + e.count.Held; n >= e.lineLen() {
		return fmt.Errorf("%w: %d tickets wait or are held", ErrLineFull, n)
	}
	late := e.policy.Channels[e.facts.Channel].Late
	if a := e.facts.Arrived; a == 0 || a > e.now {
		e.facts.Arrived = e.now
	} else {
		e.facts.Arrived = max(a, e.now.Add(-late))
	}
	class := e.classify()
	shut := e.tree.leaves[class].shut
	closed := e.policy.Channels[e.facts.Channel].Closed
	if shut && closed == ClosedRefuse {
		return fmt.Errorf("arrive: class %s: %w", e.policy.Classes[class].Name, ErrClosed)
	}
	if e.policy.Ask != nil || len(e.skills.demands) >= DemandsMax {
		if err := e.require(class, 0, 0); err != nil {
			return fmt.Errorf("arrive: %w", err)
		}
	}
	place := Place{Arrived: e.facts.Arrived, Seq: e.nextTicket}
	with := handle(0)
	if e.policy.Join != nil {
		with = e.partner(&e.facts)
		if old := e.reopened(&e.facts); with == 0 && old != 0 {
			place.Arrived = min(old, place.Arrived)
		}
	}
	later := e.facts.NotBefore
	ev := e.next(Arrived)
	ev.Ticket, ev.Key, ev.Facts, ev.Class, ev.Values = place.Seq, c.Key, &e.facts, class, e.values
	ev.From.Arrived, ev.From.Seq = place.Arrived, place.Seq
	e.happen(ev)
	if shut && closed == ClosedCallback {
		why := ByHours
		if e.lineShut {
			why = ByWish
		}
		e.emit(Event{Kind: CalledBack, Ticket: place.Seq, Why: why})
	}
	if with != 0 {
		e.settleJoin(place.Seq, with, later > e.now)
	}
	if later > e.now {
		e.emit(Event{Kind: Held, Ticket: place.Seq, Why: ByCallback, Until: min(later, e.now.Add(HoldMax))})
	}
	return nil
}

func (e *Engine) lineLen() int {
	if e.policy.LineLen > 0 {
		return min(e.policy.LineLen, LineLenMax)
	}
	return LineLenMax
}

// learn copies f into e.facts, its needs sorted and without repeats.
func (e *Engine) learn(f *Facts) error {
	if int(f.Channel) >= len(e.policy.Channels) || f.NeedsLen > NeedsMax {
		return fmt.Errorf("%w: channel %d, %d needs", ErrLimit, f.Channel, f.NeedsLen)
	}
	e.facts = *f
	e.facts.Given, e.facts.Only = 0, 0
	e.facts.sortNeeds()
	return nil
}

// sortNeeds sorts the needs in force, without repeats, and clears the others.
func (f *Facts) sortNeeds() {
	if f.NeedsLen == 0 {
		f.Needs = [NeedsMax]Word{}
		return
	}
	f.sortSome()
}

func (f *Facts) sortSome() {
	needs := f.Needs[:f.NeedsLen]
	if len(needs) > 1 {
		slices.Sort(needs)
		needs = slices.Compact(needs)
		f.NeedsLen = uint8(len(needs))
	}
	clear(f.Needs[len(needs):])
}

// classify asks the policy about e.facts: it returns the class, and leaves the numbers in e.values.
func (e *Engine) classify() ClassID {
	if e.policy.Values != nil {
		e.values = [ValuesMax]int64{}
		e.policy.Values(&e.facts, &e.values)
	}
	return e.policy.Classify(&e.facts)
}

func (e *Engine) change(c *Command) error {
	h := e.tickets.find(c.Ticket)
	if h == 0 {
		return fmt.Errorf("change ticket %d: %w", c.Ticket, ErrUnknownTicket)
	}
	t := e.tickets.at(h)
	if t.state == serving {
		return fmt.Errorf("change ticket %d: %w", c.Ticket, ErrInService)
	}
	if t.gone {
		return fmt.Errorf("change ticket %d: %w: the contact left", c.Ticket, ErrState)
	}
	if err := e.learn(c.Facts); err != nil {
		return fmt.Errorf("change ticket %d: %w", c.Ticket, err)
	}
	e.facts.Arrived = t.place.Arrived
	ev := Event{Kind: Changed, Ticket: c.Ticket, Facts: &e.facts}
	ev.Class = e.classify()
	ev.Values = e.values
	if err := e.require(ev.Class, 0, t.to); err != nil {
		return fmt.Errorf("change ticket %d: %w", c.Ticket, err)
	}
	if t.state == offered && !e.same(t) {
		e.withdraw(t.offer, ByChange, 0, 0)
	}
	e.emit(ev)
	return nil
}

// same reports whether t asks the same of an agent as e.facts.
func (e *Engine) same(t *ticket) bool {
	d := demandOf(&e.facts)
	return e.skills.demands[t.demand].equal(&d)
}

func (e *Engine) leave(c *Command) error {
	h := e.tickets.find(c.Ticket)
	if h == 0 {
		return fmt.Errorf("leave ticket %d: %w", c.Ticket, ErrUnknownTicket)
	}
	t := e.tickets.at(h)
	if t.gone {
		return nil
	}
	if t.state == serving && !e.accompanied(h) {
		return fmt.Errorf("leave ticket %d: %w", c.Ticket, ErrInService)
	}
	if t.called || e.main(t).state == held && e.main(t).why == ByHangUp {
		return nil // an agent calls back; or told before
	}
	if e.accompanied(h) {
		return e.leaveAlone(h, c)
	}
	grace := e.channel(t).Grace
	if t.state == offered {
		e.withdraw(t.offer, ByLeaving, 0, c.Reason)
	}
	if grace > 0 && e.channel(t).Live && t.state == waiting {
		m := e.main(t)
		e.emit(Event{Kind: Held, Ticket: m.place.Seq, Why: ByHangUp, Until: e.now.Add(grace), Reason: c.Reason,
			Attempt: uint32(m.tries)})
		return nil
	}
	e.end(t, Abandoned, c.Reason)
	return nil
}

// end ends the ticket of t, with all its contacts.
func (e *Engine) end(t *ticket, how EndKind, reason Word) {
	t = e.main(t)
	k := e.tickets.at(e.counting(e.tickets.find(t.place.Seq)))
	slips := k.slips[0]
	if k.indexed {
		slips = e.slips(k, e.tree.leaves[k.class], 0)
	}
	ev := e.next(Ended)
	ev.Ticket, ev.End, ev.Reason, ev.Class, ev.Slips = t.place.Seq, how, reason, k.class, uint32(slips)
	e.happen(ev)
}

// emitReturn lets a customer who was cut off have the old place; the new contact is another name of the ticket.
func (e *Engine) emitReturn(h handle, key Key) {
	e.emit(Event{Kind: Released, Ticket: e.tickets.at(h).place.Seq, Why: ByReturn, Key: key, From: e.tickets.at(h).place})
}

// tick lets happen what is due.
func (e *Engine) tick() error {
	for len(e.timers.heap) > 0 && e.timers.heap[0].at <= e.now && len(e.out) < EventsMax {
		switch next := e.timers.heap[0]; next.kind {
		case offerTimer:
			e.miss(next.ref, ByExpiry, 0)
		case wrapTimer:
			o := e.offers.at(next.ref)
			e.emit(Event{Kind: WrapEnded, Offer: o.id, Agent: e.agents.list[o.agent].name})
		case coolTimer:
			c := e.cools.slab[next.ref]
			e.emit(Event{Kind: Cooled, Ticket: e.tickets.at(c.ticket).place.Seq, Agent: e.agents.list[c.agent].name})
		case hoursTimer:
			e.turnHours(next.at)
		case ticketTimer:
			e.ring(next.ref)
		case limitTimer:
			e.emit(Event{Kind: Classified, Class: ClassID(next.ref), Why: ByRoom})
		case lossTimer:
			e.part(next.ref, ByLoss)
		case capTimer:
			e.emit(Event{Kind: Uncapped, Agent: e.agents.list[next.ref].name})
		}
	}
	return nil
}
