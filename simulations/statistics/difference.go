package statistics

import "math"

// Difference returns b − a for one metric under two policies, paired: replication i of both ran on the same arrivals, service
// times and patience (common random numbers). The interval is that of the differences of pseudo-values, so what the two have
// in common cancels. It panics where they differ in the number of replications. It is not Known where one of them has no
// denominator.
func Difference(a, b Sample, confidence float64) Estimate {
	n := paired(a, b)
	va, oka := a.Ratio()
	vb, okb := b.Ratio()
	if !oka || !okb {
		return Estimate{N: n, Confidence: checked(confidence)}
	}
	pa, pb := a.pseudo(va), b.pseudo(vb)
	if pa == nil || pb == nil {
		return estimate(vb-va, nil, n, confidence)
	}
	apart := make([]float64, n)
	size := 0.0
	for i := range apart {
		apart[i] = pb[i] - pa[i]
		size = max(size, math.Abs(pa[i]), math.Abs(pb[i]))
	}
	e := estimate(vb-va, apart, n, confidence)
	if noise := size * roundOff; math.Abs(e.Value) <= noise && e.SE <= noise {
		e.Value, e.SE, e.Half = 0, 0, 0
	}
	return e
}

// roundOff is what may be left of a difference of two equal numbers, in proportion to them: 64 units in the last place. A
// difference of that size is none, and no test may find it significant.
const roundOff = 0x1p-46

// Unpaired returns b − a for one metric from two runs that have nothing in common: other seeds, other days, another number of
// replications. Degrees of freedom are Welch's (Welch 1947), rounded down. Use Difference wherever runs were paired.
func Unpaired(a, b Sample, confidence float64) Estimate {
	ea, eb := a.Estimate(confidence), b.Estimate(confidence)
	e := Estimate{Value: eb.Value - ea.Value, N: min(ea.N, eb.N), Confidence: confidence, Known: ea.Known && eb.Known}
	if !e.Known {
		e.Value = 0
	}
	if !ea.Defined || !eb.Defined {
		return e
	}
	e.Defined, e.SE, e.DF = true, math.Hypot(ea.SE, eb.SE), min(ea.DF, eb.DF)
	if e.SE > 0 {
		ra, rb := ea.SE*ea.SE/(e.SE*e.SE), eb.SE*eb.SE/(e.SE*e.SE)
		e.DF = max(e.DF, int(1/(ra*ra/float64(ea.DF)+rb*rb/float64(eb.DF))))
	}
	return e.At(confidence)
}

// A Test is the two-sided t-test of the hypothesis that a difference is 0.
type Test struct {
	// P is how likely a difference as large is where there is none. 1 where the test is not Defined.
	P float64
	// DF is the number of degrees of freedom.
	DF int
	// Defined is false where the estimate has no interval.
	Defined bool
}

// PairedTest tests whether b differs from a, replication by replication. P < 1-c holds exactly where the interval of
// Difference with confidence c leaves 0 out.
func PairedTest(a, b Sample) Test { return Difference(a, b, 0.95).Test() }

// Test tests whether the true value of e is 0. An estimate without any spread is 0 or is not: P is 1 or 0.
func (e Estimate) Test() Test {
	switch {
	case !e.Defined:
		return Test{P: 1}
	case e.Value == 0:
		return Test{P: 1, DF: e.DF, Defined: true}
	case e.SE == 0:
		return Test{P: 0, DF: e.DF, Defined: true}
	}
	return Test{P: tTail(e.DF, e.Value/e.SE), DF: e.DF, Defined: true}
}

func paired(a, b Sample) int {
	if a.N() != b.N() {
		panic(mismatch("a paired difference", a.N(), "replications", b.N(), "replications; run both as often, or use Unpaired"))
	}
	return a.N()
}
