// Package theory computes what queueing theory knows exactly: the numbers that the simulator must reproduce, and the
// formulas by which agents are planned.
//
// Tickets arrive by a Poisson process (rate λ), handling times are exponential (rate µ) unless a Law is named, c agents
// serve. The load is a = λ/µ, the occupancy ρ = λ/(cµ), the slack δ = cµ − λ. A wait runs from the arrival to the start
// of the service. A ticket slips each time a later arrival starts before it; a ticket skips each earlier one it passes.
// Classes are numbered in slices from 0, the most urgent first where there is an order among them.
//
// Units are free: where rates are per minute, times are minutes. No function returns a number that is not one: what is
// invalid, or has no steady state, comes back as an error that says what to change. Values are good to about 1e-12, and
// where a chain or an integral stands behind them to about 1e-10.
//
//	Queue         M/M/c, Erlang B and C: waits, quantiles, variance by order of service
//	Single        M/G/1, the same
//	FixedHandling M/D/c
//	Impatient     M/M/n+M, Erlang A
//	Patience      M/M/n+G
//	Classes       K classes: priority, accumulating priority, lottery
//	Pair          two classes: head start, bounded overtaking, rules that look at queues, reservation
//	Skills        the N model of two pools
//	Unfairness... RAQFM, the resource allocation queueing fairness measure
//	...Premium    what it pays to complain in public; Equilibria: how many then do
//	Staff...      the least number of agents; square-root rules; a day with offered load
//
// Laws that must hold for every order that never idles, never interrupts and does not look at handling times: the sum of
// λ_k W_k is the same (Kleinrock 1965), and W_k exceeds the FCFS wait by (slips_k − skips_k)/(cµ).
package theory

import (
	"errors"
	"fmt"
	"math"
)

// ErrUnstable is in the chain of errors where more work arrives than the agents can do, so that waits grow without end.
var ErrUnstable = errors.New("more work arrives than the agents can do: add agents, or let callers hang up (Erlang A)")

// positive returns an error that names the first value that is no positive number.
func positive(names []string, values ...float64) error {
	for i, v := range values {
		if !(v > 0) || math.IsInf(v, 1) {
			return fmt.Errorf("%s is %v: want a number above 0", names[i], v)
		}
	}
	return nil
}

// notNegative returns an error that names the first value that is negative or no number. Infinity is let through.
func notNegative(names []string, values ...float64) error {
	for i, v := range values {
		if !(v >= 0) {
			return fmt.Errorf("%s is %v: want 0 or more", names[i], v)
		}
	}
	return nil
}

// probability returns an error where v is not between 0 and 1, ends included.
func probability(name string, v float64) error {
	if !(v >= 0 && v <= 1) {
		return fmt.Errorf("%s is %v: want a number from 0 to 1", name, v)
	}
	return nil
}

// agentsMax bounds the number of agents, because time and memory grow with it.
const agentsMax = 10_000_000

func countAgents(n int) error {
	if n < 1 || n > agentsMax {
		return fmt.Errorf("agents are %d: want 1 to %d", n, agentsMax)
	}
	return nil
}
