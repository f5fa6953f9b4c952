package statistics

// A Criterion is one metric by which policies are weighed: Samples[i] is what policy i yielded.
type Criterion struct {
	Better Direction
	// Margin, 0 or more, is how much worse in this metric is no matter, in its unit: the margin of a test of non-inferiority.
	Margin  float64
	Samples []Sample
}

// Pareto says of each policy which others dominate it: dominated[i] lists them, rising, and the front is those with an empty
// list. One dominates another that is shown to be better by one criterion or more, and shown to be worse by none by more than
// its Margin: its gain has an interval above 0 for the former, and above or at -Margin for all others.
//
// Intervals are paired and simultaneous over all pairs and criteria (Bonferroni): all that is said of dominance holds at once
// with 1-alpha or more. Policies that differ too little to tell are both on the front, and more replications may thin it out.
// With margins of 0 a policy whose wait is the same in truth but not to the last digit is not dominated: give a margin. With
// margins of 0 there is always a front; with others, policies may dominate one another in a ring, each by as little as nobody
// minds. A criterion without an interval shows nothing. It panics where criteria differ in the number of policies.
func Pareto(criteria []Criterion, alpha float64) (dominated [][]int) {
	checkedAlpha(alpha)
	if len(criteria) == 0 {
		return nil
	}
	k := len(criteria[0].Samples)
	for _, c := range criteria {
		if len(c.Samples) != k {
			panic(mismatch("a front", k, "policies by one criterion", len(c.Samples), "by another; give all by each"))
		}
	}
	confidence := Bonferroni(alpha, k*(k-1)/2*len(criteria))
	dominated = make([][]int, k)
	for i := range k {
		for j := range k {
			if i != j && dominates(criteria, j, i, confidence) {
				dominated[i] = append(dominated[i], j)
			}
		}
	}
	return dominated
}

func dominates(criteria []Criterion, j, i int, confidence float64) bool {
	better := false
	for _, c := range criteria {
		d := Difference(c.Samples[i], c.Samples[j], confidence)
		worst := c.Better.gain(d.Value) - d.Half
		if !d.Defined || worst < -c.Margin {
			return false
		}
		better = better || worst > 0
	}
	return better
}
