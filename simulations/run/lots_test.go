package run

import (
	"slices"
	"testing"

	"fairline/engine"
)

// TestLotsAreDrawnAnew in each replication, in nested groups and among agents too, and alike when one is played again.
func TestLotsAreDrawnAnew(t *testing.T) {
	nested := orderOf("{strict: [first, second]}") + "groups:\n  first: {order: {draw: {high: 1}, seed: 1}, reason: R}\n  second: {order: {draw: {low: 1}, seed: 2}, reason: R}\n"
	for name, policy := range map[string]string{"draw": orderOf("{draw: {high: 1, low: 1}, seed: 7}"), "agents": orderOf("{arrival: [high, low]}") + "agents: {choose: random, seed: 3}\n",
		"nested": nested} {
		m := modelOf(t, shop(2, engine.Hour, level(calls("a", 60, 2), "high"), level(calls("b", 60, 2), "low")), policy, Options{Seed: 1})
		one, again, two := m.policyOf(0), m.policyOf(0), m.policyOf(1)
		seeds := func(p *engine.Policy) (list []uint64) {
			list = append(list, p.Choose.Seed)
			for _, n := range append([]engine.Member{{Group: p.Root}}, p.Root.Members...) {
				if n.Group == nil {
					continue
				}
				if d, ok := n.Group.Order.(engine.Draw); ok {
					list = append(list, d.Seed)
				}
			}
			return list
		}
		if !slices.Equal(seeds(one), seeds(again)) || slices.Equal(seeds(one), seeds(two)) || slices.Equal(seeds(one), seeds(m.Policy.Engine)) {
			t.Errorf("%s: seeds %v, again %v, of another replication %v", name, seeds(one), seeds(again), seeds(two))
		}
		played(t, m, Play{Replication: 1})
	}
	m := modelOf(t, shop(1, engine.Hour, level(calls("a", 60, 2), "high")), orderW2, Options{Seed: 1})
	if m.policyOf(3) != m.Policy.Engine {
		t.Error("a policy without lots was copied")
	}
}
