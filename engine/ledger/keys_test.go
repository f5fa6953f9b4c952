package ledger

import (
	"testing"

	"fairline/engine"
)

// TestKeysOfOrdersThatMove reads keys that are no instants: as what was compared, the sign turned back where the greater goes first.
func TestKeysOfOrdersThatMove(t *testing.T) {
	for _, test := range []struct {
		order     engine.Order
		kind      KeyKind
		won, lost int64
	}{
		{engine.Accumulate{Rate: []int64{4, 1}}, KeyWait, 7, 3},
		{engine.Cost{Weight: []int64{4, 1}, Power: []int{2, 1}, Per: engine.Minute}, KeyCost, 7, 3},
		{engine.WaitingMix{Percent: []int64{30, 70}}, KeyExcess, 7, 3},
		{engine.LastIn{}, KeyLatest, 7, 3},
		{engine.Greatest{By: 1}, KeyValue, 7, 3},
		{engine.Share{Weight: []int64{3, 1}}, KeyTurn, -7, -3},
		{engine.Draw{Weight: []int64{3, 1}}, KeyLot, -7, -3},
	} {
		p := &engine.Policy{Root: &engine.Node{Name: "line", Order: test.order, Protect: []engine.Protection{
			{Kind: engine.Budget, Every: 2, Line: 5}, {Kind: engine.MinShare, Line: 6}}}}
		if k := KeysAt(p, 0, -7, -3); k.Kind != test.kind || k.Won != test.won || k.Lost != test.lost || k.Order != test.order.Name() {
			t.Errorf("keys of %s read %+v, want %+v", test.order.Name(), k, test)
		}
		for i, want := range []string{"budget", "min_share"} {
			if r := RuleOf(p, 0, int8(i), engine.ByGuard); r.What != want || r.Line != 5+i {
				t.Errorf("protection %d is %+v, want %s", i, r, want)
			}
		}
	}
}
