// Package journal is the one truth of a line: a chain of frames, one for each turn of the engine.
//
// A turn takes what has arrived, decides, and leaves one [Frame] that holds all its inputs and all
// its events. The frame is appended with the expected last sequence of the journal, and only when
// it is durably stored does anything leave the house. So the frame is the unit of three things:
//
//   - Group commit. One frame is one sync of the disk, however many tickets it carries. While one
//     append is in flight, the next turn fills.
//   - Fencing. The expected last sequence is a compare-and-swap: of two writers who know the same
//     last frame exactly one succeeds, and the other learns it ([ErrFenced]). The journal is the
//     lease; there is no second store that could disagree with it. This is how Temporal fences a
//     history shard with its range id in each conditional write.
//   - Evidence. Each frame carries the SHA-256 of the one before it. An edited frame, a hole, or a
//     frame in another order breaks the chain at a place that [Chain] names. What a chain cannot
//     see is a journal that lost its tail: for that the adapter keeps an anchor, the last sequence
//     and hash, outside the journal.
//
// The encoding is canonical: a frame has exactly one encoding, and decoding refuses every other.
// Otherwise two byte strings with different hashes could mean the same turn, and "are these bytes
// mine?", the question after a lost acknowledgement, would have no answer.
//
// The package reaches nothing: [Log] is implemented by [Memory] here and by the stream of the bus
// in its adapter, and both pass the suite in the sub-package journaltest.
package journal
