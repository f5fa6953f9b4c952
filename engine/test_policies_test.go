package engine

import "slices"

// policyOver makes a policy over classes a to d; nodeOver its only node.
func policyOver(name string, root *Node) *Policy {
	value := func(f *Facts, v *[ValuesMax]int64) {
		v[0] = f.Attrs[0]
		v[1] = []int64{int64(5 * Second), int64(40 * Second), int64(2 * Minute)}[f.Channel]
		v[2] = f.Attrs[0] * int64(Second)
		v[3] = f.Attrs[0] % 4
	}
	return &Policy{Name: name, Hash: [32]byte(slices.Concat([]byte(name), make([]byte, 32))), Attrs: []string{"kind", "class"},
		Channels: []Channel{{Name: "phone", Takes: 1, Offer: 20 * Second, Late: 10 * Second},
			{Name: "chat", Takes: 3, Offer: 30 * Second, Late: Minute}, {Name: "email", Takes: 2, Offer: 5 * Minute, Late: 2 * Minute}},
		Classes: []Class{{Name: "a", Reason: "A"}, {Name: "b", Reason: "B"}, {Name: "c", Reason: "C"}, {Name: "d"}},
		Join:    joinTest, JoinWithin: 20 * Minute, ReopenedWithin: 3 * Minute,
		Root: root, Classify: func(f *Facts) ClassID { return ClassID(f.Attrs[1]) }, Values: value}
}

func nodeOver(o Order, g ...Protection) *Node {
	return &Node{Name: "line", Order: o, Members: []Member{{Class: 0}, {Class: 1}, {Class: 2}, {Class: 3}}, Protect: g}
}

func limits(l ...int64) []int64 { return l }

// testPolicies are orders that between them use every discipline and protection built, nested.
func testPolicies() []*Policy {
	return slices.Concat(fixedPolicies(), movingPolicies(), agentPolicies())
}

func fixedPolicies() []*Policy {
	policy, all := policyOver, nodeOver
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

// movingPolicies are those whose orders move, and those that remember starts.
func movingPolicies() []*Policy {
	policy, all := policyOver, nodeOver
	return []*Policy{
		policy("accumulate", all(Accumulate{Rate: []int64{4, 2, 2, 1}}, Protection{Kind: OvertakenAtMost, Limit: limits(4, 4, 4, 4)})),
		timed(paced(policy("cost", all(Cost{Weight: []int64{1, 3, 2, 300}, Power: []int{2, 2, 2, 1}, Per: Minute})))),
		paced(policy("cost of queue", all(Cost{Weight: []int64{4, 3, 2, 1}, Power: []int{2, 2, 3, 1}, Queue: true, Per: Minute}))),
		timed(policy("mix", all(WaitingMix{Percent: []int64{10, 20, 30, 40}}))),
		policy("draw", all(Draw{Weight: []int64{1, 2, 3, 4}, Seed: 3})),
		policy("lots", all(Draw{Weight: []int64{1, 2, 3, 4}, Seed: 3, PerTicket: true}, Protection{Kind: OvertakenOnlyWithin, Limit: limits(None, int64(20*Second), int64(10*Second), 0)})),
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
