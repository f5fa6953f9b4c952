package theory

import (
	"errors"
	"math"
)

// HeadStart returns the fates where each first-class ticket counts as arrived h earlier: equally, where tickets have due times
// that differ by h, or where priority is strict but a quiet ticket is promoted after h. h is 0 (FCFS) to +Inf (strict priority).
//
// Until v ≤ h every first-class arrival passes a quiet ticket, so that P(W_2 > v) is that of strict priority, a busy period
// of M/M/1 with λ_1 and cµ that starts with a geometric number. With I = E[min(W_2, h)] a quiet ticket slips λ_1·I times, and
// W_2 = W_F + ρ_1 I, W_1 = W_F − ρ_2 I.
func (p Pair) HeadStart(h float64) (Favour, error) {
	s, err := p.steady()
	if err != nil {
		return Favour{}, err
	}
	if err := notNegative([]string{"the head start"}, h); err != nil {
		return Favour{}, err
	}
	capped, err := p.capped(s, h)
	if err != nil {
		return Favour{}, err
	}
	f := p.favour(s, p.First*capped, s.overtaken(p.First)*-math.Expm1(-(s.Slack+p.First)*h))
	// Without first-class tickets these are what the first of them would find.
	f.First.Wait, f.First.Skips = s.Mean-p.Second/s.rate()*capped, p.Second*capped
	f.Premium = s.Occupancy * capped
	return f, nil
}

// QuietCapped returns E[min(W_2, h)] under a head start of h, or of more.
func (p Pair) QuietCapped(h float64) (float64, error) {
	s, err := p.steady()
	if err == nil {
		err = notNegative([]string{"the head start"}, h)
	}
	if err != nil {
		return 0, err
	}
	return p.capped(s, h)
}

// QuietBeyond returns P(W_2 > v) under a head start of v, or of more.
func (p Pair) QuietBeyond(v float64) (float64, error) {
	s, err := p.steady()
	if err == nil {
		err = notNegative([]string{"the time"}, v)
	}
	if err != nil {
		return 0, err
	}
	return p.delayCycle(s, v, func(g float64) float64 { return math.Exp(-g*v) / g })
}

// capped is E[min(W_2, h)]. As v goes from 0 to h, e^{−γv}/γ goes through (1 − e^{−γh})/γ² in all.
func (p Pair) capped(s Steady, h float64) (float64, error) {
	if h == 0 {
		return 0, nil
	}
	return p.delayCycle(s, h, func(g float64) float64 { return -math.Expm1(-g*h) / (g * g) })
}

// errTooFull is returned where an integral would take too many points.
var errTooFull = errors.New("the agents are busy all but a few millionths of their time: add an agent")

// delayCycle mixes f over the rates γ of the delay cycle. The busy period of M/M/1 is a mix of exponential times with rates
// γ(θ) = λ_1 + cµ − 2√(λ_1 cµ)·cos θ (Abate & Whitt 1988). A start with the geometric number of the queue sums to the weight
// sin²θ/(γ(θ) − γ₀) and, where λ > √(λ_1 cµ), a single rate γ₀ = δλ_2/λ with the weight 1 − λ_1 cµ/λ². The trapezoid rule converges
// geometrically, because the integrand has a period of 2π and no singularity near; γ₀ is taken out where it is one.
func (p Pair) delayCycle(s Steady, h float64, f func(rate float64) float64) (float64, error) {
	m, all := s.rate(), p.First+p.Second
	root := math.Sqrt(p.First * m)
	if root == 0 {
		return s.Delay * s.Slack * f(s.Slack), nil
	}
	r, pole := all/root, s.Slack*p.Second/all
	single, taken := 0.0, 0.0
	if near := math.Abs(math.Log(r)) < math.Log(m/p.First)/4; near {
		single, taken = f(pole), f(pole)
	} else if r > 1 {
		single = (1 - 1/(r*r)) * f(pole)
	}
	least := (m - p.First) / (math.Sqrt(m) + math.Sqrt(p.First)) // √cµ − √λ_1
	least *= least
	integral, ok := trapezoid(64+int(math.Sqrt(root*min(h, 40/least))), func(theta float64) float64 {
		sin, half := math.Sin(theta), math.Sin(theta/2)
		rate := least + 4*root*half*half
		return sin * sin * (f(rate) - taken) / (rate - pole)
	})
	if !ok {
		return 0, errTooFull
	}
	return s.Delay * s.Slack * (single + 2*p.First*m/(pi*all)*integral), nil
}

// trapezoid returns the integral from 0 to π of f, which has a period of 2π, is even, and is 0 at both ends. Points are doubled
// until that changes nothing; ok is false where that does not come.
func trapezoid(n int, f func(float64) float64) (total float64, ok bool) {
	sum := 0.0
	for i := 1; i < n; i++ {
		sum += f(pi * float64(i) / float64(n))
	}
	last := sum * pi / float64(n)
	for again := 1; n < 1<<24; again++ {
		for i := range n {
			sum += f(pi * (float64(i) + 0.5) / float64(n))
		}
		n *= 2
		total = sum * pi / float64(n)
		if again > 1 && math.Abs(total-last) <= 1e-12*math.Abs(total) {
			return total, true
		}
		last = total
	}
	return total, false
}
