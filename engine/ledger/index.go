package ledger

import (
	"maps"
	"slices"
	"sort"

	"fairline/engine"
)

// Limits of an Index.
const (
	// MarksMax is how many rare events an Index remembers; then it forgets the older half.
	MarksMax = 1 << 16
	// StopsMax is how many places an Index remembers; then it forgets every other one.
	StopsMax = 1 << 12
	// LinksMax is how many contacts that joined a ticket an Index remembers; then it forgets the older half.
	LinksMax = 1 << 18
)

// An Index lets a Watch begin in the middle of a journal: at the arrival of a ticket, or where a page of the ledger begins.
// It remembers the rare events that change who is at work, what tickets ask and which policy is in force, and every so many
// entries where they begin. Its memory is bounded. The zero value is ready; it is not safe for concurrent use.
type Index struct {
	book    Book
	demands demands
	links   []link
	marks   []mark
	forgot  uint64 // marks of frames up to this one are gone
	stops   []Stop
	stride  Number // entries between two stops, or
	stretch uint64 // frames
}

// A mark is a rare event, as far as a Watch needs it.
type mark struct {
	frame uint64
	event engine.Event
}

// A link is a contact that became one of a ticket.
type link struct{ contact, ticket engine.TicketID }

// A Stop is a place in the journal at which the reading of entries can begin: a Watch that is given the frames from From on
// has entries behind Number from the frame At on.
type Stop struct {
	Number Number
	From   uint64
	At     uint64
}

// Book returns the book of all entries.
func (x *Index) Book() *Book { return &x.book }

// Add follows one event of a frame. It keeps the Policy of the event and nothing else of it.
func (x *Index) Add(frame uint64, ev *engine.Event) {
	if frame != x.book.Frame {
		x.book.Frame = frame
		x.stop()
	}
	x.book.Add(ev)
	if ev.Kind == engine.Joined {
		if x.links = append(x.links, link{ev.Ticket, ev.Rival}); len(x.links) > LinksMax {
			x.links = slices.Delete(x.links, 0, LinksMax/2)
		}
	}
	k, rare := x.keep(ev)
	if !rare {
		return
	}
	if x.marks = append(x.marks, mark{frame, k}); len(x.marks) > MarksMax {
		x.forgot = x.marks[MarksMax/2].frame
		x.marks = slices.DeleteFunc(x.marks, func(m mark) bool { return m.frame <= x.forgot })
	}
}

// keep returns what is to be remembered of an event, if it is a rare one.
func (x *Index) keep(ev *engine.Event) (k engine.Event, rare bool) {
	k = engine.Event{Kind: ev.Kind, At: ev.At}
	fresh := x.demands.follow(ev)
	switch ev.Kind {
	case engine.Adopted:
		k.Policy = ev.Policy
	case engine.Arrived, engine.Changed, engine.Relaxed, engine.Transferred:
		if !fresh {
			return k, false
		}
		f := *ev.Facts
		k.Kind, k.Facts = engine.Arrived, &f
	case engine.SignedIn:
		k.Agent, k.Profile = ev.Agent, &engine.Profile{Skills: slices.Clone(ev.Profile.Skills), Takes: ev.Profile.Takes}
	case engine.SignedOut, engine.OnBreak, engine.Readied, engine.Lost, engine.Found:
		k.Agent = ev.Agent
	case engine.Opened, engine.Closed:
		k.Class = ev.Class
	case engine.Moved:
		k.Agent, k.Ticket, k.Reason = ev.Agent, ev.Ticket, ev.Reason
	default:
		return k, false
	}
	return k, true
}

// Contacts returns all contacts that ever were of one ticket with one of ids, as far as they are remembered, and ids
// themselves, rising.
func (x *Index) Contacts(ids ...engine.TicketID) []engine.TicketID {
	set := map[engine.TicketID]bool{}
	for _, id := range ids {
		set[id] = true
	}
	for more := len(x.links) > 0; more; {
		more = false
		for _, k := range x.links {
			if set[k.contact] != set[k.ticket] {
				set[k.contact], set[k.ticket], more = true, true, true
			}
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// stop notes that a page may begin with the frame that comes.
func (x *Index) stop() {
	if x.stride == 0 {
		x.stride, x.stretch = 16, 256
		x.stops = append(x.stops, Stop{From: 1, At: 1})
	}
	if last := x.stops[len(x.stops)-1]; x.book.last < last.Number+x.stride && x.book.Frame < last.At+x.stretch {
		return
	}
	x.stops = append(x.stops, Stop{Number: x.book.last, From: x.book.oldest(), At: x.book.Frame})
	if len(x.stops) > StopsMax {
		x.stride, x.stretch = 2*x.stride, 2*x.stretch
		k := 0
		for i := 0; i < len(x.stops); i += 2 {
			x.stops[k] = x.stops[i]
			k++
		}
		x.stops = x.stops[:k]
	}
}

// Find returns the last Stop before the entry n.
func (x *Index) Find(n Number) Stop {
	i := sort.Search(len(x.stops), func(i int) bool { return x.stops[i].Number >= n })
	return x.before(i)
}

// FindFrame returns the last Stop from which on the entries decided in a frame, or later, are all read.
func (x *Index) FindFrame(frame uint64) Stop {
	i := sort.Search(len(x.stops), func(i int) bool { return x.stops[i].At > frame })
	return x.before(i)
}

func (x *Index) before(i int) Stop {
	if i == 0 {
		return Stop{From: 1, At: 1}
	}
	return x.stops[i-1]
}

// Watch returns a Watch over tickets, and the frame with whose events it must begin: frame, or 1 where what came before it
// is forgotten.
func (x *Index) Watch(frame uint64, ids ...engine.TicketID) (*Watch, uint64) {
	w := NewWatch(ids...)
	if frame <= x.forgot {
		return w, 1
	}
	w.book.wishes.links = x
	for i := range x.marks {
		m := &x.marks[i]
		if m.frame >= frame {
			break
		}
		w.Add(&m.event)
	}
	return w, frame
}
