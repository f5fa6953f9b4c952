package fieldstories

import (
	"cmp"
	"container/heap"
	"fmt"
	"slices"
	"testing"

	"fairline/engine"
	"fairline/policy"
)

// chance is splitmix64 (Steele, Lea and Flood 2014).
type chance uint64

// below returns a number from 0 to n-1.
func (c *chance) below(n uint64) uint64 {
	*c += 0x9e3779b97f4a7c15
	z := uint64(*c)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return (z ^ z>>31) % n
}

// between returns a duration from one to another, in whole seconds.
func (c *chance) between(least, most engine.Duration) engine.Duration {
	return least + engine.Duration(c.below(uint64((most-least)/engine.Second)+1))*engine.Second
}

// A visitor is one who comes, how long the work takes, and what became of it.
type visitor struct {
	ticket policy.Ticket
	work   engine.Duration

	class  string
	start  engine.Instant
	passed int // how often it was overtaken
}

// A day is a line while it is played.
type day struct {
	t        *testing.T
	policy   *policy.Policy
	engine   *engine.Engine
	now      engine.Instant
	visitors []visitor
	ends     ends
	started  func(v *visitor)
}

// An end is when the work of an offer is done.
type end struct {
	at    engine.Instant
	offer engine.OfferID
	agent engine.AgentID
}

type ends []end

func (e ends) Len() int { return len(e) }
func (e ends) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(e[i].at, e[j].at), cmp.Compare(e[i].offer, e[j].offer)) < 0
}
func (e ends) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e *ends) Push(x any)   { *e = append(*e, x.(end)) }
func (e *ends) Pop() any {
	last := len(*e) - 1
	x := (*e)[last]
	*e = (*e)[:last]
	return x
}

// serve plays a day: so many agents come at opens, and whoever came earlier waits for them. It returns the visitors with what became
// of them; all are served.
func serve(t *testing.T, p *policy.Policy, opens engine.Instant, agents int, visitors []visitor, started func(*visitor)) []visitor {
	slices.SortStableFunc(visitors, func(a, b visitor) int { return cmp.Compare(a.ticket.Arrived, b.ticket.Arrived) })
	d := &day{t: t, policy: p, engine: engine.New(), now: min(opens, visitors[0].ticket.Arrived), visitors: visitors, started: started}
	d.do(engine.Command{Kind: engine.Adopt, Policy: p.Engine})
	next, signed := 0, false
	for next < len(visitors) || len(d.ends) > 0 || !signed {
		switch at := d.next(next); {
		case !signed && opens <= at:
			d.until(opens)
			for i := range agents {
				d.do(engine.Command{Kind: engine.SignIn, Agent: engine.AgentID(i + 1), Profile: &engine.Profile{Takes: p.Engine.Takes()}})
			}
			signed = true
		case len(d.ends) > 0 && d.ends[0].at == at:
			e := heap.Pop(&d.ends).(end)
			d.until(e.at)
			d.do(engine.Command{Kind: engine.Finish, Agent: e.agent, Offer: e.offer})
		default:
			d.until(at)
			d.arrive(next)
			next++
		}
	}
	for i := range visitors {
		if visitors[i].start == 0 {
			t.Fatalf("visitor %d of %d was never served", i, len(visitors))
		}
	}
	return visitors
}

// next is when the next visitor comes or work ends.
func (d *day) next(n int) engine.Instant {
	at := engine.Instant(engine.None)
	if n < len(d.visitors) {
		at = d.visitors[n].ticket.Arrived
	}
	if len(d.ends) > 0 {
		at = min(at, d.ends[0].at)
	}
	return at
}

// until lets happen what is due up to an instant.
func (d *day) until(at engine.Instant) {
	for due := d.engine.Due(); due != 0 && due <= at; due = d.engine.Due() {
		d.now = max(due, d.engine.Now())
		d.do(engine.Command{Kind: engine.Tick})
	}
	d.now = at
}

func (d *day) arrive(n int) {
	r := d.policy.Ticket(d.visitors[n].ticket)
	if err := r.Err(); err != nil {
		d.t.Fatal(err)
	}
	d.do(engine.Command{Kind: engine.Arrive, Facts: &r.Facts})
}

// do runs a command; what is offered is accepted at once.
func (d *day) do(c engine.Command) {
	c.At = d.now
	events, err := d.engine.Do(c)
	if err != nil {
		d.t.Fatalf("at %d: %v", d.now, err)
	}
	var offers []engine.Event
	for _, ev := range events {
		if ev.Kind == engine.Offered {
			offers = append(offers, ev)
		}
	}
	for _, ev := range offers {
		v := &d.visitors[ev.Ticket-1] // tickets are numbered in the order in which they come
		v.class, v.start, v.passed = d.policy.Engine.Classes[ev.Class].Name, d.now, int(ev.Slips)
		d.started(v)
		heap.Push(&d.ends, end{d.now.Add(v.work), ev.Offer, ev.Agent})
		d.do(engine.Command{Kind: engine.Accept, Agent: ev.Agent, Offer: ev.Offer})
	}
}

// A tally is how some of the visitors fared.
type tally struct {
	came, overtaken int
	sum, worst      engine.Duration
}

func (y *tally) add(wait engine.Duration, passed int) {
	y.came++
	y.sum += wait
	y.worst = max(y.worst, wait)
	if passed > 0 {
		y.overtaken++
	}
}

func (y *tally) String() string {
	if y.came == 0 {
		return "nobody"
	}
	return fmt.Sprintf("%4d came, mean wait %s, worst %s min, %d overtaken", y.came, minutes(y.sum/engine.Duration(y.came)), minutes(y.worst), y.overtaken)
}

// minutes writes a duration in minutes with one decimal.
func minutes(d engine.Duration) string {
	tenths := d / (6 * engine.Second)
	return fmt.Sprintf("%3d.%d", tenths/10, tenths%10)
}
