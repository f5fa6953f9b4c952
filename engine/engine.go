package engine

import (
	"errors"
	"fmt"
	"slices"
)

// EventsMax is about how many events one command may yield. What is left over falls due at once: see Due.
const EventsMax = 1000

// Errors of Do. A refused command leaves the state as it was.
var (
	ErrTimeBack      = errors.New("the command is older than the one before")
	ErrTickFirst     = errors.New("something is due before this command: send a Tick")
	ErrNoPolicy      = errors.New("no policy is in force")
	ErrPolicy        = errors.New("the policy cannot be adopted")
	ErrUnknownTicket = errors.New("no such ticket in the line")
	ErrUnknownAgent  = errors.New("no such agent on duty")
	ErrOfferOver     = errors.New("the offer is over")
	ErrInService     = errors.New("the ticket is in service")
	ErrState         = errors.New("not possible in this state")
	ErrClosed        = errors.New("closed at this hour")
	ErrProtected     = errors.New("the rights of those who would be overtaken forbid it")
	ErrLineFull      = errors.New("the line is full")
	ErrLimit         = errors.New("over a limit")
)

// A DuplicateError says that a ticket of this Key was accepted before.
type DuplicateError struct {
	Ticket TicketID
}

// Error says which ticket it is.
func (e *DuplicateError) Error() string {
	return fmt.Sprintf("the ticket was accepted before, as number %d", e.Ticket)
}

// An Engine is one line: it decides who is served next and says why. It is not safe for concurrent use, and a second
// one fed with the same commands yields the same events.
type Engine struct {
	policy  *Policy
	tree    *tree
	now     Instant
	tickets tickets
	tags    []int64 // of the ticket with handle h, one for each Share above it: from h*tree.shares, see tags.go
	attrs   []int64 // of the ticket with handle h: from h*len(policy.Attrs)
	offers  offers
	urgent  []TicketID // those a supervisor wants next
	strays  []TicketID // those whose class is over its limit
	drains  []drain
	asides  []OfferID // work put aside, in that order
	astray  bool      // some of strays may count as the wrong class
	agents  agents
	skills  skills
	cools   cooloffs
	index   index
	marks   marks
	recent  recent
	timers  timers
	known   map[Key]TicketID
	forget  []memory
	forgot  int                 // how many of forget are dealt with
	joins   map[Word][]TicketID // the contacts of open tickets, by Policy.Join
	ended   map[Word]ending     // those that may be opened again
	endings []Word              // of ended, in the order in which they are forgotten
	cutOff  map[Word]TicketID   // those held because their customer was cut off, by customer

	view      view
	out       []Event
	met       []failure // used again
	order     []handle  // used again
	steps     []step    // used again
	timed     bool      // time does something to waiting tickets, see timedPolicy
	facts     Facts     // what Event.Facts points to
	scratch   Facts
	spare     []*Facts // for commands with more than one event that has facts
	used      int      // of spare, by this command
	values    [ValuesMax]int64
	shut      int   // classes that are not served
	lineShut  bool  // somebody closed the whole line
	hoursPos  int32 // of the timer of the next opening or closing, -1: none
	rehearses bool  // it is a copy that tries out what would follow: work takes what is expected
	adopting  bool  // a policy is being put in force
	late      bool  // the last command stopped at EventsMax
	idle      idling
	count     Counts
	sum       uint64 // of the hashes of all tickets, offers and agents, but for those that are loose
	loose     []loose
	ledger    uint64 // hash of the ledger's entries
	overtaken uint64

	nextTicket TicketID
	nextOffer  OfferID

	watch    func()            // called after each event: a test compares digests
	mayServe func(handle) bool // method values made once: making them anew would allocate
	moved    func(handle, int32)
}

// Counts says how many are where.
type Counts struct {
	Waiting, Offered, Serving, Held int
	Starts                          uint64 // offers that were accepted
	Overtakings                     uint64 // pairs in the ledger
}

// rememberFor is how long the Key of an ended ticket is remembered.
const rememberFor = 7 * Day

// A memory is a Key to be forgotten.
type memory struct {
	key Key
	at  Instant
}

// New returns a line without a policy: Adopt comes first.
func New() *Engine {
	e := &Engine{nextTicket: 1, nextOffer: 1, hoursPos: -1, known: map[Key]TicketID{},
		joins: map[Word][]TicketID{}, ended: map[Word]ending{}, cutOff: map[Word]TicketID{}}
	e.mayServe, e.moved = e.may, e.moveTo
	e.timers.moved = e.timerMoved
	e.agents.turns = 1
	e.cools.add()
	e.offers.slab = make([]offer, 1)
	e.tickets.slab = make([]ticket, 1)
	return e
}

// Do decides what follows from c, applies it, and returns every consequence. The events are valid until the next call.
// A command that asks for what is already so yields no events and no error. Where something is due at or before c.At a
// Tick must come first.
func (e *Engine) Do(c Command) ([]Event, error) { return e.do(&c) } // so short that callers need not copy c

func (e *Engine) do(c *Command) ([]Event, error) {
	e.out, e.used = e.out[:0], 0
	e.tieUpMany()
	if e.policy == nil || e.late || c.At < e.now || len(e.timers.heap) > 0 && e.timers.heap[0].at <= c.At {
		if err := e.check(c); err != nil {
			return nil, err
		}
	}
	was := e.now
	e.now = c.At
	if err := e.handle(c); err != nil {
		e.now = was
		return nil, err
	}
	e.settle()
	if e.idle.some || e.count.Waiting > 0 {
		e.measure()
	} else {
		e.idle.at = e.now
	}
	return e.out, nil
}

// check refuses what may not come now. It is asked where that is not plain.
func (e *Engine) check(c *Command) error {
	due := e.Due()
	switch {
	case c.At < e.now:
		return fmt.Errorf("%w: %d after %d", ErrTimeBack, c.At, e.now)
	case e.policy == nil && c.Kind != Adopt:
		return ErrNoPolicy
	case due != 0 && due <= c.At && c.Kind != Tick && c.Kind != Resume:
		return ErrTickFirst
	}
	return nil
}

// Due returns when the engine next wants a Tick; 0 is never. It may be in the past: then at once.
func (e *Engine) Due() Instant {
	switch {
	case e.late:
		return e.now
	case len(e.timers.heap) > 0:
		return e.timers.heap[0].at
	}
	return 0
}

// Apply replays one stored event: it decides nothing.
func (e *Engine) Apply(ev Event) {
	e.tieUpMany()
	e.apply(&ev)
}

func (e *Engine) emit(ev Event) {
	ev.At = e.now
	e.out = append(e.out, ev)
	e.happen(&e.out[len(e.out)-1])
}

// next returns the event that is to happen next, of a kind, with nothing else in it yet. It spares the copies of emit.
func (e *Engine) next(kind EventKind) *Event {
	n := len(e.out)
	if n == cap(e.out) {
		e.grow()
	}
	e.out = e.out[:n+1]
	ev := &e.out[n]
	*ev = Event{}
	ev.Kind, ev.At = kind, e.now
	return ev
}

func (e *Engine) grow() { e.out = slices.Grow(e.out, 1) }

// happen applies an event that is in e.out.
func (e *Engine) happen(ev *Event) { e.apply(ev) }

// nothingBeside reports whether nothing but offers can follow from a command.
func (e *Engine) nothingBeside() bool {
	t := e.tree
	return len(t.limited) == 0 && !t.rooms && !t.interrupts && len(e.asides) == 0
}

// settle brings classes to their limits, and makes offers until no available agent sits beside a ticket that it may serve.
func (e *Engine) settle() {
	e.late = false
	for {
		if e.nothingBeside() && len(e.out) < EventsMax {
			if len(e.agents.busy) > 0 && e.count.Waiting > 0 && e.decide() {
				continue
			}
			return
		}
		switch {
		case !e.limit():
			e.late = true
			return
		case len(e.out) >= EventsMax:
			h, _ := e.interruption()
			e.late = e.more() || h != 0
			return
		}
		e.takeUp()
		e.drain()
		if !e.decide() && !e.interrupt() {
			return
		}
	}
}
