package worst

import (
	"math"
	"slices"

	"fairline/engine"
	"fairline/policy/outline"
)

// byOrder is how much later than a ticket of class c one of w can be that the order of n, where they meet, prefers.
func (a *analysis) byOrder(n int, c, w engine.ClassID) reach {
	r := a.compare(n, c, w)
	if r.kind != Unbounded && a.exempted(c, w) {
		return reach{kind: Undecided, what: "overtaken_only_within may hold it back and not them", line: a.tree.Nodes[n].Line}
	}
	return r
}

func (a *analysis) compare(n int, c, w engine.ClassID) reach {
	node := &a.tree.Nodes[n]
	what := node.Order.Name()
	if kind := a.moved(n, c, w); kind != 0 {
		return reach{kind: kind, what: what, line: node.Line}
	}
	diff, ok := a.difference(node, a.members(n, c), a.members(n, w), c == w)
	if !ok {
		return reach{kind: Undecided, what: what, line: node.Line}
	}
	shown := a.shown(n, c, c == w)
	if o, ok := node.Order.(engine.Accumulate); ok && shown.kind < Undecided {
		return overtake(shown, o.Rate[a.role(n, c)], o.Rate[a.role(n, w)], what, node.Line)
	}
	if shown.kind < Undecided {
		return shown.later(diff, what, node.Line)
	}
	return reach{kind: Undecided, what: what + " compares them with others of " + node.Members[a.role(n, c)].Group.Name, line: node.Line}
}

// moved answers for orders that compare no times of arrival; 0: this one does.
func (a *analysis) moved(n int, c, w engine.ClassID) Kind {
	from, to := a.role(n, c), a.role(n, w)
	often := Unbounded // another member may go first again and again, its own does not
	if c == w {
		often = None
	}
	switch o := a.tree.Nodes[n].Order.(type) {
	case engine.Strict:
		if to >= from {
			return None
		}
		return often
	case engine.LastIn:
		return Unbounded
	case engine.Draw:
		if o.PerTicket {
			return Unbounded
		}
		return often
	case engine.WaitingMix:
		if o.Percent[to] == 100 {
			return None
		}
		return often
	case engine.Cost:
		return a.dearer(&o, from, to, w)
	case engine.Share:
		switch {
		case o.Weight != nil && c == w && o.HalfLife > 0:
			return None
		case o.Weight == nil, c == w, !a.inTurn(c):
			return Undecided // two of one flow may have come in another order than their arrivals say
		}
		return Unbounded
	}
	return 0
}

// dearer answers for two members of a cost. How fast an agent is, which enters it, a history can make whatever it likes,
// so nothing is ever excluded; but a class whose cost can grow above the other's passes any number while it does.
func (a *analysis) dearer(o *engine.Cost, from, to int, w engine.ClassID) Kind {
	p, q := o.Power[from], o.Power[to]
	limited := a.policy.Classes[w].Limit > 0
	switch {
	case from == to:
		return Undecided
	case o.Queue && (q > 1 || o.Weight[to] > o.Weight[from]*int64(p)):
		return Unbounded
	case o.Queue, p == q && o.Weight[to] <= o.Weight[from], p > q && limited:
		return Undecided
	}
	return Unbounded
}

// inTurn reports whether tickets of a class that ask for the same are served as they came.
func (a *analysis) inTurn(c engine.ClassID) bool {
	o, ok := a.tree.Nodes[a.leaf[c]].Order.(engine.Share)
	return ok && o.Weight != nil || a.compare(a.leaf[c], c, c).kind == None
}

// overtake is how much later than a ticket somebody may be whose wait counts at rate to, where the ticket's member has
// rate from and shows somebody who may be later by shown. Who waits v passes who waits u if to v > from u.
func overtake(shown reach, from, to int64, what string, line int) reach {
	keep := shown.keep.times(from, to)
	if keep.whole() { // the later, the further behind: nobody beyond d of the part that was kept
		d := shown.d
		if k := shown.keep; k.Den > 0 && k.Num > 0 {
			d = engine.Duration(scaled(int64(d), k.Den, k.Num))
		}
		return within(d, what, line)
	}
	return reach{ByWait, engine.Duration(scaled(int64(shown.d), from, to)), keep, what, line}
}

// scaled is v x by / over, rounded up.
func scaled(v, by, over int64) int64 {
	whole, rest := v/over, v%over
	return whole*by + (rest*by+over-1)/over
}

// members are the role of c's member in n and the classes that it may show.
func (a *analysis) members(n int, c engine.ClassID) member {
	m := member{role: a.role(n, c)}
	if g := a.tree.Nodes[n].Members[m.role].Group; g != nil {
		for x, in := range a.under[a.id(g)] {
			if in {
				m.classes = append(m.classes, engine.ClassID(x))
			}
		}
		return m
	}
	m.classes = []engine.ClassID{c}
	return m
}

type member struct {
	role    int
	classes []engine.ClassID
}

// difference is by how much a ticket of w may be later than one that c's member shows and still go before it; false
// when the order does not tell.
func (a *analysis) difference(node *outline.Node, c, w member, same bool) (engine.Duration, bool) {
	switch o := node.Order.(type) {
	case engine.Arrival, engine.Accumulate:
		return 0, true
	case engine.HeadStart:
		if o.By == 0 {
			return o.Credit[w.role] - o.Credit[c.role], true
		}
		lo, hi, ok := span(node)
		return engine.Duration(hi - lo), ok
	case engine.Due:
		if o.Own != nil && (o.Own[c.role] || o.Own[w.role]) {
			return 0, false
		}
		if node.By != "" {
			lo, hi, ok := span(node)
			return engine.Duration(hi - lo), ok
		}
		_, most, ok := a.promise(node, &o, c)
		least, _, ok2 := a.promise(node, &o, w)
		return engine.Duration(most - least), ok && ok2
	}
	return 0, false
}

// span is the range of the numbers of a field; false when the file's words could not be made out.
func span(node *outline.Node) (lo, hi int64, ok bool) {
	lo, hi = node.Table.Range()
	return lo, hi, lo >= 0 && hi < math.MaxInt64
}

// promise is the range of the times that tickets of a member go by.
func (a *analysis) promise(node *outline.Node, o *engine.Due, m member) (lo, hi int64, ok bool) {
	if node.Words[m.role] != "target" {
		return int64(o.Target[m.role]), int64(o.Target[m.role]), true
	}
	lo, hi = math.MaxInt64, math.MinInt64
	for _, c := range m.classes {
		if d := a.tree.Policy.Classes[c].Target.Within; d > 0 {
			lo, hi = min(lo, int64(d)), max(hi, int64(d))
			continue
		}
		for _, ch := range a.tree.Policy.Channels {
			lo, hi = min(lo, int64(ch.Target.Within)), max(hi, int64(ch.Target.Within))
		}
	}
	return lo, hi, true
}

// shown is how much later than a ticket of class c somebody may be whom c's member of n shows in its place.
func (a *analysis) shown(n int, c engine.ClassID, leaf bool) reach {
	g := a.tree.Nodes[n].Members[a.role(n, c)].Group
	if leaf || g == nil {
		return reach{kind: None}
	}
	top := a.id(g)
	if r, ok := a.spans[[2]int{int(c), top}]; ok {
		return r
	}
	r := reach{kind: None}
	for w := range a.policy.Classes {
		if !a.under[top][w] {
			continue
		}
		for _, x := range a.ways(c, engine.ClassID(w), top) {
			if x.reach.kind == None {
				continue
			}
			r = r.or(a.cut(c, engine.ClassID(w), x, top))
		}
	}
	a.spans[[2]int{int(c), top}] = r
	return r
}

// byForce is how much later than a ticket of class c one of w can be that protection g of node n forces before it.
func (a *analysis) byForce(n int, g *outline.Protection, c, w engine.ClassID) reach {
	least, _ := limits(g, w)
	_, most := limits(g, c)
	switch {
	case !a.hidden(c, w) && a.shielded(n, g, c):
		return reach{kind: None}
	case g.Kind == engine.Budget || g.Kind == engine.MinShare:
		if a.forcesLater(n, g, c, w) {
			return reach{kind: Undecided, what: g.Key + " may put them first", line: g.Line}
		}
		return reach{kind: None}
	case least == engine.None:
		return reach{kind: None}
	case g.Kind != engine.FirstAfter || a.hidden(c, w):
		return reach{kind: Undecided, what: g.Key + " may put them first", line: g.Line}
	case most != engine.None:
		return within(engine.Duration(most-least), g.Key, g.Line)
	case slices.Contains(g.Except, c) || g.Protection.By > 0:
		return reach{kind: Undecided, what: g.Key + " may put them first", line: g.Line}
	}
	return reach{kind: Unbounded, what: g.Key, line: g.Line}
}

// forcesLater reports whether a budget or a min_share may put a ticket of w before an earlier one of c. A budget puts the
// earliest first of those who may be served, a part its earliest.
func (a *analysis) forcesLater(n int, g *outline.Protection, c, w engine.ClassID) bool {
	if a.hidden(c, w) {
		return true
	}
	return slices.ContainsFunc(g.Parts, func(p engine.Part) bool {
		return slices.Contains(p.Classes, w) && !slices.Contains(p.Classes, c)
	})
}

// shielded reports whether g is never asked while a ticket of class c waits: whoever the order chooses then is excepted.
func (a *analysis) shielded(n int, g *outline.Protection, c engine.ClassID) bool {
	node := &a.tree.Nodes[n]
	all := true
	for x, in := range a.under[n] {
		all = all && (!in || slices.Contains(g.Except, engine.ClassID(x)))
	}
	if all {
		return true
	}
	if _, ok := node.Order.(engine.Strict); !ok {
		return false
	}
	for i := range a.role(n, c) + 1 {
		classes := []engine.ClassID{node.Members[i].Class}
		if m := node.Members[i].Group; m != nil {
			classes = classes[:0]
			for x, in := range a.under[a.id(m)] {
				if in {
					classes = append(classes, engine.ClassID(x))
				}
			}
		}
		for _, x := range classes {
			if !slices.Contains(g.Except, x) {
				return false
			}
		}
	}
	return true
}
