package statistics

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// The number of batches kept of a long run: between half of batchesMax and one below it, once it is long enough.
const (
	batchesMax = 80
	batchesMin = 20
)

// lagLevel is the level of the test that batches do not depend on their neighbours.
const lagLevel = 0.05

// Batches cuts one long run in the steady state into batches that stand for replications. Each time 80 are full, neighbours
// are joined and the size of a batch doubles, so memory does not grow with the run. The zero value is ready; warm-up is for
// the caller to leave out.
type Batches struct {
	size int64  // observations to a batch
	done Sample // complete batches
	open int64  // observations in the last, incomplete one
	num  float64
	den  float64
}

// Add takes the next observation: a customer's wait and 1, say, or 1 and 1 for one served in time and 0 and 1 for another.
func (b *Batches) Add(num, den float64) {
	b.size = max(b.size, 1)
	b.num, b.den, b.open = b.num+num, b.den+den, b.open+1
	if b.open < b.size {
		return
	}
	b.done.Add(b.num, b.den)
	b.num, b.den, b.open = 0, 0, 0
	if b.done.N() == batchesMax {
		b.done = joined(b.done)
		b.size *= 2
	}
}

// Sample returns the complete batches, a pair for each, and the number of observations in a batch. It is the caller's own.
func (b *Batches) Sample() (s Sample, size int64) {
	return Sample{Num: append([]float64(nil), b.done.Num...), Den: append([]float64(nil), b.done.Den...)}, b.size
}

// Estimate returns the ratio over all complete batches, its interval from them. It is ok where von Neumann's test does not
// find at 0.05 that neighbours are alike. Where it does, batches of twice the size are tried once, which leaves 20 to 39.
// Where that fails too, or there are fewer than 20 batches, the interval is too short to be trusted: run twice as long.
func (b *Batches) Estimate(confidence float64) (e Estimate, ok bool) {
	s := b.done
	if alike(s) && s.N() >= 2*batchesMin {
		s = joined(s)
	}
	return s.Estimate(confidence), s.N() >= batchesMin && !alike(s)
}

// joined returns neighbouring batches added up; the last of an odd number is left out.
func joined(s Sample) (half Sample) {
	for i := 0; i+1 < s.N(); i += 2 {
		half.Add(s.Num[i]+s.Num[i+1], s.Den[i]+s.Den[i+1])
	}
	return half
}

// alike reports whether neighbouring batches are correlated, positively, by von Neumann's ratio (von Neumann 1941; for batch
// means Fishman 1978). For a ratio it looks at what each batch adds to it, num − θ·den.
func alike(s Sample) bool {
	theta, ok := s.Ratio()
	if !ok || s.N() < 3 {
		return false
	}
	apart, spread, last := 0.0, 0.0, 0.0
	for i := range s.Num {
		away := s.Num[i] - theta*s.Den[i]
		spread += away * away
		if i > 0 {
			apart += (away - last) * (away - last)
		}
		last = away
	}
	if spread == 0 {
		return false
	}
	n := float64(s.N())
	z := (1 - apart/(2*spread)) * math.Sqrt((n*n-1)/(n-2))
	return z > distuv.UnitNormal.Quantile(1-lagLevel)
}
