package engine

import (
	"math/big"
	"slices"
)

// see notes what is asked for in each class.
func (m *model) see() {
	for _, t := range m.tickets {
		if t.gone || t.state != "waiting" && t.state != "ringing" {
			continue
		}
		if !slices.ContainsFunc(m.seen[t.class], func(f Facts) bool {
			return f.Channel == t.facts.Channel && f.Needs == t.facts.Needs && f.Only == t.facts.Only
		}) {
			m.seen[t.class] = append(m.seen[t.class], t.facts)
		}
	}
}

// serves reports whether a, whatever it does, can serve something that was asked for in some classes.
func (m *model) serves(a *mAgent, classes []ClassID) bool {
	return slices.ContainsFunc(classes, func(c ClassID) bool {
		return slices.ContainsFunc(m.seen[c], func(f Facts) bool { return m.takes(a, &mTicket{facts: f}) > 0 })
	})
}

// advance moves the virtual times of n for an offer: of members that its agent can serve, or nobody on duty; as far as the
// least start that the agent could have taken.
func (m *model) advance(n *node, s *mShare, o *mOffer, start *big.Rat) {
	least := start
	for k, b := range n.members {
		classes := []ClassID{}
		if b.leaf != nil {
			classes = append(classes, b.leaf.class)
		} else {
			classes = b.group.classes
		}
		for _, c := range classes {
			var list []*mTicket
			for _, t := range m.tickets {
				if t.class == c && t.state == "waiting" && !t.gone && !m.off(t) && m.takes(o.agent, t) > 0 {
					list = append(list, t)
				}
			}
			if len(list) == 0 || s.spec.AtArrival {
				continue
			}
			if b.group != nil {
				if f := later(s.finished(int64(k)+1), s.since[s.members[k]]); f.Cmp(least) < 0 {
					least = f
				}
				continue
			}
			for _, t := range m.heads(n, list) {
				if f := m.start(n, t); f.Cmp(least) < 0 {
					least = f
				}
			}
		}
	}
	for k, b := range n.members {
		classes := []ClassID{}
		if b.leaf != nil {
			classes = append(classes, b.leaf.class)
		} else {
			classes = b.group.classes
		}
		others := slices.ContainsFunc(m.agents, func(a *mAgent) bool { return a.state == "on" && m.serves(a, classes) })
		if s.spec.AtArrival || m.serves(o.agent, classes) || !others {
			s.times[s.members[k]] = later(s.times[s.members[k]], least)
		}
	}
}

// opensShares lets a class that was closed have had no turns while it was.
func (m *model) opensShares(ev Event) {
	for c := range m.policy.Classes {
		if (ev.Class == AllClasses || ev.Class == ClassID(c)) && !m.off(&mTicket{class: ClassID(c)}) && (ev.Class != AllClasses || !m.closed[ClassID(c)]) {
			for _, n := range m.tree.nodes {
				if s := m.shares[n.spec.Name]; s != nil && slices.Contains(n.classes, ClassID(c)) {
					name := s.members[m.role(n, &mTicket{class: ClassID(c)})]
					s.since[name] = later(s.since[name], s.times[name])
				}
			}
		}
	}
}

// resumesShares lets a ticket that was held have had no turns while it was.
func (m *model) resumesShares(a *mTicket) {
	for _, t := range m.contacts(a.main()) {
		for _, n := range m.tree.nodes {
			s := m.shares[n.spec.Name]
			if s == nil || !m.below(n, t) || s.spec.AtArrival {
				continue
			}
			if tag, ok := s.tags[t.id]; ok {
				tag.at = later(tag.at, s.times[s.members[m.role(n, t)]])
				s.tags[t.id] = tag
			}
		}
	}
}
