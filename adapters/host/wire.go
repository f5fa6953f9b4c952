package host

import (
	"fairline/engine"
)

// numberMax bounds the numbers of tickets and offers in JSON: what a double holds exactly.
const numberMax = 1<<53 - 1

// envelope returns the names of CloudEvents around a ticket's data.
func envelope(kind string, data []field) []field {
	types := []string{"fairline.ticket"}
	if kind != "ticket" {
		types = append(types, "fairline."+kind)
	}
	return []field{
		{name: "specversion", read: constant("1.0")},
		{name: "type", read: constant(types...)},
		{name: "source", read: unused},
		{name: "time", read: readNothing},
		{name: "datacontenttype", read: constant("application/json")},
		{name: "id", required: true, read: identifier(func(m *message) *string { return &m.id })},
		{name: "data", required: kind == "ticket", inner: data},
	}
}

// changeData are the fields of a ticket that may change, with those that must stay as they are.
func changeData() []field {
	return []field{
		{name: "line", read: text(TokenLenMax, func(m *message) *string { return &m.line })},
		{name: "channel", read: identifier(func(m *message) *string { return &m.channel })},
		{name: "due", read: date(func(m *message) *engine.Instant { return &m.due })},
		{name: "needs", read: readNeeds},
		{name: "attributes", read: readAttributes},
	}
}

// ticketData are the fields of a new ticket.
func ticketData() []field {
	fields := append(changeData(),
		field{name: "customer", read: text(TextLenMax, func(m *message) *string { return &m.customer })},
		field{name: "matter", read: unused},
		field{name: "arrived", read: date(func(m *message) *engine.Instant { return &m.arrived })},
		field{name: "origin", read: readOrigin},
		field{name: "ref", read: text(RefLenMax, func(m *message) *string { return &m.ref })})
	fields[1].required = true
	return fields
}

var (
	reasonField = field{name: "reason", read: text(RefLenMax, func(m *message) *string { return &m.reason })}
	offerField  = field{name: "offer", required: true, read: func(d *decoder, path string, m *message) {
		m.offer = engine.OfferID(d.whole(path, 1, numberMax))
	}}
	limitField = field{name: "limit", read: func(d *decoder, path string, m *message) {
		m.limit = d.whole(path, 1, listMax)
	}}
	fromField = field{name: "from", read: func(d *decoder, path string, m *message) {
		m.from = d.whole(path, 1, numberMax)
	}}
	pairsField = field{name: "pairs", read: func(d *decoder, path string, m *message) {
		m.pairs = d.boolean(path)
	}}
	ticketFields = []field{
		{name: "adapter", read: text(TokenLenMax, func(m *message) *string { return &m.adapter })},
		{name: "id", read: text(TextLenMax, func(m *message) *string { return &m.id })},
		{name: "ticket", read: func(d *decoder, path string, m *message) {
			m.ticket = engine.TicketID(d.whole(path, 1, numberMax))
		}},
	}
)

// A verb is what a subject can ask for: its payload's fields, and what is done. Exactly one of act and
// answer is set.
type verb struct {
	door   string
	name   string
	fields []field
	act    func(h *Host, r *request) (answer, *Refusal) // asks the engine; part of a turn
	answer func(h *Host, m *message) (any, *Refusal)    // reads what is stored; after a turn
	reply  any                                          // the zero value of what is answered
}

// verbs has a line for each subject that is answered. A question is added by a line here.
var verbs = []verb{
	{door: "in", name: "ticket", fields: envelope("ticket", ticketData()), act: (*Host).arrive, reply: publishAck{}},
	{door: "in", name: "change", fields: envelope("change", changeData()), act: (*Host).change, reply: publishAck{}},
	{door: "in", name: "leave", fields: envelope("leave", []field{reasonField}), act: (*Host).leave, reply: publishAck{}},

	{door: "agent", name: "sign-in", act: (*Host).signIn, reply: agentAck{}, fields: []field{
		{name: "skills", read: readSkills}, {name: "channels", read: readChannels}}},
	{door: "agent", name: "sign-out", act: (*Host).signOut, reply: agentAck{}},
	{door: "agent", name: "break", act: (*Host).takeBreak, reply: agentAck{}, fields: []field{
		{name: "code", read: text(TextLenMax, func(m *message) *string { return &m.reason })}}},
	{door: "agent", name: "ready", act: (*Host).ready, reply: agentAck{}},
	{door: "agent", name: "accept", act: (*Host).accept, reply: agentAck{}, fields: []field{offerField}},
	{door: "agent", name: "decline", act: (*Host).decline, reply: agentAck{}, fields: []field{offerField, reasonField}},
	{door: "agent", name: "finish", act: (*Host).finish, reply: agentAck{}, fields: []field{
		offerField, {name: "wrap", read: readWrap}}},

	{door: "ask", name: "status", answer: (*Host).status, reply: statusAnswer{}},
	{door: "ask", name: "ticket", answer: (*Host).askTicket, reply: ticketAnswer{}, fields: ticketFields},
	{door: "ask", name: "agents", answer: (*Host).askAgents, reply: agentsAnswer{}, fields: []field{limitField}},
	{door: "ask", name: "explain", answer: (*Host).askExplain, reply: Explanation{}, fields: ticketFields},
	{door: "ask", name: "ledger", answer: (*Host).askLedger, reply: LedgerPage{}, fields: append([]field{
		fromField, limitField, pairsField}, ticketFields...)},
	{door: "ask", name: "waiting", answer: (*Host).askWaiting, reply: waitingAnswer{}, fields: []field{limitField}},
}

// verbOf finds the line of a subject.
func verbOf(s subject) (*verb, *Refusal) {
	for i := range verbs {
		if v := &verbs[i]; v.door == s.door && v.name == s.verb {
			return v, nil
		}
	}
	if s.door == "ask" {
		return nil, refuse(Unknown, "subject: no question %s, want %s", shown(s.verb), verbNames(s.door))
	}
	return nil, refuse(Malformed, "subject: no verb %s, want %s", shown(s.verb), verbNames(s.door))
}
