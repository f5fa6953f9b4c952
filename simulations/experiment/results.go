package experiment

import (
	"slices"

	"fairline/engine"
	"fairline/simulations/measure"
	"fairline/simulations/scenario"
	"fairline/simulations/statistics"
)

// Results are what a run came to, replication by replication.
type Results struct {
	Experiment *scenario.Experiment
	Metrics    []measure.Metric // what the keys are about: the data dictionary of the run
	Keys       []measure.Key    // of all arms, in a fixed order, without those by period
	Arms       []Arm            // by scenario, then staffing, then policy, in the order of the experiment
	Intervals  []Interval       // by arm, in the order of its keys by period
	Selections []Selection      // by scenario and staffing, where the experiment selects
	Games      []Game           // by arm, from 0 and then from 1, where customers weigh; not of a run that was opened
}

// An Arm is one scenario with one staffing under one policy.
type Arm struct {
	Scenario, Staffing, Policy string
	Hash                       string          // SHA-256 of the policy's bytes, in hex
	Warmup                     engine.Duration // what was left out at the beginning of each replication
	Notes                      []string        // what a reader must know: "warm-up: run too short to tell", and the like
	// Targets are within which wait a ticket is in time, in seconds: of "CHANNEL", and of "class NAME" with one of its own.
	Targets map[string]float64
	// Facts are by replication, then by Results.Keys. A key that the arm does not have is {0, 0}. Arms of one scenario and
	// staffing have the same number of replications, unless a selection left one out on the way.
	Facts [][]measure.Fact
}

// An Interval is a key by period: its facts summed over all replications of an arm.
type Interval struct {
	Arm          int
	Key          measure.Key // Group: the number of the period, of measure.ByChannelPeriod after "CHANNEL+"
	Period       int
	Begins       engine.Duration // of the period, since the scenario began
	Replications int
	Sum          measure.Fact // of a maximum: the greatest, over 1
	Estimate     statistics.Estimate
}

// A Selection is what came of picking the best policy for a scenario and a staffing.
type Selection struct {
	Scenario     string   `json:"scenario"`
	Staffing     string   `json:"staffing"`
	Metric       string   `json:"metric"`
	Ahead        string   `json:"ahead"` // the policy selected, where Decided; otherwise the one that leads
	Left         []string `json:"left"`  // policies that may still be the best
	Decided      bool     `json:"decided"`
	Observations int      `json:"observations"` // taken into account
}

// byPeriod reports whether a key is one of those that stand in intervals.csv.
func byPeriod(k measure.Key) bool { return k.By == measure.ByPeriod || k.By == measure.ByChannelPeriod }

// Key returns the index of a metric among r.Keys, and false where no arm has it.
func (r *Results) Key(m scenario.Metric) (int, bool) {
	i := slices.Index(r.Keys, keyOf(m))
	return i, i >= 0
}

func keyOf(m scenario.Metric) measure.Key {
	return measure.Key{Metric: m.Name, By: m.By, Group: m.Group}
}

// Metric returns the entry of the dictionary for a name; of a name that it does not have, one that has the name alone.
func (r *Results) Metric(name string) measure.Metric { return metricOf(r.Metrics, name) }

func metricOf(list []measure.Metric, name string) measure.Metric {
	for _, m := range list {
		if m.Name == name {
			return m
		}
	}
	return measure.Metric{Name: name, Better: measure.Neither, Pool: measure.Ratio}
}

// Sample returns the observations of a key under an arm: one a replication, or one for each antithetic pair.
func (r *Results) Sample(arm, key int) statistics.Sample {
	return r.sample(arm, key, len(r.Arms[arm].Facts))
}

// Paired returns the observations of a key under two arms that both have: the first of either, as many as the shorter one has.
func (r *Results) Paired(a, b, key int) (x, y statistics.Sample) {
	n := min(len(r.Arms[a].Facts), len(r.Arms[b].Facts))
	return r.sample(a, key, n), r.sample(b, key, n)
}

func (r *Results) sample(arm, key, n int) statistics.Sample {
	return observations(n, r.Experiment.Antithetic, func(i int) measure.Fact { return r.Arms[arm].Facts[i][key] })
}

// observations makes a sample of n facts.
func observations(n int, antithetic bool, fact func(int) measure.Fact) (s statistics.Sample) {
	var half [2]statistics.Sample
	for i := range n {
		f := fact(i)
		half[i%2].Add(f.Num, f.Den)
		s.Add(f.Num, f.Den)
	}
	if antithetic && n%2 == 0 {
		return statistics.Antithetic(half[0], half[1])
	}
	return s
}

// Estimate returns the value of a key under an arm, with the interval of the experiment's confidence. A metric that is pooled by
// its maximum has a value and no interval.
func (r *Results) Estimate(arm, key int) statistics.Estimate {
	return estimate(r.Experiment, r.Metric(r.Keys[key].Metric).Pool, len(r.Arms[arm].Facts), func(i int) measure.Fact {
		return r.Arms[arm].Facts[i][key]
	})
}

// estimate pools n facts.
func estimate(x *scenario.Experiment, pool measure.Pool, n int, fact func(int) measure.Fact) statistics.Estimate {
	if pool != measure.Maximum {
		return observations(n, x.Antithetic, fact).Estimate(confidence(x))
	}
	e := statistics.Estimate{N: n, Confidence: confidence(x)}
	for i := range n {
		if f := fact(i); f.Den > 0 && (!e.Known || f.Num > e.Value) {
			e.Value, e.Known = f.Num, true
		}
	}
	return e
}

func confidence(e *scenario.Experiment) float64 {
	if e.Confidence == 0 {
		return 0.95
	}
	return e.Confidence
}
