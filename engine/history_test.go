package engine

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// testPolicies are orders that between them use every discipline and protection built, nested.
func testPolicies() []*Policy {
	value := func(f *Facts, v *[ValuesMax]int64) {
		v[0] = f.Attrs[0]
		v[1] = []int64{int64(5 * Second), int64(40 * Second), int64(2 * Minute)}[f.Channel]
		v[2] = f.Attrs[0] * int64(Second)
		v[3] = f.Attrs[0] % 4
	}
	policy := func(name string, root *Node) *Policy {
		return &Policy{Name: name, Hash: [32]byte(slices.Concat([]byte(name), make([]byte, 32))), Attrs: []string{"kind", "class"},
			Channels: []Channel{{Name: "phone", Takes: 1, Offer: 20 * Second, Late: 10 * Second},
				{Name: "chat", Takes: 3, Offer: 30 * Second, Late: Minute}, {Name: "email", Takes: 2, Offer: 5 * Minute, Late: 2 * Minute}},
			Classes: []Class{{Name: "a", Reason: "A"}, {Name: "b", Reason: "B"}, {Name: "c", Reason: "C"}, {Name: "d"}},
			Join:    joinTest, JoinWithin: 20 * Minute, ReopenedWithin: 3 * Minute,
			Root: root, Classify: func(f *Facts) ClassID { return ClassID(f.Attrs[1]) }, Values: value}
	}
	all := func(o Order, g ...Protection) *Node {
		return &Node{Name: "line", Order: o, Members: []Member{{Class: 0}, {Class: 1}, {Class: 2}, {Class: 3}}, Protect: g}
	}
	limits := func(l ...int64) []int64 { return l }
	return []*Policy{
		policy("arrival", all(Arrival{})),
		policy("head start", all(HeadStart{Credit: []Duration{Minute, 30 * Second, 0, 0}})),
		policy("head start by", all(HeadStart{By: 3}, Protection{Kind: OvertakenAtMost, Limit: limits(2, 2, 3, None)})),
		policy("due", all(Due{Target: []Duration{Second, Minute, Minute, Hour}, Own: []bool{true, false, true, false}})),
		policy("due by", all(Due{By: 2, ByChannel: true}, Protection{Kind: FirstAfter, By: 2, ByChannel: true})),
		policy("strict", all(Strict{})),
		policy("strict by", all(Strict{}, Protection{Kind: OvertakenAtMost, By: 4})),
		policy("strict after by", all(Strict{}, Protection{Kind: FirstAfter, By: 3})),
		policy("strict within by", all(Strict{}, Protection{Kind: OvertakenOnlyWithin, By: 3})),
		policy("strict bounded", all(Strict{}, Protection{Kind: OvertakenAtMost, Limit: limits(1, 1, 2, 3), Except: []ClassID{0}})),
		policy("strict within", all(Strict{}, Protection{Kind: OvertakenOnlyWithin, Limit: limits(None, int64(20*Second), int64(10*Second), 0), Except: []ClassID{1}})),
		policy("greatest", all(Greatest{By: 1}, Protection{Kind: OvertakenAtMost, Limit: limits(3, 3, 3, 3)},
			Protection{Kind: FirstAfter, Limit: limits(int64(Minute), int64(Minute), None, int64(2*Minute))})),
		timed(policy("head start, open clock", all(HeadStart{Credit: []Duration{Minute, 30 * Second, 0, 0}},
			Protection{Kind: OvertakenAtMost, Limit: limits(2, 2, 3, 1)}))),
		timed(policy("due, open clock", all(Due{Target: []Duration{Second, Minute, Minute, Hour}, Own: []bool{true, false, true, false}},
			Protection{Kind: FirstAfter, Limit: limits(int64(Minute), int64(Minute), None, int64(2*Minute))}))),
		timed(policy("strict within, open clock", all(Strict{}, Protection{Kind: OvertakenOnlyWithin, Limit: limits(None, int64(20*Second), int64(10*Second), 0)}))),
		demanding(policy("strict, demanding", all(Strict{}, Protection{Kind: OvertakenAtMost, Limit: limits(2, 2, 2, 4)}))),
		demanding(timed(policy("due by, demanding", all(Due{By: 2, ByChannel: true}, Protection{Kind: FirstAfter, By: 2, ByChannel: true})))),
		policy("due, room", all(Due{Target: []Duration{Second, Minute, Minute, Hour}},
			Protection{Kind: PassedByCapacityAtMost, Limit: limits(1, 2, 2, None)},
			Protection{Kind: OvertakenAtMost, Limit: limits(3, 3, 3, 3), Except: []ClassID{0}})),
		interrupting(policy("due, interrupts", all(Due{Target: []Duration{Second, Minute, Minute, Hour}}))),
		interrupting(policy("strict within, interrupts", all(Strict{}, Protection{Kind: OvertakenOnlyWithin, Limit: limits(None, int64(20*Second), int64(10*Second), 0)},
			Protection{Kind: OvertakenAtMost, Limit: limits(3, 3, 3, 3)}))),
		policy("strict, room", all(Strict{}, Protection{Kind: PassedByCapacityAtMost, Limit: limits(1, 1, 1, 1), Except: []ClassID{0}})),
		limited(policy("strict, limited", all(Strict{}))),
		limited(timed(policy("head start, limited", all(HeadStart{Credit: []Duration{Minute, 30 * Second, 10 * Second, 0}},
			Protection{Kind: OvertakenAtMost, Limit: limits(2, 2, 3, 1)})))),
		policy("accumulate", all(Accumulate{Rate: []int64{4, 2, 2, 1}}, Protection{Kind: OvertakenAtMost, Limit: limits(4, 4, 4, 4)})),
		timed(paced(policy("cost", all(Cost{Weight: []int64{1, 3, 2, 300}, Power: []int{2, 2, 2, 1}, Per: Minute})))),
		paced(policy("cost of queue", all(Cost{Weight: []int64{4, 3, 2, 1}, Power: []int{2, 2, 3, 1}, Queue: true, Per: Minute}))),
		timed(policy("mix", all(WaitingMix{Percent: []int64{10, 20, 30, 40}}))),
		policy("draw", all(Draw{Weight: []int64{1, 2, 3, 4}, Seed: 3})),
		policy("last in", all(LastIn{}, Protection{Kind: Budget, Every: 3})),
		policy("share", all(Share{Weight: []int64{4, 3, 2, 1}}, Protection{Kind: Budget, Every: 2, Except: []ClassID{0}})),
		timed(policy("share of minutes", all(Share{Weight: []int64{4, 3, 2, 1}, Minutes: true}))),
		policy("share by customer", all(Share{Customer: true, Unknown: UnknownAlone}, leastOf(30, false))),
		demanding(policy("share by value", all(Share{By: 4, Field: "kind", Unknown: UnknownTogether, Minutes: true}))),
		policy("stride", all(Share{Weight: []int64{4, 3, 2, 1}, AtArrival: true})),
		policy("stride by customer", all(Share{Customer: true, Unknown: UnknownAlone, AtArrival: true})),
		timed(policy("strict, least shares", all(Strict{}, leastOf(20, false), Protection{Kind: Budget, Every: 4}))),
		policy("strict, least minutes", all(Strict{}, leastOf(25, true), Protection{Kind: OvertakenOnlyWithin, Limit: limits(None, int64(20*Second), int64(10*Second), 0)})),
		interrupting(policy("nested shares", &Node{Name: "line", Order: Share{Weight: []int64{2, 1}}, Protect: []Protection{{Kind: Budget, Every: 4, Except: []ClassID{3}}},
			Members: []Member{{Group: &Node{Name: "desk", Order: Share{Weight: []int64{1, 5}, Minutes: true}, Members: []Member{{Class: 0}, {Class: 3}},
				Protect: []Protection{{Kind: Budget, Every: 2},
					{Kind: MinShare, Over: Minute, Parts: []Part{{Name: "d", Classes: []ClassID{3}, Percent: 40}}}}}},
				{Group: &Node{Name: "back", Order: Share{Customer: true, Unknown: UnknownTogether}, Members: []Member{{Class: 1}, {Class: 2}}}}}})),
		policy("nested", &Node{Name: "line", Order: Strict{}, Protect: []Protection{
			{Kind: OvertakenOnlyWithin, Limit: limits(None, None, int64(Minute), int64(90*Second)), Except: []ClassID{0}},
			{Kind: OvertakenAtMost, Limit: limits(None, 4, 4, 4), Except: []ClassID{0}}},
			Members: []Member{{Class: 0}, {Group: &Node{Name: "desk", Order: Due{Target: []Duration{Second, Minute}},
				Protect: []Protection{{Kind: OvertakenAtMost, Limit: limits(2, 2, 1, 2)}},
				Members: []Member{{Class: 1}, {Group: &Node{Name: "back", Order: Greatest{By: 1},
					Protect: []Protection{{Kind: FirstAfter, Limit: limits(None, None, int64(30*Second), int64(30*Second))}},
					Members: []Member{{Class: 2}, {Class: 3}}}}}}}}}),
	}
}

// leastOf grants class 3, and in the second half classes 1 and 2 together, so many percent.
func leastOf(percent int64, minutes bool) Protection {
	return Protection{Kind: MinShare, Over: 2 * Minute, Minutes: minutes, Parts: []Part{{Name: "d", Classes: []ClassID{3}, Percent: percent},
		{Name: "b and c", Classes: []ClassID{1, 2}, Percent: percent / 2}}}
}

// joinTest joins what one customer brings on one matter.
func joinTest(f *Facts) Word {
	if f.Customer == 0 || f.Matter == 0 {
		return 0
	}
	return f.Customer*100 + f.Matter
}

// demanding gives a policy everything that time does to tickets, and what it asks of agents.
func demanding(p *Policy) *Policy {
	p.Ask = func(f *Facts, c ClassID, step int) Duration {
		if c == 0 && step < 2 && f.NeedsLen < NeedsMax {
			f.Needs[f.NeedsLen] = testSkills[2-step]
			f.NeedsLen++
		}
		if f.Attrs[0]%3 == 0 && step < 1 {
			f.Only = WordOf("ana")
		}
		return []Duration{30 * Second, Minute, None}[min(step, 2)]
	}
	p.Channels[0].Live, p.Channels[0].Grace, p.Channels[0].LeaveAfter, p.Channels[0].Closed = true, 15*Second, 2*Minute, ClosedCallback
	p.Channels[1].Closed = ClosedRefuse
	p.Channels[0].Interrupts = []ChannelID{1, 2}
	p.Classes[3].Expire, p.Classes[3].ExpireReason = 3*Minute, WordOf("unanswered")
	p.EndOfLine, p.Attempts, p.Apart, p.Reconnect = AtTransfer|AtCallback, 2, 20*Second, 40*Second
	return p
}

// limited gives a policy limits of its classes.
func limited(p *Policy) *Policy {
	p.Classes[0].Limit, p.Classes[0].Per, p.Classes[0].Beyond = 2, Minute, GoAhead
	p.Classes[1].Limit, p.Classes[1].Per, p.Classes[1].Beyond = 1, 40*Second, NextClass
	p.Classes[2].Limit, p.Classes[2].Per, p.Classes[2].Beyond = 2, 20*Second, NextClass
	p.Next = func(_ *Facts, c ClassID) ClassID { return c + 1 }
	return p
}

// interrupting lets calls interrupt chats and mails, and chats mails.
func interrupting(p *Policy) *Policy {
	p.Channels[0].Interrupts, p.Channels[1].Interrupts = []ChannelID{1, 2}, []ChannelID{2}
	return p
}

// paced gives channels an expected work that divides a minute, so that the slopes of small costs are not rounded.
func paced(p *Policy) *Policy {
	p.Channels[0].Handling, p.Channels[1].Handling, p.Channels[2].Handling = Minute, 30*Second, 20*Second
	return p
}

// timed gives a policy hours that change all the time, and some classes hours of their own.
func timed(p *Policy) *Policy {
	every := func(period, open, shift Duration) *Calendar {
		var spans []Span
		for from := Instant(0).Add(shift); from < Instant(6*Hour); from = from.Add(period) {
			spans = append(spans, Span{from, from.Add(open)})
		}
		return NewCalendar(spans)
	}
	p.Hours = every(3*Minute, 2*Minute, 7*Second)
	p.Clock = p.Hours
	p.Classes[0].Hours = NewCalendar([]Span{{0, Instant(6 * Hour)}})
	p.Classes[1].Hours = every(80*Second, 70*Second, 0)
	return p
}

var testSkills = []Word{WordOf("de"), WordOf("it"), WordOf("nurse")}

// A history drives an engine and follows it with the model and with a replica that only applies the events.
type history struct {
	e, copy *Engine
	m       *model
	known   int
	plain   bool     // nobody asks for one agent, and nothing interrupts
	opened  bool     // every class, whatever its hours say
	digests []uint64 // of the engine after each event of the last command
}

func TestHistoriesAgreeWithCountingByHand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom(testPolicies()).Draw(t, "policy")
		h := newHistory(p)
		h.do(t, Command{Kind: Adopt, At: Instant(Hour), Policy: p})
		steps := rapid.IntRange(1, 120).Draw(t, "steps")
		for range steps {
			h.step(t)
		}
	})
}

func newHistory(p *Policy) *history {
	e := New()
	h := &history{e: e, copy: New(), m: &model{policy: p, tree: newTree(p), ends: map[TicketID]EndKind{}, closed: map[ClassID]bool{}, demand: e.Demand, only: e.Only}}
	e.watch = func() { h.digests = append(h.digests, e.Digest()) }
	return h
}

func (h *history) policies() []*Policy {
	return slices.DeleteFunc(testPolicies(), func(p *Policy) bool { return h.plain && (p.Ask != nil || len(p.Channels[0].Interrupts) > 0) })
}

func (h *history) step(t *rapid.T) {
	at := h.e.now
	switch rapid.IntRange(0, 5).Draw(t, "time") {
	case 0:
		at = at.Add(Duration(rapid.Int64Range(0, int64(90*Second)).Draw(t, "long")))
	case 1, 2:
		at = at.Add(Duration(rapid.IntRange(0, 5).Draw(t, "short")) * Second)
	}
	for d := h.e.Due(); d != 0 && d <= at; d = h.e.Due() {
		h.do(t, Command{Kind: Tick, At: max(d, h.e.now)})
	}
	h.do(t, h.draw(t, at))
}

func (h *history) draw(t *rapid.T, at Instant) Command {
	c := Command{At: at, Agent: WordOf(rapid.SampledFrom([]string{"ana", "ben", "cleo", "dan"}).Draw(t, "agent"))}
	kinds := []CommandKind{Arrive, Arrive, Arrive, Arrive, Change, Leave, SignIn, SignIn, SignOut, Break, Ready,
		Accept, Accept, Accept, Accept, Decline, Finish, Finish, Finish, Tick, Resume, Adopt,
		Hold, Hold, Link, Unlink, Release, Lose, Pull, Pull, Transfer, Move, Close, Open, Depart, Lease}
	c.Kind = rapid.SampledFrom(kinds).Draw(t, "kind")
	switch c.Kind {
	case Adopt:
		c.Policy = rapid.SampledFrom(h.policies()).Draw(t, "policy")
	case Arrive, Change:
		c.Facts = drawFacts(t, at)
	case SignIn:
		c.Profile = &Profile{Takes: h.e.policy.Takes()}
		for _, s := range testSkills {
			if rapid.Bool().Draw(t, "skill") {
				c.Profile.Skills = append(c.Profile.Skills, s)
			}
		}
		slices.Sort(c.Profile.Skills)
		if rapid.Bool().Draw(t, "chat only") {
			c.Profile.Takes = [ChannelsMax]uint8{0, 2, 4}
		}
	}
	drawLife(t, &c, h.plain)
	if c.Kind == Arrive && rapid.Bool().Draw(t, "key") {
		c.Key = KeyOf("test", string(rune('a'+rapid.IntRange(0, 60).Draw(t, "id"))))
	}
	if n := len(h.m.tickets); n > 0 {
		c.Ticket = h.m.tickets[rapid.IntRange(0, n-1).Draw(t, "ticket")].id
		if c.Kind == Link {
			c.Other = h.m.tickets[rapid.IntRange(0, n-1).Draw(t, "other")].id
		}
	}
	h.drawOffer(t, &c)
	return c
}

func (h *history) drawOffer(t *rapid.T, c *Command) {
	var open []OfferView
	for _, a := range h.e.Agents() {
		open = append(open, a.Offers...)
	}
	if len(open) == 0 {
		return
	}
	o := open[rapid.IntRange(0, len(open)-1).Draw(t, "offer")]
	if c.Kind != Hold && c.Kind != Depart {
		c.Offer = o.Offer
	}
	if c.Kind == Accept || c.Kind == Decline || c.Kind == Finish || c.Kind == Transfer ||
		(c.Kind == Hold || c.Kind == Depart) && rapid.Bool().Draw(t, "in hand") {
		c.Agent, c.Offer = o.Agent, o.Offer
		c.Wrap = Duration(rapid.IntRange(0, 2).Draw(t, "wrap")) * 10 * Second
	}
}

// drawLife fills in what commands of a ticket's later life carry.
func drawLife(t *rapid.T, c *Command, plain bool) {
	switch c.Kind {
	case Hold:
		c.Why = rapid.SampledFrom([]Cause{ByCallback, BySnooze, ByCustomer, ByNoAnswer}).Draw(t, "why")
		c.Until = c.At + Instant(rapid.IntRange(0, 90).Draw(t, "until"))*Instant(Second)
	case Transfer:
		c.Facts = drawFacts(t, c.At)
		if !plain && rapid.Bool().Draw(t, "to") {
			c.Facts.Only = WordOf("ben")
		}
	case Lease:
		c.Wrap = Duration(rapid.IntRange(0, 3).Draw(t, "lease")) * Minute
	}
}

func drawFacts(t *rapid.T, at Instant) *Facts {
	f := &Facts{Channel: ChannelID(rapid.IntRange(0, 2).Draw(t, "channel")), Has: 3}
	f.Attrs[0] = rapid.Int64Range(0, 100).Draw(t, "kind")
	f.Attrs[1] = rapid.Int64Range(0, 3).Draw(t, "class")
	if rapid.Bool().Draw(t, "claims") {
		f.Arrived = at - Instant(rapid.IntRange(0, 130).Draw(t, "late"))*Instant(Second)
	}
	if rapid.Bool().Draw(t, "known") {
		f.Customer = Word(rapid.IntRange(1, 5).Draw(t, "customer"))
		f.Matter = Word(rapid.IntRange(0, 2).Draw(t, "matter"))
	}
	if rapid.IntRange(0, 9).Draw(t, "later") == 0 {
		f.NotBefore = at + Instant(rapid.IntRange(0, 60).Draw(t, "not before"))*Instant(Second)
	}
	if rapid.Bool().Draw(t, "dated") {
		f.Due = at + Instant(rapid.IntRange(0, 130).Draw(t, "due"))*Instant(Second)
	}
	for _, s := range testSkills[:2] {
		if rapid.IntRange(0, 3).Draw(t, "needs") == 0 {
			f.Needs[f.NeedsLen] = s
			f.NeedsLen++
		}
	}
	return f
}

// do runs one command and checks everything that must hold after it.
func (h *history) do(t *rapid.T, c Command) {
	before := h.e.Digest()
	h.digests = h.digests[:0]
	events, err := h.e.Do(c)
	if err != nil {
		var dup *DuplicateError
		if errors.As(err, &dup) && h.e.known[c.Key] != dup.Ticket {
			t.Fatalf("duplicate of %d", dup.Ticket)
		}
		if h.e.Digest() != before {
			t.Fatalf("refused %+v with %v, but the state changed", c, err)
		}
		return
	}
	if len(events) > 0 && events[0].Kind == Arrived {
		h.known++
	}
	for i := range events {
		ev := events[i]
		if ev.Kind == Adopted {
			t.Logf("policy %s", ev.Policy.Name)
		}
		ev.Facts, ev.Profile, ev.Policy, ev.Values = nil, nil, nil, [ValuesMax]int64{}
		t.Logf("%s at %d: ticket %d offer %d agent %d class %d demand %d why %d count %d rival %d from %v", eventForms[ev.Kind].name,
			ev.At/Instant(Second), ev.Ticket, ev.Offer, ev.Agent%1000, ev.Class, ev.Demand, ev.Why, ev.Count, ev.Rival, ev.From)
	}
	h.m.follow(t, events)
	for i := range events {
		ev, err := DecodeEvent(AppendEvent(nil, &events[i]))
		if err != nil {
			t.Fatalf("event %d of %d: %v", i, len(events), err)
		}
		if ev.Policy = events[i].Policy; ev.Kind == Adopted && ev.Policy == nil {
			t.Fatal("no policy")
		}
		h.copy.Apply(ev)
		if h.copy.Digest() != h.digests[i] {
			t.Fatalf("after event %d of %+v the replay has digest %x, want %x", i, c, h.copy.Digest(), h.digests[i])
		}
	}
	if h.copy.Digest() != h.e.Digest() || h.copy.OrderDigest() != h.e.OrderDigest() {
		t.Fatalf("replay of %+v has digest %x, want %x", c, h.copy.Digest(), h.e.Digest())
	}
	h.check(t)
}

// checkUnoffered compares the report of all that is not being offered with looking at everybody.
func (h *history) checkUnoffered(t *rapid.T) {
	report := map[TicketID]Cause{}
	for _, u := range h.e.Unoffered(1000) {
		report[u.Ticket] = u.Why
	}
	for _, a := range h.m.tickets {
		if why, listed := report[a.id]; a.head == nil && listed != h.m.hindered(a) {
			t.Fatalf("ticket %d (%s) is in the report: %v, %d; by hand %v", a.id, a.state, listed, why, !listed)
		}
	}
}

// recalled is the sum of the hashes of all tickets, offers, agents, flows and what protections remember.
func (e *Engine) recalled() (sum uint64) {
	for h := range e.tickets.slab {
		if e.tickets.slab[h].state != free {
			sum += e.tickets.slab[h].hash()
		}
	}
	for i := range e.agents.list {
		if i > 0 {
			sum += e.agents.list[i].hash()
			for _, x := range e.agents.list[i].offers {
				sum += e.offers.at(x).hash()
			}
		}
	}
	for _, n := range e.sharings() {
		for _, f := range n.sharing.by {
			sum += n.sharing.flows[f].hash(n.sharing.nth)
		}
	}
	if e.tree != nil {
		e.tree.eachMemory(func(_ *node, g *guard) { sum += g.memory() })
	}
	return sum
}

func (h *history) check(t *rapid.T) {
	for _, a := range h.m.agents {
		if a.used < 0 || a.used > whole && !a.full {
			t.Fatalf("agent %d is filled to %d of %d", a.name, a.used, whole)
		}
	}
	for _, a := range h.m.agents {
		if free := h.e.agents.list[h.e.agents.find(a.name)].free; free != whole-a.used {
			t.Fatalf("agent %d has %d free, by hand %d", a.name, free, whole-a.used)
		}
	}
	if c := h.m.candidates(); len(c) > 0 {
		t.Fatalf("ticket %d waits beside an available agent", c[0].id)
	}
	if len(h.m.spends) > 0 {
		t.Fatalf("an offer is charged to too few budgets, also %v", h.m.spends)
	}
	h.checkUnoffered(t)
	if sum := h.e.recalled(); sum != h.e.sum {
		t.Fatalf("the digest has the sum %x, of all things it is %x", h.e.sum, sum)
	}
	if k, _ := h.m.interrupting(); k != nil {
		t.Fatalf("ticket %d waits, and nobody puts work aside for it", k.id)
	}
	if o := h.m.leftAside(); o != nil {
		t.Fatalf("offer %d is put aside beside room for it", o.id)
	}
	if k := h.m.undrained(); k != nil {
		t.Fatalf("ticket %d was passed for want of room as often as is granted, and nobody is drained for it", k.id)
	}
	mains := 0
	for _, a := range h.m.tickets {
		if a.head == nil {
			mains++
		}
		if a.gone {
			continue
		}
		if want := h.m.classOf(a); a.state == "waiting" && a.class != want {
			t.Fatalf("ticket %d waits in class %d, want %d", a.id, a.class, want)
		}
		v, ok := h.e.Ticket(a.id)
		w, _ := h.copy.Ticket(a.id)
		if !ok || v.Slips != w.Slips || v.Place != a.place || v.Attempt != a.attempt || v.Decliner != len(a.main().misses) {
			t.Fatalf("ticket %d is %+v, its replay %+v, by hand %+v", a.id, v, w, a)
		}
		if v.Slips != h.m.slips(a, 0) {
			t.Fatalf("ticket %d (%s) has %d slips, %d by hand", a.id, a.state, v.Slips, h.m.slips(a, 0))
		}
	}
	for c := range h.m.policy.Classes {
		if open := h.m.policy.hours(ClassID(c)).Open(h.e.now); h.m.closed[ClassID(c)] == open && h.e.Due() > h.e.now && !h.opened {
			t.Fatalf("class %d is closed: %v, by its hours open: %v", c, h.m.closed[ClassID(c)], open)
		}
	}
	got, want := h.e.Counts(), h.m.overtakings()
	if got.Overtakings != want || h.m.entered != want {
		t.Fatalf("%d overtakings counted, %d in the ledger, %d by hand", got.Overtakings, h.m.entered, want)
	}
	if h.known != mains+len(h.m.ends) || got.Waiting+got.Offered+got.Serving+got.Held != mains {
		t.Fatalf("%d accepted, %d in the line, %d ended; counts %+v", h.known, len(h.m.tickets), len(h.m.ends), got)
	}
}
