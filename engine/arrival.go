package engine

// Arrival is first come, first served.
type Arrival struct{}

// Name is "arrival".
func (Arrival) Name() string { return "arrival" }

func (Arrival) key(_ int, t *ticket) int64 { return int64(t.opened) }

func (Arrival) steady(int) bool { return true }
