package ledger

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"fairline/engine"
)

// TestWatchAgreesWithTheHandCount watches every ticket of a random history, each by a Watch of its own, and compares who
// passed it, why, and at what cost with what the census counted for everybody.
func TestWatchAgreesWithTheHandCount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var c Census
		want, got := map[engine.TicketID][]told{}, map[engine.TicketID][]told{}
		c.Each = func(p Pair) {
			want[p.Over] = append(want[p.Over], told{p.By, p.Entry, p.Row, p.Able, p.Handled, p.Open})
		}
		watches := map[engine.TicketID]*Watch{}
		var passings []*Passing
		var before []engine.Event // of the first arrival
		l := newLine(t, func(ev *engine.Event) {
			if err := c.Add(ev); err != nil {
				t.Fatal(err)
			}
			k := copied(ev)
			before = append(before, k)
			if ev.Kind == engine.Arrived {
				w := NewWatch(ev.Ticket)
				for i := range before[:len(before)-1] {
					w.Add(&before[i])
				}
				watches[ev.Ticket] = w
			}
			for _, w := range watches {
				_, list := w.Add(ev)
				passings = append(passings, list...)
			}
		})
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			l.step(t)
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
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
