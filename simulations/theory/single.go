package theory

import "fmt"

// A Single is M/G/1: one agent, handling times of any law.
type Single struct {
	Arrivals float64 // λ
	Handling Law
}

// Steady solves the queue by Pollaczek (1930) and Khinchine (1932): E[W] = λE[S²]/(2(1−ρ)), and under FCFS
// E[W²] = 2E[W]² + λE[S³]/(3(1−ρ)) (Takács 1962). The law needs three moments.
func (q Single) Steady() (Waits, error) {
	if err := positive([]string{"the arrival rate"}, q.Arrivals); err != nil {
		return Waits{}, err
	}
	if err := q.Handling.Check(); err != nil {
		return Waits{}, err
	}
	s, s2, s3 := q.Handling.Moment(1), q.Handling.Moment(2), q.Handling.Moment(3)
	rho := q.Arrivals * s
	if rho >= 1 {
		return Waits{}, fmt.Errorf("one agent for a load of %.4g: %w", rho, ErrUnstable)
	}
	w := q.Arrivals * s2 / (2 * (1 - rho))
	return Waits{
		Mean: w, Length: q.Arrivals * w, Occupancy: rho, Delay: rho,
		square:   2*w*w + q.Arrivals*s3/(3*(1-rho)),
		handling: s, handlingSq: max(0, s2-s*s),
	}, nil
}
