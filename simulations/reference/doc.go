// Package reference holds the simulator to values that others computed: it builds the scenario and the policy of a model of
// queueing theory, plays seeded replications in steady state, and asks whether a confidence interval contains the value.
//
// The entries of one model share its replications. Each interval has the confidence 1 - alpha/M (Bonferroni), M being the
// number of entries that are tried: if the simulator is right, the chance that any of them misses is at most alpha, FamilyAlpha.
// An interval is that of Student's t on the pseudo-values of a jackknife over replications, for ratios of sums, and smooth
// functions of them, have little bias then; that of a quantile is Woodruff's (1952). How wide it is in proportion to the value
// says what a miss would have shown.
//
// A replication begins with an empty line. The warm-up is a dozen relaxation times of the line, what it measures are those who
// come in the window after it, followed to their ends, and time averages are over the window. The laws of the sample path
// (measure.Collector.Check) hold in every replication. See Record.Laws for what is asked of a line beside its
// entries.
package reference
