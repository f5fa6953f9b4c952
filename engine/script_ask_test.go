package engine

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
)

// scriptQuestions are the questions a script may ask. They change nothing; restart changes nothing that can be seen.
var scriptQuestions = map[string]func(*script, *testing.T, *datadriven.TestData) string{"show": (*script).show, "order": (*script).order,
	"ticket": (*script).look, "unoffered": (*script).unoffered, "place": (*script).place, "ahead": (*script).ahead, "restart": (*script).restart,
	"shares": (*script).shares}

// show lists who waits and what agents do.
func (s *script) show(*testing.T, *datadriven.TestData) string {
	var b strings.Builder
	for _, v := range s.e.Arrivals(100) {
		fmt.Fprintf(&b, "%s %s, overtaken %d times, missed by %d\n", s.name(v.Ticket), v.State, v.Slips, v.Decliner)
	}
	for _, a := range s.e.Agents() {
		fmt.Fprintf(&b, "%s %s, idle since %s\n", s.names[a.Agent], a.State, clock(a.Since))
	}
	fmt.Fprintf(&b, "overtakings %d\n", s.e.Counts().Overtakings)
	return b.String()
}

// order lists who waits, in the order in which they would be served.
func (s *script) order(t *testing.T, _ *datadriven.TestData) string {
	list := make([]string, s.e.Counts().Waiting)
	for _, v := range s.e.Arrivals(100) {
		if v.State == "waiting" {
			at, err := s.e.Place(v.Ticket, nine+s.now)
			if err != nil {
				t.Fatal(err)
			}
			list[at.Place-1] = s.name(v.Head)
		}
	}
	return strings.Join(append(list, "nobody else"), ", ") + "\n"
}

// look says what is known of one ticket.
func (s *script) look(t *testing.T, d *datadriven.TestData) string {
	id := s.asked(t, d)
	v, ok := s.e.Ticket(id)
	if !ok {
		return s.name(id) + " ended\n"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s in the place of %s, class %s, overtaken %d times", s.name(id), v.State, clock(v.Place.Arrived), s.class(v.Class), v.Slips)
	s.tellDetails(&b, &v)
	return b.String() + "\n"
}

func (s *script) tellDetails(b *strings.Builder, v *TicketView) {
	if v.Why != 0 {
		fmt.Fprintf(b, ", %s until %s", causeNames[v.Why], clock(v.Until))
	}
	if v.Agent != 0 {
		fmt.Fprintf(b, ", with %s", s.names[v.Agent])
	}
	if v.Only != 0 {
		fmt.Fprintf(b, ", for %s", s.names[v.Only])
	}
	if v.Head != v.Ticket {
		fmt.Fprintf(b, ", a contact of %s", s.name(v.Head))
	}
	for _, c := range v.Contacts {
		fmt.Fprintf(b, ", has %s", s.name(c))
	}
	for _, what := range []struct {
		is   bool
		text string
	}{{v.Closed, "closed"}, {v.CalledBack, "called back"}, {v.Gone, "gone"}, {v.Moved, "wanted next"}} {
		if what.is {
			b.WriteString(", " + what.text)
		}
	}
}

// unoffered lists who is not being offered, though agents may be free, and why.
func (s *script) unoffered(*testing.T, *datadriven.TestData) string {
	var b strings.Builder
	for _, u := range s.e.Unoffered(100) {
		fmt.Fprintf(&b, "%s: %s", s.name(u.Ticket), causeNames[u.Why])
		if u.Until != 0 {
			fmt.Fprintf(&b, ", until %s", clock(u.Until))
		}
		b.WriteString("\n")
	}
	return orNothing(b.String())
}

func (s *script) asked(t *testing.T, d *datadriven.TestData) TicketID {
	var name string
	d.ScanArgs(t, "ticket", &name)
	return s.ticket(t, name)
}

func (s *script) place(t *testing.T, d *datadriven.TestData) string {
	at, err := s.e.Place(s.asked(t, d), nine+s.now)
	if err != nil {
		return fmt.Sprintf("refused: %v\n", err)
	}
	return fmt.Sprintf("%d of %d\n", at.Place, at.Of)
}

// ahead names those who would be served before a ticket.
func (s *script) ahead(t *testing.T, d *datadriven.TestData) string {
	list, err := s.e.Ahead(s.asked(t, d), nine+s.now)
	var names []string
	for _, id := range list {
		names = append(names, s.name(id))
	}
	out := strings.Join(append(names, "nobody else"), ", ") + "\n"
	if err != nil {
		out += fmt.Sprintf("refused: %v\n", err)
	}
	return out
}

// restart replays the events so far into a new line and goes on with that one. The old one goes on beside it: from now
// on both must do the same.
func (s *script) restart(t *testing.T, _ *datadriven.TestData) string {
	e := New()
	for _, ev := range s.log {
		e.Apply(ev)
	}
	if e.Digest() != s.e.Digest() || e.OrderDigest() != s.e.OrderDigest() || e.Due() != s.e.Due() {
		t.Fatalf("after the restart the state is %x, want %x; the order %x, want %x; due %s, want %s", e.Digest(), s.e.Digest(),
			e.OrderDigest(), s.e.OrderDigest(), clock(e.Due()), clock(s.e.Due()))
	}
	if events, err := e.Do(Command{Kind: Tick, At: s.e.Now()}); len(events) > 0 || err != nil { // commands without events are in no log
		t.Fatalf("after the restart something was due: %d events, %v", len(events), err)
	}
	was := s.order(t, nil) + s.unoffered(t, nil)
	s.before, s.e = append(s.before, s.e), e
	if now := s.order(t, nil) + s.unoffered(t, nil); now != was {
		t.Fatalf("after the restart the order is\n%swant\n%s", now, was)
	}
	return "the same state and order\n"
}
