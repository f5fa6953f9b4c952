package engine

import (
	"fmt"
	"slices"
)

// toAgentFor is how long a ticket that was transferred to an agent is for that agent only.
const toAgentFor = 30 * Minute

// ask sets the needs in force at a step of relaxation, and the preferred agent, in f, whose needs are the ticket's own.
// It returns after how long the next step comes.
func (e *Engine) ask(f *Facts, c ClassID, step int) Duration {
	f.Given, f.Only = 0, 0
	if e.policy.Ask == nil {
		return None
	}
	own := f.Needs
	after := e.policy.Ask(f, c, step)
	f.sortNeeds()
	for i, w := range f.Needs[:f.NeedsLen] {
		if !slices.Contains(own[:], w) {
			f.Given |= 1 << i
		}
	}
	return after
}

// require is ask for e.facts, of a ticket that may have been transferred to an agent.
func (e *Engine) require(c ClassID, step int, to AgentID) error {
	e.ask(&e.facts, c, step)
	if to != 0 {
		e.facts.Only = to
	}
	if len(e.skills.demands) >= DemandsMax && e.skills.full(demandOf(&e.facts)) {
		return fmt.Errorf("%w: more than %d different sets of needs and channel", ErrLimit, DemandsMax)
	}
	return nil
}

// relaxed finds out when t, whose needs stand at its step, is relaxed next.
func (e *Engine) relaxed(t *ticket) {
	t.relax = None
	if e.policy.Ask == nil {
		return
	}
	e.own(t, &e.scratch)
	if after := e.ask(&e.scratch, t.class, int(t.step)); after != None {
		t.relax = e.policy.Clock.Opened(t.asked) + after
	}
}

// relax lets a ticket take the next step of its needs, or none but the end of its hold for an agent.
func (e *Engine) relax(t *ticket) {
	step, to := int(t.step), t.to
	if to != 0 && t.toUntil <= e.now {
		to = 0
	} else {
		step++
	}
	f := e.another()
	e.own(t, f)
	e.ask(f, t.class, step)
	if to != 0 {
		f.Only = to
	}
	e.emit(Event{Kind: Relaxed, Ticket: t.place.Seq, Facts: f, Count: uint32(step)})
}

// another returns facts for one more event of this command.
func (e *Engine) another() *Facts {
	if e.used == len(e.spare) {
		e.spare = append(e.spare, new(Facts))
	}
	e.used++
	return e.spare[e.used-1]
}

// applyRelaxed changes what a waiting ticket asks for.
func (e *Engine) applyRelaxed(ev *Event) {
	h := e.tickets.find(ev.Ticket)
	t := e.tickets.at(h)
	e.sum -= t.hash()
	was := t.asked
	e.redescribe(h, func() {
		e.describeNeeds(t, ev.Facts)
		t.asked, t.step = was, uint8(ev.Count)
		if ev.Facts.Only != t.to || t.toUntil <= e.now {
			t.to = 0
		}
	})
	e.relaxed(t)
	e.wake(h)
	e.sum += t.hash()
}

// tellDemands says, behind an event that makes tickets ask for something new without saying for what, what the first ticket
// of each demand from known on asks for, but for the ticket said: whoever follows the events numbers demands as the engine does.
func (e *Engine) tellDemands(known int, said TicketID) {
	if known >= len(e.skills.demands) {
		return
	}
	first := make([]TicketID, len(e.skills.demands)-known)
	for h := range e.tickets.slab {
		t := &e.tickets.slab[h]
		if i := int(t.demand) - known; t.state != free && i >= 0 && (first[i] == 0 || t.place.Seq < first[i]) {
			first[i] = t.place.Seq
		}
	}
	for _, id := range first {
		if id == 0 || id == said {
			continue
		}
		t := e.tickets.at(e.tickets.find(id))
		f := e.another()
		e.own(t, f)
		d := e.skills.demands[t.demand]
		f.Needs, f.NeedsLen, f.Given, f.Only = [NeedsMax]Word{}, uint8(len(d.needs)), t.given, d.only
		copy(f.Needs[:], d.needs)
		e.emit(Event{Kind: Relaxed, Ticket: id, Facts: f, Count: uint32(t.step)})
	}
}
