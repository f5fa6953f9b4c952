package engine

import "pgregory.net/rapid"

// window counts by hand the starts of a class that overtook somebody and count against its limit now.
func (m *model) window(c ClassID) (n int) {
	for _, o := range m.offers {
		if o.stamped && o.class == c && (o.outcome == "pending" || o.outcome == "started") && o.at.Add(m.policy.Classes[c].Per) > m.now {
			n++
		}
	}
	return n
}

// classOf is the class that a ticket counts as now.
func (m *model) classOf(a *mTicket) ClassID {
	own := ownFacts(a.facts)
	c := m.policy.Classify(&own)
	for p := &m.policy.Classes[c]; p.Limit > 0 && p.Beyond == NextClass && m.window(c) >= p.Limit; p = &m.policy.Classes[c] {
		c = m.policy.Next(&own, c)
	}
	return c
}

// expectAlarm checks that a start beyond a limit that goes ahead is marked.
func (m *model) expectAlarm(t *rapid.T, events []Event) {
	ev := events[0]
	p := &m.policy.Classes[ev.Class]
	want := p.Limit > 0 && p.Beyond == GoAhead && ev.Count > 0 && m.window(ev.Class) >= p.Limit
	got := false
	for _, later := range events {
		got = got || later.Kind == OverLimit && later.Offer == ev.Offer
	}
	if got != want {
		t.Fatalf("offer %d of class %d is marked as over the limit: %v, by hand %v", ev.Offer, ev.Class, got, want)
	}
}
