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

// applyAdopted puts a policy in force. Everybody who waits is classified anew; arrivals, offers, and slips stay, the
// slips of a protection as long as a node of the same name has one.
func (e *Engine) applyAdopted(ev *Event) {
	old, was := e.tree, e.policy
	e.ledger = mix(e.ledger, uint64(ev.Policy.Hash[0])<<8|uint64(ev.Policy.Hash[1]))
	e.timed = timedPolicy(ev.Policy)
	if old == nil {
		e.policy, e.tree = ev.Policy, newTree(ev.Policy)
		e.startHours()
		return
	}
	all := e.everybody()
	for _, h := range all {
		t := e.tickets.at(h)
		e.sum -= t.hash()
		if t.listed {
			e.unregister(h)
		}
		if t.indexed {
			e.takeOut(t, 0)
		}
	}
	e.endLimits()
	e.policy, e.tree = ev.Policy, newTree(ev.Policy)
	plan := e.counterMap(old)
	e.freeze(old, plan)
	e.startHours()
	e.keepWindows(old, was)
	e.retrain(was)
	e.reclassify(all, was, old, plan)
	e.restore(all)
	for _, h := range all {
		e.sum += e.tickets.at(h).hash()
	}
}

// everybody returns all tickets by number.
func (e *Engine) everybody() []handle {
	var all []handle
	for h := range e.tickets.slab {
		if e.tickets.slab[h].state != free {
			all = append(all, handle(h))
		}
	}
	slices.SortFunc(all, func(a, b handle) int {
		return int(int64(e.tickets.at(a).place.Seq) - int64(e.tickets.at(b).place.Seq))
	})
	return all
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
			e.sum -= e.agents.list[n].hash()
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
	for n := range e.agents.list {
		if n > 0 {
			e.agents.seat(uint32(n), &e.skills)
			e.sum += e.agents.list[n].hash()
		}
	}
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

// reclassify asks the new policy about everybody.
func (e *Engine) reclassify(all []handle, was *Policy, old *tree, counters []int) {
	attrs, n := e.attrs, len(was.Attrs)
	clear(e.joins)
	e.attrs = make([]int64, len(e.tickets.slab)*len(e.policy.Attrs))
	for _, h := range all {
		t := e.tickets.at(h)
		f := Facts{Arrived: t.place.Arrived, Overheard: t.far, Due: t.due, Customer: t.who, Matter: t.matter}
		e.ownNeeds(t, &f)
		for i, name := range e.policy.Attrs {
			if k := slices.Index(was.Attrs, name); k >= 0 && t.has>>k&1 != 0 {
				f.Attrs[i] = attrs[int(h)*n+k]
				f.Has |= 1 << i
			}
		}
		t.opened = e.policy.Clock.Opened(t.place.Arrived)
		t.home = 0
		path := old.leaves[t.class].counters
		t.class, t.has, t.values = e.policy.Classify(&f), f.Has, [ValuesMax]int64{}
		if e.policy.Values != nil {
			e.policy.Values(&f, &t.values)
		}
		copy(e.attrs[int(h)*len(e.policy.Attrs):], f.Attrs[:len(e.policy.Attrs)])
		t.same = 0
		e.claim(t, &f)
		e.reask(t, &f)
		t.slips = carry(t.slips, path, e.tree.leaves[t.class].counters, counters)
	}
	for _, x := range e.offers.ringing {
		o := e.offers.at(x)
		for i := range o.debts {
			o.debts[i].counter = counters[o.debts[i].counter]
		}
		o.debts = slices.DeleteFunc(o.debts, func(d debt) bool { return d.counter < 0 })
	}
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

// carry brings slips counted by the counters from over to the counters to.
func carry(s slips, from, to, plan []int) (now slips) {
	for i, k := range from {
		if j := slices.Index(to, plan[k]); j >= 0 {
			now[j] = s[i]
		}
	}
	return now
}

// restore puts everybody who waits or is under offer back into an index without marks.
func (e *Engine) restore(all []handle) {
	e.index, e.marks = index{}, marks{}
	order := e.order[:0]
	for _, h := range all {
		if t := e.tickets.at(h); !t.gone && (t.state == waiting || t.state == offered) {
			order = append(order, h)
		}
	}
	slices.SortFunc(order, func(a, b handle) int {
		if e.tickets.at(a).place.Before(e.tickets.at(b).place) {
			return -1
		}
		return 1
	})
	e.order = order
	e.index.layout(order, func(h handle) Place { return e.tickets.at(h).place })
	for pos, h := range e.index.slots[:e.index.end] {
		if h != 0 {
			e.tickets.at(h).pos = int32(pos)
		}
	}
	for _, h := range order {
		t := e.tickets.at(h)
		t.odd = e.takeIn(t)
		if t.state == waiting {
			e.register(h)
			e.wake(h)
		}
	}
}
