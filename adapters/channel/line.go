package channel

import (
	"context"
	"time"
)

// A Line is a line as an adapter knows it. Its methods may be called by any goroutine. A *Refusal is the line's answer; another
// error means that nobody knows whether it was heard: the adapter asks again with the same ID, which is harmless.
type Line interface {
	// Arrive hands in a contact. It is stored when Arrive returns without an error.
	Arrive(ctx context.Context, c Contact) (Ack, error)
	// Change tells more of a contact that waits.
	Change(ctx context.Context, id string, c Change) (Ack, error)
	// Leave says that the customer gives a contact up, with a reason such as "hung up". One that has left or ended is no error.
	Leave(ctx context.Context, id, reason string) error
	// Standing asks where a contact stands.
	Standing(ctx context.Context, id string) (Standing, error)
	// Follow calls handle for each notice about the adapter's contacts, in order, until ctx ends. A notice counts as heard when
	// handle returns nil; otherwise it comes again after a while, also after a restart of the adapter.
	Follow(ctx context.Context, handle func(context.Context, Notice) error) error
}

// Agents are the agents of a line, for an adapter through which they answer, such as the phone.
type Agents interface {
	SignIn(ctx context.Context, agent string, s SignIn) error
	Renew(ctx context.Context, agent string) error
	SignOut(ctx context.Context, agent string) error
	Accept(ctx context.Context, agent string, offer uint64) error
	Decline(ctx context.Context, agent string, offer uint64, reason string) error
	Finish(ctx context.Context, agent string, offer uint64, wrap time.Duration) error
	// Hold has a ticket that the agent has in hand keep its place without being offered, for a while; 0: as the line says. The agent
	// is free.
	Hold(ctx context.Context, agent string, offer uint64, h Hold) error
}

// A Hold is why a ticket is held, and for how long.
type Hold struct {
	Why    string        // callback, snooze, customer or no-answer: the customer was called and not reached
	For    time.Duration // whole seconds; 0: as the line says
	Reason string
}

// A SignIn is what an agent can do; nil: no skill, every channel as the policy says.
type SignIn struct {
	Skills   []string
	Channels map[string]int
	Lease    time.Duration // the agent is lost when nothing is heard for so long; 0: never
}
