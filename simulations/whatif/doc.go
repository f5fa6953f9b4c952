// Package whatif asks of a simulated day what would have been otherwise: the same customers in strict order of arrival, one
// customer who posts in public instead of calling, a second ticket in another channel, and where customers end up who do what
// gains them most.
//
// Everything rests on common random numbers: a day is played again with everything as it was but for one thing. So a gain is
// the gain of that customer on that day, and is not mixed up with who complains, when and about what (THEORY.md 3.5).
package whatif
