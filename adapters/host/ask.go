package host

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"fairline/engine"
)

// Limits of lists in answers.
const (
	listMax     = 1000
	listDefault = 100
)

// Answers to fl.ask. They are made between turns, so they say only what is stored.
type (
	statusAnswer struct {
		Line     string         `json:"line"`
		Policy   policyAnswer   `json:"policy"`
		Tickets  ticketCounts   `json:"tickets"`
		Agents   map[string]int `json:"agents"`
		Journal  journalAnswer  `json:"journal"`
		Digest   string         `json:"digest"`
		Order    string         `json:"order"` // a digest of who waits, in order, with what they suffered
		At       string         `json:"at"`
		Uptime   string         `json:"uptime"`
		Steps    uint64         `json:"clock_steps"`
		Speed    int            `json:"speed,omitempty"` // of logical time, where it is not that of time
		Refusals map[string]int `json:"refusals"`
		// Idle is how long agents were available beside a ticket that they could have served, by what kept them from it, since the
		// start of the process.
		Idle     map[string]int64 `json:"idle_ms"`
		Noted    uint64           `json:"noted"`
		NotKept  uint64           `json:"not_kept"`
		NotTaken *policyRefused   `json:"policy_refused,omitempty"` // a file that was refused since the policy was adopted
	}
	policyAnswer struct {
		Name string `json:"name"`
		Hash string `json:"hash"` // its first six digits
	}
	ticketCounts struct {
		Waiting     int    `json:"waiting"`
		Offered     int    `json:"offered"`
		InService   int    `json:"in_service"`
		Held        int    `json:"held"`
		Starts      uint64 `json:"starts"`
		Overtakings uint64 `json:"overtakings"`
	}
	journalAnswer struct {
		Stream string `json:"stream"`
		Seq    uint64 `json:"seq"`
		Epoch  uint64 `json:"epoch"`
	}
	ticketAnswer struct {
		Ticket   engine.TicketID `json:"ticket"`
		Adapter  string          `json:"adapter"`
		ID       string          `json:"id"`
		Channel  string          `json:"channel"`
		Class    string          `json:"class,omitempty"`
		State    string          `json:"state"` // waiting, offered, serving, held or ended
		End      string          `json:"end,omitempty"`
		Arrived  string          `json:"arrived"`
		Due      string          `json:"due,omitempty"`
		Needs    []string        `json:"needs,omitempty"`
		Attempts uint32          `json:"attempts"`
		Slips    int             `json:"slips"`
		MissedBy int             `json:"missed_by,omitempty"` // different agents who missed it; from three on somebody should look
		Offer    engine.OfferID  `json:"offer,omitempty"`
		Agent    string          `json:"agent,omitempty"`
		Ref      string          `json:"ref,omitempty"`
		Seq      uint64          `json:"seq"`

		Customer   string            `json:"customer,omitempty"`    // its random key; of fl.ask.LINE.ticket alone
		Unverified bool              `json:"unverified,omitempty"`  // nobody checked that it is
		Joined     engine.TicketID   `json:"joined,omitempty"`      // the ticket whose contact this is
		Contacts   []engine.TicketID `json:"contacts,omitempty"`    // those that were joined to it
		Related    []engine.TicketID `json:"related,omitempty"`     // of the same customer, and live like it
		Perhaps    []engine.TicketID `json:"perhaps,omitempty"`     // perhaps of the same customer: nobody checked
		CalledBack bool              `json:"called_back,omitempty"` // its customer need not hold on
		Closed     bool              `json:"closed,omitempty"`      // its class is not served now
		Wanted     bool              `json:"wanted,omitempty"`      // a supervisor wants it next
		Only       string            `json:"only,omitempty"`        // for whom it is held
		Hold       *holdAnswer       `json:"hold,omitempty"`
		Place      int               `json:"place,omitempty"` // of fl.ask.LINE.ticket and waiting alone
		Of         int               `json:"of,omitempty"`
	}
	holdAnswer struct {
		Why    string `json:"why"`
		Since  string `json:"since"`
		Until  string `json:"until,omitempty"`
		Reason string `json:"reason,omitempty"`
	}
	agentAnswer struct {
		Agent    string           `json:"agent"`
		State    string           `json:"state"` // available, busy, on break, lost or off duty
		Skills   []string         `json:"skills,omitempty"`
		Channels map[string]uint8 `json:"channels,omitempty"`
		Since    string           `json:"since,omitempty"`
		Missed   int              `json:"missed"`
		Lease    string           `json:"lease,omitempty"`
		Until    string           `json:"until,omitempty"` // when the lease ends, unless something is heard; lost: when the work goes back
		Offers   []offerAnswer    `json:"offers,omitempty"`
	}
	offerAnswer struct {
		Offer  engine.OfferID  `json:"offer"`
		Ticket engine.TicketID `json:"ticket"`
		State  string          `json:"state"` // ringing, working or wrapping
		Until  string          `json:"until,omitempty"`
	}
	agentsAnswer struct {
		Agents []agentAnswer `json:"agents"`
		More   bool          `json:"more,omitempty"`
	}
	waitingAnswer struct {
		Waiting  []ticketAnswer `json:"waiting"` // by arrival, each with its place where it is among the first
		More     bool           `json:"more,omitempty"`
		NoPlaces string         `json:"no_places,omitempty"` // why nobody has one
	}
)

// reply answers one question.
func (h *Host) reply(r *request) {
	payload, refusal := r.verb.answer(h, &r.message)
	if refusal != nil {
		h.refuse(r.respond, refusal)
		return
	}
	if d, ok := payload.(deferred); ok {
		h.later(r.respond, d)
		return
	}
	r.respond(encode(payload))
}

func (h *Host) status(*message) (any, *Refusal) {
	counts := h.engine.Counts()
	p := h.engine.Policy()
	a := statusAnswer{
		Line:   h.cfg.Line,
		Policy: policyAnswer{Name: p.Name, Hash: fmt.Sprintf("%x", p.Hash[:3])},
		Tickets: ticketCounts{Waiting: counts.Waiting, Offered: counts.Offered, InService: counts.Serving,
			Held: len(h.book.held), Starts: counts.Starts, Overtakings: counts.Overtakings},
		Agents:   map[string]int{},
		Journal:  journalAnswer{Stream: h.cfg.Stream, Seq: h.chain.Head.Seq, Epoch: h.chain.Head.Epoch},
		Digest:   fmt.Sprintf("%016x", h.engine.Digest()),
		Order:    fmt.Sprintf("%016x", h.engine.OrderDigest()),
		At:       stamp(h.turn.at),
		Uptime:   time.Duration(h.turn.at.Sub(h.clock.base)).Round(time.Second).String(),
		Steps:    h.steps,
		Refusals: map[string]int{},
		Idle:     map[string]int64{},
		Noted:    h.rules.noted,
		NotKept:  h.rules.notKept,
		NotTaken: h.notTaken.Load(),
	}
	if h.cfg.Speed > 1 {
		a.Speed = h.cfg.Speed
	}
	for _, agent := range h.engine.Agents() {
		a.Agents[agent.State]++
	}
	for why, d := range h.engine.Idle() {
		a.Idle[cmp.Or(whys[why], unknownWhy)] = millis(d)
	}
	for i := range codes {
		if n := h.refusals[i].Load(); n > 0 {
			a.Refusals[codes[i].name] = int(n)
		}
	}
	return a, nil
}

// meant finds the ticket that a question is about.
func (h *Host) meant(m *message) (*Ticket, *Refusal) {
	var t *Ticket
	switch byID := m.adapter != "" && m.id != ""; {
	case byID == (m.ticket != 0):
		return nil, refuse(Malformed, "payload: names no ticket, want adapter and id, or ticket")
	case byID:
		t = h.book.TicketOf(m.adapter, m.id)
	default:
		t = h.book.Ticket(m.ticket)
	}
	if t == nil {
		return nil, refuse(Unknown, "line %s: no such ticket, or it ended more than seven days ago", h.cfg.Line)
	}
	return t, nil
}

func (h *Host) askTicket(m *message) (any, *Refusal) {
	t, refusal := h.meant(m)
	if refusal != nil {
		return nil, refusal
	}
	a := h.describe(t)
	if t.Customer != "" {
		a.Customer, a.Unverified, a.Perhaps = t.Customer, t.Unverified, h.book.perhaps(t)
	}
	if s, err := h.engine.Place(t.Number, h.clock.now()); err == nil {
		a.Place, a.Of = s.Place, s.Of
	}
	return a, nil
}

// describe says what is known of a ticket.
func (h *Host) describe(t *Ticket) ticketAnswer {
	a := ticketAnswer{Ticket: t.Number, Adapter: t.Adapter, ID: t.ID, Channel: t.Channel, Arrived: stamp(t.Arrived),
		Attempts: t.Attempts, Ref: t.Ref, Seq: t.Seq, Joined: t.Head, Contacts: t.Contacts, Related: t.Related,
		CalledBack: t.CalledBack}
	if t.Hold != (Hold{}) {
		a.Hold = &holdAnswer{Why: whys[t.Hold.Why], Since: stamp(t.Hold.Since), Reason: h.book.Word(t.Hold.Reason)}
		if t.Hold.Until != 0 {
			a.Hold.Until = stamp(t.Hold.Until)
		}
	}
	v, ok := h.engine.Ticket(t.Number)
	if !ok {
		a.State, a.End, a.Slips = "ended", endName(t.End), int(t.Slips)
		return a
	}
	a.State, a.Slips, a.Offer, a.Agent = v.State, v.Slips, v.Offer, h.book.Agent(v.Agent)
	a.MissedBy, a.Closed, a.Wanted, a.Only = v.Decliner, v.Closed, v.Moved, h.book.Agent(v.Only)
	a.Class = h.engine.Policy().Classes[v.Class].Name
	a.Needs = h.texts(v.Needs)
	if v.Due != 0 {
		a.Due = stamp(v.Due)
	}
	return a
}

// texts gives the texts of Words, and the number of one whose text only the journal has.
func (h *Host) texts(words []engine.Word) []string {
	var list []string
	for _, w := range words {
		text := h.book.Word(w)
		if text == "" {
			text = fmt.Sprintf("#%016x", uint64(w))
		}
		list = append(list, text)
	}
	return list
}

func (h *Host) askAgents(m *message) (any, *Refusal) {
	all := h.engine.Agents()
	limit := limitOf(m)
	a := agentsAnswer{Agents: []agentAnswer{}, More: len(all) > limit}
	for i := range all[:min(len(all), limit)] {
		a.Agents = append(a.Agents, h.describeAgent(&all[i]))
	}
	return a, nil
}

func (h *Host) describeAgent(v *engine.AgentView) agentAnswer {
	a := agentAnswer{Agent: h.book.Agent(v.Agent), State: v.State, Skills: leveled(h.texts(v.Skills)), Missed: v.Missed,
		Channels: map[string]uint8{}}
	if v.Since != 0 {
		a.Since = stamp(v.Since)
	}
	if of := h.leases.agents[v.Agent]; of != nil {
		a.Lease, a.Until = brief(time.Duration(of.length)), stamp(of.end)
	}
	if v.Until != 0 {
		a.Until = stamp(v.Until)
	}
	for i, channel := range h.engine.Policy().Channels {
		if v.Takes[i] > 0 {
			a.Channels[channel.Name] = v.Takes[i]
		}
	}
	for _, o := range v.Offers {
		offer := offerAnswer{Offer: o.Offer, Ticket: o.Ticket, State: o.State}
		if o.Until != 0 {
			offer.Until = stamp(o.Until)
		}
		a.Offers = append(a.Offers, offer)
	}
	return a
}

func (h *Host) askWaiting(m *message) (any, *Refusal) {
	limit := limitOf(m)
	views := h.engine.Arrivals(limit + 1)
	a := waitingAnswer{Waiting: []ticketAnswer{}, More: len(views) > limit}
	places, err := h.places()
	if err != nil {
		a.NoPlaces = err.Error()
	}
	for i := range views[:min(len(views), limit)] {
		t := h.describe(h.book.Ticket(views[i].Head))
		t.Place = places[t.Ticket]
		a.Waiting = append(a.Waiting, t)
	}
	return a, nil
}

// places gives the first places of the line, from 1, as far as places are counted.
func (h *Host) places() (map[engine.TicketID]int, error) {
	order, err := h.engine.Places(engine.PlaceMax, h.clock.now())
	places := map[engine.TicketID]int{}
	for i, id := range order {
		places[id] = i + 1
	}
	return places, err
}

// limitOf is how many members a list may have.
func limitOf(m *message) int {
	if m.limit == 0 {
		return listDefault
	}
	return int(m.limit)
}

// verbNames lists the verbs behind a door, for messages.
func verbNames(door string) string {
	names := map[string]bool{}
	for i := range verbs {
		if verbs[i].door == door {
			names[verbs[i].name] = true
		}
	}
	list := slices.Sorted(maps.Keys(names))
	text := "one of"
	for i, name := range list {
		if i > 0 {
			text += ","
		}
		text += " " + name
	}
	return text
}
