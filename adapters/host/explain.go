package host

import (
	"fmt"

	"fairline/engine"
	"fairline/engine/ledger"
)

// ExplainSchema is the version of an Explanation.
const ExplainSchema = "fairline.explain/1"

// stepsMax bounds the steps of an explanation.
const stepsMax = 1000

// What fl.ask.LINE.explain answers.
type (
	// An Explanation says why a ticket is where it is, or was served when it was, from the recorded decisions.
	Explanation struct {
		Schema   string       `json:"schema"`
		Line     string       `json:"line"`
		Ticket   ticketAnswer `json:"ticket"`
		Now      string       `json:"now"`
		Policy   string       `json:"policy"`              // in force last, as name@hash
		Place    int          `json:"place,omitempty"`     // rank in the order of service now
		Of       int          `json:"of,omitempty"`        // how many wait
		NoPlace  string       `json:"no_place,omitempty"`  // why there is no place
		Idle     string       `json:"idle,omitempty"`      // why nobody is offered it, as the question unoffered has it
		Agent    string       `json:"agent,omitempty"`     // who served it last
		WaitedMS int64        `json:"waited_ms"`           // to its last start, to its end, or until now
		Steps    []Step       `json:"steps"`               // in order of time
		More     int          `json:"more,omitempty"`      // steps left out
		Slips    int          `json:"slips"`               // overtakings, by count of the engine
		Missed   int          `json:"missed,omitempty"`    // of those, against an agent who missed its offer
		BySkill  int          `json:"by_skill,omitempty"`  // starts before it by agents without its skills: no overtakings
		ByRoom   int          `json:"by_room,omitempty"`   // starts before it by agents without room for it: no overtakings
		CostMS   int64        `json:"cost_ms"`             // of all overtakings whose cost is known
		CostOpen int          `json:"cost_open,omitempty"` // overtakings whose cost is not known: the work goes on
		Formula  string       `json:"formula"`             // of the cost
		Never    []string     `json:"never,omitempty"`     // what the policy in force does not read
		Cut      uint64       `json:"cut,omitempty"`       // the journal was read up to here only
	}

	// A Step is one thing that happened to a ticket.
	Step struct {
		At    string `json:"at"`
		Seq   uint64 `json:"seq"`             // frame of the journal
		What  string `json:"what"`            // arrived, changed, policy, offered, accepted, overtaken, missed and so on
		Agent string `json:"agent,omitempty"` // or the supervisor who did it
		Offer uint64 `json:"offer,omitempty"`
		Class string `json:"class,omitempty"`
		Text  string `json:"text,omitempty"` // the policy adopted, or a reason that somebody gave

		Why     string   `json:"why,omitempty"`        // the cause, as notices have it
		Until   string   `json:"until,omitempty"`      // of held and agent lost
		Contact *Who     `json:"contact,omitempty"`    // the contact that it is about, where the ticket has several
		Other   *Who     `json:"other,omitempty"`      // of joined, unlinked and related: the ticket
		Needs   []string `json:"needs,omitempty"`      // of arrived, changed, relaxed and transferred: those in force
		Only    string   `json:"only,omitempty"`       // likewise: the agent whom it is held for
		Stage   int      `json:"stage,omitempty"`      // of relaxed: the step
		Spent   []*Rule  `json:"spent,omitempty"`      // of offered: the budgets that it is charged to, being out of turn
		Beyond  int      `json:"over_limit,omitempty"` // of offered and overtaken: so many starts of its class, more than its limit

		// Of offered, overtaken and missed.
		Entry     uint64 `json:"entry,omitempty"` // of the ledger
		By        *Who   `json:"by,omitempty"`    // who went ahead; of offered: the runner-up
		ByClass   string `json:"by_class,omitempty"`
		Arrived   string `json:"by_arrived,omitempty"` // when who went ahead had arrived; of joined: when the contact had
		Decided   string `json:"decided,omitempty"`    // when the offer to it was made
		Count     int    `json:"count,omitempty"`      // of offered: tickets passed; of missed: starts
		Slips     int    `json:"slips,omitempty"`      // so far
		Winner    *Who   `json:"winner,omitempty"`     // whom the group showed, where that is another
		Reason    string `json:"reason,omitempty"`     // as the policy file gives it
		Rule      *Rule  `json:"rule,omitempty"`
		Keys      *Keys  `json:"keys,omitempty"`
		Able      int    `json:"able,omitempty"` // agents on duty at the offer who could serve this ticket
		HandledMS int64  `json:"handled_ms,omitempty"`
		CostMS    int64  `json:"cost_ms,omitempty"`
		Open      bool   `json:"open,omitempty"` // the cost is not known yet
	}
)

// An explainer collects an explanation.
type explainer struct {
	host    *Host
	ticket  *Ticket
	own     own
	scan    scan
	answer  Explanation
	with    engine.AgentID // who works on it
	hold    *Step          // it is held
	shut    bool           // its class is closed
	steps   []*Step
	pending []pendingCost
	slips   int
	started engine.Instant // its last start
}

// A pendingCost is a step whose cost may come.
type pendingCost struct {
	step    *Step
	passing *ledger.Passing
}

// askExplain explains one ticket.
func (h *Host) askExplain(m *message) (any, *Refusal) {
	t, refusal := h.named(m)
	if refusal != nil {
		return nil, refusal
	}
	x := &explainer{host: h, ticket: t, own: newOwn(t.Number)}
	ids := h.book.index.Contacts(t.Number)
	stop := h.book.index.FindFrame(h.first(ids))
	watch, from := h.book.index.Watch(stop.From, ids...)
	x.scan = scan{watch: watch, stop: stop, begin: x.begin, hear: x.hear}
	full, err := x.scan.run(h.cfg.Log, from)
	if err != nil {
		h.log.Error("a question could not be answered from the journal", "ticket", t.Number, "error", err)
		return nil, refuse(Internal, "explain ticket %d: %v", t.Number, err)
	}
	x.close(full)
	return x.answer, nil
}

// named finds the ticket that a question is about; an id of one adapter is enough.
func (h *Host) named(m *message) (*Ticket, *Refusal) {
	if m.id == "" || m.adapter != "" || m.ticket != 0 {
		return h.meant(m)
	}
	var found *Ticket
	for _, t := range h.book.tickets {
		if t.ID != m.id {
			continue
		}
		if found != nil {
			return nil, refuse(Malformed, "payload: adapters %s and %s have a ticket %s, want adapter too",
				min(t.Adapter, found.Adapter), max(t.Adapter, found.Adapter), shown(m.id))
		}
		found = t
	}
	if found == nil {
		return nil, refuse(Unknown, "line %s: no ticket %s, or it ended more than seven days ago", h.cfg.Line, shown(m.id))
	}
	return found, nil
}

// begin reports whether further frames can say something new.
func (x *explainer) begin(uint64) bool {
	open, working := x.scan.watch.Pending()
	return !x.own.ended || open+working > 0
}

// hear follows one event.
func (x *explainer) hear(ev *engine.Event, _ *ledger.Entry, by []*ledger.Passing) {
	was := x.own.ended
	x.own.hear(x.scan.watch, ev)
	for _, p := range by {
		if x.own.has(p.Over) {
			x.passed(ev, p)
		}
	}
	switch {
	case ev.Kind == engine.Adopted && len(x.steps) > 0 && !x.own.ended:
		x.step(ev, "policy").Text = ledger.PolicyName(ev.Policy)
	case x.own.is(ev) && !was:
		x.mine(ev)
	}
	if !x.own.ended && len(x.steps) > 0 {
		x.around(ev)
	}
}

// step adds a step.
func (x *explainer) step(ev *engine.Event, what string) *Step {
	s := &Step{At: stamp(ev.At), Seq: x.scan.watch.Book().Frame, What: what}
	x.steps = append(x.steps, s)
	return s
}

func (x *explainer) class(c engine.ClassID) string { return x.scan.watch.Policy().Classes[c].Name }

// offered says why the ticket was the next.
func (x *explainer) offered(ev *engine.Event) {
	p := x.scan.watch.Policy()
	s := x.note(ev)
	s.Class = x.class(ev.Class)
	s.Count, s.Slips, s.By = int(ev.Count), int(ev.Slips), x.host.book.who(ev.Rival)
	why := engine.ByOrder
	if ev.Guard >= 0 {
		why = engine.ByGuard
	}
	if e := x.scan.watch.Book().Decision(ev.Offer); e != nil && (ev.Why == engine.ByPull || ev.Why == engine.ByMove) {
		s.Rule = x.host.book.rule(e.Rule(&ledger.Row{Guard: ev.Guard, Node: ev.Node, Why: ev.Why}))
		return
	}
	s.Rule = x.host.book.rule(ledger.RuleOf(p, ev.Node, ev.Guard, why))
	s.Rule.Says = saysOf(p, ev.Node, ev.Guard, int(ev.Class), true)
	if ev.Rival != 0 && ev.Guard < 0 {
		s.Keys = keysIn(p, ev.Node, ledger.KeysAt(p, ev.Node, ev.KeyWon, ev.KeyLost), int(ev.Class), -1)
	}
}

// passed says who went ahead.
func (x *explainer) passed(ev *engine.Event, p *ledger.Passing) {
	switch p.Way {
	case ledger.BySkill:
		x.answer.BySkill++
		return
	case ledger.ByRoom:
		x.answer.ByRoom++
		return
	case ledger.Missed:
		x.answer.Missed += p.Count
	}
	e := p.Entry
	x.slips += p.Count
	s := x.step(ev, string(p.Way))
	s.Entry, s.By, s.Count, s.Slips = uint64(e.Number), x.host.book.who(p.By), p.Count, x.slips
	s.Agent, s.Offer, s.Decided = x.host.book.Agent(e.Agent), uint64(e.Offer), stamp(e.Offered)
	if p.Way == ledger.Missed {
		s.Rule = x.host.book.rule(ledger.RuleOf(e.Policy, 0, -1, engine.ByMiss))
	} else {
		s.ByClass, s.Arrived = e.Policy.Classes[e.Class].Name, stamp(e.Place.Arrived)
		s.Class = e.Policy.Classes[p.Class].Name
		if p.Row.Winner != e.Ticket {
			s.Winner = x.host.book.who(p.Row.Winner)
		}
		s.Rule, s.Reason, s.Keys = x.host.book.ruleOf(e, p.Row), e.ReasonOf(p.Row), keys(e, p.Row)
		s.Beyond = int(e.Beyond)
	}
	s.Able = p.Able
	x.pending = append(x.pending, pendingCost{s, p})
}

// close completes the answer.
func (x *explainer) close(full bool) {
	h, a := x.host, &x.answer
	a.Schema, a.Line, a.Ticket, a.Now = ExplainSchema, h.cfg.Line, h.describe(x.ticket), stamp(h.turn.at)
	a.Policy, a.Formula, a.Slips = ledger.PolicyName(x.scan.watch.Policy()), costFormula, a.Ticket.Slips
	for _, c := range x.pending {
		cost, known := c.passing.Cost()
		if c.step.Open = !known; known {
			c.step.HandledMS, c.step.CostMS = millis(c.passing.Handled), millis(cost)
			a.CostMS += c.step.CostMS
		} else {
			a.CostOpen += c.passing.Count
		}
	}
	until := h.turn.at
	if x.started != 0 && (x.own.ended || a.Ticket.State == "serving") {
		until = x.started
	}
	a.WaitedMS = millis(until.Sub(x.ticket.Arrived))
	a.Steps = []Step{}
	for _, s := range x.steps[:min(len(x.steps), stepsMax)] {
		a.Steps = append(a.Steps, *s)
	}
	a.More = len(x.steps) - len(a.Steps)
	if !full {
		a.Cut = x.scan.last
	}
	if a.Policy == h.rules.name() {
		a.Never = h.rules.policy.Never
	}
	switch {
	case a.Ticket.State == "waiting":
		x.stand()
	case x.hold != nil && x.hold.Until != "":
		a.NoPlace = fmt.Sprintf("held (%s) until %s", x.hold.Why, x.hold.Until)
	case x.hold != nil:
		a.NoPlace = fmt.Sprintf("held (%s)", x.hold.Why)
	}
}

// stand finds the place of a waiting ticket.
func (x *explainer) stand() {
	s, err := x.host.engine.Place(x.ticket.Number, x.host.clock.now())
	x.answer.Of = s.Of
	switch {
	case err != nil:
		x.answer.NoPlace = fmt.Sprint(err)
	case s.Place == 0:
		x.answer.NoPlace = fmt.Sprintf("behind the first %d", engine.PlaceMax)
	default:
		x.answer.Place = s.Place
	}
	if err != nil {
		return // more wait than are looked through
	}
	for _, u := range x.host.engine.Unoffered(engine.PlaceMax) {
		if u.Ticket == x.ticket.Number {
			x.answer.Idle = whys[u.Why]
		}
	}
}
