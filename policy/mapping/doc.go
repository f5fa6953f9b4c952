// Package mapping reads files that say how the events of a platform become contacts: which events of a webhook's body or of a
// stream are contacts, whose, since when, until when an answer is of use, and which signals go with them.
//
// A mapping is YAML, checked like a policy file: every fault at once, with file, line and column and a way to mend it. What it
// takes from an event stands as a JSON pointer (RFC 6901, with * for every element) or as an expression in CEL. There is no
// regular expression, no clock and no loop but over the event itself, and an evaluation that costs more than CostMax counts
// as no answer.
//
// The policy's `never` holds here already. Each pointer and each expression is reduced to the places of the body that it
// reads; where such a place also feeds an attribute that the policy forbids, every other output computed from it is a fault:
// a filter, `when`, `needs`, `line`, `due`, `arrived`, another attribute. It makes no difference whether the output would
// favour or harm. A count of an audience that is read without being declared as an attribute is a fault too, since no
// `never` could name it.
//
// A contact has no text and no name in it. Its ID, matter and ref are hashes; the identity is for who keeps people apart
// and goes no further.
package mapping
