package statistics

import (
	"cmp"
	"fmt"
	"slices"
)

// Holm tests a family of hypotheses so that the chance of one false rejection or more is at most alpha, whatever the
// dependence between them (Holm 1979): the smallest p against alpha/m, the next against alpha/(m-1), and so on until the
// first that does not pass. adjusted[i] is the least alpha at which hypothesis i would be rejected: it never falls as p
// rises, and is at most 1. A p that is not a number counts as 1: it stays in the family, for it was named before the run.
// Ties are settled by index.
func Holm(p []float64, alpha float64) (reject []bool, adjusted []float64) {
	checkedAlpha(alpha)
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	at := func(i int) float64 {
		if p[i] >= 0 && p[i] <= 1 {
			return p[i]
		}
		return 1
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Or(cmp.Compare(at(i), at(j)), cmp.Compare(i, j)) })
	reject, adjusted = make([]bool, len(p)), make([]float64, len(p))
	least := 0.0
	for k, i := range order {
		least = max(least, min(1, float64(len(p)-k)*at(i)))
		adjusted[i], reject[i] = least, least <= alpha
	}
	return reject, adjusted
}

// Bonferroni returns the confidence of each of m intervals that cover all at once with 1-alpha or more, whatever the
// dependence between them.
func Bonferroni(alpha float64, m int) float64 {
	checkedAlpha(alpha)
	return 1 - alpha/float64(max(1, m))
}

// A Verdict is what a family of comparisons says on one of its metrics.
type Verdict struct {
	// Difference is b − a, its interval simultaneous with those of the other metrics of the family.
	Difference Estimate
	Test       Test
	// Adjusted is Holm's p: compare it with alpha.
	Adjusted float64
	// Shown is true where Holm's method rejects that there is no difference.
	Shown bool
}

// Primary compares two policies by the metrics that were named before the run, as one family: a[i] and b[i] are metric i
// under either, paired as in Difference. The chance that any difference is Shown that is none is at most alpha; and the
// chance that any interval misses is at most alpha.
//
// The intervals are Bonferroni's, each of confidence 1-alpha/m. They agree with the tests in one direction: an interval that
// leaves 0 out is always Shown, as Holm rejects all that Bonferroni does. The reverse need not hold: with several metrics
// Holm may show a difference whose interval still touches 0. Then it is shown that there is a difference, not how large it
// is. Intervals with Holm's stepwise levels would always agree, but are too short to cover all at once; those that do both
// say of a metric that is Shown only that it is not 0 (Strassburger & Bretz 2008), which is no use to a reader.
func Primary(a, b []Sample, alpha float64) []Verdict {
	if len(a) != len(b) {
		panic(mismatch("a family", len(a), "metrics", len(b), "metrics; give the same under both policies"))
	}
	verdicts, p := make([]Verdict, len(a)), make([]float64, len(a))
	for i := range verdicts {
		d := Difference(a[i], b[i], Bonferroni(alpha, len(a)))
		verdicts[i] = Verdict{Difference: d, Test: d.Test()}
		p[i] = verdicts[i].Test.P
	}
	reject, adjusted := Holm(p, alpha)
	for i := range verdicts {
		verdicts[i].Shown, verdicts[i].Adjusted = reject[i], adjusted[i]
	}
	return verdicts
}

func checkedAlpha(alpha float64) {
	if !(alpha > 0 && alpha < 1) {
		panic(fmt.Sprintf("statistics: an alpha of %v: give one between 0 and 1, such as 0.05", alpha))
	}
}
