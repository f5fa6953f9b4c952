package host

import (
	"encoding/json"
	"testing"

	"fairline/engine"
)

// TestSharesAgainstPromises: a weight promises a part among those with the same component, and nothing where nobody can serve.
func TestSharesAgainstPromises(t *testing.T) {
	for _, test := range []struct {
		report engine.ShareReport
		want   string
	}{
		{engine.ShareReport{Node: "line", Members: []engine.ShareOf{{Name: "a", Weight: 3, Got: 6, Component: 1},
			{Name: "b", Weight: 1, Got: 4, Component: 2}, {Name: "c", Weight: 1, Got: 4, Component: 1}, {Name: "d", Weight: 9, Got: 5}}},
			`{"group":"line","charge":"tickets","members":[{"name":"a","weight":3,"component":1,"promised":75,"got":6,"part":60},` +
				`{"name":"b","weight":1,"component":2,"promised":100,"got":4,"part":100},` +
				`{"name":"c","weight":1,"component":1,"promised":25,"got":4,"part":40},{"name":"d","weight":9,"component":0,"got":5}],"flows":0}`},
		{engine.ShareReport{Node: "g", Field: "customer", Minutes: true, Flows: 7, Members: []engine.ShareOf{{Name: "a", Got: 90_000, Component: 1}},
			Known: engine.Heard{Starts: 2, Waited: 3 * engine.Minute, Behind: 240_000_000}},
			`{"group":"g","by":"customer","charge":"minutes","members":[{"name":"a","component":1,"got":1.5,"part":100}],"flows":7,` +
				`"known":{"starts":2,"waited_ms":180000,"mean_wait_ms":90000,"mean_behind":2},"unknown":{"starts":0,"waited_ms":0,"mean_wait_ms":0},` +
				`"note":"` + sharesNote + `"}`},
		{engine.ShareReport{Node: "new", Members: []engine.ShareOf{{Name: "a", Weight: 1, Component: 1}}},
			`{"group":"new","charge":"tickets","members":[{"name":"a","weight":1,"component":1,"promised":100,"got":0}],"flows":0}`},
	} {
		got, err := json.Marshal(groupShares(&test.report))
		if err != nil || string(got) != test.want {
			t.Errorf("%s: %v\n%s, want\n%s", test.report.Node, err, got, test.want)
		}
	}
}

// TestSharesThatFade do not say how far behind somebody was: it is in the worth of another time.
func TestSharesThatFade(t *testing.T) {
	p := &engine.Policy{Root: &engine.Node{Name: "line", Order: engine.Share{Weight: []int64{1}}, Members: []engine.Member{
		{Group: &engine.Node{Name: "inner", Order: engine.Share{By: 1, HalfLife: engine.Hour}, Members: []engine.Member{{Class: 0}}}}}}}
	if fades(p, "line") || !fades(p, "inner") {
		t.Errorf("the line fades: %v, the inner one: %v", fades(p, "line"), fades(p, "inner"))
	}
}
