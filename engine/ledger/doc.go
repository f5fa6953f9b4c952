// Package ledger keeps the record of who was served out of order, and counts it a second time by hand.
//
// The engine decides and says in its events whom each start passed: Offered carries the decision, the Passed rows
// behind it say in pieces who was passed and why, and Accepted enters them. Four things are built here from the events
// alone, without asking the engine anything:
//
//   - a [Book] puts the rows of a start together to one [Entry], with a number, and sums up;
//   - a [Census] keeps the whole line in lists, counts every overtaking by the definition (a start passes an earlier
//     ticket that waits and that the same agent could have served), expands each entry to its pairs, and compares: each
//     pair stands in exactly one row, and the sums are equal;
//   - a [Watch] follows a few tickets and says what happened to each, and by whom and why it was passed;
//   - [Reason], [RuleOf] and [KeysOf] put a row into words.
//
// A row names nobody whom it is about: it says that all tickets of one class and demand that waited at that moment, with
// places From (inclusive) to Before (exclusive), were passed. So an entry is as small for a thousand overtaken as for one,
// and is expanded only when somebody asks.
//
// # The cost of one overtaking
//
// What it costs to be passed once is a counterfactual, and no journal holds those. What a journal holds exactly is the
// work that went first. The cost printed by fairline is
//
//	(acceptance to finish of the one who went ahead) / (agents on duty who could serve the one passed, at the offer)
//
// The first is read from the events Accepted and Finished (or Returned), without wrap-up. The second counts those signed
// in and not on break, busy or not, who have the skills and take the channel. It is the term of the "overtake minutes" of
// THEORY 3.1; summed over the slips of a class less its skips it is, in the mean and for a common law of service, the
// difference of its wait from the wait in order of arrival (THEORY, I6). For a single ticket it is an estimate of delay
// and not the delay: that is found by a replay in strict order.
package ledger
