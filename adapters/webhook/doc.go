// Package webhook receives signed events of platforms over HTTP and hands their contacts to a line, each platform by a mapping
// file (package mapping).
//
// Nothing of a body is read before its signature is verified over the raw bytes, in constant time; of a form at Twilio the
// fields are, since they are what is signed. Replays are refused by the time that the signature covers, where it covers one;
// otherwise by the age of the event itself. A repeat within that time is a duplicate to the line. An answer of 200 means that
// every contact is stored. The adapter makes no outgoing request and echoes nothing but a challenge of known form.
//
// # Answers
//
//	200  every contact is stored, or was before; or there is none in the body
//	400  no JSON, or no form
//	401  no signature, a wrong one, or one of another time
//	403  a challenge with a wrong token; a request that did not come from this machine, where nothing is signed
//	404  no such endpoint
//	405  neither POST nor a challenge by GET
//	413  the body is too large
//	415  the body is compressed
//	422  the line refuses a contact for good; the others are stored
//	429  over the rate of the endpoint, or the line is full: later
//	503  too many requests at once, or nobody serves the line: later
package webhook
