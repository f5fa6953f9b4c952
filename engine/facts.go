package engine

// Facts puts into f what the line knows of a ticket that has not ended, in the order of the attributes of the policy
// in force, and reports whether there is such a ticket. A Change begins from here.
func (e *Engine) Facts(id TicketID, f *Facts) bool {
	h := e.tickets.find(id)
	if h == 0 {
		return false
	}
	t := e.tickets.at(h)
	d := e.skills.demands[t.demand]
	*f = Facts{Channel: d.channel, Overheard: t.far, Has: t.has, Arrived: t.place.Arrived, Due: t.due,
		NeedsLen: uint8(len(d.needs))}
	copy(f.Needs[:], d.needs)
	n := len(e.policy.Attrs)
	copy(f.Attrs[:], e.attrs[int(h)*n:(int(h)+1)*n])
	return true
}
