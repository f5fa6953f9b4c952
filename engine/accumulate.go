package engine

// Accumulate serves the greatest rate x wait (accumulating priority: Kleinrock 1964; Stanford, Taylor and Ziedins 2014).
// A ticket of rate a that has waited w can be passed only by tickets of a greater rate b that came less than (1 - a/b) w
// after it. Equal rates are first come, first served.
type Accumulate struct {
	Rate []int64 // of each member, at least 1
}

// Name is "accumulate".
func (Accumulate) Name() string { return "accumulate" }

func (o Accumulate) rank(e *Engine, _ *node, m int, t *ticket) int64 {
	return -scaled(int64(e.view.opened-t.opened), o.Rate[m], 1)
}

func (Accumulate) steady(int) bool { return true }
