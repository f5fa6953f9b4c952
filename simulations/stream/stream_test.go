package stream

import (
	"math"
	"testing"
)

// names are streams that differ in one thing only.
func names() map[string]Base {
	return map[string]Base{"it": Of(1, 2, "calls", 3), "seed": Of(2, 2, "calls", 3), "replication": Of(1, 3, "calls", 3), "name": Of(1, 2, "callz", 3),
		"order of letters": Of(1, 2, "clals", 3), "purpose": Of(1, 2, "calls", 4), "shorter": Of(1, 2, "call", 3), "none": Of(0, 0, "", 0),
		"attempt": Of(1, 2, "calls", 3).Sub(1), "second attempt": Of(1, 2, "calls", 3).Sub(2), "swapped": Of(2, 1, "calls", 3), "run 0": Of(1, 0, "calls", 3)}
}

// TestNumbersStay holds a few of them: results that were published can be had again.
func TestNumbersStay(t *testing.T) {
	b := Of(20260401, 7, "calls", 4)
	for i, want := range []uint64{0x9c2e180d89844241, 0x6ff779004e7eff4e, 0x16c9b0e109a843e2} {
		if got := b.Bits(uint64(i)); got != want {
			t.Errorf("number %d is %#x, was %#x", i, got, want)
		}
	}
	if u := b.At(1); u != 0.437369883131847 {
		t.Errorf("number 1 is %v", u)
	}
}

// TestNumbersAreUniform has the chi-square of 256 classes within 6 standard deviations, and strictly between 0 and 1.
func TestNumbersAreUniform(t *testing.T) {
	const n, classes = 1 << 18, 256
	for name, b := range names() {
		var count [classes]float64
		for i := range uint64(n) {
			u := b.At(i)
			if u <= 0 || u >= 1 || 1-(1-u) != u {
				t.Fatalf("%s: number %d is %v", name, i, u)
			}
			count[int(u*classes)]++
		}
		chi := 0.0
		for _, c := range count {
			chi += (c - n/classes) * (c - n/classes) / (n / classes)
		}
		if math.Abs(chi-(classes-1)) > 6*math.Sqrt(2*(classes-1)) {
			t.Errorf("%s: chi-square %v of %d classes", name, chi, classes)
		}
	}
}

// TestStreamsAreStrangers correlates each pair, in step and one apart: of 65,536 numbers a correlation has a standard deviation
// of 1/256, and six are allowed.
func TestStreamsAreStrangers(t *testing.T) {
	const n = 1 << 16
	all := names()
	for a, x := range all {
		for b, y := range all {
			for apart := range uint64(2) {
				if a == b && apart == 0 {
					continue
				}
				sum := 0.0
				for i := range uint64(n) {
					sum += (x.At(i) - 0.5) * (y.At(i+apart) - 0.5)
				}
				if r := sum / n * 12; math.Abs(r) > 6.0/256 {
					t.Errorf("%s and %s, %d apart, have a correlation of %.4f", a, b, apart, r)
				}
			}
		}
	}
}

func TestEndsOfTheRange(t *testing.T) {
	if hi := (float64(math.MaxUint64>>12) + 0.5) * (1.0 / (1 << 52)); hi >= 1 {
		t.Errorf("the greatest number is %v", hi)
	}
	if Of(1, 2, "calls", 3).Sub(0) != Of(1, 2, "calls", 3) {
		t.Error("the first attempt is another stream")
	}
}

func BenchmarkAt(b *testing.B) {
	s, sum := Of(1, 2, "calls", 3), 0.0
	for i := range b.N {
		sum += s.At(uint64(i))
	}
	if sum == 0 {
		b.Fatal("nothing but zeros")
	}
}
