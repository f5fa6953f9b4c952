package engine

// Due serves the earliest (arrival + target), earliest due date first (Jackson 1955). Own members go by the date of
// the ticket itself; one without a date has the target instead.
type Due struct {
	Target []Duration // of each member
	Own    []bool     // of each member; nil: none
	By     int        // when not 0, a ticket's target is its value in slot By-1 instead
	// ByChannel says that all tickets of one channel have the same value in the slot.
	ByChannel bool
	clock     *Calendar // of the policy, filled in when it is adopted
}

// Name is "due".
func (Due) Name() string { return "due" }

func (d Due) key(m int, t *ticket) int64 {
	switch {
	case d.own(m) && t.due != 0:
		return int64(d.clock.Opened(t.due))
	case d.By > 0:
		return int64(t.opened) + t.values[d.By-1]
	default:
		return int64(t.opened) + int64(d.Target[m])
	}
}

func (d Due) own(m int) bool { return d.Own != nil && d.Own[m] }

func (d Due) steady(m int) bool { return !d.own(m) && (d.By == 0 || d.ByChannel) }
