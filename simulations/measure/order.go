package measure

import (
	"slices"

	"fairline/engine"
)

// A row is kept of each ticket that was served, with Shape.Pairs.
type row struct {
	arrived, ended engine.Instant
	handled        engine.Duration
	rank           int64
	cell, period   int32
	cohorts        uint32
}

func (c *Collector) keep(now engine.Instant, t *Ticket) {
	if c.shape.Pairs {
		c.rows = append(c.rows, row{t.Arrived, now, t.Handled, t.rank, t.cell, t.period, t.Cohorts})
	}
}

// discriminate counts how often each of the served was discriminated against (Sandmann 2005): by those who came later and were
// gone before, and by those who came earlier, had no less work left at that moment, and were gone before. Handling counts as in
// one piece, at the end. It looks once at each two tickets that were there together: O(n log n + n times how many are there).
func (c *Collector) discriminate() {
	slices.SortFunc(c.rows, func(a, b row) int { return int(a.rank - b.rank) })
	for i := range c.rows {
		a := &c.rows[i]
		for j := i + 1; j < len(c.rows) && c.rows[j].arrived <= a.ended; j++ {
			b := &c.rows[j]
			if b.ended <= a.ended {
				c.differ(a)
			}
			if b.ended >= a.ended && b.arrived < a.ended && min(a.handled, a.ended.Sub(b.arrived)) >= b.handled {
				c.differ(b)
			}
		}
	}
}

func (c *Collector) differ(r *row) {
	for _, s := range c.sumsOf(&Ticket{cell: r.cell, period: r.period, Cohorts: r.cohorts}) {
		s[differs]++
	}
}
