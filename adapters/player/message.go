package player

import (
	"encoding/json"
	"fmt"
)

// The payloads of docs/bus.md, as far as a player needs them.

type ticketPayload struct {
	SpecVersion string     `json:"specversion"`
	Type        string     `json:"type"`
	Source      string     `json:"source"`
	ID          string     `json:"id"`
	Data        ticketData `json:"data"`
}

type ticketData struct {
	Line       string         `json:"line"`
	Channel    string         `json:"channel"`
	Customer   string         `json:"customer,omitempty"`
	Needs      []string       `json:"needs,omitempty"`
	Attributes map[string]any `json:"attributes,omitempty"`
}

type leavePayload struct {
	ID   string    `json:"id"`
	Data leaveData `json:"data"`
}

type leaveData struct {
	Reason string `json:"reason"`
}

type signInPayload struct {
	Skills []string `json:"skills"`
	Lease  string   `json:"lease,omitempty"`
}

type breakPayload struct {
	Code string `json:"code"`
}

type offerPayload struct {
	Offer  uint64 `json:"offer"`
	Reason string `json:"reason,omitempty"`
}

type finishPayload struct {
	Offer uint64 `json:"offer"`
	Wrap  string `json:"wrap,omitempty"`
}

// A handPayload holds work, or hands it on.
type handPayload struct {
	Offer  uint64   `json:"offer"`
	Needs  []string `json:"needs,omitempty"`
	Why    string   `json:"why,omitempty"`
	For    string   `json:"for,omitempty"`
	Reason string   `json:"reason"`
}

type listPayload struct {
	Limit int `json:"limit"`
}

// listMax is the longest list that a line gives.
const listMax = 1000

// An agentsAnswer says who has which offers.
type agentsAnswer struct {
	Agents []struct {
		Agent  string      `json:"agent"`
		Offers []openOffer `json:"offers"`
	} `json:"agents"`
}

type openOffer struct {
	Offer  uint64 `json:"offer"`
	Ticket uint64 `json:"ticket"`
	State  string `json:"state"` // ringing, working or wrapping
}

type questionPayload struct {
	Adapter string `json:"adapter"`
	ID      string `json:"id"`
}

type emptyPayload struct{}

// An answer is what came back on a request. Zero code means that it was granted.
type answer struct {
	Duplicate bool    `json:"duplicate"`
	Ticket    uint64  `json:"ticket"`
	Refusal   refusal `json:"error"`

	again bool   // whether the request had been sent more than once
	data  []byte // all of it
}

type refusal struct {
	Code        int    `json:"code"`
	Description string `json:"description"`
}

func (a answer) refused() bool { return a.Refusal.Code != 0 }

// A notice is what the line says to an agent or to an adapter.
type notice struct {
	Offer   uint64 `json:"offer"`
	Adapter string `json:"adapter"`
	ID      string `json:"id"`
	Agent   string `json:"agent"`
	End     string `json:"end"`
	Why     string `json:"why"`
}

// A standing is where a ticket is, from the answer to the question `ticket`.
type standing struct {
	State string `json:"state"`
	End   string `json:"end"`
	Slips int    `json:"slips"`
}

func encode(payload any) []byte {
	text, err := json.Marshal(payload)
	if err != nil {
		panic(fmt.Sprintf("player: encode %T: %v", payload, err)) // Play has checked the attributes
	}
	return text
}
