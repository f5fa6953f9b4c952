package measure

import (
	"math/rand/v2"
	"slices"

	"fairline/engine"
)

// A world is a small line of which everything is written down, second by second, while a collector is told of it. It serves in
// any order, leaves agents idle, hands on, and has skills, room, breaks, wrap-ups, refusals and customers who leave.
type world struct {
	rand      *rand.Rand
	c         *Collector
	shape     Shape
	length    int // seconds
	transfers bool
	list      []*matter
	agents    []*worker
	refused   []*matter
	pairs     []pair
	idle      IdleReport
	starts    int
	ends      int
	missed    int

	defined map[Key]map[string]func() float64 // used again
	due     []float64                         // to each, by second
}

// A matter is a ticket with what happened to it.
type matter struct {
	Ticket
	size, skill   int
	comes         int
	firstStart    int // -1: never
	startNo       int
	endNo         int // -1: still there
	gone          int // when it ended; length: still there
	how           Outcome
	until         int // when the handling in hand ends
	waitsFor      int // when it leaves
	agent         *worker
	here          []bool // by second
	inService     []bool
	firstCrew     int
	handsOn       bool
	rankAtStart   int // later ones started before, less earlier ones who still wait
	stillAtFinish int
}

func (m *matter) waits() bool { return m.gone < 0 && m.agent == nil }

// A pair is a start that passed an earlier ticket.
type pair struct {
	over, under *matter
	row         engine.Event
}

// A worker is an agent.
type worker struct {
	number, room, skills, from, to int
	tasks                          []*matter
	wraps                          []int // ends
	rest                           [2]int
	work, duty, onBreak            []int // by second
}

func (w *worker) free() int {
	free := w.room - len(w.wraps)
	for _, m := range w.tasks {
		free -= m.size
	}
	return free
}

func (w *worker) on(t int) bool    { return t >= w.from && t < w.to }
func (w *worker) rests(t int) bool { return w.on(t) && t >= w.rest[0] && t < w.rest[1] }

func newWorld(seed uint64, exact bool) *world {
	r := rand.New(rand.NewPCG(seed, 7))
	w := &world{rand: r, defined: map[Key]map[string]func() float64{}, length: 60 - r.IntN(3)/2*20, transfers: r.IntN(3) == 0,
		idle: IdleReport{0: 3 * engine.Second, engine.ByReserve: 5 * engine.Second}}
	w.shape = Shape{Channels: []string{"phone", "mail"}, Classes: []string{"a", "b", "c"}, Sources: []string{"x", "y"},
		Cohorts: []string{"loud", "quiet", "none"}, Groups: []string{"g", "h"}, Begins: at(8), Ends: at(47),
		Period: engine.Duration(r.IntN(2)*10) * engine.Second, Targets: []engine.Duration{4 * engine.Second, 0},
		ByClass: []engine.Duration{0, 7 * engine.Second}, Short: engine.Duration(r.IntN(3)) * engine.Second,
		Variant: Variant(r.IntN(int(variants))), Exact: exact, Pairs: true,
		Nodes: []Node{{Name: "line", Guards: []string{"budget", "budget"}, Reasoned: []bool{true, false}}, {Name: "rest"}}}
	for i := range 1 + r.IntN(3) {
		a := &worker{number: i, room: 1 + r.IntN(2), skills: 1 + r.IntN(3), to: 30 + r.IntN(40)}
		if i > 0 && r.IntN(4) == 0 {
			a.to = 4 // gone before the window
		}
		a.rest = [2]int{10 + r.IntN(20), 15 + r.IntN(20)}
		w.agents = append(w.agents, a)
		w.shape.Agents = append(w.shape.Agents, Agent{"agent " + number(i), i % 2, a.room})
	}
	w.c = New(w.shape)
	return w
}

// run lets everything happen. Within a second handling ends first, then customers leave and come, then agents start.
func (w *world) run() {
	w.c.Begin(at(0))
	for t := range w.length {
		now := at(float64(t))
		w.clock(t, now)
		w.endWork(t, now)
		for _, m := range w.list {
			if m.waits() && m.waitsFor <= t {
				w.leave(m, t, now)
			}
		}
		for range w.rand.IntN(3) {
			w.arrive(t, now)
		}
		for range 4 {
			w.start(t, now)
		}
		w.record()
	}
	end := at(float64(w.length))
	w.endWork(w.length, end)
	for _, m := range w.list {
		if m.gone < 0 {
			m.gone, m.endNo = w.length, -1
			m.Handled = w.handled(m)
			w.c.Waiting(end, &m.Ticket)
		}
	}
	w.c.Missed(uint32(w.missed))
	w.c.Idled(w.idle)
	w.c.Close(end)
}

func (w *world) handled(m *matter) (d engine.Duration) {
	for _, s := range m.inService {
		if s {
			d += engine.Second
		}
	}
	return d
}

func (w *world) clock(t int, now engine.Instant) {
	for i, a := range w.agents {
		if t == a.from || t == a.to {
			w.c.Duty(now, int32(i), a.on(t))
		}
		if t == a.rest[0] || t == a.rest[1] {
			w.c.Break(now, int32(i), a.rests(t))
		}
	}
}

func (w *world) endWork(t int, now engine.Instant) {
	for i, a := range w.agents {
		a.wraps = slices.DeleteFunc(a.wraps, func(end int) bool {
			if end <= t {
				w.c.Wrap(now, int32(i), false)
				w.c.Work(now, int32(i), -1)
			}
			return end <= t
		})
		for _, m := range slices.Clone(a.tasks) {
			if m.until <= t {
				w.finish(a, m, t, now)
			}
		}
	}
}

func (w *world) finish(a *worker, m *matter, t int, now engine.Instant) {
	a.tasks = slices.DeleteFunc(a.tasks, func(x *matter) bool { return x == m })
	m.agent, m.Handled = nil, w.handled(m)
	if m.handsOn {
		m.handsOn, m.waitsFor = false, t+w.rand.IntN(20)
		w.c.Work(now, int32(a.number), -1)
		return
	}
	for _, x := range w.list[:slices.Index(w.list, m)] {
		if x.gone < 0 {
			m.stillAtFinish++
		}
	}
	m.gone, m.endNo, m.how, m.Outcome, m.Ended = t, w.ends, Served, Served, now
	w.ends++
	if w.rand.IntN(9) == 0 {
		m.how, m.Outcome = Abandoned, Abandoned
	} else if w.rand.IntN(2) == 0 {
		m.Wrapped = engine.Duration(1+w.rand.IntN(3)) * engine.Second
	}
	w.c.Finish(now, &m.Ticket)
	if m.Wrapped == 0 {
		w.c.Work(now, int32(a.number), -1)
		return
	}
	a.wraps = append(a.wraps, t+int(m.Wrapped/engine.Second))
	w.c.Wrap(now, int32(a.number), true)
}

func (w *world) leave(m *matter, t int, now engine.Instant) {
	m.gone, m.endNo, m.Ended, m.how = t, w.ends, now, []Outcome{Abandoned, Abandoned, Closed}[w.rand.IntN(3)]
	w.ends++
	m.Outcome = m.how
	w.c.Leave(now, &m.Ticket)
}

func (w *world) arrive(t int, now engine.Instant) {
	r := w.rand
	m := &matter{comes: t, firstStart: -1, gone: -1, size: 1 + r.IntN(5)/4, skill: 1 + r.IntN(2), waitsFor: t + r.IntN(25),
		handsOn: w.transfers && r.IntN(3) == 0, here: make([]bool, w.length), inService: make([]bool, w.length)}
	m.Ticket = Ticket{Source: uint8(r.IntN(2)), Channel: uint8(r.IntN(2)), Class: uint16(r.IntN(3)), Need: uint8(r.IntN(3)),
		Attempt: uint8(r.IntN(4) / 3), Cohorts: uint32(r.IntN(4)), Arrived: now, Agent: -1}
	m.started, m.envy, m.crew, m.cell, m.period, m.Fair = true, 7, 9, 5, 5, 99 // the slot's last ticket left that
	if r.IntN(3) == 0 {
		m.waitsFor = 1000
	}
	if r.IntN(10) == 0 {
		m.how = []Outcome{Blocked, Balked}[r.IntN(2)]
		m.Outcome = m.how
		w.refused = append(w.refused, m)
		w.c.Refused(now, &m.Ticket)
		return
	}
	w.list = append(w.list, m)
	w.c.Arrive(now, &m.Ticket)
}

// start lets some agent take some ticket, or nobody any.
func (w *world) start(t int, now engine.Instant) {
	a := w.agents[w.rand.IntN(len(w.agents))]
	var fit []*matter
	for _, m := range w.list {
		if m.waits() && a.skills&m.skill != 0 && m.size <= a.free() {
			fit = append(fit, m)
		}
	}
	if !a.on(t) || a.rests(t) || len(fit) == 0 || w.rand.IntN(4) == 0 {
		return
	}
	m := fit[w.rand.IntN(2)*w.rand.IntN(len(fit))]
	at := slices.Index(w.list, m)
	if m.firstStart < 0 {
		m.firstStart, m.startNo, m.Started = t, w.starts, now
		m.rankAtStart = w.displaced(at)
		w.starts++
	}
	m.Agent, m.firstCrew = int32(a.number), w.crew(t)
	rows := w.pass(a, m, at)
	w.c.Start(now, &m.Ticket)
	for i := range rows {
		w.c.Passed(now, &m.Ticket, &rows[i].row, rows[i].under.Channel, m.Class)
		w.c.Pair(now, &m.Ticket, &rows[i].under.Ticket, &rows[i].row)
	}
	m.agent, m.until = a, t+1+w.rand.IntN(8)*(1+w.rand.IntN(4)/3*5)
	a.tasks = append(a.tasks, m)
	w.c.Work(now, int32(a.number), 1)
}

func (w *world) crew(t int) (n int) {
	for _, a := range w.agents {
		if a.on(t) {
			n++
		}
	}
	return n
}

// displaced is the rank in start less that in arrival of the ticket at a place in the list, which is about to be started.
func (w *world) displaced(at int) (shift int) {
	for i, x := range w.list {
		switch {
		case i > at && x.firstStart >= 0:
			shift++
		case i < at && x.firstStart < 0 && x.gone < 0:
			shift--
		}
	}
	return shift
}

// pass writes down whom a start passes, by the definitions.
func (w *world) pass(a *worker, m *matter, at int) (rows []pair) {
	for _, x := range w.list[:at] {
		switch {
		case !x.waits():
		case a.skills&x.skill == 0:
			m.BySkill++
		case x.size > a.room-len(a.wraps)-taken(a):
			m.ByRoom++
		default:
			m.Skips++
			x.Slips++
			row := engine.Event{Kind: engine.Passed, Count: 1, Class: engine.ClassID(x.Class), Node: engine.NodeID(w.rand.IntN(2)),
				Guard: -1, Why: engine.ByOrder}
			switch w.rand.IntN(8) {
			case 0:
				row.Why = engine.ByPull
			case 1:
				row.Why = engine.ByReserve
			case 2:
				row.Why, row.Node, row.Guard = engine.ByGuard, 0, 1
			}
			rows = append(rows, pair{m, x, row})
		}
	}
	w.pairs = append(w.pairs, rows...)
	if w.rand.IntN(12) == 0 && at > 0 && w.list[0].gone < 0 { // an offer that rang in vain
		w.list[0].Slips++
		w.missed++
	}
	return rows
}

func taken(a *worker) (n int) {
	for _, m := range a.tasks {
		n += m.size
	}
	return n
}

// record writes down how the second goes by.
func (w *world) record() {
	for _, a := range w.agents {
		t := len(a.work)
		a.work = append(a.work, len(a.tasks)+len(a.wraps))
		a.duty, a.onBreak = append(a.duty, truth(a.on(t))), append(a.onBreak, truth(a.rests(t)))
	}
	t := len(w.agents[0].work) - 1
	for _, m := range w.list {
		m.here[t], m.inService[t] = m.gone < 0, m.agent != nil
	}
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}
