package measure

import (
	"cmp"
	"math"
	"slices"
	"testing"

	"fairline/engine"
)

// A visitor is a ticket of a schedule that is told to a collector. Instants are in seconds after 1000.
type visitor struct {
	Ticket
	comes, starts, ends float64 // starts below 0: never; ends: of handling, or when it leaves
	wraps               float64
	who                 int32
	rows                []engine.Event
	under               [][]*visitor // of each row
}

const epoch = engine.Instant(1000 * engine.Second)

func at(s float64) engine.Instant { return epoch.Add(engine.Duration(math.Round(s * 1e9))) }

// A happening is one call to a collector.
type happening struct {
	at    engine.Instant
	order int // of things at one instant
	rank  int
	do    func(now engine.Instant)
}

// replay tells c of a schedule, in order of time: what ends at an instant comes before what arrives, and that before what starts.
func replay(c *Collector, list []*visitor, end float64, agents []float64) {
	var all []happening
	add := func(s float64, order, rank int, do func(now engine.Instant)) {
		all = append(all, happening{at(s), order, rank, do})
	}
	for i, until := range agents {
		add(0, 0, i, func(now engine.Instant) { c.Duty(now, int32(i), true) })
		add(until, 9, i, func(now engine.Instant) { c.Duty(now, int32(i), false) })
	}
	for i, v := range list {
		add(v.comes, 3, i, func(now engine.Instant) { v.Arrived = now; c.Arrive(now, &v.Ticket) })
		if v.starts >= 0 && v.starts <= end {
			add(v.starts, 4, i, func(now engine.Instant) { v.start(c, now) })
		}
		if v.ends <= end {
			add(v.ends, 1, i, func(now engine.Instant) { v.end(c, now) })
		}
		if v.starts >= 0 && v.wraps > 0 && v.ends+v.wraps <= end {
			add(v.ends+v.wraps, 0, i, func(now engine.Instant) { c.Wrap(now, v.who, false); c.Work(now, v.who, -1) })
		}
	}
	slices.SortStableFunc(all, func(a, b happening) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.order, b.order), cmp.Compare(a.rank, b.rank))
	})
	c.Begin(epoch)
	for _, h := range all {
		h.do(h.at)
	}
	for _, v := range list {
		if v.comes <= end && v.ends > end {
			if v.starts >= 0 && v.starts <= end {
				v.Handled = at(end).Sub(at(v.starts))
			}
			c.Waiting(at(end), &v.Ticket)
		}
	}
	c.Close(at(end))
}

func (v *visitor) start(c *Collector, now engine.Instant) {
	v.Started, v.Agent = now, v.who
	c.Start(now, &v.Ticket)
	for i := range v.rows {
		c.Passed(now, &v.Ticket, &v.rows[i], v.under[i][0].Channel, v.Class)
		for _, u := range v.under[i] {
			if c.shape.Pairs {
				c.Pair(now, &v.Ticket, &u.Ticket, &v.rows[i])
			}
		}
	}
	c.Work(now, v.who, 1)
}

func (v *visitor) end(c *Collector, now engine.Instant) {
	v.Ended = now
	if v.starts < 0 {
		c.Leave(now, &v.Ticket)
		return
	}
	v.Outcome, v.Handled = Served, now.Sub(v.Started)
	v.Wrapped = engine.Duration(math.Round(v.wraps * 1e9))
	c.Finish(now, &v.Ticket)
	if v.wraps > 0 {
		c.Wrap(now, v.who, true)
	} else {
		c.Work(now, v.who, -1)
	}
}

// plain is a shape of so many agents and of one of everything else.
func plain(agents int, length float64) Shape {
	s := Shape{Channels: []string{"phone"}, Classes: []string{"all"}, Sources: []string{"city"}, Groups: []string{"team"},
		Nodes: []Node{{Name: "line"}}, Begins: epoch, Ends: at(length), Targets: []engine.Duration{20 * engine.Second},
		Short: 5 * engine.Second, Exact: true}
	for range agents {
		s.Agents = append(s.Agents, Agent{Name: "agent " + number(len(s.Agents)), Most: 1})
	}
	return s
}

// read returns the facts of a closed collector by key, and holds it to its laws.
func read(t *testing.T, c *Collector) map[Key]Fact {
	t.Helper()
	if err := c.Check(); err != nil {
		t.Error(err)
	}
	facts, m := c.Facts(nil), map[Key]Fact{}
	for i, k := range c.Keys() {
		if _, twice := m[k]; twice {
			t.Errorf("%v twice", k)
		}
		m[k] = facts[i]
	}
	return m
}

func near(a, b float64) bool {
	return a == b || math.Abs(a-b) <= 1e-9*max(1, math.Abs(a), math.Abs(b)) || math.IsNaN(a) && math.IsNaN(b)
}

func want(t *testing.T, m map[Key]Fact, k Key, value float64) {
	t.Helper()
	f, ok := m[k]
	if !ok || !near(f.Num/f.Den, value) {
		t.Errorf("%v: %g/%g = %g (%v), want %g", k, f.Num, f.Den, f.Num/f.Den, ok, value)
	}
}
