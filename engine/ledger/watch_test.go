package ledger

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"fairline/engine"
)

// TestWatchAgreesWithTheHandCount watches every ticket of a random history, each by a Watch of its own over its contacts, and compares who
// passed it, why, and at what cost with what the census counted for everybody.
func TestWatchAgreesWithTheHandCount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var c Census
		want, got := map[engine.TicketID][]told{}, map[engine.TicketID][]told{}
		c.Each = func(p Pair) {
			want[p.Over] = append(want[p.Over], told{p.By, p.Entry, p.Row, p.Able, p.Handled, p.Open})
		}
		var events []engine.Event
		var x Index
		l := newLine(t, func(ev *engine.Event) {
			if err := c.Add(ev); err != nil {
				t.Fatal(err)
			}
			x.Add(1, ev)
			events = append(events, copied(ev))
		})
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			l.step(t)
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		var passings []*Passing
		for i := range events {
			if ev := &events[i]; ev.Kind == engine.Arrived && x.Contacts(ev.Ticket)[0] == ev.Ticket {
				passings = append(passings, seenBy(NewWatch(x.Contacts(ev.Ticket)...), events)...)
			}
		}
		skill, room := tell(passings, want, got)
		if tally := c.Tally(); skill != tally.Skill || room != tally.Room {
			t.Fatalf("passed by skill %d and for want of room %d times, by hand %d and %d", skill, room, tally.Skill, tally.Room)
		}
		for id, list := range want {
			order := func(a, b told) int { return cmp.Or(cmp.Compare(a.entry, b.entry), cmp.Compare(a.by, b.by)) }
			slices.SortFunc(list, order)
			slices.SortFunc(got[id], order)
			if !slices.Equal(list, got[id]) {
				t.Fatalf("ticket %d was passed as %+v says, counted by hand %+v", id, got[id], list)
			}
		}
	})
}

// seenBy are the passings that a watch sees in events.
func seenBy(w *Watch, events []engine.Event) (list []*Passing) {
	for i := range events {
		_, by := w.Add(&events[i])
		list = append(list, by...)
	}
	return list
}

// A told is one passing as a Watch tells it, or as the census counted it.
type told struct {
	by      engine.TicketID
	entry   Number
	row     int
	able    int
	handled engine.Duration
	open    bool
}

// tell sorts what watches said by who was passed, and counts those passed by skill and for want of room. Where a watch
// does not say by whom, what the census says of that ticket cannot be compared and is taken from want.
func tell(passings []*Passing, want, got map[engine.TicketID][]told) (skill, room uint64) {
	for _, p := range passings {
		switch {
		case p.Way == BySkill:
			skill++
		case p.Way == ByRoom:
			room++
		case p.Way != Overtaken && p.Way != Missed:
		case p.By == 0:
			delete(want, p.Over)
		default:
			row := -1
			for i := range p.Entry.Rows {
				if p.Row == &p.Entry.Rows[i] {
					row = i
				}
			}
			got[p.Over] = append(got[p.Over], told{p.By, p.Entry.Number, row, p.Able, p.Handled, !p.Done})
		}
	}
	return skill, room
}

// copied is an event that stays valid when the engine goes on.
func copied(ev *engine.Event) engine.Event {
	c := *ev
	if ev.Facts != nil {
		f := *ev.Facts
		c.Facts = &f
	}
	if ev.Profile != nil {
		c.Profile = &engine.Profile{Skills: slices.Clone(ev.Profile.Skills), Takes: ev.Profile.Takes}
	}
	return c
}
