// Package report tells what a comparison of policies says: which differences are shown, who gains and who pays for it.
//
// All policies of a run met the same customers, so they are compared replication by replication, and what they have in common
// cancels (package statistics). A table has three parts. Metrics that were named before the run are primary: tested together by
// Holm's method, with simultaneous intervals. Who pays and who gains are the groups of customers whose wait changed, the largest
// change first, each with an interval of its own; so is the context. A difference that is not shown is a tilde, what is not
// defined a dash, and a difference that is shown but smaller than [SmallPart] of what it was before is marked as too small to act
// on.
//
// No average stands alone: a gain of one group is printed beside the loss of another, and the words at the end name both sides.
package report
