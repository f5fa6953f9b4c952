package whatif

import (
	"fmt"

	"fairline/engine"
	"fairline/policy"
	"fairline/simulations/measure"
	"fairline/simulations/run"
)

// A who is a visit of a customer, whatever policy it meets.
type who struct {
	source, attempt uint8
	channel         uint8 // of two tickets of one visit
	index           int64
}

func whoIs(t *measure.Ticket) who { return who{t.Source, t.Attempt, t.Channel, t.Index} }

// A Strict plays days of a model again in strict order of arrival: the same customers and agents, one order, no protection,
// no reserve. It is not safe for concurrent use.
type Strict struct {
	names  []string // of channels
	groups []string // of cohorts
	strict *run.Player
	starts map[who]engine.Instant // in the strict line; 0: never started
	delays []delay                // of all, then by channel, then by cohort
}

// A delay sums how much later than in the strict line tickets were started that were started in both.
type delay struct {
	n, later   float64
	sum, worst float64 // seconds
}

func (d *delay) add(seconds float64) {
	d.n++
	d.sum += seconds
	if seconds > 0 {
		d.later++
	}
	d.worst = max(d.worst, seconds)
}

// NewStrict returns the strict line of a model: its scenario under what its policy says of everything but the order.
func NewStrict(m *run.Model) (*Strict, error) {
	o := m.Options()
	o.Pairs = false
	m, err := run.New(m.Scenario, InOrder(m.Policy), o)
	if err != nil {
		return nil, fmt.Errorf("the strict line: %w", err)
	}
	x := &Strict{names: m.Shape.Channels, groups: m.Shape.Cohorts, strict: m.Player(), starts: map[who]engine.Instant{}}
	x.delays = make([]delay, 1+len(x.names)+len(x.groups))
	return x, nil
}

// InOrder returns a policy with its classes in one line by arrival, without protections, reserves, caps and limits.
func InOrder(p *policy.Policy) *policy.Policy {
	strict, eng := *p, *p.Engine
	eng.Name, eng.Reserve, eng.Caps = eng.Name+" in order of arrival", nil, nil
	eng.Root = &engine.Node{Name: "line", Order: engine.Arrival{}}
	eng.Classes = append([]engine.Class(nil), eng.Classes...)
	for i := range eng.Classes {
		eng.Classes[i].Limit, eng.Classes[i].Per, eng.Classes[i].Beyond = 0, 0, 0
		eng.Root.Members = append(eng.Root.Members, engine.Member{Class: engine.ClassID(i)})
	}
	strict.Engine = &eng
	return &strict
}

// Metrics are the entries of the dictionary.
func (x *Strict) Metrics() []measure.Metric { return measure.StrictLine() }

// Begin plays a day in strict order, until stop says that it is enough; nil: to its end.
func (x *Strict) Begin(replication uint64, stop func() bool) error {
	clear(x.starts)
	clear(x.delays)
	return x.strict.Play(run.Play{Replication: replication, Watch: run.Watch{Stop: stop, Ended: func(_ engine.Instant, t *measure.Ticket) {
		if t.Outcome != measure.Blocked && t.Outcome != measure.Balked {
			x.starts[whoIs(t)] = t.Started
		}
	}}})
}

// Ended compares a ticket of the same day under the policy, once it has ended. Who did not come while it is measured counts for nothing.
func (x *Strict) Ended(_ engine.Instant, t *measure.Ticket) {
	if !t.Seen {
		return
	}
	strict := x.starts[whoIs(t)]
	if strict == 0 || t.Started == 0 {
		return
	}
	seconds := float64(t.Started.Sub(strict)) / float64(engine.Second)
	x.delays[0].add(seconds)
	x.delays[1+int(t.Channel)].add(seconds)
	for i := range x.groups {
		if t.Cohorts>>i&1 != 0 {
			x.delays[1+len(x.names)+i].add(seconds)
		}
	}
}

// StrictStart returns when a ticket of the day was started in the strict line, if it was.
func (x *Strict) StrictStart(t *measure.Ticket) (at engine.Instant, ok bool) {
	at = x.starts[whoIs(t)]
	return at, at != 0
}

// Keys are what Facts are about.
func (x *Strict) Keys() (keys []measure.Key) {
	for _, m := range measure.StrictLine() {
		metric := m.Name
		keys = append(keys, measure.Key{Metric: metric})
		for _, c := range x.names {
			keys = append(keys, measure.Key{Metric: metric, By: measure.ByChannel, Group: c})
		}
		for _, c := range x.groups {
			keys = append(keys, measure.Key{Metric: metric, By: measure.ByCohort, Group: c})
		}
	}
	return keys
}

// Facts are the sums of the day: the mean delay of those started in both lines, the part of them that was started later than
// in the strict line, and the worst delay.
func (x *Strict) Facts(dst []measure.Fact) ([]measure.Fact, error) {
	for _, d := range x.delays {
		dst = append(dst, measure.Fact{Num: d.sum, Den: d.n})
	}
	for _, d := range x.delays {
		dst = append(dst, measure.Fact{Num: d.later, Den: d.n})
	}
	for _, d := range x.delays {
		dst = append(dst, measure.Fact{Num: d.worst, Den: 1})
	}
	return dst, nil
}
