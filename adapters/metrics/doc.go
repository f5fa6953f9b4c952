// Package metrics shows a line to Prometheus, and tells whether it lives and is ready.
//
// A [Recorder] hears of each stored turn of the host and of each event of the journal at the start, so
// that what is counted as being somewhere (waiting, offered, serving) is right after a restart. What
// happened is counted from the start of the process on, as Prometheus expects of counters.
//
// The service level is "offered-minus-short" with those who are overdue and still wait counted as missed:
//
//	A_T / (A + B - B_s + W_T)
//
// A answered, A_T of them within the target T, B abandoned, B_s of them within 5 s, W_T waiting for longer
// than T at this moment. Without W_T the figure would be best when the line is worst. It is taken over the
// last 30 minutes by the time of the answer or the abandonment; with nothing in the denominator it is NaN,
// neither 0 nor 100 %.
//
// docs/operations.md describes every metric; a test holds it to the program.
package metrics
