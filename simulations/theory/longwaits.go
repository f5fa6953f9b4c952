package theory

import "math"

// longWaits returns I_x(α, j+1) with x = e^{−decay} for j below n: the probability that j + 1 stages, of rates proportional to
// α, α+1, ..., α+j, take longer than decay together. It is the distribution function of a negative binomial number of
// ends of stages, so that it is a sum of positive terms and nothing cancels.
func longWaits(alpha, decay float64, n int) []float64 {
	sums := make([]float64, n)
	if n == 0 {
		return sums
	}
	x, y := math.Exp(-decay), -math.Expm1(-decay)
	// The terms rise to the mode and fall from there. The greatest within reach is computed by itself, the others from it.
	mode := int(min(float64(n-1), max(0, (alpha-1)*y/x)))
	sums[mode] = negativeBinomial(float64(mode), alpha, x, y)
	for b := mode; b > 0; b-- {
		sums[b-1] = sums[b] * float64(b) / (y * (alpha + float64(b-1)))
	}
	for b := mode + 1; b < n; b++ {
		sums[b] = sums[b-1] * y * (alpha + float64(b-1)) / float64(b)
	}
	for b := 1; b < n; b++ {
		sums[b] = min(1, sums[b]+sums[b-1])
	}
	return sums
}

// negativeBinomial returns x^α y^b Γ(α+b)/(Γ(α) b!) by the saddle point of Loader (2000), which keeps its digits for great α
// and b.
func negativeBinomial(b, alpha, x, y float64) float64 {
	if b == 0 {
		return math.Pow(x, alpha)
	}
	n := alpha + b
	log := stirlingRest(n) - stirlingRest(alpha) - stirlingRest(b) - deviance(alpha, n*x) - deviance(b, n*y)
	return alpha / n * math.Exp(log) * math.Sqrt(n/(2*math.Pi*alpha*b))
}

// stirlingRest is ln Γ(n+1) less Stirling's formula for it.
func stirlingRest(n float64) float64 {
	if n < 20 {
		g, _ := math.Lgamma(n + 1)
		return g - (n+0.5)*math.Log(n) + n - math.Log(2*math.Pi)/2
	}
	i := 1 / (n * n)
	return (1.0/12 - i*(1.0/360-i*(1.0/1260-i*(1.0/1680-i/1188)))) / n
}

// deviance is k·ln(k/m) + m − k, without cancellation where k is near m.
func deviance(k, m float64) float64 {
	d := (k - m) / m
	if math.Abs(d) > 0.1 {
		return k*math.Log(k/m) + m - k
	}
	// m·((1+d)ln(1+d) − d) = m·Σ (−1)^i d^i/(i(i−1)) from i = 2.
	sum, power := 0.0, d*d
	for i := 2.0; i < 30; i++ {
		sum += power / (i * (i - 1))
		power *= -d
	}
	return m * sum
}
