package engine

import "math/bits"

// An occupation is how much of its time on duty an agent worked. Breaks and the time between signing out and in count
// for neither, so nobody gains by them; an offer that rings is not work, work in hand and its wrap-up are.
type occupation struct {
	at     Instant  // up to when it is counted
	duty   Duration // less than occupationLast
	worked Duration // of that, with the whole capacity in use
	rest   int32    // and so many parts of whole of a nanosecond
}

// occupationLast is how far an occupation looks back: when so much is full both halves are halved. So it is of the last 8 to
// 16 hours on duty.
const occupationLast = 16 * Hour

// pass counts that the agent was on duty until an instant with so many units of its capacity in work.
func (o *occupation) pass(until Instant, units int32) {
	for o.at < until {
		span := min(until.Sub(o.at), occupationLast-o.duty)
		o.at, o.duty = o.at.Add(span), o.duty+span
		switch {
		case units == whole:
			o.worked += span
		case units > 0:
			hi, lo := bits.Mul64(uint64(span), uint64(units))
			lo, carry := bits.Add64(lo, uint64(o.rest), 0)
			worked, rest := bits.Div64(hi+carry, lo, whole)
			o.worked, o.rest = o.worked+Duration(worked), int32(rest)
		}
		if o.duty == occupationLast {
			o.rest = (int32(o.worked&1)*whole + o.rest) / 2
			o.duty, o.worked = o.duty/2, o.worked/2
		}
	}
}

// spent returns the occupation of agent n until now.
func (e *Engine) spent(n uint32) occupation {
	a := &e.agents.list[n]
	o := a.time
	if a.state == onDuty {
		o.pass(e.now, e.inWork(a))
	}
	o.at = e.now
	return o
}

// occupy counts the time of agent n until now. It comes before any change of its state or its work.
func (e *Engine) occupy(n uint32) {
	if a := &e.agents.list[n]; a.time.at != e.now {
		e.occupyTo(a)
	}
}

func (e *Engine) occupyTo(a *agent) {
	if a.state == onDuty {
		a.time.pass(e.now, e.inWork(a))
	}
	a.time.at = e.now
}

// inWork returns the units of a that work in hand and wrap-up take.
func (e *Engine) inWork(a *agent) (units int32) {
	for _, x := range a.offers {
		if o := e.offers.at(x); o.state == working || o.state == wrapping {
			units += o.took
		}
	}
	return units
}
