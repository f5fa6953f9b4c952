package forward

import (
	"math/rand/v2"
	"slices"

	"fairline/engine"
)

// A run plays a copy of a line forward until one ticket is offered.
type run struct {
	line    *engine.Engine
	ticket  engine.TicketID
	times   *times
	rand    *rand.Rand
	endings []ending                           // by time, the last one first
	aside   map[engine.OfferID]engine.Duration // work put aside: how much of it is left
	channel map[engine.OfferID]engine.ChannelID
	asked   []engine.Event // offers to be accepted
	offered bool
}

// wait returns how long it takes; engine.None: too long.
func (r *run) wait(w Work) engine.Duration {
	now := r.line.Now()
	r.aside, r.channel = map[engine.OfferID]engine.Duration{}, map[engine.OfferID]engine.ChannelID{}
	r.begin(w)
	for range StepsMax {
		r.accept()
		switch {
		case r.offered:
			return r.line.Now().Sub(now)
		case !r.step(now.Add(AheadMax)):
			return engine.None
		}
	}
	return engine.None
}

// begin takes over what is in the agents' hands: what rings is accepted.
func (r *run) begin(w Work) {
	for _, a := range r.line.Agents() {
		for _, o := range a.Offers {
			t, here := r.line.Ticket(o.Ticket)
			if !here {
				continue // it is being wrapped up, and ends by itself
			}
			switch r.channel[o.Offer] = t.Channel; o.State {
			case "ringing":
				r.asked = append(r.asked, engine.Event{Offer: o.Offer, Agent: o.Agent})
			case "working":
				r.end(o.Offer, o.Agent, r.left(&o, t.Channel, w))
			default: // put aside
				r.aside[o.Offer] = r.left(&o, t.Channel, w)
			}
		}
	}
}

// left draws how long work in hand goes on.
func (r *run) left(o *engine.OfferView, c engine.ChannelID, w Work) engine.Duration {
	if w.Began != nil {
		if began, ok := w.Began(o.Offer); ok {
			return r.times.rest(r.rand, c, r.line.Now().Sub(began))
		}
	}
	return r.times.some(r.rand, c)
}

// end lets work be finished after a while.
func (r *run) end(o engine.OfferID, agent engine.AgentID, after engine.Duration) {
	e := ending{at: r.line.Now().Add(after), offer: o, agent: agent}
	i, _ := slices.BinarySearchFunc(r.endings, e, func(a, b ending) int { return b.compare(a) })
	r.endings = slices.Insert(r.endings, i, e)
}

// accept lets agents take what they are offered, until nobody is asked any more.
func (r *run) accept() {
	for len(r.asked) > 0 && !r.offered {
		o := r.asked[0]
		r.asked = r.asked[1:]
		r.do(engine.Command{Kind: engine.Accept, Agent: o.Agent, Offer: o.Offer, At: r.line.Now()})
	}
}

// step lets the next thing happen, if anything does before a time.
func (r *run) step(until engine.Instant) bool {
	due := r.line.Due()
	if n := len(r.endings); n > 0 && (due == 0 || r.endings[n-1].at < due) {
		e := r.endings[n-1]
		r.endings = r.endings[:n-1]
		r.do(engine.Command{Kind: engine.Finish, Agent: e.agent, Offer: e.offer, At: e.at})
		return e.at <= until
	}
	if due == 0 || due > until {
		return false
	}
	r.do(engine.Command{Kind: engine.Tick, At: max(due, r.line.Now())})
	return true
}

// do runs a command and hears what follows. One that is refused is of an offer that is over, and says nothing.
func (r *run) do(c engine.Command) {
	for due := r.line.Due(); c.Kind != engine.Tick && due != 0 && due <= c.At; due = r.line.Due() {
		r.do(engine.Command{Kind: engine.Tick, At: max(due, r.line.Now())})
	}
	events, err := r.line.Do(c)
	if err != nil {
		return
	}
	offered := false
	for i := range events {
		r.hear(&events[i])
		offered = offered || events[i].Kind == engine.Offered
	}
	if offered {
		v, here := r.line.Ticket(r.ticket)
		r.offered = r.offered || !here || v.State == "offered" || v.State == "serving"
	}
}

func (r *run) hear(ev *engine.Event) {
	switch ev.Kind {
	case engine.Offered:
		t, _ := r.line.Ticket(ev.Ticket)
		r.channel[ev.Offer] = t.Channel
		r.asked = append(r.asked, *ev)
	case engine.Accepted:
		r.end(ev.Offer, ev.Agent, r.times.draw(r.rand, r.channel[ev.Offer]))
	case engine.Finished, engine.Returned, engine.Held, engine.Withdrawn, engine.Transferred:
		delete(r.channel, ev.Offer)
	case engine.PutAside:
		if i := slices.IndexFunc(r.endings, func(e ending) bool { return e.offer == ev.Offer }); i >= 0 {
			r.aside[ev.Offer] = r.endings[i].at.Sub(ev.At)
			r.endings = slices.Delete(r.endings, i, i+1)
		}
	case engine.TakenUp:
		r.end(ev.Offer, ev.Agent, r.aside[ev.Offer])
		delete(r.aside, ev.Offer)
	}
}
