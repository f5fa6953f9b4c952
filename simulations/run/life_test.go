package run

import (
	"slices"
	"testing"

	"fairline/engine"
	"fairline/simulations/dist"
	"fairline/simulations/measure"
	"fairline/simulations/scenario"
)

// at is so many minutes after a shop opens.
func at(minutes float64) engine.Instant {
	return engine.Instant(engine.Day).Add(engine.Duration(minutes * float64(engine.Minute)))
}

// recorded is a source whose customers come at these minutes, and take a minute each.
func recorded(name string, minutes ...float64) scenario.Source {
	t := &scenario.Trace{}
	for _, m := range minutes {
		t.Rows = append(t.Rows, scenario.Row{At: at(m).Sub(at(0)), Handling: -1, Patience: -1})
	}
	return scenario.Source{Name: name, Channel: "phone", Busy: -1, Arrivals: scenario.Arrivals{Trace: t}, Handling: scenario.Span{Law: must(dist.Constant(60))}}
}

// A fate is what became of a ticket, in minutes.
type fate struct {
	index                   int64
	attempt                 uint8
	arrived, started, ended float64
	how                     measure.Outcome
	channel                 uint8
}

func fates(list []measure.Ticket) (all []fate) {
	minutes := func(i engine.Instant) float64 {
		if i == 0 {
			return -1
		}
		return float64(i.Sub(at(0))) / float64(engine.Minute)
	}
	for _, x := range list {
		all = append(all, fate{x.Index, x.Attempt, minutes(x.Arrived), minutes(x.Started), minutes(x.Ended), x.Outcome, x.Channel})
	}
	return all
}

func same(t *testing.T, got, want []fate) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d tickets, want %d: %+v", len(got), len(want), got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("ticket %d: %+v, want %+v", i, got[i], want[i])
		}
	}
}

// TestComingBackByAnotherChannel has a caller give up after a minute, write after ten, and give that up too.
func TestComingBackByAnotherChannel(t *testing.T) {
	call, mail, post := recorded("calls", 0, 0.5), recorded("mails"), recorded("posts")
	call.Handling.Law = must(dist.Constant(3600))
	call.Patience = scenario.Patience{Span: scenario.Span{Law: must(dist.Constant(60))}, Retry: []scenario.Retry{{Probability: 1, After: must(dist.Constant(600)), As: 1, Most: 1}}}
	mail.Channel, mail.Patience = "email", scenario.Patience{Span: scenario.Span{Law: must(dist.Constant(1200))}, Retry: []scenario.Retry{{Probability: 1, After: must(dist.Constant(60)), As: 2, Most: 2}}}
	post.Channel = "chat"
	same(t, fates(played(t, modelOf(t, shop(1, engine.Hour, call, mail, post), mixed, Options{}), Play{})), []fate{
		{1, 0, 0.5, -1, 1.5, measure.Abandoned, 0}, {1, 1, 11.5, -1, 31.5, measure.Abandoned, 1}, {0, 0, 0, 0, 60, measure.Served, 0}, {1, 2, 32.5, 60, 61, measure.Served, 2}})
}

// TestWhoComesBackCarriesTheSame has the attribute of the same name drawn once for a customer.
func TestWhoComesBackCarriesTheSame(t *testing.T) {
	half := []scenario.Attribute{{Name: "level", Values: []scenario.Weighted{{Value: "high", Weight: 0.5}, {Value: "low", Weight: 0.5}}}}
	call, mail := calls("calls", 60, 2), recorded("mails")
	call.Attributes, mail.Attributes, mail.Channel = half, half, "email"
	call.Patience = scenario.Patience{Span: scenario.Span{Law: must(dist.Constant(60))}, Retry: []scenario.Retry{{Probability: 0.7, After: must(dist.Constant(60)), As: 1, Most: 1}}}
	class, back, left := map[int64]uint16{}, 0, 0
	for _, x := range played(t, modelOf(t, shop(1, 20*engine.Hour, call, mail), mixed, Options{Seed: 2}), Play{}) {
		if x.Attempt == 0 {
			class[x.Index] = x.Class
			if x.Outcome == measure.Abandoned {
				left++
			}
			continue
		}
		back++
		if class[x.Index] != x.Class {
			t.Errorf("customer %d was of class %d and came back as %d", x.Index, class[x.Index], x.Class)
		}
	}
	near(t, "who came back", float64(back), 0.7*float64(left))
}

func TestBalkingAndFullLines(t *testing.T) {
	s := recorded("calls", 0, 1, 2, 3)
	s.Handling.Law, s.Balk = must(dist.Constant(600)), []scenario.Balk{{Waiting: 1, Probability: 0}, {Waiting: 2, Probability: 1}}
	got := fates(played(t, modelOf(t, shop(1, engine.Hour, s), mixed, Options{}), Play{}))
	if len(got) != 4 || got[0] != (fate{3, 0, 3, -1, 3, measure.Balked, 0}) {
		t.Errorf("where two wait: %+v", got)
	}
	s.Balk = nil
	got = fates(played(t, modelOf(t, shop(1, engine.Hour, s), mixed+"full: {at: 1, say: Full}\n", Options{}), Play{}))
	if len(got) != 4 || got[0] != (fate{2, 0, 2, -1, 2, measure.Blocked, 0}) || got[1] != (fate{3, 0, 3, -1, 3, measure.Blocked, 0}) {
		t.Errorf("where one may wait: %+v", got)
	}
}

// TestShiftsAndBreaks has one agent rest from 10 to 20, and go at 30 in the middle of work.
func TestShiftsAndBreaks(t *testing.T) {
	s := recorded("calls", 9, 11, 29, 29.5)
	s.Handling.Law = must(dist.Constant(240))
	sc := shop(1, engine.Hour, s)
	shift := &sc.Groups[0].Shifts[0]
	shift.From, shift.To = 5*engine.Minute, 30*engine.Minute
	shift.Breaks = []scenario.Break{{At: 10 * engine.Minute, Length: 10 * engine.Minute}}
	sc.After = engine.Hour
	finishing := []fate{{0, 0, 9, 9, 13, measure.Served, 0}, {1, 0, 11, 20, 24, measure.Served, 0}, {2, 0, 29, 29, 33, measure.Served, 0}, {3, 0, 29.5, -1, -1, measure.Open, 0}}
	same(t, fates(played(t, modelOf(t, sc, mixed, Options{}), Play{})), finishing)
	sc.Groups[0].Leaving = scenario.HandingBack
	list := played(t, modelOf(t, sc, mixed, Options{}), Play{})
	if len(list) != 4 || list[3].Index != 2 || list[3].Outcome != measure.Open || list[3].Handled != engine.Minute {
		t.Errorf("what is handed back: %+v", fates(list))
	}
}

// TestChatsAtOnce has one agent with three chats, and a call that waits for all of them to end.
func TestChatsAtOnce(t *testing.T) {
	chat, call := recorded("chats", 0, 1, 2, 3), recorded("calls", 4)
	chat.Channel, chat.Handling.Law = "chat", must(dist.Constant(600))
	same(t, fates(played(t, modelOf(t, shop(1, engine.Hour, chat, call), mixed, Options{}), Play{})), []fate{
		{0, 0, 0, 0, 10, measure.Served, 2}, {1, 0, 1, 1, 11, measure.Served, 2}, {2, 0, 2, 2, 12, measure.Served, 2}, {3, 0, 3, 10, 20, measure.Served, 2}, {0, 0, 4, 20, 21, measure.Served, 0}})
}

// TestWrapUpKeepsTheAgent, and a slow answer too.
func TestWrapUpKeepsTheAgent(t *testing.T) {
	s := recorded("calls", 0, 0)
	s.Wrap.Law = must(dist.Constant(30))
	sc := shop(1, engine.Hour, s)
	same(t, fates(played(t, modelOf(t, sc, mixed, Options{}), Play{})), []fate{{0, 0, 0, 0, 1, measure.Served, 0}, {1, 0, 0, 1.5, 2.5, measure.Served, 0}})
	sc.Groups[0].Answer = must(dist.Constant(6))
	same(t, fates(played(t, modelOf(t, sc, mixed, Options{}), Play{})), []fate{{0, 0, 0, 0.1, 1.1, measure.Served, 0}, {1, 0, 0, 1.7, 2.7, measure.Served, 0}})
}

// TestWorkIsHandedOn to those who can bill.
func TestWorkIsHandedOn(t *testing.T) {
	s := recorded("calls", 0)
	s.Transfer = scenario.Transfer{Probability: 1, Skills: []string{"billing"}, Handling: scenario.Span{Law: must(dist.Constant(300))}}
	sc := shop(1, engine.Hour, s)
	sc.Groups = append(sc.Groups, scenario.Group{Name: "billing", Skills: []string{"billing"}, Shifts: []scenario.Shift{{Agents: 1, From: 3 * engine.Minute}}})
	list := played(t, modelOf(t, sc, mixed, Options{}), Play{})
	same(t, fates(list), []fate{{0, 0, 0, 0, 8, measure.Served, 0}})
	if list[0].Handled != 6*engine.Minute || list[0].Agent != 1 {
		t.Errorf("%+v", list[0])
	}
}

// TestASecondTicketEndsWithTheFirst, whichever is started.
func TestASecondTicketEndsWithTheFirst(t *testing.T) {
	s := recorded("calls", 0, 1)
	s.Handling.Law = must(dist.Constant(600))
	s.Actions = []scenario.Action{{Name: "call", Share: 0}, {Name: "both", Share: 1, Also: "email", AlsoSet: map[string]string{"level": "high"}}}
	got := fates(played(t, modelOf(t, shop(1, engine.Hour, s), mixed, Options{}), Play{}))
	same(t, got, []fate{{0, 0, 0, 0, 10, measure.Served, 0}, {1, 0, 1, -1, 10, measure.Closed, 0}, {1, 0, 1, 10, 20, measure.Served, 1}})
}

// TestFlipsAndShares change what customers do, and nothing else.
func TestFlipsAndShares(t *testing.T) {
	s := calls("calls", 20, 2)
	s.Actions = []scenario.Action{{Name: "call", Share: 0.75}, {Name: "post", Share: 0.25, Channel: "chat", Set: map[string]string{"reach": "1000"}}}
	m := modelOf(t, shop(1, 20*engine.Hour, s), mixed, Options{Seed: 4})
	posts := func(what Play) map[int64]uint8 {
		of := map[int64]uint8{}
		for _, x := range played(t, m, what) {
			of[x.Index] = x.Action
			if (x.Channel == 2) != (x.Action == 1) || (x.Class == 0) != (x.Action == 1) {
				t.Fatalf("action %d by channel %d of class %d", x.Action, x.Channel, x.Class)
			}
		}
		return of
	}
	usual := posts(Play{})
	count := 0
	for _, a := range usual {
		count += int(a)
	}
	near(t, "who posts", float64(count), 0.25*float64(len(usual)))
	flipped := posts(Play{Flip: &Flip{Source: 0, Index: 7, Action: 1 - int(usual[7])}})
	for i, a := range usual {
		if (flipped[i] != a) != (i == 7) {
			t.Errorf("customer %d does %d, and %d after number 7 was flipped", i, a, flipped[i])
		}
	}
	more := posts(Play{Shares: [][]float64{{0.5, 0.5}}})
	for i, a := range usual {
		if a == 1 && more[i] == 0 {
			t.Errorf("customer %d posts where a quarter does, and not where half does", i)
		}
	}
}

// TestWhoWaitsFromTheBeginning has three who came before the shop opened.
func TestWhoWaitsFromTheBeginning(t *testing.T) {
	sc := shop(1, engine.Hour, recorded("calls", 2))
	sc.Waiting = []scenario.Start{{Source: 0, Number: 3, Age: 30 * engine.Minute}}
	list := played(t, modelOf(t, sc, mixed, Options{}), Play{})
	for i, want := range []float64{-30, -20, -10, 2} {
		if got := fates(list)[i]; got.arrived != want {
			t.Errorf("ticket %d arrived at %v, want %v", i, got.arrived, want)
		}
	}
}

// TestWhoWaitsFromTheBeginningIsAsWhoComes by their channel and by chance, whatever the player played before.
func TestWhoWaitsFromTheBeginningIsAsWhoComes(t *testing.T) {
	mail := recorded("mails")
	mail.Channel, mail.Handling.Law = "email", must(dist.Exponential(60))
	mail.Attributes = []scenario.Attribute{{Name: "level", Values: []scenario.Weighted{{Value: "high", Weight: 0.5}, {Value: "low", Weight: 0.5}}}}
	sc := shop(1, engine.Hour, recorded("calls", 2), mail)
	sc.Waiting = []scenario.Start{{Source: 1, Number: 20, Age: 30 * engine.Minute}}
	const policy = "attributes: {level: {one_of: [high, low], else: low}}\nfairline: 1\npolicy: mails\nchannels: {phone: {takes: agent}, email: {takes: agent, late: 1h}}\n" +
		"classes: [{name: high, when: 'ticket.channel == \"email\" && ticket.level == \"high\"'}, {name: mail, when: 'ticket.channel == \"email\"'}, {name: call}]\norder: {arrival: [high, mail, call]}\n"
	m := modelOf(t, sc, policy, Options{Seed: 5})
	p, count := m.Player(), [3]int{}
	var fresh, used []measure.Ticket
	for k, replication := range []uint64{1, 0, 1} {
		err := p.Play(Play{Replication: replication, Watch: Watch{Ended: func(_ engine.Instant, x *measure.Ticket) {
			switch k {
			case 0:
				fresh = append(fresh, *x)
				count[x.Class]++
			case 2:
				used = append(used, *x)
			}
		}}})
		if err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(fresh, used) {
		t.Errorf("a player that played another day before: %+v\na new one: %+v", fates(used), fates(fresh))
	}
	if count[0] < 4 || count[1] < 4 || count[0]+count[1] != 20 || count[2] != 1 {
		t.Errorf("%d mails of the high, %d of the low and %d calls, want 20 mails and a call", count[0], count[1], count[2])
	}
}

// TestASecondTicketThatIsRefused ends nobody else's: who came later may have its place in memory.
func TestASecondTicketThatIsRefused(t *testing.T) {
	call, both := recorded("calls", 0, 0.5, 6), recorded("both", 1)
	call.Handling.Law, both.Handling.Law = must(dist.Constant(600)), must(dist.Constant(600))
	both.Actions = []scenario.Action{{Name: "both", Share: 1, Also: "email"}}
	sc := shop(1, engine.Hour, call, both)
	sc.Groups = append(sc.Groups, scenario.Group{Name: "late", Shifts: []scenario.Shift{{Agents: 1, From: 5 * engine.Minute}}})
	got := fates(played(t, modelOf(t, sc, mixed+"full: {at: 2, say: Full}\n", Options{}), Play{}))
	same(t, got, []fate{{0, 0, 1, -1, 1, measure.Blocked, 1}, {0, 0, 0, 0, 10, measure.Served, 0}, {1, 0, 0.5, 5, 15, measure.Served, 0},
		{0, 0, 1, 10, 20, measure.Served, 0}, {2, 0, 6, 15, 25, measure.Served, 0}})
}

// TestMissedOffersGoToOthers lets half of the offers ring in vain: everybody is served all the same.
func TestMissedOffersGoToOthers(t *testing.T) {
	sc := shop(3, 10*engine.Hour, calls("calls", 30, 2))
	sc.Groups[0].Misses, sc.Groups[0].Answer = 0.05, must(dist.Exponential(3))
	served := 0
	for _, x := range played(t, modelOf(t, sc, "agents: {break_after: 1000}\n"+mixed, Options{Seed: 6}), Play{}) {
		if x.Outcome == measure.Served {
			served++
		}
	}
	if served < 250 {
		t.Errorf("%d were served", served)
	}
}

// TestSkillsAreNeeded has a third of the customers need German, which one of two agents speaks.
func TestSkillsAreNeeded(t *testing.T) {
	s := calls("calls", 30, 2)
	s.Skills = []scenario.Chance{{Skill: "german", Probability: 1.0 / 3}}
	sc := shop(1, 20*engine.Hour, s)
	sc.Groups = append(sc.Groups, scenario.Group{Name: "german", Skills: []string{"german@2"}, Shifts: []scenario.Shift{{Agents: 1}}})
	list := played(t, modelOf(t, sc, mixed, Options{Seed: 8}), Play{})
	german, skill := 0, 0
	for _, x := range list {
		german += int(x.Agent)
		skill += int(x.BySkill)
	}
	if german < len(list)/3 || german > 2*len(list)/3 || skill == 0 {
		t.Errorf("%d of %d were served by who speaks German, %d passed for want of it", german, len(list), skill)
	}
}

// TestMemoryDoesNotGrowWithCustomers has everybody leave and come back, for ten times as long.
func TestMemoryDoesNotGrowWithCustomers(t *testing.T) {
	room := func(length engine.Duration) (n int) {
		s := calls("calls", 60, 2)
		s.Patience = scenario.Patience{Span: scenario.Span{Law: must(dist.Exponential(60))}, Retry: []scenario.Retry{{Probability: 0.9, After: must(dist.Exponential(300)), As: 0, Most: 3}}}
		p := modelOf(t, shop(1, length, s), orderW1, Options{Seed: 1}).Player()
		if err := p.Play(Play{}); err != nil {
			t.Fatal(err)
		}
		return cap(p.slots.slab) + cap(p.comers.list) + cap(p.comers.free) + cap(p.turns) + cap(p.ends) + cap(p.leaves) + cap(p.rows) + len(p.slots.in.keys)
	}
	if short, long := room(50*engine.Hour), room(500*engine.Hour); long > 2*short {
		t.Errorf("room for %d after 50 hours, for %d after 500", short, long)
	}
}

// TestWhoWaitsTooLongIsRefused where the policy would cut the wait short.
func TestWhoWaitsTooLongIsRefused(t *testing.T) {
	sc := shop(1, engine.Hour, recorded("calls", 2))
	sc.Waiting = []scenario.Start{{Source: 0, Number: 3, Age: 30 * engine.Minute}}
	const want = "scenario shop under w1: calls wait for up to 1800 s already, but the policy believes phone to be at most 0 s late; write a greater `late` there"
	if _, err := New(sc, parse(orderW1), Options{}); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}
