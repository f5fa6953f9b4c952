package player

import (
	"encoding/json"
	"fmt"
	"time"
)

// A customer is a call being played.
type customer struct {
	Call
	id     string // of its ticket
	ticket uint64 // its number, once it is stored

	sent    time.Time // its ticket
	stored  bool      // the ticket was answered
	over    bool      // its patience
	calm    bool      // does not hang up any more
	leaving bool      // a leave is unanswered
	left    time.Time // when the last leave was sent
	job     *job      // nil unless an agent of ours accepts or serves it
	offered time.Time // the offer that was accepted
	by      AgentID

	end      End
	served   int  // finishes granted; invariant: at most 1
	checking int  // how often its standing was asked in vain
	held     bool // its standing is asked now and then
	slips    int  // how often it was overtaken, by the daemon's count
}

// End says how a call ended. The zero value is a call that has not.
type End string

// The ends that a telephone call has as a rule; the daemon may have others.
const (
	Served  End = "served"
	HungUp  End = "abandoned"
	Refused End = "refused"
)

func (p *player) arrive(c *customer) {
	p.progress.Arrived++
	c.sent = time.Now()
	if !c.Stays {
		p.cal.plan(c.sent.Add(p.real(c.Patience)), func() {
			c.over = true
			p.leave(c)
		})
	}
	p.ask(p.in("ticket"), p.ticket(c), func(a answer) { p.arrived(c, a) })
	if p.progress.Arrived == len(p.customers) {
		p.callBack()
	}
}

func (p *player) ticket(c *customer) ticketPayload {
	return ticketPayload{SpecVersion: "1.0", Type: "fairline.ticket", Source: "/play/" + p.Run, ID: c.id,
		Data: ticketData{Line: p.Line, Channel: c.Channel, Customer: c.Customer, Needs: c.Needs, Attributes: c.Attributes}}
}

func (p *player) arrived(c *customer, a answer) {
	if a.refused() {
		p.refusals[a.Refusal.Description]++
		p.ended(c, Refused)
		return
	}
	if a.Duplicate && !a.again {
		p.violate(fmt.Sprintf("call %s: its ticket is known already: the run %s was played before", c.ID, p.Run))
	}
	c.stored, c.ticket = true, a.Ticket
	p.byNumber[a.Ticket] = c
	p.leave(c)
}

// leave hangs up if patience is over, the ticket is stored, and nobody serves the caller yet. While an
// acceptance is on its way the daemon decides which came first.
func (p *player) leave(c *customer) {
	if !c.over || c.calm || !c.stored || c.leaving || c.end != "" || c.job != nil && c.job.accepted {
		return
	}
	c.leaving, c.left = true, time.Now()
	p.ask(p.in("leave"), leavePayload{ID: c.id, Data: leaveData{Reason: "hung up"}}, func(a answer) {
		c.leaving = false
		switch {
		case !a.refused():
			p.hungUp(c)
		case c.end == "" && c.job == nil:
			p.check(c)
		}
	})
}

// check asks where a call is whose request was refused though nothing explains it, such as when the
// first of two answers was lost, and again after a while as long as the answer does not help.
func (p *player) check(c *customer) {
	r := p.ask(p.subject("fl.ask", "ticket"), questionPayload{Adapter: p.Adapter, ID: c.id}, func(a answer) {
		var at standing
		if err := json.Unmarshal(a.data, &at); err != nil || a.refused() {
			at = standing{}
		}
		switch {
		case c.end != "" || c.job != nil:
		case at.End != "":
			p.ended(c, End(at.End))
		case at.State == "held":
			p.heard = time.Now() // it will be released: nothing has come to a standstill
			p.checkHeld(c)
		case at.State == "waiting" && (!c.over || c.calm) || at.State == "offered":
		default:
			p.checkLater(c)
		}
	})
	r.idle = true
}

// checksMax bounds how often a call's standing is asked; then it is left to what else happens.
const checksMax = 20

func (p *player) checkLater(c *customer) {
	if c.checking++; c.checking > checksMax {
		return
	}
	p.cal.note(time.Now().Add(backoffMin<<min(c.checking, 5)), func() {
		switch {
		case c.end != "" || c.job != nil:
		case c.over && !c.calm && !c.leaving:
			p.leave(c)
		default:
			p.check(c)
		}
	})
}

// checkHeld asks of a held ticket now and then: what the line says of its end may get lost.
func (p *player) checkHeld(c *customer) {
	if c.held {
		return
	}
	c.held = true
	p.cal.note(time.Now().Add(backoffMax), func() {
		if c.held = false; c.end == "" && c.job == nil {
			p.check(c)
		}
	})
}

// checkWaiting asks where everybody is who waits as far as we know: what the line said may have been missed.
func (p *player) checkWaiting() {
	for _, c := range p.customers {
		if c.stored && c.end == "" && c.job == nil && !c.leaving {
			p.check(c)
		}
	}
}

// ended enters an end. The same end may be heard several times; a different one is a violation.
func (p *player) ended(c *customer, end End) {
	if c.end != "" {
		if c.end != end {
			p.violate(fmt.Sprintf("call %s ended %s, and again %s", c.ID, c.end, end))
		}
		return
	}
	c.end = end
	p.open--
	switch end {
	case Served:
		p.progress.Served++
	case HungUp:
		p.progress.HungUp++
	default:
		p.progress.Other++
	}
	if p.open == 0 {
		p.closeDay()
	}
}

// hear takes what the line says to the adapter. Answers decide; this only tells of calls that ended, or were
// accepted, without us.
func (p *player) hear(what string, n notice) {
	c := p.byTicket[n.ID]
	if c == nil {
		return
	}
	switch what {
	case "ended":
		p.ended(c, End(n.End))
	case "accepted":
		if p.byAgent[AgentID(n.Agent)] == nil && c.by == "" {
			c.by, c.offered = AgentID(n.Agent), time.Now()
			p.strangers++
		}
	case "returned":
		p.returned++
	}
}

// countSlips asks of each call that ended how often it was overtaken. The line remembers ended tickets.
func (p *player) countSlips() {
	for _, c := range p.customers {
		if c.end == Refused {
			continue
		}
		p.ask(p.subject("fl.ask", "ticket"), questionPayload{Adapter: p.Adapter, ID: c.id}, func(a answer) {
			var at standing
			if err := json.Unmarshal(a.data, &at); err != nil || a.refused() {
				p.refusals["ticket: "+a.Refusal.Description]++
				return
			}
			c.slips = at.Slips
			if End(at.End) != c.end {
				p.violate(fmt.Sprintf("call %s ended %s, but the line says %q", c.ID, c.end, at.End))
			}
		})
	}
}
