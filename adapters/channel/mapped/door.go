// Package mapped hands in what a mapping makes of an event. Webhooks and streams do it alike.
package mapped

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"fairline/adapters/channel"
	"fairline/policy/mapping"
)

// A Door hands in the contacts of one source, and takes back those whose customers do. Its methods may be called by any
// goroutine, and again with the same contact.
type Door struct {
	People   channel.People
	Contents channel.Contents // nil: what customers wrote is kept nowhere
	gone     mapping.Gone
}

// An Entered says what became of a contact.
type Entered struct {
	Early     bool // it was taken back before it came, and is none
	Duplicate bool // the line had it
	NotKept   bool // its content is over channel.ContentMax, and kept nowhere
}

var (
	errPeople   = errors.New("who keeps people apart does not answer") // the cause may have the identity
	errContents = errors.New("the content cannot be kept")             // the cause may have the text
)

// ReplyID is where the address for an answer to a contact is kept among the contents.
func ReplyID(id string) string { return id + "/reply-to" }

// Arrive hands in a contact: first whose it is is asked, then its content is kept, and where reply is set the address for an answer,
// then the line is told. Where it fails nobody knows whether it was done: ask again.
func (d *Door) Arrive(ctx context.Context, line channel.Line, c mapping.Contact, reply bool) (e Entered, err error) {
	if _, gone := d.gone.Reason(c.ID); gone {
		return Entered{Early: true}, d.forget(ctx, c.ID) // of a try that failed
	}
	contact := channel.Contact{ID: c.ID, Channel: c.Channel, Arrived: c.Arrived, Due: c.Due, Matter: c.Matter, Needs: c.Needs,
		Attributes: c.Attributes, Overheard: c.Overheard, Ref: c.Ref}
	if c.Identity != "" {
		if contact.Customer, err = d.People.Person(ctx, c.Kind, c.Identity, c.Verified); err != nil {
			return e, errPeople
		}
		contact.Unverified = contact.Customer != "" && !c.Verified
	}
	if e.NotKept, err = d.keep(ctx, contact.Customer, c); err != nil {
		return e, err
	}
	if reply {
		if err := d.Contents.Keep(ctx, contact.Customer, ReplyID(c.ID), []byte(c.ReplyTo)); err != nil {
			return e, errContents
		}
	}
	ack, err := line.Arrive(ctx, contact)
	if err != nil {
		return e, errors.Join(err, d.unkeep(ctx, c.ID, err))
	}
	e.Duplicate = ack.Duplicate
	if reason, gone := d.gone.Reason(c.ID); gone { // it was taken back meanwhile
		return e, d.leave(ctx, line, c.ID, reason)
	}
	return e, nil
}

func (d *Door) keep(ctx context.Context, customer string, c mapping.Contact) (notKept bool, err error) {
	if d.Contents == nil {
		return false, nil
	}
	text, err := json.Marshal(c.Content)
	if err != nil || len(text) > channel.ContentMax {
		return true, nil
	}
	if err := d.Contents.Keep(ctx, customer, c.ID, text); err != nil {
		return false, errContents
	}
	return false, nil
}

// unkeep drops the content of a contact that the line refused for good: tomorrow it may take it.
func (d *Door) unkeep(ctx context.Context, id string, err error) error {
	refusal, refused := errors.AsType[*channel.Refusal](err)
	if d.Contents == nil || !refused || refusal.Again() || refusal.Code == http.StatusTooManyRequests {
		return nil
	}
	return errors.Join(hidden(d.Contents.Drop(ctx, id)), hidden(d.Contents.Drop(ctx, ReplyID(id))))
}

// forget removes all that is kept of a contact, for good.
func (d *Door) forget(ctx context.Context, id string) error {
	if d.Contents == nil {
		return nil
	}
	return errors.Join(hidden(d.Contents.Forget(ctx, id)), hidden(d.Contents.Forget(ctx, ReplyID(id))))
}

// hidden is a failure of the contents without its cause.
func hidden(err error) error {
	if err != nil {
		return errContents
	}
	return nil
}

// Leave takes a contact back, with what it said. One that has not come is remembered, for events may come in the wrong order; one that an
// agent has, or that ended, stays as it is. There says whether it left the line.
func (d *Door) Leave(ctx context.Context, line channel.Line, e mapping.Ending) (there bool, err error) {
	d.gone.Add(e.ID, e.Reason)
	if err := d.forget(ctx, e.ID); err != nil {
		return false, err
	}
	err = line.Leave(ctx, e.ID, e.Reason)
	if r, ok := errors.AsType[*channel.Refusal](err); ok && (r.Code == http.StatusNotFound || r.Code == http.StatusConflict) {
		return false, nil
	}
	return err == nil, err
}

func (d *Door) leave(ctx context.Context, line channel.Line, id, reason string) error {
	_, err := d.Leave(ctx, line, mapping.Ending{ID: id, Reason: reason})
	return err
}
