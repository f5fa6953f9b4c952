package social

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"

	"fairline/adapters/channel"
	"fairline/adapters/channel/mapped"
	"fairline/policy/mapping"
)

// An account is what concerns us at a platform, whichever stream it comes by.
type account struct {
	adapter   *Adapter
	name      string
	us        string
	words     []string
	held      *mapped.Held // its mapping, under the policy in force
	followers []func(context.Context) error
	tally     channel.Tally[Stats]
	streams   atomic.Int64 // connected now
	door      *mapped.Door
}

// take hands what an event becomes to the line, and returns when it is stored. Err is that of ctx.
func (acc *account) take(ctx context.Context, kind, us string, body any, raw []byte) error {
	now := acc.adapter.cfg.Now()
	r := acc.held.Read(mapping.Input{Body: body, Kind: kind, Us: us, Words: acc.words, Now: now})
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
		if err := acc.stubborn(ctx, func(ctx context.Context) error { return acc.arrive(ctx, c) }); err != nil {
			return err
		}
	}
	for _, e := range r.Endings {
		if err := acc.stubborn(ctx, func(ctx context.Context) error { return acc.leave(ctx, e) }); err != nil {
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
	acc.tally.Count(func(s *Stats) { s.Filtered++ })
	if err := acc.adapter.sampler.Take(dropped, raw); err != nil {
		acc.adapter.log.Warn("a dropped post cannot be sampled", "account", acc.name, "error", err)
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
func (acc *account) arrive(ctx context.Context, c mapping.Contact) error {
	entered, err := acc.door.Arrive(ctx, acc.adapter.line, c, false)
	if err == nil {
		acc.tally.Count(func(s *Stats) { s.Enter(entered) })
	}
	return err
}

// leave takes a contact back. That of a post that was none of ours is no error.
func (acc *account) leave(ctx context.Context, e mapping.Ending) error {
	there, err := acc.door.Leave(ctx, acc.adapter.line, e)
	if there {
		acc.tally.Count(func(s *Stats) { s.Endings++ })
	}
	return err
}
