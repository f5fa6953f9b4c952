package dist

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"
)

// Fit returns the law of that name with the mean and the standard deviation:
//
//   - constant, with a standard deviation of 0;
//   - exponential, with one equal to the mean (within 1e-9), or of 0 where it is not known;
//   - erlang with the number of phases that comes nearest: (mean/sd)^2, rounded; its SD says what results;
//   - normal, cut off at 0 and with these moments after the cut: its String tells its parent, see Normal;
//   - gamma, lognormal, weibull, uniform;
//   - hyperexponential, with one above the mean.
//
// It is an error where the law cannot have such moments.
func Fit(name string, mean, sd float64) (Law, error) {
	switch name {
	case "constant":
		if sd != 0 {
			return nil, fmt.Errorf("the standard deviation of a constant must be 0, not %s", number(sd))
		}
		return Constant(mean)
	case "exponential":
		if sd != 0 && !(math.Abs(sd-mean) <= 1e-9*mean) {
			return nil, fmt.Errorf("the standard deviation of an exponential law is its mean %s, not %s: leave it out, or take"+
				" a gamma or lognormal law", number(mean), number(sd))
		}
		return Exponential(mean)
	case "erlang":
		return fitErlang(mean, sd)
	case "normal":
		return fitNormal(mean, sd)
	case "gamma":
		return Gamma(mean, sd)
	case "lognormal":
		return Lognormal(mean, sd)
	case "weibull":
		return Weibull(mean, sd)
	case "hyperexponential":
		return HyperexponentialFit(mean, sd)
	case "uniform":
		return fitUniform(mean, sd)
	}
	return nil, fmt.Errorf("no law named %q can be fitted to a mean and a standard deviation; it is one of constant, exponential,"+
		" erlang, gamma, lognormal, weibull, hyperexponential, normal, uniform", name)
}

// FitValues returns the law of that name with the mean and the standard deviation of the values, as Fit does; of the values the
// standard deviation is that of a sample, with n-1. A constant and an exponential law take the mean alone. The name may also be
// empirical: the law of the values themselves.
func FitValues(name string, values []float64) (Law, error) {
	empirical, err := Empirical(values)
	if err != nil {
		return nil, fmt.Errorf("no law is fitted: %w", err)
	}
	switch name {
	case "empirical":
		return empirical, nil
	case "constant", "exponential":
		return Fit(name, empirical.Mean(), 0)
	}
	if len(values) < 2 {
		return nil, fmt.Errorf("a standard deviation needs two values, not %d", len(values))
	}
	mean, sd := stat.MeanStdDev(values, nil)
	return Fit(name, mean, sd)
}

func fitErlang(mean, sd float64) (Law, error) {
	if err := moments("an Erlang law", mean, sd); err != nil {
		return nil, err
	}
	phases := math.Round(mean / sd * mean / sd)
	if phases < 1 || phases > phasesMost {
		return nil, fmt.Errorf("no number of phases from 1 to %d gives an Erlang law with mean %s the standard deviation %s;"+
			" take a hyperexponential law where it is above the mean", phasesMost, number(mean), number(sd))
	}
	return Erlang(int(phases), mean)
}

func fitUniform(mean, sd float64) (Law, error) {
	if err := moments("a uniform law", mean, sd); err != nil {
		return nil, err
	}
	half := sd * math.Sqrt(3)
	if half > mean*(1+1e-9) {
		return nil, fmt.Errorf("a uniform law with mean %s has a standard deviation of at most %s, as no number is negative,"+
			" not %s",
			number(mean), number(mean/math.Sqrt(3)), number(sd))
	}
	return Uniform(max(0, mean-half), mean+half)
}
