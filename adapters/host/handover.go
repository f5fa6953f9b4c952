package host

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"fairline/engine"
	"fairline/policy"
)

// What another line is handed: a ticket as an adapter hands it in, with the arrival it had here.
type (
	handedOver struct {
		ID   string     `json:"id"`
		Data handedData `json:"data"`
	}
	handedData struct {
		Line       string         `json:"line"`
		Channel    string         `json:"channel"`
		Customer   string         `json:"customer,omitempty"`
		Verified   bool           `json:"verified"`
		Arrived    string         `json:"arrived"`
		Due        string         `json:"due,omitempty"`
		Needs      []string       `json:"needs,omitempty"`
		Attributes map[string]any `json:"attributes,omitempty"`
		Origin     string         `json:"origin,omitempty"`
		Ref        string         `json:"ref,omitempty"`
	}
)

// handOver makes the ticket as the other line is handed it. Its needs are its own, not those that the policy added.
func (h *Host) handOver(t *Ticket, line string) handedOver {
	var f engine.Facts
	h.engine.Facts(t.Number, &f)
	d := handedData{Line: line, Channel: t.Channel, Customer: t.Customer, Verified: !t.Unverified, Arrived: stamp(t.Arrived),
		Ref: t.Ref, Attributes: map[string]any{}}
	if f.Due != 0 {
		d.Due = stamp(f.Due)
	}
	if f.Overheard {
		d.Origin = "overheard"
	}
	for i, need := range f.Needs[:f.NeedsLen] {
		if text := h.book.Word(need); f.Given&(1<<i) == 0 && text != "" {
			d.Needs = append(d.Needs, text)
		}
	}
	for i, name := range h.rules.engine().Attrs {
		if v := h.attribute(name, f.Attrs[i]); f.Has&(1<<i) != 0 && v != nil {
			d.Attributes[name] = v
		}
	}
	return handedOver{ID: t.ID, Data: d}
}

// attribute writes the number of an attribute as a ticket carries it, by trying what the policy takes; nil where its
// text is lost.
func (h *Host) attribute(name string, number int64) any {
	for _, v := range []any{json.Number(fmt.Sprint(number)), number != 0, time.Duration(number).String(), stamp(engine.Instant(number)),
		h.book.Word(engine.Word(number))} {
		r := h.rules.policy.Ticket(policy.Ticket{Channel: h.rules.engine().Channels[0].Name, Attributes: map[string]any{name: v}})
		i := slices.Index(h.rules.engine().Attrs, name)
		if v != "" && r.Err() == nil && r.Facts.Attrs[i] == number {
			return v
		}
	}
	return nil
}
