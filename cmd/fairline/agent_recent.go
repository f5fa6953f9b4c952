package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

func (a *agent) customerSubject(verb string) string {
	return customerSubject + a.conn.line + "." + a.name + "." + verb
}

// recent asks what is known of the customer of an offer. ok is false where the line has no vault, or the offer is over.
func (a *agent) recent(ctx context.Context, o *agentOffer) (known recentAnswer, ok bool) {
	q := recentQuestion{Offer: o.Offer, Adapter: o.Adapter, ID: o.ID}
	err := a.conn.ask(ctx, a.customerSubject("recent"), q, &known)
	return known, err == nil
}

// sayRecent shows the other contacts of an offer's ticket, and the customer's earlier ones, where there are any.
func (a *agent) sayRecent(ctx context.Context, o *agentOffer) error {
	known, ok := a.recent(ctx, o)
	also := slices.DeleteFunc(slices.Clone(known.Contacts), func(c recentContact) bool { return c.Adapter == o.Adapter && c.ID == o.ID })
	if !ok || len(also)+len(known.Earlier) == 0 {
		return nil
	}
	if a.json {
		return a.say(agentEvent{Event: "recent", Offer: o, Recent: &known}, "")
	}
	now := time.Now()
	for _, part := range []struct {
		word string
		list []recentContact
	}{{"also", also}, {"earlier", known.Earlier}} {
		for _, c := range part.list {
			words := []string{c.Channel, dayAndClock(c.At, now), c.Ref}
			if c.Unverified || known.Perhaps {
				words = append(words, "(perhaps: nobody checked who it is)")
			}
			if err := a.say(agentEvent{}, "  %-7s  %s", part.word, strings.TrimSpace(strings.Join(words, " "))); err != nil {
				return err
			}
		}
	}
	return nil
}

// dayAndClock is the local time, with the day where it is another than now's.
func dayAndClock(t, now time.Time) string {
	t, now = t.Local(), now.Local()
	if t.YearDay() == now.YearDay() && t.Year() == now.Year() {
		return t.Format("15:04:05")
	}
	return t.Format("2 Jan 15:04")
}

// read shows what the contacts of an offer say: c [OFFER].
func (a *agent) read(ctx context.Context, words []string) error {
	o, _, err := a.meant(true, words)
	if err != nil {
		o, _, err = a.meant(false, words) // what rings can be read too
	}
	if err != nil {
		return a.mistake(err)
	}
	known, ok := a.recent(ctx, o)
	if !ok {
		return a.mistake(errors.New("c: nothing is known here of this offer's customer"))
	}
	if a.json {
		return a.say(agentEvent{Event: "recent", Offer: o, Recent: &known}, "")
	}
	for _, c := range append(known.Contacts, known.Earlier...) {
		text := "its content is " + c.Ref
		if c.Content != nil {
			pretty, err := json.MarshalIndent(c.Content, "    ", "  ")
			if err != nil {
				return err
			}
			text = string(pretty)
		}
		if _, err := fmt.Fprintf(a.out, "  %s %s of %s\n    %s\n", c.Channel, dayAndClock(c.At, time.Now()), c.Adapter, text); err != nil {
			return err
		}
	}
	return nil
}

// know says that the customer of an offer is known elsewhere too: k [OFFER] KIND:NAME.
func (a *agent) know(ctx context.Context, words []string) error {
	o, rest, err := a.meant(true, words)
	if err != nil {
		o, rest, err = a.meant(false, words)
	}
	if err == nil && len(rest) != 1 {
		err = errors.New("k: want an identity, such as mail:ana@example.org")
	}
	if err != nil {
		return a.mistake(err)
	}
	id, err := identityOf(rest[0])
	if err != nil {
		return a.mistake(err)
	}
	var done recentAnswer
	err = a.conn.ask(ctx, a.customerSubject("link"), recentQuestion{Offer: o.Offer, Adapter: o.Adapter, ID: o.ID, Other: &id}, &done)
	if r, ok := errors.AsType[*refusal](err); ok {
		return a.say(agentEvent{Event: "refused", Offer: o, Why: r.Description}, "offer %d: %v", o.Offer, r)
	}
	if err != nil {
		return err
	}
	return a.say(agentEvent{Event: "linked", Offer: o}, "offer %d: the customer is known by %s too", o.Offer, id.Kind)
}
