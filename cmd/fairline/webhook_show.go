package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"fairline/policy/mapping"
)

// body is what a mapping makes of one body.
func (w webhookTrial) body(m *mapping.Mapping, s sampled) webhookBody {
	b := webhookBody{Sample: s.name, Tickets: []webhookTicket{}, Ends: []mapping.Ending{}, Drops: []mapping.Drop{}}
	if s.err != nil {
		b.Error = s.err.Error()
		return b
	}
	r := m.Read(mapping.Input{Body: s.body, Kind: s.kind, Us: w.us, Words: w.words, Now: time.Now()})
	for _, c := range r.Contacts {
		t := webhookTicket{Event: c.Event, Line: c.Line, ID: c.ID, Channel: c.Channel, Customer: "nobody known", Verified: c.Verified, Matter: c.Matter,
			Needs: c.Needs, Attributes: c.Attributes, Origin: "direct", Ref: c.Ref, ReplyTo: c.ReplyTo != "", KeptBack: c.Kept}
		if c.Identity != "" {
			t.Customer = "a " + c.Kind + " identity"
		}
		if c.Overheard {
			t.Origin = "overheard"
		}
		if !c.Arrived.IsZero() {
			t.Arrived = &c.Arrived
		}
		if !c.Due.IsZero() {
			t.Due = &c.Due
		}
		b.Tickets = append(b.Tickets, t)
	}
	b.Ends, b.Drops = append(b.Ends, r.Endings...), append(b.Drops, r.Drops...)
	b.Others, b.Errors = r.Others, r.Errors
	return b
}

// show writes the report.
func (w webhookTrial) show(out io.Writer, m *mapping.Mapping, report webhookReport) error {
	if w.asJSON {
		return writeJSON(out, report)
	}
	var b strings.Builder
	if m != nil && len(report.Bodies) == 0 {
		fmt.Fprintf(&b, "%s: ok\n", w.mapping)
	}
	tickets, ends, drops, others := 0, 0, 0, 0
	for _, body := range report.Bodies {
		sayBody(&b, body)
		tickets, ends, drops, others = tickets+len(body.Tickets), ends+len(body.Ends), drops+len(body.Drops), others+body.Others
	}
	if len(report.Bodies) > 0 {
		fmt.Fprintf(&b, "\n%s: %s, %s, %d dropped, %d not known to the mapping\n", plural(len(report.Bodies), "body", "bodies"),
			plural(tickets, "ticket", "tickets"), plural(ends, "ending", "endings"), drops, others)
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func sayBody(b *strings.Builder, body webhookBody) {
	fmt.Fprintf(b, "%s\n", body.Sample)
	if body.Error != "" {
		fmt.Fprintf(b, "  %s\n", body.Error)
	}
	for _, t := range body.Tickets {
		fmt.Fprintf(b, "  ticket (%s)\n", t.Event)
		for _, row := range t.rows() {
			if row[1] != "" {
				fmt.Fprintf(b, "    %-11s %s\n", row[0], row[1])
			}
		}
	}
	for _, e := range body.Ends {
		fmt.Fprintf(b, "  ends (%s): %s, %s\n", e.Event, e.ID, e.Reason)
	}
	for _, d := range body.Drops {
		fmt.Fprintf(b, "  dropped (%s): %s\n", d.Event, d.Why)
	}
	if body.Others > 0 {
		fmt.Fprintf(b, "  %s no entry takes\n", plural(body.Others, "event that", "events that"))
	}
	if body.Errors > 0 {
		fmt.Fprintf(b, "  %s gave no answer, which counts as no\n", plural(body.Errors, "expression", "expressions"))
	}
}

// rows are a ticket's fields in words; those that are empty are not shown.
func (t webhookTicket) rows() [][2]string {
	var attributes []string
	for _, name := range slices.Sorted(maps.Keys(t.Attributes)) {
		attributes = append(attributes, fmt.Sprintf("%s: %v", name, t.Attributes[name]))
	}
	customer := t.Customer
	if customer != "nobody known" {
		customer += map[bool]string{true: ", verified", false: ", not verified"}[t.Verified]
	}
	at := func(t *time.Time) string {
		if t == nil {
			return ""
		}
		return t.Format(time.RFC3339)
	}
	return [][2]string{{"id", t.ID}, {"channel", t.Channel}, {"line", t.Line}, {"customer", customer}, {"origin", t.Origin}, {"arrived", at(t.Arrived)},
		{"due", at(t.Due)}, {"matter", t.Matter}, {"needs", strings.Join(t.Needs, ", ")}, {"attributes", strings.Join(attributes, ", ")},
		{"kept back", strings.Join(t.KeptBack, "; ")}, {"ref", t.Ref}, {"reply to", map[bool]string{true: "the customer alone"}[t.ReplyTo]}}
}
