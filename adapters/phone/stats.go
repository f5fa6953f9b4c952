package phone

// Stats are counts since the start, by outcome. They only rise.
type Stats struct {
	Calls      uint64 // that were handed to the line
	Served     uint64 // the caller and an agent were brought together
	GivenOn    uint64 // the line took a caller from an agent, and the caller was kept
	Abandoned  uint64 // the caller hung up while waiting, or in the moment of the answer, and nobody calls back
	CalledBack uint64 // told that an agent calls back, or hung up while an agent was to call back: the place is kept
	ByHand     uint64 // offers of customers to be called back that are left to the agents
	Dialed     uint64 // customers whom we called back
	Reached    uint64 // and who answered
	Unreached  uint64 // and who did not, were busy or refused: their tickets are held as no-answer
	Undialed   uint64 // and who could not be called, or whose agent hung up first: it is tried again
	Unkept     uint64 // customers to be called back of whom the vault did not take whom to call
	Ended      uint64 // the line ended it while it waited: closed, expired, moved, served by another contact
	Stopped    uint64 // we stopped, or WaitMax

	Full        uint64 // refused: the line is full (486)
	Closed      uint64 // refused: closed at this hour (480)
	Unavailable uint64 // refused: the line cannot be asked, or too many calls here (503)
	Greedy      uint64 // refused: too many calls of one address (486)
	Forbidden   uint64 // refused: not from there (403)
	Wrong       uint64 // requests that were answered 400, 415, 416, 420, 481, 482, 483 or 488, or 500 for their CSeq
	Garbage     uint64 // datagrams and connections that were no SIP
	Malformed   uint64 // messages that could not be read
	Flooded     uint64 // datagrams over the pace, connections over their number

	Rung        uint64 // times that an agent's phone was called
	Busy        uint64 // and it was busy, declined or not reached
	Unanswered  uint64 // and the line took the offer back
	Late        uint64 // and the line had given up the offer when it was answered
	Mute        uint64 // callers who were refused because no music can be played for them
	Lost        uint64 // offers of calls that are not here any more, and that nobody calls back
	Unconfirmed uint64 // answers that the caller never confirmed

	Told       uint64 // 182s
	Asked      uint64 // questions where a call stands
	Anonymous  uint64 // calls without a customer
	Verified   uint64 // calls whose caller is attested
	Digits     uint64 // keys that said something
	Ignored    uint64 // header values that were not text, too long, or from somebody who is not believed
	Registered uint64 // registrations taken or renewed
	Expired    uint64 // registrations that ran out
	Denied     uint64 // registrations refused
}

// Stats returns the counts.
func (a *Adapter) Stats() Stats {
	a.statsMutex.Lock()
	defer a.statsMutex.Unlock()
	return a.stats
}

// count changes the counts.
func (a *Adapter) count(change func(*Stats)) {
	a.statsMutex.Lock()
	change(&a.stats)
	a.statsMutex.Unlock()
}
