package outline_test

import (
	"path/filepath"
	"strings"
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

// TestExamplesOfTheFormatHaveAnOutline reads the great examples and the small ones: each protection stands in the line in which
// its key stands, and a share has its words.
func TestExamplesOfTheFormatHaveAnOutline(t *testing.T) {
	var files []string
	for _, pattern := range []string{"../testdata/examples/*.yaml", "../testdata/keys/*.yaml"} {
		list, err := filepath.Glob(pattern)
		if err != nil || len(list) < 4 {
			t.Fatal(list, err)
		}
		files = append(files, list...)
	}
	kinds := map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, ".test.yaml") {
			continue
		}
		p, faults, err := policy.Load(name)
		if err != nil || p == nil {
			t.Fatal(name, err, faults.Err())
		}
		lines := strings.Split(string(p.Source), "\n")
		for _, n := range outline.Of(p).Nodes {
			if len(n.Protections) != len(n.Protect) {
				t.Errorf("%s: %s has %d protections, want %d", name, n.Name, len(n.Protections), len(n.Protect))
			}
			for _, g := range n.Protections {
				kinds[g.Key] = true
				if !strings.Contains(lines[g.Line-1], g.Key+":") {
					t.Errorf("%s: %s stands in line %d: %s", name, g.Key, g.Line, lines[g.Line-1])
				}
			}
			if o, ok := n.Order.(engine.Share); ok && (o.By > 0 || o.Customer) != (n.By != "") {
				t.Errorf("%s: a share with slot %d is by %q", name, o.By, n.By)
			}
		}
	}
	if !kinds["budget"] || !kinds["min_share"] {
		t.Errorf("the examples have %v: no budget, or no min_share", kinds)
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
