package engine

import (
	"fmt"
	"maps"
	"slices"
)

// CopyMax is how many tickets may wait in a line that is copied.
const CopyMax = 20_000

// Copy returns an engine of its own that is where e is: the same commands yield the same events in both, and neither hears
// of the other. So what will follow can be tried out. The copy shares the policy, which is read-only, and remembers no Keys:
// whatever arrives there is new. It costs time and memory in proportion to the line.
//
// The error is ErrNoPolicy, or ErrLimit where more than CopyMax tickets wait or are held.
func (e *Engine) Copy() (*Engine, error) {
	switch n := e.count.Waiting + e.count.Held; {
	case e.policy == nil:
		return nil, fmt.Errorf("copy: %w", ErrNoPolicy)
	case n > CopyMax:
		return nil, fmt.Errorf("copy: %w: %d tickets wait or are held, want at most %d", ErrLimit, n, CopyMax)
	}
	c := new(Engine)
	*c = *e
	c.out, c.met, c.order, c.steps, c.spare, c.watch = nil, nil, nil, nil, nil, nil
	c.idle.waits = nil
	c.known, c.forget = map[Key]TicketID{}, nil
	c.joins, c.ended, c.cutOff = maps.Clone(e.joins), maps.Clone(e.ended), maps.Clone(e.cutOff)
	for same, list := range c.joins {
		c.joins[same] = slices.Clone(list)
	}
	c.endings = slices.Clone(e.endings)
	c.mayServe, c.moved = c.may, c.moveTo

	k := copier{columns: map[*column]*column{}, benches: map[*bench]*bench{}}
	c.tickets = tickets{slab: slices.Clone(e.tickets.slab), free: e.tickets.free, ids: e.tickets.ids.clone()}
	c.attrs, c.urgent, c.tags = slices.Clone(e.attrs), slices.Clone(e.urgent), slices.Clone(e.tags)
	c.asides = slices.Clone(e.asides)
	c.drains = slices.Clone(e.drains)
	c.loose = slices.Clone(e.loose)
	c.strays = slices.Clone(e.strays)
	c.offers = e.offers.clone()
	c.index = k.index(&e.index)
	c.tree, c.marks = k.tree(e.tree), k.marks(&e.marks)
	c.skills, c.agents = k.skills(&e.skills), k.agents(&e.agents)
	c.cools.slab, c.cools.free = slices.Clone(e.cools.slab), slices.Clone(e.cools.free)
	c.recent = e.recent.clone()
	c.timers.heap, c.timers.moved = slices.Clone(e.timers.heap), c.timerMoved
	c.view.open, c.view.by = slices.Clone(e.view.open), nil
	return c, nil
}

// A copier remembers what stands for what, so that whatever was shared is shared in the copy.
type copier struct {
	columns map[*column]*column
	benches map[*bench]*bench
}

func (d *directory) clone() directory {
	to := directory{first: d.first, pages: slices.Clone(d.pages), last: d.last, at: d.at}
	for i, p := range to.pages {
		if p != nil {
			q := *p
			to.pages[i] = &q
		}
	}
	return to
}

func (s *offers) clone() offers {
	to := offers{slab: slices.Clone(s.slab), free: slices.Clone(s.free), ids: s.ids.clone(), ringing: slices.Clone(s.ringing)}
	for i := range to.slab {
		to.slab[i].debts = slices.Clone(to.slab[i].debts)
		to.slab[i].charges = slices.Clone(to.slab[i].charges)
	}
	return to
}

func (r *recent) clone() recent {
	to := recent{first: r.first, asks: slices.Clone(r.asks), fails: slices.Clone(r.fails)}
	for i := range to.asks {
		if a := to.asks[i].aside; a != nil {
			to.asks[i].aside = &askAside{excused: slices.Clone(a.excused), over: slices.Clone(a.over),
				room: slices.Clone(a.room), counted: slices.Clone(a.counted), frozen: a.frozen}
		}
	}
	return to
}

func (k *copier) column(c *column) *column {
	if c == nil {
		return nil
	}
	if k.columns[c] == nil {
		k.columns[c] = &column{words: slices.Clone(c.words), counts: slices.Clone(c.counts), total: c.total, top: c.top}
	}
	return k.columns[c]
}

func (k *copier) index(x *index) index {
	to := *x
	to.slots, to.places = slices.Clone(x.slots), slices.Clone(x.places)
	to.columns = make([]*column, len(x.columns))
	for i, c := range x.columns {
		to.columns[i] = k.column(c)
	}
	return to
}

func (k *copier) marks(m *marks) marks {
	to := marks{columns: slices.Clone(m.columns), top: m.top}
	for i, list := range m.columns {
		to.columns[i] = make([]*column, len(list))
		for j, c := range list {
			to.columns[i][j] = k.column(c)
		}
	}
	return to
}

// tree compiles the policy anew and brings what the leaves of t hold over. What nodes showed in a view is found again.
func (k *copier) tree(t *tree) *tree {
	to := newTree(&Policy{Root: t.nodes[0].spec, Classes: make([]Class, len(t.leaves))})
	for i, n := range to.nodes {
		n.setOrder(t.nodes[i].order)
		if n.sharing != nil {
			n.sharing = t.nodes[i].sharing.clone()
		}
		for g := range n.guards {
			was := &t.nodes[i].guards[g]
			n.guards[g].budget.spent = slices.Clone(was.budget.spent)
			n.guards[g].window = shareWindow{slices.Clone(was.window.portions), slices.Clone(was.window.got), was.window.all, was.window.sum}
		}
	}
	for i, l := range to.leaves {
		was := t.leaves[i]
		up, counters, shares := l.up, l.counters, l.shares
		*l = *was
		l.shares = shares
		l.up, l.counters, l.open, l.excused, l.asked = up, counters, slices.Clone(was.open), k.marks(&was.excused), 0
		l.window = slices.Clone(was.window)
		l.regs = make([]*register, len(was.regs))
		for d, r := range was.regs {
			l.regs[d] = k.register(r)
			if r != nil && r.cells != nil {
				l.regs[d].cells = r.cells.clone(l.up)
			}
		}
	}
	to.interrupts = t.interrupts
	for _, l := range t.limited {
		to.limited = append(to.limited, to.leaves[l.class])
	}
	return to
}

// clone copies all but the cells, which come with their registers.
func (s *sharing) clone() *sharing {
	to := *s
	to.spec.Weight = slices.Clone(s.spec.Weight)
	to.flows, to.spare, to.by, to.got = slices.Clone(s.flows), slices.Clone(s.spare), maps.Clone(s.by), slices.Clone(s.got)
	to.idle, to.times, to.since = nil, slices.Clone(s.times), slices.Clone(s.since)
	for i := range to.flows {
		to.flows[i].cells = nil
	}
	return &to
}

// clone copies the cells of a register below n, whose flows were copied.
func (c *cells) clone(n *node) *cells {
	to := &cells{node: n, role: c.role}
	for _, k := range c.heap {
		now := &cell{in: to, flow: k.flow, pos: k.pos, tickets: slices.Clone(k.tickets)}
		to.heap = append(to.heap, now)
		f := &n.sharing.flows[k.flow]
		f.cells = append(f.cells, now)
	}
	return to
}

func (k *copier) register(r *register) *register {
	if r == nil {
		return nil
	}
	to := *r
	to.heap, to.odd, to.waits = slices.Clone(r.heap), slices.Clone(r.odd), k.column(r.waits)
	return &to
}

func (k *copier) skills(s *skills) skills {
	to := skills{demands: slices.Clone(s.demands), held: slices.Clone(s.held), profiles: slices.Clone(s.profiles)}
	for i, p := range s.profiles {
		q := *p
		q.cost, q.bench = slices.Clone(p.cost), slices.Clone(p.bench)
		for j, b := range p.bench {
			q.bench[j] = k.bench(b)
		}
		to.profiles[i] = &q
	}
	return to
}

func (k *copier) bench(b *bench) *bench {
	if b == nil {
		return nil
	}
	if k.benches[b] == nil {
		to := *b
		to.serve = slices.Clone(b.serve)
		k.benches[b] = &to
	}
	return k.benches[b]
}

func (k *copier) agents(s *agents) agents {
	to := *s
	to.list, to.names, to.open, to.was = slices.Clone(s.list), maps.Clone(s.names), slices.Clone(s.open), slices.Clone(s.was)
	for i := range to.list {
		a := &to.list[i]
		a.offers, a.benched = slices.Clone(a.offers), k.bench(a.benched)
		a.paces, a.starts = slices.Clone(a.paces), slices.Clone(a.starts)
	}
	to.fences = s.fences.clone()
	to.busy = make([]*bench, len(s.busy))
	for i, b := range s.busy {
		to.busy[i] = k.bench(b)
	}
	return to
}
