package sentence

import (
	"fmt"
	"slices"
	"strings"

	"fairline/engine"
	"fairline/policy/outline"
	"fairline/policy/worst"
)

// node says the order of a group and its protections.
func (s *speaker) node(id int) {
	n := &s.tree.Nodes[id]
	s.order(n)
	if n.Reason != "" && (n.Up < 0 || s.tree.Nodes[n.Up].Reason != n.Reason) {
		s.say(n.Line, "whom a member of %s passes reads: %q", n.Name, n.Reason)
	}
	for _, p := range n.Protections {
		s.protection(n, &p)
	}
}

func (s *speaker) members(n *outline.Node) []string {
	var names []string
	for _, m := range n.Members {
		names = append(names, s.tree.MemberName(m))
	}
	return names
}

// among says who competes, where that is not plain.
func (s *speaker) among(n *outline.Node) string {
	if names := s.members(n); len(names) > 1 {
		return "among " + outline.And(names) + " "
	}
	return "in " + s.members(n)[0] + " "
}

func (s *speaker) order(n *outline.Node) {
	switch o := n.Order.(type) {
	case engine.Arrival:
		s.say(n.Line, "%sit is first come, first served", s.among(n))
	case engine.Strict:
		s.strict(n)
	case engine.HeadStart:
		s.ahead(n, s.numbers(n, func(i int) int64 { return -int64(o.Credit[i]) }, o.By))
	case engine.Due:
		s.due(n, &o)
	case engine.Greatest:
		s.say(n.Line, "%swhoever has the greatest %s is first, however long the others have waited", s.among(n), n.Attribute)
	case engine.Accumulate:
		s.accumulate(n, &o)
	case engine.Cost:
		s.cost(n, &o)
	case engine.WaitingMix:
		s.waitingMix(n, &o)
	case engine.Draw:
		s.draw(n, &o)
	case engine.LastIn:
		s.say(n.Line, "%swhoever came last is first, however long the others have waited", s.among(n))
	case engine.Share:
		s.share(n, &o)
	default:
		s.say(n.Line, "%sthe order is %s", s.among(n), o.Name())
	}
}

func (s *speaker) strict(n *outline.Node) {
	names := s.members(n)
	if len(names) == 1 {
		s.say(n.Line, "%s stands alone here: first come, first served", names[0])
		return
	}
	for i, name := range names[:len(names)-1] {
		who := outline.And(names[i+1:])
		if n.Up < 0 && i == 0 && s.first(n.Members[0]) {
			s.say(n.Line, "%s passes everybody; nobody else passes it", name)
			continue
		}
		s.say(n.Line, "%s goes before %s, however long those have waited", name, who)
	}
}

// first reports whether nobody can ever pass a member of the line: then its sentence may say so.
func (s *speaker) first(m engine.Member) bool {
	if m.Group != nil || worst.Of(s.policy)[m.Class].Kind != worst.None {
		return false
	}
	for _, r := range s.policy.Engine.Reserve {
		if !slices.Contains(r.For, m.Class) {
			return false
		}
	}
	return !slices.ContainsFunc(s.policy.Engine.Caps, func(c engine.Cap) bool { return slices.Contains(c.Classes, m.Class) })
}

// A rank is what some names go by: the less, the sooner.
type rank struct {
	names []string
	v     int64
}

// numbers are the ranks of the members, or of the values of the field.
func (s *speaker) numbers(n *outline.Node, of func(int) int64, by int) []rank {
	var all []rank
	add := func(name string, v int64) {
		i := slices.IndexFunc(all, func(r rank) bool { return r.v == v })
		if i < 0 {
			all, i = append(all, rank{v: v}), len(all)
		}
		all[i].names = append(all[i].names, name)
	}
	sign := int64(1)
	if n.Order.Name() == "head_start" {
		sign = -1
	}
	for _, v := range n.Table.Values {
		add(v.Name, sign*v.Number)
	}
	if n.By != "" && !n.Table.Whole {
		add("any other "+n.By, sign*n.Table.Rest)
	}
	for i := range n.Members {
		if by == 0 {
			add(s.tree.MemberName(n.Members[i]), of(i))
		}
	}
	slices.SortStableFunc(all, func(a, b rank) int {
		if a.v < b.v {
			return -1
		}
		return 1
	})
	return all
}

// ahead says of each rank by how much it goes before the later ones.
func (s *speaker) ahead(n *outline.Node, ranks []rank) {
	for i, a := range ranks {
		var parts []string
		for _, b := range ranks[i+1:] {
			parts = append(parts, fmt.Sprintf("%s that came less than %s before", outline.And(b.names), s.span(b.v-a.v)))
		}
		if len(parts) > 0 {
			s.say(n.Line, "%s %s ahead of %s, and of no earlier one", outline.And(a.names), go1(a.names), strings.Join(parts, ", of "))
		}
	}
	if len(ranks) == 1 {
		s.say(n.Line, "%sit is first come, first served", s.among(n))
		return
	}
	s.say(n.Line, "otherwise it is first come, first served")
}

func go1(names []string) string {
	if len(names) == 1 {
		return "goes"
	}
	return "go"
}

func (s *speaker) due(n *outline.Node, o *engine.Due) {
	var own, target []string
	for i, m := range n.Members {
		switch {
		case o.Own != nil && o.Own[i]:
			own = append(own, s.tree.MemberName(m))
		case n.By == "" && n.Words[i] == "target":
			target = append(target, s.tree.MemberName(m))
		}
	}
	if len(own)+len(target) == 0 {
		s.ahead(n, s.numbers(n, func(i int) int64 { return int64(o.Target[i]) }, o.By))
		return
	}
	s.say(n.Line, "%sthe ticket is first whose time comes first", s.among(n))
	for i, m := range n.Members {
		if name := s.tree.MemberName(m); !slices.Contains(own, name) && !slices.Contains(target, name) {
			s.say(n.Line, "the time of %s comes %s after it arrived", name, s.span(int64(o.Target[i])))
		}
	}
	if len(own) > 0 {
		s.say(n.Line, "the time of %s is the date that the ticket carries; without one, its target", outline.And(own))
	}
	if len(target) > 0 {
		s.say(n.Line, "the time of %s is the target of its class, or of its channel", outline.And(target))
	}
}

// granted says what a protection gives that has no limit for each ticket.
func (s *speaker) granted(n *outline.Node, p *outline.Protection) {
	switch p.Kind {
	case engine.Budget:
		s.say(p.Line, "of %d starts in a row in %s at most one goes before an earlier ticket; otherwise the earliest is next", p.Every, s.where(n))
	case engine.MinShare:
		of := "starts"
		if p.Minutes {
			of = "minutes of work"
		}
		var percents []rank
		for _, t := range p.Parts {
			i := slices.IndexFunc(percents, func(r rank) bool { return r.v == t.Percent })
			if i < 0 {
				percents, i = append(percents, rank{v: t.Percent}), len(percents)
			}
			percents[i].names = append(percents[i].names, t.Name)
		}
		for _, r := range percents {
			also := ""
			if len(r.names) > 1 {
				also = "; the same holds for " + outline.And(r.names[1:])
			}
			s.say(p.Line, "while a ticket of %s waits and %s had less than %d %% of the %s in %s of the last %s, its earliest is next%s",
				r.names[0], r.names[0], r.v, of, s.where(n), s.span(int64(p.Over)), also)
		}
	}
}

// protection says a right of those who are overtaken.
func (s *speaker) protection(n *outline.Node, p *outline.Protection) {
	s.granted(n, p)
	for _, r := range s.rights(n, p) {
		who := outline.And(r.names)
		switch p.Kind {
		case engine.OvertakenAtMost:
			s.say(p.Line, "once %s who came later %s served before it, a ticket of %s is next", outline.Count(int(r.v), "ticket", "tickets"), was(r.v), who)
		case engine.OvertakenOnlyWithin:
			s.say(p.Line, "a ticket of %s is passed only by those that came less than %s after it", who, s.span(r.v))
		case engine.FirstAfter:
			s.say(p.Line, "from %s on, %s %s before the order, the oldest first", s.span(r.v), who, go1(r.names))
		case engine.PassedByCapacityAtMost:
			s.say(p.Line, "once it was passed %s for want of room, a ticket of %s is next, and an agent is kept free for it", outline.Count(int(r.v), "time", "times"), who)
		default:
			s.say(p.Line, "%s: %d for %s", p.Key, r.v, who)
		}
	}
	if n.Up >= 0 {
		s.say(p.Line, "that counts and acts only between tickets of %s", outline.And(s.members(n)))
	}
	if len(p.Except) > 0 {
		var names []string
		for _, c := range p.Except {
			names = append(names, s.policy.Engine.Classes[c].Name)
		}
		verb := "does"
		if len(names) > 1 {
			verb = "do"
		}
		s.say(p.Line, "%s %s not count there, and %s not held back by it", outline.And(names), verb, isare(names))
	}
}

func was(n int64) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

func isare(names []string) string {
	if len(names) == 1 {
		return "is"
	}
	return "are"
}

// rights are the limits of a protection, equal ones together; who has none is left out.
func (s *speaker) rights(n *outline.Node, p *outline.Protection) []rank {
	var all []rank
	add := func(name string, v int64) {
		if v == engine.None {
			return
		}
		i := slices.IndexFunc(all, func(r rank) bool { return r.v == v })
		if i < 0 {
			all, i = append(all, rank{v: v}), len(all)
		}
		all[i].names = append(all[i].names, name)
	}
	for _, v := range p.Table.Values {
		add(v.Name, v.Number)
	}
	if p.By != "" && !p.Table.Whole {
		add("any other "+p.By, p.Table.Rest)
	}
	if p.By == "" && p.Limit != nil {
		for i, c := range s.policy.Engine.Classes {
			add(c.Name, p.Limit[i])
		}
	}
	return all
}
