package theory

import "math"

// SquareRoot returns the agents a + β√a for a load of a erlangs, rounded up (Erlang 1924; Halfin & Whitt 1981).
func SquareRoot(load, beta float64) int { return int(math.Ceil(load + beta*math.Sqrt(load))) }

// HalfinWhitt returns the limit of P(W > 0) of M/M/c as c grows with c = a + β√a, for β above 0: 1/(1 + βΦ(β)/φ(β)).
func HalfinWhitt(beta float64) (float64, error) {
	if err := positive([]string{"beta"}, beta); err != nil {
		return 0, err
	}
	return halfinWhitt(beta), nil
}

func halfinWhitt(beta float64) float64 { return 1 / (1 + beta/hazard(-beta)) }

// HalfinWhittBeta returns the β at which HalfinWhitt is delay, strictly between 0 and 1.
func HalfinWhittBeta(delay float64) (float64, error) {
	if err := probability("the part that waits", delay); err != nil {
		return 0, err
	}
	if err := positive([]string{"the part that waits", "the part that does not"}, delay, 1-delay); err != nil {
		return 0, err
	}
	return bisect(0, 38, func(beta float64) float64 { return delay - halfinWhitt(beta) }), nil
}

// Garnett returns the limits of Erlang A as n grows with n = a + β√a, for any β and the ratio θ/µ (Garnett, Mandelbaum & Reiman 2002):
// of P(W > 0), [1 + √(θ/µ)·h(β̂)/h(−β)]⁻¹ with β̂ = β√(µ/θ) and h the hazard rate of the normal law, and of √n·P(abandon),
// √(θ/µ)(h(β̂) − β̂)·P(W > 0).
func Garnett(beta, ratio float64) (delay, abandoned float64, err error) {
	if err := positive([]string{"the rate of hanging up over that of service"}, ratio); err != nil {
		return 0, 0, err
	}
	if err := notNegative([]string{"the square of beta"}, beta*beta); err != nil {
		return 0, 0, err
	}
	root := math.Sqrt(ratio)
	hat := beta / root
	delay = 1 / (1 + root*hazard(hat)/hazard(-beta))
	return delay, root * beyond(hat) * delay, nil
}

// BetaWithin returns the β of the square-root rule for P(W ≤ t) ≥ target with a load of a erlangs, where nobody hangs up: that at which
// the limit of Halfin & Whitt (1981), P(W > t) = P(W > 0)·e^{−β√a·µt}, is 1 − target. t is in handling times.
func BetaWithin(load, t, target float64) (float64, error) {
	if err := positive([]string{"the load"}, load); err != nil {
		return 0, err
	}
	if err := targets(t, target); err != nil {
		return 0, err
	}
	return bisect(0, 38, func(beta float64) float64 {
		return 1 - target - halfinWhitt(beta)*math.Exp(-beta*math.Sqrt(load)*t)
	}), nil
}

// BetaAbandoned returns the β of the square-root rule for a part of callers who hang up, above 0 and below 1, with a load of a erlangs and
// the ratio θ/µ: that at which the limit of Garnett, Mandelbaum & Reiman (2002), taken at a + β√a agents, is the part. It is good for parts of about 1/√a;
// with many more who hang up, agents near (1 − part)·a are enough.
func BetaAbandoned(load, ratio, part float64) (float64, error) {
	names := []string{"the load", "the rate of hanging up over that of service", "the part that hangs up", "the part that is served"}
	if err := positive(names, load, ratio, part, 1-part); err != nil {
		return 0, err
	}
	root := math.Sqrt(load)
	return bisect(-root, 38, func(beta float64) float64 {
		_, abandoned, _ := Garnett(beta, ratio)
		return part*math.Sqrt(max(0, load+beta*root)) - abandoned
	}), nil
}
