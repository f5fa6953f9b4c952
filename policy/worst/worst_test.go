package worst_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"fairline/engine"
	"fairline/policy"
	"fairline/policy/worst"
)

var policies = flag.Int("policies", 60, "how many random policies are tried")

// A pass is one overtaking that was started: by a ticket of class by, which came gap later.
type pass struct {
	by    engine.ClassID
	gap   engine.Duration
	wait  engine.Duration // of who is passed, at the offer
	offer engine.OfferID
}

// A history is a line in which everything happens at random.
type history struct {
	t      *testing.T
	p      *policy.Policy
	r      *rand.Rand
	e      *engine.Engine
	now    engine.Instant
	offers map[engine.OfferID]*asked
	asked  map[engine.TicketID][]engine.AgentID
	class  map[engine.TicketID]engine.ClassID
	passes map[engine.TicketID][]pass
	starts []start
}

// A start is an offer that was accepted.
type start struct {
	offer engine.OfferID
	class engine.ClassID
}

// asked is an offer with those whom it passes.
type asked struct {
	ev   engine.Event
	over []engine.TicketView
}

// do runs a command, Ticks before it included. What is refused changes nothing.
func (h *history) do(c engine.Command) {
	for due := h.e.Due(); due != 0 && due <= h.now; due = h.e.Due() {
		h.one(engine.Command{Kind: engine.Tick, At: max(due, h.e.Now())})
	}
	c.At = h.now
	h.one(c)
}

func (h *history) one(c engine.Command) {
	waiting := h.waiting()
	events, err := h.e.Do(c)
	if err != nil {
		return
	}
	for _, ev := range events {
		switch ev.Kind {
		case engine.Arrived:
			h.class[ev.Ticket] = ev.Class
			waiting = append(waiting, h.view(ev.Ticket, ev.From))
		case engine.Withdrawn, engine.Returned, engine.Released, engine.Transferred:
			waiting = append(waiting, h.view(ev.Ticket, engine.Place{}))
		case engine.Offered:
			h.offers[ev.Offer] = &asked{ev: ev}
			h.asked[ev.Ticket] = append(h.asked[ev.Ticket], ev.Agent)
			waiting = slices.DeleteFunc(waiting, func(v engine.TicketView) bool { return v.Ticket == ev.Ticket })
		case engine.Passed:
			h.passed(ev, waiting)
		case engine.Accepted:
			h.started(h.offers[ev.Offer])
		}
	}
}

// view is what can be known of a ticket at once, also of one that arrived in this very command.
func (h *history) view(id engine.TicketID, at engine.Place) engine.TicketView {
	v, ok := h.e.Ticket(id)
	if !ok {
		v.Place = at
	}
	return v
}

func (h *history) waiting() []engine.TicketView {
	return slices.DeleteFunc(h.e.Arrivals(1000), func(v engine.TicketView) bool { return v.State != "waiting" })
}

// passed enters the tickets of a row, but for those that the agent has just missed.
func (h *history) passed(ev engine.Event, waiting []engine.TicketView) {
	if ev.Why != engine.ByOrder && ev.Why != engine.ByGuard {
		return
	}
	channel, needs := h.e.Demand(ev.Demand)
	o := h.offers[ev.Offer]
	for _, v := range waiting {
		if v.Class == ev.Class && v.Channel == channel && slices.Equal(v.Needs, needs) && !v.Place.Before(ev.From) && v.Place.Before(ev.Before) && !h.missed(v.Ticket, ev.Agent) {
			o.over = append(o.over, v)
		}
	}
}

// missed reports whether an agent has ever missed a ticket: then its rows cannot be told from the others.
func (h *history) missed(id engine.TicketID, a engine.AgentID) bool {
	return slices.Contains(h.asked[id], a)
}

func (h *history) started(o *asked) {
	clock := h.p.Engine.Clock
	h.starts = append(h.starts, start{o.ev.Offer, o.ev.Class})
	for _, v := range o.over {
		gap := clock.Opened(o.ev.From.Arrived) - clock.Opened(v.Place.Arrived)
		h.passes[v.Ticket] = append(h.passes[v.Ticket], pass{o.ev.Class, gap, clock.Opened(o.ev.At) - clock.Opened(v.Place.Arrived), o.ev.Offer})
	}
}

// step does something.
func (h *history) step() {
	r := h.r
	agent := engine.AgentID(1 + r.IntN(3))
	if r.IntN(3) == 0 {
		h.now = h.now.Add(engine.Duration(r.IntN(20)) * engine.Second)
	}
	var ringing, working []engine.OfferView
	for _, a := range h.e.Agents() {
		for _, o := range a.Offers {
			if o.State == "ringing" {
				ringing = append(ringing, o)
			} else if o.State == "working" {
				working = append(working, o)
			}
		}
	}
	n := r.IntN(20)
	switch {
	case n < 7:
		h.do(engine.Command{Kind: engine.Arrive, Facts: ticket(h.t, h.p, r, r.IntN(classesMax)%len(h.p.Classes), h.now)})
	case n < 12 && len(ringing) > 0:
		o := ringing[r.IntN(len(ringing))]
		kind := engine.Accept
		if r.IntN(12) == 0 {
			kind = engine.Decline
		}
		h.do(engine.Command{Kind: kind, Agent: o.Agent, Offer: o.Offer})
	case n < 16 && len(working) > 0:
		o := working[r.IntN(len(working))]
		h.do(engine.Command{Kind: engine.Finish, Agent: o.Agent, Offer: o.Offer})
	case n == 17:
		p := &engine.Profile{Takes: h.p.Engine.Takes()}
		if r.IntN(3) > 0 {
			p.Skills = []engine.Word{engine.WordOf("skill")}
		}
		if r.IntN(3) == 0 {
			p.Skills = append(p.Skills, engine.WordOf("spare"))
			slices.Sort(p.Skills)
		}
		h.do(engine.Command{Kind: engine.SignIn, Agent: agent, Profile: p})
	case n == 18:
		kind := []engine.CommandKind{engine.SignOut, engine.Break, engine.Ready, engine.Ready}[r.IntN(4)]
		h.do(engine.Command{Kind: kind, Agent: agent})
	case n == 16 && r.IntN(3) == 0:
		h.unusual()
	case n == 19:
		if list := h.waiting(); len(list) > 0 && r.IntN(2) == 0 {
			h.do(engine.Command{Kind: engine.Leave, Ticket: list[r.IntN(len(list))].Ticket})
		}
	}
}

// unusual holds a ticket, ends a hold, hands work on, or loses an agent.
func (h *history) unusual() {
	list := h.e.Arrivals(1000)
	if len(list) == 0 {
		return
	}
	k := list[h.r.IntN(len(list))]
	switch h.r.IntN(3) {
	case 0:
		h.do(engine.Command{Kind: engine.Hold, Ticket: k.Ticket, Why: engine.BySnooze, Until: h.now.Add(20 * engine.Second)})
	case 1:
		for _, a := range h.e.Agents() {
			for _, o := range a.Offers {
				var f engine.Facts
				if o.State == "working" && h.e.Facts(o.Ticket, &f) {
					h.do(engine.Command{Kind: engine.Transfer, Agent: o.Agent, Offer: o.Offer, Facts: &f})
					return
				}
			}
		}
	case 2:
		h.do(engine.Command{Kind: engine.Lose, Agent: engine.AgentID(1 + h.r.IntN(3))})
	}
}

func newHistory(t *testing.T, p *policy.Policy, r *rand.Rand) *history {
	t.Helper()
	h := &history{t: t, p: p, r: r, e: engine.New(), now: 1_800_000_000 * engine.Instant(engine.Second), offers: map[engine.OfferID]*asked{},
		asked: map[engine.TicketID][]engine.AgentID{}, class: map[engine.TicketID]engine.ClassID{}, passes: map[engine.TicketID][]pass{}}
	if _, err := h.e.Do(engine.Command{Kind: engine.Adopt, At: h.now, Policy: p.Engine}); err != nil {
		t.Fatal(err)
	}
	return h
}

// TestNoHistoryExceedsTheWorstCase holds random histories under random policies to what is said of their classes.
func TestNoHistoryExceedsTheWorstCase(t *testing.T) {
	kinds := map[worst.Kind]int{}
	passes := 0
	for seed := range uint64(*policies) {
		r := rand.New(rand.NewPCG(seed, 7))
		p := parsed(t, r)
		cases := worst.Of(p)
		for range 4 {
			h := newHistory(t, p, r)
			for range 250 {
				h.step()
			}
			for id, list := range h.passes {
				c := cases[h.class[id]]
				if what := exceeds(c, h, list); what != "" {
					t.Fatalf("seed %d, ticket %d of %s: %s: %v\n%s\n%s", seed, id, c.Class, what, list, c, p.Source)
				}
				kinds[c.Kind]++
				passes += len(list)
			}
		}
	}
	t.Logf("%d overtakings, tickets by answer %v", passes, kinds)
	if kinds[worst.Counted] < *policies/10 || kinds[worst.Within] < *policies/4 || kinds[worst.ByWait] < *policies/20 || kinds[worst.OneIn] < *policies/60 {
		t.Errorf("tickets by answer %v: the histories do not try the bounds", kinds)
	}
}

// exceeds says in which way the overtakings of one ticket are more than its class's worst case, or nothing.
func exceeds(c worst.Case, h *history, list []pass) string {
	left, most := map[string]int{}, 0
	for _, t := range c.Terms {
		if t.Kind == worst.Counted {
			most += int(t.Count)
		}
	}
	total := 0
	turns := map[int][]pass{} // by term: those that only a budget lets pass
	for _, x := range list {
		by := h.p.Classes[x.by].Name
		known, free := false, false
		for i, t := range c.Terms {
			if !slices.Contains(t.By, by) {
				continue
			}
			windowed := t.Kind == worst.Within || t.Kind == worst.ByWait
			known = known || !windowed || inWindow(t, x)
			free = free || t.Kind >= worst.OneIn || windowed && inWindow(t, x)
			if t.Kind == worst.OneIn && only(c, t, by) {
				turns[i] = append(turns[i], x)
			}
		}
		if !known {
			return "passed by " + by + ", which cannot be so late"
		}
		if !free {
			left[by]++
			total++
		}
	}
	for i, passes := range turns {
		if what := h.tooSoon(c.Terms[i], passes); what != "" {
			return what
		}
	}
	for by, n := range left {
		may := 0
		for _, t := range c.Terms {
			if t.Kind == worst.Counted && slices.Contains(t.By, by) {
				may += int(t.Count)
			}
		}
		if n > may {
			return "passed too often by " + by
		}
	}
	if total > most {
		return "passed too often"
	}
	return ""
}

// inWindow reports whether a window lets a ticket pass that came so much later.
func inWindow(t worst.Term, x pass) bool {
	if t.Kind == worst.Within {
		return x.gap < t.Within
	}
	return (x.gap-t.Within)*engine.Duration(t.Part.Den) < x.wait*engine.Duration(t.Part.Num)
}

// only reports whether a class passes in no other way than t.
func only(c worst.Case, t worst.Term, by string) bool {
	return !slices.ContainsFunc(c.Terms, func(o worst.Term) bool { return o.Line != t.Line && slices.Contains(o.By, by) })
}

// tooSoon says whether two starts that only a budget lets pass one ticket have too few starts of its node between them.
func (h *history) tooSoon(t worst.Term, passes []pass) string {
	n, g := budgetAt(h.p, t.Line)
	at := func(id engine.OfferID) int {
		before := 0
		for _, s := range h.starts {
			if s.offer < id && holds(n, s.class) && !slices.Contains(g.Except, s.class) {
				before++
			}
		}
		return before
	}
	slices.SortFunc(passes, func(a, b pass) int { return int(a.offer) - int(b.offer) })
	for i := 1; i < len(passes); i++ {
		if d := at(passes[i].offer) - at(passes[i-1].offer); d < int(t.Count) {
			return fmt.Sprintf("passed twice within %d starts, of which one may be out of turn in %d", d+1, t.Count)
		}
	}
	return ""
}

// budgetAt is the budget in a line of the file, and its node.
func budgetAt(p *policy.Policy, line int) (*engine.Node, *engine.Protection) {
	for _, n := range p.Engine.Nodes() {
		for i := range n.Protect {
			if n.Protect[i].Line == line {
				return n, &n.Protect[i]
			}
		}
	}
	return nil, nil
}

func holds(n *engine.Node, c engine.ClassID) bool {
	return slices.ContainsFunc(n.Members, func(m engine.Member) bool {
		return m.Group == nil && m.Class == c || m.Group != nil && holds(m.Group, c)
	})
}
