package theory

import (
	"fmt"
	"math"
)

// A Premium gives the premium for a share p of ranters, from 0 to 1.
type Premium func(p float64) (float64, error)

// A CostLaw gives the part of customers to whom ranting costs at most x, in time.
type CostLaw func(x float64) float64

// ExponentialCost is a CostLaw that differs from customer to customer.
func ExponentialCost(mean float64) CostLaw {
	return func(x float64) float64 { return -math.Expm1(-x / mean) }
}

// An Equilibrium is a share of ranters at which nobody gains by a change.
type Equilibrium struct {
	Share   float64 `json:"share"`   // p
	Premium float64 `json:"premium"` // Δ(p)
	// Stable tells whether the share comes back after a small change. One that does not is a tipping point.
	Stable bool `json:"stable"`
}

// sharesTried is how many shares Equilibria looks at before it closes in on the changes of sign.
const sharesTried = 1024

// Equilibria returns all shares with p = F(Δ(p)), rising: customers rant if it costs them no more than the premium. Two that lie
// closer than a thousandth and touch without crossing can be missed.
func Equilibria(premium Premium, cost CostLaw) ([]Equilibrium, error) {
	var failed error
	gap := func(p float64) float64 { // below 0 more would rant
		d, err := premium(p)
		if err != nil && failed == nil {
			failed = err
		}
		return p - cost(d)
	}
	var shares, gaps []float64
	for i := range sharesTried + 1 {
		shares = append(shares, float64(i)/sharesTried)
		gaps = append(gaps, gap(shares[i]))
	}
	// Between two shares of one sign the gap may still touch or cross 0 twice, around its extremum.
	for i := len(shares) - 2; i > 0; i-- {
		if a, b, c := gaps[i-1], gaps[i], gaps[i+1]; a*b > 0 && b*c > 0 && math.Abs(b) <= min(math.Abs(a), math.Abs(c)) {
			at := trough(shares[i-1], shares[i+1], func(p float64) float64 { return gap(p) * math.Copysign(1, b) })
			if low := gap(at); low*b <= 0 {
				shares[i], gaps[i] = at, low
			}
		}
	}
	var found []Equilibrium
	add := func(p float64, stable bool) {
		d, err := premium(p)
		if err != nil && failed == nil {
			failed = err
		}
		found = append(found, Equilibrium{Share: p, Premium: d, Stable: stable})
	}
	for i, g := range gaps {
		switch {
		case failed != nil:
			return nil, failed
		case g == 0:
			before, after := i == 0 || gaps[i-1] < 0, i == len(gaps)-1 || gaps[i+1] > 0
			add(shares[i], before && after)
		case i > 0 && gaps[i-1]*g < 0:
			add(bisect(shares[i-1], shares[i], gap), g > 0)
		}
	}
	return found, failed
}

// CommonCost returns the equilibria where ranting costs everybody the same, and the premium rises or falls with p: nobody rants if the
// cost is above Δ(0), everybody if it is below Δ(1), and with a share between at which the premium is the cost.
func CommonCost(premium Premium, cost float64) ([]Equilibrium, error) {
	if err := notNegative([]string{"the cost of ranting"}, cost); err != nil {
		return nil, err
	}
	first, err := premium(0)
	if err != nil {
		return nil, err
	}
	last, err := premium(1)
	if err != nil {
		return nil, err
	}
	var found []Equilibrium
	if cost >= first {
		found = append(found, Equilibrium{0, first, true})
	}
	if (first-cost)*(last-cost) < 0 {
		p := bisect(0, 1, func(p float64) float64 {
			d, err2 := premium(p)
			if err2 != nil {
				err = err2
			}
			return d - cost
		})
		if err != nil {
			return nil, fmt.Errorf("a share of %v: %w", p, err)
		}
		found = append(found, Equilibrium{p, cost, last < first})
	}
	if cost <= last {
		found = append(found, Equilibrium{1, last, true})
	}
	return found, nil
}
