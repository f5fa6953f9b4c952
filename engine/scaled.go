package engine

import (
	"math"
	"math/bits"
)

// scaled returns v x by / over, all of them at least 0 and over at least 1, rounded down; what an int64 cannot hold is
// math.MaxInt64.
func scaled(v, by, over int64) int64 {
	hi, lo := bits.Mul64(uint64(v), uint64(by))
	if over == 1 && hi == 0 {
		return int64(min(lo, math.MaxInt64))
	}
	if hi >= uint64(over) {
		return math.MaxInt64
	}
	q, _ := bits.Div64(hi, lo, uint64(over))
	return int64(min(q, math.MaxInt64))
}

// plus returns a+b, both at least 0; what an int64 cannot hold is math.MaxInt64.
func plus(a, b int64) int64 { return int64(min(uint64(a)+uint64(b), math.MaxInt64)) }
