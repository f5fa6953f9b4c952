// Package channeltest has a line for tests of channel adapters: it keeps what it is told, and says what the test wants.
package channeltest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"fairline/adapters/channel"
)

// A Line takes every contact, in order, and stands each behind those that came before it. The zero value is ready. It may be
// used by any goroutine.
type Line struct {
	mutex    sync.Mutex
	contacts []channel.Contact
	gone     map[string]string // why they left
	changes  []Told
	agents   []Told
	refuse   error
	notices  []channel.Notice
	news     chan struct{}
}

// A Told is something else that the line was told.
type Told struct {
	Verb  string // change, sign-in, renew, sign-out, accept, decline, finish, hold
	ID    string // of the contact, or the agent
	Offer uint64
	What  any // the Change, the SignIn, the reason, the wrap-up or the Hold
}

// Refuse has Arrive fail with an error from now on; nil: it takes contacts again.
func (l *Line) Refuse(err error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.refuse = err
}

// Arrive takes a contact. The same ID again is a duplicate.
func (l *Line) Arrive(_ context.Context, c channel.Contact) (channel.Ack, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.refuse != nil {
		return channel.Ack{}, l.refuse
	}
	if i := l.find(c.ID); i >= 0 {
		return channel.Ack{Ticket: uint64(i + 1), Duplicate: true}, nil
	}
	l.contacts = append(l.contacts, c)
	return channel.Ack{Ticket: uint64(len(l.contacts)), Seq: uint64(len(l.contacts))}, nil
}

func (l *Line) find(id string) int {
	return slices.IndexFunc(l.contacts, func(c channel.Contact) bool { return c.ID == id })
}

// Change notes a change.
func (l *Line) Change(_ context.Context, id string, c channel.Change) (channel.Ack, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	i := l.find(id)
	if i < 0 {
		return channel.Ack{}, &channel.Refusal{Code: 404, Description: "no such ticket"}
	}
	l.changes = append(l.changes, Told{Verb: "change", ID: id, What: c})
	return channel.Ack{Ticket: uint64(i + 1)}, nil
}

// Leave notes that a contact is given up.
func (l *Line) Leave(_ context.Context, id, reason string) error {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.find(id) < 0 {
		return &channel.Refusal{Code: 404, Description: "no such ticket"}
	}
	if l.gone == nil {
		l.gone = map[string]string{}
	}
	if _, left := l.gone[id]; !left {
		l.gone[id] = reason
	}
	return nil
}

// Standing is the place of a contact among those that have not left.
func (l *Line) Standing(_ context.Context, id string) (channel.Standing, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	s := channel.Standing{}
	for _, c := range l.contacts {
		if _, left := l.gone[c.ID]; left {
			continue
		}
		s.Waiting++
		if c.ID == id {
			s.Place = s.Waiting
		}
	}
	if s.Place == 0 {
		return s, &channel.Refusal{Code: 404, Description: "no such ticket"}
	}
	s.Known, s.P50, s.P90 = true, time.Duration(s.Place)*time.Minute, time.Duration(2*s.Place)*time.Minute
	s.Text = fmt.Sprintf("place %d of %d", s.Place, s.Waiting)
	return s, nil
}

// Say has Follow hand out a notice.
func (l *Line) Say(n channel.Notice) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.notices = append(l.notices, n)
	if l.news != nil {
		close(l.news)
		l.news = nil
	}
}

// Follow hands out what was said, from the first; what handle fails at comes again at once.
func (l *Line) Follow(ctx context.Context, handle func(context.Context, channel.Notice) error) error {
	for next := 0; ; {
		l.mutex.Lock()
		if next < len(l.notices) {
			n := l.notices[next]
			l.mutex.Unlock()
			if handle(ctx, n) == nil {
				next++
			}
			if ctx.Err() != nil {
				return nil
			}
			continue
		}
		if l.news == nil {
			l.news = make(chan struct{})
		}
		news := l.news
		l.mutex.Unlock()
		select {
		case <-news:
		case <-ctx.Done():
			return nil
		}
	}
}

func (l *Line) note(t Told) error {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.agents = append(l.agents, t)
	return nil
}

// SignIn notes it.
func (l *Line) SignIn(_ context.Context, agent string, s channel.SignIn) error {
	return l.note(Told{Verb: "sign-in", ID: agent, What: s})
}

// Renew notes it.
func (l *Line) Renew(_ context.Context, agent string) error {
	return l.note(Told{Verb: "renew", ID: agent})
}

// SignOut notes it.
func (l *Line) SignOut(_ context.Context, agent string) error {
	return l.note(Told{Verb: "sign-out", ID: agent})
}

// Accept notes it.
func (l *Line) Accept(_ context.Context, agent string, offer uint64) error {
	return l.note(Told{Verb: "accept", ID: agent, Offer: offer})
}

// Decline notes it.
func (l *Line) Decline(_ context.Context, agent string, offer uint64, reason string) error {
	return l.note(Told{Verb: "decline", ID: agent, Offer: offer, What: reason})
}

// Finish notes it.
func (l *Line) Finish(_ context.Context, agent string, offer uint64, wrap time.Duration) error {
	return l.note(Told{Verb: "finish", ID: agent, Offer: offer, What: wrap})
}

// Hold notes it.
func (l *Line) Hold(_ context.Context, agent string, offer uint64, h channel.Hold) error {
	return l.note(Told{Verb: "hold", ID: agent, Offer: offer, What: h})
}

// Contacts are those that were taken, in order.
func (l *Line) Contacts() []channel.Contact {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return slices.Clone(l.contacts)
}

// Left says why a contact was given up.
func (l *Line) Left(id string) (reason string, left bool) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	reason, left = l.gone[id]
	return reason, left
}

// Changes are the changes, in order.
func (l *Line) Changes() []Told {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return slices.Clone(l.changes)
}

// Agents are what was told in agents' names, in order.
func (l *Line) Agents() []Told {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return slices.Clone(l.agents)
}

var (
	_ channel.Line   = (*Line)(nil)
	_ channel.Agents = (*Line)(nil)
)
