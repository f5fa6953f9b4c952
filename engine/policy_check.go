package engine

import (
	"fmt"
	"slices"
)

// check reports the first thing in which p is not a policy that a line can run. A policy file's reader finds faults
// with their places; this is the second lock on the door.
func (p *Policy) check() error {
	switch {
	case len(p.Channels) == 0 || len(p.Channels) > ChannelsMax:
		return fmt.Errorf("%w: %d channels, want 1 to %d", ErrPolicy, len(p.Channels), ChannelsMax)
	case len(p.Classes) == 0 || len(p.Classes) > ClassesMax:
		return fmt.Errorf("%w: %d classes, want 1 to %d", ErrPolicy, len(p.Classes), ClassesMax)
	case len(p.Attrs) > AttrsMax:
		return fmt.Errorf("%w: %d attributes, want at most %d", ErrPolicy, len(p.Attrs), AttrsMax)
	case p.Root == nil || p.Classify == nil:
		return fmt.Errorf("%w: it has no order or no rule of class", ErrPolicy)
	}
	for _, c := range p.Channels {
		if c.Takes < 1 || c.Takes > TakesMax {
			return fmt.Errorf("%w: channel %s takes 1 of %d, want 1 of 1 to %d", ErrPolicy, c.Name, c.Takes, TakesMax)
		}
	}
	if err := p.checkAgents(); err != nil {
		return err
	}
	s := shape{policy: p, places: make([]int, len(p.Classes))}
	if err := s.node(p.Root, 1, 0); err != nil {
		return err
	}
	for c, n := range s.places {
		if n != 1 {
			return fmt.Errorf("%w: class %s has %d places in the order, want 1", ErrPolicy, p.Classes[c].Name, n)
		}
	}
	return nil
}

// shape walks an ordering tree.
type shape struct {
	policy *Policy
	places []int // of each class
	nodes  int
	shares int // above where it walks
}

func (s *shape) order(n *Node) error {
	o, share := n.Order.(Share)
	draw, _ := n.Order.(Draw)
	switch {
	case share && s.shares == SharesMax:
		return fmt.Errorf("more than %d shares above one class", SharesMax)
	case draw.PerTicket && slices.ContainsFunc(n.Members, func(m Member) bool { return m.Group != nil }):
		return fmt.Errorf("a lot for each ticket of groups, want classes")
	case share && o.valued() && slices.ContainsFunc(n.Members, func(m Member) bool { return m.Group != nil }):
		return fmt.Errorf("share by values of groups, want classes")
	}
	return fitsMembers(n.Order, len(n.Members))
}

func (s *shape) node(n *Node, depth, counters int) error {
	if s.nodes++; s.nodes > NodesMax || depth > DepthMax {
		return fmt.Errorf("%w: more than %d groups, or deeper than %d", ErrPolicy, NodesMax, DepthMax)
	}
	if len(n.Members) == 0 {
		return fmt.Errorf("%w: group %s has no members", ErrPolicy, n.Name)
	}
	if err := s.order(n); err != nil {
		return fmt.Errorf("%w: group %s: %w", ErrPolicy, n.Name, err)
	}
	if _, ok := n.Order.(Share); ok {
		s.shares++
		defer func() { s.shares-- }()
	}
	for i := range n.Protect {
		if k := n.Protect[i].Kind; k == OvertakenAtMost || k == PassedByCapacityAtMost {
			counters++
		}
		if err := s.protection(&n.Protect[i], n); err != nil {
			return fmt.Errorf("%w: group %s: %w", ErrPolicy, n.Name, err)
		}
	}
	if counters > CountersMax {
		return fmt.Errorf("%w: group %s: more than %d protections count above one class", ErrPolicy, n.Name, CountersMax)
	}
	for _, m := range n.Members {
		switch {
		case m.Group != nil:
			if err := s.node(m.Group, depth+1, counters); err != nil {
				return err
			}
		case int(m.Class) >= len(s.places):
			return fmt.Errorf("%w: group %s names class %d of %d", ErrPolicy, n.Name, m.Class, len(s.places))
		default:
			s.places[m.Class]++
		}
	}
	return nil
}

// holds reports whether a class stands below n.
func (n *Node) holds(c ClassID) bool {
	return slices.ContainsFunc(n.Members, func(m Member) bool {
		return m.Group == nil && m.Class == c || m.Group != nil && m.Group.holds(c)
	})
}

// remembering checks a protection that has no limits by class.
func (s *shape) remembering(g *Protection, n *Node) error {
	sum := int64(0)
	for _, p := range g.Parts {
		sum += p.Percent
		if p.Percent < 1 || slices.ContainsFunc(p.Classes, func(c ClassID) bool { return !n.holds(c) }) {
			return fmt.Errorf("min_share grants %d percent to %s", p.Percent, p.Name)
		}
	}
	switch {
	case len(g.Limit) > 0 || g.By != 0:
		return fmt.Errorf("a budget or a least share has limits by class")
	case g.Kind == Budget && g.Every < 2:
		return fmt.Errorf("budget of 1 in %d, want 2 or more", g.Every)
	case g.Kind == MinShare && (len(g.Parts) == 0 || sum > 100 || g.Over <= 0):
		return fmt.Errorf("min_share grants %d percent in all over %d", sum, g.Over)
	}
	return s.excepts(g)
}

func (s *shape) protection(g *Protection, n *Node) error {
	if g.Kind == Budget || g.Kind == MinShare {
		return s.remembering(g, n)
	}
	if g.By < 0 || g.By > ValuesMax || g.By == 0 && len(g.Limit) != len(s.places) {
		return fmt.Errorf("a protection has %d limits for %d classes, slot %d", len(g.Limit), len(s.places), g.By)
	}
	return s.excepts(g)
}

func (s *shape) excepts(g *Protection) error {
	for _, c := range g.Except {
		if int(c) >= len(s.places) {
			return fmt.Errorf("a protection excepts class %d of %d", c, len(s.places))
		}
	}
	return nil
}
