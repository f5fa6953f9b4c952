//go:build !race

package reference

// brief is what is played with every run of the tests.
var brief = Effort{Replications: 16, Relaxations: 250, Least: 20_000, Most: 400_000, Seed: 1}

// whole is false where only a part of the worlds is played.
const whole = true
