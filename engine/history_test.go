package engine

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

var testSkills = []Word{WordOf("de"), WordOf("it"), WordOf("nurse")}

// A history drives an engine and follows it with the model and with a replica that only applies the events.
type history struct {
	e, copy *Engine
	m       *model
	known   int
	plain   bool     // nobody asks for one agent, nothing interrupts, and nobody is kept from anything
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
	return slices.DeleteFunc(testPolicies(), func(p *Policy) bool {
		return h.plain && (p.Ask != nil || len(p.Channels[0].Interrupts)+len(p.Reserve)+len(p.Caps) > 0)
	})
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
		c.Profile.Answers = rapid.IntRange(0, 3).Draw(t, "answers") == 0
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
	h.checkIdle(t)
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
