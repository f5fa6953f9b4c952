package run

import (
	"fairline/engine"
	"fairline/simulations/measure"
)

// A slot is a ticket that is in the line.
type slot struct {
	measure.Ticket
	offer   engine.OfferID
	ends    uint64          // the entry in force among those of work, 0: none
	leaves  uint64          // the entry in force among those of patience, 0: none
	left    engine.Duration // work that is left, of work put aside
	began   engine.Instant  // the work in hand
	origin  int32           // the source in which the customer began
	twin    int32           // the slot of a second ticket of the same customer, -1: none
	tries   uint8           // handlings so far
	state   state
	count   uint32          // whom the offer passes
	skill   uint32          // likewise, for want of a skill
	room    uint32          // likewise, for want of room
	counted bool            // it came in the time that is measured
	spare   bool            // another ticket of its customer was started
	again   engine.OfferID  // of a ticket whose customer hung up: the last offer before, in the line
	told    uint32          // the slips that were told of then
	head    engine.TicketID // the ticket that it is a contact of, where that has others; 0: none
}

// A state is where a ticket is.
type state uint8

const (
	free state = iota
	waits
	rings
	served
	aside // its work was put aside
	hung  // its customer hung up, and may come back
)

// slots are kept in a slab; those that are free are used again.
type slots struct {
	slab []slot
	free []int32
	in   table // by number of the ticket
}

func (s *slots) clear() {
	s.slab, s.free = s.slab[:0], s.free[:0]
	s.in.clear()
}

// add returns a free slot, which holds what its last ticket left there.
func (s *slots) add() int32 {
	if n := len(s.free); n > 0 {
		i := s.free[n-1]
		s.free = s.free[:n-1]
		return i
	}
	s.slab = append(s.slab, slot{})
	return int32(len(s.slab) - 1)
}

// drop frees a slot.
func (s *slots) drop(i int32) {
	x := &s.slab[i]
	if x.ID != 0 {
		s.in.drop(uint64(x.ID))
	}
	x.ID, x.state, x.ends, x.leaves = 0, free, 0, 0
	s.free = append(s.free, i)
}

// of returns the slot of a ticket, nil where it is not in the line.
func (s *slots) of(id engine.TicketID) (int32, *slot) {
	i := s.in.get(uint64(id))
	if i < 0 {
		return i, nil
	}
	return i, &s.slab[i]
}

// fresh is how many slips of a ticket were not told of when its customer hung up.
func (x *slot) fresh(slips uint32) uint32 { return slips - min(slips, x.told) }
