package engine

// LastIn serves who came last: a baseline for research. The mean wait is that of first come, first served; its variance
// is the greatest that an order without knowledge of the work can have (Kingman 1962).
type LastIn struct{}

// Name is "last_in".
func (LastIn) Name() string { return "last_in" }

func (LastIn) key(_ int, t *ticket) int64 { return -int64(t.place.Arrived) }

func (LastIn) steady(int) bool { return false }
