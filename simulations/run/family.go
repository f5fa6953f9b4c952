package run

import (
	"slices"

	"fairline/engine"
	"fairline/simulations/measure"
)

// joined notes that the contact in slot i belongs to a ticket now. Each contact is counted by itself: the first that is reached
// is served, and the others end with it.
func (p *Player) joined(i int32, head engine.TicketID) {
	p.measure.Joined()
	first, x := p.slots.of(head)
	if x != nil && x.head == 0 {
		x.head = head
		p.families[head] = append(p.families[head], first)
	}
	p.slots.slab[i].head = head
	p.families[head] = append(p.families[head], i)
}

// reached ends the other contacts of the ticket whose contact in slot i was started.
func (p *Player) reached(i int32, x *slot) {
	head := x.head
	for _, j := range p.families[head] {
		if y := &p.slots.slab[j]; j != i {
			p.leaveFamily(j, y, measure.Closed)
		}
	}
	p.families[head] = append(p.families[head][:0], i)
}

// leaveFamily ends one contact of a ticket that goes on. The slips are the ticket's.
func (p *Player) leaveFamily(i int32, x *slot, how measure.Outcome) {
	x.head, x.Outcome, x.Ended, x.Slips = 0, how, p.now, 0
	p.left(x)
	p.gone(i, x)
}

// leftAlone ends a contact whose customer gave it up while others of the ticket remain.
func (p *Player) leftAlone(i int32, x *slot) {
	p.families[x.head] = slices.DeleteFunc(p.families[x.head], func(j int32) bool { return j == i })
	p.leaveFamily(i, x, measure.Abandoned)
}

// endFamily ends all contacts of a ticket; false: it has only one.
func (p *Player) endFamily(ev *engine.Event) bool {
	family, ok := p.families[ev.Ticket]
	if !ok {
		return false
	}
	delete(p.families, ev.Ticket)
	for _, i := range family {
		p.end(i, &p.slots.slab[i], ev)
	}
	return true
}
