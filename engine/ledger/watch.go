package ledger

import (
	"slices"

	"fairline/engine"
)

// A Way is how somebody was passed.
type Way string

// The ways of being passed. Only the first two are overtakings.
const (
	Overtaken Way = "overtaken"
	Missed    Way = "missed offer" // while its offer rang in vain: entered against the agent who missed it
	BySkill   Way = "by skill"     // the agent lacks a skill, or does not take the channel
	ByRoom    Way = "by room"      // the agent's free capacity was too small
)

// A Passing says that a watched ticket was passed by a start.
type Passing struct {
	Over  engine.TicketID
	Way   Way
	By    engine.TicketID // 0 where it was several starts that cannot be told apart
	Count int             // 1 where By is set
	Entry *Entry          // of the start, or of the miss; its number counts from where the watch began
	Row   *Row            // of Entry; nil: Way is not Overtaken
	Class engine.ClassID  // of Over, when it was passed
	Able  int             // agents on duty at the offer who could serve Over, busy or not
	// Handled is the time from the acceptance of By to its finish, or to its return. Done: it is over.
	Handled engine.Duration
	Done    bool
}

// Cost is the cost of the passing, as the package defines it; ok says whether it is known and whether it is one.
func (p *Passing) Cost() (cost engine.Duration, ok bool) {
	if !p.Done || p.Able == 0 || p.Way != Overtaken && p.Way != Missed {
		return 0, false
	}
	return p.Handled / engine.Duration(p.Able), true
}

// A Watch follows a few tickets through the events of a line and says who passed each. It believes the rows of the
// decisions and counts nothing. It begins anywhere at or before the first arrival of the tickets; whatever stands before
// that of Adopted, Arrived, Changed, SignedIn, SignedOut, OnBreak and Readied it must have been given too. It is not safe
// for concurrent use.
type Watch struct {
	policy  *engine.Policy
	book    Book
	demands demands
	roster  roster
	watched map[engine.TicketID]*watched
	open    map[engine.OfferID]*wait
	working map[engine.OfferID]*wait
	during  map[engine.OfferID][]*wait // who came by while an offer of a watched ticket rang
}

// A watched is a ticket as a watch keeps it.
type watched struct {
	here   bool // in the line: it arrived and has not ended
	place  engine.Place
	class  engine.ClassID
	number engine.DemandID
	facts  engine.Facts
	under  engine.OfferID // it rings, or is worked on
	rings  bool
}

// A wait is an offer that may pass watched tickets.
type wait struct {
	start    Entry          // all but rows and sums
	accepted engine.Instant // 0: not yet
	ended    engine.Instant // of the work; 0: not yet
	passes   []*glimpse
	told     []*Passing
}

// A glimpse is a watched ticket as it stood when an offer was made.
type glimpse struct {
	id     engine.TicketID
	class  engine.ClassID
	number engine.DemandID
	place  engine.Place
	under  engine.OfferID // not 0: it was ringing
	serves bool           // the agent has the skills
	able   int
}

// NewWatch returns a Watch over tickets.
func NewWatch(ids ...engine.TicketID) *Watch {
	w := &Watch{watched: map[engine.TicketID]*watched{}, open: map[engine.OfferID]*wait{},
		working: map[engine.OfferID]*wait{}, during: map[engine.OfferID][]*wait{}}
	for _, id := range ids {
		w.watched[id] = &watched{}
	}
	return w
}

// Book returns the book of the watch, which enters what all starts passed.
func (w *Watch) Book() *Book { return &w.book }

// Class returns the class of a watched ticket as far as the events went.
func (w *Watch) Class(id engine.TicketID) engine.ClassID { return w.watched[id].class }

// Policy returns the policy in force as far as the events went, or nil.
func (w *Watch) Policy() *engine.Policy { return w.policy }

// Pending returns how many open offers may still pass a watched ticket, and how many that did are still worked on: with
// neither, and all watched tickets ended, further events say nothing new.
func (w *Watch) Pending() (open, working int) {
	for _, o := range w.open {
		if len(o.passes) > 0 {
			open++
		}
	}
	for _, o := range w.working {
		if len(o.told) > 0 {
			working++
		}
	}
	return open, working
}

// Add follows one event. It returns the entry that the event completes, or nil, and the passings of watched tickets that
// it enters. A Passing is complete when Done is set, by a later Add.
func (w *Watch) Add(ev *engine.Event) (*Entry, []*Passing) {
	entry, _ := w.book.Add(ev)
	var list []*Passing
	switch ev.Kind {
	case engine.Adopted:
		w.adopt(ev.Policy)
	case engine.Arrived, engine.Changed:
		w.describe(ev)
	case engine.Offered:
		w.offer(ev)
	case engine.Accepted:
		list = w.accept(ev, entry)
	case engine.Withdrawn, engine.Returned, engine.Finished:
		w.leave(ev)
	case engine.Missed:
		list = w.miss(ev, entry)
	case engine.Ended:
		if t := w.watched[ev.Ticket]; t != nil {
			t.here = false
		}
	case engine.SignedIn, engine.SignedOut, engine.OnBreak, engine.Readied:
		w.roster.add(ev.Kind, ev.Agent, ev.Profile)
	}
	return entry, list
}

func (w *Watch) adopt(p *engine.Policy) {
	was := w.policy
	w.policy = p
	if was == nil {
		return
	}
	w.demands.adopt(was, p)
	w.roster.adopt(was, p)
	for _, t := range w.watched {
		if t.here {
			t.facts = translated(&t.facts, was, p)
			t.class = p.Classify(&t.facts)
		}
	}
}

func (w *Watch) describe(ev *engine.Event) {
	number := w.demands.of(ev.Facts)
	t := w.watched[ev.Ticket]
	if t == nil {
		return
	}
	if ev.Kind == engine.Arrived {
		t.here, t.place = true, ev.From
	}
	t.class, t.number, t.facts = ev.Class, number, *ev.Facts
}

// offer looks which watched tickets stand before the one that is offered.
func (w *Watch) offer(ev *engine.Event) {
	o := &wait{start: Entry{Ticket: ev.Ticket, Class: ev.Class, Agent: ev.Agent, Offer: ev.Offer, Offered: ev.At,
		Policy: w.policy, Place: ev.From}}
	w.open[ev.Offer] = o
	for id, t := range w.watched {
		if !t.here || t.under != 0 && !t.rings || !t.place.Before(ev.From) {
			continue
		}
		d := demand{channel: t.facts.Channel, needs: t.facts.Needs[:t.facts.NeedsLen]}
		o.passes = append(o.passes, &glimpse{id: id, class: t.class, number: t.number, place: t.place, under: t.under,
			serves: w.roster.member(ev.Agent).serves(d), able: w.roster.able(d)})
		if t.under != 0 {
			w.during[t.under] = append(w.during[t.under], o)
		}
	}
	slices.SortFunc(o.passes, func(a, b *glimpse) int { return int(int64(a.id) - int64(b.id)) })
	if t := w.watched[ev.Ticket]; t != nil {
		t.under, t.rings = ev.Offer, true
	}
}

// accept says whom a start passed.
func (w *Watch) accept(ev *engine.Event, entry *Entry) (list []*Passing) {
	o := w.open[ev.Offer]
	if o == nil {
		return nil
	}
	delete(w.open, ev.Offer)
	o.accepted, o.start.Accepted = ev.At, ev.At
	if t := w.watched[ev.Ticket]; t != nil {
		t.rings = false
	}
	if entry == nil {
		entry = &o.start
	}
	for _, g := range o.passes {
		if g.under != 0 {
			continue
		}
		p := &Passing{Over: g.id, Way: ByRoom, By: ev.Ticket, Count: 1, Entry: entry, Class: g.class, Able: g.able}
		switch p.Row = g.row(entry); {
		case p.Row != nil:
			p.Way = Overtaken
			o.told = append(o.told, p)
		case !g.serves:
			p.Way = BySkill
		}
		list = append(list, p)
	}
	if len(o.passes) > 0 {
		w.working[ev.Offer] = o
	}
	return list
}

// row returns the row of an entry that is about a ticket, or nil.
func (g *glimpse) row(e *Entry) *Row {
	for i := range e.Rows {
		if r := &e.Rows[i]; r.Why == engine.ByCoolOff && r.Ticket == g.id {
			return r
		}
	}
	for i := range e.Rows {
		if r := &e.Rows[i]; r.about(g.class, g.number, g.place) {
			return r
		}
	}
	return nil
}

// leave follows an offer that failed, or work that is over.
func (w *Watch) leave(ev *engine.Event) {
	delete(w.open, ev.Offer)
	if o := w.working[ev.Offer]; o != nil {
		o.ended = ev.At
		for _, p := range o.told {
			o.finish(p)
		}
		delete(w.working, ev.Offer)
	}
	if t := w.watched[ev.Ticket]; t != nil {
		t.under, t.rings = 0, false
	}
}

// finish says how long the work took.
func (o *wait) finish(p *Passing) { p.Handled, p.Done = o.ended.Sub(o.accepted), true }

// miss says who passed a ticket while its offer rang in vain. An event that is about several starts does not name them:
// they are named where there are just as many that can be meant.
func (w *Watch) miss(ev *engine.Event, entry *Entry) []*Passing {
	t := w.watched[ev.Ticket]
	if t == nil || entry == nil {
		return nil
	}
	var list []*Passing
	for _, o := range w.during[ev.Offer] {
		g := o.glimpse(ev.Ticket)
		if o.accepted == 0 || !g.serves || ev.Rival != 0 && o.start.Ticket != ev.Rival {
			continue
		}
		p := &Passing{Over: ev.Ticket, Way: Missed, By: o.start.Ticket, Count: 1, Entry: entry, Class: g.class, Able: g.able}
		if o.ended != 0 {
			o.finish(p)
		} else {
			o.told = append(o.told, p)
		}
		list = append(list, p)
	}
	if len(list) != int(ev.Count) {
		return []*Passing{{Over: ev.Ticket, Way: Missed, Count: int(ev.Count), Entry: entry, Class: t.class}}
	}
	return list
}

// glimpse returns how a ticket stood when the offer was made.
func (o *wait) glimpse(id engine.TicketID) *glimpse {
	i := slices.IndexFunc(o.passes, func(g *glimpse) bool { return g.id == id })
	return o.passes[i]
}
