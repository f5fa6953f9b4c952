package channel

import "time"

// A Kind is what a Notice tells.
type Kind string

// The kinds: the last token of fl.out.ADAPTER.LINE.KIND.
const (
	Offered    Kind = "offered"     // Agent is asked
	Accepted   Kind = "accepted"    // Agent has it
	Returned   Kind = "returned"    // it is back in its place: Why
	Held       Kind = "held"        // it is not offered until Until: Why, Reason
	Released   Kind = "released"    // it waits again: Why
	Joined     Kind = "joined"      // it belongs to ticket To now
	Unlinked   Kind = "unlinked"    // it is a ticket of its own again
	CalledBack Kind = "called-back" // the customer need not hold on: an agent calls back
	Moved      Kind = "moved"       // to another line
	Ended      Kind = "ended"       // End, Reason
)

// A Notice is something that the line says of a contact. A repeat is possible after a restart: Offer and Attempt tell it from
// news. They are in Offered, Accepted and Returned, and in Held where an agent had the ticket in hand.
type Notice struct {
	Kind    Kind
	Line    string
	ID      string    `json:"id"` // the contact's
	Ticket  uint64    `json:"ticket"`
	Offer   uint64    `json:"offer"`
	For     uint64    `json:"for"` // the contact that Agent was offered, where it is another of the same ticket; 0: this one
	Attempt int       `json:"attempt"`
	Agent   string    `json:"agent"`
	Why     string    `json:"why"`
	Reason  string    `json:"reason"`
	End     string    `json:"end"` // served, abandoned, moved, closed, expired
	To      uint64    `json:"to"`
	From    uint64    `json:"from"`
	Until   time.Time `json:"until"`
	// CallBack says with Offered and Accepted that the customer does not hold on: an agent calls back.
	CallBack bool `json:"call_back"`
}
