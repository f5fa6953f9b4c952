package measure

import "fairline/engine"

// An Outcome is what became of a ticket.
type Outcome uint8

// The outcomes.
const (
	Open      Outcome = iota // waits or is in service
	Served                   // its service was finished
	Abandoned                // its customer left
	Blocked                  // refused: the line was full or closed
	Balked                   // did not stay when it saw the line
	Closed                   // ended by a rule, by hours, or because another ticket of the matter was served
)

// A Ticket is one customer's matter, as far as it went. The run owns it and fills it in; it may lie in a slot that is used
// again. Fair, Seen and what is not exported belong to the collector, which sets them at Arrive.
type Ticket struct {
	ID      engine.TicketID
	Index   int64 // of the customer within its source
	Source  uint8
	Channel uint8
	Need    uint8  // 0 is the greatest
	Attempt uint8  // 0: the first; retries count up
	Action  uint8  // what the customer chose to do
	Class   uint16 // at Arrive: what it counts as in all groups by class
	Second  bool   // another ticket of a visit that has one
	Cohorts uint32 // bit i: belongs to Shape.Cohorts[i]
	Agent   int32  // who started it last; -1: nobody

	Arrived, Started, Ended engine.Instant  // Started 0: never. The first start counts, a transfer does not change it
	Patience                engine.Duration // what was drawn; engine.None: for ever
	Handled                 engine.Duration // time of agents on it so far, without wrap-up
	Wrapped                 engine.Duration // of wrap-up: at Finish, what there will be

	Slips  uint32 // how often it was overtaken
	Skips  uint32 // how many it overtook, by all its starts
	ByRoom uint32 // passed by it for want of room
	// BySkill counts those passed by it because the agent lacked a skill.
	BySkill uint32
	Outcome Outcome

	Fair float64 // G at its arrival, see the package
	Seen bool    // it came in the window

	started bool
	envy    uint32 // slips its need does not justify
	cell    int32
	period  int32 // -1: none
	crew    int32 // agents on duty at its last start
	rank    int64 // in order of arrival, from 0
	entered engine.Instant
}
