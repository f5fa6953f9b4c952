package main

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/nats-io/nats.go"
)

// retryAfter is how long to wait before a request is sent again that got no answer.
const retryAfter = 200 * time.Millisecond

// A duty is something to do at a time.
type duty struct {
	at   time.Time
	verb string // accept, finish, or end
	of   *agentOffer
}

// A loner is an agent that serves by itself.
type loner struct {
	*agent
	duties  []duty // by time
	begun   int    // offers accepted
	leaving bool   // takes no more; signs out when nothing is in hand
	wanted  bool   // somebody interrupted: no waiting for a bus that is away
}

// serveAlone serves until enough is served, the time is up, or ctx ends; then it finishes what is in hand.
func (a *agent) serveAlone(ctx context.Context) error {
	l := &loner{agent: a}
	if a.flags.last > 0 {
		l.enter(duty{at: time.Now().Add(a.flags.last), verb: "end"})
	}
	for _, o := range a.offers {
		l.plan(o)
	}
	// A second signal ends the process; the first lets work in hand end.
	work := context.WithoutCancel(ctx)
	interrupted := ctx.Done()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		if l.leaving && len(l.offers) == 0 {
			return l.order(work, "sign-out", "")
		}
		timer.Reset(l.rest())
		var err error
		select {
		case <-interrupted:
			interrupted, l.wanted = nil, true
			err = l.leave(work)
		case <-l.again:
			err = l.signInAgain(work)
		case m := <-l.messages:
			err = l.follow(work, m)
		case <-l.beat:
			err = l.renew(work)
		case <-timer.C:
			err = l.work(work)
		}
		if err != nil {
			return err
		}
	}
}

// rest is how long there is nothing to do.
func (l *loner) rest() time.Duration {
	if len(l.duties) == 0 {
		return time.Hour
	}
	return max(0, time.Until(l.duties[0].at))
}

func (l *loner) enter(d duty) {
	l.duties = append(l.duties, d)
	slices.SortStableFunc(l.duties, func(a, b duty) int { return a.at.Compare(b.at) })
}

// plan enters what an offer asks for.
func (l *loner) plan(o *agentOffer) {
	if o.working {
		l.enter(duty{at: time.Now().Add(l.flags.handle), verb: "finish", of: o})
		return
	}
	l.enter(duty{at: time.Now().Add(l.flags.answer), verb: "accept", of: o})
}

// follow hears a message and plans what is new.
func (l *loner) follow(ctx context.Context, m *nats.Msg) error {
	before := len(l.offers)
	if err := l.hear(ctx, m); err != nil {
		return err
	}
	if len(l.offers) > before {
		newest := slices.MaxFunc(slices.Collect(maps.Values(l.offers)), func(a, b *agentOffer) int {
			return cmp.Compare(a.Offer, b.Offer)
		})
		l.plan(newest)
	}
	return nil
}

// work does what is due first.
func (l *loner) work(ctx context.Context) error {
	if len(l.duties) == 0 {
		return nil
	}
	d := l.duties[0]
	l.duties = l.duties[1:]
	var err error
	switch {
	case d.verb == "end":
		return l.leave(ctx)
	case l.offers[d.of.Offer] != d.of:
		return nil // withdrawn meanwhile
	case d.verb == "accept":
		err = l.accept(ctx, d.of)
	default:
		if err = l.finish(ctx, d.of); err == nil && l.flags.count > 0 && l.served >= l.flags.count && !l.leaving {
			return l.leave(ctx)
		}
	}
	return l.orLater(err, d)
}

// accept takes an offer, unless as many as were asked for are taken already.
func (l *loner) accept(ctx context.Context, o *agentOffer) error {
	if l.flags.count > 0 && l.begun >= l.flags.count {
		return nil // it is given back with the break
	}
	if err := l.answer(ctx, "accept", o, nil); err != nil {
		return err
	}
	if !o.working {
		return nil // refused
	}
	l.begun++
	l.plan(o)
	if l.flags.count > 0 && l.begun == l.flags.count {
		return l.leave(ctx)
	}
	return nil
}

// orLater does a duty again a little later when there was no answer: the daemon may be starting again.
func (l *loner) orLater(err error, d duty) error {
	if err == nil || errors.Is(err, nats.ErrConnectionClosed) || l.wanted && !l.conn.IsConnected() {
		return err
	}
	d.at = time.Now().Add(retryAfter)
	l.enter(d)
	return nil
}

// leave takes no more offers. Who cannot be told now is told by the next attempt.
func (l *loner) leave(ctx context.Context) error {
	if l.leaving {
		return nil
	}
	l.leaving = true
	err := l.order(ctx, "break", "leaving")
	if err != nil {
		l.leaving = false
	}
	return l.orLater(err, duty{verb: "end"})
}

// signInAgain follows a lost connection.
func (l *loner) signInAgain(ctx context.Context) error {
	err := l.signIn(ctx)
	if _, ok := errors.AsType[*refusal](err); err != nil && (ok || !errors.Is(err, nats.ErrConnectionClosed)) {
		time.AfterFunc(retryAfter, l.reconnected) // the line is not served yet
		return nil
	}
	l.duties = slices.DeleteFunc(l.duties, func(d duty) bool { return d.verb == "accept" })
	for _, o := range l.offers {
		planned := slices.ContainsFunc(l.duties, func(d duty) bool { return d.of == o })
		if !planned {
			l.plan(o)
		}
	}
	return err
}
