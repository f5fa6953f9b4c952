package channel

import (
	"context"
	"time"
)

// tellAgent sends a request in an agent's name.
func (b *Bus) tellAgent(ctx context.Context, agent, verb string, payload any) error {
	_, _, err := b.ask(ctx, "fl.agent."+b.line+"."+agent+"."+verb, encode(payload))
	return err
}

// SignIn has an agent be on duty and available.
func (b *Bus) SignIn(ctx context.Context, agent string, s SignIn) error {
	p := struct {
		Skills   []string       `json:"skills,omitempty"`
		Channels map[string]int `json:"channels,omitempty"`
		Lease    string         `json:"lease,omitempty"`
	}{Skills: s.Skills, Channels: s.Channels}
	if s.Lease > 0 {
		p.Lease = s.Lease.String()
	}
	return b.tellAgent(ctx, agent, "sign-in", p)
}

// Renew says that the agent is there.
func (b *Bus) Renew(ctx context.Context, agent string) error {
	return b.tellAgent(ctx, agent, "renew", struct{}{})
}

// SignOut has an agent be off duty.
func (b *Bus) SignOut(ctx context.Context, agent string) error {
	return b.tellAgent(ctx, agent, "sign-out", struct{}{})
}

type offerData struct {
	Offer  uint64 `json:"offer"`
	Reason string `json:"reason,omitempty"`
	Wrap   string `json:"wrap,omitempty"`
	Why    string `json:"why,omitempty"`
	For    string `json:"for,omitempty"`
}

// Accept takes an offer.
func (b *Bus) Accept(ctx context.Context, agent string, offer uint64) error {
	return b.tellAgent(ctx, agent, "accept", offerData{Offer: offer})
}

// Decline gives an offer back.
func (b *Bus) Decline(ctx context.Context, agent string, offer uint64, reason string) error {
	return b.tellAgent(ctx, agent, "decline", offerData{Offer: offer, Reason: reason})
}

// Finish ends the work on a ticket, and keeps the agent for the wrap-up.
func (b *Bus) Finish(ctx context.Context, agent string, offer uint64, wrap time.Duration) error {
	d := offerData{Offer: offer}
	if wrap > 0 {
		d.Wrap = wrap.Round(time.Second).String()
	}
	return b.tellAgent(ctx, agent, "finish", d)
}

// Hold holds the ticket that the agent has in hand.
func (b *Bus) Hold(ctx context.Context, agent string, offer uint64, h Hold) error {
	d := offerData{Offer: offer, Why: h.Why, Reason: h.Reason}
	if h.For > 0 {
		d.For = h.For.Round(time.Second).String()
	}
	return b.tellAgent(ctx, agent, "hold", d)
}
