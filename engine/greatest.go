package engine

// Greatest serves the ticket with the greatest value in slot By-1: a baseline for research, the squeaky wheel.
type Greatest struct {
	By int
}

// Name is "greatest".
func (Greatest) Name() string { return "greatest" }

func (g Greatest) key(_ int, t *ticket) int64 { return -t.values[g.By-1] }

func (Greatest) steady(int) bool { return false }
