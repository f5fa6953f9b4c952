package statistics

import (
	"fmt"
	"math"
	"slices"
)

// A KN selects the best of k policies with as few replications as it takes, by the sequential procedure of Kim & Nelson 2001:
// after n0 replications of all, and after each further one, it drops those that are clearly behind another. If the best leads
// by delta or more it is selected with probability 1-alpha or more. Observations are taken as normal, which means over a day
// about are. Policies may, and should, run on common random numbers: only differences count.
type KN struct {
	better Direction
	n0, n  int
	alpha  float64
	delta  float64
	left   []int
	sums   []float64   // of observations, for those left
	apart  [][]Moments // of the differences of each pair i < l in the first n0 replications
}

// NewKN starts a selection among k policies, 2 or more. n0 is 2 or more, 10 to 20 well chosen; delta, above 0, is the
// difference worth finding, in the metric's unit; alpha is the chance of a wrong choice and below 1-1/k, that of choosing
// blindly.
func NewKN(k, n0 int, alpha, delta float64, better Direction) *KN {
	switch {
	case k < 2 || n0 < 2:
		panic(fmt.Sprintf("statistics: a selection among %d policies from %d replications: take at least 2 of either", k, n0))
	case !(alpha > 0 && alpha < 1-1/float64(k)):
		panic(fmt.Sprintf("statistics: an alpha of %v among %d policies: give one between 0 and %v", alpha, k, 1-1/float64(k)))
	case !(delta > 0 && finite(delta)):
		panic(fmt.Sprintf("statistics: an indifference of %v: give the least difference worth finding, above 0", delta))
	}
	s := &KN{better: better, n0: n0, alpha: alpha, delta: delta, sums: make([]float64, k), apart: make([][]Moments, k)}
	for i := range k {
		s.left = append(s.left, i)
		s.apart[i] = make([]Moments, k)
	}
	return s
}

// eta is η of the paper, for its constant c = 1; h² is 2η(n0-1).
func (s *KN) eta() float64 {
	return (math.Pow(2*s.alpha/float64(len(s.sums)-1), -2/float64(s.n0-1)) - 1) / 2
}

// Add takes one more replication in: x[i] is what policy i yielded. Entries of those no longer left are not looked at, so
// they need not be run. After it is Done, nothing changes any more.
func (s *KN) Add(x []float64) {
	if len(x) != len(s.sums) {
		panic(mismatch("a selection", len(s.sums), "policies", len(x), "observations; give one for each, 0 for those that are out"))
	}
	if s.Done() {
		return
	}
	s.n++
	for a, i := range s.left {
		s.sums[i] += x[i]
		for _, l := range s.left[a+1:] {
			if s.n <= s.n0 {
				s.apart[i][l].Add(x[i] - x[l])
			}
		}
	}
	if s.n >= s.n0 {
		s.screen()
	}
}

// screen drops all that are behind one of those left by more than may be chance.
func (s *KN) screen() {
	decided := true
	var stay []int
	for _, i := range s.left {
		keep := true
		for _, l := range s.left {
			if i == l {
				continue
			}
			slack := s.slack(i, l)
			decided = decided && slack == 0
			keep = keep && s.better.gain(s.sums[i]-s.sums[l]) >= -slack
		}
		if keep {
			stay = append(stay, i)
		}
	}
	s.left = stay
	if decided { // no slack between any: whoever is ahead now is chosen, the first of equals
		s.left = []int{s.ahead()}
	}
}

// slack is W of the paper: how far behind l policy i may be by now.
func (s *KN) slack(i, l int) float64 {
	h2 := 2 * s.eta() * float64(s.n0-1)
	spread := s.apart[min(i, l)][max(i, l)].Variance()
	return max(0, s.delta/2*(h2*spread/(s.delta*s.delta)-float64(s.n)))
}

func (s *KN) ahead() int {
	best := s.left[0]
	for _, i := range s.left[1:] {
		if s.better.gain(s.sums[i]-s.sums[best]) > 0 {
			best = i
		}
	}
	return best
}

// N returns the number of replications added that counted.
func (s *KN) N() int { return s.n }

// Left returns the policies that may still be the best, by index, rising. It is never empty.
func (s *KN) Left() []int { return slices.Clone(s.left) }

// Done reports whether one is left.
func (s *KN) Done() bool { return len(s.left) == 1 }

// Best returns the policy that is ahead of those left: the one selected, once Done.
func (s *KN) Best() int { return s.ahead() }
