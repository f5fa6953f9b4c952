package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// holdWhys are why work may be held.
var holdWhys = []string{"callback", "snooze", "customer", "no-answer"}

// mistake says that a line that was typed means nothing.
func (a *agent) mistake(err error) error {
	return a.say(agentEvent{Event: "mistake", Why: err.Error()}, "%v", err)
}

// pull starts on a ticket that the agent picked: p TICKET REASON.
func (a *agent) pull(ctx context.Context, words []string) error {
	if len(words) < 2 {
		return a.mistake(errors.New("p: want a ticket and a reason"))
	}
	t, err := a.conn.findTicket(ctx, "cli", strings.TrimPrefix(words[0], "#"))
	if r, ok := errors.AsType[*refusal](err); ok {
		return a.say(agentEvent{Event: "refused", Why: r.Description}, "ticket %s: %v", words[0], r)
	}
	if err != nil {
		return err
	}
	var done struct {
		Seq   uint64 `json:"seq"`
		Offer uint64 `json:"offer"`
	}
	err = a.conn.ask(ctx, a.subject("pull"), map[string]any{"ticket": t.Ticket, "reason": strings.Join(words[1:], " ")}, &done)
	if r, ok := errors.AsType[*refusal](err); ok {
		return a.say(agentEvent{Event: "refused", Why: r.Description}, "ticket %s: %v", words[0], r)
	}
	if err != nil {
		return err
	}
	o := &agentOffer{Offer: done.Offer, Adapter: t.Adapter, ID: t.ID, Channel: t.Channel, Arrived: t.Arrived,
		Attempt: t.Attempts + 1, Ref: t.Ref, working: true}
	a.offers[o.Offer] = o
	return a.say(agentEvent{Event: "pulled", Offer: o, Seq: done.Seq}, "offer %d: pulled %s %s of %s (journal %d)", o.Offer, o.Channel,
		o.ID, o.Adapter, done.Seq)
}

// handOn holds or transfers: h [OFFER] WHY [FOR] [REASON], t [OFFER] [to=AGENT] [needs=A,B] [line=LINE] [REASON].
func (a *agent) handOn(ctx context.Context, command string, words []string) error {
	o, rest, err := a.meant(true, words)
	if err != nil && command == "h" {
		o, rest, err = a.meant(false, words) // what rings can be held too
	}
	if err != nil {
		return a.mistake(err)
	}
	verb, payload := "transfer", transferred(rest)
	if command == "h" {
		verb = "hold"
		if payload, err = held(rest); err != nil {
			return a.mistake(err)
		}
	}
	return a.answer(ctx, verb, o, payload)
}

// held reads WHY [FOR] [REASON].
func held(words []string) (map[string]any, error) {
	if len(words) == 0 || !strings.Contains(" "+strings.Join(holdWhys, " ")+" ", " "+words[0]+" ") {
		return nil, fmt.Errorf("h: want why, one of %s", strings.Join(holdWhys, ", "))
	}
	payload, rest := map[string]any{"why": words[0]}, words[1:]
	if len(rest) > 0 {
		if length, err := time.ParseDuration(rest[0]); err == nil {
			payload["for"], rest = length.String(), rest[1:]
		}
	}
	if len(rest) > 0 {
		payload["reason"] = strings.Join(rest, " ")
	}
	return payload, nil
}

// transferred reads [to=AGENT] [needs=A,B] [line=LINE] [REASON].
func transferred(words []string) map[string]any {
	payload := map[string]any{}
	for len(words) > 0 {
		key, value, said := strings.Cut(words[0], "=")
		switch {
		case said && (key == "to" || key == "line"):
			payload[key] = value
		case said && key == "needs" && value == "":
			payload[key] = []string{}
		case said && key == "needs":
			payload[key] = strings.Split(value, ",")
		default:
			payload["reason"] = strings.Join(words, " ")
			return payload
		}
		words = words[1:]
	}
	return payload
}
