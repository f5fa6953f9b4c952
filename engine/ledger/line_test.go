package ledger

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"fairline/engine"
)

// testPolicies are orders that between them attribute overtakings in every way: by order, by protection, nested.
func testPolicies() []*engine.Policy {
	const second, minute = engine.Second, engine.Minute
	all := func(o engine.Order, g ...engine.Protection) *engine.Node {
		return &engine.Node{Name: "line", Reason: "the line's", Line: 10, Order: o, Protect: g,
			Members: []engine.Member{{Class: 0}, {Class: 1}, {Class: 2}}}
	}
	limits := func(l ...int64) []int64 { return l }
	back := &engine.Node{Name: "back", Line: 30, Order: engine.Greatest{By: 1}, Members: []engine.Member{{Class: 1}, {Class: 2}},
		Protect: []engine.Protection{{Kind: engine.FirstAfter, Limit: limits(engine.None, int64(minute), int64(30*second)), Line: 31}}}
	list := []*engine.Policy{
		testPolicy("arrival", all(engine.Arrival{})),
		testPolicy("head start", all(engine.HeadStart{Credit: []engine.Duration{2 * minute, 30 * second, 0}},
			engine.Protection{Kind: engine.PassedByCapacityAtMost, Limit: limits(1, 1, engine.None), Line: 13})),
		testPolicy("strict", all(engine.Strict{}, engine.Protection{Kind: engine.OvertakenAtMost, Limit: limits(1, 2, 3), Line: 11})),
		testPolicy("due", all(engine.Due{Target: []engine.Duration{second, minute, engine.Hour}},
			engine.Protection{Kind: engine.OvertakenOnlyWithin, Limit: limits(engine.None, int64(20*second), 0), Line: 12})),
		testPolicy("nested", &engine.Node{Name: "line", Line: 20, Order: engine.Strict{},
			Members: []engine.Member{{Class: 0}, {Group: back}}}),
		testPolicy("fenced", all(engine.Arrival{}, engine.Protection{Kind: engine.OvertakenAtMost, Limit: limits(2, 2, 2), Line: 14})),
	}
	// Two are closed for a minute in between, one of them two classes only; and a clock of the line runs.
	open := func(l ...int) *engine.Calendar {
		var spans []engine.Span
		for i := 0; i < len(l); i += 2 {
			at := func(s int) engine.Instant {
				return engine.Instant(engine.Hour) + engine.Instant(s)*engine.Instant(engine.Second)
			}
			spans = append(spans, engine.Span{From: at(l[i]), To: at(l[i+1])})
		}
		return engine.NewCalendar(spans)
	}
	list[1].Hours, list[1].Clock = open(-60, 50, 90, 300, 320, 100_000), open(-60, 40, 90, 100_000)
	list[3].Clock = open(30, 60, 70, 100_000)
	list[3].Classes[1].Hours, list[3].Classes[2].Hours = open(20, 60, 65, 150, 151, 152), open(0, 45, 100, 100_000)
	// All ask for German first and hold the tickets of one customer for ana; they join contacts, and two limit a class.
	list[2].Classes[0].Limit, list[2].Classes[0].Per, list[2].Classes[0].Beyond = 2, minute, engine.GoAhead
	list[4].Classes[0].Limit, list[4].Classes[0].Per, list[4].Classes[0].Beyond = 1, minute, engine.NextClass
	list[4].Next = func(_ *engine.Facts, c engine.ClassID) engine.ClassID { return c + 1 }
	for _, p := range list {
		p.Ask = askFirst
		p.Join = func(f *engine.Facts) engine.Word { return f.Customer + engine.Word(f.Channel)*f.Customer*10 }
		p.Channels[0].Live, p.Channels[0].Interrupts = true, []engine.ChannelID{1}
	}
	// One keeps an agent with Italian for the first class, and lets nobody start more than two of the others a minute.
	list[5].Reserve = []engine.Reserve{{Agents: 1, Skill: testSkills[1], For: []engine.ClassID{0}, Line: 40}}
	list[5].Caps = []engine.Cap{{Starts: 2, Per: minute, Classes: []engine.ClassID{1, 2}, Line: 41}}
	list[0].Channels[0].Grace, list[1].Channels[0].LeaveAfter = minute, minute
	list[1].EndOfLine, list[2].EndOfLine = engine.AtTransfer, engine.AtCallback
	// Another policy may number channels and attributes otherwise.
	list[3].Channels[0], list[3].Channels[1] = list[3].Channels[1], list[3].Channels[0]
	list[4].Attrs = []string{"other", "class"}
	list[4].Classify = func(f *engine.Facts) engine.ClassID { return engine.ClassID(f.Attrs[1] % 3) }
	return list
}

// askFirst adds German to what a ticket needs, for half a minute, and holds the tickets of two customers for ana, and for dora,
// who never comes, for a minute.
func askFirst(f *engine.Facts, _ engine.ClassID, step int) engine.Duration {
	if step == 0 && f.NeedsLen < engine.NeedsMax {
		f.Needs[f.NeedsLen] = testSkills[0]
		f.NeedsLen++
	}
	if step < 2 && f.Customer > 0 {
		f.Only = engine.WordOf([]string{"dora", "ana"}[f.Customer-1])
	}
	return []engine.Duration{30 * engine.Second, engine.Minute, engine.None}[step]
}

func testPolicy(name string, root *engine.Node) *engine.Policy {
	return &engine.Policy{Name: name, Hash: [32]byte(slices.Concat([]byte(name), make([]byte, 32))), Root: root,
		Attrs: []string{"class", "kind"},
		Channels: []engine.Channel{{Name: "phone", Takes: 1, Offer: 20 * engine.Second, Late: engine.Minute},
			{Name: "chat", Takes: 3, Offer: 30 * engine.Second, Late: engine.Minute}},
		Classes:  []engine.Class{{Name: "danger", Reason: "Danger"}, {Name: "usual"}, {Name: "late", Reason: "Late"}},
		Classify: func(f *engine.Facts) engine.ClassID { return engine.ClassID(f.Attrs[0] % 3) },
		Values:   func(f *engine.Facts, v *[engine.ValuesMax]int64) { v[0] = f.Attrs[1] }}
}

var testSkills = []engine.Word{engine.WordOf("de"), engine.WordOf("it")}

// A line drives the real engine through a random history.
type line struct {
	e        *engine.Engine
	policies []*engine.Policy
	alive    []engine.TicketID
	adopted  bool // a second policy: one change in a history
	mixed    bool // the contacts of a ticket may be of different channels
	hear     func(*engine.Event)
}

func newLine(t *rapid.T, hear func(*engine.Event)) *line {
	policies := testPolicies()
	l := &line{e: engine.New(), policies: policies, hear: hear}
	l.do(t, engine.Command{Kind: engine.Adopt, At: engine.Instant(engine.Hour),
		Policy: policies[rapid.IntRange(0, len(policies)-1).Draw(t, "policy")]})
	for _, name := range []string{"ana", "ben", "cleo"} {
		l.do(t, engine.Command{Kind: engine.SignIn, At: l.e.Now(), Agent: engine.WordOf(name), Profile: l.drawProfile(t)})
	}
	return l
}

// do runs one command, if it is not refused, and lets everybody hear what follows.
func (l *line) do(t *rapid.T, c engine.Command) {
	events, err := l.e.Do(c)
	if err != nil {
		return
	}
	for i := range events {
		ev := &events[i]
		switch ev.Kind {
		case engine.Arrived:
			l.alive = append(l.alive, ev.Ticket)
		case engine.Ended:
			l.alive = slices.DeleteFunc(l.alive, func(id engine.TicketID) bool {
				_, here := l.e.Ticket(id)
				return !here
			})
		}
		l.hear(ev)
	}
}

// step draws what happens next.
func (l *line) step(t *rapid.T) {
	at := l.e.Now()
	if rapid.IntRange(0, 2).Draw(t, "time") == 0 {
		at = at.Add(engine.Duration(rapid.Int64Range(0, int64(40*engine.Second)).Draw(t, "passes")))
	}
	for d := l.e.Due(); d != 0 && d <= at; d = l.e.Due() {
		l.do(t, engine.Command{Kind: engine.Tick, At: max(d, l.e.Now())})
	}
	kinds := []engine.CommandKind{engine.Arrive, engine.Arrive, engine.Arrive, engine.Arrive, engine.Arrive, engine.Change,
		engine.Leave, engine.SignIn, engine.SignOut, engine.Break, engine.Ready, engine.Accept, engine.Accept, engine.Accept,
		engine.Decline, engine.Finish, engine.Finish, engine.Resume, engine.Adopt, engine.Hold, engine.Release, engine.Lose,
		engine.Pull, engine.Transfer, engine.Move, engine.Close, engine.Open, engine.Depart, engine.Link, engine.Unlink}
	c := l.draw(t, rapid.SampledFrom(kinds).Draw(t, "kind"), at)
	if c.Kind == engine.Pull { // which is mostly refused: what an agent can take waits for another agent, or cools off
		for _, c.Ticket = range slices.Backward(slices.Clone(l.alive)) {
			l.do(t, c)
		}
	}
	l.do(t, c)
}

func (l *line) draw(t *rapid.T, kind engine.CommandKind, at engine.Instant) engine.Command {
	c := engine.Command{Kind: kind, At: at, Agent: engine.WordOf(rapid.SampledFrom([]string{"ana", "ben", "cleo"}).Draw(t, "agent"))}
	switch kind {
	case engine.Arrive, engine.Change:
		c.Facts = l.drawFacts(t, at)
	case engine.SignIn:
		c.Profile = l.drawProfile(t)
	case engine.Adopt:
		if l.adopted {
			return engine.Command{Kind: engine.Tick, At: at}
		}
		l.adopted = true
		c.Policy = l.policies[rapid.IntRange(0, len(l.policies)-1).Draw(t, "policy")]
	}
	if len(l.alive) > 0 {
		c.Ticket = rapid.SampledFrom(l.alive).Draw(t, "ticket")
	}
	var open []engine.OfferView
	for _, a := range l.e.Agents() {
		open = append(open, a.Offers...)
	}
	l.life(t, &c)
	work := []engine.CommandKind{engine.Accept, engine.Decline, engine.Finish, engine.Transfer, engine.Hold, engine.Depart}
	if n := slices.Index(work, kind); len(open) > 0 && n >= 0 && (n < 4 || rapid.Bool().Draw(t, "of work")) {
		o := open[rapid.IntRange(0, len(open)-1).Draw(t, "offer")]
		c.Offer, c.Agent = o.Offer, o.Agent
		if kind == engine.Finish {
			c.Wrap = engine.Duration(rapid.IntRange(0, 1).Draw(t, "wrap")) * 10 * engine.Second
		}
	}
	l.unmixed(&c)
	return c
}

// life draws what the commands of a ticket's later life say.
func (l *line) life(t *rapid.T, c *engine.Command) {
	switch c.Kind {
	case engine.Hold:
		c.Why = rapid.SampledFrom([]engine.Cause{engine.ByCallback, engine.BySnooze, engine.ByCustomer, engine.ByNoAnswer}).Draw(t, "why")
		c.Until = c.At.Add(engine.Duration(rapid.IntRange(1, 60).Draw(t, "until")) * engine.Second)
	case engine.Close, engine.Open:
		if rapid.IntRange(0, 2).Draw(t, "line") > 0 {
			c.Ticket = 0
		}
		if c.Kind == engine.Open {
			c.Ticket = 0
		}
	case engine.Link:
		if len(l.alive) > 0 {
			c.Other = rapid.SampledFrom(l.alive).Draw(t, "other")
		}
	case engine.Transfer:
		c.Facts = l.drawFacts(t, c.At)
		if rapid.IntRange(0, 2).Draw(t, "to") == 0 {
			c.Facts.Only = engine.WordOf("ben")
		}
	}
}

// unmixed lets a command mix no channels in a ticket: a transfer then makes demands that no event tells of.
func (l *line) unmixed(c *engine.Command) {
	of := func(id engine.TicketID) engine.ChannelID {
		v, _ := l.e.Ticket(id)
		return v.Channel
	}
	if o, ok := l.e.Offer(c.Offer); ok && c.Kind == engine.Transfer {
		c.Ticket = o.Ticket
	}
	switch {
	case l.mixed:
	case c.Kind == engine.Change || c.Kind == engine.Transfer:
		c.Facts.Channel = of(c.Ticket)
	case c.Kind == engine.Link && of(c.Ticket) != of(c.Other):
		c.Other = c.Ticket
	}
}

func (l *line) drawProfile(t *rapid.T) *engine.Profile {
	p := &engine.Profile{Takes: l.policies[0].Takes()}
	for _, s := range testSkills {
		if rapid.IntRange(0, 3).Draw(t, "skill") > 0 {
			p.Skills = append(p.Skills, s)
		}
	}
	slices.Sort(p.Skills)
	if rapid.IntRange(0, 3).Draw(t, "chat only") == 0 {
		p.Takes = [engine.ChannelsMax]uint8{0, 2}
	}
	return p
}

func (l *line) drawFacts(t *rapid.T, at engine.Instant) *engine.Facts {
	f := &engine.Facts{Channel: engine.ChannelID(rapid.IntRange(0, 1).Draw(t, "channel")), Has: 3}
	f.Attrs[0] = rapid.Int64Range(0, 2).Draw(t, "class")
	f.Attrs[1] = rapid.Int64Range(0, 100).Draw(t, "kind of")
	if rapid.IntRange(0, 3).Draw(t, "claims") == 0 {
		f.Arrived = at - engine.Instant(rapid.IntRange(0, 70).Draw(t, "late"))*engine.Instant(engine.Second)
	}
	f.Customer = rapid.SampledFrom([]engine.Word{0, 0, 0, 1, 2}).Draw(t, "customer")
	if rapid.IntRange(0, 9).Draw(t, "later") == 0 {
		f.NotBefore = at.Add(10 * engine.Second)
	}
	for _, s := range testSkills {
		if rapid.IntRange(0, 3).Draw(t, "needs") == 0 {
			f.Needs[f.NeedsLen] = s
			f.NeedsLen++
		}
	}
	return f
}

// TestHandCountAgreesWithTheEngine lets a census follow random histories of the real engine.
func TestHandCountAgreesWithTheEngine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var c Census
		told := Tally{}
		c.Each = func(p Pair) {
			told.Pairs++
			if p.Row < 0 {
				told.Missed++
			}
			if p.Able < 1 || p.Entry == 0 || p.Handled < 0 {
				t.Fatalf("pair %+v", p)
			}
		}
		entered := uint64(0)
		l := newLine(t, func(ev *engine.Event) {
			if err := c.Add(ev); err != nil {
				t.Fatalf("Add(%+v): %v", *ev, err)
			}
		})
		l.mixed = true
		for range rapid.IntRange(1, 150).Draw(t, "steps") {
			l.step(t)
			if got, want := c.Tally().Pairs, l.e.Counts().Overtakings; got != want {
				t.Fatalf("%d overtakings by hand, %d in the engine", got, want)
			}
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		tally, totals := c.Tally(), c.Book().Totals()
		for _, s := range totals.Cells() {
			entered += s.Pairs
		}
		if told.Pairs != tally.Pairs || told.Missed != tally.Missed || entered != tally.Pairs {
			t.Fatalf("told of %+v, cells sum up to %d, tally is %+v", told, entered, tally)
		}
		if totals.Pairs != tally.Pairs || totals.Entries != tally.Entries || totals.Missed != tally.Missed ||
			Number(tally.Entries) != c.Book().Number() {
			t.Fatalf("the book sums up to %+v, tally is %+v", totals, tally)
		}
		if got := c.Book().Pending(); got != l.e.Counts().Offered {
			t.Fatalf("the book keeps %d open offers, the line has %d", got, l.e.Counts().Offered)
		}
	})
}
