package measure

import (
	"math/rand/v2"
	"strings"
	"testing"

	"fairline/engine"
)

// serve tells c of a ticket that waits from 1 s to 3 s, is handled until 8 s and wrapped up until 10 s, and says how long both took.
func serve(c *Collector, handled, wrapped float64) {
	x := Ticket{Arrived: at(1)}
	c.Duty(at(0), 0, true)
	c.Arrive(at(1), &x)
	c.Start(at(3), &x)
	c.Work(at(3), 0, 1)
	x.Ended, x.Outcome, x.Handled, x.Wrapped = at(8), Served, at(handled).Sub(epoch), at(wrapped).Sub(epoch)
	c.Finish(at(8), &x)
	c.Wrap(at(8), 0, true)
	c.Wrap(at(10), 0, false)
	c.Work(at(10), 0, -1)
}

// TestLaws tells a collector of days that cannot be: each law says so.
func TestLaws(t *testing.T) {
	for _, l := range []struct {
		says string
		do   func(c *Collector)
	}{
		{"", func(c *Collector) { serve(c, 5, 2) }},
		{"", func(c *Collector) {
			serve(c, 5, 2)
			c.Arrive(at(11), &Ticket{Arrived: at(4)}) // it comes with an age
			c.cells[0].there++
			c.n--
			c.paths.stays += uint64(at(20) - at(11))
			c.paths.house += uint64(at(20) - at(11))
			c.paths.slips, c.paths.skips, c.paths.rows = 4, 1, 1
			c.Missed(1)
			c.Ringing(2)
		}},
		{"law of time", func(c *Collector) { serve(c, 5, 2); c.Duty(at(9), 0, false) }},
		{"law of conservation: of source city, class all, channel phone 2 arrived, but 1 were served, 0 left and 0", func(c *Collector) {
			serve(c, 5, 2)
			c.Arrive(at(11), &Ticket{Arrived: at(11)})
		}},
		{"law of handling: the number being handled integrates to 5000000000 ns, tickets were handled for 4000000000 ns",
			func(c *Collector) { serve(c, 4, 2) }},
		{"law of wrap-up", func(c *Collector) { serve(c, 5, 1) }},
		{"law of wrap-up", func(c *Collector) { serve(c, 5, 3) }},
		{"", func(c *Collector) { serve(c, 5, 3); c.Wrap(at(20), 0, true); c.Work(at(20), 0, 1) }},
		{"law of overtaking: 0 slips, but 3 skips", func(c *Collector) { serve(c, 5, 2); c.paths.skips, c.paths.rows = 3, 3 }},
		{"law of overtaking: 4 slips, but 3 skips", func(c *Collector) {
			serve(c, 5, 2)
			c.paths.slips, c.paths.skips, c.paths.rows = 4, 3, 3
		}},
		{"law of the ledger: rows of decisions pass 2 tickets, starts skip 0", func(c *Collector) {
			x := Ticket{}
			c.Passed(at(0), &x, &engine.Event{Count: 2}, 0, 0)
			serve(c, 5, 2)
		}},
		{"1 times an agent had begun work off duty", func(c *Collector) {
			serve(c, 5, 2)
			c.Duty(at(20), 0, false)
			c.Work(at(20), 0, 1)
		}},
		{"1 times an agent had more work in hand", func(c *Collector) { serve(c, 5, 2); c.Work(at(20), 0, 1); c.Work(at(20), 0, 1) }},
		{"1 times an agent had less than no work", func(c *Collector) { serve(c, 5, 2); c.Work(at(20), 0, -1) }},
		{"law of RAQFM: D sums to 1.5 s over 5 s", func(c *Collector) { serve(c, 5, 2); c.paths.fair += 1.5 }},
		{"law of RAQFM: D sums to -1.5 s", func(c *Collector) { serve(c, 5, 2); c.paths.fair -= 1.5 }},
		{"law of Little: the number in the system integrates to 7000000000 ns, the times in it sum to 8000000000 ns",
			func(c *Collector) { serve(c, 5, 2); c.paths.stays += 1e9 }},
	} {
		c := New(plain(1, 100))
		c.Begin(epoch)
		l.do(c)
		c.Close(at(20))
		switch err := c.Check(); {
		case err == nil && l.says != "":
			t.Errorf("%s: not seen", l.says)
		case err != nil && (l.says == "" || !strings.Contains(err.Error(), l.says)):
			t.Errorf("%q, want %q", err, l.says)
		}
	}
}

// TestBeginForgets plays two worlds of one shape on one collector: the second is as on a collector of its own.
func TestBeginForgets(t *testing.T) {
	for seed := range uint64(20) {
		play := func(c *Collector, day uint64) *Collector {
			w := newWorld(seed, seed%2 == 0)
			w.rand = rand.New(rand.NewPCG(seed, day))
			if c != nil {
				w.c = c
			}
			w.run()
			return w.c
		}
		used := play(nil, 1)
		used.Facts(nil)
		fresh := play(nil, 2).Facts(nil)
		if err := play(used, 2).Check(); err != nil {
			t.Errorf("world %d: %v", seed, err)
		}
		for i, f := range used.Facts(nil) {
			if f != fresh[i] {
				t.Errorf("world %d: %v: %v after another day, %v on its own", seed, used.Keys()[i], f, fresh[i])
			}
		}
	}
}
