package engine

import (
	"fmt"
	"slices"
)

// fits reports whether p may be adopted: its shape is right, and it has a channel for everybody in the line.
func (e *Engine) fits(p *Policy) error {
	if err := p.check(); err != nil {
		return err
	}
	for _, d := range e.skills.demands {
		name := e.policy.Channels[d.channel].Name
		if p.channel(name) < 0 && e.index.live+e.count.Serving+e.count.Held > 0 {
			return fmt.Errorf("%w: it has no channel %q, and tickets of it may be waiting", ErrPolicy, name)
		}
	}
	return nil
}

func (p *Policy) channel(name string) int {
	return slices.IndexFunc(p.Channels, func(c Channel) bool { return c.Name == name })
}

// applyAdopted puts a policy in force. Everybody who waits is classified anew; places, offers and slips stay, the slips of
// a protection as long as a node of the same name has one of its kind. It costs O(tickets).
func (e *Engine) applyAdopted(ev *Event) {
	e.ledger = mix(e.ledger, uint64(ev.Policy.Hash[0])<<8|uint64(ev.Policy.Hash[1]))
	e.timed, e.values = timedPolicy(ev.Policy), [ValuesMax]int64{}
	if e.tree == nil {
		e.policy, e.tree = ev.Policy, newTree(ev.Policy)
		e.ruleAgents()
		e.startHours()
		return
	}
	e.endLimits()
	a := adoption{was: e.policy, old: e.tree, marks: e.marks, attrs: e.attrs}
	e.policy, e.tree, e.marks, e.index.columns = ev.Policy, newTree(ev.Policy), marks{}, nil
	a.plan = e.counterMap(a.old)
	e.freeze(a.old, a.plan)
	e.ruleAgents()
	e.startHours()
	e.keepWindows(a.old, a.was)
	e.retrain(a.was)
	e.attrs = make([]int64, len(e.tickets.slab)*len(e.policy.Attrs))
	for _, name := range e.policy.Attrs {
		a.names = append(a.names, slices.Index(a.was.Attrs, name))
	}
	clear(e.joins)
	clear(e.cutOff)
	e.adopting = true
	e.inherit(&a)
	e.inheritMemories(a.old, a.was)
	e.keepRinging(&a)
	for _, h := range e.index.slots[:e.index.end] {
		if h != 0 {
			e.carryIn(h, &a)
		}
	}
	for _, h := range e.outside() {
		e.carryOut(h, &a)
	}
	for i, x := range e.offers.ringing {
		e.offers.at(x).debts = a.debts[i]
	}
	e.reseat(a.was)
	e.adopting = false
}

// An adoption is what is known of the old policy while a new one takes its place.
type adoption struct {
	was   *Policy
	old   *tree
	marks marks
	attrs []int64
	names []int    // of each attribute now: which it was, or -1
	plan  []int    // see counterMap
	debts [][]debt // of each ringing offer, anew
	last  []int32  // positions of the ringing offers
	tags  []int64
	heirs []heir
}

// outside returns the tickets that are not in the index, by number.
func (e *Engine) outside() []handle {
	var list []handle
	for h := range e.tickets.slab {
		if t := &e.tickets.slab[h]; t.state != free && !t.indexed {
			list = append(list, handle(h))
		}
	}
	slices.SortFunc(list, func(a, b handle) int {
		return int(int64(e.tickets.at(a).place.Seq) - int64(e.tickets.at(b).place.Seq))
	})
	return list
}

// keepRinging marks the ringing offers for the new policy, and keeps what is noted with them of tickets out of the line.
func (e *Engine) keepRinging(a *adoption) {
	var f Facts
	for _, x := range e.offers.ringing {
		o := e.offers.at(x)
		t := e.tickets.at(o.ticket)
		e.translate(t, &f, a)
		e.mark(o, e.policy.Classify(&f))
		slices.SortStableFunc(o.debts, debt.compare) // everybody in the line asks for theirs
		var kept []debt
		for _, d := range o.debts {
			h := e.tickets.find(d.ticket)
			if to := a.plan[d.counter]; to >= 0 && h != 0 && !e.tickets.at(h).indexed {
				kept = append(kept, debt{ticket: d.ticket, counter: to, given: d.given})
			}
		}
		a.debts, a.last = append(a.debts, kept), append(a.last, t.pos)
	}
}

// translate puts what is known of t into f, as the new policy reads it, with no needs but its own.
func (e *Engine) translate(t *ticket, f *Facts, a *adoption) {
	*f = Facts{Arrived: t.place.Arrived, Overheard: t.far, Due: t.due, Customer: t.who, Matter: t.matter}
	e.ownNeeds(t, f)
	h := int(e.tickets.find(t.place.Seq)) * len(a.was.Attrs)
	for i, k := range a.names {
		if k >= 0 && t.has>>k&1 != 0 {
			f.Attrs[i] = a.attrs[h+k]
			f.Has |= 1 << i
		}
	}
}

// reclassify asks the new policy about h.
func (e *Engine) reclassify(h handle, a *adoption) {
	t, f := e.tickets.at(h), &e.facts
	e.translate(t, f, a)
	t.opened = e.policy.Clock.Opened(t.place.Arrived)
	t.class, t.home, t.has, t.values = e.policy.Classify(f), 0, f.Has, [ValuesMax]int64{}
	if e.policy.Values != nil {
		e.policy.Values(f, &t.values)
	}
	copy(e.attrs[int(h)*len(e.policy.Attrs):], f.Attrs[:len(e.policy.Attrs)])
	t.same = 0
	e.claim(t, f)
	e.reask(t, f)
}

// reask sets what t asks for under the policy in force, as if from the first step: the later ones come at once.
func (e *Engine) reask(t *ticket, f *Facts) {
	e.ask(f, t.class, 0)
	if t.to != 0 {
		f.Only = t.to
	}
	asked := t.asked
	e.describeNeeds(t, f)
	t.asked = asked
	e.relaxed(t)
}

// carryOut brings a ticket that is not in the line to the new policy.
func (e *Engine) carryOut(h handle, a *adoption) {
	t := e.tickets.at(h)
	e.sum -= t.hash()
	path, kept := a.old.leaves[t.class].counters, a.keepTagsOf(h, t, a.old.leaves[t.class])
	e.reclassify(h, a)
	e.retag(h, &kept)
	t.slips = carry(t.slips, path, e.tree.leaves[t.class].counters, a.plan)
	if t.state == held && t.why == ByHangUp {
		e.cut(t)
	}
	e.sum += t.hash()
}

// carryIn brings a ticket that is in the line to the new policy: it keeps its position. What it has counted of ringing
// offers is noted only where the new marks say otherwise.
func (e *Engine) carryIn(h handle, a *adoption) {
	t := e.tickets.at(h)
	e.sum -= t.hash()
	l, d := a.old.leaves[t.class], t.demand
	var s slips
	for i, k := range l.counters {
		s[i] = a.marks.count(k, d, t.pos) - l.excused.count(k, d, t.pos) - t.slips[i]
	}
	kept := a.keepTagsOf(h, t, l)
	e.reclassify(h, a)
	e.retag(h, &kept)
	now := e.tree.leaves[t.class]
	s = carry(s, l.counters, now.counters, a.plan)
	r := e.registerOf(now, t.demand)
	t.odd = r.rises(&s, len(now.counters))
	for i, k := range now.counters {
		t.slips[i] = e.passes(now, k, t.demand, t.pos) - s[i]
	}
	for i, x := range e.offers.ringing {
		if t.pos < a.last[i] || len(e.offers.at(x).debts) > 0 {
			e.carryDebts(t, i, x, l, d, a)
		}
	}
	t.listed, t.oddPos, t.heapPos, t.prev, t.next = false, -1, -1, 0, 0
	if t.state == waiting {
		e.register(h)
		e.wake(h)
	}
	e.sum += t.hash()
}

// carryDebts notes what t, which was of the old class l and demand d, has counted of the i-th ringing offer, x.
func (e *Engine) carryDebts(t *ticket, i int, x uint32, l *leaf, d DemandID, a *adoption) {
	o, now, before := e.offers.at(x), e.tree.leaves[t.class], t.pos < a.last[i]
	for _, k := range now.counters {
		given := int32(0)
		for _, was := range l.counters {
			if a.plan[was] != k {
				continue
			}
			if b, found := o.sortedDebt(t.place.Seq, was); found {
				given = b.given
			} else if before && a.marks.has(was, d, a.last[i]) && !l.excused.has(was, d, a.last[i]) {
				given = 1
			}
		}
		if has := before && e.passed(now, k, t.demand, a.last[i]); has != (given == 1) {
			a.debts[i] = append(a.debts[i], debt{ticket: t.place.Seq, counter: k, given: given})
			t.odd = true
		}
	}
}

// counterMap tells which new counter carries on each old one: the same of a node with the same name.
func (e *Engine) counterMap(old *tree) []int {
	names := func(t *tree) (list []string) {
		list = append(list, "")
		for _, n := range t.nodes {
			var nth [PassedByCapacityAtMost + 1]int // of each kind that counts: the others may come and go
			for i := range n.guards {
				if k := n.guards[i].Kind; n.guards[i].counter > 0 {
					list = append(list, fmt.Sprint(n.spec.Name, " ", k, " ", nth[k]))
					nth[k]++
				}
			}
		}
		return list
	}
	now := names(e.tree)
	var to []int
	for _, n := range names(old) {
		to = append(to, slices.Index(now, n))
	}
	return to
}

// retrain brings demands and profiles to the channels of the new policy.
func (e *Engine) retrain(was *Policy) {
	plan := make([]int, len(was.Channels))
	for i, c := range was.Channels {
		plan[i] = e.policy.channel(c.Name)
	}
	for i := range e.skills.demands {
		d := &e.skills.demands[i]
		d.channel = ChannelID(max(0, plan[d.channel]))
	}
	for n := range e.agents.list {
		if n > 0 {
			e.agents.unseat(uint32(n))
		}
	}
	for _, p := range e.skills.profiles {
		p.takes = retake(p.takes, was, e.policy, plan)
		p.bench = nil
		for i, d := range e.skills.demands {
			p.cost[i] = p.serves(d)
		}
	}
}

// reseat lets every agent wait for what the new policy lets it take, when all tickets ask for what they ask now.
func (e *Engine) reseat(was *Policy) {
	for n := range e.agents.list {
		if n > 0 {
			e.sum -= e.agents.list[n].hash()
			e.regard(uint32(n), was)
			e.reprice(uint32(n))
			e.agents.seat(uint32(n), &e.skills)
			e.sum += e.agents.list[n].hash()
		}
	}
}

// ruleAgents compiles what the policy says of agents.
func (e *Engine) ruleAgents() {
	e.agents.fences, e.agents.ranks, e.agents.folds = fenced(e.policy), ranked(e.policy.Choose.List), folded(e.policy)
	e.agents.stale = true
}

// regard brings what is known of agent n to the policy in force: its paces by the names of the channels.
func (e *Engine) regard(n uint32, was *Policy) {
	a := &e.agents.list[n]
	a.folds = e.agents.folds
	if old := a.paces; old != nil {
		a.paces = make([]pace, ChannelsMax)
		for from, c := range was.Channels {
			if to := e.policy.channel(c.Name); to >= 0 {
				a.paces[to] = old[from]
			}
		}
	}
	for _, x := range a.offers {
		o := e.offers.at(x)
		e.sum -= o.hash()
		o.paced = a.folds&foldPace != 0
		e.sum += o.hash()
	}
	e.keepStarts(n, was)
}

// retake maps what an agent takes at once: who took what the policy said does so again, others keep their own numbers.
func retake(takes [ChannelsMax]uint8, was, now *Policy, plan []int) (to [ChannelsMax]uint8) {
	if takes == was.Takes() {
		return now.Takes()
	}
	for i, c := range plan {
		if c >= 0 {
			to[c] = takes[i]
		}
	}
	return to
}

// Takes returns what an agent who serves every channel takes at once.
func (p *Policy) Takes() (takes [ChannelsMax]uint8) {
	for i, c := range p.Channels {
		takes[i] = uint8(c.Takes)
	}
	return takes
}

// carry brings slips counted by the counters from over to the counters to.
func carry(s slips, from, to, plan []int) (now slips) {
	for i, k := range from {
		if j := slices.Index(to, plan[k]); j >= 0 {
			now[j] = s[i]
		}
	}
	return now
}
