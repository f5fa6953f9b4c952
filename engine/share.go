package engine

// A Share divides the service among its flows in proportion to their weights: start-time fair queueing with as many
// servers as there are agents (Goyal, Vin and Cheng 1996; Jin, Chase and Kaur 2004). A ticket's start is the later of
// its flow's finish and the virtual time at which it came; the least start is served first. An offer moves the virtual time to its
// start, and its flow's finish to that and the charge over the weight. Between two flows of which somebody waits all the
// time, what they were charged for their weights differs by at most one charge of each over its weight, whoever else comes, and
// nobody saves up turns while nobody of theirs waits. Each member has a virtual time of its own, see advance.go.
//
// The charge is made at the offer, taken back if the offer fails, and settled when the work is known. A weight is a
// promise only among agents who can serve both flows; see Engine.Shares.
//
// With a HalfLife it is least attained service with forgetting (Kay and Lauder 1988): whoever got least for its weight, of
// which half is forgotten after each half-life, is served first.
type Share struct {
	Weight []int64 // of each member, a flow of its own; nil: a flow for each value
	// Customer makes a flow for each customer; By, when not 0, for each value of slot By-1, where 0 is an unknown one. All
	// members are classes then. WeightBy, when not 0, is the slot with the weight; else all weigh the same.
	Customer bool
	By       int
	WeightBy int
	Field    string // what tells the flows apart, for reports; flows survive an adoption where it stays
	Unknown  UnknownRule
	Minutes  bool     // the work is charged, in minutes, not the ticket
	HalfLife Duration // on the line's clock; 0: nothing is forgotten
	// AtArrival fixes a ticket's turn when it comes (stride scheduling, Waldspurger and Weihl 1995, at the enqueue): whoever
	// leaves has used up a turn. A baseline for research.
	AtArrival bool
}

// An UnknownRule says what flow tickets have of which the value is not known.
type UnknownRule uint8

// The rules.
const (
	UnknownAlone    UnknownRule = iota + 1 // each is a flow of its own: hiding pays
	UnknownTogether                        // all are one flow
	UnknownAverage                         // each starts as far behind as those with a value did of late
)

// Name is "share".
func (Share) Name() string { return "share" }

func (o Share) rank(e *Engine, n *node, m int, t *ticket) int64 { return n.sharing.start(e, n, m, t) }

func (o Share) steady(int) bool { return !o.valued() && !o.AtArrival }

// valued reports whether flows are values, not members.
func (o Share) valued() bool { return o.Weight == nil }

// unit is what a flow of weight 1 is charged for a ticket, or for a millisecond of work: a multiple of all weights where that
// is not too large, so that nothing is rounded but what decays.
func (o Share) unit() int64 {
	unit := int64(1)
	if o.WeightBy > 0 {
		unit = 5040 // of all up to 10
	}
	for _, w := range o.Weight {
		unit = min(unit/gcd(unit, w)*w, 1<<13)
	}
	if o.Minutes {
		return unit
	}
	return unit << 18 // so that what decays is not rounded away, nor a weight that does not divide the unit
}

// Unit is what a start, as a decision has it for a key, counts for one ticket, or for a millisecond of work, of a flow of weight 1.
// With a HalfLife keys may only be compared with one another.
func (o Share) Unit() int64 { return o.unit() }

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
