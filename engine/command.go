package engine

// A CommandKind says what is wished.
type CommandKind uint8

// The commands.
const (
	Adopt   CommandKind = iota + 1 // the policy Command.Policy is in force from now on
	Arrive                         // Key, Facts
	Change                         // Ticket, Facts: replaces what is known of a waiting ticket
	Leave                          // Ticket, Reason: its customer gives up
	SignIn                         // Agent, Profile: on duty, available; again: changed skills
	SignOut                        // Agent: work and offers go back to their places
	Break                          // Agent, Reason: no further offers; work in hand goes on
	Ready                          // Agent: ends a break or a wrap-up
	Accept                         // Agent, Offer
	Decline                        // Agent, Offer, Reason
	Finish                         // Agent, Offer, Wrap: the ticket is served
	Resume                         // after a restart: open offers get a new deadline and nobody is charged
	Tick                           // time passed: whatever Due announced happens
)

// A Command is a wish, stamped by the host. Which fields count is said beside its kind. What Facts, Profile and
// Policy point to is read during the call only, but for the policy, which must not change any more.
type Command struct {
	Kind    CommandKind
	At      Instant // never before the At of an earlier command
	Key     Key
	Ticket  TicketID
	Agent   AgentID
	Offer   OfferID
	Reason  Word     // a code or text of the sender, for the record
	Wrap    Duration // how long the finished ticket keeps its part of the agent
	Facts   *Facts
	Profile *Profile
	Policy  *Policy
}
