package engine

import (
	"cmp"
	"fmt"
	"slices"

	"pgregory.net/rapid"
)

// The model is a line too dumb to be wrong: it keeps everything in lists, remembers each overtaking as a pair, and looks
// at all tickets for each decision. It follows the engine's events and says for each what it should have been.

type mTicket struct {
	id      TicketID
	place   Place
	class   ClassID
	facts   Facts
	values  [ValuesMax]int64
	state   string // waiting ringing serving held
	until   Instant
	why     Cause
	tries   int
	to      AgentID  // whom it was transferred to
	head    *mTicket // the ticket it is a contact of; nil: it is one
	gone    bool
	counts  bool
	rang    OfferID
	offers  uint32 // a ticket's
	offer   *mOffer
	misses  []AgentID         // who missed it, ever
	cool    map[AgentID]bool  // who may not be asked
	hits    map[int][]*mOffer // by counter: the offers that passed it
	attempt uint32
}

type mOffer struct {
	id      OfferID
	ticket  *mTicket
	agent   *mAgent
	had     int32
	took    int32
	outcome string // pending started failed left
	class   ClassID
	aside   bool    // its room is given to another
	began   Instant // of the work
	rested  Duration
	laid    Instant
	known   bool // to the caps of the policy
	stamped bool // counts against the limit of its class
	at      Instant
	until   Instant
	since   Instant         // its acceptance
	spent   map[string]bool // budgets it is charged to
	inTurn  map[string]bool // budgets that count it
	parts   map[string]int64
}

// mPair says that by passed ticket; when the ticket was ringing then, under is its offer.
type mPair struct {
	ticket *mTicket
	by     *mOffer
	under  *mOffer
}

type mAgent struct {
	name    AgentID
	order   int
	profile Profile
	state   string // on off break lost
	was     string
	drain   TicketID
	since   Instant
	used    int32
	full    bool // it has more in hand than its profile says now
	missed  int
	spans   []mSpan                  // its time on duty
	took    map[ChannelID][]Duration // what it served, how long
}

type model struct {
	policy    *Policy
	tree      *tree // only for the numbering of nodes and counters
	now       Instant
	tickets   []*mTicket
	agents    []*mAgent
	offers    []*mOffer
	pairs     []*mPair
	ends      map[TicketID]EndKind
	entered   uint64                             // pairs in the ledger's events
	demand    func(DemandID) (ChannelID, []Word) // the engine's numbering
	only      func(DemandID) AgentID
	closed    map[ClassID]bool // by its hours
	shut      bool             // the whole line
	urgent    []TicketID
	alarms    int
	urgency   *mTicket // for whom work is being put aside
	shares    map[string]*mShare
	seen      map[ClassID][]Facts // what was asked for in each class since the adoption
	rehearses bool                // work takes what is expected
	deciding  OfferID             // while a decision is looked at
	spends    []string            // budgets that the last offer is to be charged to
}

func (m *model) ticket(id TicketID) *mTicket {
	for _, t := range m.tickets {
		if t.id == id {
			return t
		}
	}
	return nil
}

func (m *model) agent(name AgentID) *mAgent {
	for _, a := range m.agents {
		if a.name == name {
			return a
		}
	}
	return nil
}

// someone is an agent, or one who can do nothing.
func (m *model) someone(name AgentID) *mAgent {
	if a := m.agent(name); a != nil {
		return a
	}
	return &mAgent{name: name, state: "off"}
}

func (m *model) takes(a *mAgent, t *mTicket) int32 {
	n := a.profile.Takes[t.facts.Channel]
	if n == 0 {
		return 0
	}
	for _, s := range t.facts.Needs[:t.facts.NeedsLen] {
		if !slices.Contains(a.profile.Skills, s) {
			return 0
		}
	}
	return whole / int32(n)
}

func (m *model) could(a *mAgent, t *mTicket) bool {
	n := m.takes(a, t)
	return a.state == "on" && a.drain == 0 && n > 0 && n <= whole-a.used
}

// asked reports whether a may be asked for t now.
func (m *model) asked(a *mAgent, t *mTicket) bool {
	return m.could(a, t) && m.closedTo(a, t.class) == 0 && !t.main().cool[a.name] && (t.facts.Only == 0 || t.facts.Only == a.name)
}

// candidates are the waiting tickets that some available agent may be asked for.
func (m *model) candidates() (list []*mTicket) {
	for _, t := range m.tickets {
		if t.state == "waiting" && !t.gone && !m.off(t) && slices.ContainsFunc(m.agents, func(a *mAgent) bool { return m.asked(a, t) }) {
			list = append(list, t)
		}
	}
	return list
}

// off reports whether nobody of the ticket's class is served now.
func (m *model) off(t *mTicket) bool { return m.shut || m.closed[t.class] }

// waited returns how long it waited at an instant, as the line counts it.
func (m *model) waited(t *mTicket, at Instant) Duration {
	return m.policy.Clock.Opened(at) - m.policy.Clock.Opened(t.place.Arrived)
}

func (m *model) below(n *node, t *mTicket) bool { return slices.Contains(n.classes, t.class) }

func (m *model) key(n *node, t *mTicket) int64 {
	real := &ticket{place: t.place, opened: m.policy.Clock.Opened(t.place.Arrived), due: t.facts.Due, values: t.values}
	return n.fixed.key(m.role(n, t), real)
}

// role is which member of n has t below it.
func (m *model) role(n *node, t *mTicket) int {
	for i, b := range n.members {
		if b.leaf != nil && b.leaf.class == t.class || b.group != nil && slices.Contains(b.group.classes, t.class) {
			return i
		}
	}
	panic("not below")
}

func (m *model) limit(g *guard, t *mTicket) int64 {
	if g.By > 0 {
		return t.values[g.By-1]
	}
	return g.Limit[t.class]
}

func (m *model) allowed(cands []*mTicket, t *mTicket) bool {
	for _, n := range m.tree.nodes {
		if !m.below(n, t) {
			continue
		}
		for i := range n.guards {
			g := &n.guards[i]
			if g.Kind != OvertakenOnlyWithin || slices.Contains(g.Except, t.class) {
				continue
			}
			for _, a := range cands {
				if lim := m.limit(g, a); m.below(n, a) && a.place.Before(t.place) && lim != None && m.waited(a, t.place.Arrived) >= Duration(lim) {
					return false
				}
			}
		}
	}
	return true
}

// shown returns the ticket that n shows, and the protection that forced it, or -1.
func (m *model) shown(cands []*mTicket, n *node) (*mTicket, int) {
	var heads []*mTicket
	for _, b := range n.members {
		if b.group != nil {
			if t, _ := m.shown(cands, b.group); t != nil {
				heads = append(heads, t)
			}
		} else if t := m.lead(cands, n, b.leaf.class); t != nil {
			heads = append(heads, t)
		}
	}
	if len(heads) == 0 {
		return nil, -1
	}
	best := slices.MinFunc(heads, func(a, b *mTicket) int { return cmp.Or(m.compare(n, a, b), byPlace(a, b)) })
	for i := range n.guards {
		g := &n.guards[i]
		if slices.Contains(g.Except, best.class) {
			continue
		}
		if f := m.forced(cands, n, g); f != nil {
			if f == best {
				return best, -1
			}
			return f, i
		}
	}
	return best, -1
}

func byPlace(a, b *mTicket) int {
	return cmp.Or(cmp.Compare(a.place.Arrived, b.place.Arrived), cmp.Compare(a.place.Seq, b.place.Seq))
}

func (m *model) lead(cands []*mTicket, n *node, c ClassID) *mTicket {
	var list []*mTicket
	for _, t := range cands {
		if t.class == c && m.allowed(cands, t) {
			list = append(list, t)
		}
	}
	if len(list) == 0 {
		return nil
	}
	list = m.heads(n, list)
	return slices.MinFunc(list, func(a, b *mTicket) int { return cmp.Or(m.compare(n, a, b), byPlace(a, b)) })
}

func (m *model) forced(cands []*mTicket, n *node, g *guard) *mTicket {
	var first *mTicket
	for _, t := range cands {
		if g.Kind == Budget || g.Kind == MinShare {
			if m.below(n, t) && m.allowed(cands, t) && m.remembered(n, g, t) && (first == nil || t.place.Before(first.place)) {
				first = t
			}
			continue
		}
		lim := m.limit(g, t)
		if !m.below(n, t) || lim == None || !m.allowed(cands, t) {
			continue
		}
		if g.counter > 0 && int64(m.slips(t, g.counter)) < lim || g.Kind == OvertakenOnlyWithin ||
			g.Kind == FirstAfter && int64(m.waited(t, m.now)) < lim {
			continue
		}
		if first == nil || t.place.Before(first.place) {
			first = t
		}
	}
	return first
}

// slips counts by hand.
func (m *model) slips(t *mTicket, counter int) (n int) {
	for _, o := range t.hits[counter] {
		if o.outcome == "pending" || o.outcome == "started" {
			n++
		}
	}
	return n
}

// overtakings counts the pairs that stand: the overtaker started, and the overtaken waited, or was under an offer that
// its agent missed.
func (m *model) overtakings() (n uint64) {
	for _, p := range m.pairs {
		if p.by.outcome == "started" && (p.under == nil || p.under.outcome == "failed") {
			n++
		}
	}
	return n
}

// decides checks an Offered event against what the model would do, and takes it over.
func (m *model) decides(t *rapid.T, ev Event, rows []Event) {
	m.deciding = ev.Offer
	defer func() { m.deciding = 0 }()
	cands := m.candidates()
	want, agent, guard, why := m.next(cands)
	if ev.Why == ByPull {
		want, agent, guard, why = m.ticket(ev.Ticket), m.agent(ev.Agent), -1, ByPull
		if n := m.takes(agent, want); agent.state == "off" || agent.state == "lost" || agent.drain != 0 || n == 0 || n > whole-agent.used ||
			want.state != "waiting" || m.off(want) || m.closedTo(agent, want.class) != 0 || m.against(m.pullable(agent), want) {
			t.Fatalf("ticket %d was pulled, which must not be", want.id)
		}
	}
	if ev.Why == ByInterrupt {
		want, guard, why = m.urgency, -1, ByInterrupt
		if want == nil || !m.could(m.agent(ev.Agent), want) {
			t.Fatalf("ticket %d interrupts, but work was put aside for %v", ev.Ticket, want)
		}
		agent = m.agent(ev.Agent)
	}
	m.urgency = nil
	if want == nil {
		t.Fatalf("offered ticket %d, but nobody can be served", ev.Ticket)
	}
	if ev.Why != why {
		t.Fatalf("ticket %d was offered for %d, want %d", ev.Ticket, ev.Why, why)
	}
	if ev.Ticket != want.id || ev.Agent != agent.name {
		t.Fatalf("offered ticket %d to %d, want %d to %d (guard %d)", ev.Ticket, ev.Agent, want.id, agent.name, guard)
	}
	if ev.Guard >= 0 != (guard >= 0) && ev.Node == 0 && why == 0 {
		t.Fatalf("decided by guard %d, want %d", ev.Guard, guard)
	}
	if int(ev.Slips) != m.slips(want, 0) {
		t.Fatalf("ticket %d offered with %d slips, want %d", want.id, ev.Slips, m.slips(want, 0))
	}
	for _, a := range m.contacts(want) {
		a.attempt = ev.Attempt
	}
	if ev.Attempt != want.main().asked() {
		t.Fatalf("ticket %d is offered the %d-th time, want %d", want.id, ev.Attempt, want.main().offers)
	}
	o := &mOffer{id: ev.Offer, ticket: want, agent: agent, had: whole - agent.used, outcome: "pending", until: ev.Until, class: ev.Class, at: ev.At,
		stamped: ev.Count > 0 && m.policy.Classes[ev.Class].Limit > 0}
	m.offers = append(m.offers, o)
	m.pass(t, o, ev, rows, cands)
	o.known = m.cappable(ev.Class)
	o.took = m.takes(agent, want)
	m.spends = m.outOfTurn(o)
	agent.used += o.took
	for _, a := range m.contacts(want) {
		a.state, a.offer, a.rang = "ringing", o, o.id
	}
}

// next is who must be offered to whom now.
func (m *model) next(cands []*mTicket) (*mTicket, *mAgent, int, Cause) {
	for _, id := range m.urgent {
		if t := m.wanted(cands, m.ticket(id)); t != nil {
			return t, m.chooseAgent(t), -1, ByMove
		}
	}
	want, guard := m.shown(cands, m.tree.nodes[0])
	if want == nil {
		return nil, nil, -1, 0
	}
	return want, m.chooseAgent(want), guard, 0
}

// pullable are those who wait that agent a can take, whatever else it does.
func (m *model) pullable(a *mAgent) (list []*mTicket) {
	for _, t := range m.tickets {
		if n := m.takes(a, t); t.state == "waiting" && !t.gone && !m.off(t) && n > 0 && n <= whole-a.used && !t.main().cool[a.name] && m.closedTo(a, t.class) == 0 &&
			(t.facts.Only == 0 || t.facts.Only == a.name) {
			list = append(list, t)
		}
	}
	return list
}

// against reports whether a protection forbids that t goes before the order.
func (m *model) against(cands []*mTicket, t *mTicket) bool {
	if !m.allowed(cands, t) {
		return true
	}
	cands = slices.DeleteFunc(slices.Clone(cands), func(a *mTicket) bool { return a.main() == t.main() })
	for _, n := range m.tree.nodes {
		for i := range n.guards {
			g := &n.guards[i]
			if !m.below(n, t) || slices.Contains(g.Except, t.class) {
				continue
			}
			if f := m.forced(cands, n, g); f != nil && f.place.Before(t.place) {
				return true
			}
		}
	}
	return false
}

// pass compares whom the decision passes with counting by hand, and then notes it.
func (m *model) pass(t *rapid.T, o *mOffer, ev Event, rows []Event, cands []*mTicket) {
	var skill, room uint32
	var passed, cramped []*mTicket
	charged := map[TicketID]string{}
	for _, a := range m.tickets {
		if !a.place.Before(o.ticket.place) || a.state == "serving" || a.state == "held" || m.off(a) || a.gone || a.main() == o.ticket.main() {
			continue
		}
		cost := m.takes(o.agent, a)
		switch {
		case cost > 0 && cost <= o.had:
			passed = append(passed, a)
			m.bounded(t, a, o)
			if a.state == "waiting" && a.counts {
				charged[a.id] = m.charge(a, o, cands, ev.Why)
			}
		case cost > 0:
			cramped = append(cramped, a)
		}
		switch {
		case cost > 0 && cost <= o.had || !a.counts:
		case a.state == "waiting" && cost == 0:
			skill++
		case a.state == "waiting":
			room++
		}
	}
	if ev.Skill != skill || ev.Room != room || int(ev.Count) != len(charged) {
		t.Fatalf("offer %d passes %d, by skill %d, by room %d; want %d, %d, %d", ev.Offer, ev.Count, ev.Skill, ev.Room, len(charged), skill, room)
	}
	m.expand(t, o.ticket, rows, charged)
	for _, a := range passed {
		m.note(a, o)
	}
	for _, a := range cramped {
		m.hit(a, o, true)
	}
}

// note writes down that o passed a.
func (m *model) note(a *mTicket, o *mOffer) {
	if a.counts {
		p := &mPair{ticket: a, by: o}
		if a.state == "ringing" {
			p.under = a.offer
		}
		m.pairs = append(m.pairs, p)
	}
	m.hit(a, o, false)
}

// hit lets the counters of overtakings, or those of passings for want of room, count that o passed a.
func (m *model) hit(a *mTicket, o *mOffer, room bool) {
	by := o.ticket.class
	for _, k := range m.tree.leaves[a.class].counters {
		if slices.Contains(m.tree.leaves[by].counters, k) && (k == 0 || !m.tree.counting[k].except[by]) && m.tree.room(k) == room {
			a.hits[k] = append(a.hits[k], o)
		}
	}
}

// bounded checks the promise of overtaken_at_most, where it is the only protection: who was overtaken as often as is
// granted is overtaken no more, but by those who are excepted, or because the agent has just missed it,
// or it is held for another.
func (m *model) bounded(t *rapid.T, a *mTicket, o *mOffer) {
	if len(m.tree.counting) != 2 || len(m.tree.nodes) > 1 || len(m.tree.nodes[0].guards) > 1 || a.state != "waiting" {
		return
	}
	g := m.tree.counting[1]
	if limit := m.limit(g, a); limit != None && m.closedTo(o.agent, a.class) == 0 && !a.main().cool[o.agent.name] && a.facts.Only == 0 && !g.except[o.ticket.class] && int64(m.slips(a, 1)) >= limit {
		t.Fatalf("ticket %d was overtaken %d times, as often as is granted, and %d goes before it", a.id, limit, o.ticket.id)
	}
}

// charge says by hand to what the passing of a is charged.
func (m *model) charge(a *mTicket, o *mOffer, cands []*mTicket, why Cause) string {
	switch {
	case a.main().cool[o.agent.name]:
		return "cool-off"
	case why != 0:
		return fmt.Sprint("0 cause ", why)
	case a.facts.Only != 0 && !m.could(m.someone(a.facts.Only), a):
		return fmt.Sprint("0 cause ", ByPreference)
	case !slices.ContainsFunc(m.agents, func(b *mAgent) bool { return m.may(b, a) }):
		return fmt.Sprint("0 cause ", m.withheld(o.agent, a))
	}
	l := m.tree.leaves[a.class]
	if w := m.lead(cands, l.up, a.class); w != nil && a.place.Before(w.place) {
		return fmt.Sprint(l.up.id, " order")
	}
	for n := l.up; n != nil; n = n.up {
		if w, g := m.shown(cands, n); w != nil && a.place.Before(w.place) {
			if g >= 0 {
				return fmt.Sprint(n.id, " guard ", g)
			}
			return fmt.Sprint(n.id, " order")
		}
	}
	return "nothing"
}

// expand names everybody whom rows are about and compares with the charges made by hand.
func (m *model) expand(t *rapid.T, by *mTicket, rows []Event, want map[TicketID]string) {
	got := map[TicketID]string{}
	for _, r := range rows {
		if r.Why == ByCoolOff {
			got[r.Ticket] = "cool-off"
		}
	}
	for _, r := range rows {
		n := uint32(0)
		for _, a := range m.tickets {
			same := a.class == r.Class && a.state == "waiting" && a.counts && a.main() != by.main() && m.same(a, r.Demand)
			if r.Why == ByCoolOff || !same || a.place.Before(r.From) || !a.place.Before(r.Before) || got[a.id] == "cool-off" {
				continue
			}
			n++
			if got[a.id] != "" {
				t.Fatalf("ticket %d stands in two rows of one decision", a.id)
			}
			got[a.id] = fmt.Sprint(r.Node, " order")
			if r.Why != ByOrder {
				got[a.id] = fmt.Sprint(r.Node, " cause ", r.Why)
			}
			if r.Why == ByGuard {
				got[a.id] = fmt.Sprint(r.Node, " guard ", r.Guard)
			}
		}
		if r.Why != ByCoolOff && n != r.Count {
			t.Fatalf("a row counts %d, but names %d: %+v", r.Count, n, r)
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("start of %d charged %v, want %v", by.id, got, want)
	}
}

func (m *model) same(a *mTicket, d DemandID) bool {
	ch, needs := m.demand(d)
	return ch == a.facts.Channel && m.only(d) == a.facts.Only && slices.Equal(needs, a.facts.Needs[:a.facts.NeedsLen])
}
