// Package natsbus is the bus and the journal on a disk: a NATS server with JetStream inside this
// process, and the stream that holds the frames of a line.
//
// [Open] starts the server on a store directory. It listens nowhere unless told to, and then only
// on a loopback address with keys that it generates; the daemon itself talks to it in process. Every
// write is synced before it is acknowledged: with the server's default a power cut loses what was
// acknowledged in the last two minutes, measured, all of it.
//
// [Bus.OpenJournal] gives the journal of a shard as a journal.Log. What the server promises and
// what a journal needs differ in three places, and the code here is about these:
//
//   - An acknowledgement can be lost after the frame was stored. Append repeats the same bytes with
//     the same expected sequence, and when that is refused reads what is stored there: our bytes
//     mean that it worked, others mean that somebody else leads.
//   - A flipped bit in a block file is silently dropped data: a hole in the middle, or a journal that
//     is shorter than it was. A hole is found by counting; a shorter journal only by something that
//     is kept elsewhere, the [Anchor]: the last sequence and hash in a file outside the stream.
//   - A read can end early without an error. Every read counts the sequences.
//
// Beside the journal the bus has what stands between a line and its channel adapters: keys with few rights ([Adapter]), what the
// line says to them ([Out]), and a second door for contacts while nobody serves the line ([Intake]).
package natsbus
