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
	SkillsMax   = 64   // skills of one agent
	CountersMax = 4    // protections that count, above any one class
	TakesMax    = 16   // tickets of one channel an agent may have at once
	DemandsMax  = 1024 // different sets of needs and channel among the tickets of a line, ever
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

	BreakAfter int // offers missed in a row before an agent is put on break; 0 stands for 2
	LineLen    int // tickets that may wait; 0 stands for LineLenMax
}

// A Channel is a way by which tickets come.
type Channel struct {
	Name  string
	Takes int      // tickets of this channel that fill an agent, 1 to TakesMax
	Offer Duration // how long an agent may look at an offer; 0 stands for 20 s
	Late  Duration // how far back an arrival may be claimed
}

// A Class is a kind of ticket that the order treats as one.
type Class struct {
	Name   string
	Reason string // why it may overtake; empty when it or its group never does
	Line   int    // in the policy file
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
)

// A Protection is a right of those who are overtaken. It counts and acts only between tickets inside its node.
type Protection struct {
	Kind  ProtectionKind
	Limit []int64 // for each class of the policy: a count, or nanoseconds; None where the class has no such right
	By    int     // when not 0, the limit of a ticket is its value in slot By-1 instead
	// ByChannel says that all tickets of one channel have the same value in the slot. Without it a register must be
	// looked at as a whole.
	ByChannel bool
	Except    []ClassID
	Line      int // in the policy file
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
}

// A Profile is what an agent can do.
type Profile struct {
	Skills []Word             // at most SkillsMax, sorted, without repeats
	Takes  [ChannelsMax]uint8 // for each channel how many tickets fill the agent; 0: the agent does not serve it
}
