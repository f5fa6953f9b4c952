package worst_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"fairline/policy"
	"fairline/policy/worst"
)

// TestCases shows what is said of policies: testdata/cases.txt.
func TestCases(t *testing.T) {
	const head = "fairline: 1\npolicy: example\ndescription: By arrival, a baseline.\n" +
		"attributes: {kind: {one_of: [danger, gold, letter, other], else: other}, loud: {type: int, else: 0}}\n" +
		"channels:\n  phone: {takes: agent, handling: 5m, target: 80% within 60s}\n  email: {takes: 1 of 2, handling: 10m, target: 90% within 4h}\n" +
		"classes:\n  - {name: danger, when: 'ticket.kind == \"danger\"', reason: r}\n  - {name: gold, when: 'ticket.kind == \"gold\"', reason: r}\n" +
		"  - {name: letter, when: 'has(ticket.due)', reason: r}\n  - {name: everyone, reason: r}\n"
	datadriven.RunTest(t, "testdata/cases.txt", func(t *testing.T, d *datadriven.TestData) string {
		p, faults := policy.Parse("example.yaml", []byte(head+d.Input))
		if d.Cmd == "limited" {
			limit := strings.Replace(head, "danger\"', reason: r}", "danger\"', reason: r, limit: 3 per 15m, beyond: next class}", 1)
			p, faults = policy.Parse("example.yaml", []byte(limit+d.Input))
		}
		if d.Cmd == "shipped" {
			p, faults, _ = policy.Load(d.CmdArgs[0].Key)
		}
		if p == nil {
			d.Fatalf(t, "%v", faults.Err())
		}
		var b strings.Builder
		for _, c := range worst.Of(p) {
			fmt.Fprintf(&b, "%-12s %s\n", c.Class, c)
		}
		return b.String()
	})
}
