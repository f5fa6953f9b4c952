package dist_test

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"

	"fairline/simulations/dist"
)

// near reports whether got is want but for a relative error.
func near(got, want, relative float64) bool {
	return got == want || math.Abs(got-want) <= relative*math.Abs(want)
}

// A reference is what another library knows of a law.
type reference interface {
	CDF(x float64) float64
	Mean() float64
	StdDev() float64
}

// TestLawsAreThoseOfGonum compares whole distribution functions, which is more than a test of Kolmogorov and Smirnov can see.
func TestLawsAreThoseOfGonum(t *testing.T) {
	for _, c := range []struct {
		law  dist.Law
		want reference
	}{
		{must(dist.Exponential(4)), distuv.Exponential{Rate: 0.25}},
		{must(dist.Uniform(2, 9)), distuv.Uniform{Min: 2, Max: 9}},
		{must(dist.Triangular(2, 3, 9)), distuv.NewTriangle(2, 9, 3, nil)},
		{must(dist.Erlang(5, 10)), distuv.Gamma{Alpha: 5, Beta: 0.5}},
		{must(dist.Gamma(6, 3)), distuv.Gamma{Alpha: 4, Beta: 4. / 6}},
		{must(dist.Gamma(3, 6)), distuv.Gamma{Alpha: 0.25, Beta: 0.25 / 3}},
		{must(dist.Lognormal(math.Exp(1.125), math.Exp(1.125)*math.Sqrt(math.Expm1(0.25)))), distuv.LogNormal{Mu: 1, Sigma: 0.5}},
		{must(dist.WeibullShape(1.7, 5)), distuv.Weibull{K: 1.7, Lambda: 5}},
		{must(dist.WeibullShape(0.4, 5)), distuv.Weibull{K: 0.4, Lambda: 5}},
		{must(dist.Pareto(3.5, 2)), distuv.Pareto{Alpha: 3.5, Xm: 2}},
		{must(dist.Pareto(1.5, 2)), distuv.Pareto{Alpha: 1.5, Xm: 2}},
		{must(dist.Pareto(0.5, 2)), distuv.Pareto{Alpha: 0.5, Xm: 2}},
	} {
		if !near(c.law.Mean(), c.want.Mean(), 1e-12) || !near(c.law.SD(), c.want.StdDev(), 1e-12) {
			t.Errorf("%v: mean %g and sd %g, want %g and %g", c.law, c.law.Mean(), c.law.SD(), c.want.Mean(), c.want.StdDev())
		}
		for _, u := range grid() {
			if got := c.want.CDF(c.law.Quantile(u)); math.Abs(got-u) > 1e-9 {
				t.Errorf("%v: the CDF at Quantile(%g) is off by %g", c.law, u, got-u)
				break
			}
		}
	}
}

func TestStandardNormal(t *testing.T) {
	for _, c := range []struct{ x, phi float64 }{ // 20 digits of Abramowitz and Stegun 1964, tables 26.1 and 26.2, cut
		{0, 0.5},
		{-1, 0.15865525393145705},
		{-2, 0.022750131948179207},
		{-6, 9.8658764503769814e-10},
		{1, 0.84134474606854295},
	} {
		if got := dist.Phi(c.x); !near(got, c.phi, 1e-14) {
			t.Errorf("Phi(%g) = %.17g, want %.17g", c.x, got, c.phi)
		}
		if got := dist.Normal01(c.phi); math.Abs(got-c.x) > 1e-14 {
			t.Errorf("Normal01(%g) = %.17g, want %g", c.phi, got, c.x)
		}
	}
	for _, u := range grid() {
		if got := dist.Phi(dist.Normal01(u)); !near(got, u, 1e-12) {
			t.Errorf("Phi(Normal01(%g)) = %g", u, got)
		}
	}
}

// TestAntitheticNumbersMirror: in a symmetrical law 1-u makes the number on the other side of the mean.
func TestAntitheticNumbersMirror(t *testing.T) {
	for _, law := range []dist.Law{must(dist.Uniform(2, 9)), must(dist.Triangular(1, 4, 7)), must(dist.Normal(1000, 100))} {
		for i := range 1000 {
			u := (float64(i) + 0.5) / 1024 // 1-u is exact
			if got := law.Quantile(u) + law.Quantile(1-u); !near(got, 2*law.Mean(), 1e-12) {
				t.Errorf("%v: quantiles of %g and its mirror sum to %g, want %g", law, u, got, 2*law.Mean())
			}
		}
	}
}

// TestTailsKeepTheirDigits: where a table ends quantiles are right to the last u there is.
func TestTailsKeepTheirDigits(t *testing.T) {
	gamma := must(dist.Gamma(4, 2))
	hyper := must(dist.Hyperexponential([]dist.Part{{1, 10}, {3, 1}}))
	phases := must(dist.PhaseType([]float64{0.25, 0.75}, [][]float64{{-0.1, 0}, {0, -1}}))
	mixture := must(dist.Mixture([]float64{1, 3}, []dist.Law{must(dist.Exponential(10)), must(dist.Exponential(1))}))
	above := func(x float64) float64 { return 0.25*math.Exp(-x/10) + 0.75*math.Exp(-x) }
	below := func(x float64) float64 { return -0.25*math.Expm1(-x/10) - 0.75*math.Expm1(-x) }
	for e := 5.0; e <= 53; e++ {
		p := math.Pow(2, -e)
		if got := mathext.GammaIncRegComp(4, gamma.Quantile(1-p)); math.Abs(got/p-1) > 1e-6 {
			t.Errorf("%v: survival of Quantile(1-%g) is %g", gamma, p, got)
		}
		if got := mathext.GammaIncReg(4, gamma.Quantile(p*p)); math.Abs(got/p/p-1) > 1e-6 {
			t.Errorf("%v: CDF of Quantile(%g) is %g", gamma, p*p, got)
		}
		for _, law := range []dist.Law{hyper, phases, mixture} {
			if got := above(law.Quantile(1 - p)); !near(got, p, 1e-6) {
				t.Errorf("%v: survival of Quantile(1-%g) is %g", law, p, got)
			}
			if got := below(law.Quantile(p * p)); !near(got, p*p, 1e-6) {
				t.Errorf("%v: CDF of Quantile(%g) is %g", law, p*p, got)
			}
		}
	}
}

func TestPhaseTypesOfKnownLaw(t *testing.T) {
	for _, c := range []struct {
		law, want dist.Law
	}{
		{must(dist.PhaseType([]float64{1}, [][]float64{{-0.25}})), must(dist.Exponential(4))},
		{must(dist.PhaseType([]float64{1, 0, 0}, [][]float64{{-2, 2, 0}, {0, -2, 2}, {0, 0, -2}})), must(dist.Erlang(3, 1.5))},
		{must(dist.PhaseType([]float64{0.7, 0.3}, [][]float64{{-0.5, 0}, {0, -0.01}})),
			must(dist.Hyperexponential([]dist.Part{{7, 2}, {3, 100}}))},
	} {
		if !near(c.law.Mean(), c.want.Mean(), 1e-12) || !near(c.law.SD(), c.want.SD(), 1e-12) {
			t.Errorf("%v: mean %g and sd %g, want %g and %g", c.law, c.law.Mean(), c.law.SD(), c.want.Mean(), c.want.SD())
		}
		for _, u := range grid() {
			if got := dist.CDF(c.want, c.law.Quantile(u)); math.Abs(got-u) > 1e-9 {
				t.Errorf("%v: the CDF at Quantile(%g) is off by %g", c.law, u, got-u)
				break
			}
		}
	}
}

func TestEmpiricalByHand(t *testing.T) {
	values := []float64{7, 1, 3, 3}
	law := must(dist.Empirical(values))
	values[0] = 100
	for _, c := range []struct{ u, want float64 }{
		{1e-9, 1}, {0.2499, 1}, {0.25, 1}, {0.2501, 3}, {0.5, 3}, {0.75, 3}, {0.7501, 7}, {1 - 1e-9, 7},
	} {
		if got := law.Quantile(c.u); got != c.want {
			t.Errorf("Quantile(%g) = %g, want %g", c.u, got, c.want)
		}
	}
	if law.Mean() != 3.5 || law.SD() != math.Sqrt(4.75) {
		t.Errorf("mean %g and sd %g, want 3.5 and %g", law.Mean(), law.SD(), math.Sqrt(4.75))
	}
	for _, c := range []struct{ x, want float64 }{{0.9, 0}, {1, 0.25}, {3, 0.75}, {6.9, 0.75}, {7, 1}} {
		if got := dist.CDF(law, c.x); got != c.want {
			t.Errorf("CDF(%g) = %g, want %g", c.x, got, c.want)
		}
		if got := dist.CDF(opaque{law}, c.x); math.Abs(got-c.want) > 1e-15 {
			t.Errorf("CDF(%g) of a law that does not tell is %g, want %g", c.x, got, c.want)
		}
	}
	// Each rank has its own u, also where n*u is not exact.
	for n := 1; n <= 300; n++ {
		ranks := make([]float64, n)
		for i := range ranks {
			ranks[i] = float64(i + 1)
		}
		law := must(dist.Empirical(ranks))
		for k := 1; k < n; k++ {
			if got := law.Quantile(float64(k) / float64(n)); got != float64(k) {
				t.Fatalf("of 1 to %d, the quantile of %d/%d is %g", n, k, n, got)
			}
		}
	}
}

func TestCutAtALimit(t *testing.T) {
	const m, limit = 300.0, 500.0
	short := math.Exp(-limit / m)
	mean, square := m*(1-short), 2*m*m*(1-short*(1+limit/m))
	exponential := must(dist.Exponential(m))
	for _, law := range []dist.Law{
		must(dist.AtMost(limit, exponential)),
		must(dist.AtMost(limit, must(dist.AtMost(2*limit, exponential)))),
		must(dist.AtMost(limit, must(dist.Scaled(m, must(dist.Exponential(1)))))),
		must(dist.AtMost(limit, must(dist.Erlang(1, m)))),
		must(dist.AtMost(limit, opaque{exponential})),
		must(dist.AtMost(limit, must(dist.Mixture([]float64{1, 2}, []dist.Law{exponential, exponential})))),
	} {
		if sd := math.Sqrt(square - mean*mean); !near(law.Mean(), mean, 1e-8) || !near(law.SD(), sd, 1e-8) {
			t.Errorf("%v: mean %.12g and sd %.12g, want %.12g and %.12g", law, law.Mean(), law.SD(), mean, sd)
		}
		if got := dist.CDF(law, limit); got != 1 {
			t.Errorf("%v: CDF(%g) = %g, want 1", law, limit, got)
		}
	}
	heavy := must(dist.AtMost(8, must(dist.Pareto(1, 2)))) // the mean is the integral of the survival, 2 + 2 ln 4
	if want := 2 + 2*math.Log(4); !near(heavy.Mean(), want, 1e-8) {
		t.Errorf("%v: mean %.12g, want %.12g", heavy, heavy.Mean(), want)
	}
	few := must(dist.AtMost(4, must(dist.Shifted(1, must(dist.Empirical([]float64{1, 2, 9}))))))
	if want := math.Sqrt(2. / 3); few.Mean() != 3 || !near(few.SD(), want, 1e-12) {
		t.Errorf("%v: mean %g and sd %g, want 3 and %g", few, few.Mean(), few.SD(), want)
	}
}

// TestAtomsAreExact: of a mixture a constant, and the values of an empirical law, come out to the last bit, in the table as in the
// tails, and as often as they should.
func TestAtomsAreExact(t *testing.T) {
	exponential := must(dist.Exponential(1))
	tiny, third := must(dist.Constant(1e-9)), must(dist.Constant(1./3))
	far, zero := must(dist.Constant(100)), must(dist.Constant(0))
	law := must(dist.Mixture([]float64{1e-4, 0.3, 1e-4, 0.1, 0.5998}, []dist.Law{tiny, third, far, zero, exponential}))
	without := must(dist.Mixture([]float64{1e-4, 0.3, 1e-4, 0.6998}, []dist.Law{tiny, third, far, exponential}))
	for _, c := range []struct {
		law     dist.Law
		u, want float64
	}{
		{law, 1e-9, 0}, {law, 0.0999, 0}, {law, 0.10005, 1e-9},
		{law, 0.1001 + 0.5998*-math.Expm1(-1./3) + 1e-9, 1. / 3}, {law, 0.4 + 0.5998*-math.Expm1(-1./3), 1. / 3},
		{law, 1 - 9.9e-5, 100}, {law, 1 - 1e-9, 100},
		{without, 1e-8, 1e-9}, {without, 9.9e-5, 1e-9}, {without, 1 - 9.9e-5, 100},
	} {
		if got := c.law.Quantile(c.u); got != c.want {
			t.Errorf("Quantile(%g) = %.17g, want %.17g", c.u, got, c.want)
		}
	}
	var values []float64
	for i := range 3000 {
		values = append(values, math.Sqrt(float64(i+1)))
	}
	many := must(dist.Mixture([]float64{1, 1e-3}, []dist.Law{must(dist.Empirical(values)), exponential}))
	for i, v := range values { // so many atoms and so few other numbers that there is no table
		u := (dist.CDF(many, v) + dist.CDF(many, math.Nextafter(v, 0))) / 2
		if got := many.Quantile(u); got != v {
			t.Errorf("value %d of a mixture of an empirical law is %.17g, want %.17g", i, got, v)
		}
	}
}

// TestPhaseTypeFarOut: its distribution function is asked for far beyond its own numbers where it is mixed with a wider law.
func TestPhaseTypeFarOut(t *testing.T) {
	law := must(dist.PhaseType([]float64{1, 0}, [][]float64{{-2, 2}, {0, -2}}))
	for _, x := range []float64{0, 5e-324, 1e-300, 1e-100, 1e-9, 0.1, 3, 30, 300} {
		if got, want := dist.CDF(law, x), mathext.GammaIncReg(2, 2*x); x > 0 && !near(got, want, 1e-13) || x == 0 && got != 0 {
			t.Errorf("CDF(%g) = %g, want %g", x, got, want)
		}
	}
	slow := must(dist.PhaseType([]float64{1}, [][]float64{{-0.1}}))
	if got := dist.CDF(slow, 5e-324); got != 0 { // the least number there is, times the rate, is 0
		t.Errorf("%v: CDF(5e-324) = %g, want 0", slow, got)
	}
	n := 40 // phases in a row: the end takes as many jumps at the least
	start, rates := make([]float64, n), make([][]float64, n)
	for i := range rates {
		rates[i] = make([]float64, n)
		if rates[i][i] = -1; i+1 < n {
			rates[i][i+1] = 1
		}
	}
	start[0] = 1
	row := must(dist.PhaseType(start, rates))
	for _, x := range []float64{0.01, 0.5, 5, 40, 90} {
		if got, want := dist.CDF(row, x), mathext.GammaIncReg(40, x); !near(got, want, 1e-12) {
			t.Errorf("40 phases in a row: CDF(%g) = %g, want %g", x, got, want)
		}
	}
	for _, x := range []float64{1e3, 1e9, 1e300, math.Inf(1)} {
		if got := dist.CDF(law, x); got != 1 {
			t.Errorf("CDF(%g) = %g, want 1", x, got)
		}
	}
	mixed := must(dist.Mixture([]float64{1, 1}, []dist.Law{law, must(dist.Exponential(1e9))}))
	if got, want := mixed.Quantile(0.75), 1e9*math.Ln2; !near(got, want, 1e-9) {
		t.Errorf("%v: Quantile(0.75) = %g, want %g", mixed, got, want)
	}
}

// TestDrawsDoNotAllocate holds the promise of Quantile, in the table and where it is solved.
func TestDrawsDoNotAllocate(t *testing.T) {
	for _, law := range append(smooth(), jumps()...) {
		for _, u := range []float64{1e-6, 0.3, 1 - 1e-6} {
			if n := testing.AllocsPerRun(10, func() { law.Quantile(u) }); n != 0 {
				t.Errorf("%v: Quantile(%g) allocates %g times", law, u, n)
			}
		}
	}
}
