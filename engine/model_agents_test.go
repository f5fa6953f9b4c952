package engine

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"

	"pgregory.net/rapid"
)

// agentPolicies are policies that choose agents by every rule, keep them for some classes, and cap what they start.
func agentPolicies() (list []*Policy) {
	policy, all := policyOver, nodeOver
	keep := func(p *Policy) *Policy {
		p.Reserve = []Reserve{{Agents: 1, Skill: testSkills[0], For: []ClassID{0}}, {Agents: 2, Skill: testSkills[1], For: []ClassID{0, 1}}}
		return p
	}
	capped := func(p *Policy) *Policy {
		p.Caps = []Cap{{Starts: 1, Per: Minute, Classes: []ClassID{2, 3}}, {Starts: 2, Per: 40 * Second, Classes: []ClassID{0, 1, 2, 3}}}
		return p
	}
	for rule := LongestIdle; rule <= ByLot; rule++ {
		choose := func(p *Policy) *Policy {
			p.Channels[0].Handling, p.Channels[1].Handling = 10*Second, Minute
			p.Choose = Choice{Rule: rule, List: []AgentID{WordOf("cleo"), WordOf("ana")}, Seed: 7}
			return p
		}
		name := func(s string) string { return fmt.Sprint(rule, ", ", s) }
		list = append(list, choose(policy(name("arrival"), all(Arrival{}))),
			choose(interrupting(policy(name("interrupts"), all(Strict{})))),
			choose(keep(policy(name("reserve"), all(Arrival{}, Protection{Kind: OvertakenAtMost, Limit: []int64{2, 2, 1, 2}})))),
			choose(capped(policy(name("caps"), all(Arrival{}, Protection{Kind: OvertakenAtMost, Limit: []int64{2, 2, 1, 2}})))))
	}
	room := []Protection{{Kind: PassedByCapacityAtMost, Limit: []int64{1, 2, 2, 1}}}
	return append(list, keep(capped(policy("fenced", all(Strict{})))),
		keep(capped(demanding(policy("fenced, demanding", all(Strict{}, Protection{Kind: OvertakenAtMost, Limit: []int64{2, 2, 2, 4}}))))),
		keep(capped(interrupting(policy("fenced, interrupts", all(Arrival{}))))),
		keep(capped(limited(policy("fenced, limited", all(Strict{}))))),
		keep(policy("reserve, room", all(Strict{}, room...))), capped(policy("caps, room", all(Strict{}, room...))),
		keep(timed(policy("reserve, hours", all(Due{Target: []Duration{Second, Minute, Minute, Hour}},
			Protection{Kind: OvertakenOnlyWithin, Limit: []int64{None, int64(20 * Second), int64(10 * Second), 0}})))))
}

// mSpan is a time on duty with so many units in work.
type mSpan struct {
	length Duration
	units  int32
}

// elapse lets time pass: who is on duty is so for longer.
func (m *model) elapse(to Instant) {
	for _, a := range m.agents {
		if a.state == "on" && to > m.now {
			a.spans = append(a.spans, mSpan{to.Sub(m.now), a.used - m.ringing(a)})
		}
	}
	m.now = to
}

// ringing is what rings at an agent takes.
func (m *model) ringing(a *mAgent) (units int32) {
	for _, o := range m.offers {
		if o.agent == a && o.outcome == "pending" {
			units += o.took
		}
	}
	return units
}

// occupied are the nanoseconds worked, with the whole capacity, of those on duty. Sixteen hours become eight.
func (a *mAgent) occupied() (worked, duty *big.Int) {
	most, units := big.NewInt(int64(16*Hour)), new(big.Int)
	duty = new(big.Int)
	for _, s := range a.spans {
		for left := s.length; left > 0; {
			part := min(left, Duration(new(big.Int).Sub(most, duty).Int64()))
			left -= part
			duty.Add(duty, big.NewInt(int64(part)))
			if units.Add(units, new(big.Int).Mul(big.NewInt(int64(part)), big.NewInt(int64(s.units)))); duty.Cmp(most) == 0 {
				units.Rsh(units, 1)
				duty.Rsh(duty, 1)
			}
		}
	}
	return units.Div(units, big.NewInt(whole)), duty
}

// learn notes how long a piece of work took.
func (m *model) learn(o *mOffer, ev Event) {
	if m.rehearses {
		return
	}
	if o.aside {
		o.rested += ev.At.Sub(o.laid)
	}
	if o.agent.took == nil {
		o.agent.took = map[ChannelID][]Duration{}
	}
	c := o.ticket.facts.Channel
	o.agent.took[c] = append(o.agent.took[c], ev.Until.Sub(o.began)-o.rested)
}

// paceOf is the mean work of an agent on a channel, ten of the time that the policy expects with it.
func (m *model) paceOf(a *mAgent, c ChannelID) Duration {
	expected := m.policy.Channels[c].Handling
	if expected == 0 {
		expected = 5 * Minute
	}
	if a == nil {
		return expected
	}
	sum := 10 * expected
	for _, d := range a.took[c] {
		sum += d
	}
	return max(1, sum/Duration(10+len(a.took[c])))
}

func (m *model) chooseAgent(t *mTicket) *mAgent {
	var list []*mAgent
	for _, a := range m.agents {
		if m.asked(a, t) {
			list = append(list, a)
		}
	}
	return m.chosen(list, t)
}

// chosen is the one of several agents who is asked for a ticket.
func (m *model) chosen(list []*mAgent, t *mTicket) *mAgent {
	if len(list) == 0 {
		return nil
	}
	return slices.MinFunc(list, func(a, b *mAgent) int {
		return cmp.Or(m.preferred(a, b, t), cmp.Compare(a.since, b.since), cmp.Compare(a.order, b.order))
	})
}

func (m *model) preferred(a, b *mAgent, t *mTicket) int {
	switch p := m.policy.Choose; p.Rule {
	case LeastOccupied:
		w, d := a.occupied()
		v, e := b.occupied()
		return rational(w, d).Cmp(rational(v, e))
	case MostFreeCapacity:
		return cmp.Compare(a.used, b.used)
	case FullestFirst:
		return cmp.Compare(b.used, a.used)
	case FewestSkills:
		return cmp.Compare(len(a.profile.Skills), len(b.profile.Skills))
	case Fastest:
		return cmp.Compare(m.paceOf(a, t.facts.Channel), m.paceOf(b, t.facts.Channel))
	case OrderedList:
		at := func(name AgentID) int { return slices.Index(append(slices.Clone(p.List), name), name) }
		return cmp.Compare(at(a.name), at(b.name))
	case IdlenessRatio:
		return m.idler(b).Cmp(m.idler(a))
	case ByLot:
		lot := func(name AgentID) uint64 { return scramble(scramble(scramble(p.Seed)^m.number()) ^ uint64(name)) }
		return cmp.Compare(lot(a.name), lot(b.name))
	}
	return 0
}

func rational(w, d *big.Int) *big.Rat {
	if d.Sign() == 0 {
		return new(big.Rat)
	}
	return new(big.Rat).SetFrac(w, d)
}

// idler is the part of all idle agents who are like a, less the part of all on duty who are.
func (m *model) idler(a *mAgent) *big.Rat {
	var like, on, idleLike, idle int64
	for _, b := range m.agents {
		same := slices.Equal(a.profile.Skills, b.profile.Skills) && a.profile.Takes == b.profile.Takes
		if b.state != "on" {
			continue
		}
		on++
		if same {
			like++
		}
		if b.used == 0 && b.drain == 0 {
			idle++
			if same {
				idleLike++
			}
		}
	}
	r := big.NewRat(-like, on)
	if idle > 0 {
		r.Add(r, big.NewRat(idleLike, idle))
	} else {
		r.SetInt64(0) // nobody is
	}
	return r
}

// closedTo says why an agent may not take tickets of a class, though it could: kept for others, or it started enough.
func (m *model) closedTo(a *mAgent, c ClassID) Cause {
	switch {
	case a.used == 0 && !m.holdsAside(a) && m.kept(a, c):
		return ByReserve
	case m.capped(a, c):
		return ByCap
	}
	return 0
}

// kept reports whether a reserve keeps an agent from a class, when it has nothing in hand.
func (m *model) kept(a *mAgent, c ClassID) bool {
	for _, r := range m.policy.Reserve {
		free := 1
		for _, b := range m.agents {
			if b != a && b.state == "on" && b.drain == 0 && b.used == 0 && slices.Contains(b.profile.Skills, r.Skill) {
				free++
			}
		}
		if slices.Contains(a.profile.Skills, r.Skill) && free <= r.Agents && !slices.Contains(r.For, c) {
			return true
		}
	}
	return false
}

// holdsAside reports whether an agent has put work aside: it has something in hand then.
func (m *model) holdsAside(a *mAgent) bool {
	return slices.ContainsFunc(m.offers, func(o *mOffer) bool { return o.agent == a && o.aside && o.ticket.offer == o })
}

// capped reports whether an agent started as many tickets as some cap of a class grants.
func (m *model) capped(a *mAgent, c ClassID) bool {
	for _, l := range m.policy.Caps {
		n := 0
		for _, o := range m.offers {
			if o.agent == a && o.known && (o.outcome == "pending" || o.outcome == "started") && slices.Contains(l.Classes, o.class) &&
				o.at.Add(l.Per) > m.now {
				n++
			}
		}
		if slices.Contains(l.Classes, c) && n >= l.Starts {
			return true
		}
	}
	return false
}

// cappable reports whether some cap counts a class.
func (m *model) cappable(c ClassID) bool {
	return slices.ContainsFunc(m.policy.Caps, func(l Cap) bool { return slices.Contains(l.Classes, c) })
}

// forgetStarts forgets what the caps of the next policy are not told: what they do not count, and what is further back than the
// caps so far looked.
func (m *model) forgetStarts(next *Policy) {
	longest := Duration(0)
	for _, l := range m.policy.Caps {
		longest = max(longest, l.Per)
	}
	for _, o := range m.offers {
		counted := slices.ContainsFunc(next.Caps, func(l Cap) bool { return slices.Contains(l.Classes, o.class) })
		o.known = o.known && counted && o.at.Add(longest) > m.now
	}
}

// may reports whether an agent may be asked for a ticket, but that it may have missed it.
func (m *model) may(a *mAgent, t *mTicket) bool {
	return m.could(a, t) && (t.facts.Only == 0 || t.facts.Only == a.name) && m.closedTo(a, t.class) == 0
}

// withheld is why an agent who could serve a ticket may not be asked for it.
func (m *model) withheld(a *mAgent, t *mTicket) Cause {
	if t.facts.Only != 0 && t.facts.Only != a.name {
		return ByPreference
	}
	return m.closedTo(a, t.class)
}

// checkIdle compares who sits beside a ticket that it could serve, and why, with looking at everybody.
func (h *history) checkIdle(t *rapid.T) {
	var want [ByCap + 1]int64
	for _, a := range h.m.agents {
		var whys []Cause
		for _, k := range h.m.tickets {
			if n := h.m.takes(a, k); k.state != "waiting" || k.gone || h.m.off(k) || a.state != "on" || n == 0 || n > whole-a.used {
				continue
			}
			why := h.m.withheld(a, k)
			switch {
			case a.drain != 0:
				why = ByDrain
			case why == 0 && k.main().cool[a.name]:
				why = ByCoolOff
			}
			whys = append(whys, why)
		}
		for _, why := range []Cause{0, ByReserve, ByCap, ByDrain, ByPreference, ByCoolOff} {
			if slices.Contains(whys, why) {
				want[why]++
				break
			}
		}
	}
	if h.e.idle.agents != want || want[0] != 0 {
		t.Fatalf("beside tickets sit %v, by hand %v", h.e.idle.agents, want)
	}
}
