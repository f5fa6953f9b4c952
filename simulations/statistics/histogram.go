package statistics

import (
	"iter"
	"math"
	"math/big"
	"math/bits"
)

// The buckets of a Histogram: below 2^subBits a bucket holds one value; above, each octave (from a power of two to the next)
// is cut into 2^subBits of equal width, so that the middle of a bucket is within 2^-(subBits+1) of all in it.
const (
	subBits    = 9
	subBuckets = 1 << subBits
	octavesMax = 64 - subBits
)

// HistogramError bounds, in proportion, how far the middle of a bucket is from a value in it: 0.098 %.
const HistogramError = 1.0 / (2 * subBuckets)

// A Histogram counts durations in nanoseconds, or other whole numbers that are not negative, in buckets whose width grows
// with the value. Memory does not depend on how many are counted: 4 KB for each octave that occurs, so under 100 KB for waits
// from a millisecond to an hour, and 220 KB at most. Add costs a few nanoseconds. Count, Min, Max, Mean and Variance are
// exact; what is read from buckets (quantiles, Gini) is within HistogramError. The zero value is empty and ready. Not safe
// for concurrent use.
//
// All state is integers: histograms merged in any order are equal, however many hands ran the replications. The layout is
// that of HdrHistogram (Tene 2012).
type Histogram struct {
	octaves  [octavesMax]*[subBuckets]uint64
	count    uint64
	sum      [2]uint64 // of values, the low word first
	squares  [3]uint64 // of their squares
	min, max int64     // of a count above 0
}

// Add counts v. It panics where v is negative: no wait ends before it began.
func (h *Histogram) Add(v int64) {
	octave := bits.Len64(uint64(v) >> subBits)
	if octave >= octavesMax {
		panic("statistics: a negative value in a histogram: look for an event earlier than the one it follows")
	}
	bucket := h.octaves[octave]
	if bucket == nil {
		bucket = new([subBuckets]uint64)
		h.octaves[octave] = bucket
	}
	bucket[uint64(v)>>max(octave-1, 0)%subBuckets]++
	if h.count == 0 {
		h.min, h.max = v, v
	}
	h.count++
	h.min, h.max = min(h.min, v), max(h.max, v)
	var carry uint64
	h.sum[0], carry = bits.Add64(h.sum[0], uint64(v), 0)
	h.sum[1] += carry
	high, low := bits.Mul64(uint64(v), uint64(v))
	h.squares[0], carry = bits.Add64(h.squares[0], low, 0)
	h.squares[1], carry = bits.Add64(h.squares[1], high, carry)
	h.squares[2] += carry
}

// Merge counts all that other counted, as if added here. other stays as it is.
func (h *Histogram) Merge(other *Histogram) {
	if other.count == 0 {
		return
	}
	for i, from := range other.octaves {
		if from == nil {
			continue
		}
		if h.octaves[i] == nil {
			h.octaves[i] = new([subBuckets]uint64)
		}
		for j, n := range from {
			h.octaves[i][j] += n
		}
	}
	if h.count == 0 {
		h.min, h.max = other.min, other.max
	}
	h.count += other.count
	h.min, h.max = min(h.min, other.min), max(h.max, other.max)
	var carry uint64
	h.sum[0], carry = bits.Add64(h.sum[0], other.sum[0], 0)
	h.sum[1] += other.sum[1] + carry
	h.squares[0], carry = bits.Add64(h.squares[0], other.squares[0], 0)
	h.squares[1], carry = bits.Add64(h.squares[1], other.squares[1], carry)
	h.squares[2] += other.squares[2] + carry
}

// Reset empties h and keeps its memory for the next replication.
func (h *Histogram) Reset() {
	octaves := h.octaves
	for _, bucket := range octaves {
		if bucket != nil {
			clear(bucket[:])
		}
	}
	*h = Histogram{octaves: octaves}
}

// Count returns how many were added.
func (h *Histogram) Count() int64 { return int64(h.count) }

// Min returns the least value added, exactly; 0 of none.
func (h *Histogram) Min() int64 { return h.min }

// Max returns the largest value added, exactly; 0 of none.
func (h *Histogram) Max() int64 { return h.max }

// Sum returns the sum of the values, exact up to 2^53 and then rounded once.
func (h *Histogram) Sum() float64 { return rounded(h.sum[:]) }

// Mean returns the mean of the values, from their exact sum; not a number of none.
func (h *Histogram) Mean() float64 { return h.Sum() / float64(h.count) }

// Variance returns the population variance of the values, n in the denominator, from exact sums; not a number of none.
func (h *Histogram) Variance() float64 {
	if h.count == 0 {
		return math.NaN()
	}
	n, total := new(big.Int).SetUint64(h.count), integer(h.sum[:])
	above := new(big.Int).Mul(n, integer(h.squares[:]))
	above.Sub(above, total.Mul(total, total))
	v, _ := new(big.Rat).SetFrac(above, n.Mul(n, n)).Float64()
	return v
}

// Jain returns Jain's index of the values, from exact sums; see the function Jain.
func (h *Histogram) Jain() float64 {
	total := h.Sum()
	if total == 0 && h.count > 0 {
		return 1
	}
	return total / float64(h.count) * (total / rounded(h.squares[:]))
}

func integer(words []uint64) *big.Int {
	total := new(big.Int)
	for i := len(words) - 1; i >= 0; i-- {
		total.Lsh(total, 64).Or(total, new(big.Int).SetUint64(words[i]))
	}
	return total
}

func rounded(words []uint64) float64 {
	v, _ := new(big.Float).SetInt(integer(words)).Float64()
	return v
}

// A Bucket is a group of values of a Histogram: Count of them from Low to High, both included.
type Bucket struct{ Low, High, Count int64 }

// Middle stands for all values of the bucket.
func (b Bucket) Middle() float64 { return (float64(b.Low) + float64(b.High)) / 2 }

// Buckets yields what is not empty, in rising order: for distribution curves, Lorenz curves and the like. The ends of the
// first and the last are Min and Max.
func (h *Histogram) Buckets() iter.Seq[Bucket] {
	return func(yield func(Bucket) bool) {
		for b := range h.whole() {
			b.Low, b.High = max(b.Low, h.min), min(b.High, h.max)
			if !yield(b) {
				return
			}
		}
	}
}

// whole yields the same buckets with the ends that all histograms share.
func (h *Histogram) whole() iter.Seq[Bucket] {
	return func(yield func(Bucket) bool) {
		for octave, bucket := range h.octaves {
			if bucket == nil {
				continue
			}
			for i, n := range bucket {
				low, width := int64(i), int64(1)
				if octave > 0 {
					low, width = int64(subBuckets+i)<<(octave-1), int64(1)<<(octave-1)
				}
				if n > 0 && !yield(Bucket{Low: low, High: low + (width - 1), Count: int64(n)}) {
					return
				}
			}
		}
	}
}
