package host

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fairline/engine"
	"fairline/engine/ledger"
)

// ruleOf writes the rule that a row of e is charged to.
func (b *Book) ruleOf(e *ledger.Entry, r *ledger.Row) *Rule {
	rule := e.Rule(r)
	switch r.Why {
	case engine.ByReserve, engine.ByCap:
		f := fenceOf(e.Policy, r.Why, e.Class, r.Class)
		rule.What, rule.Line, rule.Node = whys[r.Why], f.line, ""
		to := b.rule(rule)
		to.Says = f.says
		return to
	}
	to := b.rule(rule)
	to.Says = saysOf(e.Policy, r.Node, r.Guard, int(e.Class), r.Winner == e.Ticket)
	return to
}

// A fence is a reserve or a cap that kept an agent from a ticket.
type fence struct {
	line int // in the policy file; 0: it could be one of several
	says string
}

// fenceOf finds what kept an agent from tickets of class over when it took one of class by: a reserve for by and not for over, or
// a cap on over and not on by. Where several are like that all are told.
func fenceOf(p *engine.Policy, why engine.Cause, by, over engine.ClassID) fence {
	var list []fence
	names := func(classes []engine.ClassID) string {
		var of []string
		for _, c := range classes {
			of = append(of, p.Classes[c].Name)
		}
		return strings.Join(of, ", ")
	}
	for _, r := range p.Reserve {
		if why == engine.ByReserve && slices.Contains(r.For, by) && !slices.Contains(r.For, over) {
			list = append(list, fence{line: r.Line, says: "the agent was kept for " + names(r.For)})
		}
	}
	for _, c := range p.Caps {
		if why == engine.ByCap && slices.Contains(c.Classes, over) && !slices.Contains(c.Classes, by) {
			list = append(list, fence{line: c.Line, says: fmt.Sprintf("the agent had started %d of %s within %s", c.Starts, names(c.Classes),
				brief(time.Duration(c.Per)))})
		}
	}
	if len(list) == 1 {
		return list[0]
	}
	all := fence{}
	for _, f := range list {
		all.says = strings.TrimPrefix(all.says+", or "+f.says, ", or ")
	}
	return all
}

// saysOf says what a protection that decided was about; "" where none did. The class is that of who went ahead, and forced
// says that it is the one whom the protection put there.
func saysOf(p *engine.Policy, id engine.NodeID, guard int8, class int, forced bool) string {
	nodes := p.Nodes()
	if int(id) >= len(nodes) || guard < 0 || int(guard) >= len(nodes[id].Protect) {
		return ""
	}
	switch g := &nodes[id].Protect[guard]; g.Kind {
	case engine.Budget:
		if g.Every == 2 {
			return "the start before it was out of turn, so the earliest is next"
		}
		return fmt.Sprintf("the last %d starts were not all in turn, so the earliest is next", g.Every-1)
	case engine.MinShare:
		return partOf(g, class, forced)
	}
	return ""
}

// partOf says which part was below its percentage.
func partOf(g *engine.Protection, class int, forced bool) string {
	of := map[bool]string{false: "starts", true: "work"}[g.Minutes]
	for _, p := range g.Parts {
		if forced && slices.Contains(p.Classes, engine.ClassID(class)) {
			return fmt.Sprintf("%s had less than %d %% of the %s of the last %s", p.Name, p.Percent, of, brief(time.Duration(g.Over)))
		}
	}
	return fmt.Sprintf("somebody had less than their part of the %s of the last %s", of, brief(time.Duration(g.Over)))
}
