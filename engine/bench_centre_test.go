package engine

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// A centre is a call centre with one number and two classes, a fifth of the calls in the first, which goes before the
// second: calls, work and patience are exponential, the mean of the work is a minute.
type centre struct {
	agents   int
	calls    float64 // a minute
	patience float64 // minutes, the mean
	answers  bool    // calls are put through; else who has an offer takes it at once
}

// The centres of the targets: in w2 less than two calls wait on average, in w3 eighty.
var (
	w2 = centre{agents: 10, calls: 9.5, patience: 2}
	w3 = centre{agents: 200, calls: 240, patience: 2}
)

// A step of a recorded day is a command, in short.
type dayStep struct {
	at   Instant
	id   uint64 // of the ticket or the offer
	kind CommandKind
	who  uint8 // Arrive: the class
}

// A centreDay is the commands of one day, from an empty line to an empty line, so that days can follow each other.
type centreDay struct {
	steps  []dayStep
	calls  int
	offers int
	left   int
	length Instant
	waited float64 // calls, on average over the day

	facts [2]Facts
	first []Command        // before the day
	asked [1 << 12]AgentID // by offer, the last ones
}

// record simulates a day of so many calls.
func (c centre) record(tb testing.TB, calls int) *centreDay {
	d, p := &centreDay{calls: calls}, benchPolicy("strict", 2)
	d.facts[1].Attrs[0] = 1
	d.facts[0].Has, d.facts[1].Has = 1, 1
	d.first = append(d.first, Command{Kind: Adopt, At: 1, Policy: p})
	for i := range c.agents {
		d.first = append(d.first, Command{Kind: SignIn, At: 1, Agent: WordOf(fmt.Sprint("agent ", i)), Profile: &Profile{Takes: p.Takes(), Answers: c.answers}})
	}
	r := dayRecorder{day: d, centre: c, e: New(), rand: rand.New(rand.NewPCG(1, 2)), waits: map[TicketID]bool{}}
	for _, k := range d.first {
		if _, err := r.e.Do(k); err != nil {
			tb.Fatal(err)
		}
	}
	r.run(tb)
	return d
}

// A dayRecorder is a simulator that keeps its commands.
type dayRecorder struct {
	day    *centreDay
	centre centre
	e      *Engine
	rand   *rand.Rand
	coming []dayStep // what is to happen, the earliest last
	waits  map[TicketID]bool
	area   float64
}

// draw is an exponential time of so many minutes on average.
func (r *dayRecorder) draw(minutes float64) Instant {
	return max(1, Instant(r.rand.ExpFloat64()*minutes*float64(Minute)))
}

func (r *dayRecorder) plan(s dayStep) {
	i, _ := slices.BinarySearchFunc(r.coming, s, func(a, b dayStep) int { return int(b.at - a.at) })
	r.coming = slices.Insert(r.coming, i, s)
}

func (r *dayRecorder) run(tb testing.TB) {
	now, left := Instant(1), r.day.calls
	call := func() {
		if left--; left >= 0 {
			class := uint8(1)
			if r.rand.IntN(5) == 0 {
				class = 0
			}
			r.plan(dayStep{at: now + r.draw(1/r.centre.calls), kind: Arrive, who: class})
		}
	}
	for call(); len(r.coming) > 0; {
		s := r.coming[len(r.coming)-1]
		r.coming = r.coming[:len(r.coming)-1]
		if s.kind == Leave && !r.waits[TicketID(s.id)] {
			continue
		}
		r.area += float64(len(r.waits)) * float64(s.at-now)
		if now = s.at; s.kind == Arrive {
			call()
		}
		r.do(tb, s)
	}
	r.day.waited, r.day.length = r.area/float64(now), now
}

// do keeps a step and plans what follows from it.
func (r *dayRecorder) do(tb testing.TB, s dayStep) {
	r.day.steps = append(r.day.steps, s)
	c := r.day.command(s)
	events, err := r.e.Do(c)
	if err != nil {
		tb.Fatal(err)
	}
	r.day.see(events)
	var accepted []dayStep
	for i := range events {
		switch ev := &events[i]; ev.Kind {
		case Arrived:
			r.waits[ev.Ticket] = true
			r.plan(dayStep{at: ev.At + r.draw(r.centre.patience), kind: Leave, id: uint64(ev.Ticket)})
		case Offered:
			if !r.centre.answers {
				accepted = append(accepted, dayStep{at: ev.At, kind: Accept, id: uint64(ev.Offer)})
			}
			r.day.offers++
			delete(r.waits, ev.Ticket)
		case Accepted:
			r.plan(dayStep{at: ev.At + r.draw(1), kind: Finish, id: uint64(ev.Offer)})
		case Ended:
			if ev.End == Abandoned {
				r.day.left++
				delete(r.waits, ev.Ticket)
			}
		}
	}
	for _, s := range accepted {
		r.do(tb, s)
	}
}

// command is what a step says.
func (d *centreDay) command(s dayStep) Command {
	c := Command{Kind: s.kind, At: s.at}
	switch s.kind {
	case Arrive:
		c.Facts = &d.facts[s.who]
	case Leave:
		c.Ticket = TicketID(s.id)
	default:
		c.Offer, c.Agent = OfferID(s.id), d.asked[s.id%uint64(len(d.asked))]
	}
	return c
}

// see notes who was asked.
func (d *centreDay) see(events []Event) {
	for i := range events {
		if ev := &events[i]; ev.Kind == Offered {
			d.asked[uint64(ev.Offer)%uint64(len(d.asked))] = ev.Agent
		}
	}
}

// BenchmarkCentre is what a simulator asks of a line, and nothing else: the commands of a day that was simulated before, a
// call for each operation, its arrival, its start, its end, and its leaving early where it does.
func BenchmarkCentre(b *testing.B) {
	through := func(c centre) centre { c.answers = true; return c }
	for _, v := range []struct {
		name   string
		centre centre
	}{{"W2/rung", w2}, {"W2/through", through(w2)}, {"W3/rung", w3}, {"W3/through", through(w3)}} {
		b.Run(v.name, func(b *testing.B) {
			d := v.centre.record(b, 50_000)
			e := New()
			for _, c := range d.first {
				if _, err := e.Do(c); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			b.ResetTimer()
			days, next := uint64(0), 0
			for n := 0; n <= b.N; {
				if next == len(d.steps) {
					days, next = days+1, 0
				}
				s := d.steps[next]
				next++
				s.at += Instant(days) * d.length
				switch s.kind {
				case Arrive:
					n++
				case Leave:
					s.id += days * uint64(d.calls)
				default:
					s.id += days * uint64(d.offers)
				}
				events, err := e.Do(d.command(s))
				if err != nil {
					b.Fatal(err)
				}
				d.see(events)
			}
			b.ReportMetric(float64(d.left)/float64(d.calls), "left/op")
			b.ReportMetric(d.waited, "waiting")
		})
	}
}
