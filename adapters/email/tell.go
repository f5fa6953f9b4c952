package email

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/template"
	"time"

	"fairline/adapters/channel"
)

// An Ended mail tells a customer that the line ended a contact which nobody served.
type Ended struct {
	Subject string
	Text    string   // text/template; .End is one of Ends, .Line the line
	Ends    []string // of served, abandoned, closed, expired and moved; default closed, expired and moved
}

// A Place mail tells a customer the place anew when a contact is back in the line: an agent gave it back or did not answer, a
// hold ended, or it is a ticket of its own again. Nobody is told by the clock alone.
type Place struct {
	Subject string
	Text    string        // text/template, as in Acknowledgement
	Every   time.Duration // no oftener for a contact, counted from its arrival too; at least 1h, default 24h
}

// ends are the ways in which a contact may end.
var ends = []string{"served", "abandoned", "closed", "expired", "moved"}

// An ending is what the Text of Ended may say.
type ending struct{ End, Line string }

func (e Ended) check() error {
	for _, end := range e.Ends {
		if !slices.Contains(ends, end) {
			return fmt.Errorf("the end %q in Ends: %s", end, strings.Join(ends, ", "))
		}
	}
	return checkMail(e.Subject, e.Text, ending{}, ".End and .Line")
}

func (p Place) check() error {
	if p.Every < time.Hour {
		return fmt.Errorf("the Every of %s: at least 1h", p.Every)
	}
	return checkMail(p.Subject, p.Text, channel.Standing{}, standingFields)
}

// What is the matter with a mail that is to be sent.
var (
	errGone = errors.New("the mail is not where it was")
	errSlow = errors.New("so many mails were sent in this minute")
)

// A teller hears what the line says of contacts, and tells their authors. One goroutine uses it.
type teller struct {
	a       *Adapter
	failing time.Time // since when nothing can be sent or looked up; zero: it can
	pause   time.Duration
}

// The pauses of a teller before it tries again.
const (
	tellPauseMin = 100 * time.Millisecond
	tellPauseMax = 30 * time.Second
)

// hear is done with a notice when its mail is sent, or need not or cannot be. What hinders all mails alike (the server is away)
// is waited for, GiveUp long in all; while it lasts longer each notice is tried once, so that none waits behind it for ever.
func (t *teller) hear(ctx context.Context, n channel.Notice) error {
	t.a.count(func(s *Stats) { s.Heard++ })
	w := t.a.wordFor(n)
	if w == nil {
		return nil
	}
	err := w.tell(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	switch {
	case errors.Is(err, errSlow):
		channel.Rest(ctx, time.Second)
		return err
	case errors.Is(err, errLater) && t.waits():
		channel.Rest(ctx, t.pause)
		return err
	case err == nil:
		t.failing, t.pause = time.Time{}, 0
	}
	t.a.told(err)
	return nil
}

// waits says whether what is away is still waited for, and for how long now.
func (t *teller) waits() bool {
	if t.failing.IsZero() {
		t.failing = time.Now()
	}
	t.pause = min(max(2*t.pause, tellPauseMin), tellPauseMax)
	return time.Since(t.failing) < t.a.cfg.Ack.GiveUp
}

// told counts what became of a mail to tell.
func (a *Adapter) told(err error) {
	switch {
	case err == nil:
		a.count(func(s *Stats) { s.TellsSent++ })
	case errors.Is(err, errHeld):
		a.count(func(s *Stats) { s.TellsHeld++ })
	default:
		a.count(func(s *Stats) { s.TellsFailed++ })
		a.cfg.Log.Warn("customer not told", "error", cleanSMTP(clean(err)))
	}
}

// errHeld says that a mail need not or must not be sent.
var errHeld = errors.New("not to be sent")

// A word is what a notice has us tell.
type word struct {
	a       *Adapter
	id      string // of the contact
	once    key    // remembered when it was told
	every   time.Duration
	subject string
	text    *template.Template
	says    any // nil: its standing, which is asked for
	thread  string
}

// wordFor is what a notice has us tell; nil: nothing.
func (a *Adapter) wordFor(n channel.Notice) *word {
	if a.cfg.Ack == nil {
		return nil
	}
	switch ended, place := a.cfg.Ack.Ended, a.cfg.Ack.Place; n.Kind {
	case channel.Ended:
		if ended != nil && slices.Contains(ended.Ends, n.End) {
			return &word{a: a, id: n.ID, once: keyOf("told", n.End+" "+n.ID), subject: ended.Subject, text: a.texts.ended,
				says: ending{n.End, n.Line}, thread: n.End}
		}
	case channel.Returned, channel.Released, channel.Unlinked:
		if place != nil {
			return &word{a: a, id: n.ID, once: keyOf("told", "place "+n.ID), every: place.Every, subject: place.Subject, text: a.texts.place}
		}
	}
	return nil
}

// tell sends it, at most once: what was told is remembered before the mail's text is on its way. With errLater nothing was sent.
func (w *word) tell(ctx context.Context) error {
	a := w.a
	if at, told := a.memory.when(w.once); told && (w.every == 0 || time.Since(at) < w.every) {
		return errHeld
	}
	l, err := a.find(ctx, w.id)
	if err != nil {
		return err
	}
	who := a.author(l.head)
	if a.classify(l.head) != customer || !a.mayAnswer(l.head, who) || time.Since(l.arrived) < w.every {
		return errHeld
	}
	k := a.answerTo(l.head, who.addr)
	k.contact, k.subject, k.text, k.says = w.id, w.subject, w.text, w.says
	marks := []key{w.once}
	if w.thread != "" && k.threaded { // of the mails of one thread, which end together, one is answered
		all := keyOf("told", w.thread+" "+who.addr+" "+k.root.String())
		if at, told := a.memory.when(all); told && time.Since(at) < a.cfg.Ack.Window {
			return errHeld
		}
		marks = append(marks, all)
	}
	if k.says == nil {
		if k.says, err = w.standing(ctx); err != nil {
			return err
		}
	}
	if !a.pace.take(a.cfg.Ack.MinuteMax) {
		return errSlow
	}
	return a.send(ctx, k, marks)
}

// standing is where the contact stands; it is held where it stands nowhere.
func (w *word) standing(ctx context.Context) (any, error) {
	s, err := w.a.line.Standing(ctx, w.id)
	if no, isNo := errors.AsType[*channel.Refusal](err); isNo && !no.Again() || err == nil && s.Place == 0 {
		return nil, errHeld
	}
	if err != nil {
		return nil, fmt.Errorf("ask for the place: %w", errLater)
	}
	return s, nil
}
