package fieldstories

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"fairline/engine"
	"fairline/policy"
	"fairline/policy/worst"
)

// A desk is a line in which nobody serves yet, so that an adoption is seen as it is.
type desk struct {
	engine *engine.Engine
	now    engine.Instant
	names  map[engine.TicketID]string
	class  map[engine.TicketID]string
}

// TestReversed adopts policies whose direction is the other one while tickets wait: testdata/reversed.txt.
//
//	line            urgent and rest come in turns, twelve of them, each a minute after the other; two minutes later it is told
//	adopt           a policy of the file with these lines, over the line; why: the rest says why it may overtake
//
// Both tell what the check says of the file, how often each class can be overtaken at worst, and the order of service; adopt also
// who stands elsewhere than before. It changes nothing where the file is refused.
func TestReversed(t *testing.T) {
	var k *desk
	datadriven.RunTest(t, "testdata/reversed.txt", func(t *testing.T, d *datadriven.TestData) string {
		file := "reversed.yaml"
		if d.HasArg("why") {
			file = "reversed-why.yaml"
		}
		p, said := read(t, file, d.Input)
		if p == nil {
			return said + "in force: " + k.engine.Policy().Name + ", as before\n" + k.order(t)
		}
		for _, c := range worst.Of(p) {
			said += fmt.Sprintf("%-7s %s\n", c.Class, c)
		}
		if d.Cmd == "line" {
			k = newDesk(t, p)
			return said + k.order(t)
		}
		were := k.places(t)
		k.do(t, engine.Command{Kind: engine.Adopt, Policy: p.Engine})
		return said + k.moved(were, k.places(t)) + k.order(t)
	})
}

func newDesk(t *testing.T, p *policy.Policy) *desk {
	k := &desk{engine: engine.New(), now: start, names: map[engine.TicketID]string{}, class: map[engine.TicketID]string{}}
	k.do(t, engine.Command{Kind: engine.Adopt, Policy: p.Engine})
	for i := range 12 {
		ticket, name, class := policy.Ticket{Channel: "phone", Arrived: k.now}, fmt.Sprint("rest", i/2+1), "rest"
		if i%2 == 0 {
			ticket.Attributes = map[string]any{"need": "danger"}
			name, class = fmt.Sprint("urgent", i/2+1), "urgent"
		}
		r := p.Ticket(ticket)
		if err := r.Err(); err != nil {
			t.Fatal(err)
		}
		for _, ev := range k.do(t, engine.Command{Kind: engine.Arrive, Facts: &r.Facts}) {
			k.names[ev.Ticket], k.class[ev.Ticket] = name, class
		}
		k.now = k.now.Add(engine.Minute)
	}
	k.now = k.now.Add(engine.Minute)
	k.do(t, engine.Command{Kind: engine.Tick})
	return k
}

func (k *desk) do(t *testing.T, c engine.Command) []engine.Event {
	t.Helper()
	c.At = k.now
	events, err := k.engine.Do(c)
	if err != nil {
		t.Fatal(err)
	}
	return events
}

// places gives the place of everybody.
func (k *desk) places(t *testing.T) map[engine.TicketID]int {
	list, err := k.engine.Places(100, 0)
	if err != nil {
		t.Fatal(err)
	}
	places := map[engine.TicketID]int{}
	for i, id := range list {
		places[id] = i + 1
	}
	return places
}

func (k *desk) order(t *testing.T) string {
	list, err := k.engine.Places(100, 0)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, id := range list {
		names = append(names, k.names[id])
	}
	return strings.Join(names, " ") + "\n"
}

// moved counts by class who stands earlier or later than before, and tells the furthest.
func (k *desk) moved(were, are map[engine.TicketID]int) string {
	var b strings.Builder
	for _, class := range []string{"urgent", "rest"} {
		earlier, later, furthest := 0, 0, 0
		for id, c := range k.class {
			if c != class {
				continue
			}
			by := are[id] - were[id]
			switch {
			case by < 0:
				earlier++
			case by > 0:
				later++
			}
			furthest = max(furthest, by, -by)
		}
		fmt.Fprintf(&b, "%s: %d earlier, %d later, by up to %d places\n", class, earlier, later, furthest)
	}
	return b.String()
}
