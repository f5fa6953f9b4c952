package engine

import (
	"fmt"
	"strings"
	"time"
)

func (s *script) name(id TicketID) string {
	if id == 0 {
		return "nobody"
	}
	return s.numbers[id]
}

func clock(i Instant) string {
	if i == 0 {
		return "never"
	}
	return time.Duration(i - nine).String()
}

var causeNames = map[Cause]string{ByDecline: "declined", ByExpiry: "expired", ByLeaving: "left", ByBreak: "break", BySignOut: "sign-out",
	ByChange: "changed", ByOrder: "order", ByGuard: "protection", ByCoolOff: "cool-off", ByWish: "wish", ByMissing: "missed too many",
	ByHangUp: "hung up", ByCallback: "callback", BySnooze: "snooze", ByCustomer: "customer", ByNoAnswer: "no answer",
	ByHours: "hours", ByReturn: "is back", ByEnd: "its end", ByLoss: "agent lost", ByLink: "link", ByPull: "pull", ByMove: "move",
	ByPreference: "preferred agent", ByDrain: "drained", ByLimit: "over its limit", ByRoom: "has room again", ByWait: "waited long",
	ByInterrupt: "interrupt", BySkill: "nobody on duty can", ByReserve: "reserve", ByCap: "cap"}

var endNames = [...]string{Served: "served", Abandoned: "abandoned", MovedAway: "moved away", ClosedBy: "closed", Expired: "expired"}

// tell is one line for an event.
func (s *script) tell(ev *Event) string {
	ticket, agent, at := s.name(ev.Ticket), s.names[ev.Agent], clock(ev.At)
	switch ev.Kind {
	case Adopted:
		return at + " Adopted " + ev.Policy.Name
	case Arrived:
		return fmt.Sprintf("%s Arrived %s class %s arrived %s%s", at, ticket, s.class(ev.Class), clock(ev.From.Arrived), s.asks(ev.Facts))
	case Changed:
		return fmt.Sprintf("%s Changed %s class %s%s", at, ticket, s.class(ev.Class), s.asks(ev.Facts))
	case SignedIn, SignedOut, Readied:
		return fmt.Sprintf("%s %s %s", at, eventForms[ev.Kind].name, agent)
	case OnBreak:
		return fmt.Sprintf("%s OnBreak %s: %s", at, agent, causeNames[ev.Why])
	case Offered:
		return fmt.Sprintf("%s Offered %s to %s until %s: %s; passes %d, by skill %d, by room %d; overtaken %d times", at, ticket, agent,
			clock(ev.Until), s.decided(ev), ev.Count, ev.Skill, ev.Room, ev.Slips)
	case Passed:
		return "  " + s.row(ev)
	case Withdrawn:
		out := fmt.Sprintf("%s Withdrawn %s from %s: %s%s", at, ticket, agent, causeNames[ev.Why], s.said(ev))
		if ev.Until != 0 {
			out += ", kept from them until " + clock(ev.Until)
		}
		return out
	case Missed:
		return fmt.Sprintf("%s Missed: %s was passed %d times while %s let it ring (%s)", at, ticket, ev.Count, agent, s.name(ev.Rival))
	case Ended:
		return fmt.Sprintf("%s Ended %s %s%s, overtaken %d times", at, ticket, endNames[ev.End], s.said(ev), ev.Slips)
	case Finished:
		return fmt.Sprintf("%s Finished %s by %s, free at %s", at, ticket, agent, clock(ev.Until))
	case Returned:
		return fmt.Sprintf("%s Returned %s from %s: %s", at, ticket, agent, causeNames[ev.Why])
	case Cooled, Accepted, WrapEnded, PutAside, TakenUp:
		return fmt.Sprintf("%s %s %s %s", at, eventForms[ev.Kind].name, ticket, agent)
	}
	return at + " " + s.tellLife(ev)
}

// tellLife is tell for what happens between arrival and end, but for offers.
func (s *script) tellLife(ev *Event) string {
	ticket, agent, other, kind := s.name(ev.Ticket), s.names[ev.Agent], s.name(ev.Rival), eventForms[ev.Kind].name
	switch ev.Kind {
	case Held:
		out := fmt.Sprintf("Held %s until %s: %s%s", ticket, clock(ev.Until), causeNames[ev.Why], s.said(ev))
		if ev.Offer != 0 {
			out += ", from " + agent
		}
		if ev.Attempt > 0 {
			out += fmt.Sprintf(", attempt %d", ev.Attempt)
		}
		return out
	case Released:
		return fmt.Sprintf("Released %s in the place of %s: %s%s", ticket, clock(ev.From.Arrived), causeNames[ev.Why], s.said(ev))
	case Joined, Unlinked, Left, Related:
		return fmt.Sprintf("%s %s %s %s%s", kind, ticket, map[EventKind]string{Joined: "to", Unlinked: "from", Left: "of", Related: "to"}[ev.Kind], other, s.said(ev))
	case Relaxed:
		return fmt.Sprintf("Relaxed %s to step %d%s", ticket, ev.Count, s.asks(ev.Facts))
	case Transferred:
		return fmt.Sprintf("Transferred %s from %s in the place of %s class %s%s%s", ticket, agent, clock(ev.From.Arrived), s.class(ev.Class),
			s.asks(ev.Facts), s.said(ev))
	case CalledBack:
		return fmt.Sprintf("CalledBack %s: %s", ticket, causeNames[ev.Why])
	case Spent:
		return fmt.Sprintf("Spent the budget of %s on %s", s.e.policy.Nodes()[ev.Node].Name, ticket)
	case Pulled, Moved:
		return fmt.Sprintf("%s %s by %s%s", kind, ticket, agent, s.said(ev))
	}
	return s.tellLine(ev)
}

// tellLine is tell for what happens to classes and agents.
func (s *script) tellLine(ev *Event) string {
	agent, kind := s.names[ev.Agent], eventForms[ev.Kind].name
	switch ev.Kind {
	case Classified:
		if ev.Ticket != 0 {
			return fmt.Sprintf("Classified %s class %s: %s", s.name(ev.Ticket), s.class(ev.Class), causeNames[ev.Why])
		}
		return fmt.Sprintf("Classified class %s: %s", s.class(ev.Class), causeNames[ev.Why])
	case OverLimit:
		return fmt.Sprintf("OverLimit class %s: %s is number %d of the window", s.class(ev.Class), s.name(ev.Ticket), ev.Count)
	case Opened, Closed:
		if ev.Class == AllClasses {
			return fmt.Sprintf("%s the line: %s of %s%s", kind, causeNames[ev.Why], agent, s.said(ev))
		}
		return fmt.Sprintf("%s class %s: %s", kind, s.class(ev.Class), causeNames[ev.Why])
	case Drained, Undrained:
		return fmt.Sprintf("%s %s for %s", kind, agent, s.name(ev.Ticket))
	case Leased:
		return fmt.Sprintf("Leased %s for %s", agent, time.Duration(ev.Until))
	case Lost:
		return fmt.Sprintf("Lost %s until %s", agent, clock(ev.Until))
	case Found, Uncapped:
		return kind + " " + agent
	}
	return kind
}

// said is the reason that a sender gave.
func (s *script) said(ev *Event) string {
	if ev.Reason == 0 {
		return ""
	}
	return fmt.Sprintf(" (%s)", s.names[ev.Reason])
}

// asks is what a ticket asks of agents.
func (s *script) asks(f *Facts) string {
	var out []string
	for _, n := range f.Needs[:f.NeedsLen] {
		out = append(out, s.names[n])
	}
	text := ""
	if len(out) > 0 {
		text = " needs " + strings.Join(out, ", ")
	}
	if f.Only != 0 {
		text += " for " + s.names[f.Only]
	}
	return text
}

func (s *script) class(c ClassID) string { return s.e.policy.Classes[c].Name }

func (s *script) decided(ev *Event) string {
	if ev.Why != 0 {
		return causeNames[ev.Why]
	}
	n := s.e.policy.Nodes()[ev.Node]
	what := n.Order.Name()
	if ev.Guard >= 0 {
		what = protectionNames[n.Protect[ev.Guard].Kind]
	}
	if ev.Rival == 0 {
		return fmt.Sprintf("%s of %s, alone", what, n.Name)
	}
	return fmt.Sprintf("%s of %s, before %s", what, n.Name, s.name(ev.Rival))
}

var protectionNames = map[ProtectionKind]string{OvertakenAtMost: "overtaken_at_most", OvertakenOnlyWithin: "overtaken_only_within",
	FirstAfter: "first_after", PassedByCapacityAtMost: "passed_by_capacity_at_most", Budget: "budget", MinShare: "min_share"}

func (s *script) row(ev *Event) string {
	if ev.Why == ByCoolOff {
		return fmt.Sprintf("passes %s, who is kept from them", s.name(ev.Ticket))
	}
	n := s.e.policy.Nodes()[ev.Node]
	what := n.Order.Name()
	switch ev.Why {
	case ByGuard:
		what = protectionNames[n.Protect[ev.Guard].Kind]
	case ByOrder:
	default:
		return fmt.Sprintf("passes %d of class %s before %s: %s", ev.Count, s.class(ev.Class), clock(ev.Before.Arrived), causeNames[ev.Why])
	}
	return fmt.Sprintf("passes %d of class %s before %s: %s of %s showed %s, %s against %s", ev.Count, s.class(ev.Class),
		clock(ev.Before.Arrived), what, n.Name, s.name(ev.Rival), s.key(n, ev.KeyWon), s.key(n, ev.KeyLost))
}

func (s *script) key(n *Node, k int64) string {
	switch n.Order.(type) {
	case Strict:
		return fmt.Sprint("rank ", k)
	case Greatest:
		return fmt.Sprint("value ", -k)
	}
	if text := moved(n.Order, k); text != "" {
		return text
	}
	if s.e.policy.Clock != nil && n.Order.Name() != "arrival" {
		return "open " + time.Duration(k).String()
	}
	return clock(Instant(k))
}
