package ledger

import (
	"errors"
	"fmt"
	"slices"

	"fairline/engine"
)

// ErrCensus says that counting by hand gives something else than the events say.
var ErrCensus = errors.New("counted by hand it is otherwise")

// A Pair is one overtaking: By started before Over, who had come earlier, waited, and could have been served by the same
// agent.
type Pair struct {
	Entry  Number
	Over   engine.TicketID // the contact that counted for the ticket Ticket
	By     engine.TicketID // the contact that was reached
	Ticket engine.TicketID
	Offer  engine.OfferID // of By
	Agent  engine.AgentID // who served By
	At     engine.Instant // of the offer to By
	Row    int            // of the entry; -1: a miss
	Able   int            // agents on duty at the offer who could serve Over, busy or not
	// Handled is the time from the acceptance of By to its finish, or to its return; Open: it is not over.
	Handled engine.Duration
	Open    bool
}

// Cost is the cost of the overtaking, as the package defines it.
func (p *Pair) Cost() engine.Duration {
	if p.Able == 0 {
		return 0
	}
	return p.Handled / engine.Duration(p.Able)
}

// A Tally is what a census counted.
type Tally struct {
	Entries uint64 // starts and misses
	Starts  uint64 // offers that were accepted
	Pairs   uint64 // overtakings, the missed ones with them
	Missed  uint64 // those that stand against an agent who missed
	Skill   uint64 // passings by skill of all starts: no overtakings
	Room    uint64 // passings for want of room of all starts: no overtakings
	Cost    engine.Duration
	Open    uint64 // pairs whose cost is not known yet
}

// A Census counts by hand: it keeps the line in lists, looks at everybody for each start, and remembers each overtaking
// as a pair. It follows the events of a line from its first and compares what they say with what it counted. Its memory
// is the line, the work in hand, and the offers that failed while others were open; its time for each offer is the line's
// length. It shares nothing with the engine but the events. The zero value is ready.
type Census struct {
	// Each is told of each pair when the work of the one who went ahead is over, or by Close; nil: nobody is.
	Each func(Pair)

	paths    map[engine.ClassID][]engine.NodeID
	book     Book
	lives    lives
	roster   roster
	offers   map[engine.OfferID]*asked // open, or worked on, or wrapped up
	used     map[engine.AgentID]int32
	cool     map[cooling]bool
	wanted   engine.Event // Pulled: the decision must come next
	moved    map[engine.TicketID]bool
	drained  map[engine.AgentID]engine.TicketID
	limits   limits
	starts   map[engine.AgentID][]begun
	decision *asked // whose rows are coming
	rows     []engine.Event
	found    []int // used again
	expected []expected
	tally    Tally
}

// An expected is a Missed event that must come next.
type expected struct {
	offer engine.OfferID
	rival engine.TicketID
	pairs []*passing
}

// Book returns the entries' book of the census.
func (c *Census) Book() *Book { return &c.book }

// Tally returns what was counted so far.
func (c *Census) Tally() Tally { return c.tally }

// Add follows one event, in order. The error wraps ErrCensus and says where the event, or a decision before it, is not
// what was counted; the census must then not be used any more.
func (c *Census) Add(ev *engine.Event) error {
	if err := c.settled(ev); err != nil {
		return fmt.Errorf("%w: %w", ErrCensus, err)
	}
	entry, entered := c.book.Add(ev)
	if entered {
		c.tally.Entries++
	}
	if err := c.follow(ev, entry); err != nil {
		return fmt.Errorf("%w: %w", ErrCensus, err)
	}
	return nil
}

// Close checks that nothing is left over, and tells of the pairs whose overtakers are still at work.
func (c *Census) Close() error {
	if err := c.settled(&engine.Event{}); err != nil {
		return fmt.Errorf("%w: %w", ErrCensus, err)
	}
	for _, id := range sortedOffers(c.offers) {
		o := c.offers[id]
		for _, p := range o.entered {
			p.pair.Open = true
			c.tell(p)
		}
		o.entered = nil
	}
	return nil
}

// settled checks what must be complete before another event: the rows of a decision, the misses of what came before, and
// the decision that an agent asked for.
func (c *Census) settled(ev *engine.Event) error {
	if c.decision != nil && ev.Kind != engine.Passed {
		if err := c.expand(); err != nil {
			return err
		}
		if ev.Kind != engine.OverLimit {
			if n := c.decision.beyond; n > 0 {
				return fmt.Errorf("offer %d is start %d of a class over its limit, and no event says so", c.decision.id, n)
			}
			c.decision, c.rows = nil, c.rows[:0]
		}
	}
	if len(c.expected) > 0 && ev.Kind != engine.Missed {
		x := c.expected[0]
		return fmt.Errorf("offer %d was missed and %d went ahead, but no event enters it", x.offer, len(x.pairs))
	}
	return nil
}

func (c *Census) follow(ev *engine.Event, entry *Entry) error {
	if err := c.compare(ev, entry); err != nil {
		return err
	}
	c.roster.follow(ev)
	err := c.lives.follow(ev)
	if ev.Kind == engine.Adopted || ev.Kind == engine.SignedIn {
		c.reprice()
	}
	if ev.Kind == engine.Adopted { // which may have made new demands, of tickets that the book does not know
		c.book.demands.list = slices.Clone(c.lives.demands.list)
	}
	return err
}

// compare looks at an event before the line follows it.
func (c *Census) compare(ev *engine.Event, entry *Entry) error {
	switch ev.Kind {
	case engine.Adopted:
		c.adopt(ev)
	case engine.Offered:
		return c.offer(ev)
	case engine.Passed:
		if c.decision == nil || c.decision.id != ev.Offer {
			return fmt.Errorf("a row of offer %d does not stand behind its decision", ev.Offer)
		}
		c.rows = append(c.rows, *ev)
	case engine.OverLimit:
		return c.overLimit(ev)
	case engine.Accepted:
		return c.accept(ev, entry)
	case engine.Withdrawn:
		return c.withdraw(ev)
	case engine.Missed:
		return c.miss(ev, entry)
	case engine.Returned, engine.Finished, engine.WrapEnded, engine.Transferred, engine.PutAside, engine.TakenUp:
		return c.work(ev)
	case engine.Held:
		return c.hold(ev)
	case engine.Cooled:
		delete(c.cool, cooling{ev.Ticket, ev.Agent})
	case engine.Pulled, engine.Moved, engine.Drained, engine.Undrained:
		c.wish(ev)
	}
	return nil
}

// wish notes why a decision may come that no order makes.
func (c *Census) wish(ev *engine.Event) {
	switch ev.Kind {
	case engine.Pulled:
		c.wanted = *ev
	case engine.Moved:
		c.moved[ev.Ticket] = true
	case engine.Drained:
		c.drained[ev.Agent] = ev.Ticket
	case engine.Undrained:
		delete(c.drained, ev.Agent)
	}
}

// tell adds up a pair whose fate is known.
func (c *Census) tell(p *passing) {
	if p.pair.Open {
		c.tally.Open++
	} else {
		c.tally.Cost += p.pair.Cost()
	}
	if c.Each != nil {
		c.Each(p.pair)
	}
}
