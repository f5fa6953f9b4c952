package statistics

import (
	"fmt"
	"math"
)

// OCBA says how to spend more replications so that the best of k policies is told from the others: next[i] more for policy i,
// add in all. means, sds and done are what each yielded so far: mean, standard deviation and number of replications. Those
// close to the best, and those that vary, get most (optimal computing budget allocation, Chen, Lin, Yücesan & Chick 2000).
// Policies run on independent random numbers. Start with 5 to 20 replications of each, and add 5 to 20 a step.
//
// delta, above 0, is the least difference worth finding: policies closer to the best than that count as that far away, or a
// near tie would take the whole budget. None gets fewer than it had; those that do not vary get none unless all do not.
func OCBA(means, sds []float64, done []int, add int, delta float64, better Direction) (next []int) {
	k := len(means)
	if len(sds) != k || len(done) != k {
		panic(fmt.Sprintf("statistics: an allocation of %d means, %d deviations and %d counts: give one of each a policy",
			k, len(sds), len(done)))
	}
	if !(delta > 0) {
		panic(fmt.Sprintf("statistics: an indifference of %v: give the least difference worth finding, above 0", delta))
	}
	if k == 0 || add <= 0 {
		return make([]int, k)
	}
	return spread(shares(means, sds, delta, better), done, add)
}

// shares returns the proportions of all replications that are due to each policy.
func shares(means, sds []float64, delta float64, better Direction) []float64 {
	best := 0
	for i := range means {
		if better.gain(means[i]-means[best]) > 0 {
			best = i
		}
	}
	w, others := make([]float64, len(means)), 0.0
	for i := range w {
		if i == best || sds[i] == 0 {
			continue
		}
		noise := sds[i] / max(delta, math.Abs(means[best]-means[i]))
		w[i] = noise * noise
		others += w[i] * w[i] / (sds[i] * sds[i])
	}
	w[best] = sds[best] * math.Sqrt(others)
	if sum(w) == 0 {
		for i := range w {
			w[i] = 1
		}
	}
	return w
}

// spread hands out one replication after the other to the policy that has least of what is due to it, the first of equals.
func spread(w []float64, done []int, add int) []int {
	next := make([]int, len(w))
	for range add {
		least, at := math.Inf(1), 0
		for i := range w {
			if part := (float64(done[i]+next[i]) + 0.5) / w[i]; part < least {
				least, at = part, i
			}
		}
		next[at]++
	}
	return next
}
