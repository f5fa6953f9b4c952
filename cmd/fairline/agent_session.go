package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

// An agent is signed in, and knows its offers. It belongs to one goroutine but for what NATS calls.
type agent struct {
	name     string
	flags    agentFlags
	channels map[string]int // nil: as the policy says
	conn     *lineConn
	out      io.Writer
	json     bool
	messages chan *nats.Msg
	again    chan struct{}    // size 1: the connection is back
	beat     <-chan time.Time // the lease is to be renewed; nil: there is none
	offers   map[uint64]*agentOffer
	served   int
}

// An agentOffer rings until it is accepted; then it is work.
type agentOffer struct {
	Offer    uint64 `json:"offer"`
	Attempt  uint32 `json:"attempt,omitempty"`
	Adapter  string `json:"adapter,omitempty"`
	ID       string `json:"id,omitempty"`
	Channel  string `json:"channel,omitempty"`
	Arrived  string `json:"arrived,omitempty"`
	Deadline string `json:"deadline,omitempty"`
	Ref      string `json:"ref,omitempty"`
	working  bool
}

// An agentEvent is one line of --json.
type agentEvent struct {
	Schema string      `json:"schema"`
	Agent  string      `json:"agent"`
	Event  string      `json:"event"`
	Offer  *agentOffer `json:"offer,omitempty"`
	Why    string      `json:"why,omitempty"`
	// Recent is what is known of the customer.
	Recent *recentAnswer `json:"recent,omitempty"`
	Seq    uint64        `json:"seq,omitempty"`
}

func (a *agent) subject(verb string) string {
	return "fl.agent." + a.conn.line + "." + a.name + "." + verb
}

// reconnected is called by NATS. A wish that waits already is enough.
func (a *agent) reconnected() {
	select {
	case a.again <- struct{}{}:
	default:
	}
}

// say writes what happened.
func (a *agent) say(e agentEvent, format string, args ...any) error {
	if a.json {
		e.Schema, e.Agent = "fairline.agent/1", a.name
		return json.NewEncoder(a.out).Encode(e)
	}
	_, err := fmt.Fprintf(a.out, format+"\n", args...)
	return err
}

// signIn signs in, or in again, and takes up what is open.
func (a *agent) signIn(ctx context.Context) error {
	profile := map[string]any{"skills": a.flags.skills}
	if a.flags.skills == nil {
		profile = map[string]any{}
	}
	if a.channels != nil {
		profile["channels"] = a.channels
	}
	if a.flags.lease > 0 {
		profile["lease"] = a.flags.lease.String()
	}
	var done ack
	if err := a.conn.ask(ctx, a.subject("sign-in"), profile, &done); err != nil {
		return err
	}
	if err := a.say(agentEvent{Event: "signed-in", Seq: done.Seq}, "%s is signed in (journal %d)", a.name, done.Seq); err != nil {
		return err
	}
	return a.takeUp(ctx)
}

// takeUp asks which offers are open: their messages may have been missed.
func (a *agent) takeUp(ctx context.Context) error {
	var list struct {
		Agents []struct {
			Agent  string `json:"agent"`
			Offers []struct {
				Offer  uint64 `json:"offer"`
				Ticket uint64 `json:"ticket"`
				State  string `json:"state"`
				Until  string `json:"until"`
			} `json:"offers"`
		} `json:"agents"`
	}
	if err := a.conn.ask(ctx, "fl.ask."+a.conn.line+".agents", map[string]int{"limit": 1000}, &list); err != nil {
		return err
	}
	open := map[uint64]bool{}
	for _, other := range list.Agents {
		if other.Agent != a.name {
			continue
		}
		for _, o := range other.Offers {
			if o.State == "wrapping" {
				continue
			}
			open[o.Offer] = true
			if known := a.offers[o.Offer]; known != nil && known.working == (o.State == "working") {
				continue
			}
			var t shownTicket
			if err := a.conn.ask(ctx, "fl.ask."+a.conn.line+".ticket", map[string]uint64{"ticket": o.Ticket}, &t); err != nil {
				return err
			}
			taken := &agentOffer{Offer: o.Offer, Adapter: t.Adapter, ID: t.ID, Channel: t.Channel, Arrived: t.Arrived,
				Deadline: o.Until, Attempt: t.Attempts, Ref: t.Ref, working: o.State == "working"}
			if err := a.sayOffer(ctx, taken); err != nil {
				return err
			}
		}
	}
	maps.DeleteFunc(a.offers, func(id uint64, _ *agentOffer) bool { return !open[id] })
	return nil
}

// sayOffer takes an offer, or work, and shows it.
func (a *agent) sayOffer(ctx context.Context, o *agentOffer) error {
	if known := a.offers[o.Offer]; known != nil && known.working == o.working {
		*known = *o // a repeat, with a new deadline
		return nil
	}
	a.offers[o.Offer] = o
	if o.working {
		return a.say(agentEvent{Event: "working", Offer: o}, "offer %d: in hand, %s %s of %s", o.Offer, o.Channel, o.ID, o.Adapter)
	}
	err := a.say(agentEvent{Event: "offered", Offer: o}, "offer %d: %s %s of %s, arrived %s, answer by %s", o.Offer, o.Channel,
		o.ID, o.Adapter, clockOf(o.Arrived), clockOf(o.Deadline))
	if err != nil || a.flags.auto { // nobody reads more of it
		return err
	}
	return a.sayRecent(ctx, o)
}

// clockOf is the local time of a stamp.
func clockOf(text string) string {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return text
	}
	return t.Local().Format("15:04:05")
}

// hear follows one message of the line.
func (a *agent) hear(ctx context.Context, m *nats.Msg) error {
	var what struct {
		agentOffer
		Why string `json:"why"`
	}
	if err := json.Unmarshal(m.Data, &what); err != nil {
		return fmt.Errorf("read %s: %w", m.Subject, err)
	}
	switch {
	case strings.HasSuffix(m.Subject, ".offered"):
		if known := a.offers[what.Offer]; known != nil && known.working {
			return nil // said before it was accepted
		}
		return a.sayOffer(ctx, &what.agentOffer)
	case strings.HasSuffix(m.Subject, ".withdrawn"):
		if a.offers[what.Offer] == nil {
			return nil // our own doing
		}
		delete(a.offers, what.Offer)
		return a.say(agentEvent{Event: "withdrawn", Offer: &what.agentOffer, Why: what.Why}, "offer %d is withdrawn: %s",
			what.Offer, what.Why)
	case strings.HasSuffix(m.Subject, ".put-aside"):
		return a.say(agentEvent{Event: "put-aside", Offer: &what.agentOffer}, "offer %d is put aside for somebody who is live", what.Offer)
	case strings.HasSuffix(m.Subject, ".taken-up"):
		return a.say(agentEvent{Event: "taken-up", Offer: &what.agentOffer}, "offer %d is taken up again", what.Offer)
	default:
		return a.say(agentEvent{Event: "on-break", Why: what.Why}, "on break: %s", what.Why)
	}
}

// renew says that the agent is there. Where there is no lease any more the agent was lost, and signs in again. What
// does not reach the line now is tried at the next beat.
func (a *agent) renew(ctx context.Context) error {
	var done ack
	err := a.conn.ask(ctx, a.subject("renew"), map[string]any{}, &done)
	if r, ok := errors.AsType[*refusal](err); ok && r.Code == http.StatusNotFound {
		return a.signIn(ctx)
	}
	return nil
}

// first is the oldest offer that rings, or the oldest in hand; nil where there is none.
func (a *agent) first(working bool) *agentOffer {
	for _, id := range slices.Sorted(maps.Keys(a.offers)) {
		if a.offers[id].working == working {
			return a.offers[id]
		}
	}
	return nil
}

// answer accepts, declines or finishes an offer. A refusal is said and is no error: the offer is gone then.
func (a *agent) answer(ctx context.Context, verb string, o *agentOffer, more map[string]any) error {
	payload := map[string]any{"offer": o.Offer}
	maps.Copy(payload, more)
	var done ack
	err := a.conn.ask(ctx, a.subject(verb), payload, &done)
	if r, ok := errors.AsType[*refusal](err); ok {
		delete(a.offers, o.Offer)
		return a.say(agentEvent{Event: "refused", Offer: o, Why: r.Description}, "offer %d: %v", o.Offer, r)
	}
	if err != nil {
		return err
	}
	past := map[string]string{"accept": "accepted", "decline": "declined", "finish": "finished", "hold": "held",
		"transfer": "handed on"}[verb]
	if verb == "accept" {
		o.working = true
	} else {
		delete(a.offers, o.Offer)
	}
	if verb == "finish" {
		a.served++
	}
	return a.say(agentEvent{Event: past, Offer: o, Seq: done.Seq}, "offer %d: %s (journal %d)", o.Offer, past, done.Seq)
}

// finish ends work in hand.
func (a *agent) finish(ctx context.Context, o *agentOffer) error {
	more := map[string]any{}
	if a.flags.wrap > 0 {
		more["wrap"] = a.flags.wrap.String()
	}
	return a.answer(ctx, "finish", o, more)
}

// order asks for a break, for readiness, or to sign out.
func (a *agent) order(ctx context.Context, verb, code string) error {
	payload := map[string]string{}
	if verb == "break" && code != "" {
		payload["code"] = code
	}
	var done ack
	err := a.conn.ask(ctx, a.subject(verb), payload, &done)
	if r, ok := errors.AsType[*refusal](err); ok {
		return a.say(agentEvent{Event: "refused", Why: r.Description}, "%s: %v", verb, r)
	}
	if err != nil {
		return err
	}
	if verb == "break" {
		maps.DeleteFunc(a.offers, func(_ uint64, o *agentOffer) bool { return !o.working })
	}
	past := map[string]string{"break": "on-break", "ready": "ready", "sign-out": "signed-out"}[verb]
	return a.say(agentEvent{Event: past, Seq: done.Seq, Why: code}, "%s is %s (journal %d)", a.name,
		cmp.Or(map[string]string{"on-break": "on break", "signed-out": "signed out"}[past], past), done.Seq)
}
