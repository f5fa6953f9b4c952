package outline_test

import (
	"path/filepath"
	"testing"

	"fairline/engine"
	"fairline/policy"
	"fairline/policy/outline"
)

// TestOutlineOfWeekday finds the words that the engine's policy does not have.
func TestOutlineOfWeekday(t *testing.T) {
	p, _, err := policy.Load("weekday")
	if err != nil {
		t.Fatal(err)
	}
	o := outline.Of(p)
	desk := o.Nodes[1]
	lo, hi := desk.Table.Range()
	if len(o.Nodes) != 2 || desk.Name != "desk" || desk.Up != 0 || desk.By != "channel" || !desk.Table.Whole ||
		lo != int64(engine.Minute) || hi != int64(4*engine.Hour) {
		t.Errorf("desk: %+v, from %d to %d", desk, lo, hi)
	}
	g := desk.Protections[0]
	if lo, hi = g.Table.Range(); g.Key != "first_after" || g.By != "channel" || lo != int64(20*engine.Minute) || hi != int64(8*engine.Hour) {
		t.Errorf("protection: %+v, from %d to %d", g, lo, hi)
	}
}

// TestEveryShippedPolicyHasAnOutline holds that what can be parsed can be outlined.
func TestEveryShippedPolicyHasAnOutline(t *testing.T) {
	for _, name := range policy.Names() {
		p, faults, err := policy.Load(name)
		if err != nil || p == nil {
			t.Fatal(name, err, faults)
		}
		if o := outline.Of(p); len(o.Nodes) != len(p.Engine.Nodes()) {
			t.Errorf("%s: %d nodes, want %d", name, len(o.Nodes), len(p.Engine.Nodes()))
		}
	}
}

// TestExamplesOfTheFormatHaveAnOutline reads the great examples, with what comes in a later version.
func TestExamplesOfTheFormatHaveAnOutline(t *testing.T) {
	files, err := filepath.Glob("../testdata/examples/*.yaml")
	if err != nil || len(files) < 4 {
		t.Fatal(files, err)
	}
	later := 0
	for _, name := range files {
		p, faults, err := policy.Load(name)
		if err != nil || p == nil {
			t.Fatal(name, err, faults.Err())
		}
		for _, n := range outline.Of(p).Nodes {
			later += len(n.Later)
			if len(n.Protections) != len(n.Protect) {
				t.Errorf("%s: %s has %d protections, want %d", name, n.Name, len(n.Protections), len(n.Protect))
			}
		}
		if (later > 0) && p.Serveable() == nil {
			t.Errorf("%s can be served and has what comes later", name)
		}
		later = 0
	}
}

func TestWords(t *testing.T) {
	for _, c := range []struct {
		text string
		d    engine.Duration
		says string
	}{
		{"90s", 90 * engine.Second, "90 s"}, {"20m", 20 * engine.Minute, "20 min"}, {"1h30m", 90 * engine.Minute, "1 h 30 min"},
		{"1w", 7 * engine.Day, "7 d"}, {"0s", 0, "0 s"}, {"150s", 150 * engine.Second, "2 min 30 s"},
	} {
		d, ok := outline.Span(c.text)
		if !ok || d != c.d || outline.Say(d) != c.says {
			t.Errorf("%s is %d and says %q, want %d and %q", c.text, d, outline.Say(d), c.d, c.says)
		}
	}
	if _, ok := outline.Span("20 minutes"); ok {
		t.Error("`20 minutes` is no duration")
	}
	if got := outline.And([]string{"a", "b", "c"}); got != "a, b and c" {
		t.Error(got)
	}
}
