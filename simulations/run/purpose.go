package run

// A purpose is what a random number of a customer is for. Their order stands in results: new ones come last.
type purpose uint64

const (
	forArrival purpose = iota // the gap before the customer, or the place in a period
	forKeeping                // of a candidate of thinning
	forBatch
	forFactor // the hidden factor that attributes, handling and patience share
	forHandling
	forWrap
	forPatience
	forLeavingAtOnce
	forBalking
	forRetry
	forRetryAfter
	forKnown
	forCustomer
	forDue
	forAction
	forTransfer
	forTransferred // handling after a transfer
	forAnswer
	forMissing
	forCost
	purposes
)

// Purposes with a number of their own follow in steps: one for each attribute, and for each skill.
const (
	forAttribute = 64
	forSkill     = 128
	forBusyness  = 192
	forSlots     = 193
	forLots      = 194
)
