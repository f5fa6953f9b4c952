package dist_test

import (
	"math"
	"slices"
	"testing"

	"fairline/simulations/dist"
)

// must returns a law that is expected to be valid.
func must(law dist.Law, err error) dist.Law {
	if err != nil {
		panic(err)
	}
	return law
}

// smooth returns laws without atoms and with a moment of every order: the distribution function undoes the quantile.
func smooth() []dist.Law {
	return []dist.Law{
		must(dist.Exponential(0.004)),
		must(dist.Exponential(300)),
		must(dist.Lognormal(300, 30)),
		must(dist.Lognormal(300, 150)),
		must(dist.Lognormal(0.1, 0.2)),
	}
}

// atoms returns laws some of whose numbers have a probability.
func atoms() []dist.Law {
	return []dist.Law{
		must(dist.Constant(0)),
		must(dist.Constant(42)),
	}
}

// grid returns uniforms from one end to the other, dense at the ends.
func grid() (us []float64) {
	for e := -300; e < -3; e++ {
		us = append(us, math.Pow(10, float64(e)))
	}
	for i := 1; i < 20_000; i++ {
		us = append(us, float64(i)/20_000)
	}
	for e := 14.0; e <= 53; e++ {
		us = append(us, 1-math.Pow(2, -e))
	}
	slices.Sort(us)
	return us
}

func TestQuantilesNeverDecrease(t *testing.T) {
	for _, law := range append(smooth(), atoms()...) {
		last := 0.0
		for _, u := range grid() {
			x := law.Quantile(u)
			if !(x >= last) || math.IsInf(x, 1) {
				t.Errorf("%v: Quantile(%g) is %g after %g", law, u, x, last)
				break
			}
			last = x
		}
	}
}

func TestCDFUndoesTheQuantile(t *testing.T) {
	for _, law := range smooth() {
		for _, u := range grid() {
			if got := dist.CDF(law, law.Quantile(u)); math.Abs(got-u) > 1e-9 {
				t.Errorf("%v: CDF(Quantile(%g)) is off by %g", law, u, got-u)
				break
			}
		}
	}
}

// TestCDFReachesU holds every law, atoms or not, to what a quantile is: the least x where the CDF is u or more.
func TestCDFReachesU(t *testing.T) {
	for _, law := range append(smooth(), atoms()...) {
		for _, u := range grid() {
			x := law.Quantile(u)
			if got := dist.CDF(law, x*(1+1e-9)+1e-300); got < u-1e-9 {
				t.Errorf("%v: CDF(Quantile(%g)) is only %g", law, u, got)
				break
			}
			if got := dist.CDF(law, x*(1-1e-9)-1e-300); got > u+1e-9 {
				t.Errorf("%v: below Quantile(%g) the CDF is %g already", law, u, got)
				break
			}
		}
		if got := dist.CDF(law, -1); got != 0 {
			t.Errorf("%v: CDF(-1) is %g, want 0", law, got)
		}
	}
}

// integrate returns the mean and the standard deviation of a law, from its quantiles alone: with u = Phi(t) the integral over u
// has a smooth integrand that falls off fast at both ends, where the trapezoidal rule is at its best.
func integrate(law dist.Law) (mean, sd float64) {
	const h, far = 1.0 / 512, 8.1
	var one, two float64
	for t := -far; t <= far; t += h {
		x := law.Quantile(dist.Phi(t))
		w := h * math.Exp(-t*t/2) / math.Sqrt(2*math.Pi)
		one += w * x
		two += w * (x - law.Mean()) * (x - law.Mean())
	}
	return one, math.Sqrt(two)
}

func TestMomentsAreThoseOfTheQuantiles(t *testing.T) {
	for _, law := range smooth() {
		mean, sd := integrate(law)
		if math.Abs(mean/law.Mean()-1) > 1e-6 {
			t.Errorf("%v: mean %g, the quantiles have %g", law, law.Mean(), mean)
		}
		if math.Abs(sd/law.SD()-1) > 1e-6 {
			t.Errorf("%v: sd %g, the quantiles have %g", law, law.SD(), sd)
		}
	}
}

// TestMomentsOfStratifiedDraws takes the middles of 100,000 equal strata of u, as a simulator would at its best.
func TestMomentsOfStratifiedDraws(t *testing.T) {
	const n = 100_000
	for _, law := range append(smooth(), atoms()...) {
		var one, two float64
		for i := range n {
			x := law.Quantile((float64(i) + 0.5) / n)
			one += x
			two += (x - law.Mean()) * (x - law.Mean())
		}
		mean, sd := one/n, math.Sqrt(two/n)
		if math.Abs(mean-law.Mean()) > 1e-3*law.Mean() {
			t.Errorf("%v: mean %g, draws have %g", law, law.Mean(), mean)
		}
		if math.Abs(sd-law.SD()) > 2e-2*law.SD() {
			t.Errorf("%v: sd %g, draws have %g", law, law.SD(), sd)
		}
	}
}
