package player

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// An Upset is what goes otherwise with a call than that its caller waits and one agent serves it. The zero value is
// nothing. Durations are recorded time. Each thing happens once: whoever has the call next does as usual.
type Upset struct {
	Back     time.Duration // who hung up calls again so long after, under another id, and then stays; 0: does not. Needs a Customer
	Vanishes Moment        // when the agent who has the call is not heard of any more. Needs Config.Lease
	Away     time.Duration // for how long; then the agent signs in again
	Wrap     time.Duration // work after the call
	Transfer []string      // instead of finishing, the agent hands it on, with these needs in place of its own
	Callback time.Duration // instead of finishing, the agent holds it for so long; then the customer is called, and stays
}

// A Moment is one in the life of a call at which its agent may vanish.
type Moment uint8

// The moments. The zero value is none.
const (
	Ringing Moment = iota + 1
	Working
	Wrapping
)

// Upsets counts what went otherwise.
type Upsets struct {
	Vanished int `json:"vanished"` // agents who were not heard of for a while
	Back     int `json:"back"`     // callers who came back and had their place
	TooLate  int `json:"too_late"` // callers who came back when their ticket had ended; the new one is left at once
	HandedOn int `json:"handed_on"`
	Held     int `json:"held"`
	TakenUp  int `json:"taken_up"` // offers and work that agents learned of by asking
}

func (c *Config) checkUpset(call Call) error {
	u := call.Upset
	switch {
	case u.Vanishes > Wrapping || u.Vanishes == Wrapping && u.Wrap <= 0:
		return fmt.Errorf("%w: call %s: nobody can vanish then", ErrConfig, call.ID)
	case u.Vanishes != 0 && c.Lease <= 0:
		return fmt.Errorf("%w: call %s: an agent vanishes, and there are no leases", ErrConfig, call.ID)
	case u.Back > 0 && (call.Customer == "" || !ableAny(c.Agents, call.Needs)):
		return fmt.Errorf("%w: call %s comes back, but has no customer, or no agent has %v", ErrConfig, call.ID, call.Needs)
	case !ableAny(c.Agents, u.Transfer) && u.Transfer != nil:
		return fmt.Errorf("%w: call %s is handed on, but no agent has %v", ErrConfig, call.ID, u.Transfer)
	}
	return nil
}

// vanish has nothing heard of d for as long as the upset of c says. What d asked before is still repeated.
func (p *player) vanish(d *desk, c *customer) {
	away := c.Upset.Away
	c.Upset.Vanishes = 0
	d.gone = true
	p.upsets.Vanished++
	p.cal.plan(time.Now().Add(p.real(away)), func() {
		d.gone, d.stale = false, true
		p.settle(d)
		for _, j := range d.jobs {
			if j.due {
				p.finish(d, j) // the line knows whether it still is d's
			}
		}
	})
}

// handOn gives work to somebody else, or holds it, if its upset says so, and reports whether it did.
func (p *player) handOn(d *desk, j *job) bool {
	u := &j.c.Upset
	payload := handPayload{Offer: j.offer, Reason: "as recorded"}
	verb, count := "transfer", &p.upsets.HandedOn
	switch {
	case u.Transfer != nil:
		payload.Needs = u.Transfer
		j.c.Needs, u.Transfer = u.Transfer, nil
	case u.Callback > 0:
		verb, count = "hold", &p.upsets.Held
		payload.Why, payload.For = "callback", u.Callback.String()
		j.c.calm, u.Callback = true, 0
	default:
		return false
	}
	j.finishing = true
	p.ask(p.desk(d, verb), payload, func(a answer) {
		if a.refused() {
			p.check(j.c) // it may have been done at the first try, or d was lost
		} else {
			*count++
		}
		j.finishing = false
		p.drop(d, j)
	})
	return true
}

// hungUp follows a leave that was granted. The line may hold the ticket for a caller who comes back.
func (p *player) hungUp(c *customer) {
	if c.Upset.Back > 0 {
		p.cal.plan(time.Now().Add(p.real(c.Upset.Back)), func() { p.comeBack(c) })
		c.Upset.Back = 0
	}
	p.check(c)
}

// comeBack has a caller who was cut off call again, if the line has kept the place as far as we know.
func (p *player) comeBack(c *customer) {
	if c.end != "" || c.job != nil {
		return
	}
	c.id += "-back"
	p.byTicket[c.id] = c
	c.calm = true
	p.ask(p.in("ticket"), p.ticket(c), func(a answer) {
		switch {
		case a.refused():
			p.refusals[a.Refusal.Description]++
		case a.Ticket == c.ticket:
			p.upsets.Back++
			p.callBack()
		default:
			p.upsets.TooLate++
			delete(p.byTicket, c.id)
			p.ask(p.in("leave"), leavePayload{ID: c.id, Data: leaveData{Reason: "too late"}}, func(answer) {})
			c.id = p.Run + "-" + string(c.ID)
			p.check(c)
		}
	})
}

// takeUp asks which offers the agents have: what the line said may have been missed.
func (p *player) takeUp() {
	if p.asking {
		p.askAgain = true
		return
	}
	p.asking = true
	asked := time.Now()
	r := p.ask(p.subject("fl.ask", "agents"), listPayload{Limit: listMax}, func(a answer) {
		p.asking = false
		var list agentsAnswer
		if err := json.Unmarshal(a.data, &list); err != nil || a.refused() {
			p.refusals["agents: "+a.Refusal.Description]++
		}
		for _, of := range list.Agents {
			if d := p.byAgent[AgentID(of.Agent)]; d != nil && !d.gone && !d.going && !d.stale && d.back.Before(asked) {
				p.forgo(d, of.Offers, asked)
				p.follow(d, of.Offers)
			}
		}
		if p.askAgain {
			p.askAgain = false
			p.takeUp()
		}
	})
	r.idle = true
}

// forgo drops the work of d that the line has taken back.
func (p *player) forgo(d *desk, offers []openOffer, asked time.Time) {
	d.missed = false
	for _, j := range d.jobs {
		has := slices.ContainsFunc(offers, func(o openOffer) bool { return o.Offer == j.offer })
		if j.accepted && !j.finishing && !has && j.since.Before(asked) {
			p.drop(d, j)
		}
	}
}

// follow takes the offers and the work that d does not know of.
func (p *player) follow(d *desk, offers []openOffer) {
	for _, o := range offers {
		c := p.byNumber[o.Ticket]
		if c == nil || c.end != "" || d.jobs[o.Offer] != nil {
			continue
		}
		switch o.State {
		case "ringing":
			p.upsets.TakenUp++
			p.offer(d, notice{Offer: o.Offer, Adapter: p.Adapter, ID: c.id})
		case "working":
			p.upsets.TakenUp++
			j := &job{offer: o.Offer, c: c, offered: time.Now()}
			d.jobs[o.Offer] = j
			c.job, c.by = j, d.ID
			p.accepted(d, j, answer{})
		}
	}
}

// beat renews the lease of d, and goes on doing so while d is on duty.
func (p *player) beat(d *desk) {
	if d.duty == off && !d.wanted {
		d.beating = false
		return
	}
	d.beating = true
	p.cal.note(time.Now().Add(p.real(p.Lease/3)), func() { p.beat(d) })
	if d.gone || d.busy || d.renewing || d.duty == off {
		return
	}
	d.renewing = true
	r := p.ask(p.desk(d, "renew"), emptyPayload{}, func(a answer) {
		d.renewing = false
		if a.refused() { // the agent was lost: this is how it learns of it
			d.stale = true
			p.settle(d)
		}
	})
	r.idle = true
}
