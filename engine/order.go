package engine

// An Order is the rule by which a node chooses among the heads of its members. The lowest key is served first; equal
// keys go by place. A discipline is one small file that implements it.
type Order interface {
	// Name is the discipline's key in a policy file.
	Name() string
	// key ranks the ticket t, shown by member m. It is pure.
	key(m int, t *ticket) int64
	// steady reports whether tickets of one class and demand under member m are in key order when they are in order
	// of arrival, so that the earliest of them is always their head.
	steady(m int) bool
}
