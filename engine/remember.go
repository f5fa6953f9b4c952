package engine

import "fmt"

// Some protections remember starts: budgets and least shares. What they remember is charged at the offer, and taken back from exactly
// those it was charged to when the offer fails.

// remember lets do change what g remembers, and brings the digest along.
func (e *Engine) remember(g *guard, do func()) {
	e.sum -= g.memory()
	do()
	e.sum += g.memory()
}

func (g *guard) memory() uint64 {
	return g.budget.hash(mix(7, uint64(g.number))) + g.window.hash(mix(8, uint64(g.number)))
}

// eachMemory calls do for each protection that remembers starts.
func (t *tree) eachMemory(do func(n *node, g *guard)) {
	if !t.remembers {
		return
	}
	for _, n := range t.nodes {
		for i := range n.guards {
			if g := &n.guards[i]; g.Kind == Budget || g.Kind == MinShare {
				do(n, g)
			}
		}
	}
}

// stood notes that the offer x became a start.
func (e *Engine) stood(x uint32) {
	o := e.offers.at(x)
	l := e.tree.leaves[o.class]
	counted := func(n *node) bool {
		for up := l.up; up != nil; up = up.up {
			if up == n {
				return true
			}
		}
		return false
	}
	e.tree.eachMemory(func(n *node, g *guard) {
		if g.Kind == Budget {
			e.remember(g, func() { g.budget.accepted(o.id, counted(n) && !g.except[l.class]) })
		}
	})
}

// fell takes back what the offer x was charged: it failed.
func (e *Engine) fell(x uint32) {
	id := e.offers.at(x).id
	e.tree.eachMemory(func(_ *node, g *guard) {
		e.remember(g, func() {
			g.budget.failed(id)
			g.window.correct(id, 0)
		})
	})
}

// done says how long the work on the offer x took.
func (e *Engine) done(x uint32, took Duration) {
	id := e.offers.at(x).id
	e.tree.eachMemory(func(_ *node, g *guard) {
		if g.Minutes && !e.rehearses {
			e.remember(g, func() { g.window.correct(id, max(1, int64(took/Millisecond))) })
		}
	})
}

// inheritMemories brings what the protections of an old tree remember to those of the same kind of a node of the same name.
func (e *Engine) inheritMemories(old *tree, was *Policy) {
	at := map[string]*guard{}
	named := func(n *node, g *guard, nth map[string]int) string {
		name := fmt.Sprint(n.spec.Name, " ", g.Kind, " ", g.Minutes)
		nth[name]++
		return fmt.Sprint(name, " ", nth[name])
	}
	nth := map[string]int{}
	old.eachMemory(func(n *node, g *guard) {
		e.sum -= g.memory()
		at[named(n, g, nth)] = g
	})
	nth = map[string]int{}
	e.tree.eachMemory(func(n *node, g *guard) {
		if from := at[named(n, g, nth)]; from != nil {
			g.budget = from.budget
			for _, p := range from.partsNow(g) {
				p.at = e.policy.Clock.Opened(p.made)
				g.window.count(&p, 1)
				g.window.portions = append(g.window.portions, p)
			}
			e.sum += g.memory()
		}
	})
}

// partsNow returns the portions of g as the parts of to, by their names.
func (g *guard) partsNow(to *guard) []portion {
	var list []portion
	for _, p := range g.window.portions {
		if p.part >= 0 {
			name := g.Parts[p.part].Name
			p.part = -1
			for i := range to.Parts {
				if to.Parts[i].Name == name {
					p.part = i
				}
			}
		}
		list = append(list, p)
	}
	return list
}
