package engine

// A pace is what is known of how long an agent works on the tickets of one channel.
type pace struct {
	served int64
	took   Duration
}

const (
	paceOf   = 10  // an agent counts as having served so many in the channel's own time before the first
	paceLast = 200 // from so many on the older half counts for less
	// handlingElse is the work that a ticket of a channel is taken to need where the policy does not say.
	handlingElse = 5 * Minute
)

// handling is how long work on a ticket of a channel is expected to take.
func (e *Engine) handling(c ChannelID) Duration {
	if d := e.policy.Channels[c].Handling; d > 0 {
		return d
	}
	return handlingElse
}

// pace returns how long agent n, or anybody where it is 0, is expected to work on a ticket of a channel: the mean of what it
// served, counted as if it had served ten in the time that the policy expects.
func (e *Engine) pace(n uint32, c ChannelID) Duration {
	d := e.handling(c)
	if n == 0 || len(e.agents.list[n].paces) == 0 {
		return d
	}
	p := e.agents.list[n].paces[c]
	return max(1, (p.took+paceOf*d)/Duration(p.served+paceOf))
}

// learnPace notes that agent n worked for so long on a ticket of a channel.
func (e *Engine) learnPace(n uint32, c ChannelID, took Duration) {
	a := &e.agents.list[n]
	if a.paces == nil {
		a.paces = make([]pace, ChannelsMax)
	}
	p := &a.paces[c]
	if p.served++; p.served >= paceLast {
		p.served, p.took = p.served/2, (p.took+took)/2
		return
	}
	p.took += took
}
