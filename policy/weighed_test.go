package policy_test

import (
	"fmt"
	"math"
	"reflect"
	"testing"

	"fairline/engine"
	"fairline/policy"
)

// weighed stands before the orders below: four classes, and attributes of every kind that a share can go by.
const weighed = `fairline: 1
policy: weighed
description: baseline
attributes:
  k: {one_of: [a, b, c, d], else: d}
  company: {type: string, else: ""}
  town: {type: string}
  seats: {type: int}
  vip: {type: bool, else: false}
channels: {phone: {takes: agent, handling: 5m}, email: {takes: 1 of 2, handling: 8m}}
classes:
  - {name: a, reason: r, when: 'ticket.k == "a"'}
  - {name: b, reason: r, when: 'ticket.k == "b"'}
  - {name: c, reason: r, when: 'ticket.k == "c"'}
  - {name: d, reason: r}
`

// What an order says is what the engine gets.
func TestWeighedOrdersAreCompiled(t *testing.T) {
	for order, want := range map[string]engine.Order{
		"{accumulate: {a: 4, b: 1000, others: 1}}": engine.Accumulate{Rate: []int64{4, 1000, 1}},
		"{cost: {a: 4 x wait^2, b: 300 x wait, c: 1 x wait^4, d: 1000 x wait^3}, of: wait, per: hour}": engine.Cost{
			Weight: []int64{4, 300, 1, 1000}, Power: []int{2, 1, 4, 3}, Per: engine.Hour},
		"{cost: {d: 1 x queue, a: 2 x queue^2, others: 3 x queue}, of: queue, per: second}": engine.Cost{
			Weight: []int64{1, 2, 3}, Power: []int{1, 2, 1}, Queue: true, Per: engine.Second},
		"{waiting_mix: {a: 0%, b: 30%, c: 60%, d: 10%}}":                 engine.WaitingMix{Percent: []int64{0, 30, 60, 10}},
		"{draw: {a: 1, b: 2, c: 3, d: 1000}, seed: 9223372036854775807}": engine.Draw{Weight: []int64{1, 2, 3, 1000}, Seed: math.MaxInt64},
		"{draw: {a: 1, b: 2, c: 3, d: 4}, seed: 0, lot: ticket}":         engine.Draw{Weight: []int64{1, 2, 3, 4}, PerTicket: true},
		"{draw: {a: 1, b: 2, c: 3, d: 4}, seed: 0, lot: member}":         engine.Draw{Weight: []int64{1, 2, 3, 4}},
		"{last_in: [a, b, c, d]}":                                        engine.LastIn{},
		"last_in":                                                        engine.LastIn{},
		"{share: {a: 3, b: 1, others: 2}, charge: tickets}":              engine.Share{Weight: []int64{3, 1, 2}},
		"{share: equal, charge: minutes, half_life: 7d}":                 engine.Share{Weight: []int64{1, 1, 1, 1}, Minutes: true, HalfLife: 7 * engine.Day},
		"{share: equal, charge: tickets, at: arrival}":                   engine.Share{Weight: []int64{1, 1, 1, 1}, AtArrival: true},
		"{share: equal, charge: tickets, at: offer}":                     engine.Share{Weight: []int64{1, 1, 1, 1}},
		"{share: equal, by: customer, charge: tickets, unknown: alone}":  engine.Share{Customer: true, Field: "customer", Unknown: engine.UnknownAlone},
		"{share: equal, by: town, charge: tickets, unknown: average}":    engine.Share{By: 1, Field: "town", Unknown: engine.UnknownAverage},
		"{share: equal, by: company, charge: tickets}":                   engine.Share{By: 1, Field: "company", Unknown: engine.UnknownTogether},
		"{share: equal, by: company, charge: tickets, unknown: alone}":   engine.Share{By: 1, Field: "company", Unknown: engine.UnknownAlone},
		"{share: {a: 3, b: 2, others: 1}, by: k, charge: tickets}":       engine.Share{By: 1, WeightBy: 2, Field: "k", Unknown: engine.UnknownTogether},
		"{share: {phone: 3, email: 2}, by: channel, charge: minutes}":    engine.Share{By: 1, WeightBy: 2, Field: "channel", Unknown: engine.UnknownTogether, Minutes: true},
		"{share: equal, by: seats, charge: tickets, unknown: together}":  engine.Share{By: 1, Field: "seats", Unknown: engine.UnknownTogether},
	} {
		p := parse(t, weighed+"order: "+order+"\n")
		if got := p.Engine.Root.Order; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, want %+v", order, got, want)
		}
		if p.Serveable() != nil || p.Engine.Channels[0].Handling != 5*engine.Minute || p.Engine.Channels[1].Handling != 8*engine.Minute {
			t.Errorf("%s: %v, channels %+v", order, p.Serveable(), p.Engine.Channels)
		}
		adopt(t, p)
	}
}

// The values of a field are told apart by numbers: equal ones are equal, others differ, and 0 is what is not known.
func TestFlowsOfValues(t *testing.T) {
	for _, c := range []struct {
		by    string
		same  []policy.Ticket // 0: not known
		other []policy.Ticket
	}{
		{"company", []policy.Ticket{{}, with("company", "")}, []policy.Ticket{with("company", "acme"), with("company", "bolt")}},
		{"town, unknown: alone", []policy.Ticket{{}, with("town", "")}, []policy.Ticket{with("town", "Wien"), with("town", "Graz")}},
		{"seats, unknown: alone", []policy.Ticket{{}}, []policy.Ticket{with("seats", 0), with("seats", -1), with("seats", 1), with("seats", math.MaxInt64), with("seats", math.MinInt64+1)}},
		{"vip", nil, []policy.Ticket{{}, with("vip", true)}},
		{"k", nil, []policy.Ticket{{}, with("k", "a"), with("k", "b")}},
		{"channel", nil, []policy.Ticket{{}, {Channel: "email"}}},
		{"origin", nil, []policy.Ticket{{}, {Origin: "overheard"}}},
	} {
		p := parse(t, weighed+"order: {share: equal, charge: tickets, by: "+c.by+"}\n")
		flow := func(in policy.Ticket) int64 {
			if in.Channel == "" {
				in.Channel = "phone"
			}
			r := p.Ticket(in)
			if r.Err() != nil || len(r.Problems) > 0 {
				t.Fatal(c.by, r.Problems)
			}
			var values [engine.ValuesMax]int64
			p.Engine.Values(&r.Facts, &values)
			return values[0]
		}
		for _, in := range c.same {
			if got := flow(in); got != 0 {
				t.Errorf("by %s: %v is flow %d, want 0: not known", c.by, in, got)
			}
		}
		seen := map[int64]string{0: "what is not known"}
		for _, in := range c.other {
			if is, twice := seen[flow(in)]; twice {
				t.Errorf("by %s: %v is the flow of %s", c.by, in, is)
			}
			seen[flow(in)] = fmt.Sprint(in)
		}
	}
}

func with(name string, value any) policy.Ticket {
	return policy.Ticket{Attributes: map[string]any{name: value}}
}

// A weight by value is the weight of the ticket's value.
func TestWeightsOfValues(t *testing.T) {
	p := parse(t, weighed+"order: {share: {a: 3, b: 2, others: 7}, by: k, charge: tickets}\n")
	for value, want := range map[string]int64{"a": 3, "b": 2, "c": 7, "d": 7} {
		var values [engine.ValuesMax]int64
		in := with("k", value)
		in.Channel = "phone"
		f := p.Ticket(in).Facts
		if p.Engine.Values(&f, &values); values[1] != want {
			t.Errorf("%s weighs %d, want %d", value, values[1], want)
		}
	}
}

func TestBudgetAndMinShareAreCompiled(t *testing.T) {
	p := parse(t, weighed+`order: {strict: [a, desk]}
groups: {desk: {order: {due: {b: 5m, c: 1h, d: 4h}}, reason: r}}
protect:
  - {budget: 1 in 4, except: [a]}
  - {min_share: {desk: 20%, a: 80%}, charge: minutes, over: 90m, except: []}
  - {min_share: 50%, charge: tickets, over: 1h, except: [desk]}
  - {min_share: {c: 5%, others: 10%}, charge: tickets, over: 1h, except: []}
`)
	want := []engine.Protection{
		{Kind: engine.Budget, Every: 4, Except: []engine.ClassID{0}, Line: 19},
		{Kind: engine.MinShare, Minutes: true, Over: 90 * engine.Minute, Line: 20, Parts: []engine.Part{
			{Name: "desk", Classes: []engine.ClassID{1, 2, 3}, Percent: 20}, {Name: "a", Classes: []engine.ClassID{0}, Percent: 80}}},
		{Kind: engine.MinShare, Over: engine.Hour, Line: 21, Except: []engine.ClassID{1, 2, 3}, Parts: []engine.Part{
			{Name: "a", Classes: []engine.ClassID{0}, Percent: 50}, {Name: "desk", Classes: []engine.ClassID{1, 2, 3}, Percent: 50}}},
		{Kind: engine.MinShare, Over: engine.Hour, Line: 22, Parts: []engine.Part{
			{Name: "c", Classes: []engine.ClassID{2}, Percent: 5}, {Name: "others", Classes: []engine.ClassID{0, 1, 3}, Percent: 10}}},
	}
	if got := p.Engine.Root.Protect; !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	adopt(t, p)
}

func TestAgentsAreCompiled(t *testing.T) {
	p := parse(t, weighed+`order: {strict: [a, desk]}
groups: {desk: {of: [d, c, b]}}
reserve:
  - {agents: 1, skill: nurse, for: [a]}
  - {agents: 3, skill: senior, for: [desk]}
agents:
  choose: ordered_list
  list: [anna, bela]
  caps:
    - {classes: [desk], starts: 6, per: 1h}
    - {starts: 50, per: 8h}
`)
	e := p.Engine
	if want := []engine.Reserve{{Agents: 1, Skill: engine.WordOf("nurse"), For: []engine.ClassID{0}, Line: 19},
		{Agents: 3, Skill: engine.WordOf("senior"), For: []engine.ClassID{1, 2, 3}, Line: 20}}; !reflect.DeepEqual(e.Reserve, want) {
		t.Errorf("reserve: got %+v, want %+v", e.Reserve, want)
	}
	if want := []engine.Cap{{Starts: 6, Per: engine.Hour, Classes: []engine.ClassID{1, 2, 3}, Line: 25},
		{Starts: 50, Per: 8 * engine.Hour, Classes: []engine.ClassID{0, 1, 2, 3}, Line: 26}}; !reflect.DeepEqual(e.Caps, want) {
		t.Errorf("caps: got %+v, want %+v", e.Caps, want)
	}
	if want := (engine.Choice{Rule: engine.OrderedList, List: []engine.AgentID{engine.WordOf("anna"), engine.WordOf("bela")}}); !reflect.DeepEqual(e.Choose, want) {
		t.Errorf("choose: got %+v, want %+v", e.Choose, want)
	}
	adopt(t, p)
}

func TestEveryWayToChoose(t *testing.T) {
	for rule, want := range map[string]engine.Choice{
		"longest_idle": {Rule: engine.LongestIdle}, "least_occupied": {Rule: engine.LeastOccupied}, "most_free_capacity": {Rule: engine.MostFreeCapacity},
		"fullest_first": {Rule: engine.FullestFirst}, "fewest_skills": {Rule: engine.FewestSkills}, "fastest": {Rule: engine.Fastest},
		"idleness_ratio": {Rule: engine.IdlenessRatio}, "random, seed: 11": {Rule: engine.ByLot, Seed: 11},
		"ordered_list, list: [ada]": {Rule: engine.OrderedList, List: []engine.AgentID{engine.WordOf("ada")}},
	} {
		p := parse(t, weighed+"agents: {choose: "+rule+"}\n")
		if !reflect.DeepEqual(p.Engine.Choose, want) {
			t.Errorf("%s: got %+v, want %+v", rule, p.Engine.Choose, want)
		}
		adopt(t, p)
	}
}
