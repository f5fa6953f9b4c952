package run

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"fairline/engine"
	"fairline/simulations/measure"
	"fairline/simulations/stream"
)

// A Play is one replication, or a part of it, with what is different from usual.
type Play struct {
	Replication uint64
	// Flip has one customer take another action than the one drawn.
	Flip *Flip
	// Shares are the probabilities of the actions of a source, by source and action, instead of the scenario's; nil: as there.
	Shares [][]float64
	Watch  Watch
}

// A Flip is a customer, and what they do.
type Flip struct {
	Source int
	Index  uint64
	Action int
}

// A Watch is told what happens. What a function is given is valid during the call only. Nil: nobody asks.
type Watch struct {
	Ended   func(now engine.Instant, t *measure.Ticket) // a ticket's end, or that it is still there at the end; refused ones too
	Decided func(events []engine.Event)                 // what a command yielded
	Paired  func(now engine.Instant, over, under *measure.Ticket, row *engine.Event)
	Agent   func(now engine.Instant, agent int, state string)
	Stop    func() bool // asked after each step: enough was seen
}

// A Player plays replications of a model, one after the other. It is not safe for concurrent use; each goroutine has its own.
type Player struct {
	model   *Model
	engine  *engine.Engine
	measure *measure.Collector

	play        Play
	replication uint64 // of the streams: of an antithetic pair that of the first
	mirrored    bool
	now         engine.Instant
	closing     engine.Instant // nobody comes from then on
	seq         uint64
	starts      uint64
	pending     int // tickets that are measured and have not ended
	waiting     int
	cohorts     bool

	doors    []door
	slots    slots
	posts    []post
	at       table // by id of the agent
	ends     calendar
	vacant   bool // the first of ends is over
	leaves   calendar
	turns    calendar
	comers   comers
	bySlot   stream.Base
	drawn    []int64
	rows     []passing                   // of offers that ring
	opens    []open                      // offers that ring
	latest   engine.OfferID              // the last offer made
	spare    []engine.TicketID           // to be ended, since another ticket of the customer was started
	families map[engine.TicketID][]int32 // the slots of tickets with more than one contact
	err      error
}

// Player returns a player of the model.
func (m *Model) Player() *Player {
	p := &Player{model: m, measure: measure.New(m.Shape), doors: make([]door, len(m.sources)), posts: make([]post, len(m.agents)),
		cohorts: len(m.Scenario.Cohorts) > 0, families: map[engine.TicketID][]int32{}}
	for i, a := range m.agents {
		p.at.put(uint64(a.id), int32(i))
	}
	most := 0
	for i := range m.sources {
		most = max(most, len(m.sources[i].attrs))
	}
	p.drawn = make([]int64, most)
	return p
}

// Measure is what the last replication came to.
func (p *Player) Measure() *measure.Collector { return p.measure }

// Play plays one replication. What it came to is in Measure; the same play gives the same, whoever plays it. An error is one of
// the model or of the engine: the laws of the sample path are checked after each whole replication.
func (p *Player) Play(what Play) error {
	p.begin(what)
	for p.err == nil && p.step() {
		if what.Watch.Stop != nil && what.Watch.Stop() {
			return p.err
		}
	}
	if p.err != nil {
		return fmt.Errorf("replication %d at %d ns: %w", what.Replication, p.now, p.err)
	}
	p.finish()
	if err := errors.Join(p.measure.Check(), p.working()); err != nil {
		return fmt.Errorf("replication %d: %w", what.Replication, err)
	}
	return nil
}

// working holds the engine to the law that no agent idles beside a ticket that it may serve, but for a stated cause.
func (p *Player) working() error {
	if d := p.engine.Idle()[0]; d > 0 {
		return fmt.Errorf("law of work: agents sat for %d ns beside tickets they could have served, and nothing kept them from it", d)
	}
	return nil
}

func (p *Player) begin(what Play) {
	m := p.model
	p.play, p.replication, p.mirrored = what, what.Replication, false
	if m.options.Antithetic {
		p.replication, p.mirrored = what.Replication/2, what.Replication%2 == 1
	}
	p.engine = engine.New()
	p.now, p.closing = m.Scenario.Starts, m.Scenario.Starts.Add(m.Scenario.Length)
	p.seq, p.starts, p.pending, p.waiting, p.err = 0, 0, 0, 0, nil
	p.ends, p.leaves, p.turns = p.ends[:0], p.leaves[:0], p.turns[:0]
	p.rows, p.spare, p.opens, p.latest = p.rows[:0], p.spare[:0], p.opens[:0], 0
	p.comers.clear()
	clear(p.families)
	p.slots.clear()
	clear(p.posts)
	p.bySlot = stream.Of(m.options.Seed, p.replication, "", forSlots)
	p.measure.Begin(p.now)
	p.do(engine.Command{Kind: engine.Adopt, Policy: m.policyOf(p.replication)})
	p.open()
	p.wait()
	p.rota()
	p.first()
}

// wait puts those in the line who wait when the scenario begins, the oldest first.
func (p *Player) wait() {
	type early struct {
		visit visit
		age   engine.Duration
	}
	var all []early
	for i := range p.model.Scenario.Waiting {
		w := &p.model.Scenario.Waiting[i]
		for n := range w.Number {
			age := w.Age - engine.Duration(int64(w.Age)/int64(w.Number)*int64(n))
			v := visit{source: int32(w.Source), origin: int32(w.Source), index: WaitsFirst + uint64(i)<<32 + uint64(n)}
			all = append(all, early{v, age})
		}
	}
	slices.SortStableFunc(all, func(a, b early) int { return cmp.Compare(b.age, a.age) })
	for _, x := range all {
		p.welcome(x.visit, x.age)
	}
}

// WaitsFirst is the index of the first customer who waits from the beginning; no other has one so great.
const WaitsFirst = 1 << 48

// step lets the next thing happen. It is false at the end.
func (p *Player) step() bool {
	e, what, who := p.earliest()
	if what == nothing || p.over(e.at) {
		return false
	}
	p.now = e.at
	switch what {
	case tick:
		p.do(engine.Command{Kind: engine.Tick})
	case arrival:
		d := &p.doors[who]
		v := visit{source: who, origin: who, index: d.index}
		d.index++
		p.welcome(v, 0)
		p.advance(int(who), p.now)
	case ending:
		p.vacant = true // the first of ends is over: what begins next takes its place
		p.ended(e)
		if p.vacant {
			p.vacant = false
			p.ends.pop()
		}
	case leaving:
		p.leaves.pop()
		p.giveUp(e)
	default:
		p.turns.pop()
		p.happen(e)
	}
	return true
}

// over reports whether the replication ends before an instant.
func (p *Player) over(at engine.Instant) bool {
	m := p.model
	if m.options.Steady {
		end := m.end()
		return at >= end && (p.pending == 0 || at >= end.Add(steadyTail*m.Scenario.Length))
	}
	return at > p.closing.Add(m.Scenario.After)
}

// steadyTail is how many times its length a steady run goes on at most to see the last of its tickets end.
const steadyTail = 2

// A happening is what comes next.
type happening uint8

const (
	nothing happening = iota
	tick
	arrival
	ending
	leaving
	turning
)

// earliest returns what comes next. The engine is asked first, since it takes nothing else when something is due.
func (p *Player) earliest() (first entry, what happening, who int32) {
	first.at = never
	for i := range p.doors {
		if d := &p.doors[i]; d.next < first.at || d.next == first.at && d.next != never && d.seq < first.seq {
			first.at, first.seq, what, who = d.next, d.seq, arrival, int32(i)
		}
	}
	if len(p.ends) > 0 && p.ends[0].before(first) {
		first, what = p.ends[0], ending
	}
	if len(p.leaves) > 0 && p.leaves[0].before(first) {
		first, what = p.leaves[0], leaving
	}
	if len(p.turns) > 0 && p.turns[0].before(first) {
		first, what = p.turns[0], turning
	}
	if due := p.engine.Due(); due != 0 && due <= first.at {
		return entry{at: max(due, p.now)}, tick, 0
	}
	return first, what, who
}

// happen is a turn of an agent, or somebody who comes back.
func (p *Player) happen(e entry) {
	switch turn(e.aim) {
	case turnRetry:
		p.welcome(p.comers.take(e.who), 0)
	case turnAnswer:
		p.answer(e)
	default:
		p.turn(e.who, turn(e.aim))
	}
}

// finish closes the books: whoever is still there is as far as this.
func (p *Player) finish() {
	for i := range p.slots.slab {
		x := &p.slots.slab[i]
		switch x.state {
		case free, hung:
			continue
		case waits:
			v, _ := p.engine.Ticket(x.ID)
			x.Slips = x.fresh(uint32(v.Slips))
		case served:
			x.Handled += p.now.Sub(x.began)
		}
		p.measure.Waiting(p.now, &x.Ticket)
		p.tell(&x.Ticket)
	}
	p.stillOpen()
	for i, post := range p.posts {
		if post.duty {
			p.measure.Duty(p.now, int32(i), false)
		}
	}
	p.measure.Idled(p.engine.Idle())
	p.measure.Close(p.now)
}

func (p *Player) tell(t *measure.Ticket) {
	if p.play.Watch.Ended != nil {
		p.play.Watch.Ended(p.now, t)
	}
}

// do gives the engine a command, and follows what comes of it.
func (p *Player) do(c engine.Command) bool {
	c.At = p.now
	events, err := p.engine.Do(c)
	if err != nil {
		p.fail(fmt.Errorf("the engine refuses command %d: %w", c.Kind, err))
		return false
	}
	p.hear(events)
	p.endSpares()
	return p.err == nil
}

// endSpares ends the tickets of customers of whom another one was started.
func (p *Player) endSpares() {
	for len(p.spare) > 0 && p.err == nil {
		id := p.spare[len(p.spare)-1]
		p.spare = p.spare[:len(p.spare)-1]
		if _, x := p.slots.of(id); x == nil || x.state == served {
			continue // both were started by one command
		}
		p.do(engine.Command{Kind: engine.Leave, Ticket: id})
	}
}

func (p *Player) fail(err error) { p.err = errors.Join(p.err, err) }
