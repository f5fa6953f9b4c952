package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"fairline/adapters/channel"
	"fairline/policy/mapping"
)

// deliver hands what a body became to the line. Whatever is stored when something fails is a duplicate the next time.
func (a *Adapter) deliver(ctx context.Context, e *endpoint, r mapping.Result, now time.Time) answer {
	ctx, cancel := context.WithTimeout(ctx, a.cfg.AnswerMax)
	defer cancel()
	a.countDrops(e, r, now)
	var failed error
	for _, c := range r.Contacts {
		if err := a.arrive(ctx, e, c, now); err != nil {
			failed = worse(failed, err)
		}
	}
	for _, ending := range r.Endings {
		if err := a.leave(ctx, e, ending); err != nil {
			failed = worse(failed, err)
		}
	}
	if failed == nil {
		return answer{code: http.StatusOK, contentType: e.Mapping.Answer.Type, body: e.Mapping.Answer.Body}
	}
	refusal, refused := errors.AsType[*channel.Refusal](failed)
	switch {
	case refused && refusal.Code == http.StatusTooManyRequests:
		e.tally.Count(func(s *Stats) { s.Refused++ })
		return answer{code: http.StatusTooManyRequests, wait: retryAfter}
	case refused && !refusal.Again():
		e.tally.Count(func(s *Stats) { s.Refused++ })
		a.log.Warn("the line refuses a contact", "path", e.Path, "error", failed)
		return answer{code: http.StatusUnprocessableEntity}
	}
	e.tally.Count(func(s *Stats) { s.Unreached++ })
	a.log.Warn("the line cannot be reached", "path", e.Path, "error", failed)
	return answer{code: http.StatusServiceUnavailable, wait: retryAfter}
}

// worse is the failure that decides the answer: one after which the sender must come again goes first.
func worse(a, b error) error {
	if a == nil || final(a) && !final(b) {
		return b
	}
	return a
}

func final(err error) bool {
	r, ok := errors.AsType[*channel.Refusal](err)
	return ok && !r.Again() && r.Code != http.StatusTooManyRequests
}

// countDrops counts what became nothing, and samples what a filter dropped: the event alone, for the body may have private messages too.
func (a *Adapter) countDrops(e *endpoint, r mapping.Result, now time.Time) {
	e.tally.Count(func(s *Stats) {
		s.Others += uint64(r.Others)
		s.NoAnswer += uint64(r.Errors)
	})
	for _, d := range r.Drops {
		dropped := channel.Dropped{At: now, Source: e.Path, Event: d.Event, ID: d.ID, Why: d.Why}
		if d.Why != mapping.Filtered {
			e.tally.Count(func(s *Stats) { s.Skipped++ })
			continue
		}
		e.tally.Count(func(s *Stats) { s.Filtered++ })
		text, err := json.Marshal(d.Content)
		if err := errors.Join(err, a.sampler.Take(dropped, text)); err != nil {
			a.log.Warn("a dropped event cannot be sampled", "path", e.Path, "error", err)
		}
	}
}

// lineOf is the line of a name; empty is the adapter's own.
func (a *Adapter) lineOf(name string) (channel.Line, error) {
	if name == "" {
		return a.line, nil
	}
	if l, ok := a.cfg.Lines[name]; ok {
		return l, nil
	}
	return nil, &channel.Refusal{Code: http.StatusNotFound, Description: "the mapping names a line that the adapter does not have"}
}

// arrive hands in one contact, unless it was taken back already.
func (a *Adapter) arrive(ctx context.Context, e *endpoint, c mapping.Contact, now time.Time) error {
	e.tally.Count(func(s *Stats) { s.KeptBack += uint64(len(c.Kept)) })
	if !c.Arrived.IsZero() && now.Sub(c.Arrived) > e.Oldest {
		e.tally.Count(func(s *Stats) { s.Old++ })
		return nil
	}
	line, err := a.lineOf(c.Line)
	if err != nil {
		return err
	}
	entered, err := a.door.Arrive(ctx, line, c, e.answers(c) && e.Reply.Ended != nil)
	if err != nil {
		return err
	}
	e.tally.Count(func(s *Stats) { s.Enter(entered) })
	e.welcome(line, c, entered)
	return nil
}

// leave takes a contact back.
func (a *Adapter) leave(ctx context.Context, e *endpoint, ending mapping.Ending) error {
	line, err := a.lineOf(ending.Line)
	if err != nil {
		return err
	}
	if _, err = a.door.Leave(ctx, line, ending); err == nil {
		e.tally.Count(func(s *Stats) { s.Endings++ })
	}
	return err
}
