// Package measure takes the measures of a simulated line: waits, service levels, who overtook whom, how fair that was, and what
// the agents did.
//
// A run tells a [Collector] what happens, in order of time: a ticket arrives, is started, leaves, is finished; an agent's work
// grows or shrinks. All is added up at once, in memory that does not grow with the number of tickets (but for Shape.Exact). At
// the end of a replication [Collector.Facts] gives a numerator and a denominator for each [Key], from which the experiment makes
// ratios of means with an interval, and [Collector.Check] holds the replication to laws that hold on every path.
//
// # Who counts
//
// Tickets that arrive in [Shape.Begins, Shape.Ends), whatever becomes of them later: in the period in which they arrived, and in
// the class they arrived in. A measure of the served alone rewards a policy that makes the losers hang up, so the served, the
// abandoned and those who still wait at the end stand apart, and the whole beside them. Time averages (queue-length, in-system,
// occupancy and the like) are over the window, and of everybody who was there in it.
//
// # Overtaking
//
// The engine judges it: a start overtakes an earlier ticket that waits and that the agent could have served. Overtakings count
// for the tickets that took part, in pairs: a slip of the one, a skip of the other. Tickets passed because the agent lacked a
// skill or room are counted apart.
//
// # RAQFM
//
// The resource allocation queueing fairness measure (Raz, Levy & Avi-Itzhak 2004): at each moment all in the system are due an
// equal part of the service given then, omega/N. A ticket's D is the service it was given less what it was due. Here omega is the
// number of tickets being handled: min(c, N) where agents are alike and never idle beside a ticket. With G(t) the integral of
// omega/N a ticket's D is its handling less G(departure) - G(arrival), so it costs O(1) an event.
package measure
