package engine

import "math"

// Limits of a policy. A policy over a limit is refused when it is adopted.
const (
	ChannelsMax = 16   // channels of a line
	ClassesMax  = 256  // classes of a policy
	NodesMax    = 256  // nodes of the ordering tree
	DepthMax    = 16   // nodes from the root to a class
	AttrsMax    = 16   // attributes that rules and the order read
	ValuesMax   = 4    // numbers of a ticket that the order reads, see Policy.Values
	NeedsMax    = 8    // skills one ticket needs
	SkillsMax   = 320  // skills of one agent, each level of a skill counted
	CountersMax = 4    // protections that count, above any one class
	TakesMax    = 16   // tickets of one channel an agent may have at once
	DemandsMax  = 4096 // different sets of channel, needs and preferred agent among the tickets of a line, ever
	LineLenMax  = 1_000_000
	ProfilesMax = 4096 // different skills and channels among the agents of a line, ever
)

// None is a limit that never binds.
const None = math.MaxInt64

// A ChannelID, a ClassID and a NodeID are indexes into the policy's Channels, its Classes, and its nodes in preorder
// (the root is 0).
type (
	ChannelID uint8
	ClassID   uint16
	NodeID    uint16
)

// A Policy says in which order a line serves. It is read-only once adopted: lines and copies of a line may share it.
type Policy struct {
	Name     string
	Hash     [32]byte // of the file's bytes
	Attrs    []string // names of Facts.Attrs, in that order
	Channels []Channel
	Classes  []Class
	Root     *Node

	// Classify returns the class of a ticket. It is pure and total, and is asked when a ticket arrives or changes.
	Classify func(*Facts) ClassID
	// Values fills in the numbers of a ticket that orders and protections read by slot (see Due.By). It is pure,
	// asked when a ticket arrives or changes, and nil when no slot is used.
	Values func(*Facts, *[ValuesMax]int64)

	// Next returns the class a ticket counts as while its class is over a limit whose Beyond is NextClass. Pure, and
	// nil when no class has such a limit.
	Next func(*Facts, ClassID) ClassID
	// Ask sets the needs in force and the preferred agent of a ticket of a class, whose own needs stand in Facts.Needs,
	// at relaxation step step (0: when its needs were set). It returns after how long on the line's clock, since the
	// needs were set, the next step comes; None: there is none. Pure; nil: tickets ask for their own needs only. It
	// adds at most NeedsMax needs together with the ticket's own: what is over is left out.
	Ask func(f *Facts, c ClassID, step int) Duration
	// Join returns what contacts of one customer on one matter have in common; 0: a contact that is never joined. Pure;
	// nil: nothing is joined.
	Join       func(*Facts) Word
	JoinWithin Duration // how long after its first contact a ticket takes others in; 0 stands for 30 days

	Clock *Calendar // what waits and targets count; nil: all time
	Hours *Calendar // when agents serve; nil: always

	EndOfLine      Moments  // who goes to the end of the line; zero: everybody keeps the place
	ReopenedWithin Duration // how long after its end a ticket is found again by Join; 0: never
	Attempts       int      // callbacks that may fail before the ticket is closed; 0: no limit
	Apart          Duration // between two of them; 0 stands for 30 min
	Unreached      Word     // the reason for which it is closed

	Reserve []Reserve // what a free agent is kept for
	Caps    []Cap     // how many tickets an agent starts in a while
	Choose  Choice    // which agent a ticket is offered to

	Reconnect  Duration // how long a lost agent keeps work in hand; 0 stands for 2 min
	BreakAfter int      // offers missed in a row before an agent is put on break; 0 stands for 2
	LineLen    int      // tickets that may wait; 0 stands for LineLenMax
}

// A Reserve keeps free agents for some classes: a ticket of another class may not take an agent who has the skill and has
// nothing in hand while no more than so many of them are free.
type Reserve struct {
	Agents int
	Skill  Word
	For    []ClassID
	Line   int // in the policy file
}

// A Cap lets an agent start at most so many tickets of some classes within Per of plain time, sliding; an open offer counts.
type Cap struct {
	Starts  int
	Per     Duration
	Classes []ClassID // sorted
	Line    int       // in the policy file
}

// A Choice says which of several agents who could be offered a ticket is. Those who are alike by the rule go by how long
// they have been idle.
type Choice struct {
	Rule ChoiceRule
	List []AgentID // of OrderedList: who is asked first; who is not in it comes last
	Seed uint64    // of ByLot
}

// A ChoiceRule is a way to choose an agent.
type ChoiceRule uint8

// The rules, by their names in a policy file.
const (
	LongestIdle      ChoiceRule = iota // whose last work ended first
	LeastOccupied                      // who worked the smallest part of the last 8 to 16 hours on duty
	MostFreeCapacity                   // who has most room
	FullestFirst                       // who has least room that is enough
	FewestSkills                       // who has fewest skills, each level counted
	Fastest                            // whose pace on tickets of that channel is quickest
	OrderedList                        // who comes first in the list
	IdlenessRatio                      // of those whose like are idle most, against their part of all on duty
	ByLot                              // by chance
)

// Moments are changes at which a ticket may lose its place, where a policy says so.
type Moments uint8

// The moments.
const (
	AtTransfer Moments = 1 << iota
	AtCallback
	AtReopening
)

// A ClosedRule says what a ticket gets that comes while its class is closed.
type ClosedRule uint8

// The rules.
const (
	ClosedWait     ClosedRule = iota // it is taken in and waits for the opening
	ClosedRefuse                     // it is refused
	ClosedCallback                   // it is taken in, its customer goes, and an agent calls back
)

// A BeyondRule says what a class over its limit gets.
type BeyondRule uint8

// The rules.
const (
	GoAhead   BeyondRule = iota + 1 // the start goes ahead and is marked
	NextClass                       // tickets count as Policy.Next says, until the window has room
)

// A Channel is a way by which tickets come.
type Channel struct {
	Name  string
	Takes int      // tickets of this channel that fill an agent, 1 to TakesMax
	Offer Duration // how long an agent may look at an offer; 0 stands for 20 s
	Late  Duration // how far back an arrival may be claimed

	Handling Duration // the work that a ticket is expected to need; 0 stands for 5 min

	Live       bool // the customer is there while waiting: a second live contact is a ticket of its own
	Closed     ClosedRule
	Grace      Duration    // a customer who is cut off and comes back within it has the old place; 0: leaving is final
	LeaveAfter Duration    // after this wait, in plain time, the customer need not hold on: an agent calls back; 0: never
	Interrupts []ChannelID // channels whose work in hand a ticket of this one may put aside
}

// A Class is a kind of ticket that the order treats as one.
type Class struct {
	Name   string
	Reason string // why it may overtake; empty when it or its group never does
	Line   int    // in the policy file

	Hours *Calendar // when it is served, instead of the policy's Hours; nil: those
	// Limit bounds the starts of the class that overtake somebody to so many within Per of plain time, counted at the
	// offer; 0: no limit. Beyond must then be set.
	Limit  int
	Per    Duration
	Beyond BeyondRule

	Expire       Duration // plain time after which a waiting ticket ends without its customer; 0: never
	ExpireReason Word
}

// A Node is a group of the policy: it orders its members, each a class or another group.
type Node struct {
	Name    string // the group's name; "line" for the root
	Reason  string
	Line    int // of its order, in the policy file
	Order   Order
	Members []Member
	Protect []Protection // in file order: the first that forces a ticket decides
}

// A Member of a node is a group, or where Group is nil the class Class.
type Member struct {
	Class ClassID
	Group *Node
}

// A ProtectionKind says what a Protection bounds.
type ProtectionKind uint8

// The protections, by their names in a policy file.
const (
	OvertakenAtMost     ProtectionKind = iota + 1 // a ticket overtaken this often inside the node is next
	OvertakenOnlyWithin                           // a ticket may be overtaken only by those that came less than this after it
	FirstAfter                                    // a ticket that waited so long goes before the order
	// PassedByCapacityAtMost bounds how often a ticket is passed for want of room. A ticket passed this often is next,
	// and an agent who fits it as a whole is drained for it.
	PassedByCapacityAtMost
	// Budget lets one start in Every be out of turn: when the last Every-1 were not all in turn, the earliest is next.
	Budget
	// MinShare gives each of Parts at least its percentage of the starts, or of the minutes of work, of the last Over: one
	// that is below it is next.
	MinShare
)

// A Protection is a right of those who are overtaken. Limit, By and ByChannel are of the first four kinds. It counts and acts only between tickets inside its node.
type Protection struct {
	Kind  ProtectionKind
	Limit []int64 // for each class of the policy: a count, or nanoseconds; None where the class has no such right
	By    int     // when not 0, the limit of a ticket is its value in slot By-1 instead
	// ByChannel says that all tickets of one channel have the same value in the slot. Without it a register must be
	// looked at as a whole.
	ByChannel bool
	Except    []ClassID
	Line      int // in the policy file

	Every   int64    // of Budget
	Parts   []Part   // of MinShare
	Over    Duration // of MinShare, on the line's clock
	Minutes bool     // of MinShare: of the work, not of the starts
}

// A Part is what a MinShare grants some classes together.
type Part struct {
	Name    string
	Classes []ClassID
	Percent int64
}

// Facts are what a policy may know of a ticket. They are fixed in size: texts and names are Words.
type Facts struct {
	Channel   ChannelID
	Overheard bool    // nobody addressed us
	NeedsLen  uint8   // how many of Needs are in force
	Has       uint32  // bit i: Attrs[i] was carried or has a value by default
	Arrived   Instant // the claim; after acceptance the clamped arrival
	Due       Instant // a date of the ticket's own; 0 is none
	Needs     [NeedsMax]Word
	Attrs     [AttrsMax]int64 // in the policy's order; texts as int64(WordOf(text)), true is 1, times in nanoseconds

	Customer  Word    // a verified customer; 0: unknown, or not verified
	Matter    Word    // what it is about, where that is known
	NotBefore Instant // the customer asked not to be served earlier; 0: none
	// Given has bit i for each of Needs that the policy added. At the door it is 0: all needs are the ticket's own.
	Given uint8
	// Only is the preferred agent for whom the ticket is held; 0: none. Policy.Ask sets it.
	Only AgentID
}

// A Profile is what an agent can do.
type Profile struct {
	Skills []Word             // at most SkillsMax, sorted, without repeats
	Takes  [ChannelsMax]uint8 // for each channel how many tickets fill the agent; 0: the agent does not serve it
	// Answers says that what the agent is offered is put through at once: it is accepted in the turn that offers it, and never rings.
	Answers bool
}
