package theory

import (
	"fmt"
	"math"
)

// A Rule says how likely the next ticket is of the first class, where q1 tickets of the first and q2 of the second class wait, both
// above 0. The oldest of the class is served.
type Rule func(q1, q2 int) float64

// QueueRatio serves the class whose queue is most above its part of all that wait, r1 and r2: the fixed queue ratio of Gurvich &
// Whitt (2009). Ties go to the first class.
func QueueRatio(r1, r2 float64) Rule {
	return func(q1, q2 int) float64 {
		sum := float64(q1 + q2)
		return one(float64(q1)-r1*sum >= float64(q2)-r2*sum-1e-9*sum)
	}
}

// LongestQueue serves the class of which more wait (Tassiulas & Ephremides 1992). Ties go to the first class.
func LongestQueue() Rule { return func(q1, q2 int) float64 { return one(q1 >= q2) } }

// QueueCost serves the class with the greatest marginal cost g·Q, the generalised cµ rule on queues with costs g·Q²/2 (Mandelbaum &
// Stolyar 2004). Ties go to the first class.
func QueueCost(g1, g2 float64) Rule {
	return func(q1, q2 int) float64 {
		a, b := g1*float64(q1), g2*float64(q2)
		return one(a >= b-1e-9*math.Abs(b))
	}
}

// ClassLottery draws a class in proportion to w1 and w2 (Waldspurger & Weihl 1994).
func ClassLottery(w1, w2 float64) Rule { return func(_, _ int) float64 { return w1 / (w1 + w2) } }

// RuleWaits are the mean waits of two classes under a Rule.
type RuleWaits struct {
	First  float64 `json:"first"`
	Second float64 `json:"second"`
	Delay  float64 `json:"delay"` // P(W > 0), of both
}

// levelsMax bounds the queue that Serve looks at; the cost grows with its fourth power.
const levelsMax = 700

// Serve returns the mean waits under a rule that looks at the queues. The chain of the two queues, while all agents are
// busy, is cut off where their sum is reached with a probability of 1e-14; that sum is geometric with ratio ρ under any rule.
func (p Pair) Serve(rule Rule) (RuleWaits, error) {
	s, err := p.steady()
	if err != nil {
		return RuleWaits{}, err
	}
	if err := positive([]string{"the arrival rate of class 0", "the arrival rate of class 1"}, p.First, p.Second); err != nil {
		return RuleWaits{}, err
	}
	levels := int(32 / -math.Log(s.Occupancy)) // ρ^levels is 1e-14
	if levels > levelsMax {
		return RuleWaits{}, fmt.Errorf("an occupancy of %.4g: %w", s.Occupancy, errPlane)
	}
	c := chain{moves: func(q point, to func(point, float64)) {
		to(point{x: q.x + 1, y: q.y}, p.First)
		to(point{x: q.x, y: q.y + 1}, p.Second)
		first := one(q.x > 0)
		if q.x > 0 && q.y > 0 {
			first = min(1, max(0, rule(q.x, q.y)))
		}
		if first > 0 {
			to(point{x: q.x - 1, y: q.y}, s.rate()*first)
		}
		if first < 1 && q.y > 0 {
			to(point{x: q.x, y: q.y - 1}, s.rate()*(1-first))
		}
	}}
	for sum := range levels + 1 {
		for x := range sum + 1 {
			c.points = append(c.points, point{x: x, y: sum - x})
		}
	}
	lengths := c.means(func(q point) []float64 { return []float64{float64(q.x), float64(q.y)} })
	return RuleWaits{First: s.Delay * lengths[0] / p.First, Second: s.Delay * lengths[1] / p.Second, Delay: s.Delay}, nil
}

// An ImpatientPriority is what befalls two classes under strict priority where those who wait hang up.
type ImpatientPriority struct {
	First           float64 `json:"first"`  // E[W] of all of the class, to the start of service or the end of patience
	Second          float64 `json:"second"` //
	FirstAbandoned  float64 `json:"first_abandoned"`
	SecondAbandoned float64 `json:"second_abandoned"`
	Delay           float64 `json:"delay"` // P(W > 0), of both
}

// PriorityWithAbandonment returns what befalls the classes under strict priority of the first where those who wait hang up at
// rates theta1 and theta2, one of which may be 0 where agents suffice for the class. It solves the chain of the two queues.
func (p Pair) PriorityWithAbandonment(theta1, theta2 float64) (ImpatientPriority, error) {
	var none ImpatientPriority
	if err := p.Queue().check(); err != nil {
		return none, err
	}
	if err := positive([]string{"the arrival rate of class 0", "the arrival rate of class 1"}, p.First, p.Second); err != nil {
		return none, err
	}
	if err := notNegative([]string{"the rate of hanging up of class 0", "the rate of hanging up of class 1"}, theta1, theta2); err != nil {
		return none, err
	}
	m := p.Queue().rate()
	if left, ok := p.leftForSecond(theta1); !ok || theta2 == 0 && p.Second >= left {
		return none, fmt.Errorf("two classes, of which one never hangs up: %w", ErrUnstable)
	}
	busy := plane{marks: 1, moves: func(q point, to func(point, float64)) {
		to(point{x: q.x + 1, y: q.y}, p.First)
		to(point{x: q.x, y: q.y + 1}, p.Second)
		if q.x > 0 {
			to(point{x: q.x - 1, y: q.y}, m+float64(q.x)*theta1)
		}
		if q.y > 0 {
			to(point{x: q.x, y: q.y - 1}, one(q.x == 0)*m+float64(q.y)*theta2)
		}
	}, gains: func(q point) []float64 {
		return []float64{float64(q.x), float64(q.y), one(q.x == 0 && q.y == 0)}
	}}
	lengths, err := busy.means()
	if err != nil {
		return none, err
	}
	// With an agent free the chain is that of Erlang B, which meets this one at the empty queue.
	delay := 1 / (1 + lengths[2]*(1/erlangB(p.Agents, p.Queue().Load())-1))
	w1, w2 := delay*lengths[0]/p.First, delay*lengths[1]/p.Second
	return ImpatientPriority{First: w1, Second: w2, FirstAbandoned: theta1 * w1, SecondAbandoned: theta2 * w2, Delay: delay}, nil
}

// leftForSecond returns what agents can serve of the second class while some of it always wait; ok is false where the first
// class alone is too much.
func (p Pair) leftForSecond(theta1 float64) (rate float64, ok bool) {
	m := p.Queue().rate()
	if theta1 == 0 {
		return m - p.First, p.First < m
	}
	sum, term := 1.0, 1.0
	for j := 1.0; term > 1e-18*sum && !math.IsInf(sum, 1); j++ {
		term *= p.First / (m + j*theta1)
		sum += term
	}
	return m / sum, true
}
