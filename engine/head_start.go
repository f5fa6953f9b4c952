package engine

// HeadStart serves the earliest (arrival - credit). A ticket can be overtaken only by those that came less than the
// difference of their credits after it; the same order as strict priority with an overtaking window of that length
// (THEORY 1.3).
type HeadStart struct {
	Credit []Duration // of each member
	By     int        // when not 0, a ticket's credit is its value in slot By-1 instead
	// ByChannel says that all tickets of one channel have the same value in the slot.
	ByChannel bool
}

// Name is "head_start".
func (HeadStart) Name() string { return "head_start" }

func (h HeadStart) key(m int, t *ticket) int64 {
	if h.By > 0 {
		return int64(t.opened) - t.values[h.By-1]
	}
	return int64(t.opened) - int64(h.Credit[m])
}

func (h HeadStart) steady(int) bool { return h.By == 0 || h.ByChannel }
