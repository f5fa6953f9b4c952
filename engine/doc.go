// Package engine is one line: tickets that compete for the same agents under one policy. Commands go in, events come
// out, and nothing else happens here: no clock, no chance, no IO, no goroutine, no float in its state. The same commands
// give the same events on every machine, and replaying the events gives the same state.
//
// # Order
//
// A policy is a tree. Leaves are classes; a node is a discipline that chooses among the heads of its members, and
// protections of a node may put another ticket in the place of the discipline's choice. The tree is asked when an agent
// is free, never when a ticket comes: abandonment, skills, and protections make every answer given earlier worthless.
// Asking changes nothing. It is asked for the first ticket among those that some available agent may serve, and then
// that ticket's agent is chosen, so that a head nobody can serve blocks nobody.
//
// # Register
//
// Beside the tree stands the register of who waits: for each class and each demand (a channel and a set of needs) one
// sequence by arrival. An index holds all of them in one order, with a column of bits for each register, so that "how
// many earlier ones wait whom this agent could serve" is a rank query. A start leaves a mark at its position; how often
// somebody was overtaken is the number of marks behind them, so a start writes nothing to those it passes, be they a
// million. An offer marks when it is made and takes its mark back when it fails, from exactly those it was given to.
//
// # Ledger
//
// An Offered event carries the decision: where it fell, between whom, and whom it passed. Each overtaking is charged to
// the lowest node on the path of the overtaken that showed a later ticket in its place: the rows are Passed events, one
// for each register and node, never one for each pair. They count when the offer is accepted. Who was passed while an
// offer rang in vain is entered against the agent who missed it (Missed). Package ledger folds these events.
//
// # Sources
//
// Slips and skips: Gordon 1987, Larson 1987. The tree of disciplines with heads evaluated at dequeue is the model of the
// UIFO (2026) rather than of PIFO trees (Sivaraman et al. 2016), whose ranks are fixed when a ticket comes. Equivalences
// between the disciplines, and the bounds of the protections, are tested as properties.
package engine
