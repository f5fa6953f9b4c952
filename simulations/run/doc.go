// Package run plays a scenario under a policy: the real engine, driven by a calendar of arrivals, ends of work, customers who
// give up and agents who come and go, instead of the bus.
//
// The clock counts nanoseconds. What falls on the same instant happens in the order in which it was put down; only what the
// engine itself waits for comes before everything else. No goroutine and, once a replication is warm, no allocation is made for
// a customer, and nothing is kept of those who are gone: memory depends on how many are in the line at once.
//
// Chance comes from package stream: every number belongs to a customer and a purpose, so that the same customers meet every
// policy. See THEORY of common random numbers there.
package run
