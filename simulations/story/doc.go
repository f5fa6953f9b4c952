// Package story plays a handful of tickets and agents, written down in full, through the real engine under a policy.
//
// A story is small enough to be worked out by hand: who arrives when, and how long whoever serves them takes. Nothing
// is drawn and nothing is estimated. Two policies meet the same customers and the same agents, so whatever differs in
// the end was decided by the policy. Each run keeps the journal that a daemon would keep, frame by frame, and is
// believed only after that journal was read again: its chain must hold, and its events alone must lead to the same
// state.
package story
