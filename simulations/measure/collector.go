package measure

import (
	"cmp"
	"math"
	"slices"

	"fairline/engine"
)

// A Collector measures one replication after another. It is not safe for concurrent use: each worker has its own. Calls come in
// order of time. Begin comes first, then what happens, then Waiting for each ticket that is still there, then Close, then Facts.
type Collector struct {
	shape   Shape
	figures []figure

	now     engine.Instant
	edge    engine.Instant // the next one at which something is noted, see cross
	period  int64          // that the edge ends; -1: before the window
	closed  engine.Instant
	queue   queue
	n       int64 // in the system
	serving int64 // tickets being handled
	wraps   int64 // tickets being wrapped up
	fair    float64
	crew    int32 // agents on duty

	index   []int32 // of cells, by source, class and channel; 0: there is none yet
	cells   []*cell
	ordered []*cell  // the same by source, class and channel: sums must not hang on who came first, or on other days
	waits   []int64  // by channel: how many wait for their first start
	periods []*group // by period and channel; nil: one period
	backlog []int64  // by period and channel, at its end
	cohorts []*group
	homes   []*sums // used again

	all      group // these are made of cells by Close
	channels []group
	classes  []group
	sources  []group
	byPeriod []group
	slow     []slowness // by length of service, see bins

	agents agents
	passes passes
	rows   []row // with Shape.Pairs
	paths  paths
}

// A group is what is measured of tickets that belong together.
type group struct {
	sums
	answered spread // waits until the first start
	rest     spread // waits of others who entered: until they left, or so far
	every    spread // both, once the replication is closed; empty where there is no rest

	bare    [len(quantiles)]float64 // of the offered wait, once it was asked for
	hasBare bool
}

// A cell is a group of tickets of one source, class and channel.
type cell struct {
	group
	source, class, channel int
	in, out, gone, there   int64 // of all tickets, in the window or not
}

// New returns a collector for a shape. It panics where the shape contradicts itself.
func New(s Shape) *Collector {
	s.check()
	c := &Collector{shape: s, queue: newQueue()}
	c.index = make([]int32, len(s.Sources)*len(s.Classes)*len(s.Channels))
	c.waits = make([]int64, len(s.Channels))
	c.channels, c.classes = c.groups(len(s.Channels)), c.groups(len(s.Classes))
	c.sources, c.slow = c.groups(len(s.Sources)), make([]slowness, len(binNames))
	c.setExact(&c.all)
	for range s.Cohorts {
		c.cohorts = append(c.cohorts, c.setExact(new(group)))
	}
	if n := s.periods(); n > 1 {
		for range n * int64(len(s.Channels)) {
			c.periods = append(c.periods, c.setExact(new(group)))
		}
		c.byPeriod = c.groups(int(n))
	}
	c.backlog = make([]int64, s.periods()*int64(len(s.Channels)))
	c.agents = newAgents(&c.shape)
	c.passes = newPasses(&c.shape)
	c.figures = c.plan()
	c.Begin(0)
	return c
}

func (c *Collector) groups(n int) []group {
	list := make([]group, n)
	for i := range list {
		c.setExact(&list[i])
	}
	return list
}

func (c *Collector) setExact(g *group) *group {
	g.answered.exact, g.rest.exact, g.every.exact = c.shape.Exact, c.shape.Exact, c.shape.Exact
	return g
}

func (g *group) reset() {
	g.sums, g.hasBare = sums{}, false
	g.answered.reset()
	g.rest.reset()
	g.every.reset()
}

// merge adds a group whose waits are in order.
func (g *group) merge(o *group) {
	g.sums.add(&o.sums)
	g.answered.merge(&o.answered)
	g.rest.merge(&o.rest)
}

// close gathers all waits.
func (g *group) close() {
	if g.rest.count() > 0 {
		g.every.merge(&g.answered)
		g.every.merge(&g.rest)
	}
}

// all is the waits of everybody who entered.
func (g *group) all() *spread {
	if g.rest.count() > 0 {
		return &g.every
	}
	return &g.answered
}

// Begin begins a replication: it forgets everything and keeps the memory.
func (c *Collector) Begin(now engine.Instant) {
	c.now, c.closed, c.n, c.serving, c.wraps, c.fair, c.crew = now, 0, 0, 0, 0, 0, 0
	c.edge, c.period = c.shape.Begins, -1
	c.queue.reset()
	for _, x := range c.cells {
		x.group.reset()
		x.in, x.out, x.gone, x.there = 0, 0, 0, 0
	}
	clear(c.waits)
	clear(c.backlog)
	for _, g := range c.periods {
		g.reset()
	}
	for _, g := range c.cohorts {
		g.reset()
	}
	clear(c.slow)
	c.agents.reset()
	c.passes.reset()
	c.rows = c.rows[:0]
	c.paths = paths{began: now}
}

// settle brings what is measured over time to now.
func (c *Collector) settle(now engine.Instant) {
	for now >= c.edge {
		c.flow(c.edge)
		c.cross()
	}
	c.flow(now)
}

// flow lets time pass in which nothing happens.
func (c *Collector) flow(now engine.Instant) {
	d := int64(now - c.now)
	if d <= 0 {
		c.paths.backwards = c.paths.backwards || d < 0
		return
	}
	c.now = now
	c.paths.house += uint64(d) * uint64(c.n)
	c.paths.serving += uint64(d) * uint64(c.serving)
	c.paths.wraps += uint64(d) * uint64(c.wraps)
	if c.serving > 0 && c.n > 0 {
		c.fair += float64(d) * float64(c.serving) / (float64(c.n) * float64(engine.Second))
	}
}

// cross notes what stands at an edge: the beginning of the window, or the end of a period. What happens at that instant comes
// after it.
func (c *Collector) cross() {
	if c.period >= 0 {
		c.agents.mark(c.edge, int(c.period))
		copy(c.backlog[int(c.period)*len(c.waits):], c.waits)
	}
	switch c.period++; {
	case c.edge == c.shape.Ends:
		c.edge = math.MaxInt64
	case c.shape.Period == 0:
		c.edge = c.shape.Ends
	default:
		c.edge = min(c.shape.Ends, c.edge.Add(c.shape.Period))
	}
}

// within returns how much of the time from one instant to another lies in the window, in seconds.
func (c *Collector) within(from, to engine.Instant) float64 {
	from, to = max(from, c.shape.Begins), min(to, c.shape.Ends)
	if to <= from {
		return 0
	}
	return seconds(to.Sub(from))
}

// span is the length of the window, as far as the replication went.
func (c *Collector) span() float64 { return c.within(c.shape.Begins, c.closed) }

// Close ends the replication.
func (c *Collector) Close(now engine.Instant) {
	c.settle(now)
	c.closed = now
	c.agents.close(now, int(c.period))
	for p := max(int(c.period), 0) * len(c.waits); p < len(c.backlog); p += len(c.waits) {
		copy(c.backlog[p:], c.waits) // periods that did not come to their end
	}
	c.all.reset()
	for _, list := range [][]group{c.channels, c.classes, c.sources, c.byPeriod} {
		for i := range list {
			list[i].reset()
		}
	}
	c.discriminate()
	for _, x := range c.ordered {
		x.sort()
		for _, g := range []*group{&c.all, &c.channels[x.channel], &c.classes[x.class], &c.sources[x.source]} {
			g.merge(&x.group)
		}
	}
	for i, g := range c.periods {
		g.sort()
		c.byPeriod[i/len(c.shape.Channels)].merge(g)
		g.close()
	}
	for _, g := range c.cohorts {
		g.sort()
		g.close()
	}
	c.all.close()
	for _, list := range [][]group{c.channels, c.classes, c.sources, c.byPeriod} {
		for i := range list {
			list[i].close()
		}
	}
}

func (g *group) sort() {
	slices.Sort(g.answered.list)
	slices.Sort(g.rest.list)
}

func (x *cell) compare(y *cell) int {
	return cmp.Or(cmp.Compare(x.source, y.source), cmp.Compare(x.class, y.class), cmp.Compare(x.channel, y.channel))
}

// cellOf returns the number of the cell of t.
func (c *Collector) cellOf(t *Ticket) int32 {
	s := &c.shape
	at := (int(t.Source)*len(s.Classes)+int(t.Class))*len(s.Channels) + int(t.Channel)
	if c.index[at] == 0 {
		x := &cell{source: int(t.Source), class: int(t.Class), channel: int(t.Channel)}
		c.setExact(&x.group)
		c.cells = append(c.cells, x)
		c.index[at] = int32(len(c.cells))
		i, _ := slices.BinarySearchFunc(c.ordered, x, (*cell).compare)
		c.ordered = slices.Insert(c.ordered, i, x)
	}
	return c.index[at] - 1
}

// sumsOf returns the sums that t counts in, but for those made of cells; valid until the next call.
func (c *Collector) sumsOf(t *Ticket) []*sums {
	list := append(c.homes[:0], &c.cells[t.cell].sums)
	if t.period >= 0 {
		list = append(list, &c.periods[t.period].sums)
	}
	c.homes = list
	if t.Cohorts != 0 {
		c.eachCohort(t, func(g *group) { c.homes = append(c.homes, &g.sums) })
	}
	return c.homes
}

func (c *Collector) eachCohort(t *Ticket, do func(*group)) {
	for i, g := range c.cohorts {
		if t.Cohorts>>i&1 != 0 {
			do(g)
		}
	}
}

// spread adds a wait of t to the distributions it belongs to.
func (c *Collector) spread(t *Ticket, wait engine.Duration, answered bool) {
	if !t.Seen {
		return
	}
	add := func(g *group) {
		if answered {
			g.answered.add(wait)
		} else {
			g.rest.add(wait)
		}
	}
	add(&c.cells[t.cell].group)
	if t.period >= 0 && c.shape.Exact {
		add(c.periods[t.period])
	}
	if t.Cohorts != 0 {
		c.eachCohort(t, add)
	}
}
