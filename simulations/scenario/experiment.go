package scenario

import "fairline/engine"

// An Experiment says which policies meet which scenarios, how often, and what is looked at. What is primary was written down
// before the run.
type Experiment struct {
	Name, Description string
	File              string
	Source            []byte

	Scenarios []*Scenario
	Policies  []PolicyRef
	Staffing  []Staffing // none: as the scenarios say
	Baseline  string     // the name of a policy; the first one by default

	Seed         uint64
	Replications int
	Until        *Precision // nil: exactly Replications
	Random       Coupling
	Antithetic   bool
	Steady       *Steady // nil: days
	Confidence   float64 // 0.95 by default

	Primary    []Metric
	Thresholds []Threshold
	Variant    string // the service level's, see simulations/measure; "offered-minus-short" by default

	StrictLine bool     // each day is played again in strict order of arrival: delay against it
	Game       *Game    // nil: customers do not weigh
	Premium    *Premium // nil: nobody is flipped
	Select     *Selection
	Rows       Rows
}

// A PolicyRef is a policy by its file or shipped name.
type PolicyRef struct {
	Name   string // in tables
	Path   string // a file, beside the experiment; or a shipped policy's name
	Source []byte
}

// A Staffing changes how many agents of groups there are.
type Staffing struct {
	Name   string
	Agents map[string]int // by group: instead of the number in each shift
}

// A Coupling is what different policies have in common in a replication.
type Coupling uint8

// The couplings.
const (
	ByTicket Coupling = iota // each customer's work belongs to the customer
	BySlot                   // the n-th ticket that is started takes the n-th time
)

// Steady is the regime of long runs: what happens before Warmup counts for nothing.
type Steady struct {
	Warmup engine.Duration
	Auto   bool // by MSER-5 over the average of Pilot runs
	Pilot  int
}

// A Precision stops an experiment: replications are added until the half width of the metric's interval is small enough.
type Precision struct {
	Metric   Metric
	Relative float64 // of the value; 0: only Absolute
	Absolute float64 // good enough in any case
	AtMost   int     // replications
}

// A Metric is a name of package measure with the group it is about: "wait", "wait channel=social".
type Metric struct {
	Name  string
	By    string // channel, class, source, group...; empty: all
	Group string
}

// A Threshold is a bound that decides the exit code of the run.
type Threshold struct {
	Metric Metric
	Policy string // empty: every policy
	Op     string // <, <=, ==, >=, >
	Bound  float64
	Text   string // as it stands in the file
}

// A Game has customers choose among their actions by what it gains them.
type Game struct {
	Source string // the customers who weigh
	Action string // against the truthful one
	Rounds int    // of the search from each end
	Days   int    // replications in a round
}

// A Premium flips single tickets of a source from the truthful action to another and compares their waits.
type Premium struct {
	Source string
	Action string
	Sample int       // tickets flipped in each replication
	Shares []float64 // of others who do so: where it is measured
}

// A Selection picks the best policy by a metric (Kim and Nelson, 2001).
type Selection struct {
	Metric  Metric
	Larger  bool    // is better
	Delta   float64 // a difference that matters
	Error   float64 // the probability of a wrong choice
	Initial int     // replications of the first stage
}

// Rows says which tables with a row for each fact are written.
type Rows struct {
	Tickets, Overtakings, Decisions, Agents bool
}
