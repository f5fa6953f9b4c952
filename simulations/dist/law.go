package dist

import (
	"fmt"
	"math"
	"strconv"
)

// A Law is a distribution of numbers that are never negative.
type Law interface {
	// Quantile returns the least x that a number of this law does not exceed with probability u: the inverse of the
	// distribution function. u is strictly between 0 and 1. It does not decrease in u, but for rounding: us that are next to
	// each other may have quantiles that differ by a last digit the wrong way.
	Quantile(u float64) float64
	// Mean returns the mean; +Inf where there is none.
	Mean() float64
	// SD returns the standard deviation; +Inf where there is none.
	SD() float64
	// String returns the law as a scenario file writes it: "lognormal, mean 300, sd 150".
	String() string
}

// A Cumulative is a Law that knows its distribution function. All laws of this package do.
type Cumulative interface {
	Law
	// CDF returns the probability that a number of this law is not above x, for any x.
	CDF(x float64) float64
}

// CDF returns the probability that a number of the law is not above x. Where the law is no Cumulative it is found by bisection
// of its quantiles, in about 60 of them.
func CDF(law Law, x float64) float64 {
	if c, ok := law.(Cumulative); ok {
		return c.CDF(x)
	}
	low, high := 0.0, 1.0
	for {
		u := low + (high-low)/2
		switch {
		case high < 1e-17:
			return 0
		case u <= low || u >= high:
			return high
		}
		if law.Quantile(u) <= x {
			low = u
		} else {
			high = u
		}
	}
}

// survival returns the probability that a number of the law is above x, without loss of digits where the law knows it.
func survival(law Law, x float64) float64 {
	if l, ok := law.(twoTailed); ok {
		return l.survival(x)
	}
	return 1 - CDF(law, x)
}

// positive returns an error where v, which what names, is not a positive number.
func positive(what string, v float64) error {
	if !(v > 0) || math.IsInf(v, 1) {
		return fmt.Errorf("%s must be positive, not %s", what, number(v))
	}
	return nil
}

// notNegative returns an error where v, which what names, is negative or no number.
func notNegative(what string, v float64) error {
	if !(v >= 0) || math.IsInf(v, 1) {
		return fmt.Errorf("%s must be 0 or more, not %s", what, number(v))
	}
	return nil
}

// moments returns an error where mean and sd of the law, named with its article, are not both positive.
func moments(law string, mean, sd float64) error {
	if err := positive("the mean of "+law, mean); err != nil {
		return err
	}
	return positive("the standard deviation of "+law, sd)
}

// spread returns an error where cv, the standard deviation over the mean of the law, named with its article, is out of range.
func spread(law string, cv, least, most float64) error {
	if !(cv >= least && cv <= most) {
		return fmt.Errorf("the standard deviation of %s must be from %s to %s times its mean, not %s times",
			law, number(least), number(most), number(cv))
	}
	return nil
}

// number returns v as a person writes it: 1000000, not 1e+06.
func number(v float64) string {
	if a := math.Abs(v); a != 0 && (a < 1e-6 || a >= 1e15) {
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}
