package player

import (
	"fmt"
	"slices"
	"time"
)

// A desk is an agent being played. Its requests about duty go one at a time, each after the answer to the
// one before, until what the daemon knows is what is wanted.
type desk struct {
	Agent
	wanted bool // on duty by its shifts
	duty   duty // as the daemon granted it
	busy   bool // a request about duty is unanswered
	going  bool // and it is one that takes back open offers
	stale  bool // has to sign in again
	missed bool // and may have missed what was said: until the list of offers says it
	broken bool // was put on a break by the line

	back     time.Time // when it signed in again
	gone     bool      // is not heard of, and hears nothing
	beating  bool      // its lease is renewed
	renewing bool      // a renewal is unanswered

	shifts int // not yet begun
	jobs   map[uint64]*job
}

type duty uint8

const (
	off duty = iota
	on
	onBreak // at the end of a shift, with work in hand
)

// A job is an offer taken.
type job struct {
	offer     uint64
	c         *customer
	offered   time.Time
	accepted  bool
	since     time.Time // the acceptance was granted
	finishing bool      // or held, or handed on
	due       bool      // was to be finished while the agent was gone
}

// settle brings the daemon one step nearer to what is wanted of d.
func (p *player) settle(d *desk) {
	if d.busy || d.gone {
		return
	}
	switch {
	case d.wanted && d.duty != on || d.stale && (d.wanted || len(d.jobs) > 0):
		d.broken = d.broken || d.stale || d.duty == onBreak
		d.missed = d.missed || d.stale
		d.stale = false
		p.tell(d, "sign-in", p.signIn(d), on)
	case d.wanted && d.broken:
		d.broken = false
		p.tell(d, "ready", emptyPayload{}, on)
	case !d.wanted && len(d.jobs) == 0 && d.duty != off:
		p.tell(d, "sign-out", emptyPayload{}, off)
	case !d.wanted && d.duty == on:
		p.tell(d, "break", breakPayload{Code: "end-of-shift"}, onBreak)
	}
}

// tell sends a request about duty. Refusals say that it is so already, as after a repetition.
func (p *player) tell(d *desk, what string, payload any, then duty) {
	d.busy, d.going = true, then != on
	r := p.ask(p.desk(d, what), payload, func(a answer) {
		d.busy, d.going = false, false
		d.duty = then
		if a.refused() && what == "sign-in" {
			p.refusals["sign-in: "+a.Refusal.Description]++
		}
		if what == "sign-in" {
			p.signedIn(d)
		}
		p.settle(d)
	})
	r.idle = true
}

func (p *player) signIn(d *desk) signInPayload {
	in := signInPayload{Skills: d.Skills}
	if p.Lease > 0 {
		in.Lease = p.Lease.String()
	}
	return in
}

func (p *player) signedIn(d *desk) {
	if d.missed && !d.gone {
		d.back = time.Now()
		p.takeUp()
	}
	if p.Lease > 0 && !d.beating {
		p.beat(d)
	}
}

func (p *player) beginShift(d *desk) {
	d.shifts--
	if p.open == 0 {
		return
	}
	d.wanted = true
	p.settle(d)
}

// endShift lets d go, unless it was its last shift and callers still wait at the end of the day.
func (p *player) endShift(d *desk) {
	if d.shifts == 0 && p.progress.Arrived == len(p.customers) && p.open > 0 {
		return
	}
	d.wanted = false
	p.settle(d)
}

// callBack fetches, once everybody has arrived, the agents who can serve callers that nobody else will.
func (p *player) callBack() {
	if p.progress.Arrived < len(p.customers) {
		return
	}
	for _, c := range p.customers {
		stays := func(d *desk) bool { return (d.wanted || d.shifts > 0) && able(d.Skills, c.Needs) }
		served := c.job != nil && c.job.accepted
		if c.end != "" || served || slices.ContainsFunc(p.desks, stays) {
			continue
		}
		for _, d := range p.desks {
			if able(d.Skills, c.Needs) {
				d.wanted = true
				p.calledBack++
				p.settle(d)
			}
		}
	}
}

// closeDay sends everybody home when no call is left, and takes stock.
func (p *player) closeDay() {
	p.countSlips()
	for _, d := range p.desks {
		d.shifts, d.wanted = 0, false
		p.settle(d)
	}
}

// returnToDuty has everybody sign in again: the line may have lost them.
func (p *player) returnToDuty() {
	p.resumed++
	p.trouble, p.lastResumed = false, time.Now()
	for _, d := range p.desks {
		if d.wanted || p.Lease > 0 && len(d.jobs) > 0 {
			d.stale = true
			p.settle(d)
		}
	}
	p.checkWaiting()
}

// take hears what the line says to an agent.
func (p *player) take(d *desk, what string, n notice) {
	if d.gone {
		return
	}
	switch what {
	case "offered":
		p.offer(d, n)
	case "withdrawn":
		if j := d.jobs[n.Offer]; j != nil && j.accepted && !j.finishing {
			p.drop(d, j) // an acceptance under way is decided by its answer
		}
	case "on-break":
		d.broken = true
		p.settle(d)
	}
}

// offer accepts an offer of one of our calls. While a break or a sign-out is on its way the agent lets it be:
// that withdraws it. The end of a shift is no reason yet, for another request about duty may be in between,
// and the next shift begin before it is answered; then nobody would ever take the offer.
func (p *player) offer(d *desk, n notice) {
	c := p.byTicket[n.ID]
	switch {
	case n.Adapter != p.Adapter || c == nil:
		p.strangers++
		p.ask(p.desk(d, "decline"), offerPayload{Offer: n.Offer, Reason: "not of this recording"}, func(answer) {})
		return
	case d.jobs[n.Offer] != nil || c.end != "" || d.going:
		return
	}
	if c.job != nil && c.job.offer < n.Offer && !c.job.finishing {
		p.drop(p.byAgent[c.by], c.job) // the line took it back without our hearing of it
	}
	for _, other := range d.jobs {
		switch {
		case !other.accepted || other.finishing:
		case d.missed:
			p.drop(d, other) // likewise
		default:
			p.violate(fmt.Sprintf("agent %s: offered call %s while with call %s", d.ID, c.ID, other.c.ID))
		}
	}
	if c.Upset.Vanishes == Ringing {
		p.vanish(d, c)
		return
	}
	j := &job{offer: n.Offer, c: c, offered: time.Now()}
	d.jobs[n.Offer] = j
	c.job, c.by = j, d.ID
	p.ask(p.desk(d, "accept"), offerPayload{Offer: n.Offer}, func(a answer) { p.accepted(d, j, a) })
}

func (p *player) accepted(d *desk, j *job, a answer) {
	if d.jobs[j.offer] != j {
		return
	}
	if a.refused() {
		p.missed++
		p.drop(d, j)
		return
	}
	j.accepted, j.since = true, time.Now()
	j.c.offered = j.offered
	p.progress.With++
	if j.c.Upset.Vanishes == Working {
		p.cal.plan(time.Now().Add(p.real(j.c.Service/2)), func() {
			if d.jobs[j.offer] == j && !d.gone && j.c.Upset.Vanishes == Working {
				p.vanish(d, j.c)
			}
		})
	}
	p.cal.plan(time.Now().Add(p.real(j.c.Service)), func() { p.finish(d, j) })
}

func (p *player) finish(d *desk, j *job) {
	if d.jobs[j.offer] != j || j.finishing {
		return
	}
	if j.due = d.gone; j.due || p.handOn(d, j) {
		return
	}
	j.finishing = true
	payload := finishPayload{Offer: j.offer}
	if j.c.Upset.Wrap > 0 {
		payload.Wrap = j.c.Upset.Wrap.String()
	}
	p.ask(p.desk(d, "finish"), payload, func(a answer) {
		if !a.refused() && j.c.Upset.Vanishes == Wrapping && !d.gone {
			p.vanish(d, j.c)
		}
		p.drop(d, j)
		if a.refused() {
			p.check(j.c)
			return
		}
		if j.c.served++; j.c.served > 1 {
			p.violate(fmt.Sprintf("call %s was served twice", j.c.ID))
		}
		p.ended(j.c, Served)
	})
}

// drop ends a job, however it went; the call may go on waiting, and may hang up.
func (p *player) drop(d *desk, j *job) {
	delete(d.jobs, j.offer)
	if j.accepted {
		p.progress.With--
	}
	if j.c.job == j {
		j.c.job = nil
		if !j.finishing {
			p.leave(j.c)
			p.callBack()
		}
	}
	p.settle(d)
}

// able reports whether skills cover needs.
func able(skills, needs []string) bool {
	for _, need := range needs {
		if !slices.Contains(skills, need) {
			return false
		}
	}
	return true
}

func ableAny(agents []Agent, needs []string) bool {
	return slices.ContainsFunc(agents, func(a Agent) bool { return able(a.Skills, needs) })
}
