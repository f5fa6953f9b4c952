package engine

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Twins are two histories of one day that differ in one thing only: whether what kim sent is known to be hers. They say
// what "one customer, one place" means: a ticket of several contacts is reached exactly when the first of them would have
// been reached had they been strangers; a duplicate changes nothing for anybody; and what is unlinked was never joined.

// A twin is a day: what happens at the door, and how agents answer.
type twin struct {
	policy *Policy
	calls  []dayCall // in order of time
}

type dayCall struct {
	name string // of who arrives, or ends to be a contact
	c    Command
}

const kimMail, kimCall, kimAgain = "kim's mail", "kim's call", "kim's mail again"

// opening is when days begin. They last for dayLength.
const (
	opening   = Instant(Hour)
	dayLength = 20 * Minute
)

func drawDay(t *rapid.T, policies []*Policy) twin {
	d := twin{policy: rapid.SampledFrom(policies).Draw(t, "policy")}
	for i := range rapid.IntRange(1, 12).Draw(t, "others") {
		at := drawTime(t)
		f := drawFacts(t, at)
		f.Customer, f.NotBefore = 0, 0
		d.calls = append(d.calls, dayCall{name: fmt.Sprint("other ", i), c: Command{Kind: Arrive, At: at, Facts: f}})
	}
	for i := range rapid.IntRange(1, 3).Draw(t, "agents") {
		agent := WordOf([]string{"ana", "ben", "cleo"}[i])
		p := &Profile{Takes: d.policy.Takes()}
		for _, s := range testSkills {
			if rapid.Bool().Draw(t, "skill") {
				p.Skills = append(p.Skills, s)
			}
		}
		slices.Sort(p.Skills)
		p.Takes[rapid.IntRange(0, 2).Draw(t, "not")] = 0
		at := drawTime(t)
		d.calls = append(d.calls, dayCall{c: Command{Kind: SignIn, At: at, Agent: agent, Profile: p}})
		d.calls = append(d.calls, dayCall{c: Command{Kind: SignOut, At: at + 5*drawTime(t) - 5*opening, Agent: agent}})
	}
	d.sort()
	return d
}

func drawTime(t *rapid.T) Instant {
	return opening.Add(Duration(rapid.IntRange(1, 120).Draw(t, "at")) * Second)
}

func (d *twin) sort() {
	slices.SortStableFunc(d.calls, func(a, b dayCall) int { return cmp.Compare(a.c.At, b.c.At) })
}

// with returns the day with more calls.
func (d twin) with(calls ...dayCall) twin {
	d.calls = append(slices.Clone(d.calls), calls...)
	d.sort()
	return d
}

// contact is something that a customer sends.
func contact(name string, f Facts, customer Word) dayCall {
	f.Customer, f.Matter = customer, 1
	return dayCall{name: name, c: Command{Kind: Arrive, At: f.Arrived, Facts: &f}}
}

// drawContact draws what kim sends by a channel.
func drawContact(t *rapid.T, ch ChannelID) Facts {
	at := drawTime(t)
	f := drawFacts(t, at)
	f.Channel, f.Arrived, f.NotBefore = ch, at, 0
	return *f
}

// A decided is one decision of a day.
type decided struct {
	at    Instant
	who   string
	agent AgentID
	slips uint32
	count uint32 // of the tickets passed
}

// A dayRun is a day as it passes: agents accept most offers at once, some they decline, and they finish in time, all of it
// given by who is served by whom.
type dayRun struct {
	e     *Engine
	calls []dayCall
	names map[TicketID]string
	log   []decided
	apart int // before which decision kim's contacts were unlinked, from 1; 0: never
}

func (d twin) run(t *rapid.T) *dayRun {
	r := &dayRun{e: New(), calls: slices.Clone(d.calls), names: map[TicketID]string{}}
	r.do(t, dayCall{c: Command{Kind: Adopt, At: opening, Policy: d.policy}})
	for {
		due := r.e.Due()
		switch {
		case due != 0 && due < opening.Add(dayLength) && (len(r.calls) == 0 || due <= r.calls[0].c.At):
			r.do(t, dayCall{c: Command{Kind: Tick, At: max(due, r.e.Now())}})
		case len(r.calls) == 0:
			return r
		default:
			next := r.calls[0]
			r.calls = r.calls[1:]
			r.do(t, next)
		}
	}
}

func (r *dayRun) do(t *rapid.T, call dayCall) {
	if call.name == kimAgain && !r.has(kimMail) || call.c.Kind == Unlink && !r.unlink(&call) {
		return
	}
	events, err := r.e.Do(call.c)
	if err != nil {
		return
	}
	for _, ev := range slices.Clone(events) {
		switch ev.Kind {
		case Arrived:
			r.names[ev.Ticket] = call.name
		case Offered:
			r.log = append(r.log, decided{at: ev.At, who: r.names[ev.Ticket], agent: ev.Agent, slips: ev.Slips, count: ev.Count})
			r.answer(&ev)
		case Accepted:
			h := mix(uint64(WordOf(r.names[ev.Ticket])), uint64(ev.Agent))
			r.later(Command{Kind: Finish, At: ev.At.Add(Duration(1+h%60) * Second), Agent: ev.Agent, Offer: ev.Offer})
		}
		t.Logf("%d %s %s why %d count %d", ev.At.Sub(opening)/Second, eventForms[ev.Kind].name, r.names[ev.Ticket], ev.Why, ev.Count)
	}
}

// answer lets the agent accept at once, or decline.
func (r *dayRun) answer(ev *Event) {
	c := Command{Kind: Accept, At: ev.At, Agent: ev.Agent, Offer: ev.Offer}
	if mix(mix(uint64(WordOf(r.names[ev.Ticket])), uint64(ev.Agent)), uint64(ev.Attempt))%4 == 0 {
		c.Kind, c.At = Decline, ev.At.Add(3*Second)
	}
	r.later(c)
}

func (r *dayRun) later(c Command) {
	i := 0
	for i < len(r.calls) && r.calls[i].c.At <= c.At {
		i++
	}
	r.calls = slices.Insert(r.calls, i, dayCall{c: c})
}

// has reports whether somebody is in the line.
func (r *dayRun) has(who string) bool {
	for id, name := range r.names {
		if _, ok := r.e.Ticket(id); ok && name == who {
			return true
		}
	}
	return false
}

// unlink fills in which contact is to be one no more, where it waits.
func (r *dayRun) unlink(call *dayCall) bool {
	for id, name := range r.names {
		if v, ok := r.e.Ticket(id); ok && name == call.name && v.State == "waiting" && r.first(kimMail, kimCall) == len(r.log) {
			call.c.Ticket, r.apart = id, len(r.log)+1
			return true
		}
	}
	return false
}

// first is the number of the first decision for one of who; how many decisions there were where there is none.
func (r *dayRun) first(who ...string) int {
	i := slices.IndexFunc(r.log, func(o decided) bool { return slices.Contains(who, o.who) })
	if i < 0 {
		return len(r.log)
	}
	return i
}

// unlimited are the policies but for those that do see whether two contacts are one: a limit and a budget count starts that
// overtake a ticket, some orders how many wait, a stride whoever comes, a lot of each draws twice, and a share by customer knows who it is.
func unlimited() []*Policy {
	return slices.DeleteFunc(testPolicies(), func(p *Policy) bool { return p.Next != nil || seesContacts(p.Root) })
}

func seesContacts(n *Node) bool {
	_, mix := n.Order.(WaitingMix)
	cost, _ := n.Order.(Cost)
	share, _ := n.Order.(Share)
	draw, _ := n.Order.(Draw)
	return mix || cost.Queue || draw.PerTicket || share.Customer || share.AtArrival ||
		slices.ContainsFunc(n.Protect, func(g Protection) bool { return g.Kind == Budget }) ||
		slices.ContainsFunc(n.Members, func(m Member) bool { return m.Group != nil && seesContacts(m.Group) })
}

// A mail of kim and her later call are reached when the first of the two would have been reached had two strangers sent
// them: by the same agent, after the same decisions.
func TestJoinedContactsAreReachedLikeTheFirstOfStrangers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawDay(t, unlimited())
		mail, call := drawContact(t, 2), drawContact(t, 0)
		joined := d.with(contact(kimMail, mail, 7), contact(kimCall, call, 7)).run(t)
		strangers := d.with(contact(kimMail, mail, 8), contact(kimCall, call, 7)).run(t)
		i, j := joined.first(kimMail, kimCall), strangers.first(kimMail, kimCall)
		got, want := joined.log[:min(i+1, len(joined.log))], strangers.log[:min(j+1, len(strangers.log))]
		same := func(a, b decided) bool { a.count = b.count; return a == b } // two strangers who are passed are two
		if !slices.EqualFunc(got, want, same) {
			t.Fatalf("under %s the joined contacts are reached after %v, two strangers after %v", d.policy.Name, got, want)
		}
	})
}

// A second mail that asks for the same as the first, and came later, changes nothing for anybody. Where time changes what
// tickets ask for, or ends them, it may: it is younger.
func TestDuplicatesGainNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawDay(t, slices.DeleteFunc(unlimited(), timedPolicy))
		mail, call := drawContact(t, 2), drawContact(t, 0)
		d = d.with(contact(kimMail, mail, 7), contact(kimCall, call, 7))
		again := mail
		again.Arrived = again.Arrived.Add(Duration(rapid.IntRange(1, 100).Draw(t, "again")) * Second)
		got, want := d.with(contact(kimAgain, again, 7)).run(t), d.run(t)
		if !slices.Equal(got.log, want.log) {
			t.Fatalf("under %s with a second mail the decisions are %v, without %v", d.policy.Name, got.log, want.log)
		}
	})
}

// Contacts that are unlinked before they are reached go on like strangers, in everything.
func TestUnlinkIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawDay(t, unlimited())
		mail, call := drawContact(t, 2), drawContact(t, 0)
		call.Arrived = max(call.Arrived, mail.Arrived)
		at := call.Arrived.Add(Duration(rapid.IntRange(0, 60).Draw(t, "unlink")) * Second)
		joined := d.with(contact(kimMail, mail, 7), contact(kimCall, call, 7), dayCall{name: kimCall, c: Command{Kind: Unlink, At: at}}).run(t)
		strangers := d.with(contact(kimMail, mail, 8), contact(kimCall, call, 7)).run(t)
		for i := range min(joined.apart-1, len(strangers.log)) { // two strangers who are passed are two
			joined.log[i].count, strangers.log[i].count = 0, 0
		}
		if joined.apart > 0 && !slices.Equal(joined.log, strangers.log) {
			t.Fatalf("under %s after unlinking the decisions are %v, of strangers %v", d.policy.Name, joined.log, strangers.log)
		}
	})
}

// Nor is kim reached earlier than the better of her contacts would have been without the other. The protection
// overtaken_only_within is left out: the rights of two entries hold back more tickets than the rights of one, be they of
// one customer or of two.
func TestJoinedContactsGainNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawDay(t, slices.DeleteFunc(unlimited(), func(p *Policy) bool { return newTree(p).within }))
		mail, call := contact(kimMail, drawContact(t, 2), 7), contact(kimCall, drawContact(t, 0), 7)
		got := d.with(mail, call).run(t).reached()
		alone := min(d.with(mail).run(t).reached(), d.with(call).run(t).reached())
		if got < alone {
			t.Fatalf("under %s kim is reached at %d, and with one contact at %d", d.policy.Name, got.Sub(opening), alone.Sub(opening))
		}
	})
}

// reached is when kim was first asked for; None: never.
func (r *dayRun) reached() Instant {
	if i := r.first(kimMail, kimCall); i < len(r.log) {
		return r.log[i].at
	}
	return None
}
