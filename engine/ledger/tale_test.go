package ledger

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"fairline/engine"
)

// TestTales gives the census lists of events written by hand, one list a feature, and says which pairs it finds, or what it
// finds wrong. In testdata/census a line is an event: its kind, then fields. t is the ticket, r the rival, a the agent, o the
// offer, n the count; at is in seconds. What an event says of the ticket's own class, place and demand, and of the place
// before which a row ends, need not be written. A row is "row class n" with its cause, and its node or winner.
func TestTales(t *testing.T) {
	datadriven.Walk(t, "testdata/census", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			return newTale(t).tell(d.Input)
		})
	})
}

// A tale is a list of events as it is read.
type tale struct {
	t       *testing.T
	census  Census
	watch   *Watch
	at      engine.Instant
	tickets map[engine.TicketID]*engine.Event // Arrived, with what holds now
	demands demands
	offer   engine.Event // the last one
	names   map[engine.Word]string
	out     strings.Builder
	watched []*Passing
	counted []Pair
}

func newTale(t *testing.T) *tale {
	k := &tale{t: t, tickets: map[engine.TicketID]*engine.Event{}, names: map[engine.Word]string{}}
	k.watch = NewWatch(1, 2, 3, 4, 5, 6, 7, 8, 9)
	k.census.Each = func(p Pair) { k.counted = append(k.counted, p) }
	return k
}

// tell reads the events and writes what was counted.
func (k *tale) tell(input string) string {
	for line := range strings.Lines(input) {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		ev := k.read(fields)
		if err := k.census.Add(&ev); err != nil {
			return fmt.Sprintf("%s: %v\n", strings.TrimSpace(line), err)
		}
		entry, by := k.watch.Add(&ev)
		k.watched = append(k.watched, by...)
		if entry != nil {
			k.entry(entry)
		}
	}
	if err := k.census.Close(); err != nil {
		return fmt.Sprintf("at the end: %v\n", err)
	}
	k.sums()
	return k.out.String()
}

// entry writes an entry of the ledger with its rules.
func (k *tale) entry(e *Entry) {
	fmt.Fprintf(&k.out, "entry %d: %d ahead of %d", e.Number, e.Ticket, e.Count)
	if e.Beyond > 0 {
		fmt.Fprintf(&k.out, ", %d of a limited class", e.Beyond)
	}
	if e.Missed {
		fmt.Fprintf(&k.out, " missed by %s", k.names[e.Agent])
	}
	for i := range e.Rows {
		r := e.Rule(&e.Rows[i])
		fmt.Fprintf(&k.out, "; %s", r.What)
		if r.Asker != 0 {
			fmt.Fprintf(&k.out, " by %s: %s", k.names[r.Asker], k.names[r.Reason])
		}
		if only := e.Rows[i].Only; only != 0 {
			fmt.Fprintf(&k.out, ", held for %s", k.names[only])
		}
	}
	k.out.WriteByte('\n')
}

// sums writes the pairs, and what the book sums up to. The watch must tell the same pairs.
func (k *tale) sums() {
	var told, counted []string
	for _, p := range k.counted {
		counted = append(counted, fmt.Sprintf("%d over %d in entry %d", p.By, p.Over, p.Entry))
		of := ""
		if p.Ticket != p.Over {
			of = fmt.Sprintf(" of %d", p.Ticket)
		}
		fmt.Fprintf(&k.out, "%d over %d%s: %d s / %d\n", p.By, p.Over, of, p.Handled/engine.Second, p.Able)
	}
	ways := map[Way]int{}
	for _, p := range k.watched {
		ways[p.Way]++
		if p.Way == Overtaken || p.Way == Missed {
			told = append(told, fmt.Sprintf("%d over %d in entry %d", p.By, p.Over, p.Entry.Number))
		}
	}
	tally, totals := k.census.Tally(), k.census.Book().Totals()
	slices.Sort(told)
	slices.Sort(counted)
	if !slices.Equal(told, counted) || ways[BySkill] != int(tally.Skill) || ways[ByRoom] != int(tally.Room) {
		k.t.Errorf("the watch tells %q and %v, counted are %q and %+v", told, ways, counted, tally)
	}
	fmt.Fprintf(&k.out, "%d pairs, by skill %d, for want of room %d", tally.Pairs, tally.Skill, tally.Room)
	if totals.Reserved+totals.Capped > 0 {
		fmt.Fprintf(&k.out, "; kept from the agent %d, capped %d", totals.Reserved, totals.Capped)
	}
	if totals.Pulled+totals.Moved+totals.Preferred+totals.Missed > 0 {
		fmt.Fprintf(&k.out, "; missed %d, pulled %d, moved %d, held for others %d; by hand %d",
			totals.Missed, totals.Pulled, totals.Moved, totals.Preferred, totals.Manual())
	}
	k.out.WriteByte('\n')
}

var taleKinds = map[string]engine.EventKind{"adopted": engine.Adopted, "arrived": engine.Arrived, "changed": engine.Changed,
	"signed-in": engine.SignedIn, "signed-out": engine.SignedOut, "on-break": engine.OnBreak, "readied": engine.Readied,
	"offered": engine.Offered, "row": engine.Passed, "accepted": engine.Accepted, "withdrawn": engine.Withdrawn,
	"missed": engine.Missed, "returned": engine.Returned, "finished": engine.Finished, "ended": engine.Ended,
	"held": engine.Held, "released": engine.Released, "joined": engine.Joined, "unlinked": engine.Unlinked, "left": engine.Left,
	"relaxed": engine.Relaxed, "classified": engine.Classified, "over-limit": engine.OverLimit, "opened": engine.Opened,
	"closed": engine.Closed, "lost": engine.Lost, "found": engine.Found, "pulled": engine.Pulled, "moved": engine.Moved,
	"transferred": engine.Transferred, "drained": engine.Drained, "undrained": engine.Undrained, "put-aside": engine.PutAside,
	"taken-up": engine.TakenUp}

var taleCauses = map[string]engine.Cause{"order": engine.ByOrder, "guard": engine.ByGuard, "cool-off": engine.ByCoolOff,
	"pull": engine.ByPull, "move": engine.ByMove, "preference": engine.ByPreference, "drain": engine.ByDrain,
	"decline": engine.ByDecline, "expiry": engine.ByExpiry, "leaving": engine.ByLeaving, "loss": engine.ByLoss,
	"interrupt": engine.ByInterrupt, "wish": engine.ByWish, "limit": engine.ByLimit}

// read makes the event of a line.
func (k *tale) read(fields []string) engine.Event {
	ev := engine.Event{Kind: taleKinds[fields[0]], Guard: -1}
	if ev.Kind == 0 {
		k.t.Fatalf("no event is called %s", fields[0])
	}
	facts := engine.Facts{}
	profile := engine.Profile{Takes: talePolicy("strict").Takes()}
	for _, f := range fields[1:] {
		key, value, _ := strings.Cut(f, "=")
		n, _ := strconv.Atoi(value)
		switch key {
		case "at":
			k.at = engine.Instant(n) * engine.Instant(engine.Second)
		case "t":
			ev.Ticket = engine.TicketID(n)
		case "r":
			ev.Rival = engine.TicketID(n)
		case "o":
			ev.Offer = engine.OfferID(n)
		case "a":
			ev.Agent = k.word(value)
		case "n":
			ev.Count = uint32(n)
		case "skill":
			ev.Skill = uint32(n)
		case "room":
			ev.Room = uint32(n)
		case "class":
			ev.Class = engine.ClassID(slices.Index([]string{"danger", "usual", "late"}, value))
			if value == "all" {
				ev.Class = engine.AllClasses
			}
		case "why":
			ev.Why = taleCauses[value]
		case "reason":
			ev.Reason = k.word(value)
		case "policy":
			ev.Policy = talePolicy(value)
		case "chat":
			facts.Channel = 1
		case "needs":
			facts.Needs[0], facts.NeedsLen = k.word(value), 1
		case "only":
			facts.Only = k.word(value)
		case "skills":
			profile.Skills = append(profile.Skills, k.word(value))
		case "demand":
			ev.Demand = engine.DemandID(n)
		case "guard":
			ev.Guard = int8(n)
		case "until":
			ev.Until = engine.Instant(engine.Hour) + engine.Instant(n)*engine.Instant(engine.Second)
		default:
			k.t.Fatalf("no field is called %s", key)
		}
	}
	ev.At = engine.Instant(engine.Hour) + k.at
	k.complete(&ev, &facts, &profile)
	return ev
}

func (k *tale) word(name string) engine.Word {
	w := engine.WordOf(name)
	k.names[w] = name
	return w
}

// complete fills in what follows from the events before.
func (k *tale) complete(ev *engine.Event, facts *engine.Facts, profile *engine.Profile) {
	t := k.tickets[ev.Ticket]
	switch ev.Kind {
	case engine.Arrived:
		ev.From, ev.Facts = engine.Place{Arrived: ev.At, Seq: ev.Ticket}, facts
		now := *ev
		k.tickets[ev.Ticket] = &now
		k.demands.of(facts)
	case engine.Changed, engine.Relaxed, engine.Transferred:
		ev.Facts, t.Facts = facts, facts
		if ev.Kind != engine.Relaxed {
			t.Class = ev.Class
		}
		if ev.From = t.From; ev.Kind == engine.Transferred && ev.Until != 0 { // to the end of the line
			ev.From, t.From = engine.Place{Arrived: ev.At, Seq: ev.Ticket}, engine.Place{Arrived: ev.At, Seq: ev.Ticket}
		}
		k.demands.of(facts)
	case engine.Classified:
		if t != nil {
			t.Class = ev.Class
		}
	case engine.Released:
		ev.From = t.From
	case engine.SignedIn:
		ev.Profile = profile
	case engine.Offered:
		if t != nil {
			ev.From, ev.Class, ev.Demand = t.From, t.Class, k.demands.of(t.Facts)
		}
		k.offer = *ev
	case engine.Passed:
		ev.Offer, ev.Agent, ev.Before = k.offer.Offer, k.offer.Agent, k.offer.From
		if ev.Rival == 0 {
			ev.Rival = k.offer.Ticket
		}
		if ev.Why == 0 {
			ev.Why = engine.ByOrder
		}
	}
}

// talePolicy is a line in order of class, or of arrival. With "limited-" before it class danger goes ahead once a minute
// and late is served once a minute as that.
func talePolicy(name string) *engine.Policy {
	name, limited := strings.CutPrefix(name, "limited-")
	p := testPolicies()[slices.Index([]string{"arrival", "head start", "strict", "due", "nested"}, name)]
	p.Ask = nil
	for c := range p.Classes {
		p.Classes[c].Limit = 0
	}
	if limited {
		p.Classes[0].Limit, p.Classes[0].Per, p.Classes[0].Beyond = 1, engine.Minute, engine.GoAhead
		p.Classes[2].Limit, p.Classes[2].Per, p.Classes[2].Beyond = 1, engine.Minute, engine.NextClass
	}
	return p
}
