package recorded

import "time"

// ServiceElse is the service time of a call on a day on which nobody was served: such a call can only
// be served by agents that the log does not show.
const ServiceElse = 2 * time.Minute

// borrow gives each call without a service time that of its neighbour of the same type: the last served
// before it on its date, or the first after it, or, for a type that nobody had served, of any type.
// calls are sorted by date and arrival.
func borrow(calls []Call) {
	for len(calls) > 0 {
		n := 1
		for n < len(calls) && calls[n].Date == calls[0].Date {
			n++
		}
		borrowDay(calls[:n])
		calls = calls[n:]
	}
}

func borrowDay(calls []Call) {
	const every Type = ""
	last := map[Type]time.Duration{}
	for i := len(calls) - 1; i >= 0; i-- { // ends with the first of each type
		if c := calls[i]; c.Logged {
			last[c.Type], last[every] = c.Service, c.Service
		}
	}
	for i := range calls {
		c := &calls[i]
		if c.Logged {
			last[c.Type], last[every] = c.Service, c.Service
			continue
		}
		took, ok := last[c.Type]
		if !ok {
			took, ok = last[every]
		}
		if !ok {
			took = ServiceElse
		}
		c.Service = took
	}
}
