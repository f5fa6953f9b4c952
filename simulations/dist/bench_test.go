package dist_test

import (
	"testing"

	"fairline/simulations/dist"
)

// benched returns a law of each kind that is drawn in its own way.
func benched() map[string]func() (dist.Law, error) {
	return map[string]func() (dist.Law, error){
		"constant":         func() (dist.Law, error) { return dist.Constant(300) },
		"exponential":      func() (dist.Law, error) { return dist.Exponential(300) },
		"uniform":          func() (dist.Law, error) { return dist.Uniform(1, 3) },
		"triangular":       func() (dist.Law, error) { return dist.Triangular(1, 2, 4) },
		"lognormal":        func() (dist.Law, error) { return dist.Lognormal(300, 150) },
		"normal":           func() (dist.Law, error) { return dist.Normal(300, 150) },
		"weibull":          func() (dist.Law, error) { return dist.Weibull(300, 150) },
		"pareto":           func() (dist.Law, error) { return dist.Pareto(2.5, 10) },
		"erlang":           func() (dist.Law, error) { return dist.Erlang(3, 300) },
		"gamma":            func() (dist.Law, error) { return dist.Gamma(300, 150) },
		"gamma, wide":      func() (dist.Law, error) { return dist.Gamma(300, 1500) },
		"hyperexponential": func() (dist.Law, error) { return dist.HyperexponentialFit(300, 600) },
		"empirical":        func() (dist.Law, error) { return dist.Empirical([]float64{3, 1, 4, 1, 5, 9, 2, 6}) },
		"phase type": func() (dist.Law, error) {
			return dist.PhaseType([]float64{0.5, 0.5}, [][]float64{{-1, 0.5}, {0.2, -10}})
		},
		"mixture": func() (dist.Law, error) {
			return dist.Mixture([]float64{1, 3}, []dist.Law{must(dist.Constant(5)), must(dist.Lognormal(300, 150))})
		},
	}
}

var drawn float64 // so that no draw is optimized away

// BenchmarkQuantile draws with uniforms in no order, tails too, as a simulator does.
func BenchmarkQuantile(b *testing.B) {
	us := make([]float64, 1<<14)
	for i := range us {
		us[i] = (float64(i*5003%len(us)) + 0.5) / float64(len(us))
	}
	for name, makes := range benched() {
		law := must(makes())
		b.Run(name, func(b *testing.B) {
			for i := range b.N {
				drawn += law.Quantile(us[i&(len(us)-1)])
			}
		})
	}
}

// BenchmarkMake makes laws that come with a table.
func BenchmarkMake(b *testing.B) {
	for _, name := range []string{"gamma", "gamma, wide", "hyperexponential", "phase type", "mixture"} {
		makes := benched()[name]
		b.Run(name, func(b *testing.B) {
			for range b.N {
				drawn += must(makes()).Mean()
			}
		})
	}
}
