package engine

import "fmt"

// Places returns the tickets at the first places in the order of service, the next one first: Place of the i-th of them is
// i+1, at that instant. There are at most limit of them, and at most PlaceMax. It changes nothing and costs a copy of the line and as many
// decisions.
//
// The error is ErrNoPolicy, or ErrLimit where more than PlaceLineMax tickets wait or are held.
func (e *Engine) Places(limit int, at Instant) ([]TicketID, error) {
	d, err := e.rehearsal(at)
	if err != nil {
		return nil, fmt.Errorf("places: %w", err)
	}
	d.begin()
	var order []TicketID
	for len(order) < min(limit, PlaceMax) {
		id := d.drain()
		if id == 0 {
			break
		}
		order = append(order, id)
	}
	return order, nil
}
