package experiment

import (
	"fmt"

	"fairline/simulations/measure"
	"fairline/simulations/scenario"
	"fairline/simulations/statistics"
)

// A cell is the arms of one scenario and one staffing: they meet the same customers, and stop together.
type cell struct {
	arms  []*arm
	want  int // replications of each arm that is not left out
	most  int // replications at most
	kn    *statistics.KN
	fed   int            // replications that the selection has seen
	taken int            // of them, observations that counted
	stage []measure.Fact // by arm: the value of the first stage, and the mean denominator of an observation there
}

// selectionStep is how many observations are added at once to a selection: asked more often, workers would wait for one another.
const selectionStep = 8

// unit is how many replications are one observation.
func unit(x *scenario.Experiment) int {
	if x.Antithetic {
		return 2
	}
	return 1
}

// whole rounds a number of replications up to whole observations.
func whole(x *scenario.Experiment, n int) int { return (n + unit(x) - 1) / unit(x) * unit(x) }

// atMost is how many replications there may be.
func atMost(x *scenario.Experiment) int {
	if x.Until != nil && x.Until.AtMost > 0 {
		return whole(x, x.Until.AtMost)
	}
	return whole(x, max(x.Replications, 1))
}

// grow raises what is wanted of a cell, once all that was wanted is done. It is false where that was enough.
func (s *study) grow(c *cell) bool {
	x, before := &s.experiment, c.want
	switch {
	case x.Select != nil && len(c.arms) > 1:
		s.sieve(c)
	case x.Until != nil:
		s.sharpen(c)
	default:
		c.want = c.most
	}
	return c.want > before
}

// sharpen adds replications until the metric is precise under each policy.
func (s *study) sharpen(c *cell) {
	x, u := &s.experiment, unit(&s.experiment)
	switch {
	case c.want == 0:
		c.want = min(c.most, u*max(statistics.ReplicationsMin, (x.Replications+u-1)/u))
	case !s.precise(c):
		c.want = min(c.most, u*statistics.NextCheck(c.want/u))
	}
}

func (s *study) precise(c *cell) bool {
	until := s.experiment.Until
	for _, a := range c.arms {
		if e, ok := s.current(a, keyOf(until.Metric)); ok && !statistics.Enough(e, until.Relative, until.Absolute) {
			return false
		}
	}
	return true
}

// current is what an arm has come to so far; ok is false where it does not have the key.
func (s *study) current(a *arm, key measure.Key) (e statistics.Estimate, ok bool) {
	k, ok := a.index[key]
	if !ok {
		return e, false
	}
	pool := metricOf(s.metrics, key.Metric).Pool
	return estimate(&s.experiment, pool, len(a.facts), func(i int) measure.Fact { return a.facts[i][k] }), true
}

// sieve adds replications until one policy is selected. Those that are clearly behind are played no more.
func (s *study) sieve(c *cell) {
	x, u := &s.experiment, unit(&s.experiment)
	if c.want == 0 {
		direction := statistics.Smaller
		if x.Select.Larger {
			direction = statistics.Larger
		}
		first := max(x.Select.Initial, 2)
		c.kn = statistics.NewKN(len(c.arms), first, x.Select.Error, x.Select.Delta, direction)
		c.most = max(c.most, u*first)
		c.want = u * first
		return
	}
	s.feed(c)
	for i := range c.arms {
		c.arms[i].out = true
	}
	for _, i := range c.kn.Left() {
		c.arms[i].out = false
	}
	if !c.kn.Done() {
		c.want = min(c.most, c.want+selectionStep*u)
	}
}

// sum is what an arm came to in replications from one on and before another.
func (a *arm) sum(key measure.Key, from, to int) (sum measure.Fact) {
	for _, facts := range a.facts[from:to] {
		f := facts[a.index[key]]
		sum.Num, sum.Den = sum.Num+f.Num, sum.Den+f.Den
	}
	return sum
}

// feed gives a selection the observations it has not seen. A value is a ratio of sums over replications, of which the mean of the
// ratios of single ones may be far: so an observation is theta + (num - theta den) / mean den, the ratio's linear part, with theta
// and mean den of the first stage. While a policy that is left has no value there, none counts.
func (s *study) feed(c *cell) {
	u := unit(&s.experiment)
	key := keyOf(s.experiment.Select.Metric)
	if c.stage == nil {
		for _, a := range c.arms {
			sum := a.sum(key, 0, c.want)
			c.stage = append(c.stage, measure.Fact{Num: sum.Num / sum.Den, Den: sum.Den / float64(c.want/u)})
		}
	}
	for ; c.fed < c.want && !c.kn.Done(); c.fed += u {
		values, known := make([]float64, len(c.arms)), true
		for _, i := range c.kn.Left() {
			sum, stage := c.arms[i].sum(key, c.fed, c.fed+u), c.stage[i]
			values[i], known = stage.Num+(sum.Num-stage.Num*sum.Den)/stage.Den, known && stage.Den != 0
		}
		if known {
			c.kn.Add(values)
			c.taken++
		}
	}
}

// selection says what came of a cell's sieve.
func (c *cell) selection(x *scenario.Experiment) Selection {
	first := c.arms[0].Arm
	sel := Selection{Scenario: first.Scenario, Staffing: first.Staffing, Metric: NameOf(x.Select.Metric), Decided: c.kn.Done(),
		Ahead: c.arms[c.kn.Best()].Policy, Observations: c.taken}
	for _, i := range c.kn.Left() {
		sel.Left = append(sel.Left, c.arms[i].Policy)
	}
	return sel
}

// conclude notes what a cell did not reach.
func (s *study) conclude(c *cell) {
	x := &s.experiment
	if x.Until == nil || x.Select != nil && len(c.arms) > 1 {
		return
	}
	for _, a := range c.arms {
		if e, ok := s.current(a, keyOf(x.Until.Metric)); ok && !statistics.Enough(e, x.Until.Relative, x.Until.Absolute) {
			a.Notes = append(a.Notes, fmt.Sprintf("%s is not as precise as asked for after %d replications; allow more of them",
				NameOf(x.Until.Metric), len(a.facts)))
		}
	}
}

// NameOf is a metric as it stands in experiment files: "wait", "wait channel=social".
func NameOf(m scenario.Metric) string {
	if m.By == "" {
		return m.Name
	}
	return fmt.Sprintf("%s %s=%s", m.Name, m.By, m.Group)
}
