package statistics

// A Direction says which values of a metric are better.
type Direction int8

// Waits are better when Smaller, service levels when Larger.
const (
	Smaller Direction = iota
	Larger
)

// gain returns a difference of two values as what the first is ahead by.
func (d Direction) gain(difference float64) float64 {
	if d == Larger {
		return difference
	}
	return -difference
}
