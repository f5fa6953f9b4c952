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
	arrivalsMax = 1000 // that wait to be told
	tellersMax  = 4    // who tell them
)

// An arrival is a customer who is to be told that a message is in the line.
type arrival struct {
	endpoint *endpoint
	line     channel.Line
	id, to   string
}

// answers reports whether the customer of a contact may be told something: the platform vouches for who it is.
func (e *endpoint) answers(c mapping.Contact) bool {
	return e.sender != nil && c.ReplyTo != "" && (c.Verified || e.Reply.Unverified)
}

// welcome has a customer told that a new contact is in the line. It does not wait.
func (a *Adapter) welcome(e *endpoint, line channel.Line, c mapping.Contact, what mapped.Entered) {
	if what != (mapped.Entered{NotKept: what.NotKept}) || !e.answers(c) || !e.sender.Arrivals() {
		return
	}
	select {
	case a.arrivals <- arrival{e, line, c.ID, c.ReplyTo}:
	default:
		e.tally.Count(func(s *Stats) { s.RepliesOver++ })
	}
}

// tell tells customers, of arrivals as they come and of ends as the line says them, until ctx ends. It fails where the line can
// not be followed any more.
func (a *Adapter) tell(ctx context.Context) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	for range tellersMax {
		wg.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case at := <-a.arrivals:
					a.greet(ctx, at)
				}
			}
		})
	}
	return a.line.Follow(ctx, a.heard)
}

// greet tells a customer the place.
func (a *Adapter) greet(ctx context.Context, at arrival) {
	standing, err := at.line.Standing(ctx, at.id)
	if err != nil {
		at.endpoint.tally.Count(func(s *Stats) { s.RepliesFailed++ })
		return
	}
	if text, ok := at.endpoint.sender.Arrival(standing); ok {
		a.send(ctx, at.endpoint, at.to, text, at.id+"/stored")
	}
}

// heard tells a customer of an end. It forgets where first: who is told twice is told wrongly once.
func (a *Adapter) heard(ctx context.Context, n channel.Notice) error {
	e := a.endpointOf(n.ID)
	if e == nil {
		return nil
	}
	if text, ok := e.sender.End(n); ok {
		to, err := a.cfg.Contents.Content(ctx, mapped.ReplyID(n.ID))
		if err != nil {
			return errors.New("where a customer is told of the end cannot be read")
		}
		if err := a.cfg.Contents.Forget(ctx, mapped.ReplyID(n.ID)); err != nil {
			return fmt.Errorf("forget where a customer is told: %w", err)
		}
		if to != nil {
			a.send(ctx, e, string(to), text, n.ID+"/ended")
		}
		return nil
	}
	if n.Kind == channel.Ended && e.Reply.Ended != nil {
		return a.cfg.Contents.Forget(ctx, mapped.ReplyID(n.ID))
	}
	return nil
}

// endpointOf is the endpoint of a contact whose customer may be told something, by the mapping's name in the contact's id.
func (a *Adapter) endpointOf(id string) *endpoint {
	for _, e := range a.endpoints {
		if name, _, ok := strings.Cut(strings.TrimPrefix(id, e.Mapping.Name), "-"); e.sender != nil && ok && name == "" {
			return e
		}
	}
	return nil
}

func (a *Adapter) send(ctx context.Context, e *endpoint, to, text, id string) {
	err := e.sender.Send(ctx, to, text, id)
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
	if err != nil && !errors.Is(err, reply.ErrPace) {
		a.log.Warn("a customer could not be told", "path", e.Path, "error", err)
	}
}
