package dist_test

import (
	"math"
	"strings"
	"testing"

	"fairline/simulations/dist"
)

func TestFitHasTheMoments(t *testing.T) {
	for _, c := range []struct {
		name     string
		mean, sd float64
	}{
		{"constant", 300, 0},
		{"exponential", 300, 300},
		{"gamma", 300, 30}, {"gamma", 300, 900},
		{"lognormal", 300, 30}, {"lognormal", 0.3, 3},
		{"weibull", 300, 0.1}, {"weibull", 300, 3}, {"weibull", 300, 9}, {"weibull", 300, 30}, {"weibull", 300, 300},
		{"weibull", 300, 6000}, {"weibull", 300, 90000},
		{"hyperexponential", 300, 300.001}, {"hyperexponential", 300, 900}, {"hyperexponential", 300, 90000},
		{"erlang", 300, 150}, {"erlang", 300, 300}, {"erlang", 300, 3},
		{"normal", 300, 0.01}, {"normal", 300, 60}, {"normal", 300, 200}, {"normal", 300, 295},
		{"uniform", 300, 20}, {"uniform", 300, 300 / math.Sqrt(3)},
	} {
		law, err := dist.Fit(c.name, c.mean, c.sd)
		if err != nil {
			t.Errorf("%s, mean %g, sd %g: %v", c.name, c.mean, c.sd, err)
			continue
		}
		if !near(law.Mean(), c.mean, 1e-9) || !near(law.SD(), c.sd, 1e-8) {
			t.Errorf("%s, mean %g, sd %g: it has mean %.12g and sd %.12g", c.name, c.mean, c.sd, law.Mean(), law.SD())
		}
		if !strings.HasPrefix(law.String(), c.name) {
			t.Errorf("the law named %s says it is %s", c.name, law)
		}
		// The sum over quantiles is another witness than the formula; where the law is wide it would have to be long.
		if c.sd > c.mean {
			continue
		}
		if mean, sd := integrate(law); !near(mean, c.mean, 1e-5) || c.sd > 0 && !near(sd, c.sd, 1e-5) {
			t.Errorf("%v: its quantiles have mean %g and sd %g, want %g and %g", law, mean, sd, c.mean, c.sd)
		}
	}
}

func TestFitErlangTakesTheNearest(t *testing.T) {
	for _, c := range []struct{ sd, want float64 }{{100, 100}, {101, 100}, {110, 300 / math.Sqrt(7)}, {400, 300}} {
		law := must(dist.Fit("erlang", 300, c.sd))
		if !near(law.SD(), c.want, 1e-12) {
			t.Errorf("%v: for sd %g it has %g, want %g", law, c.sd, law.SD(), c.want)
		}
	}
}

func TestBalancedMeans(t *testing.T) {
	// cv^2 = 3: weights (1 ± 1/sqrt 2)/2, and each part has half of the mean.
	law := must(dist.HyperexponentialFit(1, math.Sqrt(3)))
	p := (1 + math.Sqrt(0.5)) / 2
	want := must(dist.Hyperexponential([]dist.Part{{p, 0.5 / p}, {1 - p, 0.5 / (1 - p)}}))
	for _, x := range []float64{0.01, 0.5, 1, 3, 10} {
		if got, want := dist.CDF(law, x), dist.CDF(want, x); !near(got, want, 1e-12) {
			t.Errorf("CDF(%g) = %.15g, want %.15g", x, got, want)
		}
	}
}

func TestFitValues(t *testing.T) {
	values := []float64{100, 250, 330, 90, 410, 1200, 75}
	const mean, sd = 350.7142857142857, 396.2788219952017 // of a sample: the squares summed by n-1
	for name, wantSD := range map[string]float64{
		"gamma": sd, "lognormal": sd, "weibull": sd, "hyperexponential": sd, "constant": 0, "exponential": mean,
		"empirical": sd * math.Sqrt(6./7),
	} {
		law, err := dist.FitValues(name, values)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if !near(law.Mean(), mean, 1e-9) || !near(law.SD(), wantSD, 1e-9) {
			t.Errorf("%s: mean %.12g and sd %.12g, want %.12g and %.12g", name, law.Mean(), law.SD(), mean, wantSD)
		}
	}
}
