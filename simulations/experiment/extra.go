package experiment

import (
	"fairline/engine"
	"fairline/simulations/measure"
	"fairline/simulations/run"
	"fairline/simulations/scenario"
)

// An Extra measures something more of each replication of one arm, by further plays of its own: the delay against the strict
// line, say. Each worker has its own. What it yields must depend on the arm and the number of the replication alone.
type Extra interface {
	// Metrics are the entries of the dictionary for Keys.
	Metrics() []measure.Metric
	// Keys are what Facts are about, in an order that depends on the arm alone.
	Keys() []measure.Key
	// Begin is called before a replication is played. Its plays should end when stop says so.
	Begin(replication uint64, stop func() bool) error
	// Ended is called for each ticket that ends, or is still there at the end, while the replication is played.
	Ended(now engine.Instant, t *measure.Ticket)
	// Facts appends a fact for each of Keys to dst, after the replication was played.
	Facts(dst []measure.Fact) ([]measure.Fact, error)
}

// A StrictLine is an Extra that knows when tickets start in strict order of arrival; tickets.csv then says so.
type StrictLine interface {
	Extra
	// StrictStart is asked from Ended's moment on. ok is false of a ticket that does not start there.
	StrictStart(t *measure.Ticket) (at engine.Instant, ok bool)
}

// A MakeExtra makes the Extra of an arm for one worker, nil where the experiment does not ask for it.
type MakeExtra func(x *scenario.Experiment, m *run.Model, arm ArmName) (Extra, error)

// An ArmName says which arm it is.
type ArmName struct{ Scenario, Staffing, Policy string }
