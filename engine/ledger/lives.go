package ledger

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"fairline/engine"
)

// A contact is one entry in the line: a call, a mail, a message, with its own place and class.
type contact struct {
	id     engine.TicketID
	place  engine.Place
	class  engine.ClassID
	number engine.DemandID
	facts  engine.Facts
	to     engine.AgentID // whom it was transferred to, where no policy says so
	held   bool           // it keeps its place and does not wait
	gone   bool           // the first contact of a ticket, which left: its number is the ticket's still
	of     *matter
}

// own are the facts of t with no needs but its own.
func (t *contact) own() engine.Facts {
	f := t.facts
	f.Needs, f.NeedsLen, f.Given, f.Only = [engine.NeedsMax]engine.Word{}, 0, 0, 0
	for i, need := range t.facts.Needs[:t.facts.NeedsLen] {
		if t.facts.Given>>i&1 == 0 {
			f.Needs[f.NeedsLen] = need
			f.NeedsLen++
		}
	}
	return f
}

func (t *contact) demand() demand { return demandOf(&t.facts) }

// A matter is a ticket: the contacts of one customer on one matter.
type matter struct {
	id       engine.TicketID
	contacts []*contact
	under    engine.OfferID // it rings, or is worked on, or was served; 0: none of them
	rings    bool
	reached  *contact // under an offer: whom it is about
	counts   *contact // under an offer: who counts until it ends
}

// drop takes a contact out of m.
func (m *matter) drop(t *contact) {
	m.contacts = slices.DeleteFunc(m.contacts, func(k *contact) bool { return k == t })
}

// lives follows what becomes of tickets: which contacts they have, where these stand, and whether they wait. The zero
// value has nobody.
type lives struct {
	chosen  map[engine.TicketID]bool // contacts to follow; nil: all
	policy  *engine.Policy
	demands demands
	list    []*contact // in order of arrival
	byID    map[engine.TicketID]*contact
	matters map[engine.TicketID]*matter
	shut    bool                    // the whole line
	closed  map[engine.ClassID]bool // by hours
}

// waits reports whether a contact is neither held nor of a class that is closed; its ticket may be with an agent.
func (l *lives) waits(t *contact) bool { return !t.held && !l.shut && !l.closed[t.class] }

// counting returns the contact that counts for m: the earliest that did not leave, or the one that was it when m was
// offered. It is nil for a ticket in service.
func (l *lives) counting(m *matter) *contact {
	if m.under != 0 {
		if !m.rings {
			return nil
		}
		return m.counts
	}
	var first *contact
	for _, t := range m.contacts {
		if !t.gone && (first == nil || t.place.Before(first.place)) {
			first = t
		}
	}
	return first
}

// stands reports whether a contact may be passed: it counts for its ticket, and waits or is under offer.
func (l *lives) stands(t *contact) bool { return l.waits(t) && l.counting(t.of) == t }

// follow changes what an event changes. Where all tickets are followed it is an error when the event is about one that is
// not in the line.
func (l *lives) follow(ev *engine.Event) error {
	switch ev.Kind {
	case engine.Adopted:
		l.adopt(ev)
		return nil
	case engine.Opened, engine.Closed:
		l.open(ev.Class, ev.Kind == engine.Closed)
		return nil
	}
	l.demands.follow(ev)
	if ev.Kind == engine.Classified && ev.Ticket == 0 {
		return nil // a class is over its limit, or has room
	}
	t := l.byID[ev.Ticket]
	switch ev.Kind {
	case engine.Arrived:
		return l.arrive(ev)
	case engine.Changed, engine.Relaxed, engine.Classified, engine.Transferred, engine.Held, engine.Released, engine.Joined,
		engine.Unlinked, engine.Left, engine.Offered, engine.Accepted, engine.Withdrawn, engine.Returned, engine.Finished:
		if t == nil && l.chosen == nil {
			return fmt.Errorf("ticket %d is not in the line", ev.Ticket)
		}
	case engine.Ended:
		return l.end(ev)
	}
	if t == nil {
		return nil
	}
	switch ev.Kind {
	case engine.Changed, engine.Relaxed, engine.Classified, engine.Transferred:
		l.describe(t, ev)
	case engine.Held, engine.Released:
		if ev.Kind == engine.Released && !t.held && l.chosen == nil {
			return fmt.Errorf("ticket %d is released and not held", ev.Ticket)
		}
		l.hold(t, ev)
	case engine.Joined, engine.Unlinked, engine.Left:
		return l.bind(t, ev)
	}
	l.offers(t, ev)
	return nil
}

func (l *lives) adopt(ev *engine.Event) {
	was, now := l.policy, ev.Policy
	l.policy = now
	l.demands.follow(ev)
	l.closed = map[engine.ClassID]bool{}
	for c := range now.Classes {
		hours := now.Classes[c].Hours
		if hours == nil {
			hours = now.Hours
		}
		l.closed[engine.ClassID(c)] = !hours.Open(ev.At)
	}
	if was == nil {
		l.byID, l.matters = map[engine.TicketID]*contact{}, map[engine.TicketID]*matter{}
		return
	}
	for _, t := range slices.SortedFunc(slices.Values(l.list), func(a, b *contact) int { return cmp.Compare(a.id, b.id) }) {
		own := t.own()
		t.facts = translated(&own, was, now)
		t.class = now.Classify(&t.facts)
		ask(now, &t.facts, t.class)
		if t.to != 0 {
			t.facts.Only = t.to
		}
		if t.number = unnumbered; l.chosen == nil {
			t.number = l.demands.of(&t.facts)
		}
	}
}

// ask sets what a ticket with facts f of class c asks for under p at the first step.
func ask(p *engine.Policy, f *engine.Facts, c engine.ClassID) {
	if p.Ask == nil {
		return
	}
	own := slices.Clone(f.Needs[:f.NeedsLen])
	p.Ask(f, c, 0)
	needs := f.Needs[:f.NeedsLen]
	slices.Sort(needs)
	needs = slices.Compact(needs)
	f.NeedsLen, f.Given = uint8(len(needs)), 0
	for i, need := range needs {
		if !slices.Contains(own, need) {
			f.Given |= 1 << i
		}
	}
}

// unnumbered is the number of a demand that a policy just adopted made, until an event tells of it.
const unnumbered = engine.DemandID(math.MaxUint16)

// number returns the number of what t asks.
func (l *lives) number(t *contact) engine.DemandID {
	if t.number == unnumbered {
		t.number = l.demands.find(&t.facts)
	}
	return t.number
}

func (l *lives) open(c engine.ClassID, closed bool) {
	if c == engine.AllClasses {
		l.shut = closed
		return
	}
	l.closed[c] = closed
}

func (l *lives) arrive(ev *engine.Event) error {
	if l.chosen != nil && !l.chosen[ev.Ticket] {
		return nil
	}
	if l.byID[ev.Ticket] != nil {
		return fmt.Errorf("ticket %d arrives twice", ev.Ticket)
	}
	t := &contact{id: ev.Ticket, place: ev.From}
	t.class, t.facts, t.number = ev.Class, *ev.Facts, l.demands.of(ev.Facts)
	t.of = &matter{id: t.id, contacts: []*contact{t}}
	l.list, l.byID[t.id], l.matters[t.id] = append(l.list, t), t, t.of
	return nil
}

func (l *lives) describe(t *contact, ev *engine.Event) {
	if ev.Facts != nil {
		t.facts, t.number = *ev.Facts, l.demands.of(ev.Facts)
	}
	if ev.Kind != engine.Relaxed {
		t.class = ev.Class
	}
	switch ev.Kind {
	case engine.Transferred:
		l.transfer(t, ev)
	case engine.Relaxed:
		if t.facts.Only != t.to {
			t.to = 0
		}
	}
}

// transfer lets a ticket wait again: all its contacts need what the one in hand needs of its own, and are for the same agent.
func (l *lives) transfer(t *contact, ev *engine.Event) {
	own := t.own()
	ask(l.policy, &own, t.class)
	if t.to = 0; own.Only != t.facts.Only {
		t.to = t.facts.Only
	}
	for _, k := range t.of.contacts {
		if k == t || k.gone {
			continue
		}
		needs := t.own()
		f := k.own()
		f.Needs, f.NeedsLen = needs.Needs, needs.NeedsLen
		ask(l.policy, &f, k.class)
		if t.to != 0 {
			f.Only = t.to
		}
		k.facts = f
		if k.to, k.number = t.to, unnumbered; l.chosen == nil {
			k.number = l.demands.of(&k.facts)
		}
	}
	t.move(ev.From)
}

// move gives a ticket another place, if p is one: then all its contacts go there.
func (t *contact) move(p engine.Place) {
	if t.place == p {
		return
	}
	for _, k := range t.of.contacts {
		k.place.Arrived = p.Arrived
	}
}

// hold follows Held and Released, which are about all contacts of a ticket.
func (l *lives) hold(t *contact, ev *engine.Event) {
	for _, k := range t.of.contacts {
		k.held = ev.Kind == engine.Held
	}
	if ev.Kind == engine.Released {
		t.move(ev.From)
	}
}

// bind follows contacts that become part of a ticket, or cease to be.
func (l *lives) bind(t *contact, ev *engine.Event) error {
	to := l.matters[ev.Rival]
	if to == nil || ev.Kind != engine.Joined && (t.of != to || len(to.contacts) == 1) {
		return fmt.Errorf("ticket %d is not in the line, or %d is no contact of it", ev.Rival, ev.Ticket)
	}
	switch ev.Kind {
	case engine.Joined:
		l.join(t, to)
	case engine.Unlinked:
		l.unlink(t)
	case engine.Left:
		if t.gone = t.id == to.id; !t.gone {
			to.drop(t)
			l.forget(t)
		}
	}
	return nil
}

// join makes t, and whoever is of one ticket with it, contacts of to.
func (l *lives) join(t *contact, to *matter) {
	m := t.of
	if m == to {
		return
	}
	delete(l.matters, m.id)
	if m.under != 0 {
		to.under, to.rings, to.reached, to.counts = m.under, m.rings, m.reached, m.counts
	}
	for _, k := range m.contacts {
		k.of = to
	}
	to.contacts = append(to.contacts, m.contacts...)
}

// unlink makes t a ticket of its own. The offer stays with whom it is about.
func (l *lives) unlink(t *contact) {
	m := t.of
	m.drop(t)
	t.of = &matter{id: t.id, contacts: []*contact{t}}
	l.matters[t.id] = t.of
	if m.reached == t {
		t.of.under, t.of.rings, t.of.reached, t.of.counts = m.under, m.rings, t, t
		m.under, m.rings, m.reached, m.counts = 0, false, nil, nil
	} else if m.counts == t {
		m.counts = m.reached
	}
}

// offers follows a ticket to an agent and back.
func (l *lives) offers(t *contact, ev *engine.Event) {
	m := t.of
	switch ev.Kind {
	case engine.Offered:
		m.counts = l.counting(m)
		m.under, m.rings, m.reached = ev.Offer, true, t
	case engine.Accepted, engine.Finished: // who is served is in nobody's way until it ends
		m.rings = false
	case engine.Withdrawn, engine.Returned, engine.Transferred, engine.Held:
		m.under, m.rings, m.reached, m.counts = 0, false, nil, nil
	}
}

func (l *lives) end(ev *engine.Event) error {
	m := l.matters[ev.Ticket]
	if m == nil {
		if l.chosen == nil {
			return fmt.Errorf("ticket %d ends and is not in the line", ev.Ticket)
		}
		return nil
	}
	delete(l.matters, m.id)
	for _, t := range m.contacts {
		l.forget(t)
	}
	return nil
}

func (l *lives) forget(t *contact) {
	delete(l.byID, t.id)
	i := slices.Index(l.list, t)
	l.list = slices.Delete(l.list, i, i+1)
}

// translated are the facts of a ticket as another policy reads them: by name, as far as the first one kept them.
func translated(f *engine.Facts, was, now *engine.Policy) engine.Facts {
	to := *f
	to.Channel, to.Has, to.Attrs = carried(f.Channel, was, now), 0, [engine.AttrsMax]int64{}
	for i, name := range now.Attrs {
		if k := slices.Index(was.Attrs, name); k >= 0 && f.Has>>k&1 != 0 {
			to.Attrs[i] = f.Attrs[k]
			to.Has |= 1 << i
		}
	}
	return to
}
