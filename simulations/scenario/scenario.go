package scenario

import (
	"fairline/engine"
	"fairline/policy/sheet"
	"fairline/simulations/dist"
)

// A Scenario is a model of a line. It is read-only once it was read, and may be shared.
//
// All laws of spans are in seconds. Instants of a scenario count from its beginning.
type Scenario struct {
	Name, Description string
	File              string
	Source            []byte // of the file, whole

	Starts engine.Instant  // when it begins, for the hours of policies
	Length engine.Duration // how long customers come
	After  engine.Duration // how long it goes on then: whoever waits at the end of it counts as still waiting
	Period engine.Duration // of reports; divides Length

	Busy     []Busyness
	Sources  []Source
	Groups   []Group
	Waiting  []Start  // who waits when it begins
	Cohorts  []Cohort // whom reports tell apart beside channels and classes; at most 32
	Channels []string
	// Targets say within which wait a ticket of a channel counts as served in time, where the policy does not: by channel.
	Targets map[string]engine.Duration
	Short   engine.Duration // who leaves within it is a short abandon
	Needs   []string        // values of the attribute `need`, the greatest first: what justifies passing somebody

	places map[string]sheet.Span // of what a policy has to know, by path in the file; for Fits
}

// A Cohort is tickets that reports name together: all that fulfil each condition.
type Cohort struct {
	Name      string
	Sources   []int    // nil: any
	Channels  []string // nil: any
	Actions   []string // nil: any
	Attribute string   // empty: any
	Values    []string // of Attribute, any of these; nil: by the number
	AtLeast   *int64   // of Attribute
	AtMost    *int64
}

// A Busyness is a random factor of a whole day, which the sources that name it share.
type Busyness struct {
	Name string
	Law  dist.Law // of mean 1
}

// A Source is a stream of customers of one kind.
type Source struct {
	Name     string
	Channel  string
	Arrivals Arrivals
	Busy     int      // index into Scenario.Busy; -1: none
	Batch    dist.Law // how many come at once, rounded, at least 1; nil: one

	Handling Span
	Wrap     Span // zero: none
	Patience Patience
	Balk     []Balk // by length, ascending

	Attributes []Attribute
	Skills     []Chance // skills a ticket needs
	Known      float64  // the probability that the customer is known
	Customers  int      // known customers are one of so many, alike likely; 0: each comes once
	Due        dist.Law // a date of the ticket's own, that long after its arrival; nil: none

	Transfer Transfer
	Actions  []Action // what customers may do about their matter; the first is the truthful one; nil: only that
}

// Arrivals are when the customers of a source come. At most one of the fields is set; without one nobody comes but who
// retries as one of them, or waits at the beginning.
type Arrivals struct {
	Rates    []Rate   // Poisson, of a rate that is constant from each From on; one with From 0: all the time
	Points   []Rate   // Poisson, of a rate that runs straight from point to point, by thinning
	Wave     *Wave    // Poisson, of a rate that follows a sine, by thinning
	Counts   []Count  // fixed numbers, each anywhere in its period
	Interval dist.Law // renewal: the time between two
	Trace    *Trace   // as recorded
}

// A Rate is so many an hour, from an instant on.
type Rate struct {
	From    engine.Duration
	PerHour float64
}

// A Wave is the rate Mean (1 + Swing sin(2 pi (t + Shift) / Every)), in customers an hour.
type Wave struct {
	PerHour float64
	Swing   float64 // 0 to 1
	Every   engine.Duration
	Shift   engine.Duration
}

// A Count is so many customers in a period that begins at From and ends where the next begins.
type Count struct {
	From   engine.Duration
	Number int
}

// A Trace are recorded customers, in order of arrival.
type Trace struct {
	File string
	Rows []Row
}

// A Row is one recorded customer. Handling and Patience of -1 are not known, and drawn.
type Row struct {
	At       engine.Duration
	Handling engine.Duration
	Patience engine.Duration
	Values   map[string]string // attributes as written; nil: none
}

// A Span is a law of how long something takes: the most special one that applies.
type Span struct {
	Law     dist.Law            // nil: takes no time
	ByGroup map[string]dist.Law // of agents
	Periods []PeriodLaw         // by From, ascending; applied where ByGroup has none
	Factor  float64             // -1 to 1: how it goes with the customer's hidden factor, see Attribute
}

// A PeriodLaw is a law of those who arrive from an instant on.
type PeriodLaw struct {
	From engine.Duration
	Law  dist.Law
}

// Patience is how long customers wait.
type Patience struct {
	Span
	AtOnce float64 // the probability of leaving at once where one must wait
	Retry  []Retry // what they do who left, tried in order
}

// A Retry is coming back after leaving.
type Retry struct {
	Probability float64
	After       dist.Law
	As          int // the source whose channel, handling, patience and attributes it has then
	Most        int // times one customer does so; at least 1
}

// A Balk is the probability of not staying where so many wait already.
type Balk struct {
	Waiting     int
	Probability float64
}

// An Attribute is something a ticket carries, drawn for each customer. Attributes, handling and patience of a customer may go
// together: the normal quantile z of the draw is then Factor x the customer's hidden factor + sqrt(1 - Factor^2) x its own, a
// Gaussian copula with one factor.
type Attribute struct {
	Name   string
	Values []Weighted // one of these; nil: a number by Law
	Law    dist.Law   // rounded to a whole number
	Factor float64    // -1 to 1; 0: on its own. Of Values the later are those of high z
}

// A Weighted is a value and how likely it is.
type Weighted struct {
	Value  string
	Weight float64 // all of one attribute sum to 1
}

// A Chance is a skill, as "german" or "german@2", and the probability that it is needed.
type Chance struct {
	Skill       string
	Probability float64
}

// A Transfer is work that is handed on when its handling ends, once.
type Transfer struct {
	Probability float64
	Skills      []string // needed then, instead of those before
	Handling    Span
}

// An Action is what a customer may do about a matter: another channel, a public post, a second ticket.
type Action struct {
	Name    string
	Share   float64           // the probability of it where customers do not weigh; all of a source sum to 1
	Channel string            // empty: the source's
	Set     map[string]string // attributes it changes
	Also    string            // a channel on which a second ticket is opened; served first ends the other. Empty: none
	AlsoSet map[string]string // attributes of the second ticket
	Cost    dist.Law          // what it costs the customer, as a wait in seconds; nil: nothing
}

// A Group is agents who are alike.
type Group struct {
	Name   string
	Shifts []Shift
	Skills []string
	Takes  map[string]int // by channel: how many tickets fill an agent; without one: as the policy says
	Answer dist.Law       // how long an offer rings; nil: it is accepted at once
	Misses float64        // the probability that an offer is not answered
	// BackAfter is how long an agent is on the break that the policy orders for missed offers; 0 stands for a minute.
	BackAfter engine.Duration
	Faster    float64 // handling takes 1/Faster of its time; 0 stands for 1
	Leaving   Leaving
}

// A Shift is when so many agents of a group are on duty.
type Shift struct {
	From, To engine.Duration // To 0: to the end
	Agents   int
	Breaks   []Break
}

// A Break is a time without offers; work in hand goes on.
type Break struct {
	At     engine.Duration
	Length engine.Duration
}

// Leaving is what becomes of work in hand at the end of a shift.
type Leaving uint8

// What an agent does.
const (
	Finishing   Leaving = iota // it is finished first
	HandingBack                // it returns to its place
)

// A Start is tickets of a source that wait when a scenario begins, that long after each other, the oldest Age old.
type Start struct {
	Source int
	Number int
	Age    engine.Duration
}
