// Package experiment runs scenarios under policies, often enough to say how sure the result is.
//
// An arm is one scenario with one staffing under one policy. Each arm is played in replications: whole days, or long runs after a
// warm-up. Replication i of all arms meets the same customers (common random numbers, see package stream), so arms are compared
// replication by replication. What is kept of a replication is a numerator and a denominator for each key of package measure:
// memory does not grow with the number of tickets.
//
// # The same result
//
// A replication depends on its arm and its number alone, and how many are played on the replications before: never on the number
// of workers, on their speed, or on an interruption. So the tables of a run are the same, byte for byte, on one core and on
// sixty, in one go and resumed, and [Rerun] can hold a folder to its manifest.
//
// # How many replications
//
// A fixed number; or until the interval of one metric is narrow enough under each policy, asked on a geometric grid
// (statistics.Enough, statistics.NextCheck); or until one policy is selected (statistics.KN). Of antithetic replications each pair
// is one observation.
//
// # The folder of a run
//
//	manifest.json     what was run, by which program, and the SHA-256 of each input and output
//	inputs/           the experiment, its scenarios, policies and traces
//	replications.csv  a row for each arm, replication and key, without those by period
//	intervals.csv     a row for each arm and key by period, over all replications
//	dictionary.csv    each metric and each column in words
//	tickets.csv, overtakings.csv, agents.csv, decisions.jsonl   where the experiment asks for rows
//
// While it runs there are also done.log, to which each replication that is finished is appended, and parts/, the rows of each.
package experiment
