package host

import (
	"fmt"

	"fairline/engine"
	"fairline/engine/ledger"
)

// An own is what belongs to the ticket of a question, as far as a scan went: its contacts come and go.
type own struct {
	id    engine.TicketID          // that was asked about
	head  engine.TicketID          // the ticket that it belongs to
	now   map[engine.TicketID]bool // the contacts of that, id among them
	ended bool
}

func newOwn(id engine.TicketID) own {
	return own{id: id, head: id, now: map[engine.TicketID]bool{id: true}}
}

// hear follows one event, behind the watch.
func (o *own) hear(w *ledger.Watch, ev *engine.Event) {
	switch ev.Kind {
	case engine.Joined, engine.Unlinked, engine.Left:
		head := w.Ticket(o.id)
		if head == 0 {
			return // it left, and of the others the rest is told
		}
		o.head, o.now = head, map[engine.TicketID]bool{}
		w.Each(head, func(id engine.TicketID) { o.now[id] = true })
	case engine.Ended:
		o.ended = o.ended || ev.Ticket == o.head
	}
}

// has reports whether a contact is one of the ticket, or was when that ended.
func (o *own) has(id engine.TicketID) bool { return o.now[id] || id == o.head }

// is reports whether an event is about the ticket.
func (o *own) is(ev *engine.Event) bool {
	switch ev.Kind {
	case engine.Joined, engine.Unlinked, engine.Related, engine.Left:
		return o.has(ev.Ticket) || o.has(ev.Rival)
	case engine.Passed, engine.Missed, engine.Cooled:
		return false
	}
	return o.has(ev.Ticket)
}

// first is the frame that accepted the first of some tickets.
func (h *Host) first(ids []engine.TicketID) uint64 {
	first := uint64(0)
	for _, id := range ids {
		if t := h.book.Ticket(id); t != nil && (first == 0 || t.Seq < first) {
			first = t.Seq
		}
	}
	return first
}

// mine follows an event of the ticket itself.
func (x *explainer) mine(ev *engine.Event) {
	switch ev.Kind {
	case engine.Arrived, engine.Changed, engine.Relaxed, engine.Classified, engine.Transferred:
		x.described(ev)
	case engine.Offered:
		x.offered(ev)
	case engine.OverLimit:
		x.steps[len(x.steps)-1].Beyond = int(ev.Count)
	case engine.Spent:
		x.spent(ev)
	case engine.Accepted, engine.Returned, engine.Withdrawn, engine.PutAside, engine.TakenUp:
		x.worked(ev)
	case engine.Held, engine.Released, engine.CalledBack, engine.Pulled, engine.Moved, engine.Drained, engine.Undrained:
		x.happened(ev)
	case engine.Joined, engine.Unlinked, engine.Related, engine.Left:
		x.linked(ev)
	case engine.Ended:
		s := x.step(ev, endName(ev.End))
		s.Slips, s.Text = int(ev.Slips), x.host.book.Word(ev.Reason)
		if ev.End == engine.Abandoned {
			x.started = ev.At
		}
	}
}

// whats are what happened to a ticket, by events that say no more than who did it and why.
var whats = map[engine.EventKind]string{engine.Arrived: "arrived", engine.Changed: "changed", engine.Relaxed: "relaxed",
	engine.Classified: "counted as", engine.Transferred: "transferred",
	engine.Offered: "offered", engine.Accepted: "accepted", engine.Returned: "returned",
	engine.PutAside: "put aside", engine.TakenUp: "taken up", engine.Held: "held", engine.Released: "released",
	engine.CalledBack: "called back", engine.Pulled: "pulled", engine.Moved: "moved", engine.Drained: "kept free for it",
	engine.Undrained: "kept free no more", engine.Joined: "joined", engine.Unlinked: "unlinked", engine.Related: "related",
	engine.Left: "left", engine.Lost: "agent lost", engine.Found: "agent found", engine.Closed: "closed", engine.Opened: "opened"}

// note adds a step of an event with who did it and why.
func (x *explainer) note(ev *engine.Event) *Step {
	s := x.step(ev, whats[ev.Kind])
	s.Agent, s.Offer, s.Why = x.host.book.person(ev.Agent), uint64(ev.Offer), whys[ev.Why]
	s.Text = x.host.book.Word(ev.Reason)
	if ev.Ticket != x.own.id && ev.Ticket != 0 {
		s.Contact = x.host.book.who(ev.Ticket)
	}
	return s
}

// described tells what is known of the ticket now.
func (x *explainer) described(ev *engine.Event) {
	s := x.note(ev)
	if ev.Kind != engine.Relaxed {
		s.Class = x.class(ev.Class)
	}
	if f := ev.Facts; f != nil {
		s.Needs, s.Only = x.host.texts(f.Needs[:f.NeedsLen]), x.host.book.person(f.Only)
	}
	switch ev.Kind {
	case engine.Relaxed:
		s.Stage = int(ev.Count)
	case engine.Transferred:
		x.with = 0
	}
}

// spent tells which budget the offer before it is charged to.
func (x *explainer) spent(ev *engine.Event) {
	p, s := x.scan.watch.Policy(), x.steps[len(x.steps)-1]
	to := x.host.book.rule(ledger.RuleOf(p, ev.Node, ev.Guard, engine.ByGuard))
	to.Says = fmt.Sprintf("of %d starts at most one", p.Nodes()[ev.Node].Protect[ev.Guard].Every)
	s.Spent = append(s.Spent, to)
}

// worked tells what an agent did with an offer, or what became of it.
func (x *explainer) worked(ev *engine.Event) {
	s := x.note(ev)
	switch ev.Kind {
	case engine.Withdrawn:
		s.What = whys[ev.Why]
	case engine.Accepted:
		x.started, x.answer.Agent, x.with = ev.At, s.Agent, ev.Agent
	case engine.Returned:
		x.with = 0
	}
}

// happened tells what became of the ticket beside its offers.
func (x *explainer) happened(ev *engine.Event) {
	s := x.note(ev)
	switch ev.Kind {
	case engine.Held:
		if x.hold = s; ev.Until != 0 {
			s.Until = stamp(ev.Until)
		}
		if ev.Offer != 0 {
			x.with = 0
		}
	case engine.Released:
		x.hold = nil
	}
}

// linked tells which contacts the ticket has.
func (x *explainer) linked(ev *engine.Event) {
	s := x.note(ev)
	s.Other = x.host.book.who(ev.Rival)
	if ev.Kind == engine.Joined {
		if t := x.host.book.Ticket(ev.Ticket); t != nil {
			s.Arrived = stamp(t.Arrived)
		}
	}
}

// around follows what happens to the class of the ticket, and to the agent who works on it.
func (x *explainer) around(ev *engine.Event) {
	switch ev.Kind {
	case engine.Lost, engine.Found:
		if x.with == 0 || ev.Agent != x.with {
			return
		}
		if s := x.note(ev); ev.Until != 0 {
			s.Until = stamp(ev.Until)
		}
		return
	}
	shut := false
	for id := range x.own.now {
		shut = shut || x.scan.watch.Shut(id)
	}
	if shut == x.shut {
		return
	}
	if x.shut = shut; ev.Kind == engine.Closed || ev.Kind == engine.Opened {
		s := x.note(ev)
		if ev.Class != engine.AllClasses {
			s.Class = x.class(ev.Class)
		}
	} else if shut {
		x.step(ev, "closed").Why = whys[engine.ByHours]
	}
}
