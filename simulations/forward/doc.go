// Package forward says how long a ticket that waits may expect to wait: it plays the line as it stands forward, many times,
// with the real engine under the policy in force, and reads off the middle and the ninth tenth of what came out.
//
// In a run nobody arrives and nobody leaves. Agents stay as they are: who is on a break stays there. Every offer is accepted
// at once. How long work takes is drawn from what the same channel took lately; for work in hand, from what is longer than it
// has taken so far. Whatever the policy does with time (relaxation of needs, protections by age, hours, holds that end)
// happens as it would.
//
// Nothing here is shown before it was tested against a line whose wait is known: with k tickets ahead of a ticket, c agents at
// work, all alike, and service times of exponential law with mean m, the wait in order of arrival is the sum of k+1
// intervals between ends of service, each exponential with mean m/c: an Erlang law (see Wolff 1989, 5.8, for the argument).
package forward
