package worst

import (
	"slices"

	"fairline/engine"
	"fairline/policy/outline"
)

// An analysis knows where each class stands.
type analysis struct {
	tree   *outline.Outline
	policy *engine.Policy
	leaf   []int    // node above each class
	under  [][]bool // by node and class
	roles  [][]int  // by node and class: which member of the node holds the class
	ids    map[*engine.Node]int
	spans  map[[2]int]reach // what member shows, once asked: by class and top
}

// A reach is how much later than a ticket another one may be that goes before it: less than d; or less than d and the part
// of the ticket's own wait that keep leaves; or never, or no window is known.
type reach struct {
	kind Kind // None, Within, ByWait, Undecided or Unbounded
	d    engine.Duration
	keep Part // of ByWait
	what string
	line int
}

// later is the reach of who may come d later still than r.
func (r reach) later(d engine.Duration, what string, line int) reach {
	if r.kind != ByWait {
		return within(r.d+d, what, line)
	}
	return reach{ByWait, max(r.d+d, 0), r.keep, what, line}
}

// or is the reach of who has either.
func (r reach) or(o reach) reach {
	if r.kind != o.kind || r.kind != ByWait {
		if o.kind > r.kind || o.kind == r.kind && o.d > r.d {
			r, o = o, r
		}
		r.d = max(r.d, o.d)
		return r
	}
	if o.keep.less(r.keep) {
		r.keep = o.keep
	}
	r.d = max(r.d, o.d)
	return r
}

func within(d engine.Duration, what string, line int) reach {
	if d <= 0 {
		return reach{kind: None}
	}
	return reach{kind: Within, d: d, what: what, line: line}
}

func newAnalysis(o *outline.Outline) *analysis {
	n := len(o.Policy.Engine.Classes)
	a := &analysis{tree: o, policy: o.Policy.Engine, leaf: make([]int, n), spans: map[[2]int]reach{}, ids: map[*engine.Node]int{}}
	for i, node := range o.Nodes {
		a.ids[node.Node] = i
		a.under, a.roles = append(a.under, make([]bool, n)), append(a.roles, make([]int, n))
	}
	for i, node := range o.Nodes {
		for role, m := range node.Members {
			if m.Group == nil {
				a.leaf[m.Class] = i
				a.enter(i, role, m.Class)
			}
		}
	}
	return a
}

// enter notes a class in its node and in all nodes above it.
func (a *analysis) enter(n, role int, c engine.ClassID) {
	a.under[n][c], a.roles[n][c] = true, role
	up := a.tree.Nodes[n].Up
	if up < 0 {
		return
	}
	below := a.tree.Nodes[n].Node
	a.enter(up, slices.IndexFunc(a.tree.Nodes[up].Members, func(m engine.Member) bool { return m.Group == below }), c)
}

// meet returns the lowest node above both classes.
func (a *analysis) meet(c, w engine.ClassID) int {
	n := a.leaf[c]
	for !a.under[n][w] {
		n = a.tree.Nodes[n].Up
	}
	return n
}

// role is which member of node n holds class c, which stands under it.
func (a *analysis) role(n int, c engine.ClassID) int { return a.roles[n][c] }

func (a *analysis) id(g *engine.Node) int { return a.ids[g] }

// A way is one way in which T can be preferred to L: by the order of the node where they meet (guard -1), or by a
// protection that forces T there or above.
type way struct {
	node  int
	guard int
	reach reach
}

// ways lists them, on the nodes from where c and w meet up to top.
func (a *analysis) ways(c, w engine.ClassID, top int) []way {
	n := a.meet(c, w)
	list := []way{{n, -1, a.byOrder(n, c, w)}}
	for up := n; ; up = a.tree.Nodes[up].Up {
		for i := range a.tree.Nodes[up].Protections {
			if g := &a.tree.Nodes[up].Protections[i]; g.Kind != engine.OvertakenOnlyWithin {
				list = append(list, way{up, i, a.byForce(up, g, c, w)})
			}
		}
		if up == top {
			return list
		}
	}
}

// pair answers how w can pass c, on the nodes up to top.
func (a *analysis) pair(c, w engine.ClassID, top int) []Term {
	var terms []Term
	for _, x := range a.ways(c, w, top) {
		if x.reach.kind == None {
			continue
		}
		if t, ok := a.counted(c, w, x, top); ok {
			terms = append(terms, t)
			continue
		}
		r := a.cut(c, w, x, top)
		if r.kind >= Undecided {
			if t, ok := a.rationed(c, w, x, top); ok {
				terms = append(terms, t)
				continue
			}
		}
		t := Term{Kind: r.kind, Within: r.d, What: r.what, Line: r.line}
		if r.kind == ByWait {
			t.Part = r.keep.rest()
		}
		if r.kind != None {
			terms = append(terms, t)
		}
	}
	return weakest(terms)
}

// weakest leaves out what another term says too: a narrower window, and everything beside the first that has no bound.
func weakest(terms []Term) []Term {
	var most engine.Duration
	kind := None
	for _, t := range terms {
		kind = max(kind, t.Kind)
		if t.Kind == Within {
			most = max(most, t.Within)
		}
	}
	if kind >= Undecided {
		i := slices.IndexFunc(terms, func(t Term) bool { return t.Kind == kind })
		return terms[i : i+1]
	}
	return slices.DeleteFunc(terms, func(t Term) bool { return t.Kind == Within && t.Within < most })
}

// strange reports whether something decides that this package does not know: then nothing is a bound.
func (a *analysis) strange(x way) bool {
	return x.guard >= 0 && a.tree.Nodes[x.node].Protections[x.guard].Kind == engine.PassedByCapacityAtMost
}

// counted reports whether a protection counts what passes by way x and then ends it.
func (a *analysis) counted(c, w engine.ClassID, x way, top int) (Term, bool) {
	best, found := Term{Kind: Counted}, false
	if a.hidden(c, w) || a.strange(x) {
		return best, false
	}
	a.above(x, top, func(n, i int, g *outline.Protection) {
		_, most := limits(g, c)
		if g.Kind != engine.OvertakenAtMost || most == engine.None || slices.Contains(g.Except, w) {
			return
		}
		if !found || most < best.Count {
			best.Count, best.What, best.Line, found = most, g.Key, g.Line, true
		}
	})
	return best, found
}

// rationed reports whether a budget lets way x be used in so many starts only once.
func (a *analysis) rationed(c, w engine.ClassID, x way, top int) (Term, bool) {
	best, found := Term{Kind: OneIn}, false
	if a.hidden(c, w) || a.strange(x) {
		return best, false
	}
	a.above(x, top, func(n, i int, g *outline.Protection) {
		if g.Kind != engine.Budget || slices.Contains(g.Except, w) {
			return
		}
		if !found || g.Every > best.Count {
			best.Count, best.What, best.Line, found = g.Every, g.Key, g.Line, true
		}
	})
	return best, found
}

// above calls yield for each protection that acts on what x has chosen: those of the node of an order and of all nodes
// above it; and of a protection that forces, itself, those before it in the list that except nobody, and those of the
// nodes above.
func (a *analysis) above(x way, top int, yield func(n, i int, g *outline.Protection)) {
	for n := x.node; ; n = a.tree.Nodes[n].Up {
		for i := range a.tree.Nodes[n].Protections {
			g := &a.tree.Nodes[n].Protections[i]
			if x.guard < 0 || n != x.node || i == x.guard || i < x.guard && len(g.Except) == 0 {
				yield(n, i, g)
			}
		}
		if n == top {
			return
		}
	}
}

// cut narrows what x lets pass by the protections that give a window.
func (a *analysis) cut(c, w engine.ClassID, x way, top int) reach {
	r := x.reach
	if a.strange(x) {
		return r
	}
	narrow := func(d int64, g *outline.Protection) {
		if r.kind != Within || engine.Duration(d) < r.d {
			r = within(engine.Duration(d), g.Key, g.Line)
		}
	}
	speaks := false // for c against w
	for n := a.meet(c, w); n >= 0; n = a.tree.Nodes[n].Up {
		for i := range a.tree.Nodes[n].Protections {
			g := &a.tree.Nodes[n].Protections[i]
			_, most := limits(g, c)
			excepted := slices.Contains(g.Except, w)
			// Who is forced need not be chosen: then it counts whom the order chose, not whether w is excepted.
			speaks = speaks || (most != engine.None || a.grants(g, c)) && (!excepted || x.guard >= 0)
			if g.Kind == engine.OvertakenOnlyWithin && most != engine.None && !excepted {
				narrow(most, g)
			}
		}
	}
	hidden := a.hidden(c, w)
	a.above(x, top, func(_, _ int, g *outline.Protection) {
		_, most := limits(g, c)
		if g.Kind == engine.FirstAfter && most != engine.None && !slices.Contains(g.Except, w) && !hidden {
			narrow(most, g)
		}
	})
	if r.kind == Unbounded && (speaks || a.partly(c, w)) {
		r.kind, r.what = Undecided, r.what+"; a protection speaks for it, but may be kept from acting"
	}
	return r
}

// partly reports whether some protection of c depends on the ticket, so that some of them may have it and others not.
func (a *analysis) partly(c, w engine.ClassID) bool {
	for n := a.meet(c, w); n >= 0; n = a.tree.Nodes[n].Up {
		for i := range a.tree.Nodes[n].Protections {
			least, most := limits(&a.tree.Nodes[n].Protections[i], c)
			if least != engine.None && most == engine.None {
				return true
			}
		}
	}
	return false
}

// hidden reports whether a protection that forbids may forbid a ticket of class c while it lets one of w be served.
func (a *analysis) hidden(c, w engine.ClassID) bool {
	for n := a.leaf[c]; n >= 0; n = a.tree.Nodes[n].Up {
		for i := range a.tree.Nodes[n].Protections {
			g := &a.tree.Nodes[n].Protections[i]
			free := !a.under[n][w] || slices.Contains(g.Except, w)
			if g.Kind == engine.OvertakenOnlyWithin && free && !slices.Contains(g.Except, c) {
				return true
			}
		}
	}
	return false
}

// exempted reports the part of hidden that holds where both stand under the protection: then the member that holds L
// may show nobody.
func (a *analysis) exempted(c, w engine.ClassID) bool {
	for n := a.meet(c, w); n >= 0; n = a.tree.Nodes[n].Up {
		for i := range a.tree.Nodes[n].Protections {
			g := &a.tree.Nodes[n].Protections[i]
			if g.Kind == engine.OvertakenOnlyWithin && slices.Contains(g.Except, w) && !slices.Contains(g.Except, c) {
				return true
			}
		}
	}
	return false
}

// grants reports whether a budget or a min_share may put a ticket of class c first.
func (a *analysis) grants(g *outline.Protection, c engine.ClassID) bool {
	return g.Kind == engine.Budget || slices.ContainsFunc(g.Parts, func(p engine.Part) bool { return slices.Contains(p.Classes, c) })
}

// limits are the least and the greatest limit that tickets of class c may have.
func limits(g *outline.Protection, c engine.ClassID) (least, most int64) {
	switch {
	case g.Kind == engine.Budget || g.Kind == engine.MinShare:
		return engine.None, engine.None
	case g.Protection.By == 0:
		return g.Limit[c], g.Limit[c]
	}
	return g.Table.Range()
}
