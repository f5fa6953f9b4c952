package player

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

// inboundMax is the room for what the client has read and the loop has not yet taken: a line of 10,000
// agents may say six things about each (an offer, its repetition, four notices) at once, and the loop takes
// a million a second. What does not fit is lost, and the result says so.
const inboundMax = 1 << 16

// violationsMax bounds the list of violations; the rest is counted.
const violationsMax = 1000

type player struct {
	Config
	begin time.Time     // when first happens
	first time.Duration // the earliest thing recorded

	cal     calendar
	req     requests
	inbox   string // prefix of the subjects of answers
	inbound chan *nats.Msg
	subs    []*nats.Subscription

	customers []*customer // by arrival as given
	desks     []*desk
	byTicket  map[string]*customer
	byNumber  map[uint64]*customer // the stored ones
	byAgent   map[AgentID]*desk

	open        int  // calls without an end
	asking      bool // the question who has which offers is unanswered
	askAgain    bool // and is to be asked again
	trouble     bool // something went wrong since lastResumed
	lastResumed time.Time
	heard       time.Time
	nudged      bool
	late        time.Duration
	progress    Progress

	returned, missed, strangers, calledBack, resumed int
	upsets                                           Upsets

	refusals   map[string]int
	violations []string
	unlisted   int
}

// Play plays a recording and returns what became of each call. It blocks until every call has ended and
// every agent has signed out, ctx is done, or nothing happens any more (ErrStalled); the result is valid in
// all these cases. ErrConfig says that nothing was sent.
func Play(ctx context.Context, config Config) (Result, error) {
	config, err := config.withDefaults()
	if err != nil {
		return Result{}, err
	}
	p := newPlayer(config)
	defer p.unsubscribe()
	if err := p.subscribe(); err != nil {
		return Result{}, err
	}
	status := p.Conn.StatusChanged(nats.CONNECTED)
	defer p.Conn.RemoveStatusListener(status)
	p.schedule()
	err = p.loop(ctx, status)
	return p.result(), err
}

func newPlayer(config Config) *player {
	p := &player{
		Config:   config,
		inbound:  make(chan *nats.Msg, inboundMax),
		req:      requests{open: map[uint64]*request{}},
		byTicket: make(map[string]*customer, len(config.Calls)),
		byNumber: make(map[uint64]*customer, len(config.Calls)),
		byAgent:  make(map[AgentID]*desk, len(config.Agents)),
		refusals: map[string]int{},
		open:     len(config.Calls),
	}
	for _, call := range config.Calls {
		c := &customer{Call: call, id: p.Run + "-" + string(call.ID)}
		p.customers = append(p.customers, c)
		p.byTicket[c.id] = c
	}
	for _, agent := range config.Agents {
		d := &desk{Agent: agent, shifts: len(agent.Shifts), jobs: map[uint64]*job{}}
		if d.Skills == nil {
			d.Skills = []string{}
		}
		p.desks = append(p.desks, d)
		p.byAgent[agent.ID] = d
	}
	p.progress.Total = len(p.customers)
	return p
}

// subscribe makes the client write all it hears into one channel, which keeps its order: of an offer and its
// withdrawal, the later one counts.
func (p *player) subscribe() error {
	p.inbox = p.Conn.NewInbox() + "."
	for _, subject := range []string{
		p.inbox + "*",
		"fl.out." + p.Adapter + "." + p.Line + ".*",
		p.subject("fl.agent", "*.offered"), p.subject("fl.agent", "*.withdrawn"), p.subject("fl.agent", "*.on-break"),
	} {
		sub, err := p.Conn.ChanSubscribe(subject, p.inbound)
		if err != nil {
			return fmt.Errorf("subscribe to %s: %w", subject, err)
		}
		p.subs = append(p.subs, sub)
	}
	if err := p.Conn.Flush(); err != nil {
		return fmt.Errorf("subscribe on line %s: %w", p.Line, err)
	}
	return nil
}

func (p *player) unsubscribe() {
	for _, sub := range p.subs {
		_ = sub.Unsubscribe() // of a closed connection: there is nothing left to undo
	}
}

// schedule enters shifts and arrivals. Agents come first where both are due at once.
func (p *player) schedule() {
	p.first = p.earliest()
	p.begin = time.Now()
	p.heard = p.begin
	for _, d := range p.desks {
		for _, s := range d.Shifts {
			p.cal.plan(p.when(s.From), func() { p.beginShift(d) })
			p.cal.plan(p.when(s.To), func() { p.endShift(d) })
		}
	}
	for _, c := range p.customers {
		p.cal.plan(p.when(c.Arrives), func() { p.arrive(c) })
	}
}

func (p *player) earliest() time.Duration {
	first := time.Duration(1<<63 - 1)
	for _, c := range p.customers {
		first = min(first, c.Arrives)
	}
	for _, d := range p.desks {
		if len(d.Shifts) > 0 {
			first = min(first, d.Shifts[0].From)
		}
	}
	return first
}

// real returns how long a recorded duration takes to play.
func (p *player) real(d time.Duration) time.Duration { return time.Duration(float64(d) / p.Speed) }

// when returns when a recorded time is played.
func (p *player) when(t time.Duration) time.Time { return p.begin.Add(p.real(t - p.first)) }

// recorded returns how long a played duration is in the recording.
func (p *player) recorded(d time.Duration) time.Duration { return time.Duration(float64(d) * p.Speed) }

func (p *player) subject(door, what string) string { return door + "." + p.Line + "." + what }

func (p *player) in(what string) string { return "fl.in." + p.Line + "." + p.Adapter + "." + what }

func (p *player) desk(d *desk, what string) string {
	return "fl.agent." + p.Line + "." + string(d.ID) + "." + what
}

// loop does what is due and takes what is heard until all is done.
func (p *player) loop(ctx context.Context, status <-chan nats.Status) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for !p.done() {
		p.act()
		if at, ok := p.cal.next(); ok {
			timer.Reset(time.Until(at))
		}
		select {
		case m := <-p.inbound:
			p.dispatch(m)
		case <-timer.C:
		case s, ok := <-status:
			if !ok {
				return fmt.Errorf("play on line %s: %w", p.Line, nats.ErrConnectionClosed)
			}
			p.Logger.Info("connected", "status", s.String())
			p.trouble = true
		case <-tick.C:
			if err := p.watch(); err != nil {
				return err
			}
		case <-ctx.Done():
			return fmt.Errorf("play on line %s: %w", p.Line, context.Cause(ctx))
		}
	}
	p.report()
	return nil
}

// actMax bounds what is done between two looks at what was heard.
const actMax = 256

func (p *player) act() {
	for range actMax {
		now := time.Now()
		a, ok := p.cal.take(now)
		if !ok {
			return
		}
		if a.planned {
			p.heard, p.nudged = now, false
			p.late = max(p.late, now.Sub(a.at))
		}
		a.do()
	}
}

func (p *player) done() bool {
	if p.open > 0 || len(p.req.open)+len(p.req.queue) > 0 {
		return false
	}
	for _, d := range p.desks {
		if d.duty != off || d.busy || d.gone {
			return false
		}
	}
	return true
}

// watch reports progress and sees to it that a play in which nothing happens does not go on for ever.
func (p *player) watch() error {
	p.report()
	if p.cal.planned > 0 {
		return nil
	}
	silent := time.Since(p.heard)
	if silent > p.Stall/3 && !p.nudged {
		p.nudged = true
		p.returnToDuty()
	}
	if silent > p.Stall {
		return fmt.Errorf("play on line %s: %w: %d calls have not ended, %d requests are unanswered",
			p.Line, ErrStalled, p.open, len(p.req.open)+len(p.req.queue))
	}
	return nil
}

func (p *player) report() {
	now := p.progress
	now.Now = p.first + p.recorded(time.Since(p.begin))
	now.Waiting = now.Arrived - now.Served - now.HungUp - now.Other - now.With
	now.Retries = p.req.retries
	for _, d := range p.desks {
		if d.wanted {
			now.OnDuty++
		}
	}
	p.Progress(now)
}

// dispatch takes one message from the line.
func (p *player) dispatch(m *nats.Msg) {
	if strings.HasPrefix(m.Subject, p.inbox) {
		p.answered(m)
		return
	}
	var n notice
	if err := json.Unmarshal(m.Data, &n); err != nil {
		p.violate(fmt.Sprintf("%s: said %q: %v", m.Subject, clip(m.Data), err))
		return
	}
	p.heard = time.Now()
	token := strings.Split(m.Subject, ".") // fl.out.ADAPTER.LINE.WHAT or fl.agent.LINE.AGENT.WHAT
	if token[1] == "out" {
		p.hear(token[4], n)
	} else if d := p.byAgent[AgentID(token[3])]; d != nil {
		p.take(d, token[4], n)
	}
}

// violate notes something that must not happen.
func (p *player) violate(what string) {
	p.Logger.Warn("violation", "what", what)
	if len(p.violations) == violationsMax {
		p.unlisted++
		return
	}
	p.violations = append(p.violations, what)
}
