package theory

import "fmt"

// countMax bounds the count whose law is computed; a greater one differs from no bound by less than can be seen, or is refused.
const countMax = 30_000

// CountBound returns the fates under strict priority of the first class where the oldest ticket is served once k others have
// overtaken it. k = 0 is FCFS. With N the first-class arrivals during the wait of a quiet ticket under strict
// priority, it slips E[min(N, k)] times. It costs O(k²), or less where N is seldom so great.
//
// N has the generating function 1 − C + C(1−ρ)g/(1−ρg) with g(z) = q + p·z·g², p = λ_1/(λ_1 + cµ), q = 1 − p.
func (p Pair) CountBound(k int) (Favour, error) {
	s, err := p.steady()
	if err != nil {
		return Favour{}, err
	}
	if k < 0 {
		return Favour{}, fmt.Errorf("the count bound is %d: want 0 or more", k)
	}
	passed, overtaken := 0.0, 0.0
	if k > 0 {
		overtaken = s.overtaken(p.First)
		if passed, err = p.overtakers(s, k); err != nil {
			return Favour{}, err
		}
	}
	f := p.favour(s, passed, overtaken)
	if p.First == 0 && k > 0 { // the first of them passes everybody
		f.First.Wait, f.First.Skips = s.Mean*(1-s.Occupancy), s.Length
		f.Premium = s.Occupancy * s.Mean
	}
	return f, nil
}

// overtakers is E[min(N, k)], the sum of P(N ≥ j) for j up to k.
func (p Pair) overtakers(s Steady, k int) (float64, error) {
	up := p.First / (p.First + s.rate())
	down, rho := 1-up, s.Occupancy
	g, h := []float64{down}, []float64{0} // coefficients of g, and of C(1−ρ)g/(1−ρg)
	h[0] = s.Delay * (1 - rho) * g[0] / (1 - rho*g[0])
	beyond := s.overtaken(p.First) // P(N ≥ 1)
	sum := beyond
	for j := 1; j < k && beyond > 1e-17*sum; j++ {
		if j > countMax {
			return 0, fmt.Errorf("the count bound is %d, at a load where so many can overtake: want at most %d", k, countMax)
		}
		g = append(g, g[j-1]*up*down*2*float64(2*j-1)/float64(j+1)) // the Catalan numbers
		next := s.Delay * (1 - rho) * g[j]
		for i, v := range h {
			next += rho * v * g[j-i]
		}
		h = append(h, next/(1-rho*g[0]))
		beyond = max(0, beyond-h[j])
		sum += beyond
	}
	return sum, nil
}
