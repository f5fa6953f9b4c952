package engine

// A node of the compiled ordering tree.
type node struct {
	spec    *Node
	order   Order // of spec, with the policy's clock
	fixed   fixed // order, if it is so
	moving  moving
	strict  bool   // order is Strict
	ranks   []rank // of each member, where the order is memberwise
	id      NodeID
	up      *node // nil: the root
	role    int   // which member of up it is
	members []branch
	guards  []guard
	classes []ClassID // all below it
	asked   uint64    // the view for which shown was found
	shown   pick
	counted uint64   // the view for which queues were counted
	queues  []int64  // see Engine.queue
	sharing *sharing // where the order is a Share
}

// A branch is a member of a node: a group, or where it is nil a class.
type branch struct {
	leaf  *leaf
	group *node
}

// A guard is a protection of a node.
type guard struct {
	*Protection
	counter int    // of those that count: which one, from 1
	except  []bool // by class
	asked   uint64 // the view for which bound, or got and all, were found
	bound   bound
	number  int         // among all of the tree
	budget  budget      // of Budget
	window  shareWindow // of MinShare
	got     []int64
	all     int64
}

// A leaf is a class: the registers of its tickets, by demand.
type leaf struct { // what each decision asks stands together
	kept  uint64 // the turn of the agents for which shown was found and still holds; 0: it does not
	shown pick
	asked uint64
	calm  bool // front holds still
	front front
	shut  bool        // by its hours, or with the whole line: its tickets are not offered and do not wait
	n     int         // how many are in its registers
	open  bitset      // demands for which somebody waits
	regs  []*register // by demand, nil where there never was a ticket

	class    ClassID
	up       *node
	role     int
	shares   []*node   // the Shares above it, from the root
	counters []int     // that count for this class: 0 for the whole line, then those of the nodes above
	hours    *Calendar // when it is served
	closed   bool      // by its hours
	excused  marks     // of the starts made while it was shut: they passed nobody here
	window   []stamp   // the starts that count against the limit of the class
	over     bool      // the class is over its limit, and its tickets count as their next
	timer    int32     // position of the timer of room in the window, -1: none
}

// A pick is the ticket that a node or a leaf shows, and why.
type pick struct {
	ticket   handle // 0: nobody
	guard    int8   // the protection that forced it; -1: the order chose
	key      int64  // of ticket, under the node's order
	place    Place  // of ticket
	rival    handle // whom it was preferred to here; 0: there was nobody
	rivalKey int64
}

// A tree is a policy compiled for one line.
type tree struct {
	nodes      []*node
	leaves     []*leaf
	counting   []*guard // by counter; nil: the one for the whole line
	interrupts bool     // some channel may interrupt another
	shares     int      // the most Shares above one class
	rooms      bool     // some protection counts passings for want of room
	remembers  bool     // some protection remembers starts
	guards     int
	within     bool    // some protection forbids tickets
	limited    []*leaf // with a limit beyond which tickets count as their next class
}

// newTree compiles p, whose shape was checked.
func newTree(p *Policy) *tree {
	t := &tree{leaves: make([]*leaf, len(p.Classes)), counting: []*guard{nil}}
	for i := range p.Channels {
		t.interrupts = t.interrupts || len(p.Channels[i].Interrupts) > 0
	}
	t.grow(p.Root, nil, 0, []int{0}, nil, p)
	return t
}

func (t *tree) grow(spec *Node, up *node, role int, counters []int, shares []*node, p *Policy) *node {
	n := &node{spec: spec, id: NodeID(len(t.nodes)), up: up, role: role}
	n.setOrder(clocked(spec.Order, p.Clock))
	t.nodes = append(t.nodes, n)
	if o, ok := spec.Order.(Share); ok {
		n.sharing = newSharing(o, len(shares), len(spec.Members))
		shares = append(shares[:len(shares):len(shares)], n)
		t.shares = max(t.shares, len(shares))
	}
	n.guards = make([]guard, len(spec.Protect))
	for i := range spec.Protect {
		g := &n.guards[i]
		*g = guard{Protection: &spec.Protect[i], except: make([]bool, len(p.Classes))}
		for _, c := range g.Except {
			g.except[c] = true
		}
		t.guards++
		g.number = t.guards
		t.remembers = t.remembers || g.Kind == Budget || g.Kind == MinShare
		t.within = t.within || g.Kind == OvertakenOnlyWithin
		t.rooms = t.rooms || g.Kind == PassedByCapacityAtMost
		if g.Kind == OvertakenAtMost || g.Kind == PassedByCapacityAtMost {
			g.counter = len(t.counting)
			t.counting = append(t.counting, g)
			counters = append(counters[:len(counters):len(counters)], g.counter)
		}
	}
	for i, m := range spec.Members {
		n.members = append(n.members, t.branch(m, n, i, counters, shares, p))
	}
	return n
}

func (n *node) setOrder(o Order) {
	n.order = o
	n.fixed, _ = o.(fixed)
	n.moving, _ = o.(moving)
	_, n.strict = o.(Strict)
	if k, ok := o.(memberwise); ok && k.memberwise() {
		n.ranks = make([]rank, len(n.spec.Members))
	}
}

// clocked gives an order that reads dates the clock to read them by.
func clocked(o Order, clock *Calendar) Order {
	if d, ok := o.(Due); ok {
		d.clock = clock
		return d
	}
	return o
}

func (t *tree) branch(m Member, up *node, role int, counters []int, shares []*node, p *Policy) branch {
	if m.Group != nil {
		g := t.grow(m.Group, up, role, counters, shares, p)
		up.classes = append(up.classes, g.classes...)
		return branch{group: g}
	}
	l := &leaf{class: m.Class, up: up, role: role, shares: shares, counters: counters, hours: p.hours(m.Class), timer: -1}
	t.leaves[m.Class] = l
	if c := &p.Classes[m.Class]; c.Limit > 0 && c.Beyond == NextClass {
		t.limited = append(t.limited, l)
	}
	up.classes = append(up.classes, m.Class)
	return branch{leaf: l}
}

// room reports whether counter k counts passings for want of room, not overtakings.
func (t *tree) room(k int) bool { return k > 0 && t.counting[k].Kind == PassedByCapacityAtMost }

// slot returns where the slips of counter k stand in tickets of the class, or -1.
func (l *leaf) slot(k int) int {
	for i, c := range l.counters {
		if c == k {
			return i
		}
	}
	return -1
}

// limit returns what the guard grants t of class c.
func (g *guard) limit(c ClassID, t *ticket) int64 {
	if g.By > 0 {
		return t.values[g.By-1]
	}
	return g.Limit[c]
}
