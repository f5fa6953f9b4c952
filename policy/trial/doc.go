// Package trial runs the tests that stand beside a policy file.
//
// A test file says who waits and who serves at an instant, and what must follow. The real engine is asked: tickets
// arrive at their times, agents sign in, and what it offers is what a line would offer. Every fault of a test file is
// reported at once, at its line and column; every expectation that fails says what was expected, what came, and which
// line of the policy decided it.
//
// The package reads no clock and no file: who runs it measures and reads.
package trial
