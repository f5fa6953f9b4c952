package engine

// Facts puts into f what the line knows of a ticket that has not ended, in the order of the attributes of the policy
// in force, and reports whether there is such a ticket. A Change begins from here.
func (e *Engine) Facts(id TicketID, f *Facts) bool {
	h := e.tickets.find(id)
	if h == 0 {
		return false
	}
	e.own(e.tickets.at(h), f)
	return true
}

// own are the facts of a ticket, with no needs but its own.
func (e *Engine) own(t *ticket, f *Facts) {
	*f = Facts{Overheard: t.far, Has: t.has, Arrived: t.place.Arrived, Due: t.due, Customer: t.who, Matter: t.matter}
	e.ownNeeds(t, f)
	n, h := len(e.policy.Attrs), int(e.tickets.find(t.place.Seq))
	copy(f.Attrs[:], e.attrs[h*n:(h+1)*n])
}

// ownNeeds puts the channel and the needs of t that the policy did not add into f.
func (e *Engine) ownNeeds(t *ticket, f *Facts) {
	d := e.skills.demands[t.demand]
	f.Channel = d.channel
	for i, need := range d.needs {
		if t.given>>i&1 == 0 {
			f.Needs[f.NeedsLen] = need
			f.NeedsLen++
		}
	}
}
