package measure

import (
	"testing"

	"fairline/engine"
)

// line plays n tickets of two classes through c: a queue of eight, of which the classes take turns at the front.
func line(c *Collector, n int) {
	c.Begin(0)
	c.Duty(0, 0, true)
	slots := make([]Ticket, 8)
	now := engine.Instant(0)
	for i := range slots {
		slots[i] = Ticket{Arrived: now, Class: uint16(i % 2)}
		c.Arrive(now, &slots[i])
	}
	for i := range n {
		t := &slots[(i^1)%8]
		now += 7_919_123
		t.Started, t.Agent = now, 0
		c.Start(now, t)
		c.Work(now, 0, 1)
		now += 611_953_001
		t.Ended, t.Handled, t.Outcome = now, 611_953_001, Served
		c.Finish(now, t)
		c.Work(now, 0, -1)
		*t = Ticket{Arrived: now, Class: uint16(i % 2)}
		c.Arrive(now, t)
	}
	for i := range slots {
		c.Waiting(now, &slots[i])
	}
	c.Close(now)
}

func twoClasses() Shape {
	s := plain(1, 1e9)
	s.Classes, s.Exact, s.Begins, s.Ends = []string{"a", "b"}, false, 0, 1<<60
	return s
}

// BenchmarkTicket is all that is measured of one ticket: Arrive, Start, twice Work, Finish. Limit: 80 ns, no allocation.
func BenchmarkTicket(b *testing.B) {
	c := New(twoClasses())
	line(c, 1000)
	b.ReportAllocs()
	b.ResetTimer()
	line(c, b.N)
}

// BenchmarkFacts is the end of a day of 700 tickets, all its figures included.
func BenchmarkFacts(b *testing.B) {
	for _, exact := range []bool{false, true} {
		b.Run(map[bool]string{false: "histograms", true: "exact"}[exact], func(b *testing.B) {
			s := twoClasses()
			s.Exact = exact
			c, facts := New(s), []Fact(nil)
			for b.Loop() {
				line(c, 700)
				facts = c.Facts(facts[:0])
			}
			b.ReportMetric(float64(len(facts)), "figures")
		})
	}
}

// TestSteadyStateAllocatesNothing holds the collector to memory that does not grow with the tickets.
func TestSteadyStateAllocatesNothing(t *testing.T) {
	c := New(twoClasses())
	line(c, 1000)
	if n := testing.AllocsPerRun(3, func() { line(c, 20_000) }); n > 1 { // the slots of line itself
		t.Errorf("%g allocations for 20,000 tickets", n)
	}
	if err := c.Check(); err != nil {
		t.Error(err)
	}
}
