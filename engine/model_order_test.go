package engine

import (
	"cmp"
	"fmt"
	"maps"
	"math/big"
	"slices"

	"pgregory.net/rapid"
)

func rat(a, b int64) *big.Rat { return big.NewRat(a, b) }

// compare says which of two tickets the order of n wants first.
func (m *model) compare(n *node, a, b *mTicket) int {
	if n.fixed != nil {
		return cmp.Compare(m.key(n, a), m.key(n, b))
	}
	if _, ok := n.order.(Draw); ok {
		return cmp.Compare(m.lot(n, a), m.lot(n, b))
	}
	return m.rank(n, a).Cmp(m.rank(n, b))
}

// rank is the rank of t under a moving order, by its formula.
func (m *model) rank(n *node, t *mTicket) *big.Rat {
	k := m.role(n, t)
	wait := int64(m.waited(t, m.now))
	switch o := n.order.(type) {
	case Accumulate:
		return rat(-o.Rate[k]*wait, 1)
	case Cost:
		x := rat(wait, int64(o.Per))
		if o.Queue {
			x = rat(m.queue(n, k), 1)
		}
		slope := rat(o.Weight[k]*int64(o.Power[k]), int64(m.pace(t)))
		for range o.Power[k] - 1 {
			slope.Mul(slope, x)
		}
		return slope.Neg(slope)
	case WaitingMix:
		all := int64(0)
		for i := range n.members {
			all += m.queue(n, i)
		}
		return rat(o.Percent[k]*all-100*m.queue(n, k), 100)
	case Share:
		return m.start(n, t)
	}
	panic(n.order.Name())
}

// pace is how long whoever would be asked for t is expected to work.
func (m *model) pace(t *mTicket) Duration { return m.paceOf(m.chooseAgent(t), t.facts.Channel) }

// number is that of the offer that is decided on.
func (m *model) number() uint64 {
	if len(m.offers) > 0 && m.deciding == 0 {
		return uint64(m.offers[len(m.offers)-1].id) + 1
	}
	return uint64(m.deciding)
}

// lot is what the member of n that t stands under draws at the next decision.
func (m *model) lot(n *node, t *mTicket) int64 {
	o := n.order.(Draw)
	k := m.role(n, t)
	who := uint64(k)
	if o.PerTicket {
		who = uint64(t.id)
	}
	return raceTime(scramble(scramble(scramble(scramble(o.Seed)^uint64(n.id))^who)^m.number())) / o.Weight[k]
}

func (m *model) queue(n *node, k int) (count int64) {
	for _, t := range m.tickets {
		if m.below(n, t) && m.role(n, t) == k && t.state == "waiting" && !t.gone && t.counts && !m.off(t) {
			count++
		}
	}
	return count
}

// heads leaves of tickets of one class who are alike for any agent, and of one flow, the first, where the order below n takes
// them as they came.
func (m *model) heads(n *node, list []*mTicket) []*mTicket {
	s := m.shares[n.spec.Name]
	if celled := s != nil && s.spec.Weight == nil && !s.spec.AtArrival; !celled && !n.order.steady(m.role(n, list[0])) {
		return list
	}
	alike := func(a, b *mTicket) bool {
		return a.facts.Channel == b.facts.Channel && a.facts.Only == b.facts.Only && a.facts.NeedsLen == b.facts.NeedsLen &&
			a.facts.Needs == b.facts.Needs && (s == nil || s.value(m.role(n, a), a) == s.value(m.role(n, b), b))
	}
	var heads []*mTicket
	for _, a := range list {
		if !slices.ContainsFunc(list, func(b *mTicket) bool { return alike(a, b) && b.place.Before(a.place) }) {
			heads = append(heads, a)
		}
	}
	return heads
}

// An mShare is what a Share remembers, in fractions, in charges of a flow of weight 1.
type mShare struct {
	spec    Share
	members []string
	times   map[string]*big.Rat // of each member
	since   map[string]*big.Rat
	finish  map[int64]*big.Rat
	tags    map[TicketID]mTag
	charges map[OfferID]mCharge
}

type mTag struct {
	value int64
	place Place
	at    *big.Rat
}

type mCharge struct {
	offer  *mOffer
	value  int64
	weight int64
	worth  int64
}

func (s *mShare) value(k int, t *mTicket) int64 {
	switch {
	case s.spec.Customer:
		return int64(t.facts.Customer)
	case s.spec.By > 0:
		return t.values[s.spec.By-1]
	}
	return int64(k) + 1
}

func (s *mShare) weight(k int, t *mTicket) int64 {
	if s.spec.Weight == nil {
		return 1
	}
	return s.spec.Weight[k]
}

func (s *mShare) finished(value int64) *big.Rat {
	if f := s.finish[value]; f != nil {
		return f
	}
	return rat(0, 1)
}

func (s *mShare) flowless(value int64) bool { return value == 0 && s.spec.Unknown == UnknownAlone }

func later(a, b *big.Rat) *big.Rat {
	if a.Cmp(b) > 0 {
		return a
	}
	return b
}

func (m *model) start(n *node, t *mTicket) *big.Rat {
	s := m.shares[n.spec.Name]
	tag := s.tags[t.id].at
	if s.spec.AtArrival {
		return tag
	}
	return later(later(tag, s.since[s.members[m.role(n, t)]]), s.finished(s.value(m.role(n, t), t)))
}

// bookkeep brings what shares, budgets and least shares remember up to an event that was followed.
func (m *model) bookkeep(t *rapid.T, ev Event) {
	switch ev.Kind {
	case Adopted:
		m.adoptShares()
		m.seen = map[ClassID][]Facts{}
	case Opened:
		m.opensShares(ev)
	case Released:
		m.resumesShares(m.ticket(ev.Ticket))
	case Accepted:
		m.stands(m.offer(ev.Offer))
	case Offered:
		m.chargeBy(m.offers[len(m.offers)-1])
	case Spent:
		key := m.guardKey(m.tree.nodes[ev.Node], int(ev.Guard))
		if i := slices.Index(m.spends, key); i < 0 {
			t.Fatalf("offer %d is charged to the budget %s, want %v", ev.Offer, key, m.spends)
		} else {
			m.spends = slices.Delete(m.spends, i, i+1)
			m.offer(ev.Offer).spent[key] = true
		}
	}
	if ev.Kind != Offered && ev.Kind != Passed && ev.Kind != Spent && len(m.spends) > 0 {
		t.Fatalf("an offer before %s is charged to too few budgets, also %v", eventForms[ev.Kind].name, m.spends)
	}
	m.settle(ev)
	m.see()
	for _, n := range m.tree.nodes {
		if s := m.shares[n.spec.Name]; s != nil {
			m.retag(n, s, ev.Kind)
		}
	}
}

// retag gives those a tag who come to n now: who are new there, in another flow, or at another place.
func (m *model) retag(n *node, s *mShare, kind EventKind) {
	for id := range s.tags {
		if t := m.ticket(id); t == nil || !m.below(n, t) {
			delete(s.tags, id)
		}
	}
	for _, t := range m.byLine() {
		if !m.below(n, t) {
			continue
		}
		value := s.value(m.role(n, t), t)
		tag, ok := s.tags[t.id]
		if ok && tag.value == value && tag.place == t.place {
			continue
		}
		if kind != Adopted {
			m.perhapsRenew(n, s, t, tag.place != t.place || kind == Transferred)
		}
		s.tags[t.id] = mTag{value, t.place, m.newTag(n, s, t, value)}
	}
}

// byLine are those in the line by place, and then the others by number.
func (m *model) byLine() []*mTicket {
	inLine := func(t *mTicket) int {
		if (t.state == "waiting" || t.state == "ringing") && !t.gone {
			return 0
		}
		return 1
	}
	return slices.SortedFunc(slices.Values(m.tickets), func(a, b *mTicket) int {
		if d := cmp.Compare(inLine(a), inLine(b)); d != 0 || inLine(a) == 1 {
			return cmp.Or(d, cmp.Compare(a.id, b.id))
		}
		return byPlace(a, b)
	})
}

func (m *model) newTag(n *node, s *mShare, t *mTicket, value int64) *big.Rat {
	now := s.times[s.members[m.role(n, t)]]
	if !s.spec.AtArrival {
		return now
	}
	turn := rat(1, s.weight(m.role(n, t), t))
	if s.flowless(value) {
		return later(now, turn)
	}
	s.finish[value] = later(now, turn.Add(turn, s.finished(value)))
	return s.finish[value]
}

// perhapsRenew begins a busy period where nobody else waits below n and nothing is open.
func (m *model) perhapsRenew(n *node, s *mShare, t *mTicket, alone bool) {
	if s.spec.AtArrival || len(s.charges) > 0 || slices.ContainsFunc(m.tickets, func(a *mTicket) bool {
		return a != t && !(alone && a.main() == t.main()) && m.below(n, a) && a.state == "waiting" && !a.gone
	}) {
		return
	}
	now := rat(0, 1)
	for _, f := range s.times {
		now = later(now, f)
	}
	for _, f := range s.finish {
		now = later(now, f)
	}
	for name := range s.times {
		s.times[name] = now
	}
	clear(s.finish)
}

// chargeBy charges an offer as it is made.
func (m *model) chargeBy(o *mOffer) {
	for _, n := range m.tree.nodes {
		s := m.shares[n.spec.Name]
		if s == nil || !m.below(n, o.ticket) {
			continue
		}
		k := m.role(n, o.ticket)
		start := m.start(n, o.ticket)
		c := mCharge{offer: o, value: s.value(k, o.ticket), weight: s.weight(k, o.ticket), worth: 1}
		if s.spec.Minutes {
			c.worth = int64(m.handling(o.ticket) / Millisecond)
		}
		m.advance(n, s, o, start)
		if !s.spec.AtArrival && !s.flowless(c.value) {
			s.finish[c.value] = new(big.Rat).Add(start, rat(c.worth, c.weight))
		}
		s.charges[o.id] = c
	}
	m.eachMemory(func(n *node, g *guard, key string) {
		if g.Kind == MinShare && m.below(n, o.ticket) && !g.except[o.ticket.class] {
			o.parts[key] = 1
			if g.Minutes {
				o.parts[key] = int64(m.handling(o.ticket) / Millisecond)
			}
		}
	})
}

func (m *model) handling(t *mTicket) Duration {
	if d := m.policy.Channels[t.facts.Channel].Handling; d > 0 {
		return d
	}
	return handlingElse
}

// settle ends the charges of offers that failed or whose work is out of hand.
func (m *model) settle(ev Event) {
	over := map[OfferID]int64{} // how long it took
	for _, o := range m.offers {
		switch {
		case o.outcome == "failed" || o.outcome == "left":
			over[o.id] = -1
		case o.outcome == "started" && o.ticket.offer != o && o.since != None:
			over[o.id] = int64(m.worked(o, ev) / Millisecond)
			for key := range o.parts {
				if key[len(key)-1] == 'm' && !m.rehearses {
					o.parts[key] = max(1, over[o.id])
				}
			}
			o.since = None
		}
	}
	for _, s := range m.shares {
		for id, took := range over {
			c, ok := s.charges[id]
			if !ok {
				continue
			}
			worth := int64(0)
			switch {
			case m.rehearses && ev.Kind == Finished:
				worth = c.worth
			case s.spec.Minutes && took > 0:
				worth = took
			case !s.spec.Minutes && took >= 0 && ev.Kind == Finished:
				worth = 1
			}
			delete(s.charges, id)
			if !s.spec.AtArrival && !s.flowless(c.value) {
				f := new(big.Rat).Add(s.finished(c.value), rat(worth-c.worth, c.weight))
				s.finish[c.value] = later(f, rat(0, 1))
			}
		}
	}
}

// worked is how long o was in hand, with the wrap-up and without the time it was put aside.
func (m *model) worked(o *mOffer, ev Event) Duration {
	until := ev.At
	if ev.Kind == Finished {
		until = ev.Until
	}
	rested := o.rested
	if o.aside {
		rested += ev.At.Sub(o.laid)
	}
	return max(0, until.Sub(o.since)-rested)
}

// adoptShares keeps what Shares of the same name remember that charge the same and tell flows apart by the same.
func (m *model) adoptShares() {
	old := m.shares
	m.shares = map[string]*mShare{}
	for _, n := range m.tree.nodes {
		o, ok := n.order.(Share)
		if !ok {
			continue
		}
		s := &mShare{spec: o, times: map[string]*big.Rat{}, since: map[string]*big.Rat{}, finish: map[int64]*big.Rat{}, tags: map[TicketID]mTag{}, charges: map[OfferID]mCharge{}}
		for _, b := range n.members {
			if b.group != nil {
				s.members = append(s.members, "group "+b.group.spec.Name)
			} else {
				s.members = append(s.members, m.policy.Classes[b.leaf.class].Name)
			}
		}
		if was := old[n.spec.Name]; was != nil && was.spec.Minutes == o.Minutes && was.spec.AtArrival == o.AtArrival &&
			(was.spec.Weight == nil) == (o.Weight == nil) && was.spec.Field == o.Field && was.spec.Customer == o.Customer {
			s.goOn(was)
		}
		for _, name := range s.members {
			if s.times[name] == nil {
				s.times[name] = rat(0, 1)
			}
			if s.since[name] == nil {
				s.since[name] = rat(0, 1)
			}
		}
		m.shares[n.spec.Name] = s
	}
	kept := map[string]bool{}
	m.eachMemory(func(_ *node, _ *guard, key string) { kept[key] = true })
	for _, o := range m.offers {
		forgotten := func(key string) bool { return !kept[key] }
		maps.DeleteFunc(o.spent, func(key string, _ bool) bool { return forgotten(key) })
		maps.DeleteFunc(o.inTurn, func(key string, _ bool) bool { return forgotten(key) })
		maps.DeleteFunc(o.parts, func(key string, _ int64) bool { return forgotten(key) })
	}
}

func (s *mShare) goOn(was *mShare) {
	now := func(value int64) (int64, bool) {
		if s.spec.Weight == nil {
			return value, true
		}
		i := slices.Index(s.members, was.members[value-1])
		return int64(i) + 1, i >= 0
	}
	most := rat(0, 1)
	for _, f := range was.times {
		most = later(most, f)
	}
	for _, name := range s.members {
		s.times[name], s.since[name] = most, was.since[name]
		if was.times[name] != nil {
			s.times[name] = was.times[name]
		}
	}
	for value, f := range was.finish {
		if v, ok := now(value); ok {
			s.finish[v] = f
		}
	}
	for id, c := range was.charges {
		if v, ok := now(c.value); ok {
			c.value = v
			s.charges[id] = c
		}
	}
	for id, tag := range was.tags {
		if v, ok := now(tag.value); ok {
			tag.value = v
			s.tags[id] = tag
		}
	}
}

// eachMemory calls do for each budget and least share, with the name by which it survives adoptions.
func (m *model) eachMemory(do func(n *node, g *guard, key string)) {
	for _, n := range m.tree.nodes {
		for i := range n.guards {
			if g := &n.guards[i]; g.Kind == Budget || g.Kind == MinShare {
				do(n, g, m.guardKey(n, i))
			}
		}
	}
}

func (m *model) guardKey(n *node, i int) string {
	nth := 0
	for _, g := range n.guards[:i] {
		if g.Kind == n.guards[i].Kind && g.Minutes == n.guards[i].Minutes {
			nth++
		}
	}
	return fmt.Sprint(n.spec.Name, " ", n.guards[i].Kind, " ", nth, map[bool]string{true: " m", false: " t"}[n.guards[i].Minutes])
}

// outOfTurn names the budgets of nodes in which o goes before an earlier ticket that its agent could have been offered.
func (m *model) outOfTurn(o *mOffer) (keys []string) {
	o.spent, o.inTurn, o.parts = map[string]bool{}, map[string]bool{}, map[string]int64{}
	m.eachMemory(func(n *node, g *guard, key string) {
		if g.Kind != Budget || !m.below(n, o.ticket) || g.except[o.ticket.class] {
			return
		}
		if slices.ContainsFunc(m.pullable(o.agent), func(a *mTicket) bool {
			return a.main() != o.ticket.main() && m.below(n, a) && a.place.Before(o.ticket.place)
		}) {
			keys = append(keys, key)
		}
	})
	return keys
}

// stands notes an offer that became a start.
func (m *model) stands(o *mOffer) {
	o.since = m.now
	m.eachMemory(func(n *node, g *guard, key string) {
		l := m.tree.leaves[o.class]
		if g.Kind == Budget && !o.spent[key] && slices.Contains(n.classes, l.class) && !g.except[l.class] {
			o.inTurn[key] = true
		}
	})
}

// remembered reports whether a protection wants t next, or one before it, for what it remembers.
func (m *model) remembered(n *node, g *guard, t *mTicket) bool {
	i := slices.IndexFunc(n.guards, func(o guard) bool { return o.number == g.number })
	key := m.guardKey(n, i)
	if g.Kind == Budget {
		inTurn := int64(0)
		for _, o := range slices.Backward(m.offers) {
			switch {
			case o.spent[key] && (o.outcome == "pending" || o.outcome == "started"):
				return inTurn < g.Every-1
			case o.inTurn[key]:
				inTurn++
			}
		}
		return false
	}
	for _, p := range g.Parts {
		if !slices.Contains(p.Classes, t.class) {
			continue
		}
		got, all := int64(0), int64(0)
		for _, o := range m.offers {
			worth, ok := o.parts[key]
			if !ok || o.outcome != "pending" && o.outcome != "started" || m.policy.Clock.Opened(o.at)+g.Over <= m.policy.Clock.Opened(m.now) {
				continue
			}
			all += worth
			if slices.Contains(p.Classes, o.class) {
				got += worth
			}
		}
		next := int64(1)
		if g.Minutes {
			next = int64(m.handling(t) / Millisecond)
		}
		return 100*got < p.Percent*(all+next)
	}
	return false
}
