package recorded

import "time"

// A CallID names a call within its log: the telephone line and its running number, or the row.
// It consists of a-z A-Z 0-9 _ - and is no customer's number.
type CallID string

// A Type is what the caller wanted: PS, PE, IN, NE, NW or TT.
type Type string

// An Outcome is how a call ended in the log.
type Outcome uint8

// The outcomes of calls that wanted an agent.
const (
	Served Outcome = iota + 1
	HungUp
)

// String returns the outcome in words.
func (o Outcome) String() string {
	switch o {
	case Served:
		return "served"
	case HungUp:
		return "hung up"
	}
	return "none"
}

// A Call is one call that wanted an agent. Durations from midnight belong to its Date and may exceed
// 24 h.
type Call struct {
	ID       CallID
	Date     Date
	Type     Type
	Priority int // 0 and 1 regular or not identified, 2 priority; 0 for all that did not queue

	Arrived time.Duration // from midnight
	Queued  bool          // false: answered at once, and Wait is 0
	Wait    time.Duration // until answered or hung up
	Outcome Outcome

	Service time.Duration // as logged, or borrowed: see the package comment
	Logged  bool          // whether Service is the log's own
	began   time.Duration // of the service, from midnight; only if Logged
	Agent   AgentName     // empty if the log names nobody
	row     int
}

// Patience returns how long the caller waits before it hangs up, and false if the log does not show it
// because the caller was served.
func (c Call) Patience() (time.Duration, bool) {
	return c.Wait, c.Outcome == HungUp
}

// service returns when the call was in service, from midnight.
func (c Call) service() span {
	from := c.Arrived + c.Wait
	if c.Logged {
		from = c.began
	}
	return span{from: from, to: from + c.Service}
}
