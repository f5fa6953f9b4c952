package channel

import (
	"fmt"
	"time"
)

// A Contact is one call, mail, message or post. Zero values are left out; ID and Channel are required. docs/bus.md has the
// limits and what each field means.
type Contact struct {
	ID         string // unique for the adapter: a repeat changes nothing
	Channel    string
	Arrived    time.Time // a claim, clamped to the channel's `late`
	Due        time.Time
	NotBefore  time.Time
	Customer   string // the random key of a person, see package vault; never a number, an address or a handle
	Unverified bool   // the adapter does not know that it is the customer: nothing is joined
	Matter     string
	Needs      []string
	Attributes map[string]any
	Overheard  bool // nobody addressed us
	Ref        string
}

// A Change replaces what it names of a contact that waits; what is nil stays.
type Change struct {
	Needs      []string
	Due        time.Time
	Attributes map[string]any
}

// An Ack says that a contact is stored.
type Ack struct {
	Ticket    uint64
	Joined    uint64 // the ticket that it is a contact of; 0: it is one of its own
	Duplicate bool   // it was there before
	Seq       uint64 // of the journal's frame
	Later     bool   // nobody serves the line now: it is kept, and is a ticket as soon as somebody does; Ticket and Seq are 0
}

// A Standing is where a contact stands.
type Standing struct {
	Place   int // 1 is next; 0: not known (beyond 1,000, held)
	Waiting int
	P50     time.Duration // of the wait until an agent is offered it; 0 with Known false
	P90     time.Duration
	Known   bool   // P50 and P90 are
	Text    string // may be shown to the customer: it has no names
}

// A Refusal is the line's no. It is final unless Again.
type Refusal struct {
	Code        int // see the table of docs/bus.md
	Description string
}

// Error is the refusal in words.
func (r *Refusal) Error() string {
	return fmt.Sprintf("the line refuses (%d): %s", r.Code, r.Description)
}

// Again says whether the same request may succeed later: the line is not served here now.
func (r *Refusal) Again() bool { return r.Code == 503 }
