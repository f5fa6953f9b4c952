package worst_test

import (
	"fmt"
	"strings"
	"testing"

	"fairline/engine"
	"fairline/policy"
	"fairline/policy/worst"
)

// TestLargestPolicy answers for a policy with as many classes as there may be: it costs a second at most, not a minute.
func TestLargestPolicy(t *testing.T) {
	var b strings.Builder
	b.WriteString("fairline: 1\npolicy: large\ndescription: By arrival.\nattributes: {n: {type: int, min: 0, max: 255, else: 255}}\nchannels: {phone: {takes: agent}}\nclasses:\n")
	var names []string
	for i := range engine.ClassesMax {
		names = append(names, fmt.Sprintf("c%d", i))
		if i < engine.ClassesMax-1 {
			fmt.Fprintf(&b, "  - {name: c%d, when: ticket.n == %d, reason: r}\n", i, i)
		}
	}
	b.WriteString("  - {name: c255, reason: r}\norder: {strict: [g0]}\ngroups:\n")
	for g := range 8 {
		members := names[g*32 : g*32+32]
		if g < 7 {
			members = append([]string{fmt.Sprintf("g%d", g+1)}, members...)
		}
		fmt.Fprintf(&b, "  g%d:\n    order: {head_start: {%s: 5m}}\n    protect: [{overtaken_at_most: 3}]\n", g, strings.Join(members, ": 1m, "))
	}
	src := strings.Replace(b.String(), "protect: [{overtaken_at_most: 3}]", "protect: [{first_after: 30m}]", 8)
	p, faults := policy.Parse("large.yaml", []byte(src))
	if p == nil {
		t.Fatal(faults.Err())
	}
	windows := 0
	for _, c := range worst.Of(p) {
		if c.Kind == worst.Within {
			windows++
		}
	}
	if windows != len(names)-1 { // who has the greatest head start outside of all groups is passed by nobody
		t.Errorf("%d classes have a window, want all but one of %d", windows, len(names))
	}
}
