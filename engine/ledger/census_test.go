package ledger

import (
	"errors"
	"fmt"
	"testing"

	"fairline/engine"
)

// TestCensusFindsWhatIsWrong changes one event of a morning at a time. The census must not agree with any.
func TestCensusFindsWhatIsWrong(t *testing.T) {
	var events []engine.Event
	story(t, func(ev *engine.Event) { events = append(events, copied(ev)) })
	rows := func(n int) int { // the n-th row
		for i := range events {
			if events[i].Kind == engine.Passed {
				if n--; n == 0 {
					return i
				}
			}
		}
		t.Fatal("no such row")
		return 0
	}
	first, cool := rows(1), rows(2)
	for name, change := range map[string]func([]engine.Event) []engine.Event{
		"a row is missing":             func(l []engine.Event) []engine.Event { return append(l[:first], l[first+1:]...) },
		"a row counts one more":        func(l []engine.Event) []engine.Event { l[first].Count++; return l },
		"a row of another class":       func(l []engine.Event) []engine.Event { l[first].Class = 0; return l },
		"a row of no node":             func(l []engine.Event) []engine.Event { l[first].Node = 1; return l },
		"a row of no protection":       func(l []engine.Event) []engine.Event { l[first].Why = engine.ByGuard; return l },
		"a row of no cause":            func(l []engine.Event) []engine.Event { l[first].Why = engine.ByWish; return l },
		"a winner that came earlier":   func(l []engine.Event) []engine.Event { l[first].Rival = 1; return l },
		"a winner that is not there":   func(l []engine.Event) []engine.Event { l[first].Rival = 9; return l },
		"a row that begins too late":   func(l []engine.Event) []engine.Event { l[first].From = l[first].Before; return l },
		"a row twice":                  func(l []engine.Event) []engine.Event { return append(l[:first+1], l[first:]...) },
		"nobody cools off":             func(l []engine.Event) []engine.Event { l[first].Why, l[first].Ticket = engine.ByCoolOff, 1; return l },
		"a cool-off of another":        func(l []engine.Event) []engine.Event { l[cool].Ticket = 3; return l },
		"a decision passes one more":   func(l []engine.Event) []engine.Event { l[first-1].Count++; return l },
		"by skill":                     func(l []engine.Event) []engine.Event { l[first-1].Skill++; return l },
		"for want of room":             func(l []engine.Event) []engine.Event { l[first-1].Room++; return l },
		"an offer of who is not there": func(l []engine.Event) []engine.Event { l[first-1].Ticket = 9; return l },
		"a miss of nobody": func(l []engine.Event) []engine.Event {
			return append(l, engine.Event{Kind: engine.Missed, Offer: 2, Ticket: 1, Count: 1})
		},
	} {
		var list []engine.Event
		for i := range events {
			list = append(list, copied(&events[i]))
		}
		var c Census
		var err error
		for _, ev := range change(list) {
			if err = c.Add(&ev); err != nil {
				break
			}
		}
		if err == nil {
			err = c.Close()
		}
		if !errors.Is(err, ErrCensus) {
			t.Errorf("%s: %v, want ErrCensus", name, err)
		}
	}
}

func TestRowsInWords(t *testing.T) {
	list := testPolicies()
	strict, nested := list[2], list[4]
	for _, test := range []struct {
		e    Entry
		r    Row
		want string
	}{
		{Entry{Policy: strict, Ticket: 2}, Row{Class: 1, Guard: -1, Why: engine.ByOrder, Winner: 2, KeyLost: 2},
			"strict:10@737472 strict; Danger; member danger late"},
		{Entry{Policy: strict, Ticket: 2}, Row{Guard: -1, Why: engine.ByOrder, Winner: 2, KeyLost: 2},
			"strict:10@737472 strict; the line's; member danger late"},
		{Entry{Policy: strict, Ticket: 2}, Row{Guard: -1, Why: engine.ByOrder, Winner: 3, KeyWon: 1, KeyLost: 2},
			"strict:10@737472 strict; the line's; member usual late"},
		{Entry{Policy: strict, Ticket: 2, Class: 1}, Row{Why: engine.ByGuard, Winner: 2},
			"strict:11@737472 overtaken_at_most; the line's;   "},
		{Entry{Policy: list[1], Ticket: 2, Class: 1}, Row{Why: engine.ByGuard, Winner: 2},
			"head start:13@686561 passed_by_capacity_at_most; the line's;   "},
		{Entry{Policy: nested, Ticket: 2, Class: 2}, Row{Node: 1, Guard: -1, Why: engine.ByOrder, Winner: 2, KeyWon: -7, KeyLost: -3},
			"nested:30@6e6573 greatest; Late; value 7 3"},
		{Entry{Policy: nested, Ticket: 2, Class: 2}, Row{Why: engine.ByCoolOff, Winner: 2}, "cool-off cool-off; ;   "},
		{Entry{Policy: nested, Ticket: 2}, Row{Guard: -1, Why: engine.ByOrder, Winner: 2, KeyLost: 1},
			"nested:20@6e6573 strict; Danger; member danger back"},
	} {
		k := test.e.KeysOf(&test.r)
		won, lost := k.WonName, k.LostName
		if k.Kind == KeyValue {
			won, lost = fmt.Sprint(k.Won), fmt.Sprint(k.Lost)
		}
		rule := test.e.Rule(&test.r)
		if got := fmt.Sprintf("%s %s; %s; %s %s %s", rule, rule.What, test.e.ReasonOf(&test.r), k.Kind, won, lost); got != test.want {
			t.Errorf("row %+v is %q, want %q", test.r, got, test.want)
		}
	}
}

func TestRosterFollowsDutyAndPolicy(t *testing.T) {
	was, now := testPolicies()[0], testPolicies()[3] // phone and chat; chat and phone
	now.Channels[0].Takes = 2
	var r roster
	follow := func(kind engine.EventKind, agent engine.AgentID, takes [engine.ChannelsMax]uint8) {
		r.follow(&engine.Event{Kind: kind, Agent: agent, Profile: &engine.Profile{Takes: takes}})
	}
	none := [engine.ChannelsMax]uint8{}
	follow(engine.SignedIn, 1, was.Takes())
	follow(engine.SignedIn, 2, [engine.ChannelsMax]uint8{0, 2})
	phone, chat := demand{channel: 0}, demand{channel: 1}
	if p, c := r.able(phone, nil), r.able(chat, nil); p != 1 || c != 2 {
		t.Errorf("%d take the phone and %d chats, want 1 and 2", p, c)
	}
	follow(engine.OnBreak, 2, none)
	follow(engine.SignedIn, 2, [engine.ChannelsMax]uint8{0, 4})
	if got := r.able(chat, nil); got != 1 {
		t.Errorf("%d take chats while one is on break, want 1", got)
	}
	follow(engine.Readied, 2, none)
	r.adopt(was, now)
	if got, want := r.member(1).takes, now.Takes(); got != want {
		t.Errorf("who took what the policy says takes %v, want %v", got, want)
	}
	if got := r.member(2).takes; got != [engine.ChannelsMax]uint8{4} {
		t.Errorf("who took 1 of 4 chats takes %v", got)
	}
	follow(engine.Lost, 2, none)
	if got := r.able(demand{channel: 0}, nil); got != 1 {
		t.Errorf("%d take chats while one is lost, want 1", got)
	}
	follow(engine.Found, 2, none)
	follow(engine.SignedOut, 1, none)
	if got := r.able(demand{channel: 0}, nil); got != 1 {
		t.Errorf("%d take chats, want 1", got)
	}
}

func TestFactsUnderAnotherPolicy(t *testing.T) {
	was, now := testPolicies()[0], testPolicies()[4]
	f := engine.Facts{Has: 2, Attrs: [engine.AttrsMax]int64{5, 6}} // class is not carried
	if got := translated(&f, was, now); got.Has != 0 || got.Attrs != [engine.AttrsMax]int64{} {
		t.Errorf("translated: %+v, want no attribute", got)
	}
	f.Has = 3
	if got := translated(&f, was, now); got.Has != 2 || got.Attrs[1] != 5 {
		t.Errorf("translated: %+v, want the class in the second place", got)
	}
}

// TestKeysOnTheClockOfTheLine turns readings back into times: the clock stands still at night.
func TestKeysOnTheClockOfTheLine(t *testing.T) {
	at := func(hours int) engine.Instant { return engine.Instant(hours) * engine.Instant(engine.Hour) }
	p := bank()
	p.Clock = engine.NewCalendar([]engine.Span{{From: at(9), To: at(17)}, {From: at(33), To: at(41)}})
	reading := func(i engine.Instant) int64 { return int64(p.Clock.Opened(i)) }
	credit := int64(90 * engine.Second)
	for _, test := range []struct {
		won, lost         int64
		wonText, lostText engine.Instant
		lead              engine.Duration
	}{
		{reading(at(10)) - credit, reading(at(11)), at(10).Add(-90 * engine.Second), at(11), engine.Hour + 90*engine.Second},
		{reading(at(33)) - credit, reading(at(34)), at(17).Add(-90 * engine.Second), at(34), engine.Hour + 90*engine.Second},
		{reading(at(40)), reading(at(41)) + credit, at(40), engine.None, engine.Hour + 90*engine.Second},
	} {
		k := KeysAt(p, 0, test.won, test.lost)
		if k.Won != int64(test.wonText) || k.Lost != int64(test.lostText) || k.Lead != test.lead {
			t.Errorf("keys %d and %d read %+v, want %+v", test.won, test.lost, k, test)
		}
	}
	p.Clock = nil
	if k := KeysAt(p, 0, 5, 7); k.Won != 5 || k.Lost != 7 || k.Lead != 2 {
		t.Errorf("without a clock 5 and 7 read %+v", k)
	}
}
