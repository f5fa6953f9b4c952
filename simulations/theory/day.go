package theory

import (
	"fmt"
	"math"
)

// SinusoidLoad returns the mean number of busy agents at t of M_t/M/∞ with arrivals at the rate mean·(1 + swing·sin(pace·t)) for ever
// (Eick, Massey & Whitt 1993): the load lags behind the arrivals, and swings less.
func SinusoidLoad(mean, swing, pace, service, t float64) (float64, error) {
	if err := positive([]string{"the mean arrival rate", "the service rate"}, mean, service); err != nil {
		return 0, err
	}
	if !(math.Abs(swing) <= 1) || math.IsNaN(pace+t) || math.IsInf(pace+t, 0) {
		return 0, fmt.Errorf("a swing of %v with pace %v at %v: want a swing from -1 to 1, and numbers", swing, pace, t)
	}
	ratio := pace / service
	sin, cos := math.Sincos(pace * t)
	return mean / service * (1 + swing/(1+ratio*ratio)*(sin-ratio*cos)), nil
}

// A Period is a stretch of a day with one arrival rate.
type Period struct {
	Start, End float64
	Arrivals   float64
}

// OfferedLoad returns the mean number of busy agents at t if there were agents without end and nobody before the first period
// (Eick, Massey & Whitt 1993): Σ λ_i·(E[min(S, t − start_i)] − E[min(S, t − end_i)]) over the periods that have begun. It is exact
// for any law of handling times S. Where periods overlap their rates add.
func OfferedLoad(periods []Period, handling Law, t float64) (load float64, err error) {
	if err := handling.Check(); err != nil {
		return 0, err
	}
	for i, p := range periods {
		if !(p.Start <= p.End) {
			return 0, fmt.Errorf("period %d is from %v to %v: want an end that is not before the start", i+1, p.Start, p.End)
		}
		if err := notNegative([]string{fmt.Sprintf("the arrival rate of period %d", i+1)}, p.Arrivals); err != nil {
			return 0, err
		}
		load += p.Arrivals * (handling.Upto(max(0, t-p.Start)) - handling.Upto(max(0, t-p.End)))
	}
	return load, nil
}
