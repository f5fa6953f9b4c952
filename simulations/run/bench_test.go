package run

import (
	"fmt"
	"math"
	"testing"

	"fairline/engine"
	"fairline/policy"
	"fairline/simulations/dist"
	"fairline/simulations/scenario"
)

// A workload is one of W1 to W3: M/M/c in minutes, with two classes and patience.
type workload struct {
	name     string
	rate     float64
	agents   int
	high     float64
	patience float64
	wait     float64 // exact mean of all
}

var workloads = []workload{{"W1", 9.5, 10, 0, 0, 1.6512}, {"W2", 9.5, 10, 0.2, 2, 0.16890}, {"W3", 240, 200, 0.2, 2, 0.33334}}

const (
	orderW1 = "fairline: 1\npolicy: w1\nchannels: {phone: {takes: agent}}\nclasses: [{name: all}]\n"
	orderW2 = "fairline: 1\npolicy: w2\nattributes: {level: {one_of: [high, low], else: low}}\nchannels: {phone: {takes: agent}}\n" +
		"classes:\n  - {name: high, when: 'ticket.level == \"high\"', reason: First}\n  - {name: low}\norder: {strict: [high, low]}\n"
)

func must[T any](x T, err error) T {
	if err != nil {
		panic(err)
	}
	return x
}

func parse(text string) *policy.Policy {
	p, faults := policy.Parse("test.yaml", []byte(text))
	if p == nil {
		panic(fmt.Sprint(faults))
	}
	return p
}

// model makes the workload, of so many customers on average.
func (w workload) model(tb testing.TB, customers float64) *Model {
	s := &scenario.Scenario{Name: w.name, Starts: engine.Instant(engine.Day), Length: engine.Duration(customers / w.rate * float64(engine.Minute)),
		Groups: []scenario.Group{{Name: "desk", Shifts: []scenario.Shift{{Agents: w.agents}}}}}
	source := scenario.Source{Name: "calls", Channel: "phone", Busy: -1, Arrivals: scenario.Arrivals{Rates: []scenario.Rate{{PerHour: 60 * w.rate}}},
		Handling: scenario.Span{Law: must(dist.Exponential(60))}}
	text := orderW1
	if w.high > 0 {
		text = orderW2
		source.Attributes = []scenario.Attribute{{Name: "level", Values: []scenario.Weighted{{Value: "high", Weight: w.high}, {Value: "low", Weight: 1 - w.high}}}}
	}
	if w.patience > 0 {
		source.Patience.Law = must(dist.Exponential(60 * w.patience))
	}
	s.Sources = []scenario.Source{source}
	m, err := New(s, parse(text), Options{Seed: 1})
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

// BenchmarkCustomer is one customer of W1 to W3: on the bare loop, which is the limit, and with the engine, the policy, the
// ledger's rows and all measures. The goal is 500 ns in W2 and 830 in W3.
func BenchmarkCustomer(b *testing.B) {
	for _, w := range workloads {
		b.Run("on=bare/load="+w.name, func(b *testing.B) {
			bare := newBare(w.rate, w.agents, w.high, w.patience)
			bare.play(uint64(b.N))
			b.ReportMetric(1e9/(float64(b.Elapsed().Nanoseconds())/float64(b.N)), "customers/s")
			b.ReportMetric(bare.wait(), "wait-min")
		})
		b.Run("on=fairline/load="+w.name, func(b *testing.B) {
			m := w.model(b, float64(b.N))
			p := m.Player()
			b.ReportAllocs()
			b.ResetTimer()
			if err := p.Play(Play{}); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(1e9/(float64(b.Elapsed().Nanoseconds())/float64(b.N)), "customers/s")
		})
	}
}

// TestBare holds the limit to the exact waits: it must do the same work.
func TestBare(t *testing.T) {
	for _, w := range workloads[1:] {
		b := newBare(w.rate, w.agents, w.high, w.patience)
		b.play(1_000_000)
		if math.Abs(b.wait()/w.wait-1) > 0.04 {
			t.Errorf("%s: the mean wait is %.4f min, want %.4f", w.name, b.wait(), w.wait)
		}
	}
}
