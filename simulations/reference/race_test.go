//go:build race

package reference

// brief is what is played under the race detector, which makes everything ten times as slow.
var brief = Effort{Replications: 16, Relaxations: 10, Least: 2000, Most: 4000, Seed: 1}

// whole is false where only a part of the worlds is played.
const whole = false
