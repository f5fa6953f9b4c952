package run

import (
	"strings"
	"testing"

	"fairline/engine"
	"fairline/simulations/dist"
	"fairline/simulations/measure"
	"fairline/simulations/scenario"
)

// shop is a scenario for tests: one desk, and what is added.
func shop(agents int, length engine.Duration, sources ...scenario.Source) *scenario.Scenario {
	return &scenario.Scenario{Name: "shop", Starts: engine.Instant(engine.Day), Length: length, After: 100 * engine.Hour, Sources: sources,
		Groups: []scenario.Group{{Name: "desk", Shifts: []scenario.Shift{{Agents: agents}}}}}
}

// calls is a Poisson source of so many an hour, whose handling takes minutes with an exponential law.
func calls(name string, perHour, handling float64) scenario.Source {
	return scenario.Source{Name: name, Channel: "phone", Busy: -1, Arrivals: scenario.Arrivals{Rates: []scenario.Rate{{PerHour: perHour}}},
		Handling: scenario.Span{Law: must(dist.Exponential(60 * handling))}}
}

// level gives the tickets of a source a level.
func level(s scenario.Source, name string) scenario.Source {
	s.Attributes = []scenario.Attribute{{Name: "level", Values: []scenario.Weighted{{Value: name, Weight: 1}}}}
	return s
}

// orderOf is the policy of W2 under another order of its classes, high and low.
func orderOf(order string) string {
	return strings.Replace(strings.Replace(orderW2, "name: low}", "name: low, reason: Second}", 1), "order: {strict: [high, low]}", "order: "+order, 1)
}

// mixed is the policy for shops with more than a phone.
const mixed = `fairline: 1
policy: mixed
attributes: {level: {one_of: [high, low], else: low}, reach: {type: int, min: 0, else: 0}}
channels: {phone: {takes: agent, late: 1h}, email: {takes: agent, late: 1h}, chat: {takes: 1 of 3}}
classes:
  - {name: high, when: 'ticket.level == "high" || ticket.reach > 100', reason: First}
  - {name: low}
order: {strict: [high, low]}
`

// played are the tickets of a replication, in the order in which they ended.
func played(t testing.TB, m *Model, what Play) (list []measure.Ticket) {
	t.Helper()
	what.Watch.Ended = func(_ engine.Instant, x *measure.Ticket) { list = append(list, *x) }
	if err := m.Player().Play(what); err != nil {
		t.Fatal(err)
	}
	return list
}

func modelOf(t testing.TB, s *scenario.Scenario, policy string, o Options) *Model {
	t.Helper()
	m, err := New(s, parse(policy), o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
