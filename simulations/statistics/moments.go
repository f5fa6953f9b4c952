package statistics

import "math"

// Moments are the count, mean and spread of values that are not kept. The zero value is of none. Merging is exact but for
// rounding: merge in a fixed order where the last digit counts, or use a Histogram.
type Moments struct {
	n            int64
	mean, square float64 // square is the sum of squared distances from the mean
}

// Add takes one more value in, without loss of digits to large means (Welford 1962).
func (m *Moments) Add(x float64) {
	m.n++
	away := x - m.mean
	m.mean += away / float64(m.n)
	m.square += away * (x - m.mean)
}

// Merge takes all values of other in (Chan, Golub & LeVeque 1983).
func (m *Moments) Merge(other Moments) {
	if other.n == 0 {
		return
	}
	n, away := float64(m.n+other.n), other.mean-m.mean
	m.square += other.square + away*away*(float64(m.n)*float64(other.n)/n)
	m.mean += away * float64(other.n) / n
	m.n += other.n
}

// N returns the number of values.
func (m Moments) N() int64 { return m.n }

// Mean returns the mean of the values; not a number of none.
func (m Moments) Mean() float64 {
	if m.n == 0 {
		return math.NaN()
	}
	return m.mean
}

// Variance returns the sample variance, with n-1; not a number of fewer than two.
func (m Moments) Variance() float64 {
	if m.n < 2 {
		return math.NaN()
	}
	return m.square / float64(m.n-1)
}

// SD returns the sample standard deviation, the root of Variance.
func (m Moments) SD() float64 { return math.Sqrt(m.Variance()) }
