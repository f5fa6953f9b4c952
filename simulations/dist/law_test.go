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
	exponential, gamma := must(dist.Exponential(300)), must(dist.Gamma(300, 100))
	return []dist.Law{
		must(dist.Exponential(0.004)),
		exponential,
		must(dist.Lognormal(300, 30)),
		must(dist.Lognormal(300, 150)),
		must(dist.Lognormal(0.1, 0.2)),
		must(dist.Uniform(0, 1)),
		must(dist.Uniform(100, 101)),
		must(dist.Triangular(0, 0, 9)),
		must(dist.Triangular(2, 3, 9)),
		must(dist.Triangular(1, 4, 4)),
		must(dist.Erlang(1, 300)),
		must(dist.Erlang(4, 300)),
		must(dist.Erlang(1000, 0.5)),
		gamma,
		must(dist.Gamma(300, 0.31)),
		must(dist.Gamma(1e-3, 3e-3)),
		must(dist.Normal(300, 60)),
		must(dist.Normal(0, 60)),
		must(dist.Normal(-300, 60)),
		must(dist.Weibull(300, 1)),
		must(dist.Weibull(300, 100)),
		must(dist.WeibullShape(0.6, 300)),
		must(dist.Pareto(30, 4)),
		must(dist.Hyperexponential([]dist.Part{{2, 10}})),
		must(dist.Hyperexponential([]dist.Part{{70, 10}, {20, 300}, {10, 2}})),
		must(dist.HyperexponentialFit(300, 900)),
		must(dist.PhaseType([]float64{0.5, 0.3, 0.2}, [][]float64{{-3, 1, 0}, {0.5, -1, 0.2}, {0, 4, -40}})),
		must(dist.Mixture([]float64{3, 1}, []dist.Law{exponential, gamma})),
		must(dist.Shifted(30, gamma)),
		must(dist.Scaled(0.5, gamma)),
	}
}

// jumps returns laws with atoms, numbers that have a probability, or with gaps between their numbers.
func jumps() []dist.Law {
	exponential, two := must(dist.Exponential(300)), must(dist.Constant(2))
	few := must(dist.Empirical([]float64{3, 1, 4, 1, 5, 9, 2, 6}))
	return []dist.Law{
		must(dist.Constant(0)),
		must(dist.Constant(42)),
		few,
		must(dist.Mixture([]float64{1, 2}, []dist.Law{must(dist.Constant(0)), exponential})),
		must(dist.Mixture([]float64{1, 2}, []dist.Law{two, two})),
		must(dist.Mixture([]float64{1, 2, 5}, []dist.Law{two, must(dist.Uniform(1, 3)), few})),
		must(dist.Mixture([]float64{1, 2}, []dist.Law{two, opaque{exponential}})),
		must(dist.Mixture([]float64{1, 1}, []dist.Law{must(dist.Uniform(1, 2)), must(dist.Normal(6, 1))})),
		must(dist.Shifted(1, few)),
		must(dist.Scaled(3, few)),
		must(dist.AtMost(500, exponential)),
		must(dist.AtMost(4, must(dist.Scaled(0.5, few)))),
		must(dist.AtMost(2.5, must(dist.Mixture([]float64{1, 2}, []dist.Law{must(dist.Constant(1)), must(dist.Pareto(1.5, 1))})))),
		must(dist.AtMost(350, opaque{must(dist.Gamma(300, 100))})),
	}
}

// An opaque law is one from elsewhere: it does not tell its distribution function.
type opaque struct{ law dist.Law }

func (o opaque) Quantile(u float64) float64 { return o.law.Quantile(u) }
func (o opaque) Mean() float64              { return o.law.Mean() }
func (o opaque) SD() float64                { return o.law.SD() }
func (o opaque) String() string             { return "opaque " + o.law.String() }

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
	for _, law := range append(smooth(), jumps()...) {
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

// TestCDFReachesU holds every law, jumps or not, to what a quantile is: the least x where the CDF is u or more.
func TestCDFReachesU(t *testing.T) {
	for _, law := range append(smooth(), jumps()...) {
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
	for _, law := range append(smooth(), jumps()...) {
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
