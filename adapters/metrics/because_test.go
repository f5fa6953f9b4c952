package metrics

import (
	"testing"

	"fairline/engine"
	"fairline/engine/ledger"
)

// TestBecause names what let a ticket be passed: the class that has the reason, but where both are of that class their group; and
// what no order did by its own name.
func TestBecause(t *testing.T) {
	p := &engine.Policy{Classes: []engine.Class{{Name: "gold", Reason: "Contract"}, {Name: "rest"}}, Root: &engine.Node{Name: "line"}}
	for _, test := range []struct {
		by, over engine.ClassID
		why      engine.Cause
		want     string
	}{
		{0, 1, engine.ByOrder, "gold"},
		{0, 0, engine.ByOrder, "line"},
		{1, 0, engine.ByOrder, "line"},
		{0, 1, engine.ByGuard, "protection of line"},
		{0, 1, engine.ByReserve, "reserve"},
		{0, 1, engine.ByCap, "cap"},
		{0, 1, engine.ByCoolOff, "cool-off"},
	} {
		if got := because(&ledger.Entry{Policy: p, Class: test.by}, &ledger.Row{Class: test.over, Why: test.why}, p.Nodes()); got != test.want {
			t.Errorf("class %d over %d, cause %d, is %s, want %s", test.by, test.over, test.why, got, test.want)
		}
	}
}
