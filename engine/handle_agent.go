package engine

import (
	"fmt"
	"slices"
)

// AgentsMax is how many agents a line remembers.
const AgentsMax = 1 << 16

func (e *Engine) signIn(c *Command) error {
	p := c.Profile
	if len(p.Skills) > SkillsMax || !rising(p.Skills) || slices.Max(p.Takes[:]) > TakesMax {
		return fmt.Errorf("sign in: %w: want at most %d skills, sorted, and at most %d at once", ErrLimit, SkillsMax, TakesMax)
	}
	if e.skills.crowded(p) {
		return fmt.Errorf("sign in: %w: more than %d different sets of skills and channels", ErrLimit, ProfilesMax)
	}
	if n := e.agents.find(c.Agent); n != 0 {
		a := &e.agents.list[n]
		if a.state != offDuty && a.answers == p.Answers && e.skills.profiles[a.profile].equal(p) {
			if a.state == lost {
				e.emit(Event{Kind: Found, Agent: c.Agent})
			}
			return nil
		}
	} else if len(e.agents.list) > AgentsMax {
		return fmt.Errorf("sign in: %w: %d agents", ErrLimit, AgentsMax)
	}
	e.emit(Event{Kind: SignedIn, Agent: c.Agent, Profile: p})
	return nil
}

// rising reports whether words are sorted and without repeats.
func rising(words []Word) bool {
	for i := 1; i < len(words); i++ {
		if words[i] <= words[i-1] {
			return false
		}
	}
	return true
}

// duty returns the number of an agent who is on duty.
func (e *Engine) duty(c *Command) (uint32, error) {
	n := e.agents.find(c.Agent)
	if n == 0 || e.agents.list[n].state == offDuty {
		return 0, ErrUnknownAgent
	}
	return n, nil
}

func (e *Engine) signOut(c *Command) error {
	n, err := e.duty(c)
	if err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	e.part(n, BySignOut)
	return nil
}

// part signs agent n out: all that is in its hands goes back.
func (e *Engine) part(n uint32, why Cause) {
	name := e.agents.list[n].name
	for _, o := range slices.Clone(e.agents.list[n].offers) {
		switch of := e.offers.at(o); of.state {
		case ringing:
			e.withdraw(o, why, e.coolUntil(of), 0)
		case working, aside:
			e.emit(Event{Kind: Returned, Offer: of.id, Ticket: of.place.Seq, Agent: name, Why: why})
		case wrapping:
			e.emit(Event{Kind: WrapEnded, Offer: of.id, Agent: name})
		}
	}
	e.emit(Event{Kind: SignedOut, Agent: name})
}

func (e *Engine) goOnBreak(c *Command) error {
	n, err := e.duty(c)
	if err != nil {
		return fmt.Errorf("break: %w", err)
	}
	if e.agents.list[n].state != onDuty {
		return nil
	}
	e.emit(Event{Kind: OnBreak, Agent: c.Agent, Why: ByWish, Reason: c.Reason})
	for _, o := range slices.Clone(e.agents.list[n].offers) {
		if e.offers.at(o).state == ringing {
			e.withdraw(o, ByBreak, e.coolUntil(e.offers.at(o)), 0)
		}
	}
	return nil
}

func (e *Engine) ready(c *Command) error {
	n, err := e.duty(c)
	if err != nil {
		return fmt.Errorf("ready: %w", err)
	}
	for _, o := range slices.Clone(e.agents.list[n].offers) {
		if of := e.offers.at(o); of.state == wrapping {
			e.emit(Event{Kind: WrapEnded, Offer: of.id, Agent: c.Agent})
		}
	}
	switch e.agents.list[n].state {
	case onBreak:
		e.emit(Event{Kind: Readied, Agent: c.Agent})
	case lost:
		e.emit(Event{Kind: Found, Agent: c.Agent})
	}
	return nil
}

// offerOf returns the slot of the offer a command is about, which is the agent's own.
func (e *Engine) offerOf(c *Command) (uint32, error) {
	o := e.offers.find(c.Offer)
	if o != 0 && e.agents.list[e.offers.slab[o].agent].name == c.Agent {
		return o, nil
	}
	return 0, offerOver(c)
}

func offerOver(c *Command) error { return fmt.Errorf("offer %d: %w", c.Offer, ErrOfferOver) }

func (e *Engine) accept(c *Command) error {
	n, err := e.offerOf(c)
	if err != nil {
		return fmt.Errorf("accept: %w", err)
	}
	o := e.offers.at(n)
	if o.state == ringing { // else it was accepted before
		e.start(n, c.Agent)
	}
	return nil
}

// start is the acceptance of offer slot n.
func (e *Engine) start(n uint32, agent AgentID) {
	o := e.offers.at(n)
	t := e.tickets.at(o.ticket)
	e.met = e.met[:0]
	if len(e.recent.fails) > 0 {
		e.met = e.recent.met(e.met, o, &e.skills)
	}
	ev := e.next(Accepted)
	ev.Offer, ev.Ticket, ev.Agent, ev.Attempt, ev.Class, ev.Count = o.id, o.place.Seq, agent, t.attempt, t.class, o.passed
	e.happen(ev)
	for _, f := range e.met {
		e.emit(Event{Kind: Missed, Offer: f.offer, Ticket: f.place.Seq, Agent: e.agents.list[f.agent].name,
			Rival: t.place.Seq, Count: 1})
	}
}

func (e *Engine) decline(c *Command) error {
	n, err := e.offerOf(c)
	if err != nil {
		return fmt.Errorf("decline: %w", err)
	}
	if e.offers.at(n).state != ringing {
		return fmt.Errorf("decline offer %d: %w: it was accepted", c.Offer, ErrState)
	}
	e.miss(n, ByDecline, c.Reason)
	return nil
}

// miss ends an offer that its agent did not take: the ticket is kept from the agent for a while, and an agent who
// misses too many in a row is put on break.
func (e *Engine) miss(n uint32, why Cause, reason Word) {
	o := e.offers.at(n)
	a := &e.agents.list[o.agent]
	agent := a.name
	e.withdraw(n, why, e.coolUntil(o), reason)
	limit := e.policy.BreakAfter
	if limit == 0 {
		limit = 2
	}
	if a.missed >= limit && a.state == onDuty {
		e.emit(Event{Kind: OnBreak, Agent: agent, Why: ByMissing})
		for _, r := range slices.Clone(a.offers) {
			if e.offers.at(r).state == ringing {
				e.withdraw(r, ByBreak, 0, 0)
			}
		}
	}
}

// coolUntil returns until when the ticket of o is kept from its agent: whoever lets go of an offer is not asked again at
// once, and gains nothing by a break or by signing out.
func (e *Engine) coolUntil(o *offer) Instant {
	if e.others(o) {
		return e.now.Add(coolOff)
	}
	return e.now.Add(coolOffAlone)
}

// others reports whether anybody else on duty could take the ticket of o, now or later.
func (e *Engine) others(o *offer) bool {
	d := e.tickets.at(o.ticket).demand
	if e.skills.demands[d].only != 0 {
		return false
	}
	for i, p := range e.skills.profiles {
		n := p.onDuty
		if uint32(i) == e.agents.list[o.agent].profile {
			n--
		}
		if n > 0 && p.cost[d] > 0 {
			return true
		}
	}
	return false
}

// withdraw ends a ringing offer and enters against its agent who passed the ticket in the meantime.
func (e *Engine) withdraw(n uint32, why Cause, cool Instant, reason Word) {
	o := *e.offers.at(n)
	t := e.tickets.at(o.ticket)
	agent := e.agents.list[o.agent].name
	missed := uint32(0)
	if why != ByLeaving {
		missed = e.recent.passed(o.id, e.tickets.at(e.counting(o.ticket)), &e.skills)
	}
	e.emit(Event{Kind: Withdrawn, Offer: o.id, Ticket: o.place.Seq, Agent: agent, Attempt: t.attempt, Why: why, Until: cool, Reason: reason})
	if missed > 0 {
		e.emit(Event{Kind: Missed, Offer: o.id, Ticket: o.place.Seq, Agent: agent, Count: missed})
	}
}

func (e *Engine) finish(c *Command) error {
	n, err := e.offerOf(c)
	if err != nil {
		return fmt.Errorf("finish: %w", err)
	}
	o := e.offers.at(n)
	if !o.state.inHand() {
		return fmt.Errorf("finish offer %d: %w: it is not worked on", c.Offer, ErrState)
	}
	t := e.tickets.at(o.ticket)
	ev := e.next(Finished)
	ev.Offer, ev.Ticket, ev.Agent, ev.Until = c.Offer, o.place.Seq, c.Agent, e.now.Add(min(max(0, c.Wrap), Day))
	e.happen(ev)
	e.end(t, Served, c.Reason)
	return nil
}
