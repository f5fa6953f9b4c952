package ledger

import (
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
)

// An Index lets a Watch begin in the middle of a journal: at the arrival of a ticket, or where a page of the ledger begins.
// It remembers the rare events that change who is at work, what tickets ask and which policy is in force, and every so many
// entries where they begin. Its memory is bounded. The zero value is ready; it is not safe for concurrent use.
type Index struct {
	book    Book
	policy  *engine.Policy
	demands demands
	marks   []mark
	forgot  uint64 // marks of frames up to this one are gone
	stops   []Stop
	stride  Number // entries between two stops, or
	stretch uint64 // frames
}

// A mark is a rare event.
type mark struct {
	frame   uint64
	kind    engine.EventKind
	agent   engine.AgentID
	facts   *engine.Facts
	profile *engine.Profile
	policy  *engine.Policy
}

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
	m := mark{frame: frame, kind: ev.Kind, agent: ev.Agent}
	switch ev.Kind {
	case engine.Adopted:
		if x.policy != nil {
			x.demands.adopt(x.policy, ev.Policy)
		}
		x.policy, m.policy, m.agent = ev.Policy, ev.Policy, 0
	case engine.Arrived, engine.Changed:
		known := len(x.demands.list)
		if x.demands.of(ev.Facts); len(x.demands.list) == known {
			return
		}
		f := *ev.Facts
		m.facts = &f
	case engine.SignedIn:
		m.profile = &engine.Profile{Skills: slices.Clone(ev.Profile.Skills), Takes: ev.Profile.Takes}
	case engine.SignedOut, engine.OnBreak, engine.Readied:
	default:
		return
	}
	if x.marks = append(x.marks, m); len(x.marks) > MarksMax {
		x.forgot = x.marks[MarksMax/2].frame
		x.marks = slices.DeleteFunc(x.marks, func(m mark) bool { return m.frame <= x.forgot })
	}
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
	for i := range x.marks {
		m := &x.marks[i]
		if m.frame >= frame {
			break
		}
		w.Add(&engine.Event{Kind: m.kind, Agent: m.agent, Facts: m.facts, Profile: m.profile, Policy: m.policy})
	}
	return w, frame
}
