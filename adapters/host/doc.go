// Package host runs a line: one goroutine owns the engine, and everybody else talks to it through an inbox.
//
// A turn of the loop takes what has arrived, stamps it with logical time, lets the engine decide, and
// puts all inputs and all events into one frame of the journal. Only when the frame is stored does
// anything leave: answers, offers, what the observers hear. While a frame is being stored the inbox
// fills, so the next turn is as large as the disk is slow: group commit without a timer, as the
// commit log of a database does it.
//
// The journal is the only truth. A start reads it from its first frame, checks the chain, applies the
// events (it never decides again), compares the digests it finds, claims the next epoch, and says
// again what may not have gone out. A failed append stops the host: what was decided and not stored
// is forgotten with it, nobody was told, and the next start begins from what is stored.
//
// The package knows subjects and payloads (docs/bus.md), but no bus: an adapter hands in what it
// hears through [Host.Handle] and lends a [Publisher].
package host
