// Package statistics turns what simulated days yield into statements with a stated error.
//
// The unit of observation is a replication: a whole day, or a batch of a long run. Customers of one day are not independent
// of one another, so nothing here takes a customer for an observation. A replication yields a pair for each metric, a
// numerator and a denominator, and a metric is the ratio of their sums: the service level is all calls answered in time over
// all calls offered, never the mean of daily percentages, which would let a quiet day weigh as much as a busy one. A plain
// mean is the case with all denominators 1.
//
// Intervals are Student's t on the pseudo-values of the jackknife (Quenouille 1956, Tukey 1958; for ratios in simulation
// Iglehart 1975). Two policies are compared replication by replication, on the same arrivals, service times and patience:
// what is common to both cancels. Metrics named before the run are tested together by Holm's method (Holm 1979).
//
// All functions are pure: no clock, no chance, no shared state, and sums taken in the order given, so the same numbers give
// the same answer to the last bit on the same kind of machine. What cannot be said is not said: an estimate without a
// denominator, or an interval from a single replication, is marked and not made up.
package statistics
