package metrics

import (
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"fairline/engine"
	"fairline/engine/ledger"
	"fairline/policy"
)

// shortAbandon is B_s of the service level: who leaves so soon did not wait for service.
const shortAbandon = 5 * engine.Second

// missersMax is how many different agents miss a ticket before a supervisor is shown it.
const missersMax = 3

// A Turn is what a Recorder hears of a stored frame.
type Turn struct {
	Seq    uint64
	At     engine.Instant
	Inputs int
	Bytes  int
	Took   time.Duration // until the frame was stored
	Waited int           // requests in the inbox when it was
	Events []engine.Event
}

// A Recorder follows a line and shows it as metrics. Adopt, Replay and Observe belong to the host's goroutine; all
// other methods may be called by any. What it does per event is a few additions under a lock that a scrape holds for
// as long as it copies sums.
type Recorder struct {
	registry *prometheus.Registry
	now      func() time.Time
	count    *instruments
	look     func() (Look, bool) // nil: nobody can be asked

	mu       sync.Mutex // guards what follows
	policy   *policy.Policy
	book     ledger.Book
	channels []*channel // by ChannelID of the policy in force
	byName   map[string]*channel
	tickets  map[engine.TicketID]*ticket
	offers   map[engine.OfferID]offer
	agents   map[engine.AgentID]*agent
	resumes  int  // Resumed events that follow from the start
	adopted  bool // a policy was in force before
	inbox    int
	seq      uint64
	last     engine.Instant // logical time of the last turn
	heard    time.Time      // when it was heard of
}

// A ticket is one that has not ended.
type ticket struct {
	id       engine.TicketID
	channel  *channel
	arrived  engine.Instant
	class    string
	state    state
	answered bool
	late     bool // counted in channel.overdue
	missers  []engine.AgentID

	why      engine.Cause // while held
	head     *ticket      // whose contact it is, in state joined; nil: a ticket of its own
	contacts []engine.TicketID
	reached  engine.TicketID // the contact that the last offer was about
}

type state uint8

const (
	waiting state = iota
	offered
	serving
	held
	joined // a contact of another ticket, which counts
)

var stateNames = [...]string{waiting: "waiting", offered: "offered", serving: "serving", held: "held"}

// An offer is one that is not over.
type offer struct {
	channel     string
	skill, room uint32 // passed by skill and by room, counted when it is accepted
}

// An agent is on duty, on break or off; load are its offers, its work and its wrap-ups.
type agent struct {
	state engine.EventKind // the last of SignedIn, SignedOut, OnBreak, Readied, Lost
	was   engine.EventKind // before it was lost
	load  int
}

// New returns a Recorder for a line. now gives the time that has passed since the last turn; nil is time.Now.
func New(line string, now func() time.Time) *Recorder {
	if now == nil {
		now = time.Now
	}
	r := &Recorder{registry: prometheus.NewRegistry(), now: now, byName: map[string]*channel{},
		tickets: map[engine.TicketID]*ticket{}, offers: map[engine.OfferID]offer{},
		agents: map[engine.AgentID]*agent{}}
	labelled := prometheus.WrapRegistererWith(prometheus.Labels{"line": line}, r.registry)
	r.count = newInstruments(labelled)
	labelled.MustRegister(&collector{r})
	return r
}

// Refused counts a refusal by its reason.
func (r *Recorder) Refused(reason string) { r.count.refusals.WithLabelValues(reason).Inc() }

// NotAdopted counts a policy file that was refused while the line ran.
func (r *Recorder) NotAdopted() { r.count.failed.Inc() }

// Promised counts an expected wait that was told, when its ticket is started: whether the start came within the wait
// that nine of ten were expected to stay below, and how far off the middle expectation was.
func (r *Recorder) Promised(kept bool, off engine.Duration) {
	r.count.promises.WithLabelValues(strconv.FormatBool(kept)).Inc()
	r.count.off.Add(seconds(max(off, -off)))
}

// Disk tells of the free space of the disk that holds the journal, and of the floor below which tickets are refused.
func (r *Recorder) Disk(free, floor uint64) {
	r.count.free.Set(float64(free))
	r.count.floor.Set(float64(floor))
}

// instant is logical time now, as far as the last turn and the time since tell. The caller holds the lock.
func (r *Recorder) instant() engine.Instant {
	if r.heard.IsZero() {
		return r.last
	}
	return r.last.Add(engine.Duration(r.now().Sub(r.heard)))
}

// Adopt hears of a policy before its Adopted event does.
func (r *Recorder) Adopt(p *policy.Policy) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.policy = p
	r.channels = r.channels[:0]
	for i := range p.Channels {
		c := r.byName[p.Channels[i].Name]
		if c == nil {
			c = &channel{name: p.Channels[i].Name}
			r.byName[c.name] = c
		}
		c.retarget(p.Channels[i].Target)
		r.channels = append(r.channels, c)
	}
	for id, t := range r.tickets {
		t.late = false
		if waits(t) {
			t.channel.wait(id, t.arrived, r.tickets)
		}
	}
}

// Replay follows an event of the journal at the start. It counts nothing as happening now.
func (r *Recorder) Replay(ev *engine.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.resumes = 1 // whoever replays something resumes it
	r.follow(ev, false)
}

// Observe follows a stored turn.
func (r *Recorder) Observe(t Turn) {
	r.count.turn(t)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.inbox, r.seq, r.last, r.heard = t.Waited, t.Seq, t.At, r.now()
	for i := range t.Events {
		r.follow(&t.Events[i], true)
	}
}

// follow keeps up with one event, and counts it if it happens now.
func (r *Recorder) follow(ev *engine.Event, live bool) {
	if entry, entered := r.book.Add(ev); entered && live {
		r.count.entry(entry)
	}
	switch ev.Kind {
	case engine.Arrived:
		r.arrived(ev, live)
	case engine.Changed:
		r.tickets[ev.Ticket].class = r.policy.Classes[ev.Class].Name
	case engine.Offered:
		t := r.move(ev.Ticket, offered)
		t.reached = ev.Ticket
		r.offers[ev.Offer] = offer{channel: t.channel.name, skill: ev.Skill, room: ev.Room}
		r.load(ev.Agent, 1)
	case engine.Accepted:
		r.accepted(ev, live)
	case engine.Withdrawn:
		r.withdrawn(ev, live)
	case engine.Returned, engine.Transferred:
		t := r.giveBack(ev, waiting)
		r.wait(t)
		switch {
		case live && ev.Kind == engine.Returned:
			r.count.returned.WithLabelValues(t.channel.name).Inc()
		case live:
			r.count.transferred.WithLabelValues(t.channel.name).Inc()
		}
	case engine.Finished:
		if ev.Until <= ev.At {
			r.load(ev.Agent, -1)
		}
	case engine.WrapEnded:
		r.load(ev.Agent, -1)
	case engine.Ended:
		r.ended(ev, live)
	case engine.SignedIn, engine.SignedOut, engine.OnBreak, engine.Readied, engine.Lost, engine.Found:
		r.duty(ev, live)
	case engine.Resumed:
		r.resumed(live)
	default:
		r.life(ev, live)
	}
}

// resumed counts steps of the wall clock: each Resumed but the one of the start.
func (r *Recorder) resumed(live bool) {
	switch {
	case !live:
	case r.resumes > 0:
		r.resumes--
	default:
		r.count.steps.Inc()
	}
}

func (r *Recorder) arrived(ev *engine.Event, live bool) {
	t := &ticket{id: ev.Ticket, channel: r.channels[ev.Facts.Channel], arrived: ev.Facts.Arrived,
		class: r.policy.Classes[ev.Class].Name}
	r.tickets[ev.Ticket] = t
	t.channel.states[waiting]++
	t.channel.wait(ev.Ticket, t.arrived, r.tickets)
	if live {
		r.count.arrived.WithLabelValues(t.channel.name, t.class).Inc()
	}
}

// move puts a ticket from one state into another.
func (r *Recorder) move(id engine.TicketID, to state) *ticket {
	t := r.of(id)
	t.channel.states[t.state]--
	t.channel.states[to]++
	t.state = to
	if !waits(t) {
		t.channel.served(t)
	}
	return t
}

// of gives the ticket that counts for a contact: its own, or the one it was joined to.
func (r *Recorder) of(id engine.TicketID) *ticket {
	t := r.tickets[id]
	if t.head != nil {
		return t.head
	}
	return t
}

// wait enters a ticket that waits again, by its own arrival.
func (r *Recorder) wait(t *ticket) { t.channel.wait(t.id, t.arrived, r.tickets) }

func (r *Recorder) accepted(ev *engine.Event, live bool) {
	t := r.move(ev.Ticket, serving)
	o := r.offers[ev.Offer]
	delete(r.offers, ev.Offer)
	first := !t.answered
	t.answered = true
	if !live {
		return
	}
	r.count.offers.WithLabelValues(t.channel.name, "accepted").Inc()
	r.count.skill.WithLabelValues(t.channel.name).Add(float64(o.skill))
	r.count.room.WithLabelValues(t.channel.name).Add(float64(o.room))
	if !first {
		return // its wait was over when it was answered first
	}
	wait := ev.At.Sub(t.arrived)
	r.count.waits.WithLabelValues(t.channel.name, t.class).Observe(time.Duration(wait).Seconds())
	r.count.answered.WithLabelValues(t.channel.name).Inc()
	inTime := t.channel.target.Within > 0 && wait <= t.channel.target.Within
	if inTime {
		r.count.inTime.WithLabelValues(t.channel.name).Inc()
	}
	t.channel.window.answered(ev.At, inTime)
}

func (r *Recorder) withdrawn(ev *engine.Event, live bool) {
	t := r.move(ev.Ticket, waiting)
	delete(r.offers, ev.Offer)
	r.load(ev.Agent, -1)
	if ev.Why == engine.ByDecline || ev.Why == engine.ByExpiry {
		t.missed(ev.Agent)
	}
	if live {
		r.count.offers.WithLabelValues(t.channel.name, outcomes[ev.Why]).Inc()
	}
}

// missed notes that an agent missed the ticket. No more names are kept than are needed to count to missersMax.
func (t *ticket) missed(by engine.AgentID) {
	for _, m := range t.missers {
		if m == by {
			return
		}
	}
	if len(t.missers) < missersMax {
		t.missers = append(t.missers, by)
	}
	if len(t.missers) == missersMax {
		t.channel.missed[t] = struct{}{}
	}
}

func (r *Recorder) ended(ev *engine.Event, live bool) {
	t := r.tickets[ev.Ticket]
	delete(r.tickets, ev.Ticket)
	for _, id := range t.contacts {
		delete(r.tickets, id)
	}
	t.unhold()
	t.channel.states[t.state]--
	t.channel.served(t)
	delete(t.channel.missed, t)
	switch {
	case !live:
	case ev.End == engine.Served:
		r.count.served.WithLabelValues(t.channel.name).Inc()
	case ev.End != engine.Abandoned:
		r.count.ended.WithLabelValues(t.channel.name, ends[ev.End]).Inc()
	default:
		short := ev.At.Sub(t.arrived) <= shortAbandon
		r.count.abandoned.WithLabelValues(t.channel.name).Inc()
		if short {
			r.count.short.WithLabelValues(t.channel.name).Inc()
		}
		t.channel.window.abandoned(ev.At, short)
	}
}

func (r *Recorder) load(id engine.AgentID, by int) {
	if a := r.agents[id]; a != nil {
		a.load += by
	}
}

// Gather gives the line's metrics as they are now.
func (r *Recorder) Gather() ([]*dto.MetricFamily, error) { return r.registry.Gather() }
