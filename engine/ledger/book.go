package ledger

import "fairline/engine"

// A Book folds the events of a line, from its first, into entries. It keeps the rows of offers that are open and the
// offers that failed a moment ago, so its memory does not grow with the ledger. The zero value is ready. It is not safe
// for concurrent use.
type Book struct {
	// Frame is the sequence of the frame whose events are added next. Entries carry it; whoever has no frames leaves it 0.
	Frame uint64

	demands demands
	wishes  wishes
	open    map[engine.OfferID]*Entry
	order   []engine.OfferID // of open, rising; some of them are over
	failed  map[engine.OfferID]*Entry
	fails   []failure // of failed, in the order in which they failed
	newest  engine.OfferID
	last    Number
	totals  Totals
}

// A failure is an offer that failed while later ones were open: a miss may still be entered against its agent.
type failure struct {
	offer engine.OfferID
	next  engine.OfferID // offers before this one were made before it failed; never falls
}

// Number returns how many entries there are so far.
func (b *Book) Number() Number { return b.last }

// Totals returns the sums of all entries so far. It belongs to the Book and is valid until its next Add.
func (b *Book) Totals() *Totals { return &b.totals }

// Pending returns how many offers are open.
func (b *Book) Pending() int { return len(b.open) }

// oldest returns the frame of the oldest decision that may still be entered, or Frame.
func (b *Book) oldest() uint64 {
	from := b.Frame
	for _, e := range b.open {
		from = min(from, e.Decided)
	}
	for _, e := range b.failed {
		from = min(from, e.Decided)
	}
	return from
}

// Skip lets the next entry have the number n+1: for a Book that begins in the middle of a journal.
func (b *Book) Skip(n Number) { b.last = n }

// Add follows one event and returns the entry that it completes, if it does. The event is not kept; its Policy is. An
// Adopted event must carry the policy itself. An offer that the Book did not see being made makes no entry.
func (b *Book) Add(ev *engine.Event) (*Entry, bool) {
	b.demands.follow(ev)
	b.wishes.follow(ev)
	switch ev.Kind {
	case engine.Offered:
		b.offer(ev)
	case engine.Passed:
		if e := b.open[ev.Offer]; e != nil {
			e.Rows = append(e.Rows, rowOf(ev, b.demands.at(ev.Demand)))
		}
	case engine.OverLimit:
		if e := b.open[ev.Offer]; e != nil {
			e.Beyond = ev.Count
		}
	case engine.Accepted:
		return b.accept(ev)
	case engine.Withdrawn:
		b.withdraw(ev)
	case engine.Missed:
		return b.miss(ev)
	}
	return nil, false
}

func (b *Book) offer(ev *engine.Event) {
	if b.open == nil {
		b.open, b.failed = map[engine.OfferID]*Entry{}, map[engine.OfferID]*Entry{}
	}
	b.prune()
	b.newest, b.order = ev.Offer, append(b.order, ev.Offer)
	e := &Entry{Decided: b.Frame, Offered: ev.At, Policy: b.demands.policy, Ticket: ev.Ticket, Class: ev.Class,
		Channel: b.demands.at(ev.Demand).channel, Place: ev.From, Agent: ev.Agent, Offer: ev.Offer, Count: ev.Count,
		Skill: ev.Skill, Room: ev.Room, Why: ev.Why}
	if ev.Why == engine.ByPull || ev.Why == engine.ByMove {
		w := b.wishes.find(ev.Ticket)
		e.Asker, e.Wish = w.by, w.reason
	}
	b.open[ev.Offer] = e
}

// Decision returns the entry that an open offer will be if it is accepted and overtakes somebody, as far as it is known; nil
// where there is none. It belongs to the Book.
func (b *Book) Decision(id engine.OfferID) *Entry { return b.open[id] }

func (b *Book) accept(ev *engine.Event) (*Entry, bool) {
	e := b.open[ev.Offer]
	delete(b.open, ev.Offer)
	if e == nil || e.Count == 0 {
		return nil, false
	}
	return b.enter(e, ev.At), true
}

// withdraw follows an offer that came to nothing. Where the customer left nobody missed it.
func (b *Book) withdraw(ev *engine.Event) {
	b.prune()
	e := b.open[ev.Offer]
	delete(b.open, ev.Offer)
	if e != nil && ev.Why != engine.ByLeaving {
		e.Rows = nil
		b.failed[ev.Offer] = e
		b.fails = append(b.fails, failure{offer: ev.Offer, next: b.newest + 1})
	}
}

// miss enters a miss of an offer that just failed, or that failed while the start of the rival was an open offer.
func (b *Book) miss(ev *engine.Event) (*Entry, bool) {
	f := b.failed[ev.Offer]
	if f == nil {
		return nil, false
	}
	e := *f
	e.Missed, e.Rival, e.Count, e.Skill, e.Room = true, ev.Rival, ev.Count, 0, 0
	return b.enter(&e, ev.At), true
}

// prune forgets the failures that no open offer can still be entered against: those before the oldest open one was made. It
// runs before an offer is made or fails, and not behind one: misses come right behind what caused them.
func (b *Book) prune() {
	k := 0
	for k < len(b.order) && b.open[b.order[k]] == nil {
		k++
	}
	b.order = b.order[k:]
	k = 0
	for k < len(b.fails) && (len(b.order) == 0 || b.fails[k].next <= b.order[0]) {
		delete(b.failed, b.fails[k].offer)
		k++
	}
	b.fails = b.fails[k:]
}

func (b *Book) enter(e *Entry, at engine.Instant) *Entry {
	b.last++
	e.Number, e.Accepted, e.Entered = b.last, at, b.Frame
	b.totals.add(e)
	return e
}
