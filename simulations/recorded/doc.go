// Package recorded reads the logs of queues that really ran, so that they can be played into a line or
// replayed under another policy. It reads and counts; it opens nothing but the file it is given and
// knows no bus.
//
// # The log
//
// The one format so far is the call-by-call log of a bank's call centre in Israel, 1999, collected by
// I. Guedj and A. Mandelbaum (Technion). The owners write: "The data is free for use. If used, please
// notify Avi Mandelbaum and do acknowledge the data source in any of your work." A row has 17 fields
// between tabs: vru+line, call_id, customer_id, priority, type, date, vru_entry, vru_exit, vru_time,
// q_start, q_exit, q_time, outcome, ser_start, ser_exit, ser_time, server. Customer numbers are skipped
// while reading and are in no value of this package.
//
// # Who wanted an agent
//
// A call is kept when it was answered (AGENT) or hung up in the queue (HANG with any of q_start, q_exit
// and q_time set). PHANTOM rows are left out as the owners ask; HANG rows that never queued ended in the
// voice menu and asked for nobody. A caller that hung up within the first second of the queue (q_time 0)
// wanted an agent and is kept, with a patience of zero. TT rows are calls that the bank returns to
// customers who asked for it: the customer is on the telephone again, waits in the same queue if no agent
// is free, and takes an agent's time. So they are kept and compete like all others.
//
// # Times
//
// A call that queued arrived when it entered the queue (q_start). One that did not was answered at once
// and arrived when its service began, or, without service times, when it left the voice menu (vru_exit).
// All times count from midnight of the row's date, so what happens after the next midnight is beyond 24 h.
// The wait is q_time, even where ser_start lies before q_exit, which is common by a second or two.
//
// A caller that hung up has shown its patience: q_time. One that was served has only shown that it is
// longer than its wait; here such a caller never hangs up. The service of a served call is ser_time.
// A call without one (all that hung up, and a few answered rows) borrows that of the call of its type
// answered last before it that day, or else of the first one after it: so the borrowed times are
// distributed as the real ones, which a mean or median would not be, and nothing is drawn.
//
// # Who served
//
// The log has no log-in and no break. [Infer] takes an agent to be on duty from its first service to its
// last, except for gaps without any service that are longer than [Gap]. Services by NO_SERVER had an
// agent without a name: they become the fewest unnamed agents that could have given them, on duty
// during these services only. Skills are the types that an agent served that day.
package recorded
