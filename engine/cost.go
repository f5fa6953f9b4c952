package engine

import "slices"

// Cost serves the member whose next moment costs most: the marginal cost of its wait or of its queue, times the speed at
// which the agent would serve it (generalised c-mu: Van Mieghem 1995; Mandelbaum and Stolyar 2004). The cost of a
// member is Weight x^Power, where x is how long the ticket has waited, in units of Per, or how many wait below the member. In
// heavy traffic that order comes near the least total cost. With Power 1 of wait the slope never changes: it is strict
// priority by weight and speed, and the lower has no bound on its wait.
//
// The speed is 1 over the mean work of the agent who would be asked on a ticket of that channel, see Engine.pace. Slopes are
// exact to a nanosecond of wait, with powers above 2 to a millisecond; those an int64 cannot hold go by place: with the greatest
// weight and power, waits above 3 h where Per is a second, 2 days where it is a minute.
type Cost struct {
	Weight []int64 // of each member, at least 1
	Power  []int   // of each member, 1 to PowerMax
	Queue  bool    // of the queue, not of the wait
	Per    Duration
}

// PowerMax is the highest power of a cost.
const PowerMax = 4

// Name is "cost".
func (Cost) Name() string { return "cost" }

func (o Cost) rank(e *Engine, n *node, m int, t *ticket) int64 {
	unit := o.Unit()
	x := int64(e.view.opened-t.opened) / (int64(o.Per) / unit)
	if o.Queue {
		x = e.queue(n, m) * unit
	}
	slope := o.Weight[m] * int64(o.Power[m]) * unit
	for range o.Power[m] - 1 {
		slope = scaled(slope, x, unit)
	}
	return -scaled(slope, int64(o.Per), int64(e.work(t)))
}

func (Cost) steady(int) bool { return true }

// Unit is what a slope of 1 for each Per of work is as a key: Per in nanoseconds, or where a power is above 2 in milliseconds, so
// that long waits do not become too great for a key.
func (o Cost) Unit() int64 {
	if slices.Max(o.Power) > 2 {
		return int64(o.Per / Millisecond)
	}
	return int64(o.Per)
}

// work is how long the agent who would be asked for t will take.
func (e *Engine) work(t *ticket) Duration {
	h := e.tickets.find(t.place.Seq)
	return e.pace(e.match(h), e.skills.demands[t.demand].channel)
}
