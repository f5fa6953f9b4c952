package dist_test

import (
	"math"
	"testing"

	"fairline/simulations/dist"
)

// TestWhatIsRefused takes each constructor out of its range; the message names the law, the rule and what was given.
func TestWhatIsRefused(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	one := must(dist.Constant(1))
	refused := func(want string) func(dist.Law, error) {
		return func(law dist.Law, err error) {
			t.Helper()
			if err == nil || err.Error() != want || law != nil {
				t.Errorf("got %v and error %v, want error %s", law, err, want)
			}
		}
	}
	refused("a constant must be 0 or more, not -1")(dist.Constant(-1))
	refused("a constant must be 0 or more, not NaN")(dist.Constant(nan))
	refused("the mean of an exponential law must be positive, not 0")(dist.Exponential(0))
	refused("the mean of an exponential law must be positive, not +Inf")(dist.Exponential(inf))
	refused("the low end of a uniform law must be 0 or more, not -1")(dist.Uniform(-1, 1))
	refused("the high end of a uniform law must be above its low end 1, not 1")(dist.Uniform(1, 1))
	refused("the high end of a triangular law must be above its low end 1, not +Inf")(dist.Triangular(1, 2, inf))
	refused("the mode of a triangular law must be from its low end 1 to its high end 2, not 3")(dist.Triangular(1, 3, 2))
	refused("an Erlang law must have from 1 to 1000000 phases, not 0")(dist.Erlang(0, 1))
	refused("the mean of an Erlang law must be positive, not -3")(dist.Erlang(2, -3))
	refused("the standard deviation of a gamma law must be positive, not 0")(dist.Gamma(1, 0))
	refused("the mean of a gamma law must be positive, not NaN")(dist.Gamma(nan, 1))
	refused("the standard deviation of a gamma law must be from 0.001 to 5 times its mean, not 6 times")(dist.Gamma(1, 6))
	refused("the standard deviation of a normal law must be positive, not 0")(dist.Normal(1, 0))
	refused("the mean of a normal law must be -30 standard deviations or more, not -31")(dist.Normal(-31, 1))
	refused("the mean of a lognormal law must be positive, not 0")(dist.Lognormal(0, 1))
	refused("the standard deviation of a lognormal law must be positive, not -1")(dist.Lognormal(1, -1))
	refused("the standard deviation of a Weibull law must be from 0.0001 to 400 times its mean, not 500 times")(
		dist.Weibull(1, 500))
	refused("the shape of a Weibull law must be from 0.1 to 100000, not 0")(dist.WeibullShape(0, 1))
	refused("the scale of a Weibull law must be positive, not 0")(dist.WeibullShape(1, 0))
	refused("the shape of a Pareto law must be 0.1 or more, not 0")(dist.Pareto(0, 1))
	refused("the least number of a Pareto law must be positive, not 0")(dist.Pareto(1, 0))
	refused("a hyperexponential law needs a part: a weight and a mean")(dist.Hyperexponential(nil))
	refused("the weight of part 1 of a hyperexponential law must be positive, not -1")(
		dist.Hyperexponential([]dist.Part{{-1, 2}}))
	refused("the mean of part 2 of a hyperexponential law must be positive, not 0")(
		dist.Hyperexponential([]dist.Part{{1, 2}, {1, 0}}))
	refused("the standard deviation of a hyperexponential law must be above its mean 2 and at most 1000 times as large, not 2")(
		dist.HyperexponentialFit(2, 2))
	refused("an empirical law needs a value")(dist.Empirical(nil))
	refused("value 2 of an empirical law must be 0 or more, not -1")(dist.Empirical([]float64{1, -1}))
	refused("a mixture needs as many weights as laws, and one or more, not 0 weights and 0 laws")(dist.Mixture(nil, nil))
	refused("a mixture needs as many weights as laws, and one or more, not 2 weights and 1 laws")(
		dist.Mixture([]float64{1, 1}, []dist.Law{one}))
	refused("weight 1 of a mixture must be positive, not 0")(dist.Mixture([]float64{0}, []dist.Law{one}))
	refused("law 1 of a mixture is missing")(dist.Mixture([]float64{1}, []dist.Law{nil}))
	refused("what a law is shifted by must be 0 or more, not -1")(dist.Shifted(-1, one))
	refused("what a law is scaled by must be positive, not 0")(dist.Scaled(0, one))
	refused("the limit of a law must be 0 or more, not NaN")(dist.AtMost(nan, one))
	refused("the law to be changed is missing")(dist.AtMost(1, nil))
}

func TestPhasesThatAreRefused(t *testing.T) {
	one := []float64{1}
	for _, c := range []struct {
		start []float64
		rates [][]float64
		want  string
	}{
		{nil, nil, "a phase-type law needs a phase"},
		{[]float64{-1, 2}, nil, "the probability of a phase-type law to begin in phase 1 must be 0 or more, not -1"},
		{[]float64{0.5}, nil, "the probabilities of a phase-type law to begin in its phases must sum to 1, not 0.5"},
		{one, nil, "a phase-type law that begins in one of 1 phases needs 1 rows of rates, not 0"},
		{one, [][]float64{{-1, 1}}, "row 1 of the rates of a phase-type law must have 1 numbers, not 2"},
		{one, [][]float64{{0}}, "rate 1 of row 1 of a phase-type law, what leaves the phase, must be negative, not 0"},
		{[]float64{0, 1}, [][]float64{{-1, -1}, {0, -1}},
			"the rate of a phase-type law from phase 1 to phase 2 must be 0 or more, not -1"},
		{[]float64{0, 1}, [][]float64{{-1, 2}, {0, -1}},
			"the rates from phase 1 of a phase-type law to others sum to more than what leaves it, 1"},
		{[]float64{0, 1}, [][]float64{{-1, 1}, {1, -1}}, "from some phase of a phase-type law the end is not reached: the rates from" +
			" each phase must leave something for the end, or lead to a phase that does"},
		{[]float64{0.5, 0.5}, [][]float64{{-1e6, 0}, {0, -1}},
			"the fastest phase of a phase-type law is too fast for its mean 0.5000005: make its rate 1000000 smaller"},
	} {
		if law, err := dist.PhaseType(c.start, c.rates); err == nil || err.Error() != c.want || law != nil {
			t.Errorf("got %v and error %v, want error %s", law, err, c.want)
		}
	}
}

func TestFitsThatAreRefused(t *testing.T) {
	for _, c := range []struct {
		name     string
		mean, sd float64
		want     string
	}{
		{"cauchy", 1, 1, `no law named "cauchy" can be fitted to a mean and a standard deviation; it is one of constant, exponential,` +
			` erlang, gamma, lognormal, weibull, hyperexponential, normal, uniform`},
		{"constant", 1, 1, "the standard deviation of a constant must be 0, not 1"},
		{"exponential", 1, 2, "the standard deviation of an exponential law is its mean 1, not 2: leave it out, or take a gamma or" +
			" lognormal law"},
		{"erlang", 1, 2, "no number of phases from 1 to 1000000 gives an Erlang law with mean 1 the standard deviation 2;" +
			" take a hyperexponential law where it is above the mean"},
		{"normal", 1, 1, "a normal law cut off at 0 has a standard deviation below 0.9989 times its mean, not 1 times; take an" +
			" exponential or lognormal one"},
		{"uniform", 3, 3, "a uniform law with mean 3 has a standard deviation of at most 1.7320508075688774, as no number is" +
			" negative, not 3"},
	} {
		if law, err := dist.Fit(c.name, c.mean, c.sd); err == nil || err.Error() != c.want || law != nil {
			t.Errorf("got %v and error %v, want error %s", law, err, c.want)
		}
	}
	for want, values := range map[string][]float64{
		"no law is fitted: an empirical law needs a value":                        nil,
		"no law is fitted: value 2 of an empirical law must be 0 or more, not -5": {1, -5},
		"a standard deviation needs two values, not 1":                            {1},
		"the standard deviation of a gamma law must be positive, not 0":           {2, 2},
	} {
		if law, err := dist.FitValues("gamma", values); err == nil || err.Error() != want || law != nil {
			t.Errorf("got %v and error %v, want error %s", law, err, want)
		}
	}
}

func TestLawsSayWhatTheyAre(t *testing.T) {
	two := must(dist.Constant(2))
	for want, law := range map[string]dist.Law{
		"constant 1000000":                                     must(dist.Constant(1e6)),
		"uniform, low 0, high 0.5":                             must(dist.Uniform(0, 0.5)),
		"triangular, low 1, mode 2, high 4":                    must(dist.Triangular(1, 2, 4)),
		"exponential, mean 300":                                must(dist.Exponential(300)),
		"erlang, phases 3, mean 300":                           must(dist.Erlang(3, 300)),
		"gamma, mean 300, sd 150":                              must(dist.Gamma(300, 150)),
		"normal, mean 300, sd 150":                             must(dist.Normal(300, 150)),
		"lognormal, mean 300, sd 150":                          must(dist.Lognormal(300, 150)),
		"weibull, mean 300, sd 150":                            must(dist.Weibull(300, 150)),
		"weibull, shape 2, scale 300":                          must(dist.WeibullShape(2, 300)),
		"pareto, shape 2, least 10":                            must(dist.Pareto(2, 10)),
		"hyperexponential, mean 300, sd 600":                   must(dist.HyperexponentialFit(300, 600)),
		"empirical, 3 values, mean 4, sd 2.16025":              must(dist.Empirical([]float64{3, 7, 2})),
		"hyperexponential, weight 3 mean 10, weight 1 mean 20": must(dist.Hyperexponential([]dist.Part{{3, 10}, {1, 20}})),
		"phase type, start 0.5 0.5, rates -1 1; 0 -2":          must(dist.PhaseType([]float64{0.5, 0.5}, [][]float64{{-1, 1}, {0, -2}})),
		"mixture, weight 3 of (constant 2), weight 1 of (exponential, mean 5)": must(dist.Mixture([]float64{3, 1},
			[]dist.Law{two, must(dist.Exponential(5))})),
		"shifted by 3, (constant 2)": must(dist.Shifted(3, two)),
		"scaled by 3, (constant 2)":  must(dist.Scaled(3, two)),
		"at most 1, (constant 2)":    must(dist.AtMost(1, two)),
	} {
		if law.String() != want {
			t.Errorf("got %q, want %q", law, want)
		}
	}
}
