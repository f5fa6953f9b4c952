package theory

import (
	"fmt"
	"math"
)

// KimNelson returns the constants of the selection of the best of k policies by Kim & Nelson (2001) with c = 1, from n0 first
// replications and a probability alpha of a wrong choice: η = ½[(2α/(k−1))^{−2/(n0−1)} − 1] and h² = 2η(n0 − 1).
func KimNelson(k, n0 int, alpha float64) (eta, h2 float64, err error) {
	if k < 2 || n0 < 2 || !(alpha > 0 && alpha < 1-1/float64(k)) {
		return 0, 0, fmt.Errorf("%d policies, %d replications, alpha %v: want 2 or more, 2 or more, and a number above 0 and below 1 - 1/policies", k, n0, alpha)
	}
	free := float64(n0 - 1)
	eta = (math.Pow(2*alpha/float64(k-1), -2/free) - 1) / 2
	return eta, 2 * eta * free, nil
}
