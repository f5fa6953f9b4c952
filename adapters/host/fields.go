package host

import (
	"time"

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
		field{name: "verified", read: readVerified},
		field{name: "matter", read: text(RefLenMax, func(m *message) *string { return &m.matter })},
		field{name: "not_before", read: date(func(m *message) *engine.Instant { return &m.notBefore })},
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
	whyField   = field{name: "reason", required: true, read: filled(RefLenMax, func(m *message) *string { return &m.reason })}
	leaseField = field{name: "lease", read: span(time.Second, 24*time.Hour, func(m *message) *engine.Duration { return &m.lease })}
	wrapField  = field{name: "wrap", read: span(0, 24*time.Hour, func(m *message) *engine.Duration { return &m.wrap })}
	toField    = field{name: "to", read: token(func(m *message) *string { return &m.to })}
	lineField  = field{name: "line", read: token(func(m *message) *string { return &m.toLine })}
	otherField = field{name: "other", required: true, read: func(d *decoder, path string, m *message) {
		m.other = engine.TicketID(d.whole(path, 1, numberMax))
	}}
	previewField = field{name: "preview", read: func(d *decoder, path string, m *message) { m.preview = d.boolean(path) }}
	stuckField   = field{name: "stuck", read: func(d *decoder, path string, m *message) { m.stuck = d.boolean(path) }}
	fileField    = field{name: "file", required: true, read: filled(TextLenMax, func(m *message) *string { return &m.file })}
	sourceField  = field{name: "source", required: true, read: readSource}
	holdFields   = []field{
		{name: "why", required: true, read: readHoldWhy},
		{name: "until", read: date(func(m *message) *engine.Instant { return &m.until })},
		{name: "for", read: span(time.Second, time.Duration(engine.HoldMax), func(m *message) *engine.Duration { return &m.length })},
	}
	ticketFields = []field{
		{name: "adapter", read: text(TokenLenMax, func(m *message) *string { return &m.adapter })},
		{name: "id", read: text(TextLenMax, func(m *message) *string { return &m.id })},
		{name: "ticket", read: func(d *decoder, path string, m *message) {
			m.ticket = engine.TicketID(d.whole(path, 1, numberMax))
		}},
	}
)
