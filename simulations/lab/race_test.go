//go:build race

package lab

// raced: the race detector, which makes everything ten times as slow, is asked about threads alone; two replications tell.
const raced = true
