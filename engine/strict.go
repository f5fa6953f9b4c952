package engine

// Strict serves the first member that has somebody. The lower ones have no bound on their wait.
type Strict struct{}

// Name is "strict".
func (Strict) Name() string { return "strict" }

func (Strict) key(m int, _ *ticket) int64 { return int64(m) }

func (Strict) steady(int) bool { return true }
