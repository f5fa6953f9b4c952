package statistics

import (
	"math"
	"math/rand/v2"
	"testing"
)

// autoregressive returns batches of a series with mean 5 and correlation phi from one observation to the next.
func autoregressive(random *rand.Rand, phi float64, n int) *Batches {
	var b Batches
	x := random.NormFloat64() / math.Sqrt(1-phi*phi)
	for range n {
		b.Add(5+x, 1)
		x = phi*x + random.NormFloat64()
	}
	return &b
}

func TestBatchesDoubleAndLoseNothing(t *testing.T) {
	for _, c := range []struct {
		n, batches int
		size       int64
	}{{0, 0, 0}, {1, 1, 1}, {79, 79, 1}, {80, 40, 2}, {81, 40, 2}, {159, 79, 2}, {160, 40, 4}, {1000, 62, 16}} {
		var b Batches
		for i := range c.n {
			b.Add(float64(i), 2)
		}
		s, size := b.Sample()
		if s.N() != c.batches || size != c.size {
			t.Errorf("%d observations: %d batches of %d, want %d of %d", c.n, s.N(), size, c.batches, c.size)
		}
		for i := range s.Num { // consecutive whole numbers from i·size
			first, n := float64(i)*float64(size), float64(size)
			near(t, "batch", s.Num[i], n*first+n*(n-1)/2, 0)
			near(t, "batch", s.Den[i], 2*n, 0)
		}
	}
	var b Batches
	b.Add(1, 1)
	s, _ := b.Sample()
	s.Num[0] = 7
	if again, _ := b.Sample(); again.Num[0] != 1 {
		t.Error("a sample shares memory with its batches")
	}
}

func TestNeighboursAreToldFromStrangers(t *testing.T) {
	// 0 and 1 in turns are as unlike as can be; a slow wave is alike; so is a trend.
	var turns, wave, trend, still Sample
	for i := range 40 {
		turns.Add(float64(i%2), 1)
		wave.Add(math.Sin(float64(i)/4), 1)
		trend.Add(float64(i), 1)
		still.Add(3, 1)
	}
	for _, c := range []struct {
		name string
		s    Sample
		want bool
	}{{"turns", turns, false}, {"wave", wave, true}, {"trend", trend, true}, {"still", still, false}, {"none", Sample{}, false}} {
		if got := alike(c.s); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	random, found := rand.New(rand.NewPCG(41, 1)), 0
	for range experiments {
		var s Sample
		for range 30 {
			den := 1 + random.Float64()
			s.Add(den*random.NormFloat64(), den)
		}
		found += one(alike(s))
	}
	share(t, "strangers taken for neighbours", found, 0.035, 0.065)
}

func TestCorrelatedRunsAskForMore(t *testing.T) {
	random := rand.New(rand.NewPCG(42, 1))
	for _, c := range []struct {
		n         int
		low, high float64 // share of runs that are long enough
	}{{15, 0, 0}, {100, 0, 0.05}, {1000, 0.2, 0.9}, {16_000, 0.97, 1}} {
		enough, covered, asked := 0, 0, 200
		for range asked {
			e, ok := autoregressive(random, 0.9, c.n).Estimate(0.95)
			enough += one(ok)
			covered += one(ok && e.Low() <= 5 && 5 <= e.High())
		}
		part := float64(enough) / float64(asked)
		t.Logf("%d observations: %.3f long enough, %.3f of them cover", c.n, part, float64(covered)/max(1, float64(enough)))
		if part < c.low || part > c.high {
			t.Errorf("%d observations: %g are long enough, want %g to %g", c.n, part, c.low, c.high)
		}
		if c.n == 16_000 && float64(covered)/float64(enough) < 0.90 {
			t.Errorf("%d of %d cover", covered, enough)
		}
	}
}
