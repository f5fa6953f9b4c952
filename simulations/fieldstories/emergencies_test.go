package fieldstories

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"fairline/engine"
	"fairline/policy"
)

// Six clerks, calls of one to seven minutes, one caller in fifty in danger and one in ten frail: a hospital (POLICY.md 1).
const (
	clerks      = 6
	callsByHour = 90 // what six clerks can do
	inDanger    = 2  // of a hundred
	frail       = 10
	days        = 5
)

// TestEmergencies plays five days of ten hours at 1.25 and 1.5 times what the clerks can do, under each way to put protections
// beside an emergency class: testdata/emergencies.txt.
func TestEmergencies(t *testing.T) {
	datadriven.RunTest(t, "testdata/emergencies.txt", func(t *testing.T, d *datadriven.TestData) string {
		p, said := read(t, "emergencies.yaml", d.Input)
		if p == nil {
			return said
		}
		var b strings.Builder
		b.WriteString(said)
		for _, load := range []uint64{125, 150} {
			var danger, others tally
			for seed := range chance(days) {
				for _, v := range serve(t, p, start, clerks, hospital(load, seed+1), func(*visitor) {}) {
					y := &others
					if v.class == "emergency" {
						y = &danger
					}
					y.add(v.start.Sub(v.ticket.Arrived), v.passed)
				}
			}
			at := fmt.Sprintf("load %d.%d", load/100, load%100)
			fmt.Fprintf(&b, "%s  emergency %s\n           others    %s\n", at, &danger, &others)
			claim(t, d, "emergency", at, danger.worst)
			claim(t, d, "others", at, others.worst)
		}
		return b.String()
	})
}

// start is a Tuesday at 8 in UTC.
const start = engine.Instant(1_795_507_200 * engine.Second)

// hospital draws who calls in ten hours, at so many percent of what the clerks can do.
func hospital(load uint64, r chance) (list []visitor) {
	for s := range 10 * 3600 {
		if r.below(3600*100) >= callsByHour*load {
			continue
		}
		v := visitor{ticket: policy.Ticket{Channel: "phone", Arrived: start.Add(engine.Duration(s) * engine.Second)},
			work: r.between(engine.Minute, 7*engine.Minute)}
		switch n := r.below(100); {
		case n < inDanger:
			v.ticket.Attributes = map[string]any{"triage": 1}
		case n < inDanger+frail:
			v.ticket.Attributes = map[string]any{"triage": 3}
		}
		list = append(list, v)
	}
	return list
}
