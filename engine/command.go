package engine

// A CommandKind says what is wished.
type CommandKind uint8

// The commands.
const (
	Adopt    CommandKind = iota + 1 // the policy Command.Policy is in force from now on
	Arrive                          // Key, Facts
	Change                          // Ticket, Facts: replaces what is known of a waiting ticket
	Leave                           // Ticket, Reason: its customer gives up
	SignIn                          // Agent, Profile: on duty, available; again: changed skills
	SignOut                         // Agent: work and offers go back to their places
	Break                           // Agent, Reason: no further offers; work in hand goes on
	Ready                           // Agent: ends a break or a wrap-up
	Accept                          // Agent, Offer
	Decline                         // Agent, Offer, Reason
	Finish                          // Agent, Offer, Wrap: the ticket is served
	Resume                          // after a restart: open offers get a new deadline and nobody is charged
	Tick                            // time passed: whatever Due announced happens
	Link                            // Ticket, Other: Other's contacts become contacts of Ticket
	Unlink                          // Ticket, a contact that was joined: it is a ticket of its own again, in its own place
	Hold                            // Ticket, Why, Until, Reason; of work in hand with Agent and Offer: not offered until then
	Release                         // Ticket, Reason: it waits in its place, whether it was held, under offer or in service
	Lease                           // Agent, Wrap: the agent is to be lost when not heard of for so long; for the record
	Lose                            // Agent: not heard of; offers go back, work in hand is kept for Policy.Reconnect
	Pull                            // Agent, Ticket, Reason: the agent starts on this ticket now
	Transfer                        // Agent, Offer, Facts, Reason: work in hand waits again, with these needs; Facts.Only: to that agent
	Move                            // Agent (a supervisor), Ticket, Reason: next, as far as the rights of others allow
	Close                           // Agent (a supervisor), Ticket, Reason: ends it; Ticket 0: the line stops serving
	Open                            // Agent (a supervisor), Reason: the line serves again
	Depart                          // Agent, Offer or Ticket, Line, Reason: ends as moved to another line
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
	Other   TicketID
	Reason  Word     // a code or text of the sender, for the record
	Why     Cause    // of Hold: ByCallback, BySnooze, ByCustomer or ByNoAnswer
	Until   Instant  // of Hold: when it is released; 0: when it is told, or after HoldMax
	Wrap    Duration // Finish: how long the ticket keeps its part of the agent; Lease: how long it lasts
	Facts   *Facts
	Profile *Profile
	Policy  *Policy
}
