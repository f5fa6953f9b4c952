package webhook

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"fairline/adapters/channel"
	"fairline/adapters/channel/mapped"
	"fairline/adapters/channel/reply"
	"fairline/policy/mapping"
)

// Limits of what customers are told.
const (
	sayingsMax = 1000 // of an endpoint, that wait to be told
	tellersMax = 4    // who tell them
)

// A saying is what a customer is to be told.
type saying struct {
	id, to string
	line   channel.Line // of an arrival: it knows the place
	text   string       // of an end
}

// answers reports whether the customer of a contact may be told something: the platform vouches for who it is.
func (e *endpoint) answers(c mapping.Contact) bool {
	return e.sender != nil && c.ReplyTo != "" && (c.Verified || e.Reply.Unverified)
}

// welcome has a customer told that a new contact is in the line.
func (e *endpoint) welcome(line channel.Line, c mapping.Contact, what mapped.Entered) {
	if what == (mapped.Entered{NotKept: what.NotKept}) && e.answers(c) && e.sender.Arrivals() {
		e.queue(saying{id: c.ID, to: c.ReplyTo, line: line})
	}
}

// queue has something told. It does not wait: a platform that is dead delays nobody else's customers.
func (e *endpoint) queue(s saying) {
	select {
	case e.sayings <- s:
	default:
		e.tally.Count(func(s *Stats) { s.RepliesOver++ })
	}
}

// tell tells customers, of arrivals as they come and of ends as the line says them, until ctx ends. It fails where the line can
// not be followed any more.
func (a *Adapter) tell(ctx context.Context) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	for _, e := range a.endpoints {
		for range tellersMax {
			wg.Go(func() {
				for {
					select {
					case <-ctx.Done():
						return
					case s := <-e.sayings:
						a.say(ctx, e, s)
					}
				}
			})
		}
	}
	return a.line.Follow(ctx, a.heard)
}

// say tells a customer the place, or the end.
func (a *Adapter) say(ctx context.Context, e *endpoint, s saying) {
	if s.line == nil {
		a.send(ctx, e, s.to, s.text, s.id+"/ended")
		return
	}
	standing, err := s.line.Standing(ctx, s.id)
	if err != nil {
		e.tally.Count(func(s *Stats) { s.RepliesFailed++ })
		return
	}
	if text, ok := e.sender.Arrival(standing); ok {
		a.send(ctx, e, s.to, text, s.id+"/stored")
	}
}

// heard has a customer told of an end. It forgets where first: who is told twice is told wrongly once.
func (a *Adapter) heard(ctx context.Context, n channel.Notice) error {
	e := a.endpointOf(n.ID)
	if e == nil || e.Reply.Ended == nil || n.Kind != channel.Ended {
		return nil
	}
	to, err := a.cfg.Contents.Content(ctx, mapped.ReplyID(n.ID))
	if err != nil {
		return errors.New("where a customer is told of the end cannot be read")
	}
	if err := a.cfg.Contents.Forget(ctx, mapped.ReplyID(n.ID)); err != nil {
		return fmt.Errorf("forget where a customer is told: %w", err)
	}
	if text, ok := e.sender.End(n); ok && to != nil {
		e.queue(saying{id: n.ID, to: string(to), text: text})
	}
	return nil
}

// endpointOf is the endpoint of a contact whose customer may be told something, by the mapping's name in the contact's id. A name may
// have the other's, and a hash has no hyphen.
func (a *Adapter) endpointOf(id string) *endpoint {
	name := id[:max(0, strings.LastIndexByte(id, '-'))]
	for _, e := range a.endpoints {
		if e.sender != nil && e.Mapping.Name == name {
			return e
		}
	}
	return nil
}

func (a *Adapter) send(ctx context.Context, e *endpoint, to, text, id string) {
	err := e.sender.Send(ctx, to, text, id)
	if err != nil && !errors.Is(err, reply.ErrPace) {
		a.log.Warn("a customer could not be told", "path", e.Path, "error", err)
	}
	e.tally.Count(func(s *Stats) {
		switch {
		case err == nil:
			s.Replies++
		case errors.Is(err, reply.ErrPace):
			s.RepliesOver++
		default:
			s.RepliesFailed++
		}
	})
}
