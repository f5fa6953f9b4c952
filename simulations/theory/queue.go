package theory

import (
	"fmt"
	"math"
)

// A Queue is M/M/c: one class, agents all alike, nobody hangs up.
type Queue struct {
	Arrivals float64 // λ
	Service  float64 // µ, what one agent can serve
	Agents   int     // c
}

func (q Queue) check() error {
	if err := positive([]string{"the arrival rate", "the service rate"}, q.Arrivals, q.Service); err != nil {
		return err
	}
	return countAgents(q.Agents)
}

// Load returns a = λ/µ in erlangs: the agents that are busy in the mean if nobody is turned away.
func (q Queue) Load() float64 { return q.Arrivals / q.Service }

// rate returns cµ, what all agents can serve.
func (q Queue) rate() float64 { return float64(q.Agents) * q.Service }

// ErlangB returns the part of calls that find all agents busy where no one may wait (M/G/c/c), by the recursion
// B_j = aB_{j−1}/(j + aB_{j−1}) (Erlang 1917). Any load has a steady state. It costs O(c).
func (q Queue) ErlangB() (float64, error) {
	if err := q.check(); err != nil {
		return 0, err
	}
	return erlangB(q.Agents, q.Load()), nil
}

func erlangB(agents int, load float64) float64 {
	b := 1.0
	for j := 1; j <= agents; j++ {
		b = load * b / (float64(j) + load*b)
	}
	return b
}

// erlangC is P(W > 0) from what Erlang B gives.
func erlangC(b, rho float64) float64 { return b / (1 - rho*(1-b)) }

// A Steady is an M/M/c queue in its steady state. Times that are exponential: the wait of those who wait has rate Slack.
type Steady struct {
	Queue
	Waits         // Waits.Delay is Erlang C
	Slack float64 // δ = cµ − λ
}

// Steady solves the queue by Erlang C: P(W > t) = C e^{−δt} (Erlang 1917). It costs O(c). The error is ErrUnstable where
// λ ≥ cµ.
func (q Queue) Steady() (Steady, error) {
	if err := q.check(); err != nil {
		return Steady{}, err
	}
	slack, rho := q.rate()-q.Arrivals, q.Arrivals/q.rate()
	if slack <= 0 || rho >= 1 {
		return Steady{}, fmt.Errorf("%d agents for a load of %.4g: %w", q.Agents, q.Load(), ErrUnstable)
	}
	c := erlangC(erlangB(q.Agents, q.Load()), rho)
	return Steady{Queue: q, Slack: slack, Waits: Waits{
		Mean: c / slack, Length: c * q.Arrivals / slack, Occupancy: rho, Delay: c,
		square: 2 * c / slack / slack, handling: 1 / q.Service, handlingSq: 1 / q.Service / q.Service,
	}}, nil
}

// Number returns the mean number of tickets that wait or are served.
func (s Steady) Number() float64 { return s.Length + s.Load() }

// Within returns the service level P(W ≤ t) under FCFS.
func (s Steady) Within(t float64) float64 {
	if t < 0 {
		return 0
	}
	return 1 - s.Delay*math.Exp(-s.Slack*t)
}

// Quantile returns the least wait that a part p of the tickets does not exceed under FCFS: 0 for p ≤ 0, infinite for p ≥ 1.
func (s Steady) Quantile(p float64) float64 {
	switch {
	case p >= 1:
		return math.Inf(1)
	case p <= 1-s.Delay:
		return 0
	}
	return math.Log(s.Delay/(1-p)) / s.Slack
}

// Gini returns the Gini coefficient of the waits under FCFS, 1 − C/2.
func (s Steady) Gini() float64 { return 1 - s.Delay/2 }

// overtaken returns P(slips ≥ 1) of a class that is served last, which others pass at a rate: C·rate/(δ + rate).
func (s Steady) overtaken(rate float64) float64 { return s.Delay * rate / (s.Slack + rate) }

// OvertakenLCFS returns the part of tickets that are overtaken at least once under LCFS: C·λ/(λ + cµ).
func (s Steady) OvertakenLCFS() float64 { return s.Delay * s.Arrivals / (s.Arrivals + s.rate()) }

// DepartureOvertakes returns how often a ticket is overtaken in the order of departures under FCFS: (a − C)/2, because a
// start sees a − C others in service, each of which leaves later with probability ½.
func (s Steady) DepartureOvertakes() float64 { return (s.Load() - s.Delay) / 2 }
