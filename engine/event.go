package engine

import "math"

// An EventKind says what happened.
type EventKind uint8

// The events. Their numbers are in journals: kinds are added, never changed.
const (
	Adopted     EventKind = iota + 1 // a policy is in force
	Arrived                          // Ticket, Key, Facts, Class, Values: accepted, in its place
	Changed                          // Ticket, Facts, Class, Values
	SignedIn                         // Agent, Profile
	SignedOut                        // Agent
	OnBreak                          // Agent, Reason; Why says whether the agent wished it
	Readied                          // Agent
	Offered                          // Offer, Ticket, Agent, Until: see Event.Node and after
	Passed                           // a row of the decision of Offer: see Event.From
	Accepted                         // Offer, Ticket, Agent: the start; the decision's rows are now in the ledger
	Withdrawn                        // Offer, Ticket, Agent, Why: the offer is over; the ticket waits in its place
	Missed                           // Ticket was passed while Offer to Agent rang in vain: by the start Rival, accepted before
	Returned                         // Offer, Ticket, Agent: work in hand went back to its place
	Finished                         // Offer, Ticket, Agent, Until: served; the part of the agent is free at Until
	WrapEnded                        // Offer, Agent: it is free
	Cooled                           // Ticket, Agent: may be offered to the decliner again
	Ended                            // Ticket, End, Reason
	Resumed                          // all open offers ring anew from At
	Held                             // Ticket, Why, Until, Reason, Agent: it keeps its place, but is not offered and does not wait
	Released                         // Ticket, Why, Reason, From: it waits again, at From; Key: another contact it is known by
	Joined                           // Ticket, a contact, now belongs to the ticket Rival; that is its end
	Related                          // Ticket and Rival are of one customer, but both live
	Unlinked                         // Ticket, a contact of Rival, is a ticket of its own again; the offer stays with who was reached
	Left                             // Ticket, a contact of Rival, is gone; others of Rival remain
	Relaxed                          // Ticket, Facts, Count: its needs in force from step Count on
	Classified                       // Ticket, Class, Why: it counts as Class while its own is over a limit, or again as its own
	OverLimit                        // Offer, Ticket, Class, Count: a start that goes ahead although its class is over its limit
	Opened                           // Class, Why, Agent, Reason: the class is served
	Closed                           // Class, Why, Agent, Reason: the class is not served, and its tickets are held
	CalledBack                       // Ticket, Why: its customer need not hold on, an agent calls back
	Leased                           // Agent, Until: the length of the lease
	Lost                             // Agent, Until: not heard of; work in hand is kept until then
	Found                            // Agent: is back
	Pulled                           // Ticket, Agent, Reason: the agent asked for this ticket; the decision follows
	Moved                            // Ticket, Agent, Reason: a supervisor wants it next
	Transferred                      // Offer, Ticket, Agent, Facts, Class, Values, From, Reason: work in hand waits again, at From
	Drained                          // Agent, Ticket: is offered nothing else until it has room for Ticket
	Undrained                        // Agent, Ticket: has, or need not any more
	PutAside                         // Offer, Ticket, Agent: deferred work in hand gives its room to a live ticket
	TakenUp                          // Offer, Ticket, Agent: it has it back
	Spent                            // Offer, Ticket, Node, Guard: a start out of turn, charged to that budget
	Uncapped                         // Agent: may start a ticket again of classes it had started enough of
)

// AllClasses is the Class of an Opened or Closed that is about the whole line.
const AllClasses ClassID = math.MaxUint16

// An EndKind is how a ticket ended.
type EndKind uint8

// The ends of a ticket.
const (
	Served EndKind = iota + 1
	Abandoned
	MovedAway // to another line
	ClosedBy  // by somebody, with a reason
	Expired   // by a rule of the policy
	JoinedTo  // never in Ended: what Joined means
)

// A Cause says why an offer ended or why a row stands in a decision.
type Cause uint8

// Causes. In Withdrawn the first six say what became of the offer; in Passed the others say what let the ticket be
// passed.
const (
	ByDecline    Cause = iota + 1
	ByExpiry           // the agent let it ring
	ByLeaving          // the customer left
	ByBreak            // the agent went on break
	BySignOut          // the agent signed out
	ByChange           // the ticket changed under the offer
	ByOrder            // the discipline of Node preferred Rival
	ByGuard            // the protection Guard of Node forced Rival
	ByCoolOff          // the agent had declined this ticket a moment ago
	ByMiss             // the ticket was under an offer that failed, to the agent in Agent
	ByWish             // the agent asked for it
	ByMissing          // the agent missed too many offers in a row
	ByHangUp           // Held: the customer was cut off and may come back
	ByCallback         // Held: until the time the customer asked for; Passed of no row
	BySnooze           // Held: an agent or a supervisor wants it later
	ByCustomer         // Held: it is the customer's turn to answer
	ByNoAnswer         // Held: the customer was called back and not reached
	ByHours            // Closed, Opened: the hours of the policy; CalledBack: it came while they were over
	ByReturn           // Released: the customer is back
	ByEnd              // Released: the hold was over
	ByLoss             // Withdrawn, Returned: the agent was lost
	ByLink             // Withdrawn: the ticket was joined to one with an agent
	ByPull             // Offered, Passed: the agent asked for this ticket
	ByMove             // Offered, Passed: a supervisor wanted this ticket next
	ByPreference       // Passed: it is held for another agent
	ByDrain            // Passed: the agent was drained for another ticket
	ByLimit            // Classified: its class is over its limit
	ByRoom             // Classified: its class has room again
	ByWait             // CalledBack: it waited long enough
	ByInterrupt        // Offered: deferred work was put aside for it
	BySkill            // of Unoffered: nobody on duty can serve it
	ByReserve          // Passed: the agent was kept for others
	ByCap              // Passed: the agent had started as many as it may for now
)

// An Event is a fact. Which fields count is said beside its kind; the others are zero. What Facts and Profile point to
// belongs to the engine and is valid until its next call.
//
// A Passed row says that all tickets of class Class and demand Demand that waited from the place From on and before Before were
// passed, Count of them: the lowest node on their path that showed a later ticket was Node, its winner was Rival with the key
// KeyWon, against KeyLost of the head they were standing behind. With ByCoolOff or ByMiss the row is about Ticket alone.
type Event struct {
	Kind    EventKind
	End     EndKind
	Why     Cause
	Guard   int8 // index into the node's protections where one decided; else -1
	Class   ClassID
	Node    NodeID   // the node that decided
	Demand  DemandID // what the ticket asks of an agent
	Attempt uint32   // offers of this ticket so far, this one included
	At      Instant
	Ticket  TicketID
	Rival   TicketID // Offered: the runner-up; Passed: the node's winner; Missed: who passed
	Agent   AgentID
	Offer   OfferID
	Until   Instant // Offered: deadline, At where it is accepted at once; Finished: end of wrap-up; Withdrawn: end of the cool-off
	KeyWon  int64
	KeyLost int64
	Count   uint32 // Offered: earlier tickets passed that the agent could have served; Passed: of this row
	Skill   uint32 // Offered: earlier tickets the agent lacked a skill for
	Room    uint32 // Offered: earlier tickets that would fit the agent, but not what is free now
	Slips   uint32 // Offered, Ended: how often the ticket was overtaken so far
	From    Place  // Passed: inclusive; Arrived, Offered: the ticket's own place
	Before  Place  // Passed: exclusive
	Key     Key
	Reason  Word
	Facts   *Facts
	Values  [ValuesMax]int64
	Profile *Profile
	Policy  *Policy // Adopted: who replays it puts it there
}

// A DemandID stands for a channel and a set of needs: all tickets with the same ask the same of an agent.
type DemandID uint16
