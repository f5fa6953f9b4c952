package host

import (
	"fmt"
	"strings"
	"testing"

	"fairline/engine"
	"fairline/engine/ledger"
)

// TestExplanationTellsAWholeLife gives an explainer the events of a ticket that everything happens to.
func TestExplanationTellsAWholeLife(t *testing.T) {
	h := &Host{book: newBook()}
	word := func(text string) engine.Word {
		h.book.words[engine.WordOf(text)] = text
		return engine.WordOf(text)
	}
	ana, dora := word("ana"), word("dora")
	h.book.tickets[2] = &Ticket{Number: 2, Arrived: 60e9}
	x := &explainer{host: h, ticket: &Ticket{Number: 1}, own: newOwn(1), scan: scan{watch: ledger.NewWatch(1, 2, 4)}}
	policy := lifePolicy()
	plain, german := &engine.Facts{}, &engine.Facts{NeedsLen: 1}
	german.Needs[0] = word("de")
	german.Only = ana
	at := engine.Instant(0)
	place := func(id engine.TicketID) engine.Place { return engine.Place{Arrived: engine.Instant(id), Seq: id} }
	for _, ev := range []engine.Event{
		{Kind: engine.Adopted, Policy: policy},
		{Kind: engine.SignedIn, Agent: ana, Profile: &engine.Profile{Takes: policy.Takes()}},
		{Kind: engine.Arrived, Ticket: 1, Facts: german, From: place(1)},
		{Kind: engine.Arrived, Ticket: 2, Facts: plain, From: place(2), Class: 1},
		{Kind: engine.Arrived, Ticket: 4, Facts: plain, From: place(4)}, // of another ticket
		{Kind: engine.Joined, Ticket: 2, Rival: 1},
		{Kind: engine.Related, Ticket: 4, Rival: 1},
		{Kind: engine.Relaxed, Ticket: 1, Facts: plain, Count: 2},
		{Kind: engine.Classified, Ticket: 1, Class: 1, Why: engine.ByLimit},
		{Kind: engine.Closed, Class: 1, Why: engine.ByHours},
		{Kind: engine.Opened, Class: 1, Why: engine.ByHours},
		{Kind: engine.CalledBack, Ticket: 1, Why: engine.ByWait},
		{Kind: engine.Held, Ticket: 1, Why: engine.ByCallback, Until: 90e9, Agent: dora, Reason: word("at three")},
		{Kind: engine.Held, Ticket: 4, Why: engine.BySnooze}, // of another
		{Kind: engine.Released, Ticket: 1, Why: engine.ByEnd, From: place(1)},
		{Kind: engine.Moved, Ticket: 2, Agent: dora, Reason: word("promised")},
		{Kind: engine.Offered, Offer: 7, Ticket: 2, Agent: ana, Why: engine.ByMove, Guard: -1, From: place(2), Class: 1},
		{Kind: engine.OverLimit, Offer: 7, Ticket: 2, Class: 1, Count: 4},
		{Kind: engine.Accepted, Offer: 7, Ticket: 2, Agent: ana},
		{Kind: engine.PutAside, Offer: 7, Ticket: 2, Agent: ana},
		{Kind: engine.TakenUp, Offer: 7, Ticket: 2, Agent: ana},
		{Kind: engine.Lost, Agent: ana, Until: 120e9},
		{Kind: engine.Lost, Agent: dora, Until: 120e9}, // who has nothing to do with it
		{Kind: engine.Found, Agent: ana},
		{Kind: engine.Transferred, Offer: 7, Ticket: 2, Agent: ana, Facts: german, From: place(2), Reason: word("billing")},
		{Kind: engine.Pulled, Ticket: 1, Agent: ana, Reason: word("mine")},
		{Kind: engine.Offered, Offer: 8, Ticket: 1, Agent: ana, Why: engine.ByPull, Guard: -1, From: place(1)},
		{Kind: engine.Accepted, Offer: 8, Ticket: 1, Agent: ana},
		{Kind: engine.Unlinked, Ticket: 2, Rival: 1},
		{Kind: engine.Held, Ticket: 2, Why: engine.BySnooze}, // not of it any more
		{Kind: engine.Finished, Offer: 8, Ticket: 1, Agent: ana},
		{Kind: engine.Ended, Ticket: 1, End: engine.Served},
	} {
		at += 1e9
		ev.At = at
		_, by := x.scan.watch.Add(&ev)
		x.hear(&ev, nil, by)
	}
	var got []string
	for _, s := range x.steps {
		got = append(got, told(s))
	}
	want := []string{"arrived usual [de] only ana", "joined #2 other #1", "related #4 other #1", "relaxed step 2", "counted as late limit",
		"closed late hours", "opened late hours", "called back wait", "held dora callback until 90 (at three)", "released end",
		"moved dora #2 (promised)", "offered late ana move #2 [move by dora: promised] over 4", "accepted ana #2", "put aside ana #2",
		"taken up ana #2", "agent lost ana until 120", "agent found ana", "transferred usual ana #2 [de] only ana (billing)", "pulled ana (mine)",
		"offered usual ana pull [pull by ana: mine]", "accepted ana", "unlinked #2 other #1", "served"}
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Fatalf("step %d: the life is\n%s\nwant\n%s", i, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

func lifePolicy() *engine.Policy {
	return &engine.Policy{Name: "life", Channels: []engine.Channel{{Name: "phone", Takes: 1}},
		Classes:  []engine.Class{{Name: "usual"}, {Name: "late"}},
		Classify: func(*engine.Facts) engine.ClassID { return 0 },
		Root:     &engine.Node{Name: "line", Line: 3, Order: engine.Arrival{}, Members: []engine.Member{{Class: 0}, {Class: 1}}}}
}

// told writes a step in short.
func told(s *Step) string {
	text := []string{s.What}
	add := func(format string, on bool, v any) {
		if on {
			text = append(text, fmt.Sprintf(format, v))
		}
	}
	who := func(w *Who) any { return fmt.Sprint("#", w.Ticket) }
	add("%s", s.Class != "", s.Class)
	add("%s", s.Agent != "", s.Agent)
	add("%s", s.Why != "", s.Why)
	if s.Contact != nil {
		add("%s", true, who(s.Contact))
	}
	if s.Other != nil {
		add("other %s", true, who(s.Other))
	}
	add("%v", len(s.Needs) > 0, s.Needs)
	add("only %s", s.Only != "", s.Only)
	add("step %d", s.Stage > 0, s.Stage)
	if s.Rule != nil {
		add("[%s]", true, s.Rule.Text)
	}
	add("over %d", s.Beyond > 0, s.Beyond)
	if s.Until != "" {
		add("until %s", true, map[string]string{stamp(90e9): "90", stamp(120e9): "120"}[s.Until])
	}
	add("(%s)", s.Text != "", s.Text)
	return strings.Join(text, " ")
}
