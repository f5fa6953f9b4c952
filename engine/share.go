package engine

// A Share divides the service among its flows in proportion to their weights.
type Share struct {
	Weight []int64 // of each member: a flow of its own. nil: a flow for each value
	// Customer makes a flow for each customer; By, when not 0, for each value of slot By-1, where 0 is an unknown one. All
	// members are classes then. WeightBy, when not 0, is the slot with the weight; else all weigh the same.
	Customer bool
	By       int
	WeightBy int
	Unknown  UnknownRule
	Minutes  bool     // the work is charged, in minutes, not the ticket
	HalfLife Duration // what was got counts half after so long on the line's clock; 0: it is not forgotten
	// AtArrival fixes a ticket's turn when it comes: stride scheduling at the enqueue, a baseline for research.
	AtArrival bool
}

// An UnknownRule says what flow tickets have of which the value is not known.
type UnknownRule uint8

// The rules.
const (
	UnknownAlone    UnknownRule = iota + 1 // each is a flow of its own
	UnknownTogether                        // all are one flow
	UnknownAverage                         // each starts as far behind as those with a value did on average
)
