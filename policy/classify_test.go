package policy_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"fairline/engine"
	"fairline/policy"
)

// nineClasses is a policy of the size of a large contact centre: nine classes whose rules read eight fields.
const nineClasses = `
fairline: 1
policy: nine
attributes:
  topic:      {one_of: [medical, safety, outage, billing, contract, complaint, other], else: other}
  plan:       {one_of: [gold, silver, bronze, none], else: none}
  severity:   {type: int, min: 1, max: 4, else: 4}
  triage:     {type: int, min: 1, max: 5}
  age:        {type: int, min: 0, max: 130}
  vulnerable: {type: bool, else: false}
channels:
  phone:  {takes: agent, handling: 5m, target: 80% within 60s}
  email:  {takes: 1 of 2, handling: 8m, target: 90% within 4h}
  social: {takes: 1 of 4, handling: 4m, target: 80% within 10m}
classes:
  - {name: danger, reason: r, when: 'ticket.topic in ["medical", "safety"] || has(ticket.triage) && ticket.triage <= 2'}
  - {name: cut-off, reason: r, when: ticket.topic == "outage" && ticket.vulnerable}
  - {name: outage, reason: r, when: ticket.topic == "outage" && ticket.channel == "phone"}
  - {name: legal, reason: r, when: 'has(ticket.due) && ticket.due - ticket.arrived < duration("720h")'}
  - {name: frail, reason: r, when: has(ticket.age) && ticket.age > 80 || has(ticket.triage) && ticket.triage == 3}
  - {name: gold-down, reason: r, when: ticket.plan == "gold" && ticket.severity == 1}
  - {name: gold, reason: r, when: ticket.plan == "gold" || ticket.plan == "silver" && ticket.severity == 1}
  - {name: phone, reason: r, when: ticket.channel == "phone" || ticket.channel == "social" && ticket.origin == "direct"}
  - {name: everyone, reason: r}
order: {strict: [danger, cut-off, outage, legal, frail, gold-down, gold, phone, everyone]}
`

// patterns are tickets that differ in all that the rules read.
func patterns(p *policy.Policy, n int) []engine.Facts {
	r := rand.New(rand.NewPCG(5, 9))
	var all []engine.Facts
	for range n {
		in := policy.Ticket{Channel: []string{"phone", "email", "social"}[r.IntN(3)], Arrived: engine.Instant(1 + r.Int64N(1<<60)), Attributes: map[string]any{
			"topic": []string{"medical", "outage", "billing", "contract", "complaint", "other"}[r.IntN(6)],
			"plan":  []string{"gold", "silver", "bronze", "none"}[r.IntN(4)], "severity": 1 + r.IntN(4), "vulnerable": r.IntN(4) == 0}}
		if r.IntN(3) == 0 {
			in.Attributes["age"] = r.IntN(130)
		}
		if r.IntN(6) == 0 {
			in.Attributes["triage"] = 1 + r.IntN(5)
		}
		if r.IntN(6) == 0 {
			in.Due = in.Arrived.Add(engine.Duration(r.Int64N(int64(60 * engine.Day))))
		}
		all = append(all, p.Ticket(in).Facts)
	}
	return all
}

// BenchmarkClassify asks for the class of one ticket again and again, of the one that makes all rules false, and of
// tickets that differ. The limit is 100 ns for a repeated pattern.
func BenchmarkClassify(b *testing.B) {
	p := parse(b, nineClasses)
	run := func(name string, tickets []engine.Facts) {
		b.Run("classes=9/"+name, func(b *testing.B) {
			i := 0
			for b.Loop() {
				p.Engine.Classify(&tickets[i])
				if i++; i == len(tickets) {
					i = 0
				}
			}
		})
	}
	fresh := patterns(p, 4096)
	run("repeated", fresh[:1])
	run("last", []engine.Facts{p.Ticket(policy.Ticket{Channel: "email"}).Facts})
	run("fresh", fresh)
}

// A class is found without allocating, and nine of them in far less than what a memo of the pattern would save.
func TestClassifyDoesNotAllocate(t *testing.T) {
	p := parse(t, nineClasses)
	tickets := patterns(p, 256)
	seen := map[engine.ClassID]int{}
	if n := testing.AllocsPerRun(20, func() {
		for i := range tickets {
			p.Engine.Classify(&tickets[i])
		}
	}); n > 0 {
		t.Errorf("%v allocations for %d tickets", n, len(tickets))
	}
	for i := range tickets {
		seen[p.Engine.Classify(&tickets[i])]++
	}
	if len(seen) != 9 {
		t.Errorf("the tickets have the classes %s, want all nine", fmt.Sprint(seen))
	}
}
