//go:build race

package reference

// brief is what is played under the race detector, which makes everything ten times as slow.
var brief = Effort{Replications: 16, Relaxations: 250, Least: 3000, Most: 3000, Seed: 1}

// slowest is the longest relaxation time, in customers, of the worlds that are played: some of the fast ones.
const slowest = 12
