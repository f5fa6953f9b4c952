package run

import (
	"slices"

	"fairline/engine"
	"fairline/simulations/stream"
)

// policyOf returns the policy of a replication. Where it draws lots, they are drawn anew in each: with one seed for all, tickets
// of one number would have the same luck in every replication, and replications would not be independent.
func (m *Model) policyOf(replication uint64) *engine.Policy {
	p := m.Policy.Engine
	if p.Choose.Rule != engine.ByLot && !draws(p.Root) {
		return p
	}
	salt := stream.Of(m.options.Seed, replication, "", forLots).Bits(0)
	anew := *p
	anew.Choose.Seed ^= salt
	anew.Root = reseed(p.Root, salt)
	return &anew
}

// draws reports whether a group below n, or n, draws lots.
func draws(n *engine.Node) bool {
	_, lots := n.Order.(engine.Draw)
	return lots || slices.ContainsFunc(n.Members, func(m engine.Member) bool { return m.Group != nil && draws(m.Group) })
}

func reseed(n *engine.Node, salt uint64) *engine.Node {
	anew := *n
	if d, ok := n.Order.(engine.Draw); ok {
		d.Seed ^= salt
		anew.Order = d
	}
	anew.Members = slices.Clone(n.Members)
	for i, m := range anew.Members {
		if m.Group != nil {
			anew.Members[i].Group = reseed(m.Group, salt)
		}
	}
	return &anew
}
