package engine

import "fmt"

// apply is the only place where the state changes. It decides nothing: whatever an event carries holds.
func (e *Engine) apply(ev *Event) {
	e.now = ev.At
	if e.forgot < len(e.forget) {
		e.forgetKeys()
	}
	if len(e.endings) > 0 {
		e.forgetEndings()
	}
	switch ev.Kind {
	case Adopted:
		e.applyAdopted(ev)
	case Arrived:
		e.applyArrived(ev)
	case Changed:
		e.applyChanged(ev)
	case Offered:
		e.applyOffered(ev)
	case Passed:
		e.applyPassed(ev)
	case Accepted:
		e.applyAccepted(ev)
	case Withdrawn:
		e.applyWithdrawn(ev)
	case Missed:
		e.overtaken += uint64(ev.Count)
		e.count.Overtakings += uint64(ev.Count)
		e.ledger = mix(mix(mix(e.ledger, uint64(ev.Offer)), uint64(ev.Rival)), uint64(ev.Count))
	case Returned:
		e.applyReturned(ev)
	case Finished:
		e.applyFinished(ev)
	case WrapEnded:
		e.applyWrapEnded(ev)
	case Cooled:
		e.applyCooled(ev)
	case Ended:
		e.applyEnded(ev)
	case SignedIn, SignedOut, OnBreak, Readied, Lost, Found:
		e.applyAgent(ev)
	default:
		e.applyLife(ev)
	}
	if e.watch != nil {
		e.watch()
	}
}

// applyLife is apply for what happens to tickets between their arrival and their end, but for offers.
func (e *Engine) applyLife(ev *Event) {
	switch ev.Kind {
	case Held:
		e.applyHeld(ev)
	case Released:
		e.applyReleased(ev)
	case Relaxed:
		e.applyRelaxed(ev)
	case Transferred:
		e.applyTransferred(ev)
	case Joined:
		e.applyJoined(ev)
	case Unlinked:
		e.applyUnlinked(ev)
	case Left:
		e.applyLeft(ev)
	case PutAside, TakenUp:
		e.applyAside(ev)
	case Drained, Undrained:
		e.applyDrain(ev)
	case Classified:
		e.applyClassified(ev)
	case Related, OverLimit: // notes
	case Spent:
		e.applySpent(ev)
	case CalledBack:
		e.applyCalledBack(ev)
	case Moved:
		e.applyMoved(ev)
	case Leased:
		e.agents.list[e.agents.find(ev.Agent)].lease = ev.Until.Sub(0)
	case Pulled: // the decision follows
	case Opened, Closed:
		e.applyHours(ev)
	case Uncapped:
		e.applyUncapped(ev)
	case Resumed:
		e.applyResumed()
	default:
		panic(fmt.Sprintf("engine: unknown event %d", ev.Kind))
	}
}

func (e *Engine) forgetKeys() {
	for e.forgot < len(e.forget) && e.forget[e.forgot].at <= e.now {
		delete(e.known, e.forget[e.forgot].key)
		e.forgot++
	}
	if e.forgot > 64 && e.forgot > len(e.forget)/2 {
		e.forget, e.forgot = e.forget[:copy(e.forget, e.forget[e.forgot:])], 0
	}
}

func (e *Engine) applyArrived(ev *Event) {
	h := e.tickets.add(ev.Ticket)
	e.nextTicket = ev.Ticket + 1
	t := e.tickets.at(h)
	t.id, t.state = ev.Key, waiting
	e.put(t, ev.From)
	e.describe(h, ev)
	if e.tree.shares > 0 {
		e.retag(h, &[SharesMax]keptTag{})
	}
	if e.policy.Join != nil {
		e.claim(t, ev.Facts)
	}
	if ev.Key != (Key{}) {
		e.known[ev.Key] = ev.Ticket
	}
	if e.policy.Ask != nil {
		e.relaxed(t)
	}
	t.loose = true
	e.loose = append(e.loose, loose{looseTicket, h})
	e.wait(h)
}

// put gives t a place.
func (e *Engine) put(t *ticket, p Place) { t.place, t.opened = p, e.policy.Clock.Opened(p.Arrived) }

// describe writes down what an event says of a ticket.
func (e *Engine) describe(h handle, ev *Event) {
	t, f := e.tickets.at(h), ev.Facts
	t.due, t.values, t.class, t.has, t.far = f.Due, ev.Values, ev.Class, f.Has, f.Overheard
	cut := t.state == held && t.why == ByHangUp
	if cut {
		e.uncut(t)
	}
	t.who, t.matter = f.Customer, f.Matter
	n := len(e.policy.Attrs)
	for len(e.attrs) < (int(h)+1)*n {
		e.attrs = append(e.attrs, 0)
	}
	attrs := e.attrs[int(h)*n:]
	for i := range n {
		attrs[i] = f.Attrs[i]
	}
	e.describeNeeds(t, f)
	if cut {
		e.cut(t)
	}
}

// describeNeeds writes down what t asks for from now on.
func (e *Engine) describeNeeds(t *ticket, f *Facts) {
	d := demandOf(f)
	if i := e.skills.find(&d); i >= 0 {
		t.demand = DemandID(i)
	} else {
		t.demand = e.skills.demand(d)
		e.agents.stale, e.agents.holds = true, len(e.skills.held) > 0
	}
	t.given, t.step, t.asked = f.Given, 0, e.now
}

// enter gives h a position in the index, by its place.
func (e *Engine) enter(h handle) {
	t, x := e.tickets.at(h), &e.index
	fresh := x.last(t.place)
	switch {
	case fresh && int(x.end) < len(x.slots):
		t.pos = x.push(h, t.place)
	case !x.insert(h, t.place, e.moved):
		e.layout(h)
	default:
		e.marks.top = max(e.marks.top, x.end) // marks may have moved
	}
	t.indexed = true
	if !fresh || t.attempt > 0 || t.slips != (slips{}) { // who comes back brings slips, though those who passed may be forgotten by now
		t.odd = e.takeIn(t)
	}
}

// exit takes t out of the index for good, or until it comes back.
func (e *Engine) exit(t *ticket) {
	e.index.remove(t.pos)
	t.indexed, t.odd = false, false
}

func (e *Engine) moveTo(h handle, pos int32) { e.tickets.at(h).pos = pos }

// register puts h, which has its position, into its register.
func (e *Engine) register(h handle) {
	t := e.tickets.at(h)
	l := e.tree.leaves[t.class]
	r := e.registerOf(l, t.demand)
	if r.heaped() {
		t.key = e.key(l.up, l.role, t)
	}
	r.enter(&e.tickets, h)
	if r.cells != nil {
		r.cells.enter(e, h)
	}
	t.listed = true
	l.n++
	t.odd = t.odd || t.next != 0 && e.outranked(t, l)
	if r.first == h || !r.steady {
		l.stir()
	}
	if t.odd {
		r.mark(&e.tickets, h)
	}
	if !l.open.has(int(t.demand)) {
		l.open.add(int(t.demand))
	}
}

// outranked reports whether t, which is in its register, stands before one there who was overtaken more often and is not odd:
// it came late, and what passed the other before the policy was adopted is in no column.
func (e *Engine) outranked(t *ticket, l *leaf) bool {
	next := t.next
	for next != 0 && e.tickets.at(next).odd {
		next = e.tickets.at(next).next
	}
	if next == 0 {
		return false
	}
	for i := range l.counters {
		if e.slips(e.tickets.at(next), l, i) > e.slips(t, l, i) {
			return true
		}
	}
	return false
}

// registerOf returns the register of a class and a demand, and makes it if need be.
func (e *Engine) registerOf(l *leaf, d DemandID) *register {
	if int(d) < len(l.regs) {
		if r := l.regs[d]; r != nil {
			return r
		}
	}
	return e.makeRegister(l, d)
}

func (e *Engine) makeRegister(l *leaf, d DemandID) *register {
	for int(d) >= len(l.regs) {
		l.regs = append(l.regs, nil)
	}
	r := &register{class: l.class, demand: d, steady: l.up.order.steady(l.role),
		fixed: l.up.fixed, role: l.role, waits: e.index.column()}
	draw, _ := l.up.order.(Draw)
	r.lots = draw.PerTicket
	if s := l.up.sharing; s != nil && s.spec.valued() && !s.spec.AtArrival {
		r.cells = &cells{node: l.up, role: l.role}
	}
	r.plainly = r.steady && r.fixed != nil && r.cells == nil && !r.lots
	l.regs[d] = r
	return r
}

// unregister takes h out of its register; it keeps its position.
func (e *Engine) unregister(h handle) {
	t := e.tickets.at(h)
	l := e.tree.leaves[t.class]
	r := l.regs[t.demand]
	if r.cells != nil {
		r.cells.leave(e, h)
	}
	if r.first == h || !r.steady {
		l.stir()
	}
	r.leave(&e.tickets, h)
	t.listed = false
	l.n--
	if r.n == 0 {
		l.open.drop(int(t.demand))
	}
}

func (e *Engine) applyChanged(ev *Event) {
	h := e.tickets.find(ev.Ticket)
	t := e.tickets.at(h)
	e.sum -= t.hash()
	asked, same := t.asked, e.asksAsBefore(t, ev.Facts)
	e.comeHome(t)
	e.redescribe(h, func() { e.describe(h, ev) })
	if same {
		t.asked = asked
	}
	e.own(t, &e.scratch)
	e.claim(t, &e.scratch)
	e.relaxed(t)
	e.wake(h)
	e.sum += t.hash()
}

// asksAsBefore reports whether t asked, before it was relaxed, for the same as f.
func (e *Engine) asksAsBefore(t *ticket, f *Facts) bool {
	e.own(t, &e.scratch)
	e.ask(&e.scratch, t.class, 0)
	return e.scratch.Needs == f.Needs && (t.to != 0 || e.scratch.Only == f.Only)
}

// redescribe lets do change the class or the demand of h and brings its slips and its register along.
func (e *Engine) redescribe(h handle, do func()) {
	t := e.tickets.at(h)
	listed := t.listed
	if listed {
		e.unregister(h)
	}
	old := e.tree.leaves[t.class].counters
	if t.indexed {
		e.takeOut(t, 0)
	}
	was, kept := t.slips, e.keepTags(h)
	do()
	e.retag(h, &kept)
	t.slips = slips{}
	for i, k := range e.tree.leaves[t.class].counters {
		for j, o := range old {
			if o == k {
				t.slips[i] = was[j]
			}
		}
	}
	if t.indexed {
		e.takeIn(t)
		t.odd = true
	}
	if listed {
		e.register(h)
	}
}

func (e *Engine) applyEnded(ev *Event) {
	h := e.headOf(e.tickets.find(ev.Ticket))
	t := e.tickets.at(h)
	switch t.state {
	case waiting:
		e.count.Waiting--
	case held:
		e.count.Held--
	}
	e.letGo(t, ev.End)
	for m := h; m != 0; {
		k := e.tickets.at(m)
		next := k.mate
		if !k.loose {
			e.sum -= k.hash()
		}
		if len(e.urgent) > 0 {
			e.unmove(k)
		}
		e.comeHome(k)
		e.rest(k)
		if k.state == waiting && !k.gone {
			e.unregister(m)
			e.exit(k)
		}
		e.forgetLater(k)
		if k.cools != 0 {
			e.dropCools(k)
		}
		e.tickets.drop(m)
		m = next
	}
}

// forgetLater lets the name of t be forgotten in a while.
func (e *Engine) forgetLater(t *ticket) {
	if t.id != (Key{}) {
		e.forget = append(e.forget, memory{key: t.id, at: e.now.Add(rememberFor)})
	}
}

func (e *Engine) dropCools(t *ticket) {
	for c := t.cools; c != 0; {
		k := &e.cools.slab[c]
		if k.active {
			e.timers.remove(k.timer)
			e.cools.end(c, &e.agents.list[k.agent])
		}
		e.cools.free = append(e.cools.free, c)
		c = k.nextT
	}
}

func (e *Engine) applyCooled(ev *Event) {
	t := e.tickets.at(e.tickets.find(ev.Ticket))
	n := e.agents.find(ev.Agent)
	c := e.cools.between(t, n)
	if pos := e.cools.slab[c].timer; pos >= 0 {
		e.timers.remove(pos)
	}
	e.cools.end(c, &e.agents.list[n])
}
