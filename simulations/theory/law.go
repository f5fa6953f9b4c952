package theory

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mathext"
)

// A Law is a distribution of times that are never negative.
type Law interface {
	Moment(k int) float64    // E[X^k], k from 1
	Tail(x float64) float64  // P(X > x), x from 0
	Upto(x float64) float64  // E[min(X, x)], x from 0; +Inf gives the mean
	Check() error            // what is wrong with the parameters, if anything is
	kinks() (list []float64) // where Tail is not smooth, in rising order
}

// Exponential is the law without memory.
type Exponential struct{ Mean float64 }

// Moment returns k!·mean^k.
func (l Exponential) Moment(k int) float64 {
	return math.Gamma(float64(k)+1) * math.Pow(l.Mean, float64(k))
}

// Tail returns e^{−x/mean}.
func (l Exponential) Tail(x float64) float64 { return math.Exp(-x / l.Mean) }

// Upto returns mean·(1 − e^{−x/mean}).
func (l Exponential) Upto(x float64) float64 { return -l.Mean * math.Expm1(-x/l.Mean) }

// Check wants a positive mean.
func (l Exponential) Check() error {
	return positive([]string{"the mean of an exponential time"}, l.Mean)
}
func (Exponential) kinks() (no []float64) { return nil }

// Fixed is a time that is always the same.
type Fixed struct{ Value float64 }

// Moment returns value^k.
func (l Fixed) Moment(k int) float64 { return math.Pow(l.Value, float64(k)) }

// Tail is 1 below the value.
func (l Fixed) Tail(x float64) float64 {
	if x < l.Value {
		return 1
	}
	return 0
}

// Upto returns the lesser of value and x.
func (l Fixed) Upto(x float64) float64 { return min(l.Value, x) }

// Check wants a positive value.
func (l Fixed) Check() error     { return positive([]string{"a fixed time"}, l.Value) }
func (l Fixed) kinks() []float64 { return []float64{l.Value} }

// Uniform is a time that is anywhere between two bounds.
type Uniform struct{ Low, High float64 }

// Moment returns (high^{k+1} − low^{k+1})/((k+1)(high − low)).
func (l Uniform) Moment(k int) float64 {
	sum := 0.0
	for i := 0; i <= k; i++ {
		sum += math.Pow(l.Low, float64(i)) * math.Pow(l.High, float64(k-i))
	}
	return sum / float64(k+1)
}

// Tail falls in a straight line from low to high.
func (l Uniform) Tail(x float64) float64 { return min(1, max(0, (l.High-x)/(l.High-l.Low))) }

// Upto returns E[min(X, x)].
func (l Uniform) Upto(x float64) float64 {
	x = min(x, l.High)
	if x <= l.Low {
		return x
	}
	return x - (x-l.Low)*(x-l.Low)/(2*(l.High-l.Low))
}

// Check wants 0 ≤ low < high.
func (l Uniform) Check() error {
	if !(l.Low >= 0 && l.Low < l.High) || math.IsInf(l.High, 1) {
		return fmt.Errorf("a uniform time from %v to %v: want bounds of 0 or more, the first below the second", l.Low, l.High)
	}
	return nil
}
func (l Uniform) kinks() []float64 { return []float64{l.Low, l.High} }

// Gamma is a sum of Shape exponential steps, of which there may be a part of one. Erlang's law is a Gamma with a whole Shape.
type Gamma struct{ Shape, Mean float64 }

// Erlang returns the law of a number of exponential steps that take mean together.
func Erlang(steps int, mean float64) Gamma { return Gamma{Shape: float64(steps), Mean: mean} }

// Moment returns the product of mean·(shape + i)/shape over i < k.
func (l Gamma) Moment(k int) float64 {
	m := 1.0
	for i := range k {
		m *= l.Mean * (l.Shape + float64(i)) / l.Shape
	}
	return m
}

// Tail returns the upper incomplete gamma function, regularised.
func (l Gamma) Tail(x float64) float64 {
	if math.IsInf(x, 1) {
		return 0
	}
	return mathext.GammaIncRegComp(l.Shape, x*l.Shape/l.Mean)
}

// Upto returns E[min(X, x)].
func (l Gamma) Upto(x float64) float64 {
	if math.IsInf(x, 1) {
		return l.Mean
	}
	return l.Mean*mathext.GammaIncReg(l.Shape+1, x*l.Shape/l.Mean) + x*l.Tail(x)
}

// Check wants a positive shape and mean.
func (l Gamma) Check() error {
	return positive([]string{"the shape of a gamma time", "the mean of a gamma time"}, l.Shape, l.Mean)
}
func (Gamma) kinks() (no []float64) { return nil }

// Lognormal is a time whose logarithm is normal, as handling times of calls often are (Brown et al. 2005). CV is the standard
// deviation over the mean.
type Lognormal struct{ Mean, CV float64 }

// logs returns the mean and the standard deviation of the logarithm.
func (l Lognormal) logs() (mu, sigma float64) {
	v := math.Log1p(l.CV * l.CV)
	return math.Log(l.Mean) - v/2, math.Sqrt(v)
}

// Moment returns mean^k·(1 + cv²)^{k(k−1)/2}.
func (l Lognormal) Moment(k int) float64 {
	n := float64(k)
	return math.Pow(l.Mean, n) * math.Pow(1+l.CV*l.CV, n*(n-1)/2)
}

// Tail returns P(X > x).
func (l Lognormal) Tail(x float64) float64 {
	mu, sigma := l.logs()
	return normalCDF((mu - math.Log(x)) / sigma)
}

// Upto returns E[min(X, x)].
func (l Lognormal) Upto(x float64) float64 {
	if x == 0 || math.IsInf(x, 1) {
		return min(x, l.Mean)
	}
	mu, sigma := l.logs()
	z := (math.Log(x) - mu) / sigma
	return l.Mean*normalCDF(z-sigma) + x*normalCDF(-z)
}

// Check wants a positive mean and coefficient of variation.
func (l Lognormal) Check() error {
	return positive([]string{"the mean of a lognormal time", "the coefficient of variation of a lognormal time"}, l.Mean, l.CV)
}
func (Lognormal) kinks() (no []float64) { return nil }

// Hyperexponential is one of several exponential times: Means[i] with probability Parts[i].
type Hyperexponential struct{ Parts, Means []float64 }

// BalancedMeans returns the mix of two exponential times with the mean and the squared coefficient of variation (1 or more)
// to which both contribute the same.
func BalancedMeans(mean, scv float64) Hyperexponential {
	p := (1 + math.Sqrt((scv-1)/(scv+1))) / 2
	return Hyperexponential{Parts: []float64{p, 1 - p}, Means: []float64{mean / 2 / p, mean / 2 / (1 - p)}}
}

// sum adds a function of the exponential parts.
func (l Hyperexponential) sum(f func(Exponential) float64) (total float64) {
	for i, p := range l.Parts {
		total += p * f(Exponential{l.Means[i]})
	}
	return total
}

// Moment returns E[X^k].
func (l Hyperexponential) Moment(k int) float64 {
	return l.sum(func(e Exponential) float64 { return e.Moment(k) })
}

// Tail returns P(X > x).
func (l Hyperexponential) Tail(x float64) float64 {
	return l.sum(func(e Exponential) float64 { return e.Tail(x) })
}

// Upto returns E[min(X, x)].
func (l Hyperexponential) Upto(x float64) float64 {
	return l.sum(func(e Exponential) float64 { return e.Upto(x) })
}

// Check wants as many parts as means, positive, that add to 1.
func (l Hyperexponential) Check() error {
	total := 0.0
	for i, p := range l.Parts {
		total += p
		if i >= len(l.Means) || !(p > 0) || Exponential.Check(Exponential{l.Means[i]}) != nil {
			return fmt.Errorf("a hyperexponential time with parts %v and means %v: want a positive mean for each positive part", l.Parts, l.Means)
		}
	}
	if len(l.Parts) != len(l.Means) || math.Abs(total-1) > 1e-9 {
		return fmt.Errorf("a hyperexponential time with parts %v: want parts that add to 1, and as many means", l.Parts)
	}
	return nil
}
func (Hyperexponential) kinks() (no []float64) { return nil }
