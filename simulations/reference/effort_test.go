//go:build !race

package reference

import "math"

// brief is what is played with every run of the tests.
var brief = Effort{Replications: 16, Relaxations: 250, Least: 20_000, Most: 400_000, Seed: 1}

// slowest is the longest relaxation time, in customers, of the worlds that are played.
const slowest = math.MaxInt64
