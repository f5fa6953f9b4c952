package social

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"

	"fairline/adapters/channel"
	"fairline/policy/mapping"
)

// An account is what concerns us at a platform, whichever stream it comes by.
type account struct {
	adapter   *Adapter
	name      string
	us        string
	words     []string
	mapping   *mapping.Mapping
	followers []func(context.Context) error
	tally     channel.Tally[Stats]
	streams   atomic.Int64 // connected now
	gone      mapping.Gone
}

// take hands what an event becomes to the line, and returns when it is stored. Err is that of ctx.
func (acc *account) take(ctx context.Context, kind, us string, body any, raw []byte) error {
	now := acc.adapter.cfg.Now()
	r := acc.mapping.Read(mapping.Input{Body: body, Kind: kind, Us: us, Words: acc.words, Now: now})
	acc.tally.Count(func(s *Stats) {
		s.Events++
		s.Others += uint64(r.Others)
		s.NoAnswer += uint64(r.Errors)
	})
	for _, d := range r.Drops {
		acc.drop(d, raw)
	}
	for _, c := range r.Contacts {
		acc.tally.Count(func(s *Stats) { s.KeptBack += uint64(len(c.Kept)) })
		if err := acc.stubborn(ctx, func(ctx context.Context) error { return acc.arrive(ctx, c, raw) }); err != nil {
			return err
		}
	}
	for _, e := range r.Endings {
		acc.gone.Add(e.ID, e.Reason)
		if err := acc.stubborn(ctx, func(ctx context.Context) error { return acc.leave(ctx, e.ID, e.Reason) }); err != nil {
			return err
		}
	}
	return nil
}

func (acc *account) drop(d mapping.Drop, raw []byte) {
	dropped := channel.Dropped{At: acc.adapter.cfg.Now(), Source: acc.name, Event: d.Event, ID: d.ID, Why: d.Why}
	if d.Why != mapping.Filtered {
		acc.tally.Count(func(s *Stats) { s.Skipped++ })
		return
	}
	acc.tally.Drop(dropped)
	acc.tally.Count(func(s *Stats) { s.Filtered++ })
	cfg := &acc.adapter.cfg
	if n := acc.adapter.filtered.Add(1); cfg.Sample != nil && (n-1)%uint64(cfg.SampleEvery) == 0 {
		cfg.Sample(dropped, raw)
	}
}

// stubborn tries until it is done, or refused for good, or ctx ends. A line that is full or not served is asked again.
func (acc *account) stubborn(ctx context.Context, do func(context.Context) error) error {
	cfg := &acc.adapter.cfg
	again := again{least: cfg.AgainMin, most: cfg.AgainMax}
	for {
		try, cancel := context.WithTimeout(ctx, cfg.AnswerMax)
		err := do(try)
		cancel()
		refusal, refused := errors.AsType[*channel.Refusal](err)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case refused && !refusal.Again() && refusal.Code != http.StatusTooManyRequests:
			acc.tally.Count(func(s *Stats) { s.Refused++ })
			acc.adapter.log.Warn("the line refuses a contact", "account", acc.name, "error", err)
			return nil
		}
		acc.tally.Count(func(s *Stats) { s.Retries++ })
		if again.tries == 0 {
			acc.adapter.log.Warn("the line cannot be reached: the stream waits", "account", acc.name, "error", err)
		}
		if !again.wait(ctx, err) {
			return ctx.Err()
		}
	}
}

// arrive hands in a contact, unless it was taken back already.
func (acc *account) arrive(ctx context.Context, c mapping.Contact, raw []byte) error {
	a := acc.adapter
	if _, gone := acc.gone.Reason(c.ID); gone {
		acc.tally.Count(func(s *Stats) { s.Early++ })
		return nil
	}
	contact := channel.Contact{ID: c.ID, Channel: c.Channel, Arrived: c.Arrived, Due: c.Due, Matter: c.Matter, Needs: c.Needs,
		Attributes: c.Attributes, Overheard: c.Overheard, Ref: c.Ref}
	if c.Identity != "" {
		var err error
		if contact.Customer, err = a.people.Person(ctx, c.Kind, c.Identity, c.Verified); err != nil {
			return errors.New("who keeps people apart does not answer") // its error may have the identity
		}
		contact.Unverified = !c.Verified
	}
	if a.cfg.Keep != nil {
		if err := a.cfg.Keep(ctx, c.Ref, raw); err != nil {
			return errors.New("the content cannot be kept")
		}
	}
	ack, err := a.line.Arrive(ctx, contact)
	if err != nil {
		return err
	}
	acc.tally.Count(func(s *Stats) {
		if ack.Duplicate {
			s.Duplicates++
		} else {
			s.Contacts++
		}
	})
	if reason, gone := acc.gone.Reason(c.ID); gone { // by another stream, meanwhile
		return acc.leave(ctx, c.ID, reason)
	}
	return nil
}

// leave takes a contact back. That of a post that was none of ours is no error.
func (acc *account) leave(ctx context.Context, id, reason string) error {
	err := acc.adapter.line.Leave(ctx, id, reason)
	if r, ok := errors.AsType[*channel.Refusal](err); ok && r.Code == http.StatusNotFound {
		return nil
	}
	if err == nil {
		acc.tally.Count(func(s *Stats) { s.Endings++ })
	}
	return err
}
