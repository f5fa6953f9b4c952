package ledger

import (
	"cmp"
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
// decisions and counts nothing. Contacts of one ticket are watched together: see Index.Contacts. A Watch begins anywhere at
// or before the first arrival of those it watches; whatever rare events stand before that (see Index) it must have been
// given too. It is not safe for concurrent use.
type Watch struct {
	book    Book
	lives   lives
	roster  roster
	open    map[engine.OfferID]*wait
	working map[engine.OfferID]*wait
	during  map[engine.OfferID][]*wait // who came by while an offer of a watched ticket rang
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

// NewWatch returns a Watch over tickets, each named by all its contacts.
func NewWatch(ids ...engine.TicketID) *Watch {
	w := &Watch{open: map[engine.OfferID]*wait{}, working: map[engine.OfferID]*wait{}, during: map[engine.OfferID][]*wait{}}
	w.lives.chosen = map[engine.TicketID]bool{}
	for _, id := range ids {
		w.lives.chosen[id] = true
	}
	return w
}

// Book returns the book of the watch, which enters what all starts passed.
func (w *Watch) Book() *Book { return &w.book }

// Watches reports whether a contact is watched.
func (w *Watch) Watches(id engine.TicketID) bool { return w.lives.chosen[id] }

// Ticket returns the ticket that a watched contact belongs to, as long as it is in the line; else 0.
func (w *Watch) Ticket(id engine.TicketID) engine.TicketID {
	if t := w.lives.byID[id]; t != nil {
		return t.of.id
	}
	return 0
}

// Shut reports whether a watched contact stands in the line while its class, or the whole line, is closed.
func (w *Watch) Shut(id engine.TicketID) bool {
	t := w.lives.byID[id]
	return t != nil && !t.held && t.of.under == 0 && !w.lives.waits(t)
}

// Policy returns the policy in force as far as the events went, or nil.
func (w *Watch) Policy() *engine.Policy { return w.lives.policy }

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
		if was := w.Policy(); was != nil {
			w.roster.adopt(was, ev.Policy)
		}
	case engine.Offered:
		w.offer(ev)
	case engine.Accepted:
		list = w.accept(ev, entry)
	case engine.Withdrawn, engine.Returned, engine.Finished, engine.Transferred, engine.Held:
		w.leave(ev)
	case engine.Missed:
		list = w.miss(ev, entry)
	}
	w.roster.follow(ev)
	// A journal that is wrong about watched tickets is found by a Census; here it only says less.
	_ = w.lives.follow(ev)
	return entry, list
}

// offer looks which watched tickets stand before the one that is offered.
func (w *Watch) offer(ev *engine.Event) {
	o := &wait{start: Entry{Ticket: ev.Ticket, Class: ev.Class, Agent: ev.Agent, Offer: ev.Offer, Offered: ev.At,
		Policy: w.Policy(), Place: ev.From}}
	w.open[ev.Offer] = o
	own := w.lives.byID[ev.Ticket]
	for _, t := range w.lives.list {
		if !t.place.Before(ev.From) || own != nil && own.of == t.of || !w.lives.stands(t) {
			continue
		}
		d := t.demand()
		o.passes = append(o.passes, &glimpse{id: t.id, class: t.class, number: w.lives.number(t), place: t.place,
			under: t.of.under, serves: w.roster.member(ev.Agent).serves(d), able: w.roster.able(d, w.roster.member(ev.Agent))})
		if t.of.under != 0 {
			w.during[t.of.under] = append(w.during[t.of.under], o)
		}
	}
	slices.SortFunc(o.passes, func(a, b *glimpse) int { return cmp.Compare(a.id, b.id) })
}

// accept says whom a start passed.
func (w *Watch) accept(ev *engine.Event, entry *Entry) (list []*Passing) {
	o := w.open[ev.Offer]
	if o == nil {
		return nil
	}
	delete(w.open, ev.Offer)
	o.accepted, o.start.Accepted = ev.At, ev.At
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
}

// finish says how long the work took.
func (o *wait) finish(p *Passing) { p.Handled, p.Done = o.ended.Sub(o.accepted), true }

// miss says who passed a ticket while its offer rang in vain. An event that is about several starts does not name them:
// they are named where there are just as many that can be meant.
func (w *Watch) miss(ev *engine.Event, entry *Entry) []*Passing {
	if !w.Watches(ev.Ticket) || entry == nil {
		return nil
	}
	var list []*Passing
	over := ev.Ticket // the contact that was reached; it is another that counts where one came earlier
	for _, o := range w.during[ev.Offer] {
		g := o.glimpse(ev.Offer)
		over = g.id
		if o.accepted == 0 || !g.serves || ev.Rival != 0 && o.start.Ticket != ev.Rival {
			continue
		}
		p := &Passing{Over: g.id, Way: Missed, By: o.start.Ticket, Count: 1, Entry: entry, Class: g.class, Able: g.able}
		if o.ended != 0 {
			o.finish(p)
		} else {
			o.told = append(o.told, p)
		}
		list = append(list, p)
	}
	if len(list) != int(ev.Count) {
		return []*Passing{{Over: over, Way: Missed, Count: int(ev.Count), Entry: entry, Class: entry.Class}}
	}
	return list
}

// glimpse returns how the ticket that was under an offer stood when this one was made.
func (o *wait) glimpse(under engine.OfferID) *glimpse {
	i := slices.IndexFunc(o.passes, func(g *glimpse) bool { return g.under == under })
	return o.passes[i]
}

// Each calls do for each contact of a ticket that is watched.
func (w *Watch) Each(ticket engine.TicketID, do func(engine.TicketID)) {
	if m := w.lives.matters[ticket]; m != nil {
		for _, t := range m.contacts {
			do(t.id)
		}
	}
}
