// Package player plays a recorded queue into a running daemon, over NATS, as its customers and its agents.
// It speaks docs/bus.md and nothing else, so what it meets is what a telephone system and a desk meet.
//
// # Time
//
// The recorded time t happens at begin + (t - t0) / speed, where t0 is the first thing in the recording.
// The daemon runs in real time: at speed 600 its head start of 90 s is worth 15 hours of the recording.
// A policy that is to act on the recording as it would have on the day has its times divided by the speed.
//
// Waits are measured by the player's clock, from sending the ticket to hearing the offer that was accepted,
// and multiplied by the speed. So each is too long by about one round trip times the speed; the result says
// how much that was. A hang-up's wait ends when `leave` is sent.
//
// # Customers and agents
//
// A caller sends its ticket, and `leave` when its patience ends, unless an agent was faster: then the daemon
// refuses the leave, and the caller is served. A caller without known patience stays. Agents sign in when
// a shift begins, accept at once, work as long as the call took, finish, and sign out when the shift ends:
// with work in hand they first take a break, so that nothing more is offered. Once the last caller has
// arrived, nobody whose last shift ends leaves while callers wait; and if callers wait whom nobody on duty or
// to come can serve, those agents who can come back, and are counted.
//
// # Upsets
//
// A call may have an [Upset]: its agent is not heard of for a while, hands it on, or holds it; its caller is cut off and
// calls again. A line that gives a grace holds the ticket of who leaves, so after each leave the player asks where
// the ticket is. With a lease an agent renews it three times in its length, and one whom the line has lost signs in again.
//
// # What may go wrong
//
// A request is repeated, the same bytes, until it is answered; only an answer counts, never a message that may
// get lost. After trouble (a reconnection, silence, nobody listening) all agents on duty sign in again and
// take up the offers and the work that they did not hear of, and the line is asked where everybody is who waits. So the
// daemon may be killed and started again in the middle. The result names every call that did not end
// exactly once.
//
// All state belongs to the one goroutine that called [Play]: a calendar of timed actions, and one channel into
// which the NATS client writes what it reads, in the order of its reading.
package player
